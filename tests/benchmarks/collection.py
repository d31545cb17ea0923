"""How fast a vCenter is read and stored, against attribute access per object, in one run.

Run by hand: `python -m tests.benchmarks.collection [VMS]`. A practice vCenter runs in a process of
its own; the database is an embedded one in a new folder. Attribute access reads the same paths,
one property at a time, for a sample of machines, and is projected to all of them. It meets no
network here; each of its calls would cost a round trip more against a real vCenter.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim

from collectors.vmware import VMware
from collectors.vmware.parse_vm import PATHS
from models.settings import settings
from models.sources import Source
from models.store import embedded, transaction
from tasks.inventory.collect import collect_source
from tasks.inventory.store import store_snapshot
from tasks.inventory.validate import validate_snapshot

_SAMPLE = 30


def main(vms: int = 10_000) -> None:
    """Print seconds, calls, peak memory and the ratio."""
    folder = Path(tempfile.mkdtemp(prefix="ns-"))
    folder.chmod(0o755)
    os.environ["NIGHTSHIFT_HOME"] = str(folder)
    settings.cache_clear()
    try:
        with _practice(folder, vms) as ready:
            source = _source(ready)
            _seconds("read only (the server builds its replies)", lambda: _read(source))
            read = _seconds("read only again", lambda: _read(source))
            _store(source)
            each = _attribute_access(ready)
            _say(f"attribute access: {each * 1000:.0f} ms a machine, {each * vms:.0f} s projected")
            _say(f"ratio, reading all types against machines alone: {each * vms / read:.0f} x")
    finally:
        embedded.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _practice(folder: Path, vms: int) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "deployments.practice", "--vms", str(vms)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder, env=_here()) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def _here() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)}


def _source(ready: dict[str, Any]) -> Source:
    os.environ["BENCHMARK_PASSWORD"] = ready["password"]
    options = {
        "url": ready["url"],
        "username": ready["username"],
        "password_env": "BENCHMARK_PASSWORD",
        "verify_tls": False,
    }
    return Source(name="bench", collector="vmware", options=options)


def _read(source: Source) -> None:
    collector = VMware.for_source(source)
    seen = sum(len(batch.records) for batch in collector.batches())
    _say(f"  {seen} records in {sum(collector.calls.values())} calls: {collector.calls}")
    _say(f"  peak {_peak_mib()} MiB")


def _store(source: Source) -> None:
    with transaction() as conn:
        conn.execute("SELECT 1")
    for words in ("first", "second, unchanged"):
        began = time.monotonic()
        snapshot = collect_source(source)
        read = time.monotonic()
        validate_snapshot(snapshot)
        checked = time.monotonic()
        report = store_snapshot(snapshot)
        stored = time.monotonic()
        _say(
            f"{words} run, collected to stored: {stored - began:.1f} s (collect and stage"
            f" {read - began:.1f}, validate {checked - read:.1f}, store {stored - checked:.1f});"
            f" {report.versions} versions; peak {_peak_mib()} MiB"
        )


def _attribute_access(ready: dict[str, Any]) -> float:
    """Return the seconds that one machine takes when each path is walked attribute by attribute."""
    host, port = ready["url"].removeprefix("https://").removesuffix("/sdk").split(":")
    service = SmartConnect(
        host=host,
        port=int(port),
        user=ready["username"],
        pwd=ready["password"],
        disableSslCertValidation=True,
    )
    try:
        content = service.RetrieveContent()
        view = content.viewManager.CreateContainerView(
            content.rootFolder, [vim.VirtualMachine], recursive=True
        )
        machines = view.view[:_SAMPLE]
        began = time.monotonic()
        for machine in machines:
            for path in PATHS:
                _walk(machine, path)
        return (time.monotonic() - began) / len(machines)
    finally:
        Disconnect(service)


def _walk(found: Any, path: str) -> None:
    for name in path.split("."):
        if found is None:
            return
        found = getattr(found, name)


def _seconds(words: str, work: Callable[[], None]) -> float:
    began, cpu = time.monotonic(), time.process_time()
    work()
    took = time.monotonic() - began
    _say(f"{words}: {took:.1f} s, of which {time.process_time() - cpu:.1f} s are our CPU")
    return took


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))

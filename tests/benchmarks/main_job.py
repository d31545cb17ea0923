"""The main job at 10,000 machines: a first run, an unchanged one, and one after a single change.

usage: python -m tests.benchmarks.main_job [VMS]

The practice vCenter runs in a process of its own and has built its replies before the clock starts.
Great Expectations is imported before, as in a warm worker. Compare the ratios: absolute times are
those of the machine, and of whatever else it does.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SHARE_UNCHANGED = 0.25
SECONDS_AFTER_CHANGE = 5.0


def main(vms: int) -> None:
    with tempfile.TemporaryDirectory(prefix="ns-") as folder:
        Path(folder).chmod(0o755)
        os.environ["NIGHTSHIFT_HOME"] = folder
        server, access = start_practice(vms, Path(folder))
        os.environ["PRACTICE_PASSWORD"] = access["password"]
        try:
            measure(access)
        finally:
            server.terminate()
            server.wait()
            from models.store import embedded

            embedded.stop(Path(folder))


def measure(access: dict[str, Any]) -> None:
    from deployments.practice.client import call
    from tasks.inventory.collect import preview_source
    from tests.crashes.chain import source

    wide = source(access["url"])
    wide.options.pop("page_size")
    timed("warm the practice vCenter", lambda: preview_source(wide))
    timed("import Great Expectations", warm_validation)
    first = job(wide, "first")
    second = job(wide, "unchanged")
    names = call(access["control_url"], access["token"], "names")
    vm = next(moid for moid in names if moid.startswith("vm-"))
    call(access["control_url"], access["token"], "reconfigure_vm", vm=vm, memory_mib=12_345)
    third = job(wide, "one change")
    share = after_read(second) / after_read(first)
    print(f"after the read, unchanged : first = {share:.1%} (at most {SHARE_UNCHANGED:.0%})")
    fresh = third["checks"] + third["documents"] + third["index"] + third["embed"]
    print(f"documents and index after one change: {fresh:.1f} s (at most {SECONDS_AFTER_CHANGE} s)")
    print(
        f"collected to stored, first: {first['collect'] + first['validate'] + first['store']:.1f} s"
    )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def job(wide: Any, name: str) -> dict[str, float]:
    from tasks.documents.generate import generate_documents
    from tasks.inventory.collect import collect_source
    from tasks.inventory.health import run_checks
    from tasks.inventory.store import store_snapshot
    from tasks.inventory.validate import validate_snapshot
    from tasks.knowledge.datacenter import index_datacenter
    from tasks.knowledge.index import embed_missing

    seconds: dict[str, float] = {}
    print(f"-- {name} run")
    snapshot_id = timed("collect", lambda: collect_source(wide), seconds)
    timed("validate", lambda: validate_snapshot(snapshot_id), seconds)
    stored = timed("store", lambda: store_snapshot(snapshot_id), seconds)
    timed("checks", run_checks, seconds)
    reports = timed("documents", generate_documents, seconds)
    report = timed("index", index_datacenter, seconds)
    embedded = timed("embed", embed_missing, seconds)
    print(
        f"   versions {stored.versions}, sections {sum(r.regenerated for r in reports)},"
        f" sections indexed {report.added + report.updated}, embedded {embedded}"
    )
    return seconds


def after_read(seconds: dict[str, float]) -> float:
    return sum(seconds.values()) - seconds["collect"]


def warm_validation() -> None:
    import great_expectations  # noqa: F401


def timed(name: str, do: Callable[[], Any], into: dict[str, float] | None = None) -> Any:
    began = time.perf_counter()
    result = do()
    taken = time.perf_counter() - began
    if into is not None:
        into[name] = taken
    print(f"   {name:28} {taken:7.2f} s")
    return result


def start_practice(vms: int, folder: Path) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    command = [sys.executable, "-m", "deployments.practice", "--port", "0", "--vms", str(vms)]
    told = folder / "practice.json"
    server = subprocess.Popen(
        [*command, "--state-file", str(told)], stdout=subprocess.PIPE, text=True
    )
    server.stdout.readline()  # it is ready
    return server, json.loads(told.read_text())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)

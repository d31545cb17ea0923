"""Measures the network collector: 200 devices, login and one command; then everything of each.

Run by hand: `python -m tests.benchmarks.network [--devices 200] [--at-once 50] [--delay 0.2]`.
The devices are the practice network's, five platforms on FakeNOS and paramiko, in a process of
their own, whose processor time is printed too: on a small machine a run may wait for it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from typing import Any

from collectors.network import NetworkDevices
from collectors.network.answers import Transcript
from collectors.network.commands import QUESTIONS
from collectors.network.devices import Target
from collectors.network.fleet import Fleet, Handle
from collectors.network.options import read_options
from collectors.network.session import connect
from deployments.practice.devices import PracticeDevices
from deployments.practice.site import build_site
from models.kinds import kind_of
from models.sources import Source

_PASSWORD = "benchmark"


def main() -> None:
    """Print seconds, processor time and peak memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--delay", type=float, default=0.2)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        _serve(asked.devices)
    with _practice(asked.devices) as server:
        source = _source(server.listed, asked.at_once)
        before = server.delay(asked.delay)
        logins = _logins(source, asked.at_once)
        between = server.delay(0)
        print(
            f"{logins[0]} of {asked.devices} devices, login and one command of"
            f" {asked.delay * 1000:.0f} ms: {logins[1]:.1f} s; processor {logins[2]:.1f} s,"
            f" of the servers {between - before:.1f} s"
        )
        counts, seconds, cpu = _everything(source)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        print(
            f"{dict(counts)}: {seconds:.1f} s; processor {cpu:.1f} s,"
            f" {cpu / max(1, counts['device']) * 1000:.0f} ms a device,"
            f" of the servers {server.delay(0) - between:.1f} s; peak {peak} MiB"
        )


def _logins(source: Source, at_once: int) -> tuple[int, float, float]:
    """Log in everywhere and send one command; return how many, seconds, processor seconds."""
    options = read_options(source)

    def read(target: Target, handle: Handle) -> Transcript:
        with connect(target, options, handle) as session:
            session.ask(QUESTIONS[target.platform][0].commands[0].text, 30)
        return Transcript()

    started, cpu = time.monotonic(), time.process_time()
    fleet = Fleet(options.targets, read, at_once=at_once, timeout_seconds=60)
    with closing(fleet.outcomes()) as outcomes:
        good = sum(outcome.error is None for outcome in outcomes)
    return good, time.monotonic() - started, time.process_time() - cpu


def _everything(source: Source) -> tuple[Counter[str], float, float]:
    """Collect all; return what there is of each kind, seconds, processor seconds."""
    started, cpu = time.monotonic(), time.process_time()
    counts: Counter[str] = Counter()
    for batch in NetworkDevices.for_source(source).batches():
        counts.update(kind_of(record).name for record in batch.records)
        counts.update("gap" for _ in batch.gaps)
    return counts, time.monotonic() - started, time.process_time() - cpu


def _source(listed: dict[str, Any], at_once: int) -> Source:
    os.environ["NETWORK_BENCHMARK_PASSWORD"] = _PASSWORD
    options = {
        "username": listed["username"],
        "password_env": "NETWORK_BENCHMARK_PASSWORD",
        "devices": listed["devices"],
        "verify_host_key": False,
        "at_once": at_once,
    }
    return Source(name="benchmark", collector="network", options=options)


class _Server:
    """The process of the devices: a line with a delay in, its processor time out."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.listed = self._answer()

    def delay(self, seconds: float) -> float:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{seconds}\n")
        self._process.stdin.flush()
        return float(self._answer()["processor_seconds"])

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found


@contextmanager
def _practice(devices: int) -> Iterator[_Server]:
    command = [sys.executable, "-m", "tests.benchmarks.network", "--serve"]
    with subprocess.Popen(
        [*command, "--devices", str(devices)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield _Server(process)
        finally:
            process.kill()


def _serve(devices: int) -> None:
    with PracticeDevices(build_site(), password=_PASSWORD, at_least=devices) as practice:
        rows = [asdict(each) for each in practice.devices]
        print(json.dumps({"username": practice.username, "devices": rows}), flush=True)
        for line in sys.stdin:
            practice.control.delay(float(line))
            print(json.dumps({"processor_seconds": time.process_time()}), flush=True)


if __name__ == "__main__":
    main()

"""Alerts a second through the gateway, durable before each is acknowledged, and what they cost.

usage: python -m tests.benchmarks.gateway [SECONDS [ROUNDS]]

One gateway and its embedded Postgres (synchronous_commit on) on this machine, with the load beside
them: 32 connections, bodies of some 700 bytes over 2,000 distinct alerts, signature and dedup on.
`fresh` bodies are all different, so each becomes a row; `repeated` ones come again and again, so
nearly all are duplicates. CPU is of the gateway and all Postgres processes, not of the load. Needs
`wrk`. Told are the best round and the cost in it, the latency at half that rate, and what happens
past the peak with a small queue. Each round begins with a yardstick: what a request costs uvicorn
with an application that verifies and parses it and stores nothing. An alert is also told in such
requests, which says more of the gateway and less of the machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from models.settings import settings
from models.store import deliveries, embedded, transaction
from tests.benchmarks.gateway_load import SECRET, Load, bodies, paced, write_pool, wrk
from tests.benchmarks.processes import cpu_of, family, rss_mib
from tests.fix_receivers import free_port

ALERTS_PER_SECOND = 5000
MICROSECONDS = 120
P99_MILLISECONDS = 100
CONNECTIONS = 32
DISTINCT = 2000
FRESH = 150_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """CPU microseconds an alert."""

    gateway: float
    postgres: float

    @property
    def together(self) -> float:
        """Of both."""
        return self.gateway + self.postgres


def main(seconds: int = 6, rounds: int = 3) -> int:
    """Measure, print, and return 0 if every wanted figure was reached."""
    if shutil.which("wrk") is None:
        say("wrk is not installed (Debian: apt-get install wrk)")
        return 3
    with home() as folder:
        fresh, repeated = folder / "fresh", folder / "repeated"
        write_pool(repeated, bodies(DISTINCT, DISTINCT))
        results = {}
        for name, pool in (("fresh", fresh), ("repeated", repeated)):
            results[name] = best(name, pool, repeated, seconds, rounds)
        p99 = at_half_rate(fresh, results["fresh"][0].per_second / 2, seconds)
        past_the_peak(repeated, seconds)
    reached = all(
        load.per_second >= ALERTS_PER_SECOND and cost.together <= MICROSECONDS
        for load, cost in results.values()
    )
    return 0 if reached and p99 <= P99_MILLISECONDS else 1


def best(name: str, pool: Path, warm: Path, seconds: int, rounds: int) -> tuple[Load, Cost]:
    """Return the fastest of some rounds and its cost, each with a gateway started anew."""
    found = []
    for number in range(rounds):
        if name == "fresh":
            write_pool(pool, bodies(FRESH, DISTINCT, seed=number + 2))
        bare = yardstick(warm)
        with gateway() as (url, pid):
            wrk(url, warm, CONNECTIONS, 1)
            found.append(measure(url, pid, pool, seconds))
        load, cost = found[-1]
        say(
            f"{name} {number + 1}: {load.per_second:,.0f} alerts/s, p50 {load.p50:.1f} ms,"
            f" p99 {load.p99:.1f} ms, {cost.together:.0f} us CPU an alert"
            f" (gateway {cost.gateway:.0f}, Postgres {cost.postgres:.0f}),"
            f" {cost.together / bare:.2f} bare requests, {load.refused} refused"
        )
    chosen = max(found, key=lambda one: one[0].per_second)
    say(
        f"{name}, best of {rounds}: {chosen[0].per_second:,.0f} alerts/s"
        f" (at least {ALERTS_PER_SECOND:,}), {chosen[1].together:.0f} us (at most {MICROSECONDS})"
    )
    return chosen


def yardstick(pool: Path, seconds: int = 2) -> float:
    """Tell, and return, what a request costs a server that stores nothing, in microseconds."""
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks.bare_server", str(port)]
    with subprocess.Popen(command) as process:
        url = f"http://127.0.0.1:{port}"
        while not _answers(url):
            time.sleep(0.1)
        before = cpu_of([process.pid])
        load = wrk(url, pool, CONNECTIONS, seconds)
        used = 1e6 * (cpu_of([process.pid]) - before) / load.requests
        process.terminate()
    say(f"yardstick: {load.per_second:,.0f} requests/s, {used:.0f} us CPU each, nothing stored")
    return used


def measure(url: str, pid: int, pool: Path, seconds: int) -> tuple[Load, Cost]:
    """Load it once; every acknowledged alert must be in the database's counts."""
    folder = settings().home
    before, stored = (cpu_of([pid]), cpu_of(postgres(folder))), counted()
    load = wrk(url, pool, CONNECTIONS, seconds)
    time.sleep(1)
    after = cpu_of([pid]), cpu_of(postgres(folder))
    done = counted() - stored
    if done < load.requests - load.refused:
        raise RuntimeError(f"{load.requests} acknowledged, {done} stored")
    used = [1e6 * (b - a) / done for a, b in zip(before, after, strict=True)]
    return load, Cost(gateway=used[0], postgres=used[1])


def at_half_rate(pool: Path, per_second: float, seconds: int) -> float:
    """Tell the latencies at half of the best rate, and return the 99th percentile in ms."""
    write_pool(pool, bodies(int(per_second * seconds) + 1, DISTINCT, seed=99))
    with gateway() as (url, _):
        load = paced(url, pool, per_second, CONNECTIONS, seconds)
    say(
        f"at {per_second:,.0f} alerts/s: p50 {load.p50:.1f} ms, p99 {load.p99:.1f} ms"
        f" (at most {P99_MILLISECONDS}), {load.refused} refused"
    )
    return load.p99


def past_the_peak(pool: Path, seconds: int) -> None:
    """Tell what 512 connections get of a gateway that lets 200 deliveries wait."""
    with gateway(NIGHTSHIFT_WEBHOOK_QUEUE="200") as (url, pid):
        before = rss_mib(pid)
        load = wrk(url, pool, 512, seconds)
        grown = rss_mib(pid) - before
        say(
            f"past the peak: {load.requests - load.refused:,} acknowledged, {load.refused:,} sent"
            f" away, p99 {load.p99:.0f} ms, memory grew by {grown:.0f} MiB"
        )


@contextmanager
def home() -> Iterator[Path]:
    """An installation of its own, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="ns-"))
    folder.chmod(0o755)
    os.environ["NIGHTSHIFT_HOME"] = str(folder)
    settings.cache_clear()
    try:
        with transaction():
            yield folder
    finally:
        embedded.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def gateway(**environment: str) -> Iterator[tuple[str, int]]:
    """A gateway over an emptied inbox; yields its address and process id."""
    with transaction() as conn:
        conn.execute("TRUNCATE deliveries, delivery_counts")
    port = str(free_port())
    environment |= {"NIGHTSHIFT_WEBHOOK_ALERTMANAGER_SECRET": SECRET}
    process = subprocess.Popen(
        [sys.executable, "-m", "deployments.gateway", port], env={**os.environ, **environment}
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url, process)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.post(url, content=b"{}", trust_env=False).status_code > 0
    except httpx.TransportError:
        return False


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            if httpx.get(f"{url}/health", trust_env=False).json()["writer"] == "connected":
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("the gateway did not start")


def counted() -> int:
    """Return how many deliveries the database has counted as stored."""
    with transaction() as conn:
        found = deliveries.counts(conn)
    return found["received"] - found["rejected"]


def postgres(folder: Path) -> list[int]:
    """Return the processes of an embedded server: the postmaster and its children."""
    told = embedded.Place(folder).data / "postmaster.pid"
    return family(int(told.read_text(encoding="utf-8").split()[0]))


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

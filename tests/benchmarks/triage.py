"""What triage costs: a storm, the way from webhook to incident, and how little it grows.

Run by hand: python -m tests.benchmarks.triage [storm|latency|growth|open] [--stored 4000000]
Wanted: 10,000 alerts over 2,000 keys at >= 500 a second from stored deliveries; webhook to incident
p95 <= 2 s at 50 a second, by the real gateway and the resident worker; buffers touched an alert with
4,000,000 stored <= 1.25 times those with 10,000, and the same with 10,000 open incidents against 100.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import httpx
import msgspec
import psycopg

from models.records.delivery import Incoming
from models.settings import settings
from models.store import connection, deliveries, embedded, transaction
from tasks.alerts.triage.draining import Triage

ALERTS, KEYS = 10_000, 2_000
WANTED_A_SECOND = 500.0
WANTED_P95_SECONDS = 2.0
WANTED_GROWTH = 1.25
RATE, SECONDS = 50, 20
_FEW_STORED, _FEW_OPEN, _MANY_OPEN = 10_000, 100, 10_000
_BATCH = 400
_RULES = ("HighLatency", "DiskFull", "NodeDown", "PodCrashLooping", "QueueGrowing", "HttpErrors")


def main() -> int:
    """Measure, print, and return 0 if every wanted figure was reached."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", nargs="*", default=["storm", "latency", "growth", "open"])
    parser.add_argument("--stored", type=int, default=4_000_000)
    chosen = parser.parse_args()
    runs: dict[str, Callable[[], int]] = {
        "storm": measure_storm,
        "latency": measure_latency,
        "growth": lambda: measure_growth(chosen.stored),
        "open": measure_open,
    }
    return max([_in_a_home(runs[what]) for what in chosen.what], default=0)


def measure_storm() -> int:
    """Triage a storm that is stored already."""
    with connection() as conn:
        _deliver(conn, ALERTS, KEYS)
        triage = Triage()
        began, cpu = time.perf_counter(), time.process_time()
        report = triage.drain(conn)
        spent, cpu = time.perf_counter() - began, time.process_time() - cpu
        found = conn.execute(
            "SELECT count(*), (SELECT count(*) FROM incidents) FROM alerts"
        ).fetchone()
    rate = report.deliveries / spent
    _say(
        f"storm: {report.deliveries} alerts in {spent:.1f} s, {rate:.0f} a second,"
        f" {cpu / report.deliveries * 1e6:.0f} us of our CPU each; {found} alerts and incidents"
    )
    return 0 if rate >= WANTED_A_SECOND else 1


def measure_latency() -> int:
    """Post at a steady rate to a real gateway beside a resident worker."""
    with _services() as url:
        _post(url, RATE, SECONDS)
        time.sleep(3)
        with transaction() as conn:
            row = conn.execute(
                "SELECT count(*), percentile_cont(ARRAY[0.5, 0.95, 0.99, 1.0]) WITHIN GROUP"
                " (ORDER BY extract(epoch FROM triaged_at - received_at)) FROM alert_events"
            ).fetchone()
    count, (median, p95, p99, worst) = row if row else (0, (9.0, 9.0, 9.0, 9.0))
    _say(
        f"webhook to incident: {count} of {RATE * SECONDS} at {RATE} a second, median {median:.3f} s,"
        f" p95 {p95:.3f} s, p99 {p99:.3f} s, worst {worst:.3f} s"
    )
    return 0 if count == RATE * SECONDS and p95 <= WANTED_P95_SECONDS else 1


def measure_growth(many: int) -> int:
    """Compare the buffers that an alert touches with few and with many stored."""
    with connection() as conn:
        _fill(conn, 0, _FEW_STORED)
        few = _touched(conn, _FEW_STORED)
        _fill(conn, _FEW_STORED, many)
        much = _touched(conn, many)
    _say(
        f"buffers an alert: {few:.1f} with {_FEW_STORED} stored, {much:.1f} with {many}:"
        f" {much / few:.2f} times"
    )
    return 0 if much <= WANTED_GROWTH * few else 1


def measure_open() -> int:
    """Compare the buffers that an alert touches with few and with many open incidents."""
    found = []
    with connection() as conn:
        for number in (_FEW_OPEN, _MANY_OPEN):
            _open_incidents(conn, number)
            found.append(_touched(conn, 0))
    _say(
        f"buffers an alert: {found[0]:.1f} with {_FEW_OPEN} open incidents, {found[1]:.1f} with"
        f" {_MANY_OPEN}: {found[1] / found[0]:.2f} times"
    )
    return 0 if found[1] <= WANTED_GROWTH * found[0] else 1


def _touched(conn: psycopg.Connection, keys: int) -> float:
    """Return the buffers that an alert of a batch touches, half of them of keys that are stored."""
    conn.execute("VACUUM ANALYZE")
    chance = random.Random(7)
    triage = Triage()
    _deliver(conn, _BATCH, _BATCH, first=10_000_000)  # caches, prepared plans
    triage.drain(conn)
    bodies = []
    for number in range(2 * _BATCH):
        key = chance.randrange(1, keys + 1) if keys and number % 2 else 20_000_000 + number
        bodies.append(_body(key, number))
    _store(conn, bodies)
    before = _buffers(conn)
    triage.drain(conn)
    spent = (_buffers(conn) - before) / len(bodies)
    with conn.transaction():
        conn.execute("TRUNCATE deliveries")
        conn.execute("DELETE FROM alerts WHERE dedup_key LIKE '%2000%' AND action <> 'ignore'")
    return spent


def _buffers(conn: psycopg.Connection) -> int:
    """Return how many buffers this connection has touched."""
    conn.execute("SELECT pg_stat_force_next_flush()")
    row = conn.execute(
        "SELECT sum(hits) + sum(reads) FROM pg_stat_get_backend_io(pg_backend_pid())"
    ).fetchone()
    return int(row[0]) if row else 0


def _fill(conn: psycopg.Connection, after: int, to: int) -> None:
    """Store alerts with an event each, numbered as the keys of deliveries are."""
    began = time.perf_counter()
    conn.execute("SET statement_timeout = 0")
    values = {"after": after + 1, "to": to}
    conn.execute(
        "INSERT INTO alerts (dedup_key, vendor, title, status, alert_timestamp, created_at,"
        " last_seen_at, action, resolved_at, labels, memory) SELECT 'alertmanager:' ||"
        " lpad(to_hex(n), 16, '0'), 'alertmanager', 'HighLatency', 'resolved', t, t, t, 'ignore', t,"
        " jsonb_build_object('host', 'node-' || n, 'service', 'svc-' || n %% 100), '{}'"
        " FROM generate_series(%(after)s::integer, %(to)s::integer) n, LATERAL (SELECT now() - n * interval '1 second' AS t)"
        " ON CONFLICT DO NOTHING",
        values,
    )
    conn.execute(
        "INSERT INTO alert_events (alert_id, delivery_id, position, status, occurred_at, received_at,"
        " timed, action, explanation) SELECT id, -id, 0, 'resolved', created_at, created_at, true,"
        " 'ignore', '{}' FROM alerts ON CONFLICT DO NOTHING"
    )
    if to > after:
        _say(f"{to - after} alerts stored in {time.perf_counter() - began:.0f} s")


def _open_incidents(conn: psycopg.Connection, number: int) -> None:
    """Triage one alert of each of so many hosts."""
    (known,) = conn.execute("SELECT count(*) FROM incidents").fetchone() or (0,)
    bodies = [
        _body(30_000_000 + n, n, host=f"lone{n:x}q", service=f"alone-{n:x}")
        for n in range(known, number)
    ]
    _store(conn, bodies)
    Triage().drain(conn)


def _deliver(conn: psycopg.Connection, count: int, keys: int, first: int = 0) -> None:
    _store(conn, [_body(first + number % keys, number) for number in range(count)])


def _store(conn: psycopg.Connection, bodies: list[bytes]) -> None:
    now = datetime.now(UTC)
    for begin in range(0, len(bodies), 500):
        batch = [
            Incoming(
                vendor="alertmanager",
                fingerprint=sha256(body).digest(),
                body=body,
                received_at=now + timedelta(microseconds=begin + place),
            )
            for place, body in enumerate(bodies[begin : begin + 500])
        ]
        deliveries.add(conn, batch)


def _body(key: int, number: int, host: str | None = None, service: str | None = None) -> bytes:
    rule = _RULES[key % len(_RULES)]
    labels = {
        "alertname": rule,
        "severity": ("critical", "high", "warning")[key % 3],
        "instance": host or f"node-{key % 400:03}",
        "service": service or f"svc-{key % 100}",
        "namespace": f"ns-{key % 20}",
    }
    alert = {
        "status": "firing",
        "labels": labels,
        "annotations": {"summary": f"{rule} on {labels['instance']}", "description": "x" * 250},
        "startsAt": datetime.now(UTC),
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": f"{key:016x}",
    }
    return msgspec.json.encode(
        {"version": "4", "status": "firing", "receiver": f"n{number}", "alerts": [alert]}
    )


def _post(url: str, rate: int, seconds: int) -> None:
    """Post an alert of a new key at a steady rate, whatever the answers take."""
    with httpx.Client() as client:
        began = time.monotonic()
        for number in range(rate * seconds):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            body = _body(number, number)
            client.post(f"{url}/webhook/alertmanager", content=body).raise_for_status()


@contextmanager
def _services() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with transaction():
        pass
    environment = {**os.environ, "NIGHTSHIFT_WEBHOOK_UNSIGNED": "alertmanager"}
    commands = (["deployments.services.triage_worker"], ["deployments.gateway", str(port)])
    running = [
        subprocess.Popen([sys.executable, "-m", *command], env=environment) for command in commands
    ]
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url)
        yield url
    finally:
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            process.wait(20)


def _await(url: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if httpx.get(f"{url}/health").is_success:
                break
        except httpx.TransportError:
            time.sleep(0.2)
    time.sleep(5)  # the worker imports longer than the gateway


def _in_a_home(run: Callable[[], int]) -> int:
    home = Path(tempfile.mkdtemp(prefix="ns-"))
    home.chmod(0o755)
    os.environ["NIGHTSHIFT_HOME"] = str(home)
    settings.cache_clear()
    try:
        return run()
    finally:
        embedded.stop(home)
        shutil.rmtree(home, ignore_errors=True)


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

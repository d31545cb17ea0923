"""SIGKILL at any point of triage: every alert is there once, in one incident."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from models.store import connection, deliveries, transaction
from tasks.alerts.triage.draining import drain
from tests import inbox
from tests.crashes.triage_run import LEASE_SECONDS, POINTS
from tests.inbox import prometheus, receive, rows, storm

QUICK = {"claimed", "ended"}
pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.timeout(240)]


def run(point: str, *hours: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.crashes.triage_run", point, *hours]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def outcome():
    """Return everything that must not depend on how often triage was killed."""
    return {
        "incidents": sorted(inbox.incidents()),
        "alerts": rows("SELECT dedup_key, status, occurrences FROM alerts ORDER BY 1"),
        "events": rows("SELECT delivery_id, copy, position FROM alert_events ORDER BY 1, 2, 3"),
        "lines": rows("SELECT kind, count(*) FROM incident_actions GROUP BY 1 ORDER BY 1"),
        "deliveries": rows("SELECT state, count(*) FROM deliveries GROUP BY 1"),
    }


@pytest.mark.parametrize(
    "point", [p if p in QUICK else pytest.param(p, marks=pytest.mark.slow) for p in POINTS]
)
def test_whoever_is_killed_the_next_run_ends_it_and_nothing_is_there_twice(point):
    receive(*storm())
    killed = run(point)
    assert killed.wait(60) == -signal.SIGKILL
    time.sleep(LEASE_SECONDS + 0.1)

    drain()

    found = outcome()
    assert found["incidents"] == [("open", 3, 3)] * 5
    assert len(found["alerts"]) == len(found["events"]) == 15
    assert all(occurrences == 1 for _, _, occurrences in found["alerts"])
    assert dict(found["lines"]) == {"status": 5, "alert_fired": 15, "grouped": 15}
    assert found["deliveries"] == [("done", 15)]


@pytest.mark.slow
def test_a_delivery_that_kills_whoever_triages_it_ends_alone_as_a_dead_letter():
    receive(*storm(1), prometheus("NodeDown", "killer"))
    for _ in range(8):
        with connection() as conn, conn.transaction():
            conn.execute("UPDATE deliveries SET lease_until = now() - interval '1 second'")
        command = [sys.executable, "-c", KILLER]
        if subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0:
            break

    found = rows("SELECT outcome, count(*) FROM deliveries GROUP BY 1 ORDER BY 1")
    assert found == [("accepted", 3), ("dead_letter", 1)]
    assert inbox.incidents() == [("open", 3, 3)]


KILLER = """
import os, signal
from tasks.alerts.triage import preparing
from tasks.alerts.triage import draining as triage
real = preparing.extract
def extract(alert, known):
    if alert.host and "killer" in alert.host:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(alert, known)
preparing.extract = extract
triage.drain()
"""


@pytest.mark.parametrize("hours", ["-1", "1"])
def test_a_run_whose_clock_is_an_hour_off_takes_nothing_that_another_run_holds(hours):
    receive(*storm(2))
    with transaction() as conn:
        held = deliveries.claim_batch(conn, 3, 30.0, "another")
    process = run("", hours)

    assert process.wait(60) == 0

    assert rows("SELECT count(*) FROM deliveries WHERE holder = 'another'") == [(len(held),)]
    assert rows("SELECT count(*) FROM alert_events") == [(3,)]
    with transaction() as conn:
        deliveries.release(conn, [one.id for one in held], "another")
    drain()
    assert inbox.incidents() == [("open", 3, 3)] * 2

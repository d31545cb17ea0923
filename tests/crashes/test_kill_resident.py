"""SIGKILL of the resident triage while alerts stream in: none is lost, none stands twice anywhere."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from tests.crashes.sender import Sender
from tests.crashes.test_kill_gateway import (
    assert_nothing_lost,
    await_triaged,
    gateway,
    journal,
    stored,
)
from tests.inbox import rows

__all__ = ["gateway", "journal"]  # fixtures
KEYS = 50  # of the sender's alerts


@contextmanager
def resident():
    """A resident triage of its own process, without Prefect; killed at the end."""
    command = [sys.executable, "-m", "deployments.services.triage_worker"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait(30)


def triaged() -> int:
    return rows("SELECT count(*) FROM deliveries WHERE state = 'done'")[0][0]


def await_more(count: int, seconds: float = 120) -> None:
    """Wait until so many more deliveries were triaged."""
    wanted = triaged() + count
    deadline = time.monotonic() + seconds
    while triaged() < wanted:
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("kills", [2, pytest.param(50, marks=pytest.mark.slow)])
@pytest.mark.timeout(3600)
def test_killed_at_any_time_triage_loses_nothing_and_doubles_nothing(
    database, gateway, journal, kills, monkeypatch
):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    moments = random.Random(kills)
    gateway.start()
    with Sender(gateway.port, journal, per_second=60, threads=4) as sender:
        for _ in range(kills):
            with resident():
                await_more(1)
                time.sleep(moments.uniform(0, 1))
        sender.await_acks(KEYS)
    with resident():
        await_triaged(180)

    assert_nothing_lost(sender)
    numbers = len(stored())
    (events,) = rows("SELECT count(*), count(DISTINCT delivery_id) FROM alert_events")
    assert events == (numbers, numbers)
    (alerts,) = rows("SELECT count(*), count(incident_id), sum(occurrences) FROM alerts")
    assert alerts == (KEYS, KEYS, numbers)
    (members,) = rows("SELECT sum(alert_count), sum(firing_count) FROM incidents")
    assert members == (KEYS, KEYS)

"""A notice leaves within seconds, whichever process changed the incident."""

from __future__ import annotations

import threading
import time

import pytest

from tasks.alerts.triage.resident import Resident
from tests.telling import changed, opened


@pytest.fixture
def resident(database):
    """The triage that stays, in a thread."""
    found = Resident()
    thread = threading.Thread(target=found.run)
    thread.start()
    yield found
    found.end()
    thread.join(30)


def eventually(told):
    until = time.monotonic() + 30
    while not told() and time.monotonic() < until:
        time.sleep(0.05)
    return told()


def test_what_another_process_changed_is_told_at_once(pagerduty, resident):
    number = opened()
    assert eventually(lambda: len(pagerduty.bodies) == 1)

    changed(number, "acknowledged", status="acknowledged")
    assert eventually(lambda: len(pagerduty.bodies) == 2)


def test_what_waited_when_it_began_is_told(database, pagerduty, request):
    opened()
    request.getfixturevalue("resident")

    assert eventually(lambda: len(pagerduty.bodies) == 1)

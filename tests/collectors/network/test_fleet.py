"""How many devices are read at once, and how many answers wait to be taken."""

import threading
import time

from collectors.network.answers import Transcript
from collectors.network.devices import Target
from collectors.network.fleet import Fleet


def targets(count):
    return tuple(
        Target(name=f"sw{n}", address="192.0.2.1", platform="frr", username="reader")
        for n in range(count)
    )


def test_devices_wait_until_what_was_read_is_taken():
    started = []

    def read(target, handle):
        started.append(target.name)
        return Transcript()

    fleet = Fleet(targets(30), read, at_once=3, timeout_seconds=20)
    outcomes = fleet.outcomes()

    most = 0
    for taken, _ in enumerate(outcomes, 1):
        time.sleep(0.02)
        most = max(most, len(started) - taken)

    assert len(started) == taken == 30
    assert most <= 2 * 3


def test_a_slow_taker_gets_every_device_once_and_those_that_hang_as_lost():
    released = threading.Event()

    def read(target, handle):
        if target.name in {"sw0", "sw7"}:
            released.wait(20)
        return Transcript()

    fleet = Fleet(targets(12), read, at_once=2, timeout_seconds=0.3)
    found = []
    for outcome in fleet.outcomes():
        time.sleep(0.05)
        found.append((outcome.target.name, outcome.error is not None))
    released.set()

    assert sorted(found) == sorted((f"sw{n}", n in {0, 7}) for n in range(12))


def test_whoever_takes_no_more_ends_the_fleet():
    fleet = Fleet(targets(30), lambda *_: Transcript(), at_once=2, timeout_seconds=20)
    outcomes = fleet.outcomes()

    next(outcomes)
    outcomes.close()

    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and _supervisors():
        time.sleep(0.01)
    assert not _supervisors()


def _supervisors():
    return [one for one in threading.enumerate() if one.name == "network-fleet"]

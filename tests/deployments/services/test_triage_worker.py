"""The resident triage ends well when it is told to, and badly when something breaks it."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from deployments.services import triage_worker


@pytest.fixture(autouse=True)
def signals(monkeypatch):
    """Without Prefect; the handlers of the tests are put back."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


class Broken:
    def __init__(self, on_burst):
        pass

    def run(self):
        raise ZeroDivisionError

    def end(self):
        pass


class Told(Broken):
    def __init__(self, on_burst):
        self.ended = threading.Event()

    def run(self):
        os.kill(os.getpid(), signal.SIGTERM)
        self.ended.wait(30)

    def end(self):
        self.ended.set()


@pytest.mark.parametrize(("kind", "status"), [(Broken, 1), (Told, 0)])
def test_the_exit_status_says_whether_it_was_told_to_end(kind, status, monkeypatch):
    monkeypatch.setattr(triage_worker, "Resident", kind)
    monkeypatch.setattr(triage_worker, "reside", lambda resident: None)

    assert triage_worker.main() == status


@pytest.mark.parametrize("error", [ValueError, KeyError, TypeError])
def test_a_flow_run_that_fails_in_any_way_is_tried_again(error):
    async def flow():
        raise error

    assert not triage_worker._shown(flow)

"""SIGKILL of the Prefect server and its worker: what a schedule was to start is run once each time."""

from __future__ import annotations

import os
import signal
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from deployments.services.api import TERMINAL, PrefectApi
from deployments.services.environment import client_environment
from deployments.services.stack import REGISTER, SERVER, WORKER, Stack, module, server_only
from deployments.services.starting import start
from deployments.services.supervisor import Service, Supervisor
from deployments.services.worker import RUNS_AT_ONCE
from models.errors import Unavailable

LEASE_SECONDS = 300.0  # of Prefect's place in a limit, as a running flow renews it
ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.prefect, pytest.mark.timeout(900)]


class Ticking:
    """Services under a supervisor, which starts again what dies, and a deployment with a schedule."""

    def __init__(self, supervisor: Supervisor, journal: Path) -> None:
        self.supervisor, self.journal = supervisor, journal
        self.api = PrefectApi(supervisor.installation.api_url)

    @property
    def due(self) -> list[str]:
        """When the schedule is to fire."""
        return self.journal.with_suffix(".due").read_text(encoding="ascii").split()

    def noted(self, word: str) -> list[tuple[str, str]]:
        """Return the time and run of each line of the flow's journal that has the word."""
        lines = (
            self.journal.read_text(encoding="ascii").splitlines() if self.journal.exists() else []
        )
        return [(due, run) for due, run, said in map(str.split, lines) if said == word]

    def fired(self) -> list[str]:
        """Return the times for which the flow began, each as often as it did."""
        return sorted(due for due, _ in self.noted("begun"))

    def kill(self, *names: str) -> None:
        """Kill services, each where it runs; the supervisor starts them again."""
        for service in map(self.supervisor.installation.service, names):
            if service is not None and service.pid is not None:
                os.kill(service.pid, signal.SIGKILL)

    def busy(self) -> bool:
        """Tell whether a run was given to the worker and has not ended."""
        try:
            return bool(self.api.flow_runs("PENDING", "RUNNING"))
        except Unavailable:  # it starts
            return True

    def told(self) -> str:
        """Return what a person would look at where a firing is missing."""
        runs = self.api.flow_runs("SCHEDULED", "PENDING", "RUNNING", *TERMINAL)
        states = [(run["expected_start_time"], run["state"]) for run in runs]
        return f"{self.journal.read_text()} of {self.due}, {states}"


def services(journal: Path, *numbers: int) -> Stack:
    alone = server_only()
    own = {"PYTHONPATH": str(ROOT), "PREFECT_LOGGING_LEVEL": "WARNING"}
    environment = client_environment(alone.installation.api_url) | own
    register = module("tests.crashes.ticking", str(journal), *map(str, numbers))
    worker = module("deployments.services.worker", "default", WORKER)
    return Stack(
        installation=alone.installation,
        services=[
            *alone.services,
            Service(name=REGISTER, arguments=register, environment=environment, once=True),
            Service(name=WORKER, arguments=worker, environment=environment),
        ],
    )


@pytest.fixture
def ticking(home, tmp_path):
    """Start the services with a schedule that fires some times, seconds apart, with a limit."""
    with ExitStack() as running:

        def begin(count: int, seconds: int, at_once: int) -> Ticking:
            journal = tmp_path / "journal"
            return Ticking(
                running.enter_context(start(services(journal, count, seconds, at_once))), journal
            )

        yield begin


def until(condition, told, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, told()
        time.sleep(0.1)


def test_what_was_due_while_server_and_worker_were_dead_is_run_once_each(ticking):
    schedule = ticking(count=3, seconds=8, at_once=RUNS_AT_ONCE)
    until(lambda: schedule.noted("ended") and not schedule.busy(), schedule.told)

    schedule.kill(SERVER, WORKER)

    until(lambda: set(schedule.fired()) == set(schedule.due), schedule.told)
    until(lambda: not schedule.busy(), schedule.told)
    assert schedule.fired() == schedule.due


@pytest.mark.slow
def test_a_run_that_dies_with_server_and_worker_keeps_its_place_only_until_its_lease_is_over(
    ticking,
):
    schedule = ticking(count=3, seconds=8, at_once=1)
    until(lambda: schedule.noted("begun"), schedule.told)

    schedule.kill(SERVER, WORKER)

    until(
        lambda: set(schedule.fired()) == set(schedule.due),
        schedule.told,
        seconds=LEASE_SECONDS + 300,
    )
    assert schedule.fired() == schedule.due


@pytest.mark.slow
def test_a_server_that_dies_under_a_run_ends_neither_it_nor_the_schedule(ticking):
    schedule = ticking(count=3, seconds=8, at_once=1)
    until(lambda: schedule.noted("begun"), schedule.told)

    schedule.kill(SERVER)

    until(lambda: len(schedule.noted("ended")) == len(schedule.due), schedule.told)
    assert schedule.fired() == schedule.due

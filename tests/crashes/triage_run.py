"""Triage in a process of its own, killing itself at a named point: run by the crash tests.

usage: python -m tests.crashes.triage_run POINT [HOURS]

HOURS is how far this process's clock is off.
"""

from __future__ import annotations

import datetime as times
import os
import signal
import sys

from models.store import deliveries
from tasks.alerts.triage import draining as triage
from tasks.alerts.triage import passing, placing, preparing, saving

POINTS = ("claimed", "prepared", "grouped", "written", "ended", "committed")
LEASE_SECONDS = 1.0


def dying(point: str, reached: str, function):
    """Return the function, after which the process dies where the point is reached."""

    def called(*arguments, **named):
        result = function(*arguments, **named)
        if point == reached:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return called


def off_by(hours: float) -> type[times.datetime]:
    class Shifted(times.datetime):
        @classmethod
        def now(cls, tz=None):
            return times.datetime.now(tz) + times.timedelta(hours=hours)

    return Shifted


def main(point: str, hours: float = 0.0) -> None:
    """Drain the inbox once."""
    triage.LEASE_SECONDS = LEASE_SECONDS
    if hours:
        for module in (placing, passing):
            module.datetime = off_by(hours)
    real = triage.Triage._take

    def take(self, *arguments):
        if point == "claimed":
            os.kill(os.getpid(), signal.SIGKILL)
        real(self, *arguments)
        if point == "committed":
            os.kill(os.getpid(), signal.SIGKILL)

    triage.Triage._take = take
    triage.prepare = dying(point, "prepared", preparing.prepare)
    placing.group = dying(point, "grouped", placing.group)
    saving.alerts.add_events = dying(point, "written", saving.alerts.add_events)
    placing.deliveries.finish = dying(point, "ended", deliveries.finish)
    triage.drain()


if __name__ == "__main__":
    main(sys.argv[1], *map(float, sys.argv[2:]))

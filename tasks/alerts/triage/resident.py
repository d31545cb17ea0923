"""Triage that stays: it drains the inbox within moments of a delivery, with Prefect or without.

Deliveries that follow on each other are one burst. A flow run in the same process joins the burst
that goes on and shows what came of it; what no run could show, the next one does.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from psycopg import Connection

from models.errors import Busy, NightshiftError
from models.store import (
    connection,
    deliveries,
    incident_memory,
    notices,
    transaction,
    translated,
)
from tasks.alerts.notices.deliver import end, wake
from tasks.alerts.triage.afterwards import enrich_due
from tasks.alerts.triage.draining import BATCH, Triage, TriageReport

logger = logging.getLogger(__name__)
Rows = Connection[tuple[Any, ...]]
POLL_SECONDS = 1.0  # should a notification be lost
LINGER_SECONDS = 1.0  # what follows within it belongs to the burst
LONGEST_SECONDS = 60.0  # then a burst ends though deliveries go on, so that its run does
_LATE = timedelta(seconds=-8)  # so long a flow run has to enrich before it is done without one
_PAUSE_SECONDS = 1.0
MOST_UNSHOWN = 10_000  # incidents, while there is no Prefect to show them


@dataclass(slots=True)
class Resident:
    """The triage of one process; `run` drains until it is told to end."""

    triage: Triage = field(default_factory=Triage)
    on_burst: Callable[[], None] = lambda: None
    _ending: threading.Event = field(default_factory=threading.Event)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _began: float | None = None
    _last: float = 0.0
    _unshown: TriageReport = field(default_factory=TriageReport)
    _fault: BaseException | None = None

    def run(self) -> None:
        """Drain whatever comes, until `end`; a database that is away is awaited.

        Raises:
            RuntimeError: Something unexpected ended the enrichment beside it.
        """
        helper = threading.Thread(target=self._look_after, name="enrichment", daemon=True)
        helper.start()
        while not self._ending.is_set():
            try:
                with connection() as conn:
                    self._serve(conn)
            except NightshiftError as error:
                logger.warning("triage waits: %s", error)
                self._ending.wait(_PAUSE_SECONDS)
        self._end_burst()
        end()
        if self._fault is not None:
            raise RuntimeError("enrichment ended unexpectedly") from self._fault

    def end(self) -> None:
        """Begin no further batch."""
        self._ending.set()
        with self._changed:
            self._changed.notify_all()

    def burst(self, flow_run_id: str) -> TriageReport:
        """Wait until no burst goes on and return what has not been shown by a flow run yet."""
        self.triage.flow_run_id = flow_run_id
        with self._changed:
            self._changed.wait_for(lambda: self._began is None or self._ending.is_set())
            report, self._unshown = self._unshown, TriageReport()
            self.triage.flow_run_id = None
        try:
            link(report, flow_run_id)
        except NightshiftError:
            with self._changed:
                report.merge(self._unshown)
                self._unshown = report
            raise
        return report

    def shows_nothing(self) -> bool:
        """Tell whether all that was triaged has been shown, so that no flow run is needed."""
        with self._changed:
            return self._began is None and not self._unshown.deliveries

    def _serve(self, conn: Rows) -> None:
        with translated():
            conn.execute(f"LISTEN {deliveries.CHANNEL}")
            conn.execute(f"LISTEN {notices.CHANNEL}")
        wake()  # what was to be told before anybody listened
        self.triage.warm(conn)
        while not self._ending.is_set():
            try:
                report = self.triage.drain(conn, limit=BATCH)
            except Busy as error:
                logger.info("a batch is triaged again: %s", error)
                continue
            if report.deliveries:
                self._note(report)
            self._end_burst_if_over()
            if report.deliveries:
                continue
            with translated():
                for heard in conn.notifies(timeout=POLL_SECONDS, stop_after=1):
                    if heard.channel == notices.CHANNEL:
                        wake()

    def _note(self, report: TriageReport) -> None:
        with self._changed:
            now = time.monotonic()
            began = self._began is None
            self._began = now if began else self._began
            self._last = now
            self._unshown.merge(report)
            self._unshown.keep_newest(MOST_UNSHOWN)
        if report.incidents:
            wake()
        if began:
            self.on_burst()

    def _end_burst_if_over(self) -> None:
        now = time.monotonic()
        quiet = now - self._last > LINGER_SECONDS
        if self._began is not None and (quiet or now - self._began > LONGEST_SECONDS):
            self._end_burst()

    def _end_burst(self) -> None:
        with self._changed:
            self._began = None
            self._changed.notify_all()

    def _look_after(self) -> None:
        """Enrich what no flow run did in time: Prefect is down, or a burst goes on for long."""
        try:
            while not self._ending.wait(_PAUSE_SECONDS):
                try:
                    enrich_due(_LATE)
                except NightshiftError as error:
                    logger.warning("enrichment waits: %s", error)
        except BaseException as error:  # noqa: BLE001 - whatever it is, `run` ends of it
            self._fault = error
            self.end()


def link(report: TriageReport, flow_run_id: str) -> None:
    """Name the flow run in the incidents that were opened before it was there."""
    opened = report.touched("opened")
    if opened:
        with transaction() as conn:
            incident_memory.link_run(conn, opened, flow_run_id)


_here: list[Resident] = []


def reside(resident: Resident) -> None:
    """Make a resident the one that flow runs of this process join."""
    _here[:] = [resident]


def here() -> Resident | None:
    """Return the resident of this process, if there is one."""
    return _here[0] if _here else None

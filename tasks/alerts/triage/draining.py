"""Triage: what waits in the inbox becomes alerts and incidents, a batch at a time.

A batch is claimed under a lease, read and classified outside of any transaction, and placed in one.
Whoever dies leaves rows whose lease runs out, and the next drain takes them up. Nothing here knows
Prefect, so that alerts are triaged while it is down.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

from psycopg import Connection

from models.errors import (
    Busy,
    ConfigurationError,
    NightshiftError,
    StoreFull,
    StoreUnavailable,
)
from models.records.delivery import Delivery
from models.settings import settings
from models.store import alerts, connection, deliveries, translated
from tasks.alerts.classification import Classifier
from tasks.alerts.grouping import load_policy
from tasks.alerts.triage.placing import Outcome, Rules, place
from tasks.alerts.triage.preparing import BUGS, Batch, prepare
from tasks.alerts.triage.surroundings import Surroundings
from tasks.alerts.triage.vectors import StoredVectors

logger = logging.getLogger(__name__)
Rows = Connection[tuple[Any, ...]]
Made = TypeVar("Made")
BATCH = 400
LEASE_SECONDS = 30.0
# What says nothing of the deliveries that were being triaged.
NO_FAULT_OF_THEIRS = (StoreUnavailable, StoreFull, ConfigurationError, Busy)
_RACES = 5  # how often a batch is placed anew after somebody changed an incident meanwhile
_MOST_TRIES = 3  # of one delivery alone


@dataclass(slots=True)
class TriageReport:
    """What one drain came to; `opened` and `resolved` are ids of incidents."""

    deliveries: int = 0
    dead: int = 0
    events: Counter[str] = field(default_factory=Counter)
    incidents: dict[int, set[str]] = field(default_factory=dict)

    def add(self, batch: Batch, outcome: Outcome) -> None:
        """Count one batch."""
        self.deliveries += len(batch.deliveries)
        self.dead += len(batch.dead)
        self.events.update(outcome.events)
        for number, kinds in outcome.incidents.items():
            self.incidents.setdefault(number, set()).update(kinds)

    def merge(self, other: TriageReport) -> None:
        """Count another report as well."""
        self.deliveries += other.deliveries
        self.dead += other.dead
        self.events.update(other.events)
        for number, kinds in other.incidents.items():
            self.incidents.setdefault(number, set()).update(kinds)

    def keep_newest(self, most: int) -> None:
        """Forget the incidents that were touched first, beyond so many."""
        for number in list(self.incidents)[: max(len(self.incidents) - most, 0)]:
            del self.incidents[number]

    def touched(self, kind: str) -> list[int]:
        """Return the incidents of which this is to be told, by id."""
        return sorted(number for number, kinds in self.incidents.items() if kind in kinds)


@dataclass(slots=True)
class Triage:
    """Triages one batch after another over one connection, and keeps what it looks alerts up in.

    `flow_run_id` is what new incidents are linked to, where it is known.
    """

    surroundings: Surroundings = field(default_factory=Surroundings)
    flow_run_id: str | None = None
    _classifier: Classifier | None = None

    def drain(self, conn: Rows, limit: int | None = None) -> TriageReport:
        """Triage all that waits; return what it came to.

        Args:
            conn: In autocommit mode; each batch is a transaction of its own.
            limit: End after so many deliveries.

        Raises:
            StoreUnavailable: Postgres went away; what was not committed is triaged later.
            StoreFull: Its disk is full; likewise.
            Busy: People kept changing the same incidents, or a lease ran out; likewise.
            ConfigurationError: The policy or the rules of ownership cannot be used; likewise.
        """
        report = TriageReport()
        with translated():
            self._make_ready(conn)
        while limit is None or report.deliveries < limit:
            size = BATCH if limit is None else min(BATCH, limit - report.deliveries)
            holder = uuid4().hex
            with translated(), conn.transaction():
                claimed = deliveries.claim_batch(conn, size, LEASE_SECONDS, holder)
            if not claimed:
                break
            self._take(conn, claimed, holder, report)
        return report

    def warm(self, conn: Rows) -> None:
        """Begin to load what classifies alerts, so that the first one need not wait for it.

        Raises:
            ConfigurationError: The policy or the rules of ownership cannot be used.
        """
        if self._classifier is None:
            with translated():
                self._make_ready(conn).warm()

    def _take(
        self, conn: Rows, claimed: Sequence[Delivery], holder: str, report: TriageReport
    ) -> None:
        """Triage a batch; where it fails, and where one of it may have killed, one by one."""
        suspects = [one for one in claimed if one.attempts > 1]
        unsuspected = [one for one in claimed if one.attempts == 1]
        if unsuspected and not self._try(conn, unsuspected, holder, report):
            suspects = sorted([*suspects, *unsuspected], key=lambda one: one.id)
        if suspects:
            self._one_by_one(conn, suspects, holder, report)

    def _one_by_one(
        self, conn: Rows, suspects: Sequence[Delivery], holder: str, report: TriageReport
    ) -> None:
        # Only the one that is being tried counts a try: what it does to this process must not be
        # laid to its neighbours.
        self._count_tries(conn, suspects, holder, -1)
        for one in suspects:
            ours = self._count_tries(conn, [one], holder, 1)
            if ours and not self._try(conn, [one], holder, report):
                self._give_back(conn, one, holder, report)

    def _count_tries(self, conn: Rows, these: Sequence[Delivery], holder: str, by: int) -> int:
        with translated():
            return alerts.count_tries(conn, [one.id for one in these], holder, by, LEASE_SECONDS)

    def _try(
        self, conn: Rows, claimed: Sequence[Delivery], holder: str, report: TriageReport
    ) -> bool:
        """Triage deliveries together; false where something about them fails."""
        try:
            batch = self._prepared(conn, claimed)
            report.add(batch, self._placed(conn, batch, holder))
        except NO_FAULT_OF_THEIRS:
            with suppress(NightshiftError):
                self._release(conn, claimed, holder)
            raise
        except BUGS as error:
            logger.warning(
                "cannot triage %d deliveries together: %s", len(claimed), error, exc_info=True
            )
            return False
        return True

    def _give_back(self, conn: Rows, one: Delivery, holder: str, report: TriageReport) -> None:
        """Let a delivery be tried again, or make it a dead letter when it was tried enough."""
        with translated(), conn.transaction():
            if one.attempts < _MOST_TRIES:
                deliveries.release(conn, [one.id], holder)
                return
            reason = f"triage failed {one.attempts} times; the log of triage says why"
            deliveries.finish(conn, [one.id], holder, {one.id: reason})
        report.deliveries += 1
        report.dead += 1

    def _release(self, conn: Rows, claimed: Sequence[Delivery], holder: str) -> None:
        with translated(), conn.transaction():
            self._count_tries(conn, claimed, holder, -1)
            deliveries.release(conn, [one.id for one in claimed], holder)

    def _make_ready(self, conn: Rows) -> Classifier:
        """Return the classifier; what a person configured wrongly fails here, before any claim."""
        self.rules(conn)
        known = self.surroundings.world(conn).known
        if self._classifier is None:
            self._classifier = Classifier.configured(StoredVectors(), known)
        self._classifier.known = known
        return self._classifier

    def _prepared(self, conn: Rows, claimed: Sequence[Delivery]) -> Batch:
        with translated():
            classifier = self._make_ready(conn)
        return prepare(claimed, classifier.known, classifier)

    def _placed(self, conn: Rows, batch: Batch, holder: str) -> Outcome:
        def once() -> Outcome:
            with translated(), conn.transaction():
                return place(conn, batch, self.rules(conn), holder, self.flow_run_id)

        return undisturbed(once)

    def rules(self, conn: Rows) -> Rules:
        """Return what alerts are placed by now."""
        policy = load_policy(settings().triage_policy)
        topology = self.surroundings.world(conn, policy.limits.hops).topology
        return Rules(policy=policy, topology=topology)


def undisturbed(transaction: Callable[[], Made]) -> Made:
    """Do a transaction anew while people change what it changes.

    Raises:
        Busy: They did each time.
    """
    for _ in range(_RACES - 1):
        with suppress(Busy):
            return transaction()
    return transaction()


def drain(limit: int | None = None, flow_run_id: str | None = None) -> TriageReport:
    """Triage all that waits, over a connection of its own."""
    with connection() as conn:
        return Triage(flow_run_id=flow_run_id).drain(conn, limit)

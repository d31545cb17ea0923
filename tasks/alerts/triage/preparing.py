"""From raw deliveries to signals: read, extracted, classified; outside of any transaction.

A bug in an adapter or a hostile body costs its own delivery and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from collectors.alerts import normalize
from models.errors import NightshiftError
from models.records.alert import Alert, AlertStatus, Classification, Extraction, Outcome
from models.records.delivery import Delivery
from models.records.grouping import Signal
from models.redaction import redact
from tasks.alerts.classification import Classifier
from tasks.alerts.extraction import KnownEntities, extract
from tasks.alerts.signals import signal_of

logger = logging.getLogger(__name__)
# What a bug raises. Not BaseException: a process that is told to end has to end.
BUGS = (
    NightshiftError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
)
_LONGEST_KEY = 500
_LONGEST_REASON = 300
_MOST_READ = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One alert of one copy of one delivery, ready to be grouped."""

    delivery_id: int
    copy: int
    position: int
    vendor: str
    alert: Alert
    extraction: Extraction
    classification: Classification
    signal: Signal

    @property
    def timed(self) -> bool:
        """Whether the sender told when it happened."""
        return is_timed(self.alert)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What deliveries turned out to be; `dead` says why some could not be read."""

    deliveries: Sequence[Delivery]
    events: Sequence[Event] = ()
    dead: dict[int, str] = field(default_factory=dict)

    @property
    def untimed(self) -> dict[int, int]:
        """Deliveries that told no time, with the copies that are taken into account here."""
        told_none = {event.delivery_id for event in self.events if not event.timed}
        return {one.id: copy_of(one) for one in self.deliveries if one.id in told_none}


@dataclass(slots=True)
class _Read:
    delivery: Delivery
    alert: Alert
    extraction: Extraction
    position: int


def prepare(deliveries: Sequence[Delivery], known: KnownEntities, classifier: Classifier) -> Batch:
    """Return the events of deliveries in the order in which they came, and those that are dead."""
    read: list[_Read] = []
    dead: dict[int, str] = {}
    for delivery in deliveries:
        try:
            read += _read(delivery, known)
        except BUGS as error:
            dead[delivery.id] = _reason(error)
    classified = _classified(read, classifier)
    events = [_event(one, found) for one, found in zip(read, classified, strict=True)]
    events.sort(key=lambda one: (one.signal.received_at, one.delivery_id, one.position))
    return Batch(deliveries=deliveries, events=events, dead=dead)


def event_id(delivery_id: int, copy: int, position: int) -> str:
    """Return our id of an event; `event_of` takes it apart again."""
    return f"{delivery_id}.{copy}.{position}"


def event_of(event_id: str) -> tuple[int, int, int] | None:
    """Return delivery, copy and position of an event's id; None where it is none of ours."""
    parts = event_id.split(".")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):  # noqa: PLR2004
        return None
    return int(parts[0]), int(parts[1]), int(parts[2])


def copy_of(delivery: Delivery) -> int:
    """Return which copy is triaged: the first, unless the delivery was triaged before."""
    return delivery.copies if delivery.untimed else 0


def received(delivery: Delivery) -> datetime:
    """Return when the copy that is triaged reached us."""
    if delivery.untimed and delivery.last_copy_at is not None:
        return delivery.last_copy_at
    return delivery.received_at


def is_timed(alert: Alert) -> bool:
    """Tell whether the sender told when it happened."""
    ended = alert.status is AlertStatus.RESOLVED and alert.ends_at is not None
    return ended or alert.event_time is not None


def _read(delivery: Delivery, known: KnownEntities) -> list[_Read]:
    found = normalize(delivery.vendor, delivery.body, delivery.kind)
    if found.outcome is Outcome.MALFORMED:
        raise ValueError(found.reason or "its shape is not known")
    return [
        _Read(delivery, alert, extract(alert, known), position)
        for position, alert in enumerate(map(_usable, found.alerts))
    ]


def _usable(alert: Alert) -> Alert:
    """Return an alert whose key Postgres can keep, equal for equal ones."""
    key = alert.dedup_key.replace("\0", "").encode("utf-8", "replace").decode()[:_LONGEST_KEY]
    return alert if key == alert.dedup_key else replace(alert, dedup_key=key)


def _classified(read: Sequence[_Read], classifier: Classifier) -> Iterable[Classification]:
    pairs = [(one.alert, one.extraction) for one in read]
    try:
        return classifier.classify(pairs, [one.delivery.vendor for one in read])
    except BUGS as error:
        logger.warning("no predictions for %d alerts: %s", len(pairs), _reason(error))
        nothing = Classification(
            severity=None,
            severity_confidence=0.0,
            team=None,
            team_confidence=0.0,
            method="fallback",
            failure=_reason(error),
        )
        return [nothing] * len(pairs)


def _event(read: _Read, found: Classification) -> Event:
    delivery, copy = read.delivery, copy_of(read.delivery)
    signal = signal_of(
        event_id(delivery.id, copy, read.position),
        read.alert,
        read.extraction,
        received(delivery),
        found,
        source=delivery.vendor,
    )
    return Event(
        delivery_id=delivery.id,
        copy=copy,
        position=read.position,
        vendor=delivery.vendor,
        alert=read.alert,
        extraction=read.extraction,
        classification=found,
        signal=signal,
    )


def _reason(error: Exception) -> str:
    words = str(error) or type(error).__name__
    if not isinstance(error, (NightshiftError, ValueError)):
        words = f"{type(error).__name__}: {words}"
    # It may quote what was sent; redacted before it is cut, so that no half of a secret stays.
    return redact(words[:_MOST_READ])[:_LONGEST_REASON]

"""Notices: what people and other systems are told of an incident, through one outbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.records.incident import Incident


class Channel(StrEnum):
    """Where notices go; each is told of an incident once."""

    SLACK = "slack"
    SLACK_WEBHOOK = "slack-webhook"
    EMAIL = "email"
    PAGERDUTY = "pagerduty"
    CLOUDEVENTS = "cloudevents"


class Told(StrEnum):
    """What a notice tells, in the order in which one change tells several things."""

    OPENED = "opened"
    REOPENED = "reopened"
    SEVERITY = "severity"
    FLAPPING = "flapping"
    ASSIGNED = "assigned"
    ACKNOWLEDGED = "acknowledged"
    UPDATED = "updated"
    RESOLVED = "resolved"
    MERGED = "merged"
    ROLLUP = "rollup"  # many incidents in one message
    TEST = "test"  # a person tries a channel


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentChange:
    """An incident as it is after a change, and what changed.

    `kinds` are among opened, reopened, severity, resolved, merged, updated, assigned and
    acknowledged; one that is not known is left out.
    """

    incident: Incident
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """A notice to be written. One that is no `opener` is told only where the opening was.

    `due_seconds` is how long it waits first; where it is `held`, each further one that is held
    for the incident makes all of them wait anew.
    """

    channel: Channel
    incident_id: int
    kind: Told
    key: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    due_seconds: float = 0.0
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One row of the outbox.

    `payload` holds what the incident was at the change (`status`, `severity`, `version`) and, once
    it is being sent, the message itself under `sending`. A notice that another one tells as well
    names it in `rolled_into`. `external_ref` is what the receiver calls the message.
    """

    id: int
    key: str
    channel: Channel
    incident_id: int | None
    kind: Told
    payload: Mapping[str, Any]
    state: str
    attempts: int
    due_at: datetime
    created_at: datetime
    error: str | None = None
    rolled_into: int | None = None
    external_ref: str | None = None
    sent_at: datetime | None = None
    holder: str | None = None
    lease_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The one message of an incident in a channel. `rolled` where it is a roll-up's."""

    incident_id: int
    ref: str
    severity: str | None = None
    rolled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelHealth:
    """How a channel does: failures in a row since it last took a message."""

    channel: Channel
    failures: int = 0
    resting: bool = False
    waiting: int = 0
    failed: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeReport:
    """What one round of sending came to, in notices."""

    sent: int = 0
    retried: int = 0
    failed: int = 0
    dropped: int = 0  # what it would have told was already over or told

    def __add__(self, other: NoticeReport) -> NoticeReport:
        """Return the sum of two rounds."""
        return NoticeReport(
            sent=self.sent + other.sent,
            retried=self.retried + other.retried,
            failed=self.failed + other.failed,
            dropped=self.dropped + other.dropped,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A sender of alerts and how many of the incident's alerts came from it."""

    name: str
    alerts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """All that a message on an incident may say; texts in it are untrusted but hold no secrets.

    `evidence` is the line of the probable root alert, `evidence_url` where its sender shows it.
    `changed` are lines on what changed just before, `cited` the names of what the cause rests on.
    `gateway_url` is where people reach the gateway, None where that is not configured.
    """

    incident: Incident
    sources: tuple[Source, ...] = ()
    entities: tuple[str, ...] = ()
    evidence: str | None = None
    evidence_url: str | None = None
    changed: tuple[str, ...] = ()
    runbook: str | None = None
    merged_into: str | None = None
    facts_as_of: datetime | None = None
    written_at: datetime | None = None
    gateway_url: str | None = None

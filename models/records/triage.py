"""What triage writes and reads again: alerts with their events, incidents as grouping knows them.

`memory` is what grouping remembers, as JSON that only grouping reads; everything else is what
people and other parts read. An incident is named by its id, or by a reference such as `new-1`
before it has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """One alert as a batch leaves it.

    `new_episode` begins a row and leaves the earlier one as it is. `occurrences` is how many events
    the batch adds. A text that is null or empty keeps what is stored.
    """

    dedup_key: str
    vendor: str
    delivery_id: int | None
    title: str
    status: str
    action: str
    alert_timestamp: datetime
    created_at: datetime
    last_seen_at: datetime
    external_id: str | None = None
    rule: str | None = None
    description: str = ""
    severity: str | None = None
    severity_raw: str | None = None
    predicted_severity: str | None = None
    predicted_team: str | None = None
    confidence_score: float | None = None
    classification: Mapping[str, Any] = field(default_factory=dict)
    service_name: str | None = None
    host: str | None = None
    environment: str | None = None
    region: str | None = None
    error_code: str | None = None
    entity_id: str | None = None
    entity_confidence: float | None = None
    entity_hint: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    ends_at: datetime | None = None
    resolved_at: datetime | None = None
    occurrences: int = 1
    flapping: bool = False
    incident_id: int | None = None
    suppressed_by: tuple[str, ...] = ()
    memory: Mapping[str, Any] = field(default_factory=dict)
    new_episode: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One event of an alert: which alert of which copy of which delivery, and what became of it."""

    alert_id: int
    delivery_id: int
    copy: int
    position: int
    status: str
    severity: str | None
    occurred_at: datetime
    received_at: datetime
    timed: bool
    action: str
    incident_id: int | None
    explanation: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedAlert:
    """The current episode of a dedup key, as it was stored last.

    `closed` where its incident takes no alerts any more.
    """

    id: int
    dedup_key: str
    status: str
    action: str
    incident_id: int | None
    last_seen_at: datetime
    title: str
    vendor: str
    region: str | None
    predicted_team: str | None
    memory: Mapping[str, Any]
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedIncident:
    """An incident that may take alerts; `version` is what a change of it must still find."""

    id: int
    reference: str
    title: str
    status: str
    severity: str | None
    owner_team: str | None
    started_at: datetime
    detected_at: datetime
    last_event_at: datetime
    resolved_at: datetime | None
    merged_into: int | None
    labels: Mapping[str, str]
    memory: Mapping[str, Any]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """An incident as a batch leaves it; `version` is 0 for one that is new.

    `root_key` is the dedup key of the probable first alert. A value that is null leaves what is
    stored, except for `resolved_at` and `severity`.
    """

    ref: str
    title: str
    status: str
    severity: str | None
    started_at: datetime
    detected_at: datetime
    last_event_at: datetime
    memory: Mapping[str, Any]
    affected_services: tuple[str, ...] = ()
    affected_entities: tuple[str, ...] = ()
    environment: str | None = None
    region: str | None = None
    owner_team: str | None = None
    alert_count: int = 0
    event_count: int = 0
    firing_count: int = 0
    flapping: bool = False
    root_key: str | None = None
    grouping: Mapping[str, Any] = field(default_factory=dict)
    change_refs: tuple[str, ...] = ()
    resolved_at: datetime | None = None
    merged_into: int | None = None
    maintenance_id: str | None = None
    flow_run_id: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    enrich_after: datetime | None = None
    version: int = 0

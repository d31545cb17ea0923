"""Alerts as they are stored: one row for each episode of a condition, with its events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.records.alert import Alert, AlertStatus
from models.records.grouping import Action
from models.records.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAlert:
    """One episode of a condition, from its first event to the one that ended it.

    `severity` is the sender's; `predicted_severity` stands where the sender said none.
    `event_time` is by the sender's clock, `received_at` when its first event reached us.
    """

    id: int
    dedup_key: str
    vendor: str
    title: str
    status: AlertStatus
    action: Action
    event_time: datetime
    received_at: datetime
    last_seen_at: datetime
    description: str = ""
    external_id: str | None = None
    rule: str | None = None
    severity: Severity | None = None
    severity_raw: str | None = None
    predicted_severity: Severity | None = None
    predicted_team: str | None = None
    confidence_score: float | None = None
    classification: Mapping[str, Any] = field(default_factory=dict)
    service: str | None = None
    host: str | None = None
    environment: str | None = None
    region: str | None = None
    error_code: str | None = None
    entity_id: str | None = None
    entity_confidence: float | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    ends_at: datetime | None = None
    resolved_at: datetime | None = None
    occurrences: int = 1
    flapping: bool = False
    incident_id: int | None = None
    suppressed_by: tuple[str, ...] = ()

    @property
    def firing(self) -> bool:
        """Whether the condition still holds."""
        return self.resolved_at is None and self.status is not AlertStatus.RESOLVED

    @property
    def known_severity(self) -> Severity | None:
        """What the sender said, else what was predicted."""
        return self.severity or self.predicted_severity

    @property
    def as_sent(self) -> Alert:
        """The alert as its sender described it, without what was predicted and decided."""
        shared = set(Alert.__slots__) & set(StoredAlert.__slots__)
        return Alert(**{name: getattr(self, name) for name in shared})

    def where(self, assets: Mapping[str, str]) -> str | None:
        """Return what it speaks of, as far as is known: a host, else an asset, else a service.

        Args:
            assets: What assets are called, by id; an id says nothing to a person.
        """
        return self.host or assets.get(self.entity_id or "") or self.service


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What triage decided on one event of an alert, with its explanation as it was stored."""

    event_id: int
    alert_id: int
    status: AlertStatus
    occurred_at: datetime
    received_at: datetime
    action: Action
    incident_id: int | None
    explanation: Mapping[str, Any]

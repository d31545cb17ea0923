"""Alerts that people move between incidents, and what they said by that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.records.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What regrouping needs of an alert. `held` is one that a maintenance window held back."""

    id: int
    dedup_key: str
    title: str
    status: str
    severity: Severity | None
    service: str | None
    entity_id: str | None
    host: str | None
    rule: str | None
    environment: str | None
    region: str | None
    team: str | None
    alert_timestamp: datetime
    created_at: datetime
    last_seen_at: datetime
    resolved_at: datetime | None
    occurrences: int
    current: bool
    held: bool = False

    @property
    def names(self) -> frozenset[str]:
        """What it speaks of, in lower case."""
        told = (self.service, self.entity_id, self.host, self.rule)
        return frozenset(name.lower() for name in told if name)

    @property
    def firing(self) -> bool:
        """Whether the condition still holds."""
        return self.resolved_at is None and self.status != "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a person said of a grouping.

    A `merge` moved the alerts of `incident_id` into `other_id`, a `split` moved alerts out of
    `incident_id` into the new `other_id`. `before` is what undoing restores.
    """

    id: int
    kind: str
    incident_id: int
    other_id: int
    alert_ids: tuple[int, ...]
    actor: str
    reason: str
    policy: str
    before: Mapping[str, Any]
    recorded_at: datetime

"""Alerts in the one form that every sender's payload is brought into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from models.records.severity import Severity


class AlertStatus(StrEnum):
    """What the sender says of the condition."""

    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    SUPPRESSED = "suppressed"
    PENDING = "pending"
    NO_DATA = "no_data"
    UPDATE = "update"


class Outcome(StrEnum):
    """What a payload turned out to be."""

    ALERT = "alert"
    IGNORE = "ignore"
    HANDSHAKE = "handshake"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert of one payload, as its sender described it; nothing here is predicted.

    `severity` is null where the payload does not say. `dedup_key` is equal for the same underlying
    condition and never holds a time, a value or a pod hash. `event_time` is by the sender's clock:
    when the condition began, or ended for a resolve; `ends_at` when it ended. `external_id` is the
    sender's own id of the alert. `notes` say what the adapter could not map or had to assume.
    `group_hint` is the sender's own grouping, which is a hint only. Texts and label values hold no
    secrets: they are redacted in the adapter.
    """

    title: str
    status: AlertStatus
    dedup_key: str
    severity: Severity | None = None
    severity_raw: str | None = None
    service: str | None = None
    host: str | None = None
    environment: str | None = None
    region: str | None = None
    rule: str | None = None
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    event_time: datetime | None = None
    ends_at: datetime | None = None
    external_id: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    group_hint: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalized:
    """What an adapter made of one payload. `reason` says why there is no alert in it."""

    outcome: Outcome
    alerts: tuple[Alert, ...] = ()
    reason: str | None = None
    adapter: str = "generic"
    adapter_version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What was read out of an alert's labels and texts beyond what the sender's fields say.

    `entity_id` is the asset of the inventory that the alert speaks of, `entity_confidence` (0 to 1)
    how sure that is, `entity_hint` the words it was looked up by.
    """

    service: str | None = None
    environment: str | None = None
    region: str | None = None
    host: str | None = None
    error_code: str | None = None
    entity_id: str | None = None
    entity_confidence: float | None = None
    entity_hint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """What was predicted of an alert; it never replaces what the sender said.

    Confidences run from 0 to 1. `method` is `rules`, `model` or `fallback`; `model` and
    `model_version` name what predicted. `team_source` says which ownership rule gave the team.
    """

    severity: Severity | None
    severity_confidence: float
    team: str | None
    team_confidence: float
    method: str
    team_source: str | None = None
    model: str | None = None
    model_version: str | None = None
    failure: str | None = None

"""What grouping reads and decides: signals in, placements with their explanation out.

The same records serve the live triage and the replay, so that both run the same code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.records.alert import AlertStatus
from models.records.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One alert event as grouping sees it.

    `stream` keeps unrelated histories apart (a scenario of a replay; "" in production). `asset_id`
    is the asset of the inventory where it is known. `occurred_at` is the sender's clock,
    `received_at` ours; both are aware. `timed` is false where the sender told no time, or one that
    cannot be: `occurred_at` is ours then.
    """

    event_id: str
    dedup_key: str
    status: AlertStatus
    title: str
    occurred_at: datetime
    received_at: datetime
    stream: str = ""
    timed: bool = True
    severity: Severity | None = None
    source: str = "generic"
    rule: str | None = None
    description: str = ""
    service: str | None = None
    host: str | None = None
    environment: str | None = None
    region: str | None = None
    error_code: str | None = None
    asset_id: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


class Action(StrEnum):
    """What became of an event."""

    GROUP = "group"  # it stands in an incident
    IGNORE = "ignore"  # it is noise: no incident, no notice
    SUPPRESS = "suppress"  # a maintenance window holds it
    HAND_BACK = (
        "hand_back"  # a window held it and gave it back at its end; it stands in no incident
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One incident that an event was compared with: its score and the features behind it."""

    incident: str
    score: float
    features: Mapping[str, float] = field(default_factory=dict)
    vetoes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why an event went where it went.

    `rule` names the rule of the policy that decided (such as `same-key`, `topology`, `noise`),
    `policy` its version. `chosen` is the incident it joined, `best_rejected` the next best one,
    `margin` the distance between their scores, or to the threshold where a new incident was opened.
    """

    rule: str
    policy: str
    sentence: str
    score: float | None = None
    threshold: float | None = None
    chosen: Candidate | None = None
    best_rejected: Candidate | None = None
    margin: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What grouping decided on one event.

    `incident` is the reference of the incident in the memory that was used; `opened`, `reopened`
    and `resolved` say what that did to the incident. `window_ids` are the maintenance windows that
    hold it.
    """

    event_id: str
    dedup_key: str
    action: Action
    explanation: Explanation
    incident: str | None = None
    opened: bool = False
    reopened: bool = False
    resolved: bool = False
    flapping: bool = False
    window_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A planned maintenance: what it matches is suppressed from start to end.

    `match` maps a label or field to the values that it may have; all of its names must match. An
    empty one matches everything. `stream` is "" for all streams.
    """

    id: str
    starts_at: datetime
    ends_at: datetime
    match: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reason: str = ""
    owner: str | None = None
    stream: str = ""

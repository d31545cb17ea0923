"""Maintenance that people plan, and signs of life that they expect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from models.records.grouping import Window
from models.records.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWindow:
    """A window with its place in a series; `ended_at` is set once what it held was given back."""

    window: Window
    series_id: int | None = None
    created_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Maintenance that comes again; `rrule` is one of RFC 5545, reckoned in `time_zone`.

    `last_start` is when the last of its windows that is planned begins.
    """

    rrule: str
    starts_at: datetime
    duration_seconds: int
    match: Mapping[str, tuple[str, ...]]
    reason: str
    owner: str
    time_zone: str = "UTC"
    id: int = 0
    ended_at: datetime | None = None
    last_start: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """A sign of life that is expected every so many seconds.

    `match` names the alerts that are signs of life of it, by fields and labels; such an alert is
    no alert otherwise. `silent_since` is when it was found silent; None while it lives, or has not
    been heard of yet.
    """

    name: str
    every_seconds: int
    grace_seconds: int = 0
    severity: Severity = Severity.HIGH
    match: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    last_seen_at: datetime | None = None
    silent_since: datetime | None = None
    created_at: datetime | None = None

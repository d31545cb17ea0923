"""Snapshots: one collection of one source, from its start to what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.records.asset import Gap


class SnapshotState(StrEnum):
    """How far a collection is; a later run goes on from the state that the row shows."""

    COLLECTING = "collecting"
    COLLECTED = "collected"
    VALIDATED = "validated"
    STORED = "stored"
    HELD = "held"
    FAILED = "failed"
    ABANDONED = "abandoned"


class Completeness(StrEnum):
    """Whether everything that was asked for could be seen."""

    COMPLETE = "complete"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One collection of one source. `taken_at` is when it began, the time that its facts bear."""

    id: int
    source: str
    collector: str
    state: SnapshotState
    taken_at: datetime
    completeness: Completeness | None = None
    gaps: tuple[Gap, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreReport:
    """What storing a snapshot did; `versions` counts the rows written to the history."""

    snapshot_id: int
    created: int = 0
    changed: int = 0
    deleted: int = 0
    unchanged: int = 0
    versions: int = 0
    relations_opened: int = 0
    relations_closed: int = 0
    volatile_updated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A row that was not stored, and the rule that it broke."""

    asset_id: str
    kind: str
    name: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationReport:
    """The verdict over a snapshot; `held` gives the reason why a person has to look, or None."""

    snapshot_id: int
    expectations: int
    failed_expectations: int
    quarantined: tuple[Quarantined, ...] = ()
    warnings: tuple[str, ...] = ()
    held: str | None = None
    results: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """One line of `nightshift collect --json`."""

    source: str
    collector: str
    status: str  # complete, partial, held or failed
    seen: int = 0
    created: int = 0
    changed: int = 0
    deleted: int = 0
    quarantined: int = 0
    seconds: float = 0.0
    error: str | None = None
    snapshot_id: str | None = None

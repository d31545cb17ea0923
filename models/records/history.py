"""How an asset became what it is, and what it is linked to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.records.asset import Direction, FieldChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A span of time in which an asset's stable fields did not change."""

    valid_from: datetime
    valid_to: datetime | None
    recorded_at: datetime
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedAsset:
    """The other end of an edge; name and kind are None when it was never seen itself.

    `deleted_at` is since when it is gone, though what points at it still does.
    `confidence` and `reason` are of an edge that was joined from facts, see `models.records.graph`;
    None where the source itself states it.
    """

    type: str
    direction: Direction
    asset_id: str
    name: str | None
    kind: str | None = None
    confidence: float | None = None
    reason: str | None = None
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Namesake:
    """One of the assets that have a name; `place` is its namespace, or the device that it is of."""

    asset_id: str
    kind: str
    source: str
    place: str | None = None

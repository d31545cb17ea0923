"""The graph across sources: edges that no source states itself, and walks over all edges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from models.kinds import RelationType
from models.records.asset import Direction

CERTAIN = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What a device had learned by itself: a MAC behind an interface, or the MAC of an address.

    Such entries age out while nothing has changed. `missing_since` is when the device's table was
    first read without this one; None while the table has it, or could not be read.
    """

    device: str
    mac: str
    interface: str | None = None
    ip_address: str | None = None
    missing_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """An edge that follows from facts of two assets, mostly of two sources.

    `confidence` runs from 0 to 1: 1.0 where both sides name the same unique identity, less where
    only a name or an address agrees. `reason` says in one sentence what agrees, with the values.
    `learned` is the entry that it rests on, where it rests on one.
    """

    from_id: str
    type: RelationType
    to_id: str
    confidence: float
    reason: str
    learned: Learned | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinReport:
    """What a round of joining changed: edges that are new, gone, or said differently.

    `unchanged` is a round that had nothing to do, since nothing that joins read has changed;
    `error` tells why there was none.
    """

    edges: int
    opened: int
    closed: int
    unchanged: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One edge of a walk; `depth` counts from 1. `from_id` is the end that was reached before.

    `confidence` is None for an edge that the source itself states. `left_out` tells of a hub how
    many more such edges (of the same type, direction and kind) `from_id` has at least. `deleted_at`
    is since when the asset is gone.
    """

    depth: int
    type: str
    direction: Direction
    from_id: str
    asset_id: str
    kind: str | None
    name: str | None
    confidence: float | None = None
    reason: str | None = None
    left_out: int = 0
    deleted_at: datetime | None = None


class Link(NamedTuple):
    """One edge that holds, by which `from_id` stands on `to_id`."""

    from_id: str
    type: str
    to_id: str


def grouped_joins(joins: Iterable[Join], end: Callable[[Join], str]) -> dict[str, tuple[Join, ...]]:
    """Return joins by one of their ends, the surest first."""
    found: dict[str, list[Join]] = defaultdict(list)
    for join in sorted(joins, key=lambda join: (-join.confidence, join.type, join.to_id)):
        found[end(join)].append(join)
    return {asset: tuple(these) for asset, these in found.items()}

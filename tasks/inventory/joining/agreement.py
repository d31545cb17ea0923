"""Choosing between claims: the surest wins, and two that are equally sure are no knowledge."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from models.kinds import RelationType
from models.records.graph import Join, Learned


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """That two assets belong together; `part` is what of the first can be in one place only."""

    from_id: str
    to_id: str
    confidence: float
    reason: str
    part: str = ""
    learned: Learned | None = None


def agreed(
    claims: Iterable[Claim], *, exclusive: bool = True, same: Mapping[str, str] | None = None
) -> list[Claim]:
    """Return the claims that have no equal rival.

    Args:
        claims: All of one relation.
        exclusive: Whether the far end, too, can belong to one asset only.
        same: What assets are that two sources have seen; such are no rivals.
    """
    found = list(claims)
    best: dict[Hashable, tuple[float, set[str]]] = {}
    for claim in found:
        for end, other in _ends(claim, exclusive=exclusive, same=same or {}):
            confidence, others = best.get(end, (0.0, set()))
            if claim.confidence > confidence:
                best[end] = (claim.confidence, {other})
            elif claim.confidence == confidence:
                others.add(other)
    return [
        claim
        for claim in found
        if all(
            best[end] == (claim.confidence, {other})
            for end, other in _ends(claim, exclusive=exclusive, same=same or {})
        )
    ]


def joined(relation: RelationType, claims: Iterable[Claim]) -> list[Join]:
    """Return one edge for each pair of assets, the surest."""
    edges: dict[tuple[str, str], Claim] = {}
    for claim in claims:
        known = edges.get((claim.from_id, claim.to_id))
        if known is None or claim.confidence > known.confidence:
            edges[claim.from_id, claim.to_id] = claim
    return [
        Join(
            from_id=claim.from_id,
            type=relation,
            to_id=claim.to_id,
            confidence=claim.confidence,
            reason=claim.reason,
            learned=claim.learned,
        )
        for claim in edges.values()
    ]


def _ends(
    claim: Claim, *, exclusive: bool, same: Mapping[str, str]
) -> Iterator[tuple[Hashable, str]]:
    yield (claim.from_id, claim.part), same.get(claim.to_id, claim.to_id)
    if exclusive:
        yield (claim.to_id, ""), same.get(claim.from_id, claim.from_id)

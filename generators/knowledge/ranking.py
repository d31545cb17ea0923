"""Two rankings of chunks into one that does not flood the top with one document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from models.records.chunk import Match

# Chosen on the manuals of npm and Node.js (9,378 chunks, 59 questions of our own), where
# shares of 0.3 to 0.7 and supports of 0 to 0.5 gave reciprocal ranks of 0.69 to 0.80.
VECTOR_SHARE = 0.7
SUPPORT = 0.15  # of what the further chunks of a document say for its best one
REPEAT = 0.5  # weight of each further chunk of a document in the list


def fuse(
    text: Sequence[Match], vectors: Sequence[Match], share: float = VECTOR_SHARE
) -> list[Match]:
    """Return one ranking, best first: a weighted sum of both scores, each scaled to its best.

    A score, unlike a rank, says how much better the first is than the second (Bruch et al. 2022,
    "An Analysis of Fusion Functions for Hybrid Retrieval", found it ahead of reciprocal ranks).
    A chunk that one method did not find has 0 there.
    """
    found = {match.chunk_id: match for match in [*text, *vectors]}
    scaled = (_scaled(text, floor=0.0), _scaled(vectors, floor=_lowest(vectors)))
    totals = {
        chunk: (1 - share) * scaled[0].get(chunk, 0.0) + share * scaled[1].get(chunk, 0.0)
        for chunk in found
    }
    return _ordered(totals, found)


def diversify(matches: Sequence[Match], limit: int) -> list[Match]:
    """Return the best chunks, documents first that several headings speak for.

    The best chunk of a document gains from those under other headings (the parts of a long table
    all say the same again, so that the longest would win); each further one of it counts half of
    the one before, so that the list is not filled by one document.
    """
    support: dict[int, dict[str | int, float]] = defaultdict(dict)
    for match in sorted(matches, key=lambda match: -match.score):
        heading = match.chunk_id if match.anchor is None else match.anchor
        support[match.document_id].setdefault(heading, match.score)
    seen: dict[int, int] = defaultdict(int)
    totals: dict[int, float] = {}
    for match in sorted(matches, key=lambda match: (-match.score, match.chunk_id)):
        place = seen[match.document_id]
        seen[match.document_id] += 1
        gain = (
            _supported([*support[match.document_id].values()])
            if place == 0
            else match.score * REPEAT**place
        )
        totals[match.chunk_id] = gain
    found = {match.chunk_id: match for match in matches}
    return _ordered(totals, found)[:limit]


def _supported(scores: Sequence[float]) -> float:
    """Return the best score and a falling share of the next ones."""
    return sum(score * SUPPORT**place for place, score in enumerate(scores[:4]))


def _scaled(matches: Sequence[Match], floor: float) -> dict[int, float]:
    top = max((match.score for match in matches), default=floor)
    width = top - floor
    return {
        match.chunk_id: (match.score - floor) / width if width > 0 else 1.0 for match in matches
    }


def _lowest(matches: Sequence[Match]) -> float:
    return min((match.score for match in matches), default=0.0)


def _ordered(totals: Mapping[int, float], matches: Mapping[int, Match]) -> list[Match]:
    found = (replace(matches[chunk], score=score) for chunk, score in totals.items())
    return sorted(found, key=lambda match: (-match.score, match.chunk_id))

"""Which units an answer quotes, and what goes with each of them.

A step alone is no answer to "what do I do": the list that it belongs to is quoted. Whatever is
quoted comes with the lines that lead to it: "Restart the primary" may stand below "Never:".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generators.answers.leading import forbids
from generators.answers.units import Kind, Unit

_MOST_QUOTES = 5
_NEAR_BEST = 0.8  # share of the best unit's score that another needs to stand beside it
_MOST_ITEMS = 10
_LONGEST = 1200  # characters of a quoted list
_MORE = "…"
_LISTED = (Kind.ITEM, Kind.STEP, Kind.COMMAND)
Scored = tuple[Unit, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What is quoted of one passage, a line or a list."""

    passage: int
    text: str


def quotes(judged: Sequence[Scored], found: Sequence[Unit], *, several: bool) -> list[Quote]:
    """Return what to quote, best first.

    Args:
        judged: The units that answer with their scores, best first.
        found: All units, for the lists that those stand in.
        several: Whether the whole of a list answers rather than one item.
    """
    best = judged[0][1]
    near = [unit for unit, score in judged if score >= best * _NEAR_BEST][:_MOST_QUOTES]
    everything = sorted(found, key=lambda one: (one.passage, one.place))
    told: list[Quote] = []
    quoted: set[tuple[int, int]] = set()
    for unit in near:
        if (unit.passage, unit.place) in quoted:
            continue
        group = _with_list(unit, everything) if several else _under_one_lead(unit, near)
        quoted.update((one.passage, one.place) for one in group)
        text = "\n".join(_lines(group))
        if all(text != one.text for one in told):
            told.append(Quote(passage=unit.passage, text=text))
    return told


def _under_one_lead(unit: Unit, near: Sequence[Unit]) -> list[Unit]:
    """Return a unit with those that the same line leads to, so that it is quoted once."""
    if unit.list is None or not unit.leads:
        return [unit]
    same = [one for one in near if _together(one, unit) and one.leads == unit.leads]
    return sorted(same, key=lambda one: one.place)


def _with_list(unit: Unit, everything: Sequence[Unit]) -> list[Unit]:
    """Return the whole list of an item, or a sentence with the list that follows it."""
    if unit.kind in _LISTED:
        return [one for one in everything if _together(one, unit)]
    place = everything.index(unit) + 1
    after = everything[place] if place < len(everything) else unit
    if unit.kind is not Kind.SENTENCE or after.kind not in _LISTED:
        return [unit]
    follows = [one for one in everything if _together(one, after)]
    return [unit, *follows] if after.passage == unit.passage else [unit]


def _together(one: Unit, other: Unit) -> bool:
    """Tell whether two units are of one list, neither of them below what forbids it alone."""
    if one.passage != other.passage or one.list is None or one.list != other.list:
        return False
    outer, inner = sorted((one.leads, other.leads), key=len)
    below = inner[len(outer) :]
    return inner[: len(outer)] == outer and not any(forbids(lead) for lead in below)


def _lines(group: Sequence[Unit]) -> Iterator[str]:
    """Yield the lines of a quote: what leads to it, then its items, as far as there is room."""
    alone = len(group) == 1
    room = _LONGEST
    above: tuple[str, ...] = ()
    for unit in group[:_MOST_ITEMS]:
        room -= len(unit.text)
        if room < 0:
            break
        yield from _new(unit.leads, above)
        above = unit.leads
        yield unit.text if alone and not unit.leads else f"{unit.mark} {unit.text}".strip()
    else:
        if len(group) <= _MOST_ITEMS:
            return
    yield _MORE


def _new(leads: tuple[str, ...], above: tuple[str, ...]) -> tuple[str, ...]:
    """Return the lines of what leads to a unit that do not stand above it already."""
    if leads == above[: len(leads)]:
        return ()
    same = next(
        (n for n, pair in enumerate(zip(leads, above, strict=False)) if pair[0] != pair[1]),
        len(above),
    )
    return leads[same:]

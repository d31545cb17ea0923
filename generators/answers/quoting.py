"""Which units an answer quotes, and what goes with each of them.

A step alone is no answer to "what do I do": the list that it belongs to is quoted with the line
that leads to it. A command is quoted with that line, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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


def quotes(judged: Sequence[Scored], *, several: bool) -> list[Quote]:
    """Return what to quote, best first.

    Args:
        judged: All units with their scores, best first.
        several: Whether the whole of a list answers rather than one item.
    """
    best = judged[0][1]
    near = [unit for unit, score in judged if score >= best * _NEAR_BEST][:_MOST_QUOTES]
    everything = sorted((unit for unit, _ in judged), key=lambda one: (one.passage, one.place))
    found: list[Quote] = []
    quoted: set[tuple[int, int]] = set()
    for unit in near:
        if (unit.passage, unit.place) in quoted or any(one.text == unit.text for one in found):
            continue
        group = [unit]
        if several:
            group = _with_list(unit, everything)
        quoted.update((one.passage, one.place) for one in group)
        found.append(Quote(passage=unit.passage, text="\n".join(_lines(group))))
    return found


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
    same = one.passage == other.passage and one.list == other.list and one.lead == other.lead
    return same and one.list is not None


def _lines(group: Sequence[Unit]) -> Iterator[str]:
    """Yield the lines of a quote: what leads to it, then its items, as far as there is room."""
    first = group[0]
    if len(group) == 1 and not (first.command and first.lead):
        yield first.text
        return
    if first.lead:
        yield first.lead
    room = _LONGEST
    for unit in group[:_MOST_ITEMS]:
        room -= len(unit.text)
        if room < 0:
            break
        yield f"{unit.mark} {unit.text}".strip()
    else:
        if len(group) <= _MOST_ITEMS:
            return
    yield _MORE

"""A timeline as people read it: its beginning and its end, and many alerts that join as one line.

What is stored is never changed for it; whoever wants every line reads the JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from generators.documents.text import counted, moment
from models.records.incident import EntryKind, TimelineEntry

FIRST_READ = 100  # lines of the beginning, where not all are read
_HEAD = 3  # a third of what is shown is the beginning
_ALERTS = (EntryKind.ALERT_FIRED, EntryKind.ALERT_RESOLVED)
_WORDS = {
    EntryKind.ALERT_FIRED: "fired",
    EntryKind.ALERT_RESOLVED: "resolved",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line as it is shown; `stands_for` so many that are stored. A gap has no time."""

    at: datetime | None
    clock: str = "ours"
    kind: str = ""
    actor: str = ""
    text: str
    stands_for: int = 1

    @property
    def event(self) -> str:
        """What happened, in a word: of an alert whether it fired or was resolved."""
        if not self.kind:
            return ""
        return _WORDS.get(EntryKind(self.kind), self.kind.replace("_", " "))


def told(entries: Sequence[TimelineEntry], most: int, unread: int = 0) -> list[Line]:
    """Return the lines of a timeline, the oldest first.

    Args:
        entries: All of them, the oldest first; or the first `FIRST_READ` and the last ones.
        most: How many lines are shown at most, beside the one that says what is left out.
        unread: How many lie between the first and the last ones and were not read.
    """
    cut = FIRST_READ if unread else len(entries)
    first, last = list(_folded(entries[:cut])), list(_folded(entries[cut:]))
    lines = [*first, *last]
    if not unread and len(lines) <= most:
        return lines
    head = min(most // _HEAD, len(first))
    tail = min(most - head, len(last)) if unread else most - head
    left_out = lines[head : len(lines) - tail]
    number = unread + sum(line.stands_for for line in left_out)
    return [*lines[:head], _gap(number), *lines[len(lines) - tail :]]


def _gap(number: int) -> Line:
    return Line(at=None, text=f"{counted(number, 'line')} left out here", stands_for=number)


def _folded(entries: Sequence[TimelineEntry]) -> Iterator[Line]:
    """Yield the lines; of a stretch in which nothing but alerts came, those that join as one."""
    place = 0
    while place < len(entries):
        end = place
        while end < len(entries) and _of_alerts(entries[end]):
            end += 1
        if end == place:
            yield _line(entries[place])
            end += 1
        else:
            yield from _stretch(entries[place:end])
        place = end


def _stretch(entries: Sequence[TimelineEntry]) -> Iterator[Line]:
    joins = [entry for entry in entries if _joins(entry)]
    for entry in entries:
        if len(joins) < 2 or not _joins(entry):  # noqa: PLR2004  one is no run
            yield _line(entry)
        elif entry is joins[0]:
            yield _together(joins)


def _together(joins: Sequence[TimelineEntry]) -> Line:
    first, last = joins[0], joins[-1]
    span = f"between {moment(first.at)} and {moment(last.at)}"
    when = span if moment(first.at) != moment(last.at) else f"at {moment(first.at)}"
    text = f"{counted(len(joins), 'alert')} joined {when}"
    return replace(_line(first), text=text, stands_for=len(joins))


def _of_alerts(entry: TimelineEntry) -> bool:
    return entry.kind in _ALERTS or _joins(entry)


def _joins(entry: TimelineEntry) -> bool:
    return entry.kind is EntryKind.GROUPED and entry.data.get("rule") != "new-incident"


def _line(entry: TimelineEntry) -> Line:
    return Line(at=entry.at, clock=entry.clock, kind=entry.kind, actor=entry.actor, text=entry.text)

"""One message on many incidents, for when there are more than people can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generators.incidents.messages.story import line, mark, news
from models.records.notice import Briefing, Told

MOST_LISTED = 200
_LONGEST_TITLE = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An incident and what is told of it."""

    briefing: Briefing
    kinds: tuple[Told, ...]


def heading(items: Sequence[Item]) -> str:
    """Return how many incidents there are and what they are told for."""
    new = sum(Told.OPENED in item.kinds for item in items)
    over = sum(Told.RESOLVED in item.kinds for item in items)
    parts = [f"{new} new" if new else "", f"{over} resolved" if over else ""]
    words = ", ".join(filter(None, parts))
    return f"{len(items)} incidents at once" + (f": {words}" if words else "")


def sentences(items: Sequence[Item]) -> list[str]:
    """Return a line an incident in the order given, and where the rest is."""
    lines = [_sentence(item) for item in items[:MOST_LISTED]]
    more = len(items) - MOST_LISTED
    if more > 0:
        lines.append(f"and {more} more")
    lines.append("All of them: nightshift incidents list")
    return lines


def _sentence(item: Item) -> str:
    incident = item.briefing.incident
    severity = incident.severity or "severity not known"
    title = line(incident.title, _LONGEST_TITLE)
    what = news(item.briefing, item.kinds)
    return f"{mark(incident)} {incident.reference} {severity}: {title} - {what}"

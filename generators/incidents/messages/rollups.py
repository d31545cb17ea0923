"""One message on many incidents, for when there are more than people can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generators.incidents.messages.story import OVER, line, mark, news, page_of
from models.records.notice import Briefing, Told

MOST_LISTED = 200
_LONGEST_TITLE = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An incident and what is told of it."""

    briefing: Briefing
    kinds: tuple[Told, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What is said of one of many."""

    mark: str
    reference: str
    severity: str
    title: str
    news: str
    over: bool
    page: str | None


def heading(items: Sequence[Item]) -> str:
    """Return how many incidents there are and what they are told for."""
    new = sum(Told.OPENED in item.kinds for item in items)
    over = sum(Told.RESOLVED in item.kinds for item in items)
    parts = [f"{new} new" if new else "", f"{over} resolved" if over else ""]
    words = ", ".join(filter(None, parts))
    return f"{len(items)} incidents at once" + (f": {words}" if words else "")


def rows(items: Sequence[Item]) -> list[Row]:
    """Return a row an incident in the order given, as many as a message takes."""
    return [_row(item) for item in items[:MOST_LISTED]]


def sentences(items: Sequence[Item]) -> list[str]:
    """Return a line an incident in the order given, and where the rest is."""
    lines = [
        f"{row.mark} {row.reference} {row.severity}: {row.title} - {row.news}"
        for row in rows(items)
    ]
    return lines + ending(items)


def ending(items: Sequence[Item]) -> list[str]:
    """Return how many are not listed, and where all of them are."""
    more = len(items) - MOST_LISTED
    return ([f"and {more} more"] if more > 0 else []) + ["All of them: nightshift incidents list"]


def _row(item: Item) -> Row:
    incident = item.briefing.incident
    return Row(
        mark=mark(incident),
        reference=incident.reference,
        severity=incident.severity.value if incident.severity else "severity not known",
        title=line(incident.title, _LONGEST_TITLE),
        news=news(item.briefing, item.kinds),
        over=mark(incident) == OVER,
        page=page_of(item.briefing.gateway_url, incident.reference),
    )

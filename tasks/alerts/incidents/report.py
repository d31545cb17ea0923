"""Making the report of an incident from the store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from psycopg import Connection

from generators.incidents import report
from generators.incidents.timeline import FIRST_READ
from models.store import incidents
from tasks.alerts.enrichment import viewing


@dataclass(frozen=True, slots=True)
class Report:
    """A report in both forms."""

    reference: str
    markdown: str
    page: str


def make(
    conn: Connection[tuple[Any, ...]],
    name: int | str,
    at: datetime,
    navigation: tuple[tuple[str, str], ...] = (),
) -> Report:
    """Return the report of an incident, as Markdown and as one page.

    Args:
        conn: Nothing is written.
        name: Id or reference.
        at: When it is made.
        navigation: Links of the page's head, as title and address.

    Raises:
        WrongUse: There is no such incident.
    """
    found = incidents.incident(conn, name)
    seen = viewing.view(conn, found.id, at)
    lines, unread = incidents.timeline_ends(conn, found.id, FIRST_READ)
    whole = replace(
        seen,
        timeline=tuple(lines),
        unread=unread,
        surroundings=viewing.around(conn, seen),
        kin=incidents.kin(conn, [found]) | incidents.merged_into(conn, found.id),
    )
    return Report(
        reference=seen.incident.reference,
        markdown=report.markdown(whole),
        page=report.page(whole, navigation),
    )

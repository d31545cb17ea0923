"""Figures over many incidents; the caller owns the transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import dict_row

from models.store import queries

SQL = queries("incident_metrics")
Rows = Connection[tuple[Any, ...]]


class Durations(NamedTuple):
    """Seconds of one measure over a group of incidents; `by` is all, severity, team or apart."""

    measure: str
    by: str
    value: str
    incidents: int
    median: float
    p90: float
    mean: float


def durations(conn: Rows, since: datetime | None = None) -> list[Durations]:
    """Return the times of incidents that were detected since then, by measure and group."""
    return [Durations(*row) for row in conn.execute(SQL["durations"], {"since": since})]


def totals(conn: Rows, since: datetime | None = None) -> dict[str, int]:
    """Return counts: incidents, their alerts, flapping, resolved and reopened ones, suppressed."""
    with conn.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(SQL["totals"], {"since": since}).fetchone() or {}
    row = conn.execute(SQL["suppressed"], {"since": since}).fetchone()
    suppressed, seen = row if row else (0, 0)
    counts = {name: int(value) for name, value in found.items()}
    return {**counts, "suppressed_alerts": int(suppressed), "all_alerts": int(seen)}

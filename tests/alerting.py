"""Incidents and alerts for tests: sensible values, name only what matters."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from psycopg.types.json import Jsonb

T0 = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
_numbers = count(1)
HOSTILE = "Disk full [bold]\x1b[31m <script>alert(1)</script> | `rm -rf` [x](javascript:alert(1))"


def an_incident(conn, **changes):
    """Store an incident and return its id; its reference is made of the id."""
    at = changes.get("detected_at", T0)
    values = {
        "title": "Datastore ds-01 is full",
        "status": "open",
        "severity": "high",
        "started_at": at,
        "detected_at": at,
        "last_event_at": at,
        "resolved_at": at if changes.get("status") in ("resolved", "closed") else None,
        **changes,
    }
    columns = ", ".join(values)
    marks = ", ".join(f"%({name})s" for name in values)
    statement = (
        f"WITH next AS (SELECT coalesce(max(id), 0) + 1 AS n FROM incidents)"
        f" INSERT INTO incidents (reference, {columns})"
        f" SELECT 'INC-2026-' || lpad(n::text, 6, '0'), {marks} FROM next RETURNING id"
    )
    (number,) = conn.execute(statement, _bound(values)).fetchone()
    return number


def an_alert(conn, **changes):
    """Store an alert and return its id."""
    at = changes.get("created_at", T0)
    values = {
        "dedup_key": f"generic/key-{next(_numbers)}",
        "vendor": "generic",
        "title": "Disk of ds-01 is full",
        "status": "firing",
        "severity": "high",
        "alert_timestamp": at,
        "created_at": at,
        "last_seen_at": at,
        "action": "group",
        "rule": "DiskFull",
        **changes,
    }
    columns = ", ".join(values)
    marks = ", ".join(f"%({name})s" for name in values)
    statement = f"INSERT INTO alerts ({columns}) VALUES ({marks}) RETURNING id"
    (number,) = conn.execute(statement, _bound(values)).fetchone()
    return number


def _bound(values):
    return {
        name: Jsonb(value) if isinstance(value, (dict, list, tuple)) else value
        for name, value in values.items()
    }

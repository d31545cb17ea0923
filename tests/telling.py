"""Incidents that are told of, for tests of notices: each change is committed with its notices."""

from __future__ import annotations

from datetime import UTC, datetime

from models.records.notice import IncidentChange
from models.store import incidents, transaction
from tasks.alerts.notices import plan
from tests.alerting import an_incident


def opened(**fields):
    """Store an incident and what is to be told of it; returns its id."""
    with transaction() as conn:
        number = an_incident(conn, **fields)
        _plan(conn, number, "opened")
    return number


def storm(count, **fields):
    """Store many incidents and what is to be told of them, in one transaction."""
    with transaction() as conn:
        found = incidents.many(conn, [an_incident(conn, **fields) for _ in range(count)])
        plan(conn, [IncidentChange(incident=one, kinds=frozenset({"opened"})) for one in found])


def changed(number, *kinds, **fields):
    """Change an incident and write what is to be told of that."""
    with transaction() as conn:
        incidents.change(conn, number, datetime.now(UTC), **fields)
        _plan(conn, number, *kinds)


def resolved(number):
    changed(number, "resolved", status="resolved", resolved_at=datetime.now(UTC))


def states():
    """Return (channel, kind, state) of each notice in order, without those of roll-ups."""
    with transaction() as conn:
        return conn.execute("SELECT channel, kind, state FROM notices ORDER BY id").fetchall()


def column(name):
    with transaction() as conn:
        return [value for (value,) in conn.execute(f"SELECT {name} FROM notices ORDER BY id")]


def timeline(number):
    with transaction() as conn:
        return [entry.text for entry in incidents.timeline(conn, number)]


def make_due():
    """Let what waits for its time be due now, and channels rest no longer."""
    with transaction() as conn:
        conn.execute("UPDATE notices SET due_at = now() WHERE state = 'waiting'")
        conn.execute("UPDATE notice_channels SET rest_until = NULL")


def a_minute_later():
    """Let what was sent have been sent more than a minute ago."""
    with transaction() as conn:
        conn.execute("UPDATE notices SET sent_at = sent_at - interval '2 minutes'")


def _plan(conn, number, *kinds):
    change = IncidentChange(incident=incidents.incident(conn, number), kinds=frozenset(kinds))
    plan(conn, [change])

"""Signs of life that are expected; the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from models.errors import WrongUse
from models.records.maintenance import Heartbeat
from models.records.severity import Severity
from models.store import queries

SQL = queries("heartbeats")
Rows = Connection[tuple[Any, ...]]


def add(conn: Rows, heartbeat: Heartbeat) -> None:
    """Expect a sign of life from now on; one of that name is changed."""
    values = {
        "name": heartbeat.name,
        "every_seconds": heartbeat.every_seconds,
        "grace_seconds": heartbeat.grace_seconds,
        "severity": heartbeat.severity,
        "match": Jsonb(dict(heartbeat.match)),
    }
    conn.execute(SQL["add"], values)


def remove(conn: Rows, name: str) -> Heartbeat:
    """Expect it no longer; return it as it was.

    Raises:
        WrongUse: None has that name.
    """
    row = conn.execute(SQL["remove"], {"name": name}).fetchone()
    if row is None:
        raise WrongUse(f"no heartbeat {name[:60]!r}; see `nightshift heartbeats list`")
    return _heartbeat(row)


def listed(conn: Rows) -> list[Heartbeat]:
    """Return all of them by name."""
    return [_heartbeat(row) for row in conn.execute(SQL["listed"])]


def beat(conn: Rows, heard: Mapping[str, datetime]) -> list[str]:
    """Note signs of life, each with when it reached us; return the names that are known."""
    values = {"names": list(heard), "times": list(heard.values())}
    return [row[0] for row in conn.execute(SQL["beat"], values)]


def fallen_silent(conn: Rows, at: datetime) -> list[Heartbeat]:
    """Return those that were found silent now, each once."""
    return [_heartbeat(row) for row in conn.execute(SQL["fallen_silent"], {"at": at})]


def back(conn: Rows, at: datetime) -> list[Heartbeat]:
    """Return those that were silent and live again, each once, with since when they were silent."""
    return [_heartbeat(row) for row in conn.execute(SQL["back"], {"at": at})]


def _heartbeat(row: tuple[Any, ...]) -> Heartbeat:
    return Heartbeat(
        name=row[0],
        every_seconds=row[1],
        grace_seconds=row[2],
        severity=Severity(row[3]),
        match={name: tuple(values) for name, values in row[4].items()},
        last_seen_at=row[5],
        silent_since=row[6],
        created_at=row[7],
    )

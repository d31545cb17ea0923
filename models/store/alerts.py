"""What triage writes of alerts, one row an episode of a dedup key, and of their events.

The caller owns the transaction. Everything is set-based: a batch of hundreds costs as many
statements as one alert does. People look at alerts through `models.store.alert_list`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg import Connection

from models.records.triage import AlertRow, EventRow, RememberedAlert
from models.store import queries
from models.store.rows import as_rows

SQL = queries("alerts")
Rows = Connection[tuple[Any, ...]]


def memories(conn: Rows, keys: Collection[str]) -> list[RememberedAlert]:
    """Return the current episode of each of these keys that has one."""
    return [_remembered(row) for row in conn.execute(SQL["memories"], {"keys": list(keys)})]


def held_back(conn: Rows, at: datetime, after: int, limit: int) -> list[RememberedAlert]:
    """Return the firing alerts whose maintenance windows are all over, in the order of their ids.

    Args:
        conn: The connection.
        at: Our clock.
        after: Only alerts with a greater id.
        limit: How many at most.
    """
    values = {"at": at, "after": after, "limit": limit}
    return [_remembered(row) for row in conn.execute(SQL["held_back"], values)]


def save(conn: Rows, alerts: Sequence[AlertRow]) -> dict[str, int]:
    """Write the alerts of a batch in their order, no two with one key; return their ids by key."""
    if not alerts:
        return {}
    ended = [alert.dedup_key for alert in alerts if alert.new_episode]
    if ended:
        at = max(alert.created_at for alert in alerts)
        conn.execute(SQL["end_episodes"], {"keys": ended, "at": at})
    # In the order given, which is that of their ids; only one writer at a time groups.
    return dict(conn.execute(SQL["save_alerts"], {"rows": as_rows(alerts)}).fetchall())


def save_memories(conn: Rows, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what time, or other alerts, changed: each row has `id` and what grouping decides."""
    if rows:
        values = {"rows": as_rows(rows), "ids": [row["id"] for row in rows]}
        conn.execute(SQL["save_memories"], values)


def add_events(conn: Rows, events: Sequence[EventRow]) -> None:
    """Append events to their alerts; one that is there already is left as it is."""
    if events:
        conn.execute(SQL["add_events"], {"rows": as_rows(events)})


def adopt_events(conn: Rows, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put events, each named by `delivery_id`, `copy` and `position`, into their `incident_id`."""
    if rows:
        conn.execute(SQL["adopt_events"], {"rows": as_rows(rows)})


def triaged(conn: Rows, copies: Mapping[int, int]) -> set[int]:
    """Return which deliveries, given each with its copy, have events already."""
    values = {"ids": list(copies), "copies": list(copies.values())}
    return {row[0] for row in conn.execute(SQL["triaged"], values)}


def note_untimed(conn: Rows, deliveries: Mapping[int, int]) -> None:
    """Note that deliveries, given with the copies that were seen, told no time of their own.

    One that was sent again meanwhile waits at once; the next copy waits when it comes.
    """
    if deliveries:
        values = {"ids": list(deliveries), "copies": list(deliveries.values())}
        conn.execute(SQL["note_untimed"], values)


def count_tries(
    conn: Rows, ids: Collection[int], holder: str, by: int, lease_seconds: float
) -> int:
    """Correct how often deliveries under our lease were tried; the lease begins anew.

    Returns:
        How many of them are still under it.
    """
    values = {"ids": list(ids), "holder": holder, "by": by, "lease_seconds": lease_seconds}
    return conn.execute(SQL["count_tries"], values).rowcount


def last_copies(conn: Rows, incident_ids: Collection[int], since: datetime) -> dict[int, datetime]:
    """Return when alerts of these incidents that still fire were last sent again since then."""
    values = {"ids": list(incident_ids), "since": since}
    return dict(conn.execute(SQL["last_copies"], values).fetchall())


def end(conn: Rows, incident_ids: Collection[int], at: datetime) -> None:
    """Count the alerts of incidents as over: nothing was heard of them any more."""
    if incident_ids:
        conn.execute(SQL["end_alerts"], {"ids": list(incident_ids), "at": at})


def _remembered(row: tuple[Any, ...]) -> RememberedAlert:
    return RememberedAlert(**dict(zip(RememberedAlert.__slots__, row, strict=True)))


def became(conn: Rows, since: datetime) -> list[tuple[int | None, str, bool, int]]:
    """Return what became of the events that reached us since a time: how many of each.

    Each line has the incident, the action, whether they are resolves, and their number.
    """
    return conn.execute(SQL["became"], {"since": since}).fetchall()

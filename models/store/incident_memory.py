"""Incidents as grouping knows them: found by words, loaded, saved; the caller owns the transaction.

A change is written only over the version that was loaded: whoever changed an incident meanwhile,
mostly a person, is never overwritten.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg import Connection

from models.errors import Busy
from models.records.triage import IncidentRow, RememberedIncident
from models.store import queries
from models.store.rows import as_rows

SQL = queries("incident_memory")
Rows = Connection[tuple[Any, ...]]
PER_TOKEN = 8  # incidents that one word brings, the newest
_LOCK = 7_220_932  # any number that only this product takes


def lock(conn: Rows) -> None:
    """Wait until nobody else groups, and keep others waiting to the end of the transaction."""
    conn.execute(SQL["lock"], {"key": _LOCK})


def candidates(
    conn: Rows, tokens: Collection[str], since: datetime, cap: int = PER_TOKEN
) -> list[int]:
    """Return the incidents that were seen under any of these words since then, so many a word."""
    if not tokens:
        return []
    values = {"tokens": list(tokens), "since": since, "cap": cap}
    return [row[0] for row in conn.execute(SQL["candidates"], values)]


def remembered(
    conn: Rows, asked: Collection[int], found: Collection[int], since: datetime
) -> list[RememberedIncident]:
    """Return incidents by id.

    Args:
        conn: The connection.
        asked: These, whatever their state.
        found: Of these the live ones and those that were resolved since then.
        since: From when on a resolved incident may take alerts again.
    """
    ids = {**dict.fromkeys(found, False), **dict.fromkeys(asked, True)}
    if not ids:
        return []
    values = {"ids": list(ids), "asked": list(ids.values()), "since": since}
    return [
        RememberedIncident(**dict(zip(RememberedIncident.__slots__, row, strict=True)))
        for row in conn.execute(SQL["remembered"], values)
    ]


def add(conn: Rows, rows: Sequence[IncidentRow], at: datetime) -> dict[str, int]:
    """Store new incidents; return the ids they got by the references they had."""
    if not rows:
        return {}
    numbered = [{"n": n, **msgspec.to_builtins(row)} for n, row in enumerate(rows)]
    return dict(conn.execute(SQL["add"], {"rows": as_rows(numbered), "at": at}).fetchall())


def change(conn: Rows, rows: Mapping[int, IncidentRow], at: datetime) -> None:
    """Write incidents by id over the versions that were loaded.

    Raises:
        Busy: Somebody changed one of them since; nothing may be committed.
    """
    if not rows:
        return
    given = [{"id": number, **msgspec.to_builtins(row)} for number, row in rows.items()]
    values = {"rows": as_rows(given), "ids": list(rows), "at": at}
    if conn.execute(SQL["change"], values).rowcount != len(rows):
        raise Busy("an incident was changed while alerts were put into it")


def set_roots(conn: Rows, roots: Mapping[int, int]) -> None:
    """Name the probable first alert of each incident."""
    if roots:
        conn.execute(SQL["set_roots"], {"ids": list(roots), "alerts": list(roots.values())})


def move_alerts(conn: Rows, into: Mapping[int, int]) -> None:
    """Move all alerts of merged incidents to those that took them over."""
    if into:
        conn.execute(SQL["move_alerts"], {"ids": list(into), "into": list(into.values())})


def save_tokens(conn: Rows, tokens: Iterable[tuple[str, int, datetime]]) -> None:
    """Let incidents be found under words; each row is word, incident and when it was seen."""
    rows = sorted(tokens)
    if rows:
        values = {
            "tokens": [row[0] for row in rows],
            "ids": [row[1] for row in rows],
            "seen": [row[2] for row in rows],
        }
        conn.execute(SQL["save_tokens"], values)


def drop_tokens(conn: Rows, ids: Collection[int]) -> None:
    """Let incidents no longer be found: they live on in others, or take nothing any more."""
    if ids:
        conn.execute(SQL["drop_tokens"], {"ids": list(ids)})


def expire_tokens(conn: Rows, before: datetime, after: datetime) -> int:
    """Drop the words of incidents that were resolved between two times; returns how many."""
    return conn.execute(SQL["expire_tokens"], {"before": before, "after": after}).rowcount


def stale(conn: Rows, before: datetime, limit: int) -> list[int]:
    """Return the incidents of which nothing was heard since then and that nobody looks at."""
    return [row[0] for row in conn.execute(SQL["stale"], {"before": before, "limit": limit})]


def begin_enriching(conn: Rows, at: datetime, until: datetime, limit: int) -> list[int]:
    """Take incidents whose enrichment is due; it is due again then unless `enriched` is called."""
    values = {"at": at, "until": until, "limit": limit}
    return [row[0] for row in conn.execute(SQL["begin_enriching"], values)]


def enriched(conn: Rows, incident_id: int, until: datetime) -> None:
    """Note that an incident that was taken until then was enriched."""
    conn.execute(SQL["enriched"], {"id": incident_id, "until": until})


def look_again(conn: Rows, snapshot_id: int) -> int:
    """Let incidents be enriched anew for what a collection may have seen of their beginning.

    Returns how many they are.
    """
    return conn.execute(SQL["look_again"], {"snapshot_id": snapshot_id}).rowcount


def to_close(conn: Rows, before: datetime, after: datetime, limit: int) -> list[int]:
    """Return the incidents that were resolved between two times and are not closed."""
    values = {"before": before, "after": after, "limit": limit}
    return [row[0] for row in conn.execute(SQL["to_close"], values)]


def link_run(conn: Rows, ids: Collection[int], flow_run_id: str) -> None:
    """Name the flow run in which incidents were opened, where none is named."""
    if ids:
        conn.execute(SQL["link_run"], {"ids": list(ids), "flow_run_id": flow_run_id})

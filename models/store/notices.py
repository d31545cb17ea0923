"""The outbox: notices that wait, are being sent, were sent; the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from psycopg import Connection

from models.records.notice import NewNotice, Told
from models.store import queries

SQL = queries("notices")
Rows = Connection[tuple[Any, ...]]
PATIENCE_SECONDS = 24 * 3600.0  # what could not be told for so long has failed


def add(conn: Rows, new: Sequence[NewNotice]) -> list[str]:
    """Write notices and return the keys of those that were not there before."""
    if not new:
        return []
    values = {"rows": _rows(new), "patience": PATIENCE_SECONDS}
    return [key for (key,) in conn.execute(SQL["add"], values)]


def follow(conn: Rows, new: Sequence[NewNotice]) -> int:
    """Write notices on incidents whose opening was told; returns how many are new.

    An update replaces an older one that still waits. What is held makes all that is held for the
    incident wait anew.
    """
    if not new:
        return 0
    told = {place for (place,) in conn.execute(SQL["only_opened"], {"rows": _rows(new)})}
    new = [notice for place, notice in enumerate(new) if place in told]
    updates = [notice for notice in new if notice.kind is Told.UPDATED]
    replaced = _replace(conn, updates)
    held = [notice for notice in new if notice.held]
    if held:
        conn.execute(SQL["hold_on"], {"rows": _rows(held)})
    return len(add(conn, [notice for notice in new if notice.key not in replaced]))


def _replace(conn: Rows, updates: Sequence[NewNotice]) -> set[str]:
    if not updates:
        return set()
    found = conn.execute(SQL["replace_update"], {"rows": _rows(updates)})
    return {updates[place].key for (place,) in found}


def _rows(new: Sequence[NewNotice]) -> str:
    fields = ("key", "channel", "incident_id", "kind", "payload", "due_seconds")
    return msgspec.json.encode(
        [{"n": n, **{name: getattr(row, name) for name in fields}} for n, row in enumerate(new)]
    ).decode()

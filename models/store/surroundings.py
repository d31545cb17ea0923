"""The inventory as triage sees it: names and edges; the caller owns the transaction."""

from __future__ import annotations

from typing import Any, NamedTuple

from psycopg import Connection

from models.store import queries

SQL = queries("surroundings")
Rows = Connection[tuple[Any, ...]]


class Named(NamedTuple):
    """An asset with the words that alerts may call it by; `cluster` is that of Kubernetes."""

    id: str
    kind: str
    name: str
    namespace: str | None
    cluster: str | None
    addresses: list[str]


def version(conn: Rows) -> str:
    """Return what the inventory and its graph rest on; equal means that nothing is new."""
    row = conn.execute(SQL["version"]).fetchone()
    return str(row[0]) if row else ""


def things(conn: Rows) -> list[Named]:
    """Return every present asset."""
    return [Named(*row) for row in conn.execute(SQL["things"])]


def edges(conn: Rows) -> list[tuple[str, str, str]]:
    """Return every edge that holds: from, type, to."""
    return [(row[0], row[1], row[2]) for row in conn.execute(SQL["edges"])]

"""The one graph: edges that are joined across sources, and walks over all edges.

An edge has one row while it holds. What a source states itself has no confidence and stands before
what would be joined; a joined edge outlives the collections of its ends and goes with either end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

import msgspec
import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from models.kinds import kind_named
from models.records.graph import Hop, Join, JoinReport, Learned, Link
from models.store import queries

SQL = queries("graph")
Way = Literal["out", "in", "both"]
LIMIT = 200  # assets of a walk: more than a person reads
FAN = 50  # edges of one type, to assets of one kind, that are followed from one asset
_STABLE, _VOLATILE = sql.SQL("v.attributes"), sql.SQL("a.volatile")


def replace_joins(conn: psycopg.Connection, joins: Iterable[Join], at: datetime) -> JoinReport:
    """Make the joined edges these: what is new is opened, what is gone is closed.

    One whose confidence or reason changed is closed and opened again; an unchanged one is not
    touched. An edge that a source states, or whose end is gone, is left out.
    """
    wanted = {(join.from_id, join.type, join.to_id): join for join in sorted(joins, key=_sureness)}
    conn.execute(SQL["new_joins"])
    with conn.cursor() as cursor, cursor.copy(SQL["copy_joins"]) as copy:
        for join in wanted.values():
            copy.write_row((join.from_id, join.type, join.to_id, join.confidence, join.reason))
    conn.execute(SQL["analyze_joins"])
    conn.execute(SQL["lock_relations"])
    closed = conn.execute(SQL["close_joins"], {"at": at}).rowcount
    opened = conn.execute(SQL["open_joins"], {"at": at}).rowcount
    return JoinReport(edges=join_count(conn), opened=opened, closed=closed)


def joins(conn: psycopg.Connection) -> list[Join]:
    """Return the joined edges that hold now."""
    return [
        Join(from_id=row[0], type=row[1], to_id=row[2], confidence=row[3], reason=row[4])
        for row in conn.execute(SQL["joins"])
    ]


def join_count(conn: psycopg.Connection) -> int:
    """Return how many joined edges hold now."""
    row = conn.execute(SQL["join_count"]).fetchone()
    return int(row[0]) if row else 0


def is_joined(conn: psycopg.Connection, inputs_hash: str, at: datetime) -> bool:
    """Tell whether the edges are already what joining these inputs gives at this time.

    Between two rounds edges are only closed, by collections; as many as then are the same ones.
    """
    row = conn.execute(SQL["last_round"], {"at": at}).fetchone()
    return row is not None and row[0] == inputs_hash and row[1] == join_count(conn)


def learned(conn: psycopg.Connection) -> list[Learned]:
    """Return the entries of ARP and MAC tables that the last round's edges rest on."""
    row = conn.execute(SQL["learned"]).fetchone()
    return msgspec.convert(row[0], list[Learned]) if row else []


def note_round(
    conn: psycopg.Connection,
    inputs_hash: str,
    edges: int,
    at: datetime,
    learned: Sequence[Learned] = (),
    due_at: datetime | None = None,
) -> None:
    """Remember what the edges were joined from, how many they are, and when to join again.

    Args:
        conn: The connection; the caller owns the transaction.
        inputs_hash: A digest of all that was read.
        edges: How many joined edges hold.
        at: When the round was.
        learned: The entries of ARP and MAC tables that edges rest on.
        due_at: From when on the next round has work although nothing is new.
    """
    values = {
        "inputs_hash": inputs_hash,
        "edges": edges,
        "at": at,
        "learned": Jsonb(msgspec.to_builtins(learned)),
        "due_at": due_at,
    }
    conn.execute(SQL["note_round"], values)


def join_inputs(conn: psycopg.Connection, kind: str, fields: Sequence[str]) -> list[str]:
    """Return the present assets of a kind as JSON objects of what all have and these fields.

    A field that a stored row lacks, being older than the field, is null.
    """
    volatile = {field.name for field in kind_named(kind).volatile}
    picked = [
        sql.SQL("{name}, {column} -> {name}").format(
            name=sql.Literal(name), column=_VOLATILE if name in volatile else _STABLE
        )
        for name in ("key", *fields)
    ]
    statement = sql.SQL(SQL["join_inputs"]).format(fields=sql.SQL(", ").join(picked))
    return [row[0] for row in conn.execute(statement, {"kind": kind})]


def walk(
    conn: psycopg.Connection,
    asset_id: str,
    hops: int,
    direction: Way = "out",
    limit: int = LIMIT,
    fan: int = FAN,
) -> list[Hop]:
    """Return the assets around one, nearest first, each by the surest of its shortest ways.

    Args:
        conn: The connection; the caller owns the transaction.
        asset_id: Where the walk begins.
        hops: How many edges long a way may be.
        direction: Along the edges (out), what an asset stands on; against them (in), what stands on
            it; or both.
        limit: How many assets are reached at most; as many mean that there may be more.
        fan: How many edges of one type, to assets of one kind, are followed from one asset, and at
            least 5 where many assets are reached at once; of those that were not followed a hop
            tells in `left_out`, counted up to as many again.
    """
    values = {
        "id": asset_id,
        "hops": hops,
        "out": direction != "in",
        "in": direction != "out",
        "limit": limit,
        "fan": fan,
    }
    conn.execute(SQL["look_up"])
    rows = conn.execute(SQL["walk"], values).fetchall()
    conn.execute(SQL["look_anyhow"])
    return [
        Hop(
            depth=row[0],
            type=row[1],
            direction=row[2],
            from_id=row[3],
            asset_id=row[4],
            kind=row[5],
            name=row[6],
            confidence=row[7],
            reason=row[8],
            left_out=row[9],
            deleted_at=row[10],
        )
        for row in rows
    ]


def stood_on(conn: psycopg.Connection, ids: Iterable[str], limit: int) -> list[Link]:
    """Return the edges from assets to what they stand on, in one order."""
    rows = conn.execute(SQL["stood_on"], {"ids": list(ids), "limit": limit})
    return [Link(*row) for row in rows]


def standing_on(conn: psycopg.Connection, asset_id: str, limit: int) -> list[Link]:
    """Return the edges from what stands directly on an asset, in one order."""
    rows = conn.execute(SQL["standing_on"], {"id": asset_id, "limit": limit})
    return [Link(*row) for row in rows]


def _sureness(join: Join) -> tuple[float, str]:
    # Of one edge that was joined twice the last stands: the surest, and of equals always the same.
    return join.confidence, join.reason

"""Webhook deliveries: stored in batches, claimed by triage under a lease, counted exactly.

Every delivery ends as accepted, duplicate, rejected or dead letter. The counts change in the
transaction that stores, or later moves, what they count. They are sums of signed rows: triage and
redelivery write rows of their own, so that they never wait for a gateway's row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, LiteralString

import psycopg
from psycopg.rows import kwargs_row

from models.errors import Busy, WrongUse
from models.records.delivery import DeadLetter, Delivery, DeliveryStatus, Incoming, Stored
from models.store import queries

SQL = queries("deliveries")
CHANNEL = "nightshift_inbox"
MOST_ATTEMPTS = 5
Key = tuple[str, bytes]
Rejections = Mapping[tuple[str, str], int]


async def add_batch(
    conn: psycopg.AsyncConnection, batch: Sequence[Incoming], rejections: Rejections
) -> dict[Key, Stored]:
    """Store a batch and count it, rejected ones too, in one statement; triage is woken.

    Args:
        conn: In autocommit mode the statement is a transaction of its own.
        batch: No two with the same vendor and fingerprint: repeats are counted as `copies`.
        rejections: How many were rejected, by vendor and reason; their bodies are not kept.

    Returns:
        Where each is, by vendor and fingerprint.
    """
    return await _stored(conn, SQL["add_batch"], _batch(batch, rejections))


def add(conn: psycopg.Connection, batch: Sequence[Incoming]) -> None:
    """Store what this product tells itself, such as a sign of life that is missing."""
    conn.execute(SQL["add_batch"], _batch(batch, {}))


async def find_batch(conn: psycopg.AsyncConnection, batch: Sequence[Incoming]) -> dict[Key, Stored]:
    """Return where a batch is whose commit was not answered; {} where it was not committed."""
    return await _stored(conn, SQL["find_batch"], _keys(batch))


async def add_rejections(conn: psycopg.AsyncConnection, rejections: Rejections) -> None:
    """Count what was rejected, where there is no batch to do it with."""
    await conn.execute(SQL["add_rejections"], _rejected(rejections))


def claim_batch(
    conn: psycopg.Connection, limit: int, lease_seconds: float, holder: str
) -> list[Delivery]:
    """Take what waits, oldest first, and what a dead holder left; [] when there is nothing.

    A delivery that was begun too often becomes a dead letter instead: it may be what kills.

    Args:
        conn: The claim holds once its transaction is committed.
        limit: How many at most.
        lease_seconds: After this long without `finish` others may take them.
        holder: A name of this attempt; `finish` must give the same.
    """
    conn.execute(SQL["give_up"], {"most": MOST_ATTEMPTS})
    values = {"limit": limit, "lease_seconds": lease_seconds, "holder": holder}
    with conn.cursor(row_factory=kwargs_row(Delivery), binary=True) as cursor:
        return sorted(cursor.execute(SQL["claim"], values).fetchall(), key=lambda one: one.id)


def finish(
    conn: psycopg.Connection, ids: Collection[int], holder: str, dead: Mapping[int, str]
) -> None:
    """End deliveries in the transaction that wrote what was made of them.

    Args:
        conn: The transaction of the alerts.
        ids: All that end, the dead ones too.
        holder: Who claimed them.
        dead: Why some could not be read: they become dead letters, and the counts move with them.

    Raises:
        Busy: The lease of some ran out and another holder took them; nothing may be committed.
    """
    unread = {one: reason for one, reason in dead.items() if one in ids}
    read = [one for one in ids if one not in unread]
    values = {"ids": read, "holder": holder}
    ended = conn.execute(SQL["finish"], values).rowcount
    if unread:
        values = {"ids": list(unread), "reasons": list(unread.values()), "holder": holder}
        row = conn.execute(SQL["bury"], values).fetchone()
        ended += row[0] if row else 0
    if ended != len(set(ids)):
        raise Busy("the lease of a delivery ran out and another run took it")


def release(conn: psycopg.Connection, ids: Collection[int], holder: str) -> None:
    """Give deliveries back unread, so that the next claim takes them at once."""
    conn.execute(SQL["release"], {"ids": list(ids), "holder": holder})


def waiting(conn: psycopg.Connection, limit: int = 100_000) -> int:
    """Return how many wait for triage or are being triaged, counted up to `limit`."""
    row = conn.execute(SQL["waiting"], {"limit": limit}).fetchone()
    return int(row[0]) if row else 0


def counts(conn: psycopg.Connection) -> dict[str, int]:
    """Return how many deliveries ended as what; `received` is the sum of the others."""
    found: dict[str, int] = dict(conn.execute(SQL["counts"]).fetchall())
    ended = {status.value: int(found.get(status.value, 0)) for status in DeliveryStatus}
    return {"received": sum(ended.values()), **ended}


def dead_letters(conn: psycopg.Connection, limit: int = 1000) -> list[DeadLetter]:
    """Return what could not be read, the newest first, without the bodies."""
    with conn.cursor(row_factory=kwargs_row(DeadLetter)) as cursor:
        return cursor.execute(SQL["dead_letters"], {"limit": limit}).fetchall()


def redeliver(conn: psycopg.Connection, delivery_id: int) -> None:
    """Let triage try a dead letter again; the counts move with it.

    Raises:
        WrongUse: No dead letter has this id.
    """
    if conn.execute(SQL["redeliver"], {"id": delivery_id}).fetchone() is None:
        raise WrongUse(f"there is no dead letter {delivery_id}")


def delete_old(conn: psycopg.Connection, days: int, limit: int = 10_000) -> int:
    """Delete deliveries that ended and are older than so many days; returns how many.

    What still waits for triage stays. Call it until it returns less than `limit`.
    """
    return conn.execute(SQL["delete_old"], {"days": days, "limit": limit}).rowcount


async def _stored(
    conn: psycopg.AsyncConnection, statement: LiteralString, values: Mapping[str, Any]
) -> dict[Key, Stored]:
    async with conn.cursor(binary=True) as cursor:
        await cursor.execute(statement, values)
        rows = await cursor.fetchall()
    return {(row[0], row[1]): Stored(id=row[2], fresh=row[3]) for row in rows}


def _batch(batch: Sequence[Incoming], rejections: Rejections) -> dict[str, Any]:
    # In the order of the key, so that two writers never wait for each other.
    ordered = sorted(batch, key=lambda one: (one.vendor, one.fingerprint))
    return {
        **_keys(ordered),
        "kinds": [one.kind for one in ordered],
        "copies": [one.copies for one in ordered],
        "dead": [one.dead for one in ordered],
        "bodies": [one.body for one in ordered],
        **_rejected(rejections),
    }


def _keys(batch: Sequence[Incoming]) -> dict[str, list[Any]]:
    return {
        "vendors": [one.vendor for one in batch],
        "fingerprints": [one.fingerprint for one in batch],
        "received": [one.received_at for one in batch],
    }


def _rejected(rejections: Rejections) -> dict[str, list[str] | list[int]]:
    ordered = sorted(rejections.items())
    return {
        "rejected_vendors": [vendor for (vendor, _), _ in ordered],
        "rejected_reasons": [reason for (_, reason), _ in ordered],
        "rejected_counts": [count for _, count in ordered],
    }

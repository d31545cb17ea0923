"""Webhook deliveries: stored in batches, claimed by triage under a lease, counted exactly.

Every delivery ends as accepted, duplicate, rejected or dead letter. The counts change in the
transaction that stores, or later moves, what they count. They are sums of signed rows: triage and
redelivery write rows of their own, so that they never wait for a gateway's row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import psycopg
from psycopg.pq.abc import PGresult
from psycopg.rows import kwargs_row

from models.errors import Busy, WrongUse
from models.records.delivery import DeadLetter, Delivery, DeliveryStatus, Incoming, Stored
from models.store import packing, queries
from models.store.link import Link

SQL = queries("deliveries")
CHANNEL = "nightshift_inbox"
MOST_ATTEMPTS = 5
Key = tuple[str, bytes]
Rejections = Mapping[tuple[str, str], int]


async def add_batch(
    link: Link, batch: Sequence[Incoming], rejections: Rejections
) -> dict[Key, Stored]:
    """Store a batch and count it, rejected ones too, in one transaction; triage is woken.

    Args:
        link: What the gateway's event loop writes through.
        batch: No two with the same vendor and fingerprint: repeats are counted as `copies`.
        rejections: How many were rejected, by vendor and reason; their bodies are not kept.

    Returns:
        Where each is, by vendor and fingerprint.
    """
    # In the order of the key, so that two writers never wait for each other.
    ordered = sorted(batch)
    parameters = [
        *_keys(ordered),
        packing.texts([one.kind for one in ordered]),
        packing.bigints([one.copies for one in ordered]),
        packing.texts([one.dead for one in ordered]),
        packing.byteas([one.body for one in ordered]),
        *_rejected(rejections),
    ]
    result = await link.run(SQL["add_batch"], parameters)
    ids = packing.read_bigints(result.get_value(0, 0))
    fresh = packing.read_booleans(result.get_value(0, 1))
    return dict(zip([one[:2] for one in ordered], map(Stored, ids, fresh), strict=True))


async def find_batch(link: Link, batch: Sequence[Incoming]) -> dict[Key, Stored]:
    """Return where a batch is whose commit was not answered; {} where it was not committed."""
    return _stored(await link.run(SQL["find_batch"], _keys(batch)))


async def add_rejections(link: Link, rejections: Rejections) -> None:
    """Count what was rejected, where there is no batch to do it with."""
    await link.run(SQL["add_rejections"], _rejected(rejections))


def add(conn: psycopg.Connection, batch: Sequence[Incoming]) -> None:
    """Store what this product tells itself, such as a sign of life that stays away."""
    values: list[list[Any]] = [
        [one.vendor for one in batch],
        [one.fingerprint for one in batch],
        [one.received_at for one in batch],
        [one.kind for one in batch],
        [one.copies for one in batch],
        [one.dead for one in batch],
        [one.body for one in batch],
        *([], [], []),
    ]
    with psycopg.RawCursor(conn) as cursor:
        cursor.execute(SQL["add_batch"], values)


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
        raise WrongUse(
            f"there is no dead letter {delivery_id}; see `nightshift alerts dead-letters`"
        )


def delete_old(conn: psycopg.Connection, days: int, limit: int = 10_000) -> int:
    """Delete deliveries that ended and are older than so many days; returns how many.

    What still waits for triage stays. Call it until it returns less than `limit`.
    """
    return conn.execute(SQL["delete_old"], {"days": days, "limit": limit}).rowcount


def _keys(batch: Sequence[Incoming]) -> list[bytes]:
    return [
        packing.texts([one.vendor for one in batch]),
        packing.byteas([one.fingerprint for one in batch]),
        packing.times([one.received_at for one in batch]),
    ]


def _rejected(rejections: Rejections) -> list[bytes]:
    ordered = sorted(rejections.items())
    return [
        packing.texts([vendor for (vendor, _), _ in ordered]),
        packing.texts([reason for (_, reason), _ in ordered]),
        packing.bigints([count for _, count in ordered]),
    ]


def _stored(result: PGresult) -> dict[Key, Stored]:
    """Read rows of vendor, fingerprint, id, and whether the row is new, in binary form."""
    found: dict[Key, Stored] = {}
    get = result.get_value
    for row in range(result.ntuples):
        vendor, fingerprint, number, fresh = [get(row, at) or b"" for at in range(4)]
        key = (str(vendor, "utf-8"), bytes(fingerprint))
        found[key] = Stored(int.from_bytes(number, "big"), fresh == b"\x01")
    return found

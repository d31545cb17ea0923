"""The outbox: notices that wait, are being sent, were sent; the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from models.records.notice import Channel, ChannelHealth, NewNotice, Notice, Thread, Told
from models.store import queries

SQL = queries("notices")
Rows = Connection[tuple[Any, ...]]
Lease = tuple[str, float]  # who, and for how many seconds
Ended = tuple[int, int | None, Told]  # notice, incident, what it tells
CHANNEL = "nightshift_notices"  # on which Postgres says that there are new ones
_COLUMNS = (
    *("id", "key", "channel", "incident_id", "kind", "payload", "state", "attempts", "due_at"),
    *("created_at", "error", "rolled_into", "external_ref", "sent_at", "holder"),
)
PATIENCE_SECONDS = 24 * 3600.0  # what could not be told for so long has failed


def add(conn: Rows, new: Sequence[NewNotice]) -> list[str]:
    """Write notices and return the keys of those that were not there before."""
    if not new:
        return []
    values = {"rows": _rows(new), "patience": PATIENCE_SECONDS}
    written = [key for (key,) in conn.execute(SQL["add"], values)]
    if written:
        conn.execute(SQL["announce"], {"channel": CHANNEL})
    return written


def follow(conn: Rows, new: Sequence[NewNotice]) -> int:
    """Write notices on incidents whose opening was told; returns how many are new.

    An update replaces an older one that still waits. What is held makes all that is held for the
    incident wait anew; where nothing was told of it for as long as that, it is told at once.
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
    written = add(conn, [notice for notice in new if notice.key not in replaced])
    if held:
        calm = max(notice.due_seconds for notice in held)
        keys = [notice.key for notice in held]
        conn.execute(SQL["tell_calm"], {"keys": keys, "calm_seconds": calm})
    return len(written)


def lock_channel(conn: Rows, channel: Channel) -> None:
    """Let nobody else decide what a channel is told next until the transaction ends."""
    conn.execute(SQL["lock_channel"], {"channel": channel})


def due(conn: Rows, channel: Channel, limit: int = 500) -> list[Notice]:
    """Return what a channel is to be told now, oldest first; the rows are held."""
    values = {"channel": channel, "limit": limit}
    return [_notice(row) for row in conn.execute(_statement("due"), values)]


def begun(conn: Rows, channel: Channel) -> list[Notice]:
    """Return what is being sent to a channel, or was and is due once more; the rows are held."""
    return [_notice(row) for row in conn.execute(_statement("begun"), {"channel": channel})]


def begin(
    conn: Rows, carrier: int, ids: Iterable[int], sending: Mapping[str, Any], lease: Lease
) -> None:
    """Write down that a message is about to be sent, and what it is.

    Args:
        conn: The connection.
        carrier: The notice that stands for the message.
        ids: Others that it tells as well.
        sending: The message.
        lease: Who sends it, and for how long nobody else does.
    """
    holder, seconds = lease
    values = {
        "carrier": carrier,
        "ids": list(ids),
        "sending": Jsonb(dict(sending)),
        "holder": holder,
        "lease_seconds": seconds,
    }
    conn.execute(SQL["begin"], values)


def take_over(conn: Rows, carrier: int, sending: Mapping[str, Any], lease: Lease) -> None:
    """Send a message in another's place; `sending` is what that one wrote down."""
    holder, seconds = lease
    values = {"carrier": carrier, "holder": holder, "lease_seconds": seconds}
    conn.execute(SQL["take_over"], {**values, "sending": Jsonb(dict(sending))})


def add_rollup(conn: Rows, channel: Channel, key: str) -> Notice:
    """Write and return the notice of a message on many incidents."""
    values = {"channel": channel, "key": key, "patience": PATIENCE_SECONDS}
    return next(_notice(row) for row in conn.execute(_statement("add_rollup"), values))


def add_edits(conn: Rows, channel: Channel, carrier: int, incidents: Sequence[int]) -> None:
    """Let the messages of incidents that a roll-up tells of be edited as well."""
    if incidents:
        values = {"channel": channel, "carrier": carrier, "ids": list(incidents)}
        conn.execute(SQL["add_edits"], {**values, "patience": PATIENCE_SECONDS})


def drop(conn: Rows, ids: Collection[int]) -> None:
    """End notices that need no telling any more."""
    if ids:
        conn.execute(SQL["drop"], {"ids": list(ids)})


def sent(conn: Rows, carrier: int, holder: str, ref: str | None) -> list[Ended]:
    """Record that a message was taken; returns what it told, [] where another sends it now."""
    values = {"carrier": carrier, "holder": holder, "ref": ref}
    return [_ended(row) for row in conn.execute(SQL["sent"], values)]


def again(
    conn: Rows, carrier: int, holder: str, error: str, *, wait_seconds: float, keep: bool
) -> list[Ended]:
    """Let a message wait for another try; returns what it tells.

    Args:
        conn: The connection.
        carrier: The notice that stands for it.
        holder: Who sent it.
        error: Why it was not taken.
        wait_seconds: Until the next try.
        keep: Send the very same again, as it may have arrived; else it is written anew.
    """
    values: dict[str, Any] = {"carrier": carrier, "holder": holder, "error": error}
    values |= {"wait_seconds": wait_seconds, "keep": keep}
    found = [_ended(row) for row in conn.execute(SQL["again"], values)]
    if not keep:
        conn.execute(SQL["remove"], {"id": carrier})
    return found


def fail(conn: Rows, carrier: int, error: str) -> list[Ended]:
    """Give a message up; returns what it would have told."""
    values = {"carrier": carrier, "error": error}
    found = [_ended(row) for row in conn.execute(SQL["failed"], values)]
    conn.execute(SQL["remove"], {"id": carrier})
    return found


def overdue(conn: Rows, channel: Channel) -> list[Notice]:
    """Return what was tried in vain until its patience was over; the rows are held."""
    return [_notice(row) for row in conn.execute(_statement("overdue"), {"channel": channel})]


def told_lately(conn: Rows, channel: Channel) -> tuple[int, int]:
    """Return how many messages and how many mere updates a channel got in the last minute."""
    row = conn.execute(SQL["told_lately"], {"channel": channel}).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def threads(conn: Rows, channel: Channel, ids: Iterable[int]) -> dict[int, Thread]:
    """Return the messages of these incidents in a channel, by incident."""
    rows = conn.execute(SQL["threads"], {"channel": channel, "ids": list(ids)})
    found = (Thread(incident_id=n, ref=ref, severity=s, rolled=r) for n, ref, s, r in rows)
    return {thread.incident_id: thread for thread in found}


def keep_threads(conn: Rows, channel: Channel, found: Sequence[Thread]) -> None:
    """Remember which message of a channel is the incident's."""
    if found:
        rows = msgspec.json.encode(found).decode()
        conn.execute(SQL["keep_thread"], {"channel": channel, "rows": rows})


def next_due_seconds(conn: Rows, channel: Channel) -> float | None:
    """Return in how many seconds the next notice is due, None where none waits."""
    row = conn.execute(SQL["next_due"], {"channel": channel}).fetchone()
    return row[0] if row else None


def rest(conn: Rows, channel: Channel) -> tuple[int, bool]:
    """Return a channel's failures in a row, and whether it is left alone just now."""
    row = conn.execute(SQL["rest"], {"channel": channel}).fetchone()
    return (int(row[0]), bool(row[1])) if row else (0, False)


def succeeded(conn: Rows, channel: Channel) -> None:
    """Note that a channel took a message."""
    conn.execute(SQL["succeeded"], {"channel": channel})


def stumbled(conn: Rows, channel: Channel, error: str, rest_seconds: float) -> None:
    """Note that a channel did not take a message, and for how long it is left alone."""
    values = {"channel": channel, "error": error, "rest_seconds": rest_seconds}
    conn.execute(SQL["stumbled"], values)


def health(conn: Rows) -> list[ChannelHealth]:
    """Return how each channel does that has anything open."""
    return [
        ChannelHealth(
            channel=Channel(channel),
            failures=failures,
            resting=resting,
            waiting=waiting,
            failed=failed,
            error=error,
        )
        for channel, failures, resting, waiting, failed, error in conn.execute(SQL["health"])
    ]


def listed(
    conn: Rows, state: str | None = None, channel: Channel | None = None, limit: int = 100
) -> list[Notice]:
    """Return notices, the newest first; None asks nothing."""
    values = {"state": state, "channel": channel, "limit": limit}
    return [_notice(row) for row in conn.execute(_statement("listed"), values)]


def retry(conn: Rows, number: int | None = None, channel: Channel | None = None) -> list[int]:
    """Let failed notices be tried anew: one, those of a channel, or all; returns their ids."""
    values = {"id": number, "channel": channel, "patience": PATIENCE_SECONDS}
    return [found for (found,) in conn.execute(SQL["retry"], values)]


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


def _statement(name: str) -> sql.Composed:
    columns = sql.SQL(", ").join(sql.Identifier("n", column) for column in _COLUMNS)
    columns += sql.SQL(", coalesce(n.lease_until < now(), false)")
    return sql.SQL(SQL[name]).format(columns=columns)


def _notice(row: tuple[Any, ...]) -> Notice:
    values: dict[str, Any] = dict(zip((*_COLUMNS, "lease_over"), row, strict=True))
    channel, kind = Channel(values.pop("channel")), Told(values.pop("kind"))
    return Notice(channel=channel, kind=kind, **values)


def _ended(row: tuple[Any, ...]) -> Ended:
    return int(row[0]), row[1], Told(row[2])

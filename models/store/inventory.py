"""Collections, assets over time, and their relations.

Functions take the connection first; the caller owns the transaction. What is written is decided by
content hashes in set-based statements: an unchanged asset writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from models.errors import Refused
from models.kinds import KINDS
from models.records.asset import Gap, Observation
from models.records.snapshot import (
    Completeness,
    Quarantined,
    Snapshot,
    SnapshotState,
    StoreReport,
    ValidationReport,
)
from models.store import queries

SQL = queries("inventory")
_WHOLE = {SnapshotState.COLLECTED, SnapshotState.VALIDATED, SnapshotState.HELD}
# The edges along which an asset hangs on another: that one has to be seen before this one is gone.
_PARENTS = ("runs_on", "member_of", "part_of", "owned_by")
Row = tuple[str, str, str, str, dict[str, Any], dict[str, Any]]


def open_snapshot(
    conn: psycopg.Connection, source: str, collector: str, flow_run_id: str | None = None
) -> Snapshot:
    """Begin a collection; unfinished ones of the same source are given up."""
    abandoned = conn.execute(SQL["abandon_unfinished"], {"source": source}).fetchall()
    if abandoned:
        conn.execute(SQL["clear_observations"], {"ids": [row[0] for row in abandoned]})
    values = {"source": source, "collector": collector, "flow_run_id": flow_run_id}
    return _one(conn, "open_snapshot", values)


def snapshot(conn: psycopg.Connection, snapshot_id: int) -> Snapshot:
    """Return a collection by its id."""
    return _one(conn, "snapshot", {"id": snapshot_id})


def locked_snapshot(conn: psycopg.Connection, snapshot_id: int) -> Snapshot:
    """Return a collection and keep its row, and so its state, until the transaction ends."""
    return _one(conn, "lock_snapshot", {"id": snapshot_id})


def resumable(conn: psycopg.Connection, source: str, age_seconds: float) -> Snapshot | None:
    """Return the newest collection if it was read whole, lately, but not yet stored."""
    found = _many(conn, "resumable", {"source": source, "age_seconds": age_seconds})
    return found[0] if found else None


def latest_stored(conn: psycopg.Connection, source: str | None = None) -> list[Snapshot]:
    """Return the newest stored collection of each source, or of one."""
    return _many(conn, "latest_stored", {"source": source})


def latest_snapshots(conn: psycopg.Connection) -> list[Snapshot]:
    """Return the newest collection of each source, whatever came of it."""
    return _many(conn, "latest_snapshots", {})


def stage(conn: psycopg.Connection, snapshot_id: int, observations: Iterable[Observation]) -> int:
    """Write what one page held to the staging table; returns the number of rows."""
    count = 0
    with conn.cursor() as cursor, cursor.copy(SQL["stage"]) as copy:
        for count, seen in enumerate(observations, 1):  # noqa: B007  the count is the result
            copy.write_row(
                (
                    snapshot_id,
                    seen.asset_id,
                    seen.kind,
                    seen.key,
                    seen.name,
                    seen.content_hash,
                    seen.attributes.decode(),
                    seen.volatile_hash,
                    seen.volatile.decode(),
                )
            )
    return count


def collected(
    conn: psycopg.Connection,
    snapshot_id: int,
    *,
    covered: Iterable[str],
    gaps: Sequence[Gap],
    counts: Mapping[str, int],
    seconds: float,
) -> bool:
    """Record that a collection was read to its end; False if it was given up meanwhile.

    It is complete when every kind was covered; a field that could not be seen is a gap only.
    """
    whole = frozenset(covered)
    partial = any(gap.field == "*" for gap in gaps) or bool(counts.keys() - whole)
    values = {
        "id": snapshot_id,
        "completeness": Completeness.PARTIAL if partial else Completeness.COMPLETE,
        "covered": sorted(whole),
        "gaps": Jsonb(msgspec.to_builtins(gaps)),
        "counts": Jsonb(dict(counts)),
        "seconds": seconds,
    }
    source = _one(conn, "snapshot", {"id": snapshot_id}).source
    held = conn.execute(SQL["supersede_held"], {"id": snapshot_id, "source": source}).fetchall()
    conn.execute(SQL["clear_observations"], {"ids": [row[0] for row in held]})
    return conn.execute(SQL["collected"], values).fetchone() is not None


def validated(conn: psycopg.Connection, snapshot_id: int) -> None:
    """Record that a collection passed validation."""
    _set_state(conn, snapshot_id, SnapshotState.VALIDATED, None)


def fail_snapshot(conn: psycopg.Connection, snapshot_id: int, error: str) -> None:
    """Record why a collection failed and drop what it staged."""
    _set_state(conn, snapshot_id, SnapshotState.FAILED, error)
    conn.execute(SQL["clear_observations"], {"ids": [snapshot_id]})


def hold_snapshot(conn: psycopg.Connection, snapshot_id: int, reason: str) -> None:
    """Keep a collection for a person to decide; its rows stay staged."""
    _set_state(conn, snapshot_id, SnapshotState.HELD, reason)


def staged(conn: psycopg.Connection, snapshot_id: int, kind: str | None = None) -> Iterator[Row]:
    """Yield `(asset_id, kind, key, name, attributes, volatile)` of every staged row."""
    with conn.cursor(name="staged") as cursor:
        cursor.itersize = 1000
        cursor.execute(SQL["staged"], {"id": snapshot_id, "kind": kind})
        yield from cursor


def quarantine(conn: psycopg.Connection, snapshot_id: int, rows: Sequence[Quarantined]) -> None:
    """Set rows of a collection aside with the rules that they broke."""
    with conn.cursor() as cursor:
        cursor.executemany(
            SQL["quarantine_row"],
            [{"snapshot_id": snapshot_id, **msgspec.to_builtins(row)} for row in rows],
        )
    ids = sorted({row.asset_id for row in rows})
    conn.execute(SQL["mark_quarantined"], {"snapshot_id": snapshot_id, "asset_ids": ids})


def save_validation(conn: psycopg.Connection, report: ValidationReport) -> None:
    """Keep the report of a validation; a repeated one replaces it."""
    values = {
        "snapshot_id": report.snapshot_id,
        "report": Jsonb(msgspec.to_builtins(report)),
    }
    conn.execute(SQL["save_validation"], values)


def quarantined_count(conn: psycopg.Connection, snapshot_id: int) -> int:
    """Return how many assets of a collection were set aside."""
    row = conn.execute(SQL["quarantined_count"], {"id": snapshot_id}).fetchone()
    return int(row[0]) if row else 0


def last_good_counts(conn: psycopg.Connection, source: str) -> dict[str, int]:
    """Return how many assets of each kind were seen when it was last covered; {} at first."""
    return dict(conn.execute(SQL["last_good_counts"], {"source": source}).fetchall())


def store_snapshot(conn: psycopg.Connection, snapshot_id: int) -> StoreReport:
    """Turn a staged collection into versions, relations and tombstones, all or nothing.

    Storing one again returns the first report. One that is older than what is stored already is
    given up: its facts would rewrite the past.

    Raises:
        Refused: It failed, was given up, or was not read to its end: its rows are not there, and
            storing it would take every asset for gone.
    """
    locked = locked_snapshot(conn, snapshot_id)
    if locked.state is SnapshotState.STORED:
        return _stored_report(conn, snapshot_id)
    if locked.state not in _WHOLE:
        raise Refused(f"collection {snapshot_id} of {locked.source} is {locked.state}")
    if _scalar(conn, "is_outdated", {"id": snapshot_id}):
        _set_state(conn, snapshot_id, SnapshotState.ABANDONED, "a newer collection is stored")
        conn.execute(SQL["clear_observations"], {"ids": [snapshot_id]})
        return StoreReport(snapshot_id=snapshot_id)
    report = _apply(conn, locked)
    conn.execute(SQL["stored"], {"id": snapshot_id, "report": Jsonb(msgspec.to_builtins(report))})
    conn.execute(SQL["clear_observations"], {"ids": [snapshot_id]})
    add_audit(conn, "nightshift", "store-snapshot", locked.source, msgspec.to_builtins(report))
    return report


def add_audit(
    conn: psycopg.Connection, actor: str, action: str, subject: str, detail: Mapping[str, Any]
) -> None:
    """Append to the audit log."""
    values = {"actor": actor, "action": action, "subject": subject, "detail": Jsonb(dict(detail))}
    conn.execute(SQL["add_audit"], values)


def _apply(conn: psycopg.Connection, taken: Snapshot) -> StoreReport:
    values = _values(conn, taken)
    _remember(conn, taken.id)
    conn.execute(SQL["touched"], values)
    conn.execute(SQL["index_touched"])
    conn.execute(SQL["analyze_touched"])
    created = _count(conn, "create_assets", values)
    _count(conn, "close_changed_versions", values)
    versions = _count(conn, "add_versions", values)
    changed = _count(conn, "update_changed_assets", values)
    volatile = _count(conn, "update_volatile", values)
    _count(conn, "seen_again", values)
    deleted = [row[0] for row in conn.execute(SQL["delete_unseen"], values).fetchall()]
    _count(conn, "close_deleted_versions", {**values, "ids": deleted})
    _count(conn, "note_unseen", values)
    closed = _count(conn, "close_relations", {**values, "deleted": deleted})
    closed += _count(conn, "close_joins_of_deleted", {**values, "deleted": deleted})
    opened = _open_relations(conn, values)
    return StoreReport(
        snapshot_id=taken.id,
        created=created,
        changed=changed,
        deleted=len(deleted),
        unchanged=sum(taken.counts.values()) - created - changed,
        versions=versions,
        relations_opened=opened,
        relations_closed=closed,
        volatile_updated=volatile,
    )


def _open_relations(conn: psycopg.Connection, values: Mapping[str, Any]) -> int:
    conn.execute(SQL["stated"], values)
    # One edge has one row: what the source says itself takes the place of what was joined.
    conn.execute(SQL["close_joins_that_are_stated"], values)
    return _count(conn, "open_relations", values)


def _remember(conn: psycopg.Connection, snapshot_id: int) -> None:
    found = [
        (kind.name, field.name, field.fact.remembered_while)
        for kind in KINDS.values()
        for field in kind.volatile
        if field.fact.remembered_while
    ]
    kinds, fields, whiles = (list(column) for column in zip(*found, strict=True))
    values = {"id": snapshot_id, "kinds": kinds, "fields": fields, "whiles": whiles}
    conn.execute(SQL["remember"], values)


def _values(conn: psycopg.Connection, taken: Snapshot) -> dict[str, Any]:
    references = [
        (kind.name, field.name, field.fact.reference.relation)
        for kind in KINDS.values()
        for field in kind.references
        if field.fact.reference
    ]
    kinds, fields, types = (list(column) for column in zip(*references, strict=True))
    covered: list[str] = _scalar(conn, "snapshot_covered", {"id": taken.id})
    known: list[str] = _scalar(conn, "kinds_of_source", {"source": taken.source}) or []
    return {
        "id": taken.id,
        "source": taken.source,
        "taken_at": taken.taken_at,
        "previous_at": _scalar(conn, "previous_stored_at", {"id": taken.id}),
        "covered": covered,
        "parents_covered": not (_parent_kinds() & set(known)) - set(covered),
        "kinds": kinds,
        "fields": fields,
        "types": types,
        "parents": list(_PARENTS),
        "filtered": [kind.name for kind in KINDS.values() if kind.filtered],
    }


def _parent_kinds() -> set[str]:
    references = (field.fact.reference for kind in KINDS.values() for field in kind.references)
    return {found.kind for found in references if found and found.relation in _PARENTS}


def _stored_report(conn: psycopg.Connection, snapshot_id: int) -> StoreReport:
    return msgspec.convert(_scalar(conn, "snapshot_report", {"id": snapshot_id}), StoreReport)


def _set_state(
    conn: psycopg.Connection, snapshot_id: int, state: SnapshotState, error: str | None
) -> None:
    conn.execute(SQL["set_state"], {"id": snapshot_id, "state": state, "error": error})


def _count(conn: psycopg.Connection, name: str, values: Mapping[str, Any]) -> int:
    return conn.execute(SQL[name], values).rowcount


def _scalar(conn: psycopg.Connection, name: str, values: Mapping[str, Any]) -> Any:
    row = conn.execute(SQL[name], values).fetchone()
    return row[0] if row else None


def _one(conn: psycopg.Connection, name: str, values: Mapping[str, Any]) -> Snapshot:
    return _many(conn, name, values)[0]


def _many(conn: psycopg.Connection, name: str, values: Mapping[str, Any]) -> list[Snapshot]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return [_snapshot(row) for row in cursor.execute(SQL[name], values).fetchall()]


def _snapshot(row: dict[str, Any]) -> Snapshot:
    taken_at: datetime = row["taken_at"]
    return Snapshot(
        id=row["id"],
        source=row["source"],
        collector=row["collector"],
        state=SnapshotState(row["state"]),
        taken_at=taken_at,
        completeness=Completeness(row["completeness"]) if row["completeness"] else None,
        gaps=msgspec.convert(row["gaps"], tuple[Gap, ...]),
        counts=row["counts"],
        seconds=row["seconds"],
        error=row["error"],
    )

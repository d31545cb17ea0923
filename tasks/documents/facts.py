"""Loading the facts that documents are made from, once for all documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg

from generators.documents.facts import ChangeSet, Facts
from models.errors import WrongUse
from models.kinds import KINDS
from models.records.asset import Asset, AssetChange
from models.records.snapshot import Snapshot, SnapshotState
from models.store import assets, checks, documents, graph, inventory
from models.store.documents import ChangeTime
from tasks.inventory.checks import CHECKS

_CHANGE_SETS = 25
_IN_VAIN = (SnapshotState.FAILED, SnapshotState.HELD)
_JUST_BEFORE = timedelta(microseconds=1)


def load_facts(conn: psycopg.Connection) -> Facts:
    """Return the stored facts as they are now.

    Raises:
        WrongUse: No collection has been stored yet.
    """
    snapshots = inventory.latest_stored(conn)
    if not snapshots:
        raise WrongUse("nothing has been collected yet; run `nightshift collect` first")
    found = assets.current_assets(conn)
    change_sets = _change_sets(conn)
    changed = [change for each in change_sets for change in each.changes]
    known = {asset.id for asset in found}
    gone = documents.names(conn, sorted(dangling(found) - known))
    return Facts(
        assets=tuple(found),
        snapshots=tuple(snapshots),
        attempts=_attempts(conn),
        findings=tuple(checks.current_results(conn)),
        counts=checks.check_counts(conn),
        check_titles={check.id: check.title for check in CHECKS.values()},
        check_kinds={check.id: check.kinds[0] for check in CHECKS.values()},
        change_sets=tuple(change_sets),
        names=gone | names_in(conn, changed, known),
        joins=tuple(graph.joins(conn)),
        config_times=documents.configured_since(conn),
    )


def _attempts(conn: psycopg.Connection) -> tuple[Snapshot, ...]:
    """Return the newest collection of each source whose facts did not come into the store."""
    return tuple(taken for taken in inventory.latest_snapshots(conn) if taken.state in _IN_VAIN)


def changes_after(conn: psycopg.Connection, since: datetime) -> tuple[list[AssetChange], Facts]:
    """Return what changed after a time, and facts with the names that it speaks of."""
    changed = assets.changes(conn, since)
    snapshots = inventory.latest_stored(conn)
    found = assets.current_assets(conn)
    names = names_in(conn, changed, {asset.id for asset in found})
    return changed, Facts(assets=tuple(found), snapshots=tuple(snapshots), names=names)


def dangling(found: Iterable[Asset]) -> set[str]:
    """Return the ids that relations of assets point at, those that are gone among them."""
    fields = {
        kind.name: [field.name for field in kind.fields if field.fact.reference]
        for kind in KINDS.values()
    }
    values = (
        getattr(asset.record, field) for asset in found for field in fields.get(asset.kind, ())
    )
    return {
        reference
        for value in values
        if value
        for reference in ((value,) if isinstance(value, str) else value)
    }


def names_in(
    conn: psycopg.Connection, changed: Iterable[AssetChange], known: set[str]
) -> dict[str, str]:
    """Return the names of assets that changes point at and that are gone by now."""
    pointed = {reference for change in changed for reference in _references(change)}
    return documents.names(conn, sorted(pointed - known))


def _references(change: AssetChange) -> Iterator[str]:
    field = KINDS[change.kind].field(change.field or "")
    if field is None or field.fact.reference is None:
        return
    for side in (change.before, change.after):
        values: list[Any] = side if isinstance(side, list) else [side]
        yield from (value for value in values if isinstance(value, str))


def _change_sets(conn: psycopg.Connection) -> list[ChangeSet]:
    """Return the newest change sets; the newest of each source with its entries."""
    sets, seen = [], set()
    for found in documents.change_times(conn, _CHANGE_SETS):
        newest = found.source not in seen and not found.baseline
        seen.add(found.source)
        sets.append(_change_set(conn, found, with_entries=newest))
    return sets


def _change_set(conn: psycopg.Connection, found: ChangeTime, *, with_entries: bool) -> ChangeSet:
    entries = assets.changes(conn, found.at - _JUST_BEFORE, found.at) if with_entries else []
    return ChangeSet(
        at=found.at,
        source=found.source,
        created=found.created,
        changed=found.changed,
        deleted=found.deleted,
        baseline=found.baseline,
        changes=tuple(entries),
    )

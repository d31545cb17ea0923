"""Assets as they are, as they were, and what changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import psycopg

from models.errors import WrongUse
from models.kinds import KINDS
from models.records.asset import Asset, AssetChange, FieldChange, restore
from models.records.history import LinkedAsset, Namesake, Version
from models.store import queries

SQL = queries("inventory")


def current_assets(
    conn: psycopg.Connection,
    *,
    kinds: Sequence[str] | None = None,
    source: str | None = None,
    as_of: datetime | None = None,
) -> list[Asset]:
    """Return the assets that exist, now or at a time, by kind and name.

    Volatile fields have no history: at a past time they take their defaults.
    """
    name = "current_assets" if as_of is None else "assets_as_of"
    values = {"kinds": list(kinds) if kinds else None, "source": source, "as_of": as_of}
    return [_asset(row) for row in conn.execute(SQL[name], values)]


def asset(conn: psycopg.Connection, asset_id: str) -> Asset:
    """Return one asset, also a deleted one, as it was seen last.

    Raises:
        WrongUse: There is no asset of that id.
    """
    row = conn.execute(SQL["asset"], {"id": asset_id}).fetchone()
    if row is None:
        raise WrongUse(f"no asset has the id or name {asset_id!r}; see `nightshift assets list`")
    return _asset(row)


def relations(conn: psycopg.Connection, asset_id: str) -> list[LinkedAsset]:
    """Return the current edges of an asset, outgoing first."""
    rows = conn.execute(SQL["relations"], {"id": asset_id}).fetchall()
    return [
        LinkedAsset(
            type=row[0],
            direction=row[1],
            asset_id=row[2],
            name=row[3],
            kind=row[4],
            confidence=row[5],
            reason=row[6],
            deleted_at=row[7],
        )
        for row in rows
    ]


def namesakes(conn: psycopg.Connection, name: str, limit: int) -> tuple[list[Namesake], int]:
    """Return some of the assets that have a name, and how many have it."""
    values = {"name": name, "kinds": list(KINDS), "limit": limit}
    rows = conn.execute(SQL["namesakes"], values).fetchall()
    found = [Namesake(asset_id=row[0], kind=row[1], source=row[2], place=row[3]) for row in rows]
    return found, rows[0][4] if rows else 0


def history(conn: psycopg.Connection, asset_id: str) -> list[Version]:
    """Return the versions of an asset, oldest first, each with what it changed.

    Raises:
        WrongUse: There is no asset of that id.
    """
    asset(conn, asset_id)
    versions: list[Version] = []
    before: dict[str, Any] | None = None
    for row in conn.execute(SQL["history"], {"id": asset_id}):
        changes = () if before is None else differences(before, row[3])
        versions.append(
            Version(valid_from=row[0], valid_to=row[1], recorded_at=row[2], changes=changes)
        )
        before = row[3]
    return versions


def changes(
    conn: psycopg.Connection, since: datetime, until: datetime | None = None
) -> list[AssetChange]:
    """Return what was created, changed and deleted after `since`, up to and with `until`.

    A change entry has one field; an asset of which three fields changed makes three.
    """
    span = {"since": since, "until": until}
    found: list[AssetChange] = []
    for row in conn.execute(SQL["versions_since"], span):
        found += _version_changes(row)
    for asset_id, kind, name, ended in conn.execute(SQL["ended_since"], span):
        found.append(
            AssetChange(asset_id=asset_id, kind=kind, name=name, change="deleted", at=ended)
        )
    return sorted(found, key=lambda change: (change.at, change.kind, change.name, change.asset_id))


def parts_changed(
    conn: psycopg.Connection,
    ids: Collection[str],
    kind: str,
    since: datetime,
    until: datetime,
    most: int = 50,
) -> dict[str, str]:
    """Return the assets of a kind that are part of one of these and changed, with their whole."""
    values = {"ids": list(ids), "kind": kind, "since": since, "until": until, "most": most}
    return dict(conn.execute(SQL["parts_changed"], values).fetchall())


def changes_of(
    conn: psycopg.Connection,
    ids: Collection[str],
    since: datetime,
    until: datetime | None = None,
    each: int = 5,
) -> list[AssetChange]:
    """Return what was created and changed of these assets after `since`, the earliest first.

    Of each asset the last `each` versions up to and with `until` count. What a first collection
    found is no change. Each says which collection had not seen it yet.
    """
    if not ids:
        return []
    values = {"ids": list(ids), "since": since, "until": until, "each": each}
    rows = conn.execute(SQL["versions_of"], values).fetchall()
    return [
        replace(change, unseen_at=unseen_at)
        for *row, unseen_at in rows
        for change in _version_changes(row)
    ]


def differences(before: dict[str, Any], after: dict[str, Any]) -> tuple[FieldChange, ...]:
    """Return the fields that differ between two stored attribute sets, by name.

    A field that one side lacks was declared later; it differs only if it says something.
    """
    return tuple(
        FieldChange(field=field, before=before.get(field), after=after.get(field))
        for field in sorted(before.keys() | after.keys())
        if before.get(field) != after.get(field)
    )


def counts_by_kind(conn: psycopg.Connection) -> dict[str, int]:
    """Return the number of existing assets of each kind."""
    return dict(conn.execute(SQL["counts_by_kind"]).fetchall())


def relation_count(conn: psycopg.Connection) -> int:
    """Return the number of current edges."""
    row = conn.execute(SQL["relation_count"]).fetchone()
    return int(row[0]) if row else 0


def _version_changes(row: Sequence[Any]) -> list[AssetChange]:
    asset_id, kind, name, at, attributes, before, adjacent = row
    # A version that does not follow at once on another is an asset that came (back).
    if before is None or not adjacent:
        return [AssetChange(asset_id=asset_id, kind=kind, name=name, change="created", at=at)]
    return [
        AssetChange(
            asset_id=asset_id,
            kind=kind,
            name=name,
            change="changed",
            at=at,
            field=change.field,
            before=change.before,
            after=change.after,
        )
        for change in differences(before, attributes)
    ]


def _asset(row: tuple[Any, ...]) -> Asset:
    kind = KINDS[row[1]]
    return Asset(
        id=row[0],
        kind=row[1],
        name=row[2],
        source=row[3],
        record=restore(kind, row[4], row[5]),
        first_seen=row[6],
        last_seen=row[7],
        deleted_at=row[8],
    )

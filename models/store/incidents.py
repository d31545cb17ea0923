"""Incidents and their timeline; the caller owns the transaction."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from models.errors import Refused, WrongUse
from models.records.incident import EntryKind, Incident, IncidentStatus, TimelineEntry
from models.records.incident_view import Entity
from models.records.severity import Severity
from models.store import queries
from models.store.rows import as_rows, row_id

SQL = queries("incidents")
Rows = Connection[tuple[Any, ...]]
# incident, when, by whose clock (`ours`, `sender`), kind, actor, text, data, ids of the evidence
NewEntry = tuple[int, datetime, str, str, str, str, Mapping[str, Any], Sequence[str]]

TIMELINE_LIMIT = 1000  # lines that are read at once
_REFERENCE = re.compile(r"INC-\d{4}-\d{6,}")
_COLUMNS = (
    *("id", "reference", "title", "status", "severity", "started_at", "detected_at", "updated_at"),
    *("summary", "summary_source", "summary_citations", "affected_services", "affected_entities"),
    *("environment", "region", "owner_team", "assignee", "alert_count", "event_count"),
    *("firing_count", "flapping", "root_alert_id", "probable_cause", "grouping", "change_refs"),
    *("runbook_refs", "similar", "acknowledged_at", "mitigated_at", "resolved_at", "closed_at"),
    *("merged_into", "split_from", "maintenance_id", "flow_run_id", "labels", "version"),
)
_NAMED = {"similar": "similar_incidents"}  # where the column has another name than the field
_LISTS = frozenset(
    {
        *("summary_citations", "affected_services", "affected_entities"),
        *("change_refs", "runbook_refs", "similar"),
    }
)
_CHANGEABLE = frozenset(_COLUMNS) - {"id", "reference", "updated_at", "version"} | {"last_event_at"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which incidents; None asks nothing. `before` is the id after which a page goes on."""

    statuses: tuple[IncidentStatus, ...] | None = None
    severities: tuple[Severity, ...] | None = None
    service: str | None = None
    team: str | None = None
    since: datetime | None = None
    before: int | None = None
    limit: int = 100


def add_entries(conn: Rows, rows: Iterable[NewEntry]) -> None:
    """Append lines to timelines, in the order given."""
    names = ("incident_id", "at", "clock", "kind", "actor", "text", "data", "evidence_ids")
    values = [{"n": place, **dict(zip(names, row, strict=True))} for place, row in enumerate(rows)]
    if values:
        conn.execute(SQL["add_entries"], {"rows": as_rows(values)})


def timeline(
    conn: Rows,
    incident_id: int,
    *,
    limit: int | None = TIMELINE_LIMIT,
    kinds: Sequence[EntryKind] | None = None,
) -> list[TimelineEntry]:
    """Return the last lines of a timeline, the oldest of them first; all without a limit."""
    values = {"id": incident_id, "limit": limit, "kinds": list(kinds) if kinds else None}
    found = [_entry(row) for row in conn.execute(SQL["timeline"], values)]
    return found[::-1]


def timeline_ends(
    conn: Rows, incident_id: int, first: int, last: int = TIMELINE_LIMIT
) -> tuple[list[TimelineEntry], int]:
    """Return the first and the last lines of a timeline, the oldest first.

    Beside them stands how many lie between the first and the last ones and were not read.
    """
    ending = timeline(conn, incident_id, limit=last)
    if len(ending) < last:
        return ending, 0
    rows = conn.execute(SQL["timeline_start"], {"id": incident_id, "limit": first})
    start = [_entry(row) for row in rows]
    unread = timeline_count(conn, incident_id) - first - last
    if unread > 0:
        return [*start, *ending], unread
    known = {entry.id for entry in ending}
    return [*(entry for entry in start if entry.id not in known), *ending], 0


def timeline_count(conn: Rows, incident_id: int) -> int:
    """Return how many lines a timeline has."""
    row = conn.execute(SQL["timeline_count"], {"id": incident_id}).fetchone()
    return int(row[0]) if row else 0


def incident(conn: Rows, name: int | str) -> Incident:
    """Return an incident by its id or its reference.

    Raises:
        WrongUse: There is none.
    """
    text = str(name).strip().upper()
    if _REFERENCE.fullmatch(text):
        found = _first(conn, "by_reference", {"reference": text})
    else:
        found = _first(conn, "by_id", {"id": row_id(text)})
    if found is None:
        raise WrongUse(f"no incident {str(name)[:60]!r}; see `nightshift incidents list`")
    return found


def locked(conn: Rows, ids: Iterable[int]) -> list[Incident]:
    """Return incidents by id and hold their rows to the end of the transaction."""
    rows = conn.execute(_statement("lock_rows"), {"ids": sorted(ids)})
    return [_incident(row) for row in rows]


def listed(conn: Rows, chosen: Filter) -> list[Incident]:
    """Return the incidents that a filter lets through, the latest first."""
    values = {
        "statuses": list(chosen.statuses) if chosen.statuses else None,
        "severities": list(chosen.severities) if chosen.severities else None,
        "service": chosen.service,
        "team": chosen.team,
        "since": chosen.since,
        "before": chosen.before,
        "limit": chosen.limit,
    }
    return [_incident(row) for row in conn.execute(_statement("listed"), values)]


def many(conn: Rows, ids: Iterable[int]) -> list[Incident]:
    """Return those of these incidents that exist, by id."""
    rows = conn.execute(_statement("by_ids"), {"ids": list(ids)})
    return [_incident(row) for row in rows]


def merged_into(conn: Rows, incident_id: int) -> dict[int, str]:
    """Return id and reference of the incidents that were merged into one."""
    return dict(conn.execute(SQL["merged_here"], {"id": incident_id}).fetchall())


def kin(conn: Rows, found: Iterable[Incident]) -> dict[int, str]:
    """Return id and reference of what these incidents were merged into or split from."""
    ids = {number for one in found for number in (one.merged_into, one.split_from) if number}
    return references(conn, ids) if ids else {}


def references(conn: Rows, ids: Iterable[int]) -> dict[int, str]:
    """Return the references of these incidents by id."""
    return dict(conn.execute(SQL["references"], {"ids": list(ids)}).fetchall())


def change(
    conn: Rows, incident_id: int, at: datetime, *, version: int | None = None, **values: Any
) -> Incident:
    """Write fields of an incident and return it, one version further.

    Args:
        conn: The connection; the caller owns the transaction.
        incident_id: Which.
        at: When.
        version: What the caller had read; another one meanwhile refuses the change.
        values: Fields of the record by name.

    Raises:
        Refused: Somebody changed it since it was read.
    """
    unknown = values.keys() - _CHANGEABLE
    if unknown:
        raise ValueError(f"no fields of an incident: {sorted(unknown)}")
    changes = sql.SQL("").join(
        sql.SQL("{} = {}, ").format(sql.Identifier(_NAMED.get(name, name)), sql.Placeholder(name))
        for name in values
    )
    bound = {name: _stored(value) for name, value in values.items()}
    # A summary that was written tells how it stands, so it is written anew.
    bound.update(id=incident_id, at=at, version=version, again="status" in values)
    row = conn.execute(_statement("change", changes=changes), bound).fetchone()
    if row is None:
        raise Refused("somebody changed the incident meanwhile; look at it again and repeat")
    return _incident(row)


def entities(conn: Rows, ids: Iterable[str]) -> list[Entity]:
    """Return those of these that are assets of the inventory, a port named with its device."""
    rows = conn.execute(SQL["entities"], {"ids": list(ids)})
    return [Entity(id=row[0], kind=row[1], name=row[2]) for row in rows]


def spoken_of(conn: Rows, incident_id: int, limit: int) -> list[str]:
    """Return the ids of the assets that an incident's alerts are about, in one order."""
    rows = conn.execute(SQL["spoken_of"], {"id": incident_id, "limit": limit})
    return [row[0] for row in rows]


def predicted(conn: Rows, ids: Iterable[int]) -> frozenset[int]:
    """Return those of these incidents whose alerts all came without a severity and got one."""
    rows = conn.execute(SQL["predicted"], {"ids": list(ids)})
    return frozenset(row[0] for row in rows)


def counts(conn: Rows) -> dict[str, int]:
    """Return the number of incidents by status."""
    return dict(conn.execute(SQL["counts"]).fetchall())


def _stored(value: Any) -> Any:
    return Jsonb(value, json.dumps) if isinstance(value, (dict, list, tuple)) else value


def _statement(name: str, **parts: sql.Composable) -> sql.Composed:
    columns = sql.SQL(", ").join(sql.Identifier("i", _NAMED.get(name, name)) for name in _COLUMNS)
    return sql.SQL(SQL[name]).format(columns=columns, **parts)


def _first(conn: Rows, name: str, values: Mapping[str, Any]) -> Incident | None:
    row = conn.execute(_statement(name), values).fetchone()
    return _incident(row) if row else None


def _incident(row: tuple[Any, ...]) -> Incident:
    values: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
    for name in _LISTS:
        values[name] = tuple(values[name])
    severity = values.pop("severity")
    status = IncidentStatus(values.pop("status"))
    return Incident(status=status, severity=Severity(severity) if severity else None, **values)


def _entry(row: tuple[Any, ...]) -> TimelineEntry:
    return TimelineEntry(
        id=row[0],
        at=row[1],
        clock=row[2],
        kind=EntryKind(row[3]),
        actor=row[4],
        text=row[5],
        data=row[6],
        evidence_ids=tuple(row[7]),
        recorded_at=row[8],
    )

"""Moving alerts between incidents by hand, and the labels that are kept of it.

The caller owns the transaction and holds the lock of grouping, `incident_memory.lock`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from models.records.regrouping import Label, Member
from models.records.severity import Severity
from models.store import incident_memory, queries

SQL = queries("regrouping")
Rows = Connection[tuple[Any, ...]]


def firing(conn: Rows, incident_id: int) -> list[tuple[int, str]]:
    """Return id and title of the alerts of an incident that still fire."""
    return list(conn.execute(SQL["firing"], {"id": incident_id}).fetchall())


def members(conn: Rows, incident_id: int) -> list[Member]:
    """Return the alerts of an incident, in the order in which they came."""
    found = []
    for row in conn.execute(SQL["members"], {"id": incident_id}):
        values = dict(zip(Member.__slots__, row, strict=True))
        severity = values.pop("severity")
        found.append(Member(severity=Severity(severity) if severity else None, **values))
    return found


def memory(conn: Rows, incident_id: int) -> dict[str, Any]:
    """Return what grouping remembers of an incident; {} where it does not know it."""
    row = conn.execute(SQL["memory"], {"id": incident_id}).fetchone()
    return dict(row[0]) if row else {}


def remember(conn: Rows, incident_id: int, found: Mapping[str, Any], at: datetime) -> None:
    """Write what grouping remembers of an incident, and the words it is found under.

    One that is closed or lives on in another is found under none.
    """
    conn.execute(SQL["remember"], {"id": incident_id, "memory": Jsonb(dict(found))})
    incident_memory.drop_tokens(conn, [incident_id])
    if not found.get("closed") and not found.get("merged_into"):
        words = [(token, incident_id, at) for token in found.get("tokens", ())]
        incident_memory.save_tokens(conn, words)


def amend(conn: Rows, incident_id: int, at: datetime, **values: Any) -> None:
    """Change single fields of what grouping remembers of an incident, where it knows it."""
    known = memory(conn, incident_id)
    if known:
        remember(conn, incident_id, {**known, **values}, at)


def move(conn: Rows, alert_ids: Collection[int], to: int) -> None:
    """Let alerts stand in another incident."""
    conn.execute(SQL["move"], {"alert_ids": list(alert_ids), "to": to})


def later_episodes(conn: Rows, incident_id: int, alert_ids: Collection[int]) -> list[int]:
    """Return the alerts of an incident that are episodes of the same conditions as these."""
    values = {"incident_id": incident_id, "alert_ids": list(alert_ids)}
    return [number for (number,) in conn.execute(SQL["later_episodes"], values)]


def recount(conn: Rows, incident_id: int) -> None:
    """Make the counts, times and what is affected of an incident those of its alerts."""
    conn.execute(SQL["recount"], {"id": incident_id})


def add_incident(conn: Rows, at: datetime, **values: Any) -> int:
    """Store a new incident and return its id."""
    bound = {
        name: Jsonb(value) if isinstance(value, dict) else value for name, value in values.items()
    }
    row = conn.execute(SQL["add_incident"], {"at": at, **bound}).fetchone()
    return int(row[0]) if row else 0


def add_label(conn: Rows, **values: Any) -> int:
    """Keep what a person said of a grouping and return its id; the fields are those of `Label`."""
    bound = {**values, "alert_ids": Jsonb(values["alert_ids"]), "before": Jsonb(values["before"])}
    row = conn.execute(SQL["add_label"], bound).fetchone()
    return int(row[0]) if row else 0


def last_label(conn: Rows, incident_id: int, kind: str | None = None) -> Label | None:
    """Return the last merge or split that concerns an incident and was not undone."""
    row = conn.execute(SQL["last_label"], {"id": incident_id, "kind": kind}).fetchone()
    if row is None:
        return None
    values = dict(zip(Label.__slots__, row, strict=True))
    return Label(**{**values, "alert_ids": tuple(values["alert_ids"])})


def undo_label(conn: Rows, label_id: int, actor: str, at: datetime) -> None:
    """Note that a merge or split was taken back."""
    conn.execute(SQL["undo_label"], {"id": label_id, "actor": actor, "at": at})

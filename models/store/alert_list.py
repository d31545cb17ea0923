"""Stored alerts as people look at them; triage writes them (`models.store.alerts`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection, sql

from models.errors import WrongUse
from models.records.alert import AlertStatus
from models.records.grouping import Action, Signal
from models.records.severity import Severity
from models.records.stored_alert import Decision, StoredAlert
from models.store import queries
from models.store.rows import row_id

SQL = queries("alert_list")
Rows = Connection[tuple[Any, ...]]
MOST_OF_INCIDENT = 500  # alerts of one incident that are read
_RENAMED = {
    "event_time": "alert_timestamp",
    "received_at": "created_at",
    "service": "service_name",
}
_FIELDS = StoredAlert.__slots__


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which alerts; None asks nothing. `before` is the id after which a page goes on.

    A severity is the sender's, else the predicted one.
    """

    statuses: tuple[AlertStatus, ...] | None = None
    severities: tuple[Severity, ...] | None = None
    service: str | None = None
    incident_id: int | None = None
    since: datetime | None = None
    before: int | None = None
    limit: int = 100


def listed(conn: Rows, chosen: Filter) -> list[StoredAlert]:
    """Return the alerts that a filter lets through, the latest first."""
    values = {
        "statuses": list(chosen.statuses) if chosen.statuses else None,
        "severities": list(chosen.severities) if chosen.severities else None,
        "service": chosen.service,
        "incident_id": chosen.incident_id,
        "since": chosen.since,
        "before": chosen.before,
        "limit": chosen.limit,
    }
    return [_alert(row) for row in conn.execute(_statement("listed"), values)]


def of_incident(conn: Rows, incident_id: int, limit: int = MOST_OF_INCIDENT) -> list[StoredAlert]:
    """Return the alerts of an incident, the earliest first, so many at most."""
    values = {"id": incident_id, "limit": limit}
    return [_alert(row) for row in conn.execute(_statement("of_incident"), values)]


def alert(conn: Rows, name: int | str) -> StoredAlert:
    """Return one alert.

    Raises:
        WrongUse: There is none of that id.
    """
    text = str(name).strip()
    row = conn.execute(_statement("by_id"), {"id": row_id(text)}).fetchone()
    if row is None:
        raise WrongUse(f"no alert {text[:60]!r}; {_hint(conn, text)}")
    return _alert(row)


def events(
    conn: Rows, since: datetime | None = None, until: datetime | None = None
) -> Iterator[Signal]:
    """Yield every event that was received in a span, in the order in which it was.

    Each is as grouping saw it, but for what its alert is called, which is as it is now.
    """
    with conn.cursor(name="events") as cursor:  # there may be millions
        cursor.execute(SQL["events"], {"since": since, "until": until})
        for row in cursor:
            yield _signal(row)


def received_here(conn: Rows, events: Sequence[Signal]) -> bool:
    """Say whether one of these events, as they were exported, was received in this home."""
    found = {row_id(one.event_id): one.received_at for one in events}
    found.pop(None, None)
    values = {"ids": list(found), "times": list(found.values())}
    row = conn.execute(SQL["received_here"], values).fetchone()
    return bool(row and row[0])


def decisions(conn: Rows, alert_id: int, limit: int = 20) -> list[Decision]:
    """Return what triage decided on the last events of an alert, the latest first."""
    rows = conn.execute(SQL["decisions"], {"id": alert_id, "limit": limit})
    return [_decision(row) for row in rows]


def placing(conn: Rows, alert_id: int) -> Decision | None:
    """Return the decision that put an alert into an incident; None where none did."""
    row = conn.execute(SQL["placing"], {"id": alert_id}).fetchone()
    return _decision(row) if row else None


def count_after(conn: Rows, alert_id: int, event_id: int) -> int:
    """Return how many events of an alert came after one of them."""
    row = conn.execute(SQL["count_after"], {"id": alert_id, "event": event_id}).fetchone()
    return int(row[0]) if row else 0


def sources(conn: Rows, incident_id: int) -> dict[str, int]:
    """Return how many alerts of an incident came from which vendor, most first."""
    return dict(conn.execute(SQL["sources"], {"id": incident_id}).fetchall())


def counts(conn: Rows) -> tuple[int, int]:
    """Return how many alerts there are, and how many of them still fire."""
    row = conn.execute(SQL["counts"]).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _hint(conn: Rows, text: str) -> str:
    row = conn.execute(SQL["alert_of_event"], {"id": row_id(text)}).fetchone()
    if row is None:
        return "see `nightshift alerts list`"
    return f"but an event of alert {row[0]} has that id: ask for {row[0]}"


def _signal(row: tuple[Any, ...]) -> Signal:
    return Signal(
        event_id=str(row[0]),
        status=AlertStatus(row[1]),
        severity=Severity(row[2]) if row[2] else None,
        occurred_at=row[3],
        received_at=row[4],
        source=row[5],
        dedup_key=row[6],
        rule=row[7],
        title=row[8],
        description=row[9],
        service=row[10],
        host=row[11],
        environment=row[12],
        region=row[13],
        error_code=row[14],
        asset_id=row[15],
        labels=row[16],
        timed=row[17],
    )


def _statement(name: str) -> sql.Composed:
    columns = sql.SQL(", ").join(
        sql.Identifier("a", _RENAMED.get(field, field)) for field in _FIELDS
    )
    return sql.SQL(SQL[name]).format(columns=columns)


def _decision(row: tuple[Any, ...]) -> Decision:
    return Decision(
        event_id=row[0],
        alert_id=row[1],
        status=AlertStatus(row[2]),
        occurred_at=row[3],
        received_at=row[4],
        action=Action(row[5]),
        incident_id=row[6],
        explanation=row[7],
    )


def _alert(row: tuple[Any, ...]) -> StoredAlert:
    values: dict[str, Any] = dict(zip(_FIELDS, row, strict=True))
    values["status"] = AlertStatus(values["status"])
    values["action"] = Action(values["action"])
    for name in ("severity", "predicted_severity"):
        values[name] = Severity(values[name]) if values[name] else None
    for name in ("notes", "suppressed_by"):
        values[name] = tuple(values[name])
    return StoredAlert(**values)

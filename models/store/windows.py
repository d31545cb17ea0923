"""Maintenance windows and the series that they come from; the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from models.errors import WrongUse
from models.records.grouping import Window
from models.records.maintenance import PlannedWindow, Series
from models.store import queries
from models.store.rows import row_id

SQL = queries("windows")
Rows = Connection[tuple[Any, ...]]
# How far a sender's clock, or a delivery on its way, may lie beside ours.
_AROUND = timedelta(hours=24)
_MOST = 1000


def add(conn: Rows, window: Window, series_id: int | None = None) -> int | None:
    """Store a window and return its id; None where the series has this occurrence already."""
    values = {
        "series_id": series_id,
        "starts_at": window.starts_at,
        "ends_at": window.ends_at,
        "match": Jsonb(dict(window.match)),
        "reason": window.reason,
        "owner": window.owner or "",
    }
    row = conn.execute(SQL["add"], values).fetchone()
    return int(row[0]) if row else None


def add_series(conn: Rows, series: Series) -> int:
    """Store a series and return its id; its windows are added one by one."""
    values = {
        "rrule": series.rrule,
        "starts_at": series.starts_at,
        "time_zone": series.time_zone,
        "duration_seconds": series.duration_seconds,
        "match": Jsonb(dict(series.match)),
        "reason": series.reason,
        "owner": series.owner,
    }
    row = conn.execute(SQL["add_series"], values).fetchone()
    return int(row[0]) if row else 0


def near(conn: Rows, at: datetime) -> list[PlannedWindow]:
    """Return the windows that an alert which comes about now may have happened in."""
    return between(conn, at, at)


def between(conn: Rows, first: datetime, last: datetime) -> list[PlannedWindow]:
    """Return the windows that alerts which came in a span may have happened in, the latest first.

    A thousand at most.
    """
    values = {"after": first - _AROUND, "before": last + _AROUND, "limit": _MOST}
    return [_planned(row) for row in conn.execute(SQL["near"], values)]


def over(conn: Rows, at: datetime) -> list[PlannedWindow]:
    """Return the windows whose time is over and which have not given back yet what they hold."""
    return [_planned(row) for row in conn.execute(SQL["over"], {"at": at})]


def listed(conn: Rows, *, ended: bool = False, limit: int = 200) -> list[PlannedWindow]:
    """Return the windows, the latest first; those that ended only where they are asked for."""
    return [_planned(row) for row in conn.execute(SQL["listed"], {"all": ended, "limit": limit})]


def by_ids(conn: Rows, ids: Iterable[str]) -> list[PlannedWindow]:
    """Return these windows, the first that ends first; what is no id of one is left out."""
    known = [number for text in ids if (number := row_id(text)) is not None]
    return [_planned(row) for row in conn.execute(SQL["by_ids"], {"ids": known})] if known else []


def mark_ended(conn: Rows, ids: Collection[int], at: datetime) -> None:
    """Note that windows gave back what they held."""
    conn.execute(SQL["mark_ended"], {"ids": list(ids), "at": at})


def end_now(conn: Rows, window_id: int, at: datetime) -> PlannedWindow:
    """Let a window end now; the next sweep gives back what it holds.

    Raises:
        WrongUse: There is none of that id that has not ended.
    """
    row = conn.execute(SQL["end_now"], {"id": window_id, "at": at}).fetchone()
    if row is None:
        raise WrongUse(f"no window {window_id} is planned; see `nightshift maintenance list`")
    return _planned(row)


def series(conn: Rows) -> list[Series]:
    """Return the series that go on."""
    return [
        Series(
            id=row[0],
            rrule=row[1],
            starts_at=row[2],
            time_zone=row[3],
            duration_seconds=row[4],
            match=_match(row[5]),
            reason=row[6],
            owner=row[7],
            ended_at=row[8],
            last_start=row[9],
        )
        for row in conn.execute(SQL["series"])
    ]


def end_series(conn: Rows, series_id: int, at: datetime) -> None:
    """Let a series have no more windows.

    Raises:
        WrongUse: There is none of that id that goes on.
    """
    if conn.execute(SQL["end_series"], {"id": series_id, "at": at}).fetchone() is None:
        raise WrongUse(f"no series {series_id} goes on; see `nightshift maintenance list`")


def held_counts(conn: Rows, ids: Collection[int]) -> dict[int, int]:
    """Return how many alerts each of these windows holds."""
    return dict(conn.execute(SQL["held_counts"], {"ids": list(ids)}).fetchall())


def _planned(row: tuple[Any, ...]) -> PlannedWindow:
    window = Window(
        id=str(row[0]),
        starts_at=row[2],
        ends_at=row[3],
        match=_match(row[4]),
        reason=row[5],
        owner=row[6],
    )
    return PlannedWindow(window=window, series_id=row[1], created_at=row[7], ended_at=row[8])


def _match(stored: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in stored.items()}

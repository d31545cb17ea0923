"""Planned maintenance: single windows, series by RRULE, and what a window's end gives back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.rrule import rrule, rruleset, rrulestr
from psycopg import Connection

from models.errors import WrongUse
from models.records.grouping import Window
from models.records.maintenance import PlannedWindow, Series
from models.store import windows

Rows = Connection[tuple[Any, ...]]
_LONGEST = timedelta(days=90)
_LONGEST_TEXT = 500
_MOST_LOOKED_AT = 10_000  # occurrences of a series that lie in the past
_MOST_NAMES, _MOST_VALUES = 20, 100


def plan_window(conn: Rows, window: Window, at: datetime) -> int:
    """Store a single window and return its id.

    Raises:
        WrongUse: It lacks a reason or owner, ends before it begins or in the past, or lasts longer
            than 90 days.
    """
    _check(window.reason, window.owner or "", window.match, window.ends_at - window.starts_at)
    if window.ends_at <= at:
        raise WrongUse("the window has ended already; give an end that lies ahead")
    return windows.add(conn, window) or 0


def plan_series(conn: Rows, series: Series, at: datetime) -> int:
    """Store a series with its first window ahead, and return the id of the series.

    Raises:
        WrongUse: The rule cannot be read or never comes again, or what `plan_window` refuses.
    """
    _check(series.reason, series.owner, series.match, timedelta(seconds=series.duration_seconds))
    if next_start(series, at) is None:
        raise WrongUse("the rule has no occurrence ahead")
    series_id = windows.add_series(conn, series)
    _plan_next(conn, series, series_id, at)
    return series_id


def go_on(conn: Rows, at: datetime) -> int:
    """Plan the next window of every series; one without any more is ended. Returns how many."""
    planned = 0
    for series in windows.series(conn):
        if _plan_next(conn, series, series.id, at):
            planned += 1
    return planned


def next_start(series: Series, at: datetime) -> datetime | None:
    """Return when the occurrence begins that goes on, or the next one that will; None at its end.

    Reckoned by the wall clock of the series' time zone: "Sundays at 2" stays so in summer.

    Raises:
        WrongUse: The rule or the time zone cannot be read.
    """
    zone = _zone(series.time_zone)
    local = at.astimezone(zone).replace(tzinfo=None)
    rule = _rule(series.rrule, series.starts_at.astimezone(zone).replace(tzinfo=None))
    since = local - timedelta(seconds=series.duration_seconds)
    for looked, start in enumerate(rule.xafter(since)):
        if looked > _MOST_LOOKED_AT:
            break
        return start.replace(tzinfo=zone).astimezone(UTC)
    return None


def overdue(conn: Rows, at: datetime) -> list[PlannedWindow]:
    """Return the windows that are over and have to give back what they hold."""
    return windows.over(conn, at)


def _plan_next(conn: Rows, series: Series, series_id: int, at: datetime) -> bool:
    start = next_start(series, at)
    if start is None:
        windows.end_series(conn, series_id, at)
        return False
    window = Window(
        id="",
        starts_at=start,
        ends_at=start + timedelta(seconds=series.duration_seconds),
        match=series.match,
        reason=series.reason,
        owner=series.owner,
    )
    return windows.add(conn, window, series_id) is not None


def _check(reason: str, owner: str, match: Mapping[str, tuple[str, ...]], lasts: timedelta) -> None:
    for name, text in (("reason", reason), ("owner", owner)):
        if not text.strip() or len(text) > _LONGEST_TEXT or "\0" in text:
            raise WrongUse(f"a maintenance needs a {name} of 1 to {_LONGEST_TEXT} characters")
    if not timedelta(0) < lasts <= _LONGEST:
        raise WrongUse("a maintenance lasts from some seconds to 90 days")
    if len(match) > _MOST_NAMES or any(len(values) > _MOST_VALUES for values in match.values()):
        raise WrongUse("a maintenance has at most 20 names to match, with 100 values each")
    if not all(name and all(values) and values for name, values in match.items()):
        raise WrongUse("each name to match has one value or more, as in --match service=shop")


def _rule(text: str, starts: datetime) -> rrule | rruleset:
    if len(text) > _LONGEST_TEXT:
        raise WrongUse("the rule is too long")
    plain = text.strip().upper().removeprefix("RRULE:")
    if "DTSTART" in plain or "SECONDLY" in plain or "MINUTELY" in plain:
        raise WrongUse("a rule repeats by the hour at most and has no DTSTART; give --from for it")
    try:
        return rrulestr(_in_local_time(plain), dtstart=starts)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise WrongUse(f"{text!r} is no RRULE such as FREQ=WEEKLY;BYDAY=SU: {error}") from error


def _in_local_time(rule: str) -> str:
    """Return a rule whose UNTIL has no time zone, as its start has none here."""
    parts = rule.split(";")
    return ";".join(one.removesuffix("Z") if one.startswith("UNTIL=") else one for one in parts)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise WrongUse(f"no time zone {name[:60]!r}; write one such as Europe/Berlin") from error

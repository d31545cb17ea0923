"""Planned maintenance: single windows, series by RRULE, and what a window's end gives back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
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
_FARTHEST = timedelta(days=3653)  # a series is looked at no farther, back or ahead
_MOST_COUNTED = 1000  # occurrences of a series that has so many
_ANY = frozenset(("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYHOUR", "BYMINUTE"))
_DAYS = frozenset(("BYDAY", "BYMONTH", "BYMONTHDAY"))
_TAKEN = {
    "DAILY": _DAYS,
    "WEEKLY": frozenset(("BYDAY", "BYMONTH")),
    "MONTHLY": _DAYS | {"BYSETPOS"},
    "YEARLY": _DAYS | {"BYSETPOS"},
}
_LENGTHS = dict(zip(range(1, 13), (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), strict=True))
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
    if series.starts_at < at - _FARTHEST:
        raise WrongUse("a series begins ten years ago at most; give a later --from")
    if next_start(series, at) is None:
        raise WrongUse("the rule has no occurrence in the ten years ahead")
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
    rule = _rule(series.rrule, _reckoned_from(series, zone))
    since = local - timedelta(seconds=series.duration_seconds)
    start = next(islice(rule.xafter(since), 1), None)
    if start is None or start > local + _FARTHEST:
        return None
    found: datetime = start.replace(tzinfo=zone).astimezone(UTC)
    return found


def _reckoned_from(series: Series, zone: ZoneInfo) -> datetime:
    """Return where a rule is reckoned from: its last planned occurrence is as good as its first.

    The time of day is the first one's: where clocks are put forward, an occurrence begins later
    than the rule says. A rule that counts its occurrences needs them all.
    """
    first = series.starts_at.astimezone(zone).replace(tzinfo=None)
    if series.last_start is None or "COUNT" in series.rrule.upper():
        return first
    last = series.last_start.astimezone(zone)
    return max(first, datetime.combine(last.date(), first.time()))


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
    try:
        _check_rule(dict(part.split("=", 1) for part in plain.strip(";").split(";")))
        return rrulestr(_in_local_time(plain), dtstart=starts)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise WrongUse(f"{text!r} is no RRULE such as FREQ=WEEKLY;BYDAY=SU: {error}") from error


def _check_rule(parts: Mapping[str, str]) -> None:
    """Refuse a rule whose next occurrence may take long to find.

    Raises:
        WrongUse: It is finer than daily, counts too far, or may never come.
        ValueError: A value is no number.
    """
    frequency = parts.get("FREQ", "")
    if frequency not in _TAKEN:
        raise WrongUse("a series comes daily at most: FREQ is DAILY, WEEKLY, MONTHLY or YEARLY")
    if unknown := parts.keys() - _ANY - _TAKEN[frequency]:
        raise WrongUse(f"a rule with FREQ={frequency} takes no {min(unknown)[:40]}")
    if "," in parts.get("BYMINUTE", ""):
        raise WrongUse("a series comes once an hour at most: give one BYMINUTE")
    if int(parts.get("COUNT", 1)) > _MOST_COUNTED:
        raise WrongUse(f"a series has a COUNT of {_MOST_COUNTED} at most; UNTIL has no such limit")
    if frequency == "DAILY" and int(parts.get("INTERVAL", 1)) > 1 and parts.keys() & _DAYS:
        raise WrongUse("a rule with FREQ=DAILY takes either an INTERVAL or days and months")
    if not _is_in_a_calendar(parts):
        raise WrongUse("none of the months of the rule has such a day")


def _is_in_a_calendar(parts: Mapping[str, str]) -> bool:
    if "BYMONTH" not in parts or "BYMONTHDAY" not in parts:
        return True
    longest = max(_LENGTHS[int(month)] for month in parts["BYMONTH"].split(","))
    return any(abs(int(day)) <= longest for day in parts["BYMONTHDAY"].split(","))


def _in_local_time(rule: str) -> str:
    """Return a rule whose UNTIL has no time zone, as its start has none here."""
    parts = rule.split(";")
    return ";".join(one.removesuffix("Z") if one.startswith("UNTIL=") else one for one in parts)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise WrongUse(f"no time zone {name[:60]!r}; write one such as Europe/Berlin") from error

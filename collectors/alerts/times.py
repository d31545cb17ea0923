"""Times as senders write them: RFC 3339 with any fraction, epoch in any unit, common texts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

_FRACTION = re.compile(r"(\.\d{6})\d+")
_COMPACT_ZONE = re.compile(r"([+-]\d{2})(\d{2})$")
_NUMBER = re.compile(r"-?\d{9,19}(?:\.\d{1,9})?")
_LAYOUTS = (
    "%Y.%m.%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%a %b %d %H:%M:%S %Y",
    "%a %b %d %H:%M:%S UTC %Y",
    "%a %b %d %Y %H:%M:%S UTC",
    "%A %d %B, %Y %H:%M:%S",
)
_LONGEST = 64
# An epoch is told from its size: seconds until the year 5138, then milli-, micro-, nanoseconds.
_UNITS = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (float("inf"), 1e9))
# Years before it stand for "never": the zero times of Go, .NET and of epoch 0.
_FIRST_YEAR = 1990
_LAST_YEAR = 9000


def moment(value: object) -> datetime | None:
    """Return the time in UTC; None where it is none, or stands for "not yet" (year 1, epoch 0).

    A time without a zone is taken for UTC.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _of_epoch(float(value) if abs(value) < 1e30 else 0.0)  # noqa: PLR2004  no overflow
    if isinstance(value, str) and 0 < len(value) <= _LONGEST:
        return _of_text(value.strip())
    return None


def _of_epoch(number: float) -> datetime | None:
    if not number > 0:  # NaN too
        return None
    unit = next(unit for limit, unit in _UNITS if number < limit or limit == float("inf"))
    try:
        return _sane(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number / unit))
    except (OverflowError, ValueError):
        return None


@lru_cache(maxsize=4096)  # an alert that fires again says again when it began
def _of_text(text: str) -> datetime | None:
    if _NUMBER.fullmatch(text):
        return _of_epoch(float(text))
    found = _iso(text) or _layout(text) or _mail(text)
    return _sane(found) if found else None


def _iso(text: str) -> datetime | None:
    plain = _FRACTION.sub(r"\1", text)
    for candidate in (plain, _COMPACT_ZONE.sub(r"\1:\2", plain.removesuffix(" UTC"))):
        try:
            return datetime.fromisoformat(candidate)
        except ValueError:
            continue
    return None


def _layout(text: str) -> datetime | None:
    for layout in _LAYOUTS:
        try:
            return datetime.strptime(text, layout)  # noqa: DTZ007  the zone is set by the caller
        except ValueError:
            continue
    return None


def _mail(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None


def _sane(found: datetime) -> datetime | None:
    try:
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        utc = aware.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return utc if _FIRST_YEAR <= utc.year <= _LAST_YEAR else None

"""Times as people write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from models.errors import WrongUse

_AGO = re.compile(r"(\d{1,6})\s*([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_time(text: str) -> datetime:
    """Return an aware time in UTC from RFC 3339, a date, or a span back from now such as `24h`.

    Raises:
        WrongUse: It is none of these; the message shows the forms.
    """
    try:
        return _time(text.strip())
    except (ValueError, OverflowError):  # the latter for a span that reaches before the year 1
        raise WrongUse(
            f"{text!r} is no time; write 2026-11-20T06:00:00Z, 2026-11-20, or 24h for a day back"
        ) from None


def parse_span(text: str) -> timedelta | None:
    """Return a span such as `7d`; None where the text is none.

    Raises:
        OverflowError: It is longer than any calendar.
    """
    found = _AGO.fullmatch(text)
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None


def needed_span(text: str) -> timedelta:
    """Return a span such as `7d`.

    Raises:
        WrongUse: It is none, or longer than any calendar.
    """
    try:
        span = parse_span(text.strip())
    except OverflowError:
        raise WrongUse(f"{text!r} is too long") from None
    if span is None:
        raise WrongUse(f"{text!r} is no span, such as 30s, 5m or 1h")
    return span


def span_words(seconds: int) -> str:
    """Return a span as people say it, exactly: `25 hours`, `1 day 30 minutes`, `0 seconds`."""
    parts, rest = [], seconds
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)):
        # Hours are spoken of up to two days: a job that runs daily is given 25 of them.
        if unit == "day" and (seconds % length and seconds < 2 * length):
            continue
        number, rest = divmod(rest, length)
        parts += [f"{number} {unit}{'s' * (number != 1)}"] * bool(number)
    return " ".join(parts) or "0 seconds"


def _time(text: str) -> datetime:
    if (ago := parse_span(text)) is not None:
        return datetime.now(UTC) - ago
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)

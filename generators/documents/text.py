"""Untrusted text made harmless in Markdown, and values in people's words.

Names, notes and versions are written by others. In a document they are only ever text: nothing of
them may become markup, a link, a diagram's syntax or a template.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

UNKNOWN = "unknown"
_MIB_PER_GIB, _MIB_PER_TIB = 1024, 1024 * 1024
_THOUSANDS = {"MHz": ("GHz", 1), "millicores": ("cores", 1), "Mbit/s": ("Gbit/s", 1)}

# Characters without a meaning in Markdown, HTML or a table, wherever they stand in a line.
_PLAIN = re.compile(r"[A-Za-z0-9 .,:/()%+=;?!'\"À-ɏ-]*")
_ESCAPED = {
    **{character: f"\\{character}" for character in "\\`*[]|~"},
    **{character: f"&#{ord(character)};" for character in "{}$"},
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
}
_SPECIAL = re.compile("|".join(re.escape(character) for character in _ESCAPED))
_EMPHASIS = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
# Line ends and controls; zero-width and direction marks, which make a text look like another.
_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_HIDDEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# GitHub and others link bare addresses; a name may not send a reader anywhere.
_ADDRESS = re.compile(r"(?i)\b(https?|ftp|javascript|data|vbscript|mailto|xmpp):|\b(www)\.")


def plain(value: str) -> str:
    """Return untrusted text on one line, without control and invisible characters."""
    return _HIDDEN.sub("\ufffd", _SPACES.sub(" ", value)).strip()


@lru_cache(maxsize=65536)
def escape(value: str) -> str:
    """Return untrusted text as Markdown that shows it as it is; safe in a line or a cell."""
    if _PLAIN.fullmatch(value) and "://" not in value and not _ADDRESS.search(value):
        return value.strip()
    text = _SPECIAL.sub(lambda match: _ESCAPED[match[0]], plain(value))
    text = _EMPHASIS.sub(r"\\_", text)
    return _ADDRESS.sub(_broken_address, text)


def _broken_address(match: re.Match[str]) -> str:
    return f"{match[1]}&#58;" if match[1] else f"{match[2]}&#46;"


def memory(mib: int | None) -> str:
    """Return MiB in the largest unit that shows it exactly, or to a tenth of a GiB when large."""
    if mib is None:
        return UNKNOWN
    for unit, size in (("TiB", _MIB_PER_TIB), ("GiB", _MIB_PER_GIB)):
        if mib >= size and mib % size == 0 and mib < 10 * size * _MIB_PER_GIB:
            return f"{mib // size:,} {unit}"
    if mib >= _MIB_PER_TIB:
        return f"{mib / _MIB_PER_TIB:,.2f} TiB"
    return f"{mib / _MIB_PER_GIB:,.1f} GiB" if mib >= 10 * _MIB_PER_GIB else f"{mib:,} MiB"


def quantity(value: float, unit: str) -> str:
    """Return a number with its unit, memory and clock rates in the unit that reads best."""
    if unit == "MiB" and isinstance(value, int):
        return memory(value)
    if unit in _THOUSANDS and value >= 1000:  # noqa: PLR2004  of a unit in the next one
        larger, digits = _THOUSANDS[unit]
        number = f"{value / 1000:,.{digits}f}"
        number = number if larger == "GHz" else number.removesuffix(".0")
        return f"{number} {'core' if larger == 'cores' and number == '1' else larger}"
    return f"{value:,} {unit}".rstrip()


def percent(part: float | None, whole: float | None) -> str:
    """Return a share in whole percent, rounded down as thresholds read it, or `unknown`."""
    if part is None or not whole:
        return UNKNOWN
    return f"{int(100 * part / whole)} %"


def more_than(number: int, shown: int, where: str) -> str:
    """Return the note of a list that was cut: how many more there are, and where; or ""."""
    return f"{number - shown:,} more. {where}" if number > shown else ""


def certainty(confidence: float) -> str:
    """Return how sure a joined edge is, in words that fit a cell."""
    return "certain" if confidence >= 1 else f"{min(99, round(100 * confidence))} %"


def moment(value: datetime) -> str:
    """Return a time as RFC 3339 in UTC, to the second."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(value: datetime) -> str:
    """Return a time as its date in UTC."""
    return value.astimezone(UTC).strftime("%Y-%m-%d")


_IRREGULAR = {
    "switch": "switches",
    "entry": "entries",
    "class": "classes",
    "policy": "policies",
    "address": "addresses",
    "ingress": "ingresses",
}


def counted(number: int, noun: str) -> str:
    """Return `1 host`, `2 hosts`, `1,204 virtual machines`."""
    head, _, last = noun.rpartition(" ")
    plural = _IRREGULAR.get(last, f"{last}s")
    return f"{number:,} {noun if number == 1 else f'{head} {plural}'.strip()}"


def listed(parts: Iterable[str]) -> str:
    """Return `a`, `a and b`, `a, b and c`."""
    *first, last = list(parts) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def slug(title: str) -> str:
    """Return the anchor that GitHub and our page give a heading."""
    kept = re.sub(r"[^\w\- ]", "", title.lower())
    return kept.strip().replace(" ", "-")

"""Reading of JSON that somebody else wrote: every step answers None instead of failing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from collectors.alerts import tongues
from collectors.alerts.wordlists import listed

# Nobody reads more of one text; what follows is cut before any pattern runs over it.
LONGEST_TEXT = 8192
MOST_ROWS = 10_000
_LONGEST_NAME = 128
_PATH = 2
_SAME_ANYWHERE = frozenset(listed("severity hostname title summary message description"))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# What senders leave where nothing was filled in.
_ABSENT = frozenset(
    listed("null none nil n/a na undefined (null) <none> - -- *unknown* nan <no value> [no value]")
)
_MACRO = re.compile(r"\$\{?[A-Z][A-Z0-9_.:]*\}?|\{\{.*\}\}|\{[A-Z0-9._#<>]+\}|\*[a-z]+[A-Z]\w*\*")


def at(value: object, *path: str | int | tuple[str, str]) -> Any:
    """Follow keys and list positions; None where one is missing or the shape is another.

    A pair goes on from an object only if this field of it has this value.
    """
    for step in path:
        if isinstance(step, tuple):
            value = value if isinstance(value, dict) and value.get(step[0]) == step[1] else None
        elif isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step] if -len(value) <= step < len(value) else None
        else:
            return None
    return value


def mapping(value: object) -> dict[str, Any]:
    """Return an object as it is, {} for anything else."""
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[dict[str, Any]]:
    """Return the objects of a list, at most `MOST_ROWS`; anything else in it is left out."""
    if not isinstance(value, list):
        return []
    return [row for row in value[:MOST_ROWS] if isinstance(row, dict)]


def left_out(value: object) -> int:
    """Return how many of a list's items are beyond those that are read."""
    return max(0, len(value) - MOST_ROWS) if isinstance(value, list) else 0


def text(value: object) -> str | None:
    """Return a word or number as clean text; None for nothing, a placeholder, or a structure."""
    if isinstance(value, str):
        return clean(value) or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number(value)
    return None


def number(value: float) -> str | None:
    """Return a number as text, 5.0 as `5`; None where it is not finite."""
    if isinstance(value, int):
        return str(value) if value.bit_length() <= LONGEST_TEXT else None
    if not math.isfinite(value):
        return None
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)  # noqa: PLR2004


def clean(value: str) -> str:
    """Return the text stripped, cut, and without what no store keeps (NUL, lone surrogates)."""
    cut = value[:LONGEST_TEXT]
    if not cut.isascii():
        cut = cut.encode("utf-8", "replace").decode("utf-8")
    if not cut.isprintable():
        cut = _CONTROL.sub("", cut)
    return cut.strip()


def word(value: object) -> str | None:
    """Return a text that names something; None for a placeholder or a macro left unfilled."""
    if value is None:
        return None
    found = text(value)
    if found is None or found.lower() in _ABSENT or _MACRO.fullmatch(found):
        return None
    return found


def first(value: object, *names: str) -> str | None:
    """Return the first of these fields of an object that names something."""
    if isinstance(value, dict):
        for name in names:
            if name in value and (found := word(value[name])) is not None:
                return found
    return None


def words(value: object) -> list[str]:
    """Return the texts of a list, or of one text parted by commas; [] for anything else."""
    if isinstance(value, str):
        value = value[:LONGEST_TEXT].split(",")
    if not isinstance(value, list):
        return []
    return [found for item in value[:MOST_ROWS] if (found := word(item)) is not None]


def keyed(value: object) -> dict[str, Any]:
    """Return the fields of an object by their plain names: lower case, letters and digits only.

    Senders whose payload people write by hand spell the same field in many ways (`alertId`,
    `alert_id`, `ALERT-ID`). Of two that are spelt alike the first one counts. A long
    path as a name (`kibana.alert.rule.name`) is known by its last two steps too, and by the last
    one where that means the same of anything.
    """
    found: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for key, item in mapping(value).items():
        found.setdefault(plain(key), item)
        if "." in key:
            *before, last = key.rsplit(".", 2)
            if len(before) == _PATH:
                paths.setdefault(plain(before[1] + last), item)
            if last in _SAME_ANYWHERE:
                paths.setdefault(last, item)
    return merged(found, paths) if paths else found


def plain(name: str) -> str:
    """Return a field's name in lower case, letters and digits only, in English where we know it."""
    return _plain(name[:_LONGEST_NAME])


@lru_cache(maxsize=8192)
def _plain(name: str) -> str:
    return tongues.field(name)


def tagged(tags: Iterable[str]) -> dict[str, str]:
    """Return `key:value` and `key=value` tags as labels; a tag without either is left out."""
    found: dict[str, str] = {}
    for tag in tags:
        key, value = _parted(tag)
        # Prometheus writes labels as `{job="node"}`.
        key, value = key.strip(" {"), value.strip(' "}')
        if key and value:
            found.setdefault(key, value)
    return found


def _parted(tag: str) -> tuple[str, str]:
    """Return a tag's name and value; an address has neither, for all its colon."""
    sign = min((sign for sign in ":=" if sign in tag), key=tag.index, default=":")
    key, _, value = tag.partition(sign)
    return ("", "") if value.startswith("//") else (key, value)


def pairs(value: object) -> dict[str, str]:
    """Return `[[key, value], ...]` or `[{key, value}, ...]` or an object as labels."""
    if isinstance(value, dict):
        items: Iterable[tuple[object, object]] = value.items()
    elif isinstance(value, list):
        items = [_pair(item) for item in value[:MOST_ROWS]]
    else:
        return {}
    return {
        key: found
        for name, item in items
        if (key := text(name)) is not None and (found := text(item)) is not None
    }


_NAMES = ("key", "name", "label", "tag", "title", "field")
_PAIR = 2


def _pair(item: object) -> tuple[object, object]:
    if isinstance(item, list) and len(item) == _PAIR:
        return item[0], item[1]
    if isinstance(item, dict):
        name = next((item[key] for key in _NAMES if key in item), None)
        value = item.get("value")
        # OpenTelemetry wraps a value in its type.
        return name, next(iter(value.values()), None) if isinstance(value, dict) else value
    return None, None


def merged(*sources: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of all, of equal names the first one's."""
    found: dict[str, Any] = {}
    for source in sources:
        for key, value in source.items():
            found.setdefault(key, value)
    return found

"""What differs between both sides of a change: in records, labels, long lists and long texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

import msgspec

from generators.documents.table import NONE, few
from generators.documents.text import UNKNOWN, counted, escape, moment, plain
from models.records.asset import AssetChange

Safe = Callable[[str], str]
_TEXTS = frozenset(("running_config",))  # compared line by line
_LONG_LIST = 6  # longer ones show only what one side has
_MOST_LINES, _LONGEST_LINE = 60, 160
_MOST_TEXTS = 40  # of one section
_KEYS = ("key", "lun", "name", "ip_address", "prefix", "address", "interface")
_TICKS = re.compile(r"`{3,}|~{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """A text of many lines that changed: whose, at what time, and the lines that differ."""

    name: str
    at: str
    diff: str


def is_text(change: AssetChange) -> bool:
    """Tell whether a change is one of a text that is compared line by line."""
    return change.field in _TEXTS


def is_records(value: Any) -> bool:
    """Tell whether a value is a list of records."""
    return isinstance(value, list) and any(isinstance(part, dict) for part in value)


def is_pairs(value: Any) -> bool:
    """Tell whether a value is a list of lists of text, such as labels."""
    return isinstance(value, list) and any(isinstance(part, list) for part in value)


def parts_that_differ(change: AssetChange, safe: Safe) -> tuple[str, str] | None:
    """Return both sides of a text or a list of records, only what differs; None of other values."""
    before, after = change.before, change.after
    if is_text(change):
        return line_counts(change)
    if is_records(before) or is_records(after):
        return record_differences(before or [], after or [], safe)
    if is_pairs(before) or is_pairs(after):
        return pair_differences(before or [], after or [], safe)
    return None


def only_differing(before: Any, after: Any) -> tuple[Any, Any]:
    """Return both sides, long lists without what both have."""
    if not isinstance(before, list) or not isinstance(after, list):
        return before, after
    if max(len(before), len(after)) <= _LONG_LIST:
        return before, after
    old, new = set(map(str, before)), set(map(str, after))
    return (
        [each for each in before if str(each) not in new],
        [each for each in after if str(each) not in old],
    )


def pair_differences(before: list[Any], after: list[Any], safe: Safe) -> tuple[str, str]:
    """Return the labels that only one side has, as `key=value`."""
    old, new = ([_pair(part) for part in side] for side in (before, after))
    left = [safe(each) for each in old if each not in set(new)]
    right = [safe(each) for each in new if each not in set(old)]
    return few(left), few(right)


def _pair(part: Any) -> str:
    return "=".join(map(str, part)) if isinstance(part, list) else str(part)


def record_differences(before: list[Any], after: list[Any], safe: Safe) -> tuple[str, str]:
    """Return what only one side has; an entry that both have shows the fields that differ."""
    sides = [Counter(map(_naming, side)) for side in (before, after)]
    telling = {name for side in sides for name in side if name and all(s[name] <= 1 for s in sides)}
    old, new = _keyed(before, telling), _keyed(after, telling)
    left, right = [], []
    for key in dict.fromkeys((*old, *new)):
        mine, other = old.get(key, {}), new.get(key, {})
        if mine == other:
            continue
        differing = [
            name for name in dict.fromkeys((*mine, *other)) if mine.get(name) != other.get(name)
        ]
        left.append(_entry(mine, differing if other else None, safe))
        right.append(_entry(other, differing if mine else None, safe))
    return few([part for part in left if part]), few([part for part in right if part])


def _keyed(records: list[Any], telling: set[str]) -> dict[str, dict[str, Any]]:
    """Return records by their name where that tells them apart; others by all that they hold."""
    found = {}
    for record in records:
        name = _naming(record)
        whole = msgspec.json.encode(record, order="deterministic").decode()
        found[name if name in telling else whole] = record
    return found


def _naming(record: dict[str, Any]) -> str:
    return next((str(record[key]) for key in _KEYS if record.get(key)), "")


def _entry(record: dict[str, Any], fields: list[str] | None, safe: Safe) -> str:
    if not record:
        return ""
    title = safe(str(record.get("label") or _naming(record) or _first_words(record) or "entry"))
    if fields is None:
        return title
    return f"{title} ({', '.join(f'{name}: {safe(_plain(record.get(name)))}' for name in fields)})"


def _first_words(record: dict[str, Any]) -> str:
    """Return what a record without a name says, such as the verbs of a rule."""
    return "; ".join(_plain(value) for value in record.values() if value)[:_LONGEST_LINE]


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(part) for part in value) or NONE
    return UNKNOWN if value is None else str(value)


def line_counts(change: AssetChange) -> tuple[str, str]:
    """Return how many lines went and came; the lines themselves stand below the table."""
    if not isinstance(change.before, str) or not isinstance(change.after, str):
        return tuple(  # type: ignore[return-value]
            UNKNOWN if side is None else counted(len(str(side).splitlines()), "line")
            for side in (change.before, change.after)
        )
    lines = _diff(change)
    gone = sum(line.startswith("-") for line in lines)
    come = sum(line.startswith("+") for line in lines)
    return f"{counted(gone, 'line')} gone", f"{counted(come, 'line')} new"


def texts_of(changes: Sequence[AssetChange]) -> list[TextChange]:
    """Return the differing lines of the texts that changed, at most so many of each."""
    found = [
        change
        for change in changes
        if is_text(change) and isinstance(change.before, str) and isinstance(change.after, str)
    ]
    return [
        TextChange(name=escape(change.name), at=moment(change.at), diff=_shown(change))
        for change in found[:_MOST_TEXTS]
    ]


def _shown(change: AssetChange) -> str:
    """Return the diff as text that cannot end the block of code it stands in."""
    lines = [_harmless(line) for line in _diff(change)]
    rest = len(lines) - _MOST_LINES
    more = [f"... {counted(rest, 'more line')}"] if rest > 0 else []
    return "\n".join([*lines[:_MOST_LINES], *more])


def _diff(change: AssetChange) -> list[str]:
    before, after = change.before.splitlines(), change.after.splitlines()
    # The first two lines only name the files.
    return list(unified_diff(before, after, n=1, lineterm=""))[2:]


def _harmless(line: str) -> str:
    sign, text = line[:1], line[1:]
    indent = len(text) - len(text.lstrip(" "))
    kept = _TICKS.sub(lambda match: "'" * len(match[0]), plain(text))
    kept = kept.replace("{{", "{ {").replace("{%", "{ %")
    whole = f"{sign}{' ' * min(indent, 20)}{kept}"
    return whole if len(whole) <= _LONGEST_LINE else f"{whole[: _LONGEST_LINE - 1]}\u2026"

"""A change of an asset in people's words, for who knows no field names."""

from __future__ import annotations

from typing import Any

from generators.documents.differences import only_differing, parts_that_differ
from generators.documents.table import few, is_number
from generators.documents.text import plain, quantity
from models.kinds import KINDS
from models.records.asset import AssetChange

_LONGEST_VALUE = 60


def change_words(change: AssetChange) -> str:
    """Return what changed and how: lists show only what differs in them.

    What is not seen any more is said so: of what has failed much cannot be read, and that is no
    change to nothing. Where a field names another asset by its id, only that it changed is told.
    """
    what = f"{change.kind} {plain(change.name)}"
    if change.field is None:
        return f"{what} was {change.change}"
    kind = KINDS.get(change.kind)
    field = kind.field(change.field) if kind else None
    label = field.fact.label if field else change.field
    if field and field.fact.reference:
        return f"{label} of {what} changed"
    unit = field.fact.unit if field and is_number(field) else ""
    before, after = (_cut(side) for side in _sides(change, unit))
    if change.lost:
        return f"{label} of {what} ({before} before) is not seen any more"
    return f"{label} of {what} changed from {before} to {after}"


def _sides(change: AssetChange, unit: str) -> tuple[str, str]:
    if parts := parts_that_differ(change, plain):
        return parts
    old, new = only_differing(change.before, change.after)
    return _value(old, unit), _value(new, unit)


def _value(value: Any, unit: str) -> str:
    if value is None or value in ("", []):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if unit and isinstance(value, str) and value.isdigit():  # as a decision of grouping keeps it
        value = int(value)
    if isinstance(value, (int, float)):
        return quantity(value, unit)
    if isinstance(value, list):
        return few([_value(part, unit) for part in value])
    return plain(str(value))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"

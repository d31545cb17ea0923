"""Tables of a document: columns from the kinds' declarations, cells in people's words."""

from __future__ import annotations

import typing
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from operator import attrgetter
from typing import Any

from generators.documents.facts import Facts, sources_of
from generators.documents.text import UNKNOWN, counted, escape, listed, moment, quantity
from models.kinds import Field, Kind
from models.records.asset import Asset

NONE = "none"
_LONGEST_LIST = 6  # values in one cell before the rest is only counted
Format = Callable[[Any], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with Markdown-safe cells; `right` names the columns of numbers.

    `note` stands in the provenance line below it, such as the file with all columns.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sources: tuple[str, ...]
    right: tuple[int, ...] = ()
    note: str = ""


def columns_of(kind: Kind, omit: Iterable[str] = ()) -> tuple[Field, ...]:
    """Return the fields that the tables of a kind show, in the order of its declaration."""
    left_out = set(omit)
    return tuple(field for field in kind.fields if field.fact.table and field.name not in left_out)


def inventory_table(
    kind: Kind, assets: Sequence[Asset], facts: Facts, *, omit: Iterable[str] = (), note: str = ""
) -> Table:
    """Return one row per asset with the kind's table fields."""
    fields = columns_of(kind, omit)
    formats = [formatter(field, facts) for field in fields]
    take = together([field.name for field in fields])
    rows = tuple(
        tuple(show(value) for show, value in zip(formats, take(asset.record), strict=True))
        for asset in assets
    )
    return Table(
        columns=tuple(field.fact.label for field in fields),
        rows=rows,
        sources=sources_of(assets) or facts.sources,
        right=tuple(place for place, field in enumerate(fields) if is_number(field)),
        note=note,
    )


def together(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return a function that takes these fields from a record at once, which is far faster."""
    if len(names) == 1:
        one = attrgetter(names[0])
        return lambda record: (one(record),)
    return attrgetter(*names)


def is_shown_in_a_cell(field: Field) -> bool:
    """Tell whether a field holds one value, or a list of texts, and no records."""
    parts = (field.type, *typing.get_args(field.type))
    return field.scalar is not None or tuple[str, ...] in parts


def is_number(field: Field) -> bool:
    """Tell whether a field holds one number."""
    scalar = field.scalar
    return scalar is not None and issubclass(scalar, (int, float)) and not issubclass(scalar, bool)


def formatter(field: Field, facts: Facts) -> Format:
    """Return the function that shows a field's values; what is not known is never left blank."""
    if field.fact.reference:
        return _references(facts)
    if is_number(field):
        unit = field.fact.unit
        absent = "unlimited" if "limit" in field.name else UNKNOWN
        if field.fact.volatile and unit == "MiB":
            return whole_gib
        return lambda value: absent if value is None else quantity(value, unit)
    return show


def whole_gib(mib: int | None) -> str:
    """Return an amount that moves all the time to the GiB, so that a document does not."""
    return UNKNOWN if mib is None else f"{round(mib / 1024):,} GiB"


def show(value: Any) -> str:
    """Return a value as Markdown-safe text."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, (tuple, list)):
        return few([show(part) for part in value])
    return escape(str(value))


def few(parts: Sequence[str]) -> str:
    """Return the first values and how many more there are; `none` for none."""
    if not parts:
        return NONE
    rest = len(parts) - _LONGEST_LIST
    shown = ", ".join(parts[:_LONGEST_LIST])
    return f"{shown} and {rest} more" if rest > 0 else shown


def _references(facts: Facts) -> Format:
    def shown(value: Any) -> str:
        if isinstance(value, (tuple, list)):
            return few([escape(facts.name(part)) for part in value])
        return escape(facts.name(value)) if value else "-"

    return shown


def markdown_table(table: Table) -> str:
    """Return the table with the line that says where it comes from."""
    if not table.rows:
        return f"None.\n\n{provenance(table)}"
    rule = [("--:" if place in table.right else "---") for place in range(len(table.columns))]
    lines = [f"| {' | '.join(table.columns)} |", f"| {' | '.join(rule)} |"]
    lines += [f"| {' | '.join(row)} |" for row in table.rows]
    return "\n".join(lines) + f"\n\n{provenance(table)}"


def provenance(table: Table) -> str:
    """Return where a table's facts come from; their time stands once, at the document's top."""
    sources = ", ".join(escape(source) for source in table.sources) or "no source"
    note = f" {table.note}" if table.note else ""
    return f"*Source: {sources}; collected at the time given at the top.{note}*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What all assets have in common, as `label: value`, and the settings in which they differ.

    `unseen` are the settings that are known of none of them.
    """

    same: tuple[str, ...]
    unseen: tuple[str, ...]
    differing: Table


def agreement(
    fields: Sequence[Field], assets: Sequence[Asset], facts: Facts, noun: str
) -> Agreement:
    """Collapse equal settings into one line each; a row of the table is one value of a setting.

    Equal settings that the inventory table shows anyway are not said again.
    """
    same, unseen, rows = [], [], []
    for field in fields:
        shown = formatter(field, facts)
        holders = defaultdict(list)
        for asset in assets:
            holders[shown(getattr(asset.record, field.name))].append(escape(asset.name))
        if set(holders) == {UNKNOWN}:
            unseen.append(field.fact.label)
        elif len(holders) == 1:
            same += [] if field.fact.table else [f"{field.fact.label}: {next(iter(holders))}"]
        else:
            rows += _rows(field.fact.label, holders, noun)
    differing = Table(
        columns=("Setting", "Value", f"{noun.capitalize()}s"),
        rows=tuple(rows),
        sources=sources_of(assets),
    )
    return Agreement(same=tuple(same), unseen=tuple(unseen), differing=differing)


def _rows(label: str, holders: dict[str, list[str]], noun: str) -> list[tuple[str, str, str]]:
    """Return a row per value, the most common first; many holders are counted, few are named."""
    by_size = sorted(holders.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        (
            label,
            value,
            listed(names) if len(names) <= _LONGEST_LIST else counted(len(names), noun),
        )
        for value, names in by_size
    ]


def tally(
    values: Iterable[Any],
    sources: tuple[str, ...],
    columns: tuple[str, str],
    most: int | None = None,
) -> Table:
    """Return how often each value occurs, the most common first, at most so many."""
    counts = Counter(show(value) for value in values)
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Table(
        columns=columns,
        rows=tuple((value, f"{count:,}") for value, count in rows[:most]),
        sources=sources,
        right=(1,),
        note=f"{len(rows) - most:,} more are rarer." if most and len(rows) > most else "",
    )

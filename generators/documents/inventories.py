"""CSV twins of the inventories: every scalar field of every asset, units in the header.

Volatile values stand in files of their own (`vm-usage.csv`), so that the others differ only when
something was changed. Cells that a spreadsheet would run as a formula are made text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from functools import cached_property
from hashlib import blake2b
from typing import Any

import msgspec

from generators.documents.facts import Facts
from generators.documents.table import is_shown_in_a_cell, together
from generators.documents.text import moment, plain
from models.kinds import KINDS, Field
from models.kinds.vm import Disk, Nic, VmSnapshot
from models.records.asset import Asset

# What makes a spreadsheet take a cell for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LISTS: dict[str, type[Any]] = {"disks": Disk, "nics": Nic, "snapshots": VmSnapshot}
_VERSION = b"1"
Row = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """One file before it is written: `rows` hold plain values, not yet text."""

    name: str
    header: tuple[str, ...]
    rows: Callable[[], Iterator[Row]]

    @cached_property
    def values(self) -> list[Row]:
        """The rows, made once."""
        return list(self.rows())

    @cached_property
    def input_hash(self) -> bytes:
        """What the file's bytes depend on."""
        content = msgspec.json.encode((self.header, self.values))
        return blake2b(_VERSION + content, digest_size=16).digest()

    def text(self) -> str:
        """Return the file's text; lines end in LF, so that git shows them well."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerows([_cell(value) for value in row] for row in self.values)
        return out.getvalue()


def inventories(facts: Facts) -> list[Inventory]:
    """Return the files of all kinds that have assets, and those of the VMs' parts."""
    files = []
    for kind in KINDS.values():
        assets = facts.of(kind.name)
        if not assets:
            continue
        files.append(_of_kind(kind.name, _scalars(kind.stable), assets, facts))
        if usage := _scalars(kind.volatile):
            files.append(_of_kind(f"{kind.name}-usage", usage, assets, facts))
    if vms := facts.of("vm"):
        files += [_of_parts(name, record, vms, facts) for name, record in _LISTS.items()]
    return files


def _scalars(columns: Sequence[Field]) -> list[Field]:
    """Return the fields that a cell can hold; the name stands in front anyway."""
    return [field for field in columns if is_shown_in_a_cell(field) and field.name != "name"]


def _of_kind(name: str, columns: list[Field], assets: Sequence[Asset], facts: Facts) -> Inventory:
    take = together([field.name for field in columns])
    pointing = {place for place, field in enumerate(columns) if field.fact.reference}

    def rows() -> Iterator[Row]:
        for asset in assets:
            values = list(take(asset.record))
            for place in pointing:
                values[place] = _named(values[place], facts)
            yield asset.id, asset.source, asset.name, *values

    return Inventory(
        name=f"{name}.csv",
        header=("id", "source", "name", *(_title(field) for field in columns)),
        rows=rows,
    )


def _of_parts(name: str, record: type[Any], vms: Sequence[Asset], facts: Facts) -> Inventory:
    columns = [field.name for field in fields(record)]
    take = together(columns)
    # A nested record names its datastore or network by key; the column is called like the kind.
    pointing = [(place, kind) for place, kind in enumerate(columns) if kind in KINDS]

    def rows() -> Iterator[Row]:
        for vm in vms:
            for part in getattr(vm.record, name):
                values = list(take(part))
                for place, kind in pointing:
                    other = facts.keyed(vm, kind, values[place])
                    values[place] = other.name if other else values[place]
                yield vm.id, vm.source, vm.name, *values

    return Inventory(
        name=f"vm-{name}.csv",
        header=("vm_id", "source", "vm", *(_unit_title(column) for column in columns)),
        rows=rows,
    )


def _named(value: Any, facts: Facts) -> Any:
    if isinstance(value, tuple):
        return tuple(facts.name(part) for part in value)
    return facts.name(value) if value else value


def _title(field: Field) -> str:
    unit = field.fact.unit
    return f"{field.fact.label} ({unit})" if unit else field.fact.label


def _unit_title(column: str) -> str:
    stem = column.removesuffix("_mib")
    words = stem.replace("_", " ").capitalize()
    return f"{words} (MiB)" if stem != column else words


def _cell(value: Any) -> Any:
    """Return a value as a cell: a number as it is, text on one line and never a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, datetime):
        return moment(value)
    text = "; ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
    text = plain(text)
    return f"'{text}" if text.startswith(_FORMULA) else text

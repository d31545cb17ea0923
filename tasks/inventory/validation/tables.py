"""Staged rows as columns: one table a kind, with what validation looks at and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.kinds import KINDS, Kind
from tasks.inventory.validation.rules import reference_column

Row = tuple[str, str, str, str, dict[str, Any], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of one kind; `columns` are its plain fields, `references` the asset ids it names.

    All lists have one entry a row, in the same order.
    """

    kind: Kind
    ids: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=dict)
    references: dict[str, list[list[str]]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)


def gather(rows: Iterable[Row], kinds: Mapping[str, Kind] = KINDS) -> dict[str, Table]:
    """Sort staged rows into a table for every kind, also for those without a row."""
    tables = {name: _empty(kind) for name, kind in kinds.items()}
    for asset_id, kind, key, name, attributes, volatile in rows:
        table = tables[kind]
        table.ids.append(asset_id)
        table.names.append(name)
        values = {**volatile, **attributes, "key": key, "name": name}
        for column, cells in table.columns.items():
            cells.append(values.get(column))
        for column, targets in table.references.items():
            targets.append(_targets(values.get(column)))
    return tables


def known_ids(tables: Mapping[str, Table], stored: Collection[str]) -> set[str]:
    """Return the asset ids that a reference may name: those seen now and those stored before."""
    return {asset_id for table in tables.values() for asset_id in table.ids} | set(stored)


def dangling(table: Table, column: str, row: int, known: Collection[str]) -> list[str]:
    """Return the references of one row that lead nowhere."""
    return [target for target in table.references[column][row] if target not in known]


def frame_columns(table: Table, known: Collection[str]) -> dict[str, list[Any]]:
    """Return the table's columns and, for each reference, whether all of a row's resolve."""
    columns = dict(table.columns)
    for name, targets in table.references.items():
        columns[reference_column(name)] = [all(one in known for one in cell) for cell in targets]
    return columns


def _empty(kind: Kind) -> Table:
    plain = [item.name for item in kind.fields if item.scalar is not None and not item.many]
    return Table(
        kind=kind,
        columns={name: [] for name in plain},
        references={item.name: [] for item in kind.references},
    )


def _targets(value: Any) -> list[str]:
    if isinstance(value, list):
        return [item for item in value if isinstance(item, str)]
    return [value] if isinstance(value, str) else []

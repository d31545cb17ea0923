"""CSV twins of the inventories: every scalar field of every asset, units in the header.

Volatile values stand in files of their own (`vm-usage.csv`, `device-arp-now.csv`), so that the
others differ only when something was changed. Lists of records have a file each, a row per record;
texts of many lines have none. Cells that a spreadsheet would run as a formula are made text.
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
from models.kinds import KINDS, Field, Kind
from models.kinds.device import ArpEntry, IpRoute, MacEntry, Module, Neighbour, RoutingPeer
from models.kinds.host import KernelAdapter, PhysicalNic
from models.kinds.kubernetes import KUBERNETES_KINDS
from models.kinds.kubernetes.common import Container, Port
from models.kinds.kubernetes.identity import Rule, Subject
from models.kinds.kubernetes.namespace import Quota
from models.kinds.kubernetes.node import Taint
from models.kinds.kubernetes.traffic import Route
from models.kinds.vm import Disk, Nic, VmSnapshot
from models.records.asset import Asset

# What makes a spreadsheet take a cell for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# The lists of records that have a file, by kind; those that are volatile are marked in its name.
_PARTS: dict[str, dict[str, type[Any]]] = {
    "vm": {"disks": Disk, "nics": Nic, "snapshots": VmSnapshot},
    "host": {"physical_nics": PhysicalNic, "kernel_adapters": KernelAdapter},
    "node": {"taints": Taint},
    "namespace": {"quotas": Quota},
    "deployment": {"containers": Container},
    "statefulset": {"containers": Container},
    "daemonset": {"containers": Container},
    "cronjob": {"containers": Container},
    "service": {"ports": Port},
    "ingress": {"routes": Route},
    "role": {"rules": Rule},
    "role_binding": {"subjects": Subject},
    "device": {
        "modules": Module,
        "neighbours": Neighbour,
        "routing_peers": RoutingPeer,
        "routes": IpRoute,
        "arp": ArpEntry,
        "mac_table": MacEntry,
    },
}
_TEXTS = frozenset(("running_config",))  # of many lines, no cell; see `configurations`
_UNITS = {"_mib": "MiB", "_millicores": "millicores", "_mbps": "Mbit/s"}
_FRONT = ("id", "source", "name")  # of every inventory
_PAIRS = tuple[tuple[str, str], ...]
_VERSION = b"3"
Row = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """One file before it is written: `rows` hold plain values, not yet text."""

    name: str
    header: tuple[str, ...]
    rows: Callable[[], Iterator[Row]]

    @property
    def path(self) -> str:
        """The file's path below the documents' folder."""
        return f"csv/{self.name}"

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
        if assets := facts.of(kind.name):
            files += files_of(kind, assets, facts)
    return files + _warnings(facts)


def files_of(kind: Kind, assets: Sequence[Asset], facts: Facts) -> list[Inventory]:
    """Return the files of a kind: the stable fields, the volatile ones, and each list of parts."""
    files = [_of_kind(kind, kind.name, _scalars(kind.stable), assets, facts)]
    if usage := _scalars(kind.volatile):
        files.append(_of_kind(kind, f"{kind.name}-usage", usage, assets, facts))
    parts = _PARTS.get(kind.name, {})
    return files + [_of_parts(kind, name, parts[name], assets, facts) for name in parts]


def _scalars(columns: Sequence[Field]) -> list[Field]:
    """Return the fields that a cell can hold; the name stands in front anyway."""
    return [
        field
        for field in columns
        if (is_shown_in_a_cell(field) or field.type == _PAIRS)
        and field.name != "name"
        and field.name not in _TEXTS
    ]


def _of_kind(
    kind: Kind, name: str, columns: list[Field], assets: Sequence[Asset], facts: Facts
) -> Inventory:
    take = together([field.name for field in columns])
    twins = _twins(columns)
    pointing = {
        place
        for place, field in enumerate(columns)
        if field.fact.reference and field.name not in twins
    }

    def rows() -> Iterator[Row]:
        for asset in assets:
            values = list(take(asset.record))
            for place in pointing:
                values[place] = _named(values[place], facts)
            yield asset.id, asset.source, asset.name, *values

    return Inventory(
        name=f"{name}.csv",
        header=(*_FRONT, *(_title(field, kind, twins) for field in columns)),
        rows=rows,
    )


def _twins(columns: Sequence[Field]) -> frozenset[str]:
    """Return the references beside which the same stands as text; they show the asset's id."""
    texts = {field.fact.label for field in columns if not field.fact.reference}
    return frozenset(
        field.name for field in columns if field.fact.reference and field.fact.label in texts
    )


def _of_parts(
    kind: Kind, name: str, record: type[Any], assets: Sequence[Asset], facts: Facts
) -> Inventory:
    columns = [field.name for field in fields(record)]
    take = together(columns)
    # A nested record names its datastore or network by key; the column is called like the kind.
    pointing = [(place, other) for place, other in enumerate(columns) if other in KINDS]

    def rows() -> Iterator[Row]:
        for asset in assets:
            for part in getattr(asset.record, name) or ():
                values = list(take(part))
                for place, other in pointing:
                    found = facts.keyed(asset, other, values[place])
                    values[place] = found.name if found else values[place]
                yield asset.id, asset.source, asset.name, *values

    declared = kind.field(name)
    now = "-now" if declared and declared.fact.volatile else ""
    return Inventory(
        name=f"{kind.name}-{name.replace('_', '-')}{now}.csv",
        header=(f"{kind.name}_id", "source", kind.name, *(_unit_title(each) for each in columns)),
        rows=rows,
    )


def _warnings(facts: Facts) -> list[Inventory]:
    """Return the file of recent warning events about objects of Kubernetes, if there is any."""
    kinds = [
        kind.name for kind in KUBERNETES_KINDS if kind.field("warnings") and facts.of(kind.name)
    ]
    if not kinds:
        return []

    def rows() -> Iterator[Row]:
        for kind in kinds:
            for asset in facts.of(kind):
                for each in asset.record.warnings:
                    values = each.reason, each.message, each.count, each.last_at
                    yield asset.id, asset.source, asset.name, KINDS[kind].title, *values

    return [
        Inventory(
            name="kubernetes-warnings-now.csv",
            header=("id", "source", "name", "kind", "Reason", "Message", "Count", "Last"),
            rows=rows,
        )
    ]


def _named(value: Any, facts: Facts) -> Any:
    if isinstance(value, tuple):
        return tuple(facts.name(part) for part in value)
    return facts.name(value) if value else value


def _title(field: Field, kind: Kind, twins: frozenset[str]) -> str:
    """Return a header that no other column has, in small letters or large."""
    label, unit = field.fact.label, field.fact.unit
    if field.name in twins:
        return f"{label} id"
    if label.lower() in _FRONT:
        return f"{kind.title} {label.lower()}"
    return f"{label} ({unit})" if unit else label


def _unit_title(column: str) -> str:
    for ending, unit in _UNITS.items():
        if column.endswith(ending):
            return f"{column.removesuffix(ending).replace('_', ' ').capitalize()} ({unit})"
    return column.replace("_", " ").capitalize()


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
    text = "; ".join(map(_part, value)) if isinstance(value, tuple) else str(value)
    text = plain(text)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _part(value: Any) -> str:
    """Return one value of a list; a label is `key=value`, a nested list has commas."""
    if not isinstance(value, tuple):
        return str(value)
    return "=".join(map(str, value)) if len(value) == 2 else ", ".join(map(str, value))  # noqa: PLR2004

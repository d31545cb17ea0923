"""How a kind of asset is declared: one frozen dataclass whose fields carry their meaning.

Everything that needs a kind's fields (validation suites, diffs, CSV columns, redaction, the
documents' tables, the relations of the graph) reads `Kind.fields`; nothing repeats them.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

RelationType = Literal[
    "runs_on",
    "member_of",
    "stored_on",
    "connected_to",
    "part_of",
    "owned_by",
    "selects",
    "mounts",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A field that holds the key, or keys, of assets of another kind; it makes relations."""

    kind: str
    relation: RelationType


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a field means. Used as `Annotated[type, Fact(label=...)]`.

    `volatile` fields change by themselves (usage, free space): they are kept apart, make no new
    version and no change entry. `sensitive` text is written by people and passes redaction.
    `low` and `high` are inclusive bounds, for validation. `unique` holds within one source.
    `table` fields are the columns of the documents' inventory tables. `remembered_while` names a
    field: while that one does not change, an unknown value keeps the last known one, for facts that
    the source itself forgets (an event that has aged out).
    """

    label: str
    unit: str = ""
    volatile: bool = False
    sensitive: bool = False
    unique: bool = False
    table: bool = False
    low: float | None = None
    high: float | None = None
    reference: Reference | None = None
    remembered_while: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a kind, as derived from its declaration."""

    name: str
    fact: Fact
    type: Any
    required: bool
    many: bool

    @property
    def choices(self) -> tuple[str, ...]:
        """The allowed values where the type is an enumeration, else ()."""
        for part in _members(self.type):
            if isinstance(part, type) and issubclass(part, StrEnum):
                return tuple(member.value for member in part)
        return ()

    @property
    def scalar(self) -> type | None:
        """The plain type of one value: str, int, float, bool or datetime; None for records."""
        for part in _members(self.type):
            if isinstance(part, type) and issubclass(part, (str, bool, int, float, datetime)):
                return part
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of asset: its name, its record type and its fields in order.

    `filtered` is one of which the system leaves out, without a word, each object that the account
    has no right to see: that one is missing may be a lost permission. Others are listed whole or
    refused, so that what is missing in a list is gone.
    """

    name: str
    title: str
    plural: str
    type: type[Any]
    fields: tuple[Field, ...]
    filtered: bool = False

    @property
    def stable(self) -> tuple[Field, ...]:
        """The fields that make a version when they change."""
        return tuple(field for field in self.fields if not field.fact.volatile)

    @property
    def volatile(self) -> tuple[Field, ...]:
        """The fields that change by themselves and are kept apart."""
        return tuple(field for field in self.fields if field.fact.volatile)

    @property
    def references(self) -> tuple[Field, ...]:
        """The fields that point at other assets."""
        return tuple(field for field in self.fields if field.fact.reference)

    def field(self, name: str) -> Field | None:
        """Return the field of that name, or None."""
        return next((field for field in self.fields if field.name == name), None)


def declare(
    record: type[Any], *, name: str, title: str, plural: str, filtered: bool = False
) -> Kind:
    """Derive a kind from its record type.

    Raises:
        TypeError: A field carries no `Fact`, or the record lacks `key` or `name`.
    """
    hints = typing.get_type_hints(record, include_extras=True)
    fields = tuple(_field(item, hints[item.name]) for item in dataclasses.fields(record))
    if {"key", "name"} - {field.name for field in fields}:
        raise TypeError(f"{record.__name__} needs the fields key and name")
    return Kind(
        name=name, title=title, plural=plural, type=record, fields=fields, filtered=filtered
    )


def _field(item: dataclasses.Field[Any], hint: Any) -> Field:
    facts = [extra for extra in getattr(hint, "__metadata__", ()) if isinstance(extra, Fact)]
    if len(facts) != 1:
        raise TypeError(f"field {item.name} needs exactly one Fact")
    plain = typing.get_args(hint)[0]
    return Field(
        name=item.name,
        fact=facts[0],
        type=plain,
        required=types.NoneType not in typing.get_args(plain),
        many=typing.get_origin(plain) is tuple,
    )


def _members(hint: Any) -> tuple[Any, ...]:
    arguments = typing.get_args(hint)
    return tuple(part for part in arguments if part is not Ellipsis) if arguments else (hint,)

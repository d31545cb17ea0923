"""The parts of the API's JSON that every object shares, as typed subsets.

What is not declared here is skipped while parsing and never becomes a Python object. Of
annotations the values stay undecoded bytes. Source: Kubernetes API reference, `ObjectMeta`,
`ListMeta`, `LabelSelector`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, TypeVar

from msgspec import Meta as Limits
from msgspec import Raw, Struct, field

Item = TypeVar("Item")
# What a database and other readers of JSON can hold.
Whole = Annotated[int, Limits(ge=-(1 << 62), le=1 << 62)]


class Shape(Struct, rename="camel", gc=False):
    """A JSON object of the API; without cycles, so the garbage collector need not look at it."""


class Owner(Shape):
    """An entry of `metadata.ownerReferences`."""

    kind: str
    name: str
    uid: str
    controller: bool | None = None


class Managed(Shape):
    """An entry of `metadata.managedFields`: which version of the API somebody wrote with."""

    api_version: str | None = None


class Meta(Shape):
    """`metadata` of most objects."""

    name: str
    uid: str
    namespace: str | None = None
    creation_timestamp: datetime | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, Raw] | None = None
    owner_references: list[Owner] | None = None
    managed_fields: list[Managed] | None = None


class ListMeta(Shape):
    """`metadata` of a list; `token` asks for the next page."""

    token: str | None = field(default=None, name="continue")


class ObjectList(Shape, Generic[Item]):
    """A page of objects."""

    items: list[Item] | None
    kind: str | None = None
    metadata: ListMeta = field(default_factory=ListMeta)


class Bare(Shape):
    """An object of which only the metadata is wanted."""

    metadata: Meta


class Named(Shape):
    """A reference by name."""

    name: str | None = None


class Expression(Shape):
    """An entry of a label selector's `matchExpressions`."""

    key: str
    operator: str
    values: list[str] | None = None


class LabelSelector(Shape):
    """A label selector."""

    match_labels: dict[str, str] | None = None
    match_expressions: list[Expression] | None = None


class Condition(Shape):
    """A condition of any object."""

    type: str | None = None
    status: str | None = None
    reason: str | None = None
    message: str | None = None


class Column(Shape):
    """A column of a table that the server prints."""

    name: str


class Row(Shape):
    """A row of such a table, with the metadata of its object."""

    cells: list[str | Whole | float | bool | None]
    object: Bare


class Table(Shape, Generic[Item]):
    """A list as the server prints it for people (`meta.k8s.io/v1`)."""

    column_definitions: list[Column]
    rows: list[Item] | None
    kind: str | None = None
    metadata: ListMeta = field(default_factory=ListMeta)

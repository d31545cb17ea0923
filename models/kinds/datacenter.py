"""The kind `datacenter`: vCenter's datacenter object. The key is its managed object id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, Reference, declare


@dataclass(frozen=True, slots=True, kw_only=True)
class Datacenter:
    """A datacenter of a vCenter."""

    key: Key
    name: Name
    vcenter: Annotated[
        str | None,
        Fact(label="vCenter", table=True, reference=Reference(kind="vcenter", relation="part_of")),
    ] = None


DATACENTER = declare(
    Datacenter, name="datacenter", title="Datacenter", plural="Datacenters", filtered=True
)

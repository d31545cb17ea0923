"""The kind `resource_pool`. The key is its managed object id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, Reference, declare


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcePool:
    """A resource pool; a limit of None means unlimited.

    Source of the property paths: vSphere Web Services API, `ResourcePool.config`.
    """

    key: Key
    name: Name
    cluster: Annotated[
        str | None,
        Fact(label="Cluster", table=True, reference=Reference(kind="cluster", relation="owned_by")),
    ] = None
    parent: Annotated[
        str | None,
        Fact(
            label="Parent pool",
            table=True,
            reference=Reference(kind="resource_pool", relation="part_of"),
        ),
    ] = None
    cpu_reservation_mhz: Annotated[
        int | None, Fact(label="CPU reservation", unit="MHz", table=True, low=0)
    ] = None
    cpu_limit_mhz: Annotated[int | None, Fact(label="CPU limit", unit="MHz", table=True, low=0)] = (
        None
    )
    cpu_shares: Annotated[str | None, Fact(label="CPU shares", table=True)] = None
    cpu_expandable: Annotated[bool | None, Fact(label="CPU expandable")] = None
    memory_reservation_mib: Annotated[
        int | None, Fact(label="Memory reservation", unit="MiB", table=True, low=0)
    ] = None
    memory_limit_mib: Annotated[
        int | None, Fact(label="Memory limit", unit="MiB", table=True, low=0)
    ] = None
    memory_shares: Annotated[str | None, Fact(label="Memory shares", table=True)] = None
    memory_expandable: Annotated[bool | None, Fact(label="Memory expandable")] = None


RESOURCE_POOL = declare(
    ResourcePool,
    name="resource_pool",
    title="Resource pool",
    plural="Resource pools",
    filtered=True,
)

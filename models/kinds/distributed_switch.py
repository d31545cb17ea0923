"""The kind `distributed_switch`. The key is its managed object id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, Reference, declare


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributedSwitch:
    """A distributed virtual switch.

    Source of the property paths: vSphere Web Services API, `DistributedVirtualSwitch`.
    """

    key: Key
    name: Name
    uuid: Annotated[str | None, Fact(label="UUID")] = None
    version: Annotated[str | None, Fact(label="Version", table=True)] = None
    mtu: Annotated[int | None, Fact(label="MTU", table=True, low=576, high=9216)] = None
    port_count: Annotated[int | None, Fact(label="Ports", table=True, low=0)] = None
    uplink_names: Annotated[tuple[str, ...], Fact(label="Uplinks", table=True)] = ()
    discovery_protocol: Annotated[str | None, Fact(label="Discovery", table=True)] = None
    io_control: Annotated[bool | None, Fact(label="Network I/O control")] = None
    hosts: Annotated[
        tuple[str, ...],
        Fact(label="Hosts", reference=Reference(kind="host", relation="connected_to")),
    ] = ()
    datacenter: Annotated[
        str | None,
        Fact(label="Datacenter", reference=Reference(kind="datacenter", relation="part_of")),
    ] = None


DISTRIBUTED_SWITCH = declare(
    DistributedSwitch,
    name="distributed_switch",
    title="Distributed switch",
    plural="Distributed switches",
    filtered=True,
)

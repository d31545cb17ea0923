"""The kind `network`: a port group, standard or distributed. The key is its managed object id."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, Reference, declare


class NetworkType(StrEnum):
    """What carries the network."""

    STANDARD = "standard"
    DISTRIBUTED = "distributed"
    OPAQUE = "opaque"


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A port group; `vlan` is `12`, a trunk such as `10-20,30`, `private 100`, or None if unknown.

    Source of the property paths: vSphere Web Services API, `Network`,
    `DistributedVirtualPortgroup.config` and the hosts' `config.network.portgroup`.
    """

    key: Key
    name: Name
    type: Annotated[NetworkType, Fact(label="Type", table=True)]
    vlan: Annotated[str | None, Fact(label="VLAN", table=True)] = None
    switch: Annotated[
        str | None,
        Fact(
            label="Distributed switch",
            table=True,
            reference=Reference(kind="distributed_switch", relation="part_of"),
        ),
    ] = None
    uplink: Annotated[bool, Fact(label="Uplink group")] = False
    binding: Annotated[str | None, Fact(label="Port binding", table=True)] = None
    port_count: Annotated[int | None, Fact(label="Ports", table=True, low=0)] = None
    active_uplinks: Annotated[tuple[str, ...], Fact(label="Active uplinks")] = ()
    standby_uplinks: Annotated[tuple[str, ...], Fact(label="Standby uplinks")] = ()
    promiscuous: Annotated[bool | None, Fact(label="Promiscuous mode")] = None
    forged_transmits: Annotated[bool | None, Fact(label="Forged transmits")] = None
    mac_changes: Annotated[bool | None, Fact(label="MAC changes")] = None
    accessible: Annotated[bool | None, Fact(label="Accessible")] = None
    datacenter: Annotated[
        str | None,
        Fact(label="Datacenter", reference=Reference(kind="datacenter", relation="part_of")),
    ] = None


NETWORK = declare(Network, name="network", title="Network", plural="Networks", filtered=True)

"""The few fields that joins read of each kind: whole assets would cost ten times as much.

A field is called what the kind calls it; references hold asset ids, as they do in the store.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from models.kinds.device import ArpEntry, MacEntry, Neighbour
from models.kinds.host import KernelAdapter, PhysicalNic, VirtualSwitch
from models.kinds.kubernetes.common import Pairs, Selector

_FIRST = ("id", "key", "source", "name")  # what every asset has, whatever its kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What every asset has."""

    id: str
    source: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Node(Joined):
    """A node; its key is the uid that its cluster gave it."""

    key: str
    cluster: str
    ip_addresses: tuple[str, ...] = ()
    host_name: str | None = None
    system_uuid: str | None = None
    provider_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """A network adapter of a VM."""

    label: str = ""
    mac: str | None = None
    ip_addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vm(Joined):
    """A VM; its key is the instance UUID."""

    key: str
    template: bool = False
    bios_uuid: str | None = None
    host_name: str | None = None
    ip_addresses: tuple[str, ...] = ()
    host: str | None = None
    nics: tuple[Adapter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Host(Joined):
    """A host with its adapters and switches."""

    uuid: str | None = None
    physical_nics: tuple[PhysicalNic, ...] | None = None
    virtual_switches: tuple[VirtualSwitch, ...] | None = None
    kernel_adapters: tuple[KernelAdapter, ...] | None = None
    networks: tuple[str, ...] = ()
    datastores: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Network(Joined):
    """A port group; the uplinks of a standard one are vmnics."""

    type: str
    vlan: str | None = None
    switch: str | None = None
    active_uplinks: tuple[str, ...] = ()
    standby_uplinks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributedSwitch(Joined):
    """A distributed switch, for its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Datastore(Joined):
    """A datastore; `remote_path` is `server:/path`."""

    url: str | None = None
    remote_path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device(Joined):
    """A network device with what it hears and what it has learned."""

    site: str | None = None
    base_mac: str | None = None
    neighbours: tuple[Neighbour, ...] | None = None
    arp: tuple[ArpEntry, ...] | None = None
    mac_table: tuple[MacEntry, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface(Joined):
    """A port of a device."""

    device: str | None = None
    mac: str | None = None
    port_channel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vlan(Joined):
    """A VLAN of a site and the devices that have it."""

    vlan_id: int
    devices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume(Joined):
    """A persistent volume."""

    cluster: str
    backend: str = "other"
    driver: str | None = None
    server: str | None = None
    path: str | None = None
    storage_class_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageClass(Joined):
    """A storage class."""

    parameters: Pairs = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod(Joined):
    """A pod, for its labels."""

    cluster: str
    namespace: str
    labels: Pairs = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Joined):
    """A service; its selector is a list of labels."""

    cluster: str
    namespace: str
    selector: Pairs = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(Joined):
    """A network policy or a disruption budget; None selects nothing."""

    cluster: str
    namespace: str
    selector: Selector | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """All that joins are made from, each kind in the order of its ids."""

    node: tuple[Node, ...] = ()
    vm: tuple[Vm, ...] = ()
    host: tuple[Host, ...] = ()
    network: tuple[Network, ...] = ()
    distributed_switch: tuple[DistributedSwitch, ...] = ()
    datastore: tuple[Datastore, ...] = ()
    device: tuple[Device, ...] = ()
    interface: tuple[Interface, ...] = ()
    vlan: tuple[Vlan, ...] = ()
    pv: tuple[Volume, ...] = ()
    storage_class: tuple[StorageClass, ...] = ()
    pod: tuple[Pod, ...] = ()
    service: tuple[Service, ...] = ()
    network_policy: tuple[Policy, ...] = ()
    pod_disruption_budget: tuple[Policy, ...] = ()


_LISTS: dict[str, Any] = typing.get_type_hints(Inputs)
KINDS = tuple(_LISTS)


def fields_of(kind: str) -> list[str]:
    """Return the names of the fields that joins read of a kind, beside what every asset has."""
    record = typing.get_args(_LISTS[kind])[0]
    return [item.name for item in dataclasses.fields(record) if item.name not in _FIRST]


def read_inputs(rows: Mapping[str, Sequence[str]]) -> Inputs:
    """Read the JSON objects of each kind; what a record does not declare is passed over."""
    return Inputs(**{kind: _read(f"[{','.join(these)}]", kind) for kind, these in rows.items()})


def _read(text: str, kind: str) -> Any:
    try:
        return msgspec.json.decode(text, type=_LISTS[kind])
    except msgspec.ValidationError:
        # A row that is older than a field says null: what was not known then takes its default.
        known = [
            {name: value for name, value in each.items() if value is not None}
            for each in msgspec.json.decode(text)
        ]
        return msgspec.convert(known, _LISTS[kind], strict=False)

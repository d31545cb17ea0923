"""Which VM, or which host, a node runs on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeAlias
from uuid import UUID

from models.records.graph import Join
from tasks.inventory.joining.agreement import Claim, agreed, joined
from tasks.inventory.joining.records import Host, Inputs, Node, Vm
from tasks.inventory.joining.spelling import (
    grouped,
    mac_of,
    same_host,
    short,
    swapped,
    uuid_of,
)

SAME_UUID = 1.0  # both systems name the same firmware UUID
SWAPPED_UUID = 0.95  # agrees in 128 bits too, but only after it was read in another byte order
ARP_ENTRY = 0.9  # two steps, and an entry may be minutes old
GUEST_ADDRESS = 0.8  # addresses are reused, and private ranges overlap between sites
SAME_NAME = 0.6  # names are a convention of people

_PROVIDER = "vsphere://"
_Machine: TypeAlias = Vm | Host
_Uuids: TypeAlias = dict[UUID, _Machine]


def join_nodes(inputs: Inputs) -> list[Join]:
    """Join each node to the machine that it runs on: one machine is one node."""
    return joined("runs_on", agreed(_claims(inputs)))


def _claims(inputs: Inputs) -> Iterator[Claim]:
    machines = [vm for vm in inputs.vm if not vm.template]
    firmware = _unique((uuid_of(vm.bios_uuid), vm) for vm in machines)
    hosts = _unique((uuid_of(host.uuid), host) for host in inputs.host)
    instances = _unique((uuid_of(vm.key), vm) for vm in machines)
    yield from _by_uuid(inputs.node, {**hosts, **firmware}, {**instances, **firmware})
    yield from _by_arp(inputs, machines)
    yield from _by_address(inputs.node, machines)
    yield from _by_name(inputs.node, [*machines, *inputs.host])


def _unique(pairs: Iterable[tuple[UUID | None, _Machine]]) -> _Uuids:
    """Index machines by UUID; one that several bear, such as clones, tells nothing."""
    found: dict[UUID, list[_Machine]] = defaultdict(list)
    for key, machine in pairs:
        if key is not None:
            found[key].append(machine)
    return {key: these[0] for key, these in found.items() if len(these) == 1}


def _by_uuid(nodes: Iterable[Node], firmware: _Uuids, provided: _Uuids) -> Iterator[Claim]:
    borne: dict[UUID, list[Node]] = defaultdict(list)
    for node in nodes:
        if (own := uuid_of(node.system_uuid)) is not None:
            borne[own].append(node)
        if (given := _provided(node)) is not None and given in provided:
            reason = f"Provider id {node.provider_id} of node {node.name} is the UUID of"
            yield _claim(node, provided[given], SAME_UUID, reason)
    for own, bearers in borne.items():
        if len(bearers) == 1:
            yield from _by_system_uuid(bearers[0], own, firmware)


def _by_system_uuid(node: Node, own: UUID, firmware: _Uuids) -> Iterator[Claim]:
    if own in firmware:
        reason = f"System UUID {own} of node {node.name} is the firmware UUID of"
        yield _claim(node, firmware[own], SAME_UUID, reason)
    if (other := swapped(own)) in firmware:
        reason = (
            f"System UUID {own} of node {node.name}, its first three groups in the byte order"
            f" of before SMBIOS 2.6, is the firmware UUID {other} of"
        )
        yield _claim(node, firmware[other], SWAPPED_UUID, reason)


def _provided(node: Node) -> UUID | None:
    given = node.provider_id or ""
    return uuid_of(given.removeprefix(_PROVIDER)) if given.startswith(_PROVIDER) else None


def _by_arp(inputs: Inputs, machines: list[Vm]) -> Iterator[Claim]:
    by_mac = grouped(machines, lambda vm: [mac_of(nic.mac) for nic in vm.nics])
    resolved: dict[str, dict[str, str]] = defaultdict(dict)
    wanted = {address for node in inputs.node for address in node.ip_addresses}
    for device in inputs.device:
        for entry in device.arp or ():
            if entry.ip_address in wanted and (mac := mac_of(entry.mac)) in by_mac:
                resolved[entry.ip_address].setdefault(str(mac), device.name)
    for node in inputs.node:
        for address in node.ip_addresses:
            for mac, device_name in resolved.get(address, {}).items():
                reason = (
                    f"Address {address} of node {node.name} is at MAC {mac} in the ARP table of"
                    f" {device_name}, which is a network adapter of"
                )
                for vm in by_mac[mac]:
                    yield _claim(node, vm, ARP_ENTRY, reason)


def _by_address(nodes: Iterable[Node], machines: list[Vm]) -> Iterator[Claim]:
    by_address = grouped(
        machines,
        lambda vm: [*vm.ip_addresses, *(one for nic in vm.nics for one in nic.ip_addresses)],
    )
    for node in nodes:
        for address in node.ip_addresses:
            reason = f"Address {address} of node {node.name} is a guest address of"
            for vm in by_address.get(address, ()):
                yield _claim(node, vm, GUEST_ADDRESS, reason)


def _by_name(nodes: Iterable[Node], machines: list[_Machine]) -> Iterator[Claim]:
    by_name = grouped(machines, lambda machine: [short(name) for name in _names(machine)])
    for node in nodes:
        for own in dict.fromkeys(name for name in (node.name, node.host_name) if name):
            for machine in by_name.get(short(own), ()):
                same = next((name for name in _names(machine) if same_host(own, name)), None)
                if same is not None:
                    reason = f"Name {own} of node {node.name} is the name {same} of"
                    yield _claim(node, machine, SAME_NAME, reason)


def _names(machine: _Machine) -> list[str]:
    guest = machine.host_name if isinstance(machine, Vm) else None
    return [name for name in (machine.name, guest) if name]


def _claim(node: Node, machine: _Machine, confidence: float, reason: str) -> Claim:
    what = "VM" if isinstance(machine, Vm) else "host"
    return Claim(
        from_id=node.id,
        to_id=machine.id,
        confidence=confidence,
        reason=f"{reason} {what} {machine.name}.",
    )

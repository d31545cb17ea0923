"""Which VM, or which host, a node runs on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias
from uuid import UUID

from models.records.graph import Join, Learned
from tasks.inventory.joining.agreement import Claim, agreed, joined
from tasks.inventory.joining.identity import only
from tasks.inventory.joining.records import Device, Host, Inputs, Node, Vm
from tasks.inventory.joining.spelling import (
    grouped,
    is_common,
    mac_of,
    same_host,
    short,
    swapped,
    uuid_of,
)

SAME_UUID = 1.0  # both systems name the same firmware UUID
SWAPPED_UUID = 0.95  # agrees in 128 bits too, but only after it was read in another byte order
GUEST_ADDRESS = 0.8  # addresses are reused, and private ranges overlap between sites
ARP_ENTRY = 0.7  # so are they there, and an entry may be old; what the guest says goes before it
SAME_NAME = 0.6  # names are a convention of people

_PROVIDER = "vsphere://"
_Machine: TypeAlias = Vm | Host
_Uuids: TypeAlias = dict[UUID, Sequence[_Machine]]
_Same: TypeAlias = Mapping[str, str]


def join_nodes(inputs: Inputs, hosts: Iterable[Join], same: _Same) -> list[Join]:
    """Join each node to the machine that it runs on: one machine is one node.

    Args:
        inputs: The facts.
        hosts: The joins of hosts to switch ports.
        same: What nodes and machines are that two sources have seen.
    """
    return joined("runs_on", agreed(_claims(inputs, hosts, same), same=same))


def _claims(inputs: Inputs, joins: Iterable[Join], same: _Same) -> Iterator[Claim]:
    machines = [vm for vm in inputs.vm if not vm.template]
    firmware = _unique(((uuid_of(vm.bios_uuid), vm) for vm in machines), same)
    hosts = _unique(((uuid_of(host.uuid), host) for host in inputs.host), same)
    instances = _unique(((uuid_of(vm.key), vm) for vm in machines), same)
    yield from _by_uuid(inputs.node, {**hosts, **firmware}, {**instances, **firmware}, same)
    yield from _by_arp(inputs, machines, _sites_of_hosts(inputs, joins))
    yield from _by_address(inputs.node, machines)
    yield from _by_name(inputs.node, [*machines, *inputs.host])


def _unique(pairs: Iterable[tuple[UUID | None, _Machine]], same: _Same) -> _Uuids:
    """Index machines by UUID; one that several bear, such as clones, tells nothing."""
    found: dict[UUID, list[_Machine]] = defaultdict(list)
    for key, machine in pairs:
        if key is not None:
            found[key].append(machine)
    return {key: these for key, these in found.items() if only(these, same)}


def _by_uuid(
    nodes: Iterable[Node], firmware: _Uuids, provided: _Uuids, same: _Same
) -> Iterator[Claim]:
    borne: dict[UUID, list[Node]] = defaultdict(list)
    for node in nodes:
        if (own := uuid_of(node.system_uuid)) is not None:
            borne[own].append(node)
        if (given := _provided(node)) is not None:
            reason = f"Provider id {node.provider_id} of node {node.name} is the UUID of"
            for machine in provided.get(given, ()):
                yield _claim(node, machine, SAME_UUID, reason)
    for own, bearers in borne.items():
        if only(bearers, same):
            for node in bearers:
                yield from _by_system_uuid(node, own, firmware)


def _by_system_uuid(node: Node, own: UUID, firmware: _Uuids) -> Iterator[Claim]:
    for machine in firmware.get(own, ()):
        reason = f"System UUID {own} of node {node.name} is the firmware UUID of"
        yield _claim(node, machine, SAME_UUID, reason)
    other = swapped(own)
    for machine in firmware.get(other, ()):
        reason = (
            f"System UUID {own} of node {node.name}, its first three groups in the byte order"
            f" of before SMBIOS 2.6, is the firmware UUID {other} of"
        )
        yield _claim(node, machine, SWAPPED_UUID, reason)


def _provided(node: Node) -> UUID | None:
    given = node.provider_id or ""
    return uuid_of(given.removeprefix(_PROVIDER)) if given.startswith(_PROVIDER) else None


def _by_arp(
    inputs: Inputs, machines: list[Vm], sites_of: Mapping[str, set[str]]
) -> Iterator[Claim]:
    by_mac = grouped(machines, lambda vm: [mac_of(nic.mac) for nic in vm.nics])
    resolved = _resolved(inputs)
    for node in inputs.node:
        for address in node.ip_addresses:
            for mac, devices in resolved.get(address, {}).items():
                for vm in by_mac.get(mac, ()):
                    near = _near(vm, devices, sites_of)
                    if near and _may_have(vm, address):
                        yield _arp_claim(node, vm, address, mac, near[0])


def _resolved(inputs: Inputs) -> dict[str, dict[str, list[Device]]]:
    """Return, by node address and MAC, the devices that have resolved the one to the other."""
    found: dict[str, dict[str, list[Device]]] = defaultdict(lambda: defaultdict(list))
    wanted = {address for node in inputs.node for address in node.ip_addresses}
    for device in inputs.device:
        for entry in device.arp or ():
            if entry.ip_address in wanted and is_common(entry.vrf) and (mac := mac_of(entry.mac)):
                found[entry.ip_address][mac].append(device)
    return found


def _arp_claim(node: Node, vm: Vm, address: str, mac: str, device: Device) -> Claim:
    reason = (
        f"Address {address} of node {node.name} is at MAC {mac} in the ARP table of"
        f" {device.name}, which is a network adapter of"
    )
    learned = Learned(device=device.id, mac=mac, ip_address=address)
    return replace(_claim(node, vm, ARP_ENTRY, reason), learned=learned)


def _may_have(vm: Vm, address: str) -> bool:
    reported = _addresses(vm)
    return not reported or address in reported


def _near(vm: Vm, devices: list[Device], sites_of: Mapping[str, set[str]]) -> list[Device]:
    """Return the devices that are not known to be at another site than the VM's host."""
    sites = sites_of.get(vm.host or "", set())
    return [each for each in devices if not each.site or not sites or each.site in sites]


def _sites_of_hosts(inputs: Inputs, hosts: Iterable[Join]) -> dict[str, set[str]]:
    site_of_device = {device.id: device.site for device in inputs.device}
    site_of = {port.id: site_of_device.get(port.device or "") for port in inputs.interface}
    found: dict[str, set[str]] = defaultdict(set)
    for join in hosts:
        if site := site_of.get(join.to_id):
            found[join.from_id].add(site)
    return found


def _addresses(vm: Vm) -> list[str]:
    return [*vm.ip_addresses, *(one for nic in vm.nics for one in nic.ip_addresses)]


def _by_address(nodes: Iterable[Node], machines: list[Vm]) -> Iterator[Claim]:
    by_address = grouped(machines, _addresses)
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

"""Behind which switch port a VM's adapter is, by what the switches have learned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from models.records.graph import Join
from tasks.inventory.joining.agreement import Claim, agreed, joined
from tasks.inventory.joining.cabling import Cabling
from tasks.inventory.joining.ports import Ports
from tasks.inventory.joining.records import Inputs, Vm
from tasks.inventory.joining.spelling import grouped, mac_of

HOST_IS_THERE = 0.95  # the address is where the VM's host is plugged in
HOST_UNKNOWN = 0.7  # only the address speaks for the port


def join_machines(
    inputs: Inputs, ports: Ports, cabling: Cabling, hosts: Iterable[Join]
) -> list[Join]:
    """Join each VM to the edge ports that its adapters are behind; `hosts` are joined already.

    A port where only another host is has a stale entry: the VM was there before it moved.
    """
    claims = _claims(inputs, ports, cabling, _hosts_at(inputs, ports, hosts))
    # Many machines are behind one port, but one adapter is behind one.
    return joined("connected_to", agreed(claims, exclusive=False))


def _hosts_at(inputs: Inputs, ports: Ports, hosts: Iterable[Join]) -> dict[str, set[str]]:
    by_id = {port.id: port for port in inputs.interface}
    found: dict[str, set[str]] = defaultdict(set)
    for join in hosts:
        found[join.to_id].add(join.from_id)
        # What is learned behind a bundle is learned on it, not on its members.
        if join.to_id in by_id and (bundle := ports.bundle(by_id[join.to_id])):
            found[bundle.id].add(join.from_id)
    return found


def _claims(
    inputs: Inputs, ports: Ports, cabling: Cabling, hosts_at: dict[str, set[str]]
) -> Iterator[Claim]:
    by_mac = grouped(inputs.vm, lambda vm: [mac_of(nic.mac) for nic in vm.nics])
    host_names = {host.id: host.name for host in inputs.host}
    for device in inputs.device:
        for entry in device.mac_table or ():
            mac = mac_of(entry.mac) or ""
            owners = by_mac.get(mac, [])
            port = ports.named(device.id, entry.interface) if len(owners) == 1 else None
            if port is None or port.id in cabling.uplinks:
                continue
            vm, there = owners[0], hosts_at.get(port.id, set())
            if there and vm.host not in there:
                continue
            reason = f"{device.name} has learned MAC {mac} of VM {vm.name} on {port.name}"
            known = host_names.get(vm.host or "") if there else None
            yield _claim(vm, port.id, mac, reason, known)


def _claim(vm: Vm, port_id: str, mac: str, reason: str, host: str | None) -> Claim:
    where = f"where its host {host} is" if host else "where no host is known"
    return Claim(
        from_id=vm.id,
        to_id=port_id,
        confidence=HOST_IS_THERE if host else HOST_UNKNOWN,
        reason=f"{reason}, {where}.",
        part=mac,
    )

"""Behind which switch port a VM's adapter is, by what the switches have learned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from models.records.graph import Join, Learned
from tasks.inventory.joining.agreement import Claim, agreed, joined
from tasks.inventory.joining.cabling import Cabling
from tasks.inventory.joining.hosts import SAME_NAME
from tasks.inventory.joining.identity import only
from tasks.inventory.joining.ports import Ports
from tasks.inventory.joining.records import Device, Inputs, Interface, Vm
from tasks.inventory.joining.spelling import grouped, mac_of

HOST_IS_THERE = 0.95  # the address is where the VM's host says that it is plugged in
HOST_LEARNED_THERE = 0.8  # it is where an address of its host was learned, too
HOST_UNKNOWN = 0.7  # only the address speaks for the port


def join_machines(
    inputs: Inputs,
    ports: Ports,
    cabling: Cabling,
    hosts: Iterable[Join],
    same: Mapping[str, str],
) -> list[Join]:
    """Join each VM to the edge ports that its adapters are behind; `hosts` are joined already.

    A port where only another host is has a stale entry: the VM was there before it moved. Of a
    bundle over two switches both learn the address on their port, so it may be behind all ports of
    its own host.
    """
    claims = list(_claims(inputs, ports, cabling, _hosts_at(inputs, ports, hosts), same))
    at_host = [claim for claim in claims if claim.confidence > HOST_UNKNOWN]
    placed = {(claim.from_id, claim.part) for claim in at_host}
    others = [claim for claim in claims if (claim.from_id, claim.part) not in placed]
    # Many machines are behind one port, but one adapter is behind one.
    return joined("connected_to", [*at_host, *agreed(others, exclusive=False)])


def _hosts_at(inputs: Inputs, ports: Ports, hosts: Iterable[Join]) -> dict[str, dict[str, float]]:
    """Return the hosts at each port, with how sure that is."""
    by_id = {port.id: port for port in inputs.interface}
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for join in hosts:
        # What is learned behind a bundle is learned on it, not on its members.
        bundle = ports.bundle(by_id[join.to_id]) if join.to_id in by_id else None
        for port in (join.to_id, bundle.id if bundle else join.to_id):
            known = found[port].get(join.from_id, 0.0)
            found[port][join.from_id] = max(known, join.confidence)
    return found


def _claims(
    inputs: Inputs,
    ports: Ports,
    cabling: Cabling,
    hosts_at: Mapping[str, dict[str, float]],
    same: Mapping[str, str],
) -> Iterator[Claim]:
    by_mac = grouped(inputs.vm, lambda vm: [mac_of(nic.mac) for nic in vm.nics])
    names = {host.id: host.name for host in inputs.host}
    for device in inputs.device:
        for entry in device.mac_table or ():
            mac = mac_of(entry.mac) or ""
            owners = by_mac.get(mac, [])
            port = ports.named(device.id, entry.interface) if only(owners, same) else None
            if port is None or port.id in cabling.uplinks:
                continue
            there = hosts_at.get(port.id, {})
            for vm in owners:
                if not there or vm.host in there:
                    host = names.get(vm.host or "", "")
                    yield _claim(vm, mac, device, port, _where(host, there.get(vm.host or "")))


def _claim(vm: Vm, mac: str, device: Device, port: Interface, where: tuple[float, str]) -> Claim:
    confidence, words = where
    return Claim(
        from_id=vm.id,
        to_id=port.id,
        confidence=confidence,
        reason=f"{device.name} has learned MAC {mac} of VM {vm.name} on {port.name}, {words}.",
        part=mac,
        learned=Learned(device=device.id, mac=mac, interface=port.name),
    )


def _where(host: str, sureness: float | None) -> tuple[float, str]:
    if not host or sureness is None:
        return HOST_UNKNOWN, "where no host is known"
    if sureness < SAME_NAME:
        return HOST_LEARNED_THERE, f"where its host {host} seems to be"
    return HOST_IS_THERE, f"where its host {host} is"

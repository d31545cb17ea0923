"""Which VLAN of the switches a port group is in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from models.records.graph import Join
from tasks.inventory.joining.agreement import Claim, joined
from tasks.inventory.joining.records import Host, Inputs, Network, Vlan

SAME_VLAN = 0.9  # the number agrees on the very switches; that the port lets it pass is not asked


def join_port_groups(inputs: Inputs, hosts: Iterable[Join]) -> list[Join]:
    """Join each port group of one VLAN to the VLANs of that number that its hosts' switches have.

    Where its hosts stand at two sites it is in a VLAN of each, so several are no contradiction.
    """
    return joined("connected_to", _claims(inputs, hosts))


def _claims(inputs: Inputs, hosts: Iterable[Join]) -> Iterator[Claim]:
    devices_of = _devices_of_hosts(inputs, hosts)
    with_group: dict[str, list[Host]] = defaultdict(list)
    for host in inputs.host:
        for group in host.networks:
            with_group[group].append(host)
    vlans: dict[int, list[Vlan]] = defaultdict(list)
    for vlan in inputs.vlan:
        vlans[vlan.vlan_id].append(vlan)
    names = {device.id: device.name for device in inputs.device}
    for network in inputs.network:
        for vlan in vlans.get(_number(network), ()):
            shared = _shared(with_group.get(network.id, ()), devices_of, vlan)
            if shared is not None:
                host, device = shared
                yield _claim(network, vlan, host.name, names.get(device, device))


def _devices_of_hosts(inputs: Inputs, hosts: Iterable[Join]) -> dict[str, set[str]]:
    device_of = {port.id: port.device for port in inputs.interface}
    found: dict[str, set[str]] = defaultdict(set)
    for join in hosts:
        if device := device_of.get(join.to_id):
            found[join.from_id].add(device)
    return found


def _number(network: Network) -> int:
    text = network.vlan or ""
    return int(text) if text.isascii() and text.isdigit() else 0


def _shared(
    hosts: Iterable[Host], devices_of: dict[str, set[str]], vlan: Vlan
) -> tuple[Host, str] | None:
    """Return a host with the port group and its switch that has the VLAN, always the same."""
    known = set(vlan.devices)
    return next(
        ((host, min(both)) for host in hosts if (both := devices_of.get(host.id, set()) & known)),
        None,
    )


def _claim(network: Network, vlan: Vlan, host: str, device: str) -> Claim:
    reason = (
        f"Port group {network.name} has VLAN {vlan.vlan_id}, and so has {device}, to which host"
        f" {host} with that port group is connected."
    )
    return Claim(from_id=network.id, to_id=vlan.id, confidence=SAME_VLAN, reason=reason)

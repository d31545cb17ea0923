"""Which switch ports the adapters of a host are plugged into."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from models.kinds.device import Neighbour
from models.records.graph import Join, Learned
from tasks.inventory.joining.agreement import Claim, agreed, joined
from tasks.inventory.joining.cabling import Cabling, described
from tasks.inventory.joining.identity import only
from tasks.inventory.joining.ports import Ports
from tasks.inventory.joining.records import Host, Inputs, Interface, Network
from tasks.inventory.joining.spelling import grouped, mac_of, same_host, short

SAME_MAC = 1.0  # the port hears the adapter's own, unique address
SAME_NAME = 0.95  # both the host's name and the adapter's agree
SAME_CHASSIS = 0.9  # it is that host, by which of its adapters is not told
LEARNED_MAC = 0.8  # the address is behind the port, perhaps with an unmanaged switch between
_GROUPS_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Adapter:
    """A physical or kernel adapter that a MAC address belongs to."""

    host: Host
    name: str
    mac: str


_Adapters: TypeAlias = Mapping[str, list[_Adapter]]


def join_hosts(
    inputs: Inputs, ports: Ports, cabling: Cabling, same: Mapping[str, str]
) -> list[Join]:
    """Join each host to the ports that its adapters are plugged into.

    An adapter is in one port; a port that leads to another device is no host's.
    """
    groups = _PortGroups(inputs)
    claims = [
        *_by_neighbours(inputs, ports, groups, same),
        *_by_learned(inputs, ports, groups, same),
    ]
    free = [claim for claim in claims if claim.to_id not in cabling.uplinks]
    return joined("connected_to", agreed(free, same=same))


def _by_neighbours(
    inputs: Inputs, ports: Ports, groups: _PortGroups, same: Mapping[str, str]
) -> Iterator[Claim]:
    by_mac = _unique(_physical(inputs), same)
    by_name = grouped(inputs.host, lambda host: [short(host.name)])
    for device in inputs.device:
        for neighbour in device.neighbours or ():
            port = ports.named(device.id, neighbour.interface)
            if port is None:
                continue
            heard = (
                f"{device.name} hears on {port.name} by {neighbour.protocol.upper()}"
                f" {described(neighbour)}"
            )
            ports_heard = [
                *_heard_macs(neighbour, by_mac, port, heard, groups),
                *_heard_names(neighbour, by_name, port, heard, groups),
            ]
            yield from ports_heard or _heard_chassis(neighbour, by_mac, port, heard)


def _heard_macs(
    neighbour: Neighbour, by_mac: _Adapters, port: Interface, heard: str, groups: _PortGroups
) -> Iterator[Claim]:
    for text in (neighbour.port, neighbour.port_description):
        if found := by_mac.get(mac_of(text) or ""):
            for adapter in found:
                why = f"{heard}: MAC {adapter.mac} is {adapter.name} of host {adapter.host.name}"
                yield _claim(adapter, port, SAME_MAC, why, groups)
            return


def _heard_chassis(
    neighbour: Neighbour, by_mac: _Adapters, port: Interface, heard: str
) -> Iterator[Claim]:
    # Hosts name all their ports' chassis by one adapter: it tells the host, not which adapter.
    for adapter in by_mac.get(mac_of(neighbour.chassis_id) or "", ()):
        yield Claim(
            from_id=adapter.host.id,
            to_id=port.id,
            confidence=SAME_CHASSIS,
            reason=f"{heard}: chassis MAC {adapter.mac} is of host {adapter.host.name}.",
            part=f"behind {port.id}",
        )


def _heard_names(
    neighbour: Neighbour,
    by_name: dict[str, list[Host]],
    port: Interface,
    heard: str,
    groups: _PortGroups,
) -> Iterator[Claim]:
    name = neighbour.system_name or ""
    told = {neighbour.port, neighbour.port_description}
    for host in by_name.get(short(name), ()):
        for nic in host.physical_nics or ():
            if nic.name in told and same_host(host.name, name):
                named = _Adapter(host=host, name=nic.name, mac="")
                why = f"{heard}: that is {nic.name} of host {host.name} by both names"
                yield _claim(named, port, SAME_NAME, why, groups)


def _by_learned(
    inputs: Inputs, ports: Ports, groups: _PortGroups, same: Mapping[str, str]
) -> Iterator[Claim]:
    by_mac = _unique([*_physical(inputs), *_kernel(inputs)], same)
    for device in inputs.device:
        for entry in device.mac_table or ():
            adapters = by_mac.get(mac_of(entry.mac) or "", ())
            if not adapters or (port := ports.named(device.id, entry.interface)) is None:
                continue
            for adapter in adapters:
                why = (
                    f"{device.name} has learned MAC {adapter.mac} on {port.name}: it is"
                    f" {adapter.name} of host {adapter.host.name}"
                )
                learned = Learned(device=device.id, mac=adapter.mac, interface=port.name)
                claim = _claim(adapter, port, LEARNED_MAC, why, groups)
                yield replace(claim, learned=learned)


def _claim(
    adapter: _Adapter, port: Interface, confidence: float, why: str, groups: _PortGroups
) -> Claim:
    return Claim(
        from_id=adapter.host.id,
        to_id=port.id,
        confidence=confidence,
        reason=f"{why}{groups.carried_by(adapter.host, adapter.name)}.",
        part=adapter.name,
    )


def _physical(inputs: Inputs) -> list[_Adapter]:
    return [
        _Adapter(host=host, name=nic.name, mac=mac)
        for host in inputs.host
        for nic in host.physical_nics or ()
        if (mac := mac_of(nic.mac))
    ]


def _kernel(inputs: Inputs) -> list[_Adapter]:
    # The first kernel adapter mostly bears the MAC of a physical one, which says more.
    physical = {(adapter.host.id, adapter.mac) for adapter in _physical(inputs)}
    return [
        _Adapter(host=host, name=kernel.name, mac=mac)
        for host in inputs.host
        for kernel in host.kernel_adapters or ()
        if (mac := mac_of(kernel.mac)) and (host.id, mac) not in physical
    ]


def _unique(adapters: list[_Adapter], same: Mapping[str, str]) -> _Adapters:
    by_mac = grouped(adapters, lambda adapter: [adapter.mac])
    return {
        mac: these
        for mac, these in by_mac.items()
        if len({adapter.name for adapter in these}) == 1
        and only([adapter.host for adapter in these], same)
    }


class _PortGroups:
    """Which port groups an adapter of a host carries."""

    def __init__(self, inputs: Inputs) -> None:
        self._networks = {network.id: network for network in inputs.network}
        self._switches = {switch.id: switch.name for switch in inputs.distributed_switch}
        self._known: dict[tuple[str, str], str] = {}

    def carried_by(self, host: Host, adapter: str) -> str:
        """Return the end of a sentence that names them; "" where none is known."""
        if (host.id, adapter) not in self._known:
            self._known[host.id, adapter] = _words(self._names(host, adapter))
        return self._known[host.id, adapter]

    def _names(self, host: Host, adapter: str) -> list[str]:
        carrying: dict[str, set[str]] = defaultdict(set)
        for switch in host.virtual_switches or ():
            if adapter in switch.uplinks:
                carrying[switch.type].add(switch.name)
        networks = [self._networks[one] for one in host.networks if one in self._networks]
        return sorted(one.name for one in networks if self._is_carried(one, adapter, carrying))

    def _is_carried(self, network: Network, adapter: str, carrying: dict[str, set[str]]) -> bool:
        if network.switch:
            return self._switches.get(network.switch, "") in carrying["distributed"]
        # A standard port group names the adapters that it uses.
        return bool(carrying["standard"]) and adapter in (
            *network.active_uplinks,
            *network.standby_uplinks,
        )


def _words(names: list[str]) -> str:
    if not names:
        return ""
    more = len(names) - _GROUPS_NAMED
    rest = f" and {more} more" if more > 0 else ""
    return f"; it carries {', '.join(names[:_GROUPS_NAMED])}{rest}"

"""Which switch ports the adapters of a host are plugged into."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from models.kinds.device import Neighbour
from models.records.graph import Join
from tasks.inventory.joining.agreement import Claim, agreed, joined
from tasks.inventory.joining.cabling import Cabling, described
from tasks.inventory.joining.ports import Ports
from tasks.inventory.joining.records import Host, Inputs, Interface, Network
from tasks.inventory.joining.spelling import grouped, mac_of, same_host, short

SAME_MAC = 1.0  # the port hears the adapter's own, unique address
SAME_NAME = 0.95  # both the host's name and the adapter's agree
LEARNED_MAC = 0.8  # the address is behind the port, perhaps with an unmanaged switch between
_GROUPS_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Adapter:
    """A physical or kernel adapter that a MAC address belongs to."""

    host: Host
    name: str
    mac: str


def join_hosts(inputs: Inputs, ports: Ports, cabling: Cabling) -> list[Join]:
    """Join each host to the ports that its adapters are plugged into.

    An adapter is in one port; a port that leads to another device is no host's.
    """
    groups = _PortGroups(inputs)
    claims = [*_by_neighbours(inputs, ports, groups), *_by_learned(inputs, ports, groups)]
    free = [claim for claim in claims if claim.to_id not in cabling.uplinks]
    return joined("connected_to", agreed(free))


def _by_neighbours(inputs: Inputs, ports: Ports, groups: _PortGroups) -> Iterator[Claim]:
    by_mac = _unique(_physical(inputs))
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
            if (adapter := _heard_mac(neighbour, by_mac)) is not None:
                why = f"{heard}: MAC {adapter.mac} is {adapter.name} of host {adapter.host.name}"
                yield _claim(adapter, port, SAME_MAC, why, groups)
            for host, nic in _heard_names(neighbour, by_name):
                named = _Adapter(host=host, name=nic, mac="")
                why = f"{heard}: that is {nic} of host {host.name} by both names"
                yield _claim(named, port, SAME_NAME, why, groups)


def _heard_mac(neighbour: Neighbour, by_mac: dict[str, _Adapter]) -> _Adapter | None:
    # The port before the chassis: many hosts name all their ports' chassis by one adapter.
    for text in (neighbour.port, neighbour.port_description, neighbour.chassis_id):
        if (mac := mac_of(text)) in by_mac:
            return by_mac[str(mac)]
    return None


def _heard_names(
    neighbour: Neighbour, by_name: dict[str, list[Host]]
) -> Iterator[tuple[Host, str]]:
    name = neighbour.system_name or ""
    told = {neighbour.port, neighbour.port_description}
    for host in by_name.get(short(name), ()):
        if same_host(host.name, name):
            yield from ((host, nic.name) for nic in host.physical_nics or () if nic.name in told)


def _by_learned(inputs: Inputs, ports: Ports, groups: _PortGroups) -> Iterator[Claim]:
    by_mac = _unique([*_physical(inputs), *_kernel(inputs)])
    for device in inputs.device:
        for entry in device.mac_table or ():
            adapter = by_mac.get(mac_of(entry.mac) or "")
            port = ports.named(device.id, entry.interface) if adapter else None
            if adapter is not None and port is not None:
                why = (
                    f"{device.name} has learned MAC {adapter.mac} on {port.name}: it is"
                    f" {adapter.name} of host {adapter.host.name}"
                )
                yield _claim(adapter, port, LEARNED_MAC, why, groups)


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


def _unique(adapters: list[_Adapter]) -> dict[str, _Adapter]:
    by_mac = grouped(adapters, lambda adapter: [adapter.mac])
    return {mac: these[0] for mac, these in by_mac.items() if len(these) == 1}


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

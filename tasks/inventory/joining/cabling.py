"""Which ports of devices are linked, by what LLDP and CDP hear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator
from dataclasses import dataclass

from models.kinds.device import Neighbour
from models.records.graph import Join
from tasks.inventory.joining.agreement import Claim, agreed, joined
from tasks.inventory.joining.ports import Ports
from tasks.inventory.joining.records import Device, Inputs, Interface
from tasks.inventory.joining.spelling import grouped, mac_of, same_host, short

BOTH_WAYS = 1.0  # each end names the other
ONE_WAY = 0.9  # one end names the other, whose neighbours were not read
UNANSWERED = 0.8  # one end names the other, which has heard nobody there: silent, or not there now


@dataclass(frozen=True, slots=True, kw_only=True)
class Cabling:
    """The links between devices; `uplinks` are all ports behind which a device was heard."""

    joins: list[Join]
    uplinks: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    here: Interface
    there: Interface
    words: str


def join_devices(inputs: Inputs, ports: Ports) -> Cabling:
    """Join the ports of devices that hear each other; every link is one edge."""
    heard: dict[tuple[str, str], str] = {}
    uplinks: set[str] = set()
    for here, there, words in _heard(inputs, ports):
        uplinks.add(here.id)
        if bundle := ports.bundle(here):
            uplinks.add(bundle.id)
        if there is not None:
            heard[here.id, there.id] = words
    read = _ports_read(inputs)
    claims = [_claim(pair, heard, read) for pair in heard]
    return Cabling(joins=joined("connected_to", agreed(claims)), uplinks=frozenset(uplinks))


def _ports_read(inputs: Inputs) -> set[str]:
    """Return the ports of devices whose neighbours were read."""
    read = {device.id for device in inputs.device if device.neighbours is not None}
    return {port.id for port in inputs.interface if port.device in read}


def _claim(pair: tuple[str, str], heard: dict[tuple[str, str], str], read: Container[str]) -> Claim:
    # One edge whichever end was read: from the lesser id to the greater.
    first, second = sorted(pair)
    there, back = heard.get((first, second)), heard.get((second, first))
    if there and back:
        confidence, reason = BOTH_WAYS, f"{there}, and {back}."
    elif (second if there else first) in read:
        confidence, reason = UNANSWERED, f"{there or back}; the other end does not hear it."
    else:
        confidence, reason = ONE_WAY, f"{there or back}; the other end was not read."
    return Claim(from_id=first, to_id=second, confidence=confidence, reason=reason)


def _heard(inputs: Inputs, ports: Ports) -> Iterator[tuple[Interface, Interface | None, str]]:
    devices = Devices(inputs)
    for device in inputs.device:
        for neighbour in device.neighbours or ():
            here = ports.named(device.id, neighbour.interface)
            far = devices.meant_by(neighbour)
            if here is None or far is None or far.id == device.id:
                continue
            there = ports.told(far.id, neighbour.port, neighbour.port_description)
            words = (
                f"{device.name} hears {far.name} by {neighbour.protocol.upper()} on {here.name}"
                f" ({described(neighbour)})"
            )
            yield here, there, words


class Devices:
    """The devices by what their neighbours know of them."""

    def __init__(self, inputs: Inputs) -> None:
        by_id = {device.id: device for device in inputs.device}
        self._by_mac = grouped(inputs.device, lambda device: [mac_of(device.base_mac)])
        self._by_name = grouped(inputs.device, lambda device: [short(device.name)])
        # Some name themselves by the MAC of a port; SVIs and the like share one within a device.
        owners = grouped(inputs.interface, lambda port: [mac_of(port.mac)])
        self._by_port_mac = {
            mac: {port.device: by_id[port.device] for port in these if port.device in by_id}
            for mac, these in owners.items()
        }
        self._macs: dict[str, set[str]] = defaultdict(set)
        for mac, devices in (*self._by_port_mac.items(), *self._base_macs().items()):
            for device in devices:
                self._macs[device].add(mac)

    def meant_by(self, neighbour: Neighbour) -> Device | None:
        """Return the one device that a neighbour entry means: by its chassis, else by its name.

        One of that name that tells its base MAC, and whose MACs do not have the chassis, is another
        one. A router that tells none of its own (FRR) may have a chassis that no port bears.
        """
        if mac := mac_of(neighbour.chassis_id):
            found = self._by_mac.get(mac) or list(self._by_port_mac.get(mac, {}).values())
            if len(found) == 1:
                return found[0]
        name = neighbour.system_name or ""
        named = [
            device for device in self._by_name.get(short(name), ()) if same_host(device.name, name)
        ]
        if len(named) != 1:
            return None
        other = mac and named[0].base_mac and mac not in self._macs[named[0].id]
        return None if other else named[0]

    def _base_macs(self) -> dict[str, list[str]]:
        return {mac: [device.id for device in these] for mac, these in self._by_mac.items()}


def described(neighbour: Neighbour) -> str:
    """Return what a neighbour said of itself, in words."""
    said = {
        "chassis": neighbour.chassis_id,
        "system": neighbour.system_name,
        "port": neighbour.port,
        "port description": neighbour.port_description,
    }
    return ", ".join(f"{what} {value}" for what, value in said.items() if value)

"""Look-ups over the facts of network devices, made once for all sections."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from models.kinds.device import Neighbour
from models.kinds.interface import InterfaceState
from models.records.asset import Asset
from models.records.graph import Join

if TYPE_CHECKING:
    from generators.documents.facts import Facts

NO_SITE = ""
_ENDS = ("interface", "host", "device")  # what a cable can end at
_DIGITS = re.compile(r"(\d+)")
_MARKS, _MAC = re.compile(r"[\s:.-]"), re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A cable, once: from a port to another port, to a host, or to a device in general."""

    port: Asset
    far: Asset
    join: Join


class View:
    """The facts of network devices by site, port and link."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @cached_property
    def by_site(self) -> dict[str, list[Asset]]:
        """The devices of each site's name, by name; those of none under `NO_SITE`."""
        found: dict[str, list[Asset]] = defaultdict(list)
        for device in self.facts.of("device"):
            found[device.record.site or NO_SITE].append(device)
        return dict(sorted(found.items()))

    @cached_property
    def ports(self) -> dict[str, list[Asset]]:
        """The interfaces of each device's id, in the order in which people count them."""
        found: dict[str, list[Asset]] = defaultdict(list)
        for port in self.facts.of("interface"):
            found[port.record.device or ""].append(port)
        return {device: sorted(ports, key=counting) for device, ports in found.items()}

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Each cable once, by its surest edge, in the order of devices and ports."""
        found: dict[tuple[str, str], Link] = {}
        for join in sorted(self.facts.joins, key=lambda join: -join.confidence):
            link = self._link(join)
            if link is not None:
                first, second = sorted((link.port.id, link.far.id))
                found.setdefault((first, second), link)
        return tuple(sorted(found.values(), key=self._place))

    def _link(self, join: Join) -> Link | None:
        ends = [self.facts.by_id.get(end) for end in (join.from_id, join.to_id)]
        one, other = ends
        if join.type != "connected_to" or one is None or other is None:
            return None
        if {one.kind, other.kind} - set(_ENDS) or "interface" not in (one.kind, other.kind):
            return None
        if one.kind != "interface" or (
            other.kind == "interface" and self._order(other) < self._order(one)
        ):
            one, other = other, one
        return Link(port=one, far=other, join=join)

    def _order(self, port: Asset) -> tuple[str, list[tuple[int, int, str]]]:
        return self.facts.name(port.record.device), counting(port)

    def _place(self, link: Link) -> tuple[str, list[tuple[int, int, str]], str]:
        return (*self._order(link.port), link.far.id)

    @cached_property
    def links_at(self) -> dict[str, list[Link]]:
        """The links of each port's id, from either end, the surest first."""
        found: dict[str, list[Link]] = defaultdict(list)
        for link in sorted(self.links, key=lambda link: -link.join.confidence):
            found[link.port.id].append(link)
            if link.far.kind == "interface":
                found[link.far.id].append(link)
        return found

    def far_end(self, port: Asset) -> str:
        """Return what a port is connected to, in words; "" where it is not known."""
        return ", ".join(self.end(port, link) for link in self.links_at.get(port.id, ())[:2])

    def end(self, port: Asset, link: Link) -> str:
        """Return the other end of a link in words: device and port, or host and adapter."""
        other = link.port if link.far.id == port.id else link.far
        if other.kind == "interface":
            return f"{self.facts.name(other.record.device)} {other.name}"
        heard = [each.port for each in self._heard.get(port.id, ()) if each.port]
        adapter = self.adapter_at(other, port) if other.kind == "host" else ""
        return " ".join((other.name, adapter or (heard[-1] if heard else ""))).strip()

    def adapter_at(self, host: Asset, port: Asset) -> str:
        """Return the name of the host's adapter that is plugged into a port; "" if not known.

        Hosts name their ports by MAC as often as by name; the port before the chassis, which many
        name by one adapter for all.
        """
        nics = host.record.physical_nics or ()
        by_mac = {mac_digits(nic.mac): nic.name for nic in nics if nic.mac}
        known: dict[str, str] = {nic.name: nic.name for nic in nics} | by_mac
        told = [
            text or ""
            for each in self._heard.get(port.id, ())
            for text in (each.port, each.port_description, each.chassis_id)
        ]
        wanted = [*(mac_digits(text) or text for text in told), *self._learned.get(port.id, ())]
        return next((known[text] for text in wanted if text in known), "")

    @cached_property
    def _heard(self) -> dict[str, list[Neighbour]]:
        """What is heard on each port's id."""
        found: dict[str, list[Neighbour]] = defaultdict(list)
        for device in self.facts.of("device"):
            for neighbour in device.record.neighbours or ():
                port = self.port_of(device, neighbour.interface)
                if port is not None:
                    found[port.id].append(neighbour)
        return found

    @cached_property
    def _learned(self) -> dict[str, list[str]]:
        """The MACs of hosts' own adapters that were learned on each port's id, as digits."""
        nics = (nic for host in self.facts.of("host") for nic in host.record.physical_nics or ())
        wanted = {mac_digits(nic.mac) for nic in nics if nic.mac}
        found: dict[str, list[str]] = defaultdict(list)
        for device in self.facts.of("device"):
            for entry in device.record.mac_table or ():
                if (mac := mac_digits(entry.mac)) in wanted:
                    port = self.port_of(device, entry.interface)
                    found[port.id if port else ""].append(mac)
        return found

    def port_of(self, device: Asset, name: str) -> Asset | None:
        """Return the interface of that name of a device."""
        return self.facts.keyed(device, "interface", f"{device.record.key}/{name}")


@lru_cache(maxsize=65536)
def mac_digits(text: str | None) -> str:
    """Return the twelve digits of a MAC, whatever its notation; "" for any other text."""
    digits = _MARKS.sub("", text.lower()) if text else ""
    return digits if _MAC.fullmatch(digits) else ""


def counting(asset: Asset) -> list[tuple[int, int, str]]:
    """Return what sorts names as people count: Ethernet1/2 before Ethernet1/10."""
    return [
        (0, int(part), "") if part.isdecimal() else (1, 0, part)
        for part in _DIGITS.split(asset.name.lower())
        if part
    ]


def in_use(port: Asset) -> bool:
    """Tell whether a port carries traffic, or was shut by the device itself."""
    return port.record.state in (InterfaceState.UP, InterfaceState.ERR_DISABLED)

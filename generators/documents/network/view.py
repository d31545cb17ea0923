"""Look-ups over the facts of network devices, made once for all sections."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from models.kinds.interface import InterfaceState
from models.records.asset import Asset
from models.records.graph import Join

if TYPE_CHECKING:
    from generators.documents.facts import Facts

NO_SITE = ""
_ENDS = ("interface", "host", "device")  # what a cable can end at
_DIGITS = re.compile(r"(\d+)")


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
        adapter = self._adapters.get(port.id, "")
        return f"{other.name} {adapter}".strip()

    @cached_property
    def _adapters(self) -> dict[str, str]:
        """What the neighbour on a port calls its own port, by the id of ours."""
        found = {}
        for device in self.facts.of("device"):
            for neighbour in device.record.neighbours or ():
                port = self.port_of(device, neighbour.interface)
                if port is not None and neighbour.port:
                    found[port.id] = neighbour.port
        return found

    def port_of(self, device: Asset, name: str) -> Asset | None:
        """Return the interface of that name of a device."""
        return self.facts.keyed(device, "interface", f"{device.record.key}/{name}")


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

"""The network as its devices see it: ports, bundles and the links between them, indexed once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from models.kinds.device import Device, Neighbour
from models.records.asset import Asset
from tasks.inventory.checks.fabric.names import is_up
from tasks.inventory.checks.site import Site
from tasks.inventory.joining.spelling import port_number, short

SURE_ENOUGH = 0.5  # an edge that is less sure than this is a guess, and no ground for a finding
_Ports = dict[str, tuple[Asset, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fabric:
    """Ports by device id; far ends by port id, by members and by the bundle that they are in.

    `links` are of the ports themselves, `trunks` of their bundles where they are in one: that is
    where VLANs and MTU are set. `heard` are ports behind which LLDP or CDP hears anybody, `learned`
    those behind which a MAC address is.
    """

    ports: _Ports
    links: _Ports
    trunks: _Ports
    members: _Ports
    bundles: dict[str, Asset]
    heard: frozenset[str]
    learned: frozenset[str]

    def live_links(self, device_id: str) -> list[Asset]:
        """Return the ports of a device that are up and lead to another device."""
        return [
            port
            for port in self.ports.get(device_id, ())
            if port.id in self.links and is_up(port.record)
        ]


def fabric_of(site: Site) -> Fabric:
    """Return the site's network."""
    return site.once(_build)


def _build(site: Site) -> Fabric:
    ports = _by_device(site)
    finder = _Finder(ports)
    bundles = _bundles(ports, finder)
    links = _links(site, finder)
    members: dict[str, list[Asset]] = defaultdict(list)
    for port_id, bundle in bundles.items():
        members[bundle.id].append(site.assets[port_id])
    return Fabric(
        ports=ports,
        links=links,
        trunks=_lifted(site, links, bundles),
        members={bundle: tuple(these) for bundle, these in members.items()},
        bundles=bundles,
        heard=frozenset(_heard(site, finder)),
        learned=frozenset(_learned(site, finder)),
    )


def _by_device(site: Site) -> _Ports:
    found: dict[str, list[Asset]] = defaultdict(list)
    for port in site.by_kind.get("interface", ()):
        if port.record.device:
            found[port.record.device].append(port)
    return {
        device: tuple(sorted(these, key=lambda port: (port.name, port.id)))
        for device, these in found.items()
    }


class _Finder:
    """Finds a device's port by its name, however it is shortened: `Eth1/1` is `Ethernet1/1`."""

    def __init__(self, ports: _Ports) -> None:
        self._exact: dict[tuple[str, str], Asset] = {}
        self._numbered: dict[tuple[str, str], list[Asset]] = defaultdict(list)
        for device, these in ports.items():
            for port in these:
                self._exact[device, port.name.lower()] = port
                self._numbered[device, port_number(port.name)[1]].append(port)

    def port(self, device_id: str, name: str | None) -> Asset | None:
        """Return the port of that name, or None where none or several can be meant."""
        if not name:
            return None
        if found := self._exact.get((device_id, name.strip().lower())):
            return found
        word, number = port_number(name)
        near = [
            port
            for port in self._numbered.get((device_id, number), ())
            if number and _shortens(word, port_number(port.name)[0])
        ]
        return near[0] if len(near) == 1 else None


def _shortens(one: str, other: str) -> bool:
    return bool(one and other) and (one.startswith(other) or other.startswith(one))


def _bundles(ports: _Ports, finder: _Finder) -> dict[str, Asset]:
    """Return the bundle of each port that is in one."""
    return {
        port.id: bundle
        for device, these in ports.items()
        for port in these
        if (bundle := finder.port(device, port.record.port_channel)) and bundle.id != port.id
    }


def _links(site: Site, finder: _Finder) -> _Ports:
    """Return the far ends of each port: those joined, else what its own neighbours say."""
    found: dict[str, dict[str, Asset]] = defaultdict(dict)
    joined = list(_joined(site))
    known = {port.id for pair in joined for port in pair}
    told = [pair for pair in _told(site, finder) if known.isdisjoint(port.id for port in pair)]
    for one, other in (*joined, *told):
        found[one.id][other.id] = other
        found[other.id][one.id] = one
    return {port: tuple(ends.values()) for port, ends in found.items()}


def _joined(site: Site) -> Iterator[tuple[Asset, Asset]]:
    for port in site.by_kind.get("interface", ()):
        for join in site.joins_from.get(port.id, ()):
            far = site.assets.get(join.to_id)
            if join.type != "connected_to" or join.confidence < SURE_ENOUGH or far is None:
                continue
            if far.kind == "interface" and far.id != port.id:
                yield port, far


def _told(site: Site, finder: _Finder) -> Iterator[tuple[Asset, Asset]]:
    """Yield the links whose both ends are ports of known devices, as one end hears the other."""
    names: dict[str, list[Asset]] = defaultdict(list)
    for device in site.by_kind.get("device", ()):
        names[short(device.name)].append(device)
    for device, heard in _neighbours(site):
        near = finder.port(device.id, heard.interface)
        others = [one for one in names.get(short(heard.system_name or ""), ()) if one != device]
        if near is None or len(others) != 1:
            continue
        far = finder.port(others[0].id, heard.port) or finder.port(
            others[0].id, heard.port_description
        )
        if far is not None:
            yield near, far


def _neighbours(site: Site) -> Iterator[tuple[Asset, Neighbour]]:
    for device in site.by_kind.get("device", ()):
        record: Device = device.record
        for heard in record.neighbours or ():
            yield device, heard


def _lifted(site: Site, links: _Ports, bundles: dict[str, Asset]) -> _Ports:
    found: dict[str, dict[str, Asset]] = defaultdict(dict)
    for port_id, ends in links.items():
        near = bundles.get(port_id, site.assets[port_id])
        for end in ends:
            far = bundles.get(end.id, end)
            found[near.id][far.id] = far
    return {port: tuple(ends.values()) for port, ends in found.items()}


def _heard(site: Site, finder: _Finder) -> Iterator[str]:
    for device, heard in _neighbours(site):
        if port := finder.port(device.id, heard.interface):
            yield port.id


def _learned(site: Site, finder: _Finder) -> Iterator[str]:
    for device in site.by_kind.get("device", ()):
        entries = (*(device.record.mac_table or ()), *(device.record.arp or ()))
        for name in {entry.interface for entry in entries}:
            if port := finder.port(device.id, name):
                yield port.id

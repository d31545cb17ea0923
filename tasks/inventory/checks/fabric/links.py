"""The network as its devices see it: ports, bundles and the links between them, indexed once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from models.records.asset import Asset
from tasks.inventory.checks.fabric.names import is_up
from tasks.inventory.checks.site import Site
from tasks.inventory.joining.ports import Ports
from tasks.inventory.joining.records import Interface

_Assets = dict[str, tuple[Asset, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fabric:
    """Ports by device id; far ends by port id, by members and by the bundle that they are in.

    `links` are of the ports themselves, `trunks` of their bundles where they are in one: that is
    where VLANs and MTU are set. `heard` are ports behind which LLDP or CDP hears anybody, `learned`
    those behind which a MAC address is.
    """

    ports: _Assets
    links: _Assets
    trunks: _Assets
    members: _Assets
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
    finder = _finder(site)
    bundles = _bundles(site, finder)
    links = _links(site)
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


def _by_device(site: Site) -> _Assets:
    found: dict[str, list[Asset]] = defaultdict(list)
    for port in site.by_kind.get("interface", ()):
        if port.record.device:
            found[port.record.device].append(port)
    return {
        device: tuple(sorted(these, key=lambda port: (port.name, port.id)))
        for device, these in found.items()
    }


def _finder(site: Site) -> Ports:
    return Ports(
        Interface(
            id=port.id,
            source=port.source,
            name=port.name,
            device=port.record.device,
            port_channel=port.record.port_channel,
        )
        for port in site.by_kind.get("interface", ())
    )


def _bundles(site: Site, finder: Ports) -> dict[str, Asset]:
    """Return the bundle of each port that is in one."""
    found: dict[str, Asset] = {}
    for port in site.by_kind.get("interface", ()):
        name, device = port.record.port_channel, port.record.device
        bundle = finder.named(device, name) if name and device else None
        if bundle is not None and bundle.id != port.id:
            found[port.id] = site.assets[bundle.id]
    return found


def _links(site: Site) -> _Assets:
    """Return the far ends of each port, as they were joined."""
    found: dict[str, dict[str, Asset]] = defaultdict(dict)
    for one, other in _joined(site):
        found[one.id][other.id] = other
        found[other.id][one.id] = one
    return {port: tuple(ends.values()) for port, ends in found.items()}


def _joined(site: Site) -> Iterator[tuple[Asset, Asset]]:
    for port in site.by_kind.get("interface", ()):
        for join in site.joins_from.get(port.id, ()):
            far = site.assets.get(join.to_id)
            if join.type != "connected_to" or far is None:
                continue
            if far.kind == "interface" and far.id != port.id:
                yield port, far


def _lifted(site: Site, links: _Assets, bundles: dict[str, Asset]) -> _Assets:
    found: dict[str, dict[str, Asset]] = defaultdict(dict)
    for port_id, ends in links.items():
        near = bundles.get(port_id, site.assets[port_id])
        for end in ends:
            far = bundles.get(end.id, end)
            found[near.id][far.id] = far
    return {port: tuple(ends.values()) for port, ends in found.items()}


def _heard(site: Site, finder: Ports) -> Iterator[str]:
    for device in site.by_kind.get("device", ()):
        for heard in device.record.neighbours or ():
            if port := finder.named(device.id, heard.interface):
                yield port.id


def _learned(site: Site, finder: Ports) -> Iterator[str]:
    for device in site.by_kind.get("device", ()):
        entries = (*(device.record.mac_table or ()), *(device.record.arp or ()))
        for name in {entry.interface for entry in entries}:
            if port := finder.named(device.id, name):
                yield port.id

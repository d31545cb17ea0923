"""The physical topology: devices by their distance from the hosts, which stand at the end."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from generators.documents.diagram import Node, Path, mermaid, split
from generators.documents.network.ports import speed
from generators.documents.network.view import Link, View
from generators.documents.section import Section
from generators.documents.table import Table
from generators.documents.text import certainty, counted
from models.records.asset import Asset

_MOST_HOSTS = 60  # with a box of their own; more are one box for those on the same devices
_MOST_DIAGRAMS = 12
_MOST_WAYS = 64  # to one device from the top; a mesh of many layers has very many
Labels = dict[tuple[str, str], str]


@dataclass(slots=True)
class Fabric:
    """Which devices and hosts are linked, and how far each device is from the hosts."""

    pairs: dict[tuple[str, str], list[Link]] = field(default_factory=lambda: defaultdict(list))
    near: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    hosts: dict[str, dict[str, Link]] = field(default_factory=lambda: defaultdict(dict))
    levels: dict[str, int] = field(default_factory=dict)


def fabric_of(view: View) -> Fabric:
    """Return the links of devices and hosts, whatever ports they use."""
    found = Fabric()
    for link in view.links:
        one = link.port.record.device
        other = link.far.record.device if link.far.kind == "interface" else link.far.id
        if one is None or other is None or one == other:
            continue
        if link.far.kind == "host":
            found.hosts[one].setdefault(other, link)
        else:
            found.pairs[min(one, other), max(one, other)].append(link)
            found.near[one].add(other)
            found.near[other].add(one)
    found.levels = _levels(found)
    return found


def _levels(fabric: Fabric) -> dict[str, int]:
    """Return each linked device's distance from the devices that hosts are on, which have 1.

    Where no host is known the devices with the fewest neighbours are taken for the edge.
    """
    edge = sorted(fabric.hosts)
    if not edge and fabric.near:
        fewest = min(len(near) for near in fabric.near.values())
        edge = sorted(device for device, near in fabric.near.items() if len(near) == fewest)
    levels = dict.fromkeys(edge, 1)
    queue = list(edge)
    for device in queue:  # grows while it is walked
        for other in sorted(fabric.near[device]):
            if other not in levels:
                levels[other] = levels[device] + 1
                queue.append(other)
    return levels


def section(view: View) -> Section:
    """Return the pictures of the physical topology."""
    paths, labels = topology_paths(view)
    parts = split(paths)
    rest = len(parts) - _MOST_DIAGRAMS
    more = f" {rest} more diagrams are left out." if rest > 0 else ""
    return Section(
        key="topology",
        title="Physical topology",
        template="diagrams",
        input={
            "intro": "Devices with their racks, by their distance from the hosts, which stand at "
            "the right without the domain that all share. Links "
            "between devices of one layer, and every port, stand in the cabling table. A figure "
            f"on a host's line says how sure it is, where it is not certain.{more}",
            "diagrams": [mermaid(part, labels) for part in parts[:_MOST_DIAGRAMS]],
            "sources": Table(columns=(), rows=(), sources=view.facts.sources),
        },
        about=tuple(device.id for device in view.facts.of("device")),
    )


def topology_paths(view: View) -> tuple[list[Path], Labels]:
    """Return site -> device -> device -> host, and the words on the lines."""
    fabric = fabric_of(view)
    labels = _speeds(fabric)
    boxes = _Boxes(view, fabric, labels)
    order = sorted(view.facts.of("device"), key=_place)
    edge = [device for device in order if fabric.levels.get(device.id) == 1]
    paths = [path for device in edge for path in boxes.below(device)]
    shown = {node.id for path in paths for node in path}
    rest = [device for device in order if device.id not in shown]
    return paths + [path for device in rest for path in boxes.alone(device)], labels


def _place(device: Asset) -> tuple[str, str, str, str]:
    record = device.record
    return record.site or "", record.rack or "", device.name, device.id


def _speeds(fabric: Fabric) -> Labels:
    """Return how many links join two devices and how fast they are, for either direction."""
    labels = {}
    for (one, other), links in fabric.pairs.items():
        rates = {link.port.record.speed_mbps for link in links}
        rate = speed(next(iter(rates))) if len(rates) == 1 and None not in rates else ""
        words = f"{len(links)} x {rate}" if rate and len(links) > 1 else rate
        words = words or (counted(len(links), "link") if len(links) > 1 else "")
        if words:
            labels[one, other] = labels[other, one] = words
    return labels


class _Boxes:
    """Makes the boxes and paths of a fabric."""

    def __init__(self, view: View, fabric: Fabric, labels: Labels) -> None:
        self.view, self.fabric, self.labels = view, fabric, labels
        self.several = len(view.by_site) > 1
        hosts = {host for linked in fabric.hosts.values() for host in linked}
        self.grouped = len(hosts) > _MOST_HOSTS
        self.on: dict[str, frozenset[str]] = {
            host: frozenset(device for device in fabric.hosts if host in fabric.hosts[device])
            for host in hosts
        }

    def box(self, device: Asset) -> Node:
        """Return the box of a device, with its rack."""
        rack = f" ({device.record.rack})" if device.record.rack else ""
        return Node(device.id, f"{device.name}{rack}", "device")

    def above(self, device: Asset) -> list[Path]:
        """Return the ways down to a device from the devices one layer above it, and their own."""
        level = self.fabric.levels.get(device.id, 0)
        near = (self.view.facts.by_id.get(other) for other in self.fabric.near[device.id])
        above = [other for other in near if other and self.fabric.levels[other.id] > level]
        uppers = sorted(above, key=_place)
        if not uppers:
            return [(*self._site(device), self.box(device))]
        ways = [(*way, self.box(device)) for upper in uppers for way in self.above(upper)]
        return ways[:_MOST_WAYS]

    def _site(self, device: Asset) -> Path:
        site = device.record.site
        return (Node(f"site/{site}", f"Site {site}", "site"),) if self.several and site else ()

    def below(self, device: Asset) -> list[Path]:
        """Return the paths through a device to its hosts: each upper device, then each host."""
        ways = self.above(device)
        hosts = self._hosts(device)
        if not hosts:
            return ways
        return [(*way, hosts[0]) for way in ways] + [(*ways[0], host) for host in hosts[1:]]

    def alone(self, device: Asset) -> list[Path]:
        """Return the paths to a device that no path to a host goes through."""
        return self.above(device)

    def _hosts(self, device: Asset) -> list[Node]:
        links = self.fabric.hosts[device.id]
        if self.grouped:
            groups = sorted({tuple(sorted(self.on[host])) for host in links})
            return [self._group(group) for group in groups]
        found = sorted(links.values(), key=lambda link: (link.far.name, link.far.id))
        for link in found:
            if link.join.confidence < 1:
                self.labels[device.id, link.far.id] = certainty(link.join.confidence)
        cut = len(self.domain)
        return [
            Node(link.far.id, link.far.name[:-cut] if cut else link.far.name, "host")
            for link in found
        ]

    @cached_property
    def domain(self) -> str:
        """The end of a name that all hosts share, with its dot; boxes leave it out."""
        names = {link.far.name for linked in self.fabric.hosts.values() for link in linked.values()}
        ends = {name.partition(".")[2] for name in names}
        if len(names) < 2 or "" in ends:  # noqa: PLR2004  one shares nothing with another
            return ""
        shared: list[str] = []
        for labels in zip(*(reversed(end.split(".")) for end in ends), strict=False):
            if len(set(labels)) > 1:
                break
            shared.insert(0, labels[0])
        return "".join(f".{label}" for label in shared)

    def _group(self, devices: tuple[str, ...]) -> Node:
        hosts = [host for host, on in self.on.items() if on == frozenset(devices)]
        clusters = {self.view.facts.cluster_of_host.get(host, "") for host in hosts}
        cluster = self.view.facts.name(clusters.pop()) if len(clusters) == 1 else ""
        words = counted(len(hosts), "host") + (f" of {cluster}" if cluster else "")
        return Node("hosts/" + "/".join(devices), words, "host")

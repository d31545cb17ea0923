"""The IP plan: which networks there are, who has addresses in them, and addresses used twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    collapse_addresses,
    ip_address,
    ip_interface,
)

from generators.documents import paths
from generators.documents.facts import Facts, sources_of
from generators.documents.network.view import View
from generators.documents.section import Section, table_section
from generators.documents.table import Table, few
from generators.documents.text import escape, more_than
from models.kinds import KINDS
from models.records.asset import Asset

_MOST_ROWS = 1000
_HOLDERS = (("vm", "VMs"), ("node", "Nodes"), ("host", "Hosts"), ("interface", "Devices"))
_RESERVED = 2  # the network's own address and the broadcast
_POINT_TO_POINT = 31  # prefixes this long reserve nothing (RFC 3021)
Address = IPv4Address | IPv6Address
Net = IPv4Network | IPv6Network


@dataclass(slots=True)
class Prefix:
    """A network of the plan and what is known of it."""

    net: Net
    vlans: set[str] = field(default_factory=set)
    vrfs: set[str] = field(default_factory=set)
    gateways: set[str] = field(default_factory=set)
    used: set[Address] = field(default_factory=set)
    holders: Counter[str] = field(default_factory=Counter)
    groups: Counter[str] = field(default_factory=Counter)

    @property
    def free(self) -> int | None:
        """How many addresses nobody is known to use; None for IPv6, where it says nothing."""
        if self.net.version != 4:  # noqa: PLR2004  the version of IP
            return None
        reserved = 0 if self.net.prefixlen >= _POINT_TO_POINT else _RESERVED
        return max(0, self.net.num_addresses - reserved - len(self.used))


class Plan:
    """The networks by their addresses; the longest one that holds an address is its own."""

    def __init__(self) -> None:
        self.prefixes: dict[Net, Prefix] = {}
        self._starts: dict[tuple[int, int], dict[int, Prefix]] = {}

    def add(self, net: Net) -> Prefix:
        """Return the prefix of a network, new or known."""
        if net not in self.prefixes:
            self.prefixes[net] = Prefix(net)
            starts = self._starts.setdefault((net.version, net.prefixlen), {})
            starts[int(net.network_address)] = self.prefixes[net]
            self._starts = dict(sorted(self._starts.items(), reverse=True))
        return self.prefixes[net]

    def holding(self, address: Address) -> Prefix | None:
        """Return the longest prefix that holds an address."""
        for (version, length), starts in self._starts.items():
            if version != address.version:
                continue
            rest = address.max_prefixlen - length
            if found := starts.get(int(address) >> rest << rest):
                return found
        return None


@lru_cache(maxsize=65536)
def read_address(text: str) -> Address | None:
    """Return the address that a text is, None for none and for those of one link alone."""
    try:
        found = ip_address(text.partition("/")[0].partition("%")[0])
    except ValueError:
        return None
    return None if found.is_link_local or found.is_loopback or found.is_unspecified else found


@lru_cache(maxsize=65536)
def read_interface(text: str) -> IPv4Interface | IPv6Interface | None:
    """Return the address with its network, None where the text is neither or of one link alone."""
    try:
        found = ip_interface(text.partition("%")[0])
    except ValueError:
        return None
    return None if found.is_link_local or found.is_loopback else found


def sections(view: View) -> list[Section]:
    """Return the networks, the pods' networks, and the addresses that two things claim."""
    plan = plan_of(view.facts)
    return [_prefixes(view, plan), *_pod_networks(view), _duplicates(view)]


def plan_of(facts: Facts) -> Plan:
    """Return the networks that devices have addresses in, and who else is in them."""
    plan = Plan()
    for port in facts.of("interface"):
        for text in port.record.ip_addresses:
            _add_port(plan, facts, port, text)
    for vlan in facts.of("vlan"):
        _add_gateways(plan, vlan)
    for asset, address in holders(facts):
        prefix = plan.holding(address)
        if prefix is not None:
            prefix.used.add(address)
            prefix.holders[asset.kind] += 1
            prefix.groups.update(asset.record.networks if asset.kind == "vm" else ())
    return plan


def _add_gateways(plan: Plan, vlan: Asset) -> None:
    for _device, _port, text in vlan.record.gateways:
        found = read_interface(text)
        if found and found.network.prefixlen < found.max_prefixlen:
            prefix = plan.add(found.network)
            prefix.vlans.add(f"{vlan.record.vlan_id} {vlan.name}")
            prefix.gateways.add(str(found.ip))


def _add_port(plan: Plan, facts: Facts, port: Asset, text: str) -> None:
    found = read_interface(text)
    if found is None or found.network.prefixlen == found.max_prefixlen:
        return
    prefix = plan.add(found.network)
    if port.record.vrf:
        prefix.vrfs.add(port.record.vrf)
    vlan = facts.by_id.get(port.record.vlan or "")
    if vlan and vlan.kind == "vlan":
        prefix.vlans.add(f"{vlan.record.vlan_id} {vlan.name}")


def holders(facts: Facts) -> Iterator[tuple[Asset, Address]]:
    """Yield each asset with each address that it is known to have."""
    for kind in ("vm", "node", "interface"):
        for asset in facts.of(kind):
            yield from _addresses(asset, asset.record.ip_addresses)
    for host in facts.of("host"):
        adapters = host.record.kernel_adapters or ()
        yield from _addresses(host, [each.ip_address or "" for each in adapters])


def _addresses(asset: Asset, texts: tuple[str, ...] | list[str]) -> Iterator[tuple[Asset, Address]]:
    for text in texts:
        address = read_address(text)
        if address is not None:
            yield asset, address


def _prefixes(view: View, plan: Plan) -> Section:
    facts = view.facts
    order = sorted(
        plan.prefixes.values(),
        key=lambda each: (each.net.version, int(each.net.network_address), each.net.prefixlen),
    )
    return table_section(
        "prefixes",
        "IP plan",
        Table(
            columns=(
                *("Network", "VLAN", "VRF", "Gateways"),
                *(label for _, label in _HOLDERS),
                *("Used", "Free at most", "Port groups of the VMs"),
            ),
            rows=tuple(_row(facts, prefix) for prefix in order[:_MOST_ROWS]),
            sources=sources_of([*facts.of("interface"), *facts.of("vm")]) or facts.sources,
            right=tuple(range(4, 10)),
            note=more_than(len(order), _MOST_ROWS, "See csv/interface.csv."),
        ),
        intro="Networks in which a device has an address. Used counts the addresses that some "
        "source reports; machines that nobody collects use others.",
    )


def _row(facts: Facts, prefix: Prefix) -> tuple[str, ...]:
    groups = sorted(escape(facts.name(group)) for group in prefix.groups)
    return (
        str(prefix.net),
        few(sorted(escape(vlan) for vlan in prefix.vlans)) if prefix.vlans else "-",
        few(sorted(escape(vrf) for vrf in prefix.vrfs)) if prefix.vrfs else "-",
        few(sorted(prefix.gateways)) if prefix.gateways else "-",
        *(f"{prefix.holders[kind]:,}" for kind, _ in _HOLDERS),
        f"{len(prefix.used):,}",
        "-" if prefix.free is None else f"{prefix.free:,}",
        few(groups) if groups else "-",
    )


def _pod_networks(view: View) -> list[Section]:
    kubernetes = view.facts.kubernetes
    found = []
    for scope in kubernetes.scopes:
        nodes = kubernetes.of(scope, "node")
        networks = {each for node in nodes for each in node.record.pod_cidrs}
        if networks:
            row = escape(scope.name), f"{len(networks):,}", few(_together(networks))
            found.append((scope.source, row))
    if not found:
        return []
    return [
        table_section(
            "pod_networks",
            "Networks of pods",
            Table(
                columns=("Cluster", "Networks", "Which"),
                rows=tuple(row for _, row in found),
                sources=tuple(sorted({source for source, _ in found})),
                right=(1,),
                note="Each node's stands in csv/node.csv.",
            ),
            level=3,
        )
    ]


def _together(texts: set[str]) -> list[str]:
    """Return networks with neighbours made one: the nodes' networks are cut from a larger one."""
    nets = [found.network for found in map(read_interface, texts) if found]
    fours = collapse_addresses(net for net in nets if isinstance(net, IPv4Network))
    sixes = collapse_addresses(net for net in nets if isinstance(net, IPv6Network))
    return [*map(str, fours), *map(str, sixes)]


def _duplicates(view: View) -> Section:
    """Return addresses that two assets claim which are not one machine."""
    facts = view.facts
    claimed: dict[Address, dict[str, Asset]] = defaultdict(dict)
    for asset, address in holders(facts):
        claimed[address][asset.id] = asset
    found = [
        (address, list(these.values()))
        for address, these in claimed.items()
        if len(these) > 1 and _several(facts, list(these.values()))
    ]
    order = sorted(found, key=lambda item: (item[0].version, int(item[0])))
    shown = order[:_MOST_ROWS]
    return table_section(
        "duplicates",
        "Addresses used twice",
        Table(
            columns=("Address", "Claimed by"),
            rows=tuple(
                (str(address), few(sorted(_holder(facts, each) for each in these)))
                for address, these in shown
            ),
            sources=sources_of(a for _, these in shown for a in these) or facts.sources,
            note=more_than(len(order), len(shown), ""),
        ),
        intro="A node and the machine that it is count once. A gateway that several devices share "
        "on purpose stands here too.",
        about=sorted({asset.id for _, these in shown for asset in these}),
        level=3,
    )


def _several(facts: Facts, assets: list[Asset]) -> bool:
    """Tell whether these are several machines, each node taken as the VM or host that it is."""
    machines = set()
    for asset in assets:
        under = paths.machine_of(facts, asset) if asset.kind == "node" else None
        machine = (under.vm or under.host) if under else None
        machines.add(machine.id if machine else asset.id)
        if asset.kind == "interface":  # one device may well have it on two of its interfaces
            machines.discard(asset.id)
            machines.add(asset.record.device)
    return len(machines) > 1


def _holder(facts: Facts, asset: Asset) -> str:
    if asset.kind == "interface":
        return escape(f"{facts.name(asset.record.device)} {asset.name}")
    return escape(f"{KINDS[asset.kind].title} {asset.name}")

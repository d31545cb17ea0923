"""The IP plan: which networks there are, who has addresses in them, and addresses used twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses

from generators.documents import paths
from generators.documents.facts import FIGURES, Facts, sources_of
from generators.documents.network.plan import (
    Address,
    Plan,
    Prefix,
    holdings,
    plain_vrf,
    plan_of,
    read_address,
    read_interface,
    site_of,
)
from generators.documents.network.view import View
from generators.documents.section import Section, table_section
from generators.documents.table import Table, few
from generators.documents.text import escape, more_than
from models.kinds import KINDS
from models.records.asset import Asset

_MOST_ROWS = 1000
_HOLDERS = (("vm", "VMs"), ("node", "Nodes"), ("host", "Hosts"), ("interface", "Devices"))
# The check that judges addresses of interfaces; it knows which are shared on purpose.
_CHECK = "NE-18"
Claim = tuple[str, str, Address]  # site, VRF and address


def sections(view: View) -> list[Section]:
    """Return the networks, the pods' networks, and the addresses that two things claim."""
    plan = plan_of(view.facts)
    return [_prefixes(view, plan), *_pod_networks(view), _duplicates(view, plan)]


def _prefixes(view: View, plan: Plan) -> Section:
    facts = view.facts
    order = sorted(plan.prefixes.values(), key=_place)
    known = [*facts.of("interface"), *(each for kind in ("vm", "node") for each in facts.of(kind))]
    return table_section(
        "prefixes",
        "IP plan",
        Table(
            columns=(
                *("Network", "Site", "VRF", "VLAN", "Device addresses", "Gateway"),
                *(label for _, label in _HOLDERS),
                *("Used", "Free at most", "Port groups of these VMs"),
            ),
            rows=tuple(_row(facts, prefix) for prefix in order[:_MOST_ROWS]),
            sources=sources_of(known) or facts.sources,
            right=tuple(range(6, 12)),
            note=more_than(len(order), _MOST_ROWS, "See csv/interface.csv."),
        ),
        intro="Networks in which a device has an address. Used counts the addresses that some "
        "source reports; machines that nobody collects use others. A gateway is named where a "
        "device's default route leads to it; virtual addresses of VRRP or HSRP are not read.",
    )


def _place(prefix: Prefix) -> tuple[str, int, int, int, str]:
    net = prefix.net
    return prefix.site, net.version, int(net.network_address), net.prefixlen, prefix.vrf


def _row(facts: Facts, prefix: Prefix) -> tuple[str, ...]:
    return (
        str(prefix.net),
        escape(prefix.site) or "-",
        escape(prefix.vrf) or "-",
        _some(escape(vlan) for vlan in prefix.vlans),
        _some_addresses(prefix.addresses),
        _some_addresses(prefix.gateways),
        *(f"{prefix.holders[kind]:,}" for kind, _ in _HOLDERS),
        f"{len(prefix.used):,}",
        "-" if prefix.free is None else f"{prefix.free:,}",
        _some(escape(facts.name(group)) for group in prefix.groups),
    )


def _some(parts: Iterable[str]) -> str:
    return few(sorted(parts)) if (parts := list(parts)) else "-"


def _some_addresses(addresses: Iterable[Address]) -> str:
    order = [str(each) for each in sorted(addresses, key=int)]
    return few(order) if order else "-"


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


def _duplicates(view: View, plan: Plan) -> Section:
    """Return addresses that two assets of a site and VRF claim which are not one machine."""
    facts = view.facts
    found = _of_machines(facts, plan)
    for claim, these in _of_interfaces(facts).items():
        found.setdefault(claim, {}).update(these)
    order = sorted(found, key=lambda claim: (*claim[:2], claim[2].version, int(claim[2])))
    shown = order[:_MOST_ROWS]
    assets = [facts.by_id[each] for claim in shown for each in found[claim]]
    return table_section(
        "duplicates",
        "Addresses used twice",
        Table(
            columns=("Address", "Site", "VRF", "Claimed by"),
            rows=tuple(
                (
                    str(address),
                    escape(site) or "-",
                    escape(vrf) or "-",
                    few(sorted(found[site, vrf, address].values())),
                )
                for site, vrf, address in shown
            ),
            sources=sources_of(assets) or facts.sources,
            note=more_than(len(order), len(shown), ""),
        ),
        intro="Twice in one site and VRF. A node and the machine that it is count once. Interfaces "
        "stand here as the check of addresses on two interfaces finds them, which leaves out "
        "those that are shared on purpose.",
        about=sorted({asset.id for asset in assets}),
        level=3,
    )


def _of_machines(facts: Facts, plan: Plan) -> dict[Claim, dict[str, str]]:
    """Return who claims an address, by id, where a VM, a node or a host is among them."""
    claimed: dict[Claim, dict[str, Asset]] = defaultdict(dict)
    for each in holdings(facts):
        prefix = plan.holding(each.address, each.site, each.vrf)
        place = (prefix.site, prefix.vrf) if prefix else (each.site or "", each.vrf or "")
        claimed[*place, each.address][each.asset.id] = each.asset
    return {
        claim: {asset.id: _holder(facts, asset) for asset in these.values()}
        for claim, these in claimed.items()
        if {asset.kind for asset in these.values()} != {"interface"}
        and _several(facts, list(these.values()))
    }


def _of_interfaces(facts: Facts) -> dict[Claim, dict[str, str]]:
    """Return the interfaces that have an address twice, as the check has found them."""
    found: dict[Claim, dict[str, str]] = defaultdict(dict)
    for finding in facts.findings:
        port = facts.by_id.get(finding.asset_id)
        address = read_address(str(finding.evidence.get("address", "")))
        if finding.check == _CHECK and port and address:
            claim = site_of(facts, port), plain_vrf(port.record.vrf), address
            found[claim][port.id] = _holder(facts, port)
    return found


def _several(facts: Facts, assets: list[Asset]) -> bool:
    """Tell whether these are several machines, each node taken as the VM or host that it is."""
    machines = set()
    for asset in assets:
        under = paths.machine_of(facts, asset, FIGURES) if asset.kind == "node" else None
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

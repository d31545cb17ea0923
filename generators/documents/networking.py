"""Networks: distributed switches, port groups, and which VLAN is used where."""

from __future__ import annotations

from collections import Counter, defaultdict

from generators.documents import topology
from generators.documents.diagram import diagrams
from generators.documents.facts import Facts, sources_of
from generators.documents.section import Section
from generators.documents.table import Table, few, inventory_table
from generators.documents.text import UNKNOWN, escape
from models.kinds import KINDS
from models.records.asset import Asset


def sections(facts: Facts) -> list[Section]:
    """Return switches, port groups with their VLANs, and the picture of both."""
    return [_switches(facts), _networks(facts), _vlans(facts), _map(facts)]


def _switches(facts: Facts) -> Section:
    switches = facts.of("distributed_switch")
    return Section(
        key="switches",
        title="Distributed switches",
        template="table",
        input={
            "intro": "",
            "content": inventory_table(KINDS["distributed_switch"], switches, facts),
        },
        about=tuple(asset.id for asset in switches),
    )


def _networks(facts: Facts) -> Section:
    networks = facts.of("network")
    return Section(
        key="networks",
        title="Port groups",
        template="table",
        input={"intro": "", "content": inventory_table(KINDS["network"], networks, facts)},
        about=tuple(asset.id for asset in networks),
    )


def _vlans(facts: Facts) -> Section:
    by_vlan: dict[str | None, list[Asset]] = defaultdict(list)
    for network in facts.of("network"):
        if not network.record.uplink:
            by_vlan[network.record.vlan].append(network)
    attached = Counter(network for vm in facts.of("vm") for network in set(vm.record.networks))
    rows = tuple(
        (
            UNKNOWN if vlan is None else escape(vlan),
            few([escape(group.name) for group in groups]),
            f"{sum(attached[group.id] for group in groups):,}",
        )
        for vlan, groups in sorted(by_vlan.items(), key=lambda item: _order(item[0]))
    )
    return Section(
        key="vlans",
        title="VLAN plan",
        template="table",
        input={
            "intro": "VLAN 0 is untagged; a range is a trunk.",
            "content": Table(
                columns=("VLAN", "Port groups", "VM connections"),
                rows=rows,
                sources=sources_of(facts.of("network")) or facts.sources,
                right=(2,),
            ),
        },
        about=tuple(asset.id for asset in facts.of("network")),
    )


def _order(vlan: str | None) -> tuple[int, int, str]:
    """Sort VLANs by number, then trunks, then those not known."""
    if vlan is None:
        return 2, 0, ""
    return (0, int(vlan), vlan) if vlan.isdecimal() else (1, 0, vlan)


def _map(facts: Facts) -> Section:
    return Section(
        key="network_map",
        title="Network map",
        template="diagrams",
        input={
            "intro": "Switches, their port groups and VLANs.",
            "diagrams": diagrams(topology.network_paths(facts)),
            "sources": Table(columns=(), rows=(), sources=facts.sources),
        },
        about=tuple(asset.id for asset in facts.of("network")),
    )

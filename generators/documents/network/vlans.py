"""The VLAN plan, and who uses each VLAN through port groups and the joins between sources."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from generators.documents import paths
from generators.documents.facts import FIGURES, Facts, sources_of
from generators.documents.network.view import View
from generators.documents.section import Section, table_section
from generators.documents.table import Table, few, show
from generators.documents.text import certainty, escape, more_than
from models.records.asset import Asset

_MOST_ROWS = 1000


def sections(view: View) -> list[Section]:
    """Return the plan, and the VLANs' users."""
    return [_plan(view), _users(view)]


def _plan(view: View) -> Section:
    vlans = sorted(view.facts.of("vlan"), key=_order)
    several = len({vlan.record.site for vlan in vlans}) > 1
    rows = tuple(_row(view.facts, vlan, several=several) for vlan in vlans[:_MOST_ROWS])
    site = ("Site",) if several else ()
    return table_section(
        "vlans",
        "VLAN plan",
        Table(
            columns=("VLAN", *site, "Name", "Also called", "Devices", "Which", "Device addresses"),
            rows=rows,
            sources=sources_of(vlans) or view.facts.sources,
            right=(0, 3 + several),
            note=more_than(len(vlans), _MOST_ROWS, "All stand in csv/vlan.csv."),
        ),
        about=[vlan.id for vlan in vlans[:_MOST_ROWS]],
    )


def _order(vlan: Asset) -> tuple[str, int, str]:
    return vlan.record.site or "", vlan.record.vlan_id, vlan.id


def _row(facts: Facts, vlan: Asset, *, several: bool) -> tuple[str, ...]:
    record = vlan.record
    addresses = [f"{address} ({device} {port})" for device, port, address in record.gateways]
    devices = [escape(facts.name(device)) for device in record.devices]
    return (
        str(record.vlan_id),
        *((show(record.site),) if several else ()),
        escape(vlan.name),
        show(record.other_names) if record.other_names else "-",
        f"{len(devices):,}",
        few(sorted(devices)),
        few([escape(each) for each in addresses]) if addresses else "-",
    )


class Users:
    """Who uses port groups: VMs by what they are attached to, and the nodes among them."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @cached_property
    def vms_on(self) -> dict[str, set[str]]:
        """The ids of the VMs on each port group's id."""
        found: dict[str, set[str]] = defaultdict(set)
        for vm in self.facts.of("vm"):
            for network in vm.record.networks:
                found[network].add(vm.id)
        return found

    @cached_property
    def node_of(self) -> dict[str, str]:
        """The id of the node that each VM's id is."""
        nodes = self.facts.of("node")
        machines = ((node, paths.machine_of(self.facts, node, FIGURES)) for node in nodes)
        return {under.vm.id: node.id for node, under in machines if under.vm}

    def of(self, groups: list[Asset]) -> tuple[int, int, int]:
        """Return how many VMs, nodes and pods are on port groups."""
        vms = set().union(*(self.vms_on.get(group.id, set()) for group in groups))
        nodes = [self.node_of[vm] for vm in vms if vm in self.node_of]
        pods = sum(len(self.facts.kubernetes.pods_on.get(node, ())) for node in nodes)
        return len(vms), len(nodes), pods


def _users(view: View) -> Section:
    """Return the port groups of each VLAN with the machines and pods behind them."""
    facts, users = view.facts, Users(view.facts)
    rows, shown = [], []
    for vlan in sorted(facts.of("vlan"), key=_order):
        joined = facts.joined(vlan.id, "network", FIGURES)
        if not joined:
            continue
        groups = [group for _, group in joined]
        shown += groups
        least = min(join.confidence for join, _ in joined)
        numbers = (f"{number:,}" for number in users.of(groups))
        names = few([escape(group.name) for group in groups])
        site = show(vlan.record.site) if vlan.record.site else "-"
        rows.append((_named(vlan), site, names, *numbers, certainty(least)))
    return table_section(
        "vlan_users",
        "Who uses which VLAN",
        Table(
            columns=("VLAN", "Site", "Port groups", "VMs", "Nodes", "Pods on them", "How sure"),
            rows=tuple(rows[:_MOST_ROWS]),
            sources=sources_of([*facts.of("vlan"), *facts.of("node"), *shown]) or facts.sources,
            right=(3, 4, 5),
            note=more_than(len(rows), _MOST_ROWS, "All VLANs stand in csv/vlan.csv."),
        ),
        intro="Only VLANs of which a port group is known. A node that is known by its name alone "
        "is not counted.",
        about=[group.id for group in shown],
    )


def _named(vlan: Asset) -> str:
    return escape(f"{vlan.record.vlan_id} {vlan.name}")

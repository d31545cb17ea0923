"""The graphs of a site, as paths from a root to a leaf: see `diagram`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from generators.documents.diagram import Node, Path
from generators.documents.facts import Facts
from generators.documents.text import counted
from models.records.asset import Asset

Labels = dict[tuple[str, str], str]


def host_paths(facts: Facts) -> list[Path]:
    """Return datacenter -> cluster -> host; a host outside clusters hangs below its datacenter."""
    paths: list[Path] = []
    for host in facts.of("host"):
        cluster = facts.by_id.get(host.record.cluster or "")
        place = facts.by_id.get((cluster or host).record.datacenter or "")
        above = tuple(_node(asset) for asset in (place, cluster) if asset)
        paths.append((*above, _node(host)))
    with_hosts = {node.id for path in paths for node in path}
    for cluster in facts.of("cluster"):
        if cluster.id not in with_hosts:
            place = facts.by_id.get(cluster.record.datacenter or "")
            paths.append(tuple(_node(asset) for asset in (place, cluster) if asset))
    return sorted(paths, key=lambda path: [(node.label, node.id) for node in path])


def storage_paths(facts: Facts) -> tuple[list[Path], Labels]:
    """Return cluster -> datastore, the edge with the number of VMs that it carries."""
    carried: Counter[tuple[str, str]] = Counter()
    for vm in facts.of("vm"):
        cluster = facts.cluster_of_vm(vm)
        for store in vm.record.datastores:
            if cluster in facts.by_id and store in facts.by_id:
                carried[cluster, store] += 1
    paths = [(_node(facts.by_id[start]), _node(facts.by_id[end])) for start, end in carried]
    labels = {ends: counted(number, "VM") for ends, number in carried.items()}
    return sorted(paths, key=lambda path: [(node.label, node.id) for node in path]), labels


def network_paths(facts: Facts) -> list[Path]:
    """Return switch -> port group -> VLAN; a VLAN is one box per switch."""
    return sorted(
        (path for network in facts.of("network") for path in _network(network, facts)),
        key=lambda path: [(node.label, node.id) for node in path],
    )


def _network(network: Asset, facts: Facts) -> Iterator[Path]:
    if network.record.uplink:
        return
    switch = facts.by_id.get(network.record.switch or "")
    root = _node(switch) if switch else _standard(network, facts)
    group = Node(network.id, network.name, "network")
    vlan = network.record.vlan
    if vlan is None:
        yield root, group
        return
    label = "no VLAN" if vlan == "0" else f"VLAN {vlan}"
    yield root, group, Node(f"{root.id}/{vlan}", label, "vlan")


def _standard(network: Asset, facts: Facts) -> Node:
    """Return the box of the standard switches of a datacenter, which are configured per host."""
    place = facts.by_id.get(network.record.datacenter or "")
    name = f"Standard switches of {place.name}" if place else "Standard switches"
    return Node(f"standard/{place.id if place else network.source}", name, "switch")


_KINDS = {"distributed_switch": "switch"}


def _node(asset: Asset) -> Node:
    return Node(asset.id, asset.name, _KINDS.get(asset.kind, asset.kind))

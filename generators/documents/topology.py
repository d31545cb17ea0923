"""The graphs of a site, as paths from a root to a leaf: see `diagram`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from generators.documents import paths
from generators.documents.diagram import Node, Path
from generators.documents.facts import FIGURES, Facts
from generators.documents.text import counted
from models.records.asset import Asset

Labels = dict[tuple[str, str], str]
_MOST_SWITCHES = 24  # with a box of their own in the picture across domains


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


def paths_across(facts: Facts) -> tuple[list[Path], Labels]:
    """Return switch -> cluster of hosts -> Kubernetes cluster, with how many are behind a line.

    Many switches are shown by their site. What is not joined stands alone.
    """
    wired = _switches_of_hosts(facts)
    pods = _kubernetes_on_hosts(facts)
    found: dict[tuple[Node, ...], None] = {}
    labels: Counter[tuple[str, str]] = Counter()
    for host in facts.of("host"):
        cluster = _cluster_box(facts, host)
        above, below = wired.get(host.id, set()), pods.get(host.id, Counter())
        for switch in above:
            labels[switch.id, cluster.id] += 1
        for box, number in below.items():
            labels[cluster.id, box.id] += number
        starts: list[Path] = [(switch, cluster) for switch in above] or [(cluster,)]
        ends: list[Path] = [(box,) for box in below] or [()]
        found.update(dict.fromkeys((*start, *end) for start in starts for end in ends))
    found.update(dict.fromkeys(_unjoined(facts, {node for path in found for node in path})))
    words = {ends: f"{number:,}" for ends, number in labels.items()}
    return sorted(found, key=lambda path: [(node.label, node.id) for node in path]), words


def _unjoined(facts: Facts, shown: set[Node]) -> list[Path]:
    """Return the Kubernetes clusters that no host leads to, and all switches if none does."""
    found = [Node(each.id, each.name, "kubernetes") for each in facts.kubernetes.scopes]
    switches = dict.fromkeys(_switch_box(facts, device) for device in facts.of("device"))
    if not shown & switches.keys():
        found += switches
    return [(node,) for node in found if node not in shown]


def _switches_of_hosts(facts: Facts) -> dict[str, set[Node]]:
    found: dict[str, set[Node]] = defaultdict(set)
    for link in facts.network.links:
        device = facts.by_id.get(link.port.record.device or "")
        if link.far.kind == "host" and device:
            found[link.far.id].add(_switch_box(facts, device))
    return found


def _switch_box(facts: Facts, device: Asset) -> Node:
    if len(facts.of("device")) <= _MOST_SWITCHES:
        return Node(device.id, device.name, "device")
    site = device.record.site
    number = len(facts.network.by_site.get(site or "", ()))
    name = f"Site {site}" if site else "Outside sites"
    return Node(f"site/{site}", f"{name}: {counted(number, 'device')}", "site")


def _cluster_box(facts: Facts, host: Asset) -> Node:
    cluster = facts.by_id.get(host.record.cluster or "")
    if cluster:
        return _node(cluster)
    return Node(f"none/{host.source}", f"Hosts outside clusters ({host.source})", "cluster")


def _kubernetes_on_hosts(facts: Facts) -> dict[str, Counter[Node]]:
    found: dict[str, Counter[Node]] = defaultdict(Counter)
    for scope in facts.kubernetes.scopes:
        box = Node(scope.id, scope.name, "kubernetes")
        for node in facts.kubernetes.of(scope, "node"):
            under = paths.machine_of(facts, node, FIGURES)
            if under.host:
                found[under.host.id][box] += 1
    return found

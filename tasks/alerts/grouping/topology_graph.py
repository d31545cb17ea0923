"""The topology as the inventory has collected it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tasks.alerts.grouping.topology import Node, Topology


class Thing(NamedTuple):
    """An asset as far as grouping needs it; `realm` is its cluster, where it has one."""

    id: str
    kind: str
    name: str
    realm: str = ""
    namespace: str = ""


class Edge(NamedTuple):
    """An edge as the store has it: the first asset states it of the second."""

    from_id: str
    type: str
    to_id: str


# What an asset's edge says of failures: it depends on its other end, or the other end on it.
# `member_of` and `part_of` are places and lists, whose members do not fail with one another, except
# for a port, which fails with its device, and a network, which fails with its switch.
_DEPENDS = frozenset(("runs_on", "stored_on", "mounts", "connected_to", "selects"))
_REVERSED = frozenset(("owned_by",))
_PARTS = frozenset(("interface", "network"))
_SWITCHES = frozenset(("distributed_switch", "device"))
_KINDS = {"device": "switch", "distributed_switch": "switch", "datastore": "storage"}
# What the name in an alert may mean, the likeliest first. A namespace, an account or a policy is
# called like the service that it is for, and is not meant.
_NAMED = (
    *("service", "deployment", "statefulset", "daemonset", "cronjob", "job", "ingress"),
    *("node", "vm", "host", "switch", "storage", "pod", "pvc", "pv", "cluster"),
    *("kubernetes_cluster", "vcenter", "network", "interface"),
)


def topology_of(assets: Iterable[Thing], edges: Iterable[Edge], *, hops: int = 4) -> Topology:
    """Return the topology of collected assets; only what fails with one another is linked."""
    things = {asset.id: asset for asset in assets}
    nodes = [
        Node(
            one.id,
            one.name,
            _KINDS.get(one.kind, one.kind),
            one.realm.lower(),
            one.namespace.lower(),
        )
        for one in things.values()
    ]
    linked = (_direction(edge, things) for edge in edges)
    return Topology(nodes, (pair for pair in linked if pair), hops=hops, named=_NAMED)


def _direction(edge: Edge, things: Mapping[str, Thing]) -> tuple[str, str] | None:
    low, high = things.get(edge.from_id), things.get(edge.to_id)
    if low is None or high is None:
        return None
    if edge.type in _REVERSED or (edge.type == "connected_to" and low.kind in _SWITCHES):
        return high.id, low.id
    if edge.type in _DEPENDS or (edge.type == "part_of" and low.kind in _PARTS):
        return low.id, high.id
    return None

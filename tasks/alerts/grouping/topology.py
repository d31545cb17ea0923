"""What depends on what: from the collected graph, or from a JSON file.

An edge leads from what depends to what it depends on: pod to node to VM to host to datastore and
switch, service to service. Walks are bounded, and never leave the environment or cluster that an
alert names, since a topology answers only for its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from collectors.alerts.wordlists import listed
from tasks.alerts.common_names import MACHINES
from tasks.alerts.grouping.names import short_host

HUBS = frozenset(
    listed(
        "switch rack place power storage datastore hypervisor host network router pdu "
        "chassis enclosure distributed_switch device row zone array"
    )
)
_CARRIERS = frozenset(("host", "hypervisor"))


class Node(NamedTuple):
    """One thing of a topology. `realm` is the cluster or environment that it is of, or empty.

    `namespace` is that of Kubernetes, or of a port the name of its device.
    """

    id: str
    name: str
    kind: str
    realm: str = ""
    namespace: str = ""


class Topology:
    """A bounded view on the graph of dependencies; walks are remembered."""

    def __init__(  # noqa: PLR0913 - what it is made of and its bounds
        self,
        nodes: Iterable[Node] = (),
        edges: Iterable[tuple[str, str]] = (),
        *,
        clusters: Iterable[str] = (),
        environments: Iterable[str] = (),
        hops: int = 4,
        reach: int = 400,
        named: Sequence[str] | None = None,
    ) -> None:
        """Build it from nodes and (dependent, depended on) pairs of their ids.

        Args:
            nodes: Every thing once.
            edges: Ends that are no nodes are left out.
            clusters: What it answers for; none stands for all.
            environments: The same.
            hops: How far walks go.
            reach: How many things a walk finds at most, the nearest first.
            named: The kinds that a service's name may mean, the likeliest first; without it any.
        """
        self.nodes = {node.id: node for node in nodes}
        self.clusters = frozenset(name.lower() for name in clusters)
        self.environments = frozenset(environments)
        self._hops, self._reach = hops, reach
        self._up: dict[str, list[str]] = {}
        self._down: dict[str, list[str]] = {}
        self.edges = [
            (low, high)
            for low, high in dict.fromkeys(edges)
            if low in self.nodes and high in self.nodes and low != high
        ]
        for low, high in self.edges:
            self._up.setdefault(low, []).append(high)
            self._down.setdefault(high, []).append(low)
        self.named = None if named is None else tuple(named)
        self._named = None if named is None else frozenset(named)
        self._kinds = {node.kind for node in self.nodes.values()}
        self._names: dict[str, list[str]] = {}
        for node in _by_kind(self.nodes.values(), named):
            self._names.setdefault(node.name.lower(), []).append(node.id)
        self._names.update(_short_names(self.nodes.values(), self._names))
        self._walks: dict[tuple[str, bool], dict[str, int]] = {}

    def __bool__(self) -> bool:
        return bool(self.nodes)

    def within(self, hops: int) -> Topology:
        """Return the same with walks that go so far."""
        if hops == self._hops:
            return self
        return Topology(
            self.nodes.values(),
            self.edges,
            clusters=self.clusters,
            environments=self.environments,
            hops=hops,
            reach=self._reach,
            named=self.named,
        )

    def resolve(
        self,
        name: str,
        realms: Iterable[str] = (),
        kinds: Collection[str] = (),
        meant: Callable[[Node], bool] = lambda _: True,
    ) -> str | None:
        """Return the id of the thing that a name means, None for one that is not known.

        Args:
            name: As an alert says it, in lower case.
            realms: The cluster and environment that the alert names; of several things of that
                name the one in it is meant, and where none is, none.
            kinds: Of several that remain one of these kinds is meant, where there is one.
            meant: Says of a thing of that name whether it can be meant.
        """
        found = self._names.get(name)
        if not found:
            return None
        wanted = {realm for realm in realms if realm}
        there = [one for one in found if not wanted or self.nodes[one].realm in ("", *wanted)]
        fits = [one for one in there if meant(self.nodes[one])]
        exact = [one for one in fits if self.nodes[one].realm in wanted]
        liked = [one for one in exact or fits if self.nodes[one].kind in kinds]
        return next(iter(liked or exact or fits), None)

    def knows(self, name: str) -> bool:
        """Say whether anything has exactly this name, in lower case."""
        return name in self._names

    def may_serve(self, node_id: str) -> bool:
        """Say whether a service's name may mean a thing: no namespace, account or policy."""
        return self._named is None or self.nodes[node_id].kind in self._named

    def answers_for(self, cluster: str | None, environment: str | None) -> bool:
        """Say whether it tells of these; an alert that names none is taken to be of it."""
        return (cluster is None or not self.clusters or cluster in self.clusters) and (
            environment is None or not self.environments or environment in self.environments
        )

    def is_of(self, cluster: str | None, environment: str | None) -> bool:
        """Say whether it is told to be of the cluster or environment that an alert names.

        A file that tells none was written for the alerts that it is given with.
        """
        anywhere = self._named is None and not self.clusters and not self.environments
        return anywhere or cluster in self.clusters or environment in self.environments

    def has(self, kind: str) -> bool:
        """Say whether there is any thing of a kind in it."""
        return kind in self._kinds

    def upstream(self, node_id: str) -> dict[str, int]:
        """Return what a thing depends on, with the number of steps, the nearest first."""
        return self._walk(node_id, up=True)

    def downstream(self, node_id: str) -> dict[str, int]:
        """Return what depends on a thing, with the number of steps, the nearest first."""
        return self._walk(node_id, up=False)

    def hubs(self, node_id: str) -> list[str]:
        """Return what several things share and this one stands directly on."""
        return [one for one in self._up.get(node_id, ()) if self.nodes[one].kind in HUBS]

    def members(self, node_id: str) -> int:
        """Return how many things stand directly on this one."""
        return len(self._down.get(node_id, ()))

    def _walk(self, start: str, *, up: bool) -> dict[str, int]:
        known = self._walks.get((start, up))
        if known is None:
            known = self._walks[start, up] = self._search(start, self._up if up else self._down)
        return known

    def _search(self, start: str, edges: Mapping[str, list[str]]) -> dict[str, int]:
        steps, waiting = {start: 0}, deque([("", start)])
        while waiting and len(steps) <= self._reach:
            before, here = waiting.popleft()
            if steps[here] >= self._hops:
                continue
            for there in edges.get(here, ()):
                if there not in steps and not self._detour(before, here, there):
                    steps[there] = steps[here] + 1
                    waiting.append((here, there))
        del steps[start]
        return steps

    def _detour(self, before: str, here: str, there: str) -> bool:
        """Say whether a path goes over a host from its storage to a VM that is stored elsewhere."""
        if not before or self.nodes[here].kind not in _CARRIERS:
            return False
        ends = {self.nodes[before].kind: before, self.nodes[there].kind: there}
        if ends.keys() != {"storage", "vm"}:
            return False
        own = self._up.get(ends["vm"], ())
        return ends["storage"] not in own and any(self.nodes[one].kind == "storage" for one in own)


def _short_names(nodes: Iterable[Node], taken: Collection[str]) -> dict[str, list[str]]:
    """Return the machines with a full name by its first label, where that means no other thing."""
    found: dict[str, list[str]] = {}
    for node in nodes:
        name = node.name.lower()
        if node.kind in MACHINES and name.count(".") > 1:
            found.setdefault(short_host(name), []).append(node.id)
    return {name: ids for name, ids in found.items() if len(ids) == 1 and name not in taken}


def _by_kind(nodes: Iterable[Node], kinds: Sequence[str] | None) -> Iterable[Node]:
    """Return the nodes in the order of these kinds, those of others last."""
    if kinds is None:
        return nodes
    ranks = {kind: rank for rank, kind in enumerate(kinds)}
    return sorted(nodes, key=lambda one: ranks.get(one.kind, len(ranks)))

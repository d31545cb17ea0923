"""Clusters and their nodes: versions, capacity, and which machine each node is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from generators.documents import paths
from generators.documents.capacity import total
from generators.documents.diagram import Node, Path, diagrams
from generators.documents.facts import Facts, sources_of
from generators.documents.kubernetes.view import Requests, Scope, View
from generators.documents.section import Section
from generators.documents.table import Table, inventory_table, tally
from generators.documents.text import (
    UNKNOWN,
    certainty,
    escape,
    memory,
    percent,
    quantity,
)
from models.kinds import KINDS
from models.records.asset import Asset

_NODE = KINDS["node"]


def sections(view: View) -> list[Section]:
    """Return the clusters' section, two per cluster about its nodes, and the map.

    How busy nodes are moves with every collection, and stands in a CSV file alone.
    """
    each = [
        section
        for scope in view.scopes
        for section in (_nodes(view, scope), _machines(view, scope))
        if view.of(scope, "node")
    ]
    return [_clusters(view), *each, _map(view)]


def _clusters(view: View) -> Section:
    facts = view.facts
    clusters = facts.of("kubernetes_cluster")
    nodes = facts.of("node")
    runtimes = (node.record.container_runtime for node in nodes)
    systems = (node.record.os_image for node in nodes)
    sources = sources_of(nodes) or facts.sources
    return Section(
        key="clusters",
        title="Clusters",
        template="kubernetes_clusters",
        input={
            "clusters": inventory_table(KINDS["kubernetes_cluster"], clusters, facts),
            "capacity": capacity_table(view),
            "tallies": [
                tally((node.record.kubelet_version for node in nodes), sources, _by("Kubelet")),
                tally(runtimes, sources, _by("Container runtime")),
                tally(systems, sources, _by("Operating system")),
            ],
        },
        about=tuple(asset.id for asset in clusters),
    )


def _by(label: str) -> tuple[str, str]:
    return label, "Nodes"


def capacity_table(view: View) -> Table:
    """Return what each cluster offers to pods and what its pods ask for."""
    return Table(
        columns=(
            "Cluster",
            "Nodes ready",
            "Pods",
            "CPU for pods",
            "CPU requested",
            "Memory for pods",
            "Memory requested",
        ),
        rows=tuple(_capacity(view, scope) for scope in view.scopes),
        sources=sources_of(view.facts.of("node")) or view.facts.sources,
        right=tuple(range(1, 7)),
    )


def _capacity(view: View, scope: Scope) -> tuple[str, ...]:
    nodes = view.of(scope, "node")
    pods = view.of(scope, "pod")
    asked = view.requests(placed(pods))
    cpu, room = offered(nodes)
    ready = sum(node.record.ready is True for node in nodes)
    return (
        escape(scope.name),
        f"{ready} of {len(nodes)}",
        f"{len(pods):,}",
        cores(cpu),
        percent(asked.cpu_millicores, cpu) + _at_least(asked),
        memory(room),
        percent(asked.memory_mib, room) + _at_least(asked),
    )


def offered(nodes: Iterable[Asset]) -> tuple[int | None, int | None]:
    """Return the CPU and memory that nodes offer to pods; None where one does not say."""
    known = list(nodes)
    return (
        total(node.record.cpu_allocatable_millicores for node in known),
        total(node.record.memory_allocatable_mib for node in known),
    )


def placed(pods: Iterable[Asset]) -> list[Asset]:
    """Return the pods that have a node; what others ask for nobody has given them."""
    return [pod for pod in pods if pod.record.node]


def cores(millicores: int | None) -> str:
    """Return an amount of CPU in cores."""
    if millicores == 0:
        return "0"
    return UNKNOWN if millicores is None else quantity(millicores, "millicores")


def _at_least(asked: Requests) -> str:
    return " at least" if asked.undeclared else ""


def _nodes(view: View, scope: Scope) -> Section:
    nodes = view.of(scope, "node")
    inventory = inventory_table(_NODE, nodes, view.facts, omit=("cluster",))
    numbers = tuple(range(len(inventory.columns), len(inventory.columns) + 3))
    return Section(
        key=f"nodes:{scope.id}",
        title=view.title(scope, "Nodes"),
        template="table",
        input={
            "intro": "Requested is what the pods on a node ask for, of what it offers to pods.",
            "content": replace(
                inventory,
                columns=(*inventory.columns, "Pods", "CPU requested", "Memory requested"),
                rows=tuple(
                    (*row, *_asked_on(view, node))
                    for row, node in zip(inventory.rows, nodes, strict=True)
                ),
                right=(*inventory.right, *numbers),
                note="All fields stand in csv/node.csv, what is in use now in csv/node-usage.csv.",
            ),
        },
        about=tuple(node.id for node in nodes),
        level=3,
    )


def _asked_on(view: View, node: Asset) -> tuple[str, ...]:
    asked = view.requests(view.pods_on.get(node.id, ()))
    record = node.record
    return (
        f"{asked.pods:,}",
        percent(asked.cpu_millicores, record.cpu_allocatable_millicores) + _at_least(asked),
        percent(asked.memory_mib, record.memory_allocatable_mib) + _at_least(asked),
    )


def _machines(view: View, scope: Scope) -> Section:
    """Return which VM each node is and which host that runs on, with how sure and why."""
    nodes = view.of(scope, "node")
    return Section(
        key=f"machines:{scope.id}",
        title=view.title(scope, "Machines under the nodes"),
        template="table",
        input={
            "intro": "How sure says how far the facts of both sides agree that they are one.",
            "content": Table(
                columns=("Node", "Virtual machine", "Host", "How sure", "Why"),
                rows=tuple(_machine(view.facts, node) for node in nodes),
                sources=_sources(view.facts, nodes),
            ),
        },
        about=tuple(node.id for node in nodes),
        level=3,
    )


def _machine(facts: Facts, node: Asset) -> tuple[str, ...]:
    under = paths.machine_of(facts, node)
    if under.join is None:
        return escape(node.name), UNKNOWN, UNKNOWN, "-", "nothing that is known agrees with it"
    return (
        escape(node.name),
        escape(under.vm.name) if under.vm else "none",
        escape(under.host.name) if under.host else UNKNOWN,
        certainty(under.join.confidence),
        escape(under.join.reason),
    )


def _sources(facts: Facts, nodes: Sequence[Asset]) -> tuple[str, ...]:
    under = [paths.machine_of(facts, node) for node in nodes]
    return sources_of([*nodes, *(each.vm for each in under if each.vm)])


def _map(view: View) -> Section:
    found, labels = map_paths(view)
    return Section(
        key="map",
        title="Cluster map",
        template="diagrams",
        input={
            "intro": "Clusters, the hosts under them, and the nodes on each host. "
            "A figure on a line says how sure it is, where it is not certain.",
            "diagrams": diagrams(found, labels),
            "sources": Table(columns=(), rows=(), sources=view.facts.sources),
        },
        about=tuple(node.id for node in view.facts.of("node")),
    )


def map_paths(view: View) -> tuple[list[Path], dict[tuple[str, str], str]]:
    """Return cluster -> host -> node; nodes whose host is not known hang below one box."""
    found: list[Path] = []
    labels: dict[tuple[str, str], str] = {}
    for scope in view.scopes:
        root = Node(scope.id, scope.name, "kubernetes")
        for node in view.of(scope, "node"):
            under = paths.machine_of(view.facts, node)
            host = (
                Node(f"{scope.id}/{under.host.id}", under.host.name, "host")
                if under.host
                else Node(f"{scope.id}/?", "host not known", "host")
            )
            leaf = Node(node.id, node.name, "node")
            found.append((root, host, leaf))
            if under.join and under.join.confidence < 1:
                labels[host.id, leaf.id] = certainty(under.join.confidence)
    order = sorted(found, key=lambda path: [(node.label, node.id) for node in path])
    return order, labels

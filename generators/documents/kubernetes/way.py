"""One way per cluster from a pod down to the port of a switch, with how sure each hop is."""

from __future__ import annotations

from itertools import pairwise

from generators.documents import paths
from generators.documents.diagram import Node, Path, mermaid
from generators.documents.facts import Facts, sources_of
from generators.documents.kubernetes.view import Scope, View
from generators.documents.paths import Step, Way
from generators.documents.section import Section
from generators.documents.table import Table
from generators.documents.text import certainty, escape
from models.kinds import KINDS
from models.records.asset import Asset

_KINDS = {"interface": "port"}


def section(view: View) -> Section:
    """Return the picture of one way per cluster and the table of its hops."""
    ways = [found for found in (_example(view, scope) for scope in view.scopes) if found]
    shown = [asset for found in ways for asset in _assets(view.facts, found)]
    return Section(
        key="way",
        title="From a pod to a switch port",
        template="kubernetes_way",
        input={
            "diagrams": [_drawn(view.facts, found) for found in ways],
            "hops": Table(
                columns=("From", "To", "Kind", "How sure", "Why"),
                rows=tuple(row for found in ways for row in _hops(view.facts, found)),
                sources=sources_of(shown) or view.facts.sources,
            ),
        },
        about=tuple(dict.fromkeys(asset.id for asset in shown)),
    )


def _example(view: View, scope: Scope) -> Way | None:
    """Return the way of a cluster of which most is known; of equal ones the first pod's by name.

    One pod per node is enough to look at: the hops below a node are the same for all its pods.
    """
    first: dict[str, Asset] = {}
    for pod in view.of(scope, "pod"):
        if pod.record.node and pod.record.phase == "Running":
            known = first.setdefault(pod.record.node, pod)
            if _order(pod) < _order(known):
                first[pod.record.node] = pod
    ways = [paths.way(view.facts, pod) for pod in sorted(first.values(), key=_order)]
    return max(ways, key=lambda found: found.known, default=None)


def _order(pod: Asset) -> tuple[str, str, str]:
    """Prefer pods that a person runs to those of the system, which are on every node."""
    namespace = str(pod.record.namespace)
    return f"{namespace.startswith('kube-'):d}{namespace}", pod.name, pod.id


def _assets(facts: Facts, found: Way) -> list[Asset]:
    ends = [step.asset for step in found.ports]
    switches = [switch for port in ends if (switch := _switch(facts, port))]
    return [*(step.asset for step in found.steps), *ends, *switches]


def _switch(facts: Facts, port: Asset) -> Asset | None:
    return facts.by_id.get(port.record.device or "")


def _drawn(facts: Facts, found: Way) -> str:
    trunk: Path = tuple(_box(step.asset) for step in found.steps)
    labels = {
        (before.asset.id, step.asset.id): certainty(step.join.confidence)
        for before, step in pairwise(found.steps)
        if step.join
    }
    ends: list[Path] = []
    for step in found.ports:
        labels[found.steps[-1].asset.id, step.asset.id] = _sure(found, step)
        switch = _switch(facts, step.asset)
        ends.append((_box(step.asset), *((_box(switch),) if switch else ())))
    return mermaid([(*trunk, *end) for end in ends] or [trunk], labels)


def _box(asset: Asset) -> Node:
    return Node(asset.id, asset.name, _KINDS.get(asset.kind, asset.kind))


def _sure(found: Way, step: Step) -> str:
    """Return how sure a hop is; that a machine uses one of several ports says none of them."""
    if step in found.ports and not found.own_port and len(found.ports) > 1:
        return f"one of {len(found.ports)}"
    return certainty(step.join.confidence) if step.join else "certain"


def _hops(facts: Facts, found: Way) -> list[tuple[str, ...]]:
    last = found.steps[-1]
    rows = [_hop(found, before, step) for before, step in pairwise(found.steps)]
    for port in found.ports:
        rows.append(_hop(found, last, port))
        if switch := _switch(facts, port.asset):
            rows.append(_hop(found, port, Step(asset=switch)))
    return rows


def _hop(found: Way, before: Step, step: Step) -> tuple[str, ...]:
    return (
        escape(before.asset.name),
        escape(step.asset.name),
        KINDS[step.asset.kind].title,
        _sure(found, step),
        escape(step.join.reason) if step.join else "the source says so",
    )

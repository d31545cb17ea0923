"""One way per cluster from a pod down to the port of a switch, with how sure each hop is."""

from __future__ import annotations

from itertools import pairwise

from generators.documents import paths
from generators.documents.diagram import Node, Path, mermaid
from generators.documents.facts import sources_of
from generators.documents.kubernetes.view import Scope, View
from generators.documents.paths import Step
from generators.documents.section import Section
from generators.documents.table import Table
from generators.documents.text import certainty, escape
from models.kinds import KINDS
from models.records.asset import Asset

_KINDS = {"interface": "port"}


def section(view: View) -> Section:
    """Return the picture of one way per cluster and the table of its hops."""
    ways = [found for found in (_example(view, scope) for scope in view.scopes) if found]
    shown = [step.asset for steps in ways for step in steps]
    return Section(
        key="way",
        title="From a pod to a switch port",
        template="kubernetes_way",
        input={
            "diagrams": [_drawn(steps) for steps in ways],
            "hops": Table(
                columns=("From", "To", "Kind", "How sure", "Why"),
                rows=tuple(row for steps in ways for row in _hops(steps)),
                sources=sources_of(shown) or view.facts.sources,
            ),
        },
        about=tuple(dict.fromkeys(asset.id for asset in shown)),
    )


def _example(view: View, scope: Scope) -> tuple[Step, ...]:
    """Return the longest way of a cluster; of equally long ones the first pod's by name.

    One pod per node is enough to look at: the hops below a node are the same for all its pods.
    """
    first: dict[str, Asset] = {}
    for pod in view.of(scope, "pod"):
        if pod.record.node and pod.record.phase == "Running":
            known = first.setdefault(pod.record.node, pod)
            if _order(pod) < _order(known):
                first[pod.record.node] = pod
    ways = [paths.way(view.facts, pod) for pod in sorted(first.values(), key=_order)]
    return max(ways, key=len, default=())


def _order(pod: Asset) -> tuple[str, str, str]:
    """Prefer pods that a person runs to those of the system, which are on every node."""
    namespace = str(pod.record.namespace)
    return f"{namespace.startswith('kube-'):d}{namespace}", pod.name, pod.id


def _drawn(steps: tuple[Step, ...]) -> str:
    boxes: Path = tuple(_box(step.asset) for step in steps)
    labels = {
        (before.asset.id, step.asset.id): certainty(step.join.confidence)
        for before, step in pairwise(steps)
        if step.join
    }
    return mermaid([boxes], labels)


def _box(asset: Asset) -> Node:
    return Node(asset.id, asset.name, _KINDS.get(asset.kind, asset.kind))


def _hops(steps: tuple[Step, ...]) -> list[tuple[str, ...]]:
    return [
        (
            escape(before.asset.name),
            escape(step.asset.name),
            KINDS[step.asset.kind].title,
            certainty(step.join.confidence) if step.join else "certain",
            escape(step.join.reason) if step.join else "the source says so",
        )
        for before, step in pairwise(steps)
    ]

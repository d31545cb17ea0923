"""Look-ups over the Kubernetes facts, made once for all sections.

Nothing here depends on usage, counters or times: sections that are made from it stay as they are
while only those move.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from models.kinds.kubernetes import KUBERNETES_KINDS
from models.kinds.kubernetes.common import Container, Pairs
from models.records.asset import Asset

if TYPE_CHECKING:
    from generators.documents.facts import Facts

WORKLOADS = ("deployment", "statefulset", "daemonset")
_ENDED = frozenset(("Succeeded", "Failed"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A cluster of a source. `id` is the cluster's asset id, or source and name for want of it."""

    source: str
    name: str
    id: str
    cluster: Asset | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """What pods ask for; `undeclared` counts pods of which nobody says it."""

    pods: int = 0
    cpu_millicores: int = 0
    memory_mib: int = 0
    undeclared: int = 0


class View:
    """The Kubernetes facts by cluster, namespace, workload and node."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @cached_property
    def _by_scope(self) -> dict[tuple[str, str], dict[str, list[Asset]]]:
        found: dict[tuple[str, str], dict[str, list[Asset]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for kind in KUBERNETES_KINDS:
            for asset in self.facts.of(kind.name):
                cluster = asset.name if kind.name == "kubernetes_cluster" else asset.record.cluster
                found[asset.source, cluster][kind.name].append(asset)
        return found

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        """The clusters, by source and name."""
        return tuple(self._scope(*each) for each in sorted(self._by_scope))

    def _scope(self, source: str, name: str) -> Scope:
        clusters = self._by_scope[source, name].get("kubernetes_cluster", ())
        cluster = clusters[0] if clusters else None
        known = cluster.id if cluster else f"{source}/{name}"
        return Scope(source=source, name=name, id=known, cluster=cluster)

    def title(self, scope: Scope, noun: str) -> str:
        """Return the heading for what belongs to a cluster; the source tells equal names apart."""
        several = sum(other.name == scope.name for other in self.scopes) > 1
        return f"{noun} of cluster {scope.name}" + (f" ({scope.source})" if several else "")

    def of(self, scope: Scope, *kinds: str) -> list[Asset]:
        """Return the assets of these kinds in a cluster, by kind and name."""
        found = self._by_scope[scope.source, scope.name]
        return [asset for kind in kinds for asset in found.get(kind, ())]

    def in_namespaces(self, scope: Scope, *kinds: str) -> dict[str, list[Asset]]:
        """Return the assets of these kinds in a cluster by their namespace's name, in order."""
        found: dict[str, list[Asset]] = defaultdict(list)
        for asset in self.of(scope, *kinds):
            found[asset.record.namespace or ""].append(asset)
        return dict(sorted(found.items()))

    @cached_property
    def pods_of(self) -> dict[str, list[Asset]]:
        """The pods of each workload's or job's id."""
        found: dict[str, list[Asset]] = defaultdict(list)
        for pod in self.facts.of("pod"):
            if owner := owner_of(pod):
                found[owner].append(pod)
        return found

    @cached_property
    def pods_on(self) -> dict[str, list[Asset]]:
        """The pods on each node's id; those on none under ""."""
        found: dict[str, list[Asset]] = defaultdict(list)
        for pod in self.facts.of("pod"):
            found[pod.record.node or ""].append(pod)
        return found

    def requests(self, pods: Iterable[Asset]) -> Requests:
        """Return what pods ask for that have not ended."""
        count = cpu = memory = undeclared = 0
        for pod in pods:
            if pod.record.phase in _ENDED:
                continue
            count += 1
            asked = self._asked(pod)
            if asked is None:
                undeclared += 1
                continue
            cpu, memory = cpu + asked[0], memory + asked[1]
        return Requests(pods=count, cpu_millicores=cpu, memory_mib=memory, undeclared=undeclared)

    def _asked(self, pod: Asset) -> tuple[int, int] | None:
        """Return what a pod asks for, from itself or from the template that it was made of."""
        if pod.record.containers:
            return asked_of(pod.record.containers)
        owner = owner_of(pod)
        return self._templates.get(owner) if owner else None

    @cached_property
    def _templates(self) -> dict[str, tuple[int, int]]:
        return {
            asset.id: asked_of(asset.record.containers)
            for kind in (*WORKLOADS, "job")
            for asset in self.facts.of(kind)
            if asset.record.containers
        }

    @cached_property
    def _by_namespace(self) -> dict[tuple[str, str, str], list[Asset]]:
        found: dict[tuple[str, str, str], list[Asset]] = defaultdict(list)
        for kind in WORKLOADS:
            for asset in self.facts.of(kind):
                found[asset.source, asset.record.cluster, asset.record.namespace].append(asset)
        return found

    def selected(self, service: Asset) -> list[Asset]:
        """Return the workloads of a service's namespace whose pods it selects, by their labels."""
        wanted: Pairs = service.record.selector
        if not wanted:
            return []
        record = service.record
        near = self._by_namespace.get((service.source, record.cluster, record.namespace), ())
        return [each for each in near if set(wanted) <= set(each.record.template_labels)]


def owner_of(pod: Asset) -> str | None:
    """Return the id of the workload or job that made a pod."""
    record = pod.record
    found: str | None = record.deployment or record.statefulset or record.daemonset or record.job
    return found


def asked_of(containers: Sequence[Container]) -> tuple[int, int]:
    """Return CPU and memory that a pod of these containers asks for.

    The scheduler takes the sum of the containers, or the largest initial one if that is more
    (Kubernetes, "Init containers: resource sharing within containers"). What asks for nothing
    counts as nothing.
    """
    cpu = _asked([(each.init, each.cpu_request_millicores or 0) for each in containers])
    memory = _asked([(each.init, each.memory_request_mib or 0) for each in containers])
    return cpu, memory


def _asked(amounts: Sequence[tuple[bool, int]]) -> int:
    running = sum(amount for init, amount in amounts if not init)
    return max([running, *(amount for init, amount in amounts if init)])

"""One pass over a cluster, in the order in which the facts need each other.

What others refer to comes first: a reference is only made to what was yielded before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from collectors.kubernetes import (
    parse_cluster,
    parse_configuration,
    parse_pod,
    parse_policy,
    parse_storage,
    parse_traffic,
    parse_workload,
    resources,
)
from collectors.kubernetes.cluster import read_identity
from collectors.kubernetes.errors import Forbidden, NotThere
from collectors.kubernetes.feeds import Feeds
from collectors.kubernetes.gaps import Gaps
from collectors.kubernetes.lists import Lists, decode
from collectors.kubernetes.options import Options
from collectors.kubernetes.resources import Resource
from collectors.kubernetes.shapes import Bare
from collectors.kubernetes.shapes_cluster import NamespaceItem
from collectors.kubernetes.surroundings import Surroundings
from collectors.kubernetes.transport import Transport
from models.errors import Unavailable, UnexpectedReply
from models.kinds.kubernetes import KUBERNETES_KINDS
from models.records.asset import Batch

COVERED = frozenset(kind.name for kind in KUBERNETES_KINDS)
_Parse = Callable[[Any, Surroundings], Any]
# Of each step: the kind, what is listed for it, and how one object is parsed.
_GROUND: tuple[tuple[str, Resource, _Parse], ...] = (
    ("node", resources.NODES, parse_cluster.parse_node),
    ("storage_class", resources.STORAGE_CLASSES, parse_storage.parse_storage_class),
    ("pv", resources.VOLUMES, parse_storage.parse_volume),
    ("pvc", resources.CLAIMS, parse_storage.parse_claim),
    ("service_account", resources.ACCOUNTS, parse_policy.parse_account),
    ("role", resources.CLUSTER_ROLES, parse_policy.parse_role),
    ("role", resources.ROLES, parse_policy.parse_role),
    ("role_binding", resources.CLUSTER_BINDINGS, parse_policy.parse_binding),
    ("role_binding", resources.BINDINGS, parse_policy.parse_binding),
    ("config_map", resources.CONFIG_MAPS, parse_configuration.parse_config_map),
    ("secret", resources.SECRETS, parse_configuration.parse_secret),
)
_WORKLOADS: tuple[tuple[str, Resource, _Parse], ...] = (
    ("deployment", resources.DEPLOYMENTS, parse_workload.parse_deployment),
    ("statefulset", resources.STATEFUL_SETS, parse_workload.parse_stateful_set),
    ("daemonset", resources.DAEMON_SETS, parse_workload.parse_daemon_set),
    ("cronjob", resources.CRON_JOBS, parse_workload.parse_cron_job),
    ("job", resources.JOBS, parse_workload.parse_job),
    ("pod", resources.PODS, parse_pod.parse_pod),
)
_TRAFFIC: tuple[tuple[str, Resource, _Parse], ...] = (
    ("service", resources.SERVICES, parse_traffic.parse_service),
    ("ingress", resources.INGRESSES, parse_traffic.parse_ingress),
    ("network_policy", resources.POLICIES, parse_traffic.parse_policy),
    ("horizontal_pod_autoscaler", resources.AUTOSCALERS, parse_policy.parse_autoscaler),
    ("pod_disruption_budget", resources.BUDGETS, parse_policy.parse_budget),
)


class Reading:
    """One pass; `gaps` says afterwards what could not be seen.

    `clusters` are the keys of those read before, by name; one that is reached twice is read once.
    """

    def __init__(
        self,
        name: str,
        transport: Transport,
        options: Options,
        gaps: Gaps,
        clusters: dict[str, str],
    ) -> None:
        self._name = name
        self._transport = transport
        self._options = options
        self._gaps = gaps
        self._clusters = clusters
        self._around = Surroundings(cluster=name)
        self._lists = Lists(transport, options, gaps)
        self._feeds = Feeds(self._lists, gaps, self._around)

    def batches(self) -> Iterator[Batch]:
        """Yield every kind in turn, each page as it comes."""
        identity = read_identity(self._transport, self._gaps)
        other = self._clusters.setdefault(identity.key, self._name)
        if other != self._name:
            self._gaps.add("kubernetes_cluster", "name", f"{self._name} is the same as {other}")
            yield from self._rest()
            return
        self._around.cluster_id = identity.key
        measured = self._feeds.node_usage()
        yield self._batch([identity.record(self._name, self._transport.server, measured)])
        self._feeds.replica_sets()
        self._feeds.warnings()
        self._feeds.limits()
        self._feeds.certificates()
        yield from self._namespaces()
        yield from self._steps(_GROUND)
        self._feeds.pod_usage()
        yield from self._steps(_WORKLOADS)
        self._feeds.unplaced()
        self._feeds.endpoints()
        yield from self._steps(_TRAFFIC)

    def _steps(self, steps: Sequence[tuple[str, Resource, _Parse]]) -> Iterator[Batch]:
        for kind, resource, parse in steps:
            for page in self._lists.kind(kind, resource):
                # A server that does not page sends everything at once.
                for start in range(0, len(page), self._options.page_size):
                    part = page[start : start + self._options.page_size]
                    yield self._batch([parse(item, self._around) for item in self._kept(part)])
            yield from self._rest()

    def _namespaces(self) -> Iterator[Batch]:
        if self._options.namespaces is not None:
            yield self._batch([*self._named(self._options.namespaces)])
            return
        if left_out := ", ".join(sorted(self._options.exclude_namespaces)):
            why = f"what is in {left_out} is left out by setting"
            self._gaps.add("namespace", "name", why)
        yield from self._steps(
            (("namespace", resources.NAMESPACES, parse_cluster.parse_namespace),)
        )

    def _named(self, names: Sequence[str]) -> Iterator[Any]:
        # What lies outside is not looked at, so it may not be taken for gone.
        self._gaps.refuse("namespace", f"only {', '.join(names)} by setting")
        for name in names:
            path = f"/api/v1/namespaces/{name}"
            try:
                body = self._transport.get(path)
                found = decode(body, NamespaceItem, self._transport.address)
            except Forbidden:
                self._gaps.add("namespace", "*", f"not permitted: {name}", "get namespaces")
            except NotThere:
                self._gaps.add("namespace", "*", f"there is no namespace {name}")
            except (Unavailable, UnexpectedReply) as error:
                self._lists.bear(error)
                self._gaps.add("namespace", "*", f"{name}: {error.reason}")
            else:
                yield parse_cluster.parse_namespace(found, self._around)

    def _kept(self, items: Sequence[Bare]) -> Sequence[Bare]:
        excluded = self._options.exclude_namespaces
        if not excluded:
            return items
        return [item for item in items if getattr(item.metadata, "namespace", None) not in excluded]

    def _batch(self, records: Sequence[Any]) -> Batch:
        return Batch(records=tuple(records), gaps=self._gaps.drain())

    def _rest(self) -> Iterator[Batch]:
        if gaps := self._gaps.drain():
            yield Batch(gaps=gaps)

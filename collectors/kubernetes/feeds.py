"""What only fills fields of other objects, read whole before these; each may be refused.

Source: Kubernetes API reference for events, metrics.k8s.io and discovery.k8s.io; cert-manager's
for `Certificate`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from collectors.kubernetes import resources
from collectors.kubernetes.gaps import Gaps
from collectors.kubernetes.lists import Lists, Missing
from collectors.kubernetes.parse_common import controller
from collectors.kubernetes.quantities import mebibytes, millicores
from collectors.kubernetes.resources import Resource
from collectors.kubernetes.shapes_feed import (
    Endpoint,
    EndpointsItem,
    EventItem,
    NodeUsage,
    PodUsage,
    SliceItem,
    SubsetAddress,
)
from collectors.kubernetes.surroundings import Place, Surroundings
from models.kinds.kubernetes.common import Warned
from models.kinds.kubernetes.namespace import Quota

_USAGE = "cpu_usage_millicores memory_usage_mib"
_MEASURE = "install metrics-server in the cluster"
# A cluster in trouble holds hundreds of thousands of events; the newest of each object are enough.
_MOST_EVENTS = 20_000
_MOST_WARNINGS = 5
_WARNED = (
    "namespace node pvc deployment statefulset daemonset cronjob job pod service ingress"
    " horizontal_pod_autoscaler pod_disruption_budget"
)
_OF_SERVICE = "kubernetes.io/service-name"
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_Seen = tuple[datetime, str, str, int]


class Feeds:
    """Reads what fills fields of the objects of one cluster."""

    def __init__(self, lists: Lists, gaps: Gaps, around: Surroundings) -> None:
        self._lists = lists
        self._gaps = gaps
        self._around = around
        self._no_sets: Missing | None = None

    def node_usage(self) -> bool | None:
        """Read the usage of nodes; return whether it may be, None where nobody can say so now."""
        return self._usage(resources.NODE_METRICS, "node")

    def pod_usage(self) -> None:
        """Read the usage of pods."""
        self._usage(resources.POD_METRICS, "pod")

    def replica_sets(self) -> None:
        """Read which deployment each replica set belongs to.

        Without them a pod's deployment follows from names; a deployment's warnings lack theirs.
        """
        known = self._around.replica_sets
        try:
            for page in self._lists.feed(resources.REPLICA_SETS):
                for item in page:
                    owner = controller(item.metadata.owner_references)
                    of_one = owner is not None and owner.kind == "Deployment"
                    known[item.metadata.uid] = owner.uid if owner and of_one else ""
        except Missing as missing:
            self._no_sets = missing
            self._miss("deployment", "warnings", missing)

    def unplaced(self) -> None:
        """Say how many pods have a replica set whose deployment could not be told."""
        if self._no_sets is not None and (count := self._around.unplaced):
            missing = self._no_sets
            self._gaps.add("pod", "deployment", missing.why, missing.privilege, count)

    def warnings(self) -> None:
        """Read the newest warnings of each object; those of replica sets count as its owner's."""
        seen: dict[str, list[_Seen]] = {}
        with self._gap("pod", " ".join(f"{kind}.warnings" for kind in _WARNED.split())):
            for page in self._lists.feed(resources.EVENTS, most=_MOST_EVENTS):
                for event in page:
                    self._note(event, seen)
        for subject, found in seen.items():
            self._around.warnings[subject] = tuple(map(self._warned, _newest(found)))

    def limits(self) -> None:
        """Read the limit ranges and quotas of the namespaces."""
        around = self._around
        with self._gap("namespace", "limit_ranges"):
            ranges: dict[str, list[str]] = {}
            for page in self._lists.feed(resources.LIMIT_RANGES):
                for item in page:
                    ranges.setdefault(item.metadata.namespace or "", []).append(item.metadata.name)
            around.limit_ranges = ranges
        with self._gap("namespace", "quotas"):
            quotas: dict[str, list[Quota]] = {}
            for page in self._lists.feed(resources.QUOTAS):
                for item in page:
                    used = item.status.used or {}
                    quotas.setdefault(item.metadata.namespace or "", []).extend(
                        Quota(
                            name=item.metadata.name, resource=name, hard=hard, used=used.get(name)
                        )
                        for name, hard in sorted((item.status.hard or item.spec.hard or {}).items())
                    )
            around.quotas = quotas

    def certificates(self) -> None:
        """Read until when the certificates that cert-manager keeps in secrets hold."""
        with self._gap("secret", "certificate_not_after"):
            for page in self._lists.feed(resources.CERTIFICATES):
                for item in page:
                    name, until = item.spec.secret_name, item.status.not_after
                    if name and until:
                        self._around.certificates[item.metadata.namespace or "", name] = until

    def endpoints(self) -> None:
        """Count the endpoints of services that are ready, and that are not."""
        counted: dict[Place, tuple[set[str], set[str]]] = {}
        with self._gap("service", "ready_endpoints unready_endpoints"):
            offered = False
            for page in self._lists.feed(resources.SLICES):
                offered = True
                for item in page:
                    _count_slice(item, counted)
            # Before Kubernetes 1.17 there are no slices, only one object for each service.
            for page in () if offered else self._lists.feed(resources.ENDPOINTS):
                for item in page:
                    _count_endpoints(item, counted)
            self._around.endpoints = {
                # One that any slice calls ready is: of two addresses one may lag behind.
                at: (len(ready), len(unready - ready))
                for at, (ready, unready) in counted.items()
            }

    def _usage(self, resource: Resource, kind: str) -> bool | None:
        measured = None
        try:
            for page in self._lists.feed(resource):
                measured = True
                for item in page:
                    at = (item.metadata.namespace or "", item.metadata.name)
                    self._around.usage[at] = _used(item)
        except Missing as missing:
            self._miss(kind, _USAGE, missing)
            return None if missing.passing else False
        if measured is None:
            self._gaps.want(kind, _USAGE, "this cluster has no metrics API", _MEASURE)
        return measured

    def _note(self, event: EventItem, seen: dict[str, list[_Seen]]) -> None:
        about = event.involved_object
        if event.type not in {None, "Warning"}:
            return
        subject = f"node/{about.name}" if about.kind == "Node" else about.uid
        if not subject:
            return
        found = seen.setdefault(self._around.replica_sets.get(subject) or subject, [])
        found.append((_last(event), event.reason or "", event.message or "", _times(event)))
        if len(found) > _MOST_WARNINGS * 4:
            found[:] = _newest(found)

    def _warned(self, found: _Seen) -> Warned:
        at, reason, message, times = found
        return Warned(
            reason=reason,
            message=self._around.text(message) or "",
            count=times,
            last_at=None if at == _LONG_AGO else at,
        )

    @contextmanager
    def _gap(self, kind: str, fields: str) -> Iterator[None]:
        try:
            yield
        except Missing as missing:
            self._miss(kind, fields, missing)

    def _miss(self, kind: str, fields: str, missing: Missing) -> None:
        self._gaps.add(kind, fields, missing.why, missing.privilege, missing.count)


def _newest(found: list[_Seen]) -> list[_Seen]:
    return sorted(found, reverse=True)[:_MOST_WARNINGS]


def _last(event: EventItem) -> datetime:
    series = event.series.last_observed_time if event.series else None
    times = (series, event.last_timestamp, event.event_time, event.first_timestamp)
    return next((at for at in times if at is not None), _LONG_AGO)


def _times(event: EventItem) -> int:
    return (event.series.count if event.series else None) or event.count or 1


def _used(item: NodeUsage | PodUsage) -> tuple[int | None, int | None]:
    parts = (
        [item.usage] if isinstance(item, NodeUsage) else [c.usage for c in item.containers or ()]
    )
    cores = [found for one in parts if (found := millicores(one.cpu)) is not None]
    memory = [found for one in parts if (found := mebibytes(one.memory)) is not None]
    return (sum(cores) if cores else None, sum(memory) if memory else None)


def _count_slice(item: SliceItem, counted: dict[Place, tuple[set[str], set[str]]]) -> None:
    service = (item.metadata.labels or {}).get(_OF_SERVICE)
    if not service:
        return
    ready, unready = counted.setdefault((item.metadata.namespace or "", service), (set(), set()))
    for endpoint in item.endpoints or ():
        if endpoint.conditions.ready is not False:
            ready.add(_name(endpoint))
        elif not endpoint.conditions.terminating:
            # One that is going away on purpose is not one that fails to come up.
            unready.add(_name(endpoint))


def _name(endpoint: Endpoint) -> str:
    # With two address families a pod stands in two slices.
    uid = endpoint.target_ref.uid if endpoint.target_ref else None
    return uid or ",".join(endpoint.addresses or ())


def _count_endpoints(item: EndpointsItem, counted: dict[Place, tuple[set[str], set[str]]]) -> None:
    at = (item.metadata.namespace or "", item.metadata.name)
    ready, unready = counted.setdefault(at, (set(), set()))
    for subset in item.subsets or ():
        ready.update(_address(one) for one in subset.addresses or ())
        unready.update(_address(one) for one in subset.not_ready_addresses or ())


def _address(found: SubsetAddress) -> str:
    uid = found.target_ref.uid if found.target_ref else None
    return uid or found.ip or ""

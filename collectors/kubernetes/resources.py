"""What is listed: each resource with its API versions, best first, and how a page is parsed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from collectors.kubernetes import shapes_cluster, shapes_feed, shapes_traffic, shapes_workload
from collectors.kubernetes.shapes import Bare, ObjectList, Row, Table
from collectors.kubernetes.shapes_pod import BarePodItem, PodItem
from collectors.kubernetes.transport import JSON

_METADATA_FORM = f"{JSON};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
# What keeps pods by a template of its own; a pod of anything else declares itself.
_TEMPLATED = {"ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController"}
_TABLE_FORM = f"{JSON};as=Table;g=meta.k8s.io;v=v1"


# What a decoder raises for what it does not expect.
_ODD = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class OtherForm(Exception):
    """The server answered in another form than the one that was asked for."""


@dataclass(frozen=True, slots=True)
class Page:
    """The objects of one page, and the token that asks for the next."""

    items: Sequence[Any]
    token: str
    # Why single objects of it cannot be read, one text each.
    unread: Sequence[str] = ()


Parse = Callable[[bytes], Page]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form of reply that may be asked for, and how it is parsed."""

    accept: str
    parse: Parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A type of object of the API.

    `versions` are tried in turn, until the cluster has one. `aggregated` APIs are served by
    something else than the API server, which may be down while that one is well.
    """

    plural: str
    versions: tuple[str, ...]
    forms: tuple[Form, ...]
    namespaced: bool = True
    aggregated: bool = False
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def privilege(self) -> str:
        """What an account needs to list it, such as `list deployments.apps`."""
        group = self.versions[0].rpartition("/")[0]
        return f"list {self.plural}.{group}" if group else f"list {self.plural}"


@dataclass(frozen=True, slots=True)
class Printed:
    """An object of which only metadata was sent, with the columns printed beside it."""

    metadata: Any
    columns: Mapping[str, Any]


_BYTE = re.compile(r" \(byte \d+\)")
_RAW_LIST = msgspec.json.Decoder(ObjectList[msgspec.Raw])


def root(version: str) -> str:
    """Return the path below which a version of an API group is served."""
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def _listed(item: type[Any], kind: str | None = None) -> Parse:
    decoder = msgspec.json.Decoder(ObjectList[item])  # type: ignore[valid-type]
    single = msgspec.json.Decoder(item)

    def parse(body: bytes) -> Page:
        try:
            found = decoder.decode(body)
        except _ODD:
            found, read, unread = _one_by_one(body, single.decode)
        else:
            read, unread = found.items or (), ()
        if kind is not None and found.kind != kind:
            raise OtherForm
        return Page(read, found.metadata.token or "", unread)

    return parse


def _pods() -> Parse:
    decoder = msgspec.json.Decoder(ObjectList[PodItem])
    thorough = msgspec.json.Decoder(ObjectList[BarePodItem])
    single, whole_one = msgspec.json.Decoder(PodItem), msgspec.json.Decoder(BarePodItem)

    def each(one: msgspec.Raw) -> PodItem | BarePodItem:
        pod = single.decode(one)
        return pod if has_template(pod) else whole_one.decode(one)

    def at_once(body: bytes) -> Page:
        found = decoder.decode(body)
        items: list[PodItem | BarePodItem] = [*(found.items or ())]
        bare = [place for place, item in enumerate(items) if not has_template(item)]
        if bare:
            whole = thorough.decode(body).items or []
            for place in bare:
                items[place] = whole[place]
        return Page(items, found.metadata.token or "")

    def parse(body: bytes) -> Page:
        try:
            return at_once(body)
        except _ODD:
            found, read, unread = _one_by_one(body, each)
            return Page(read, found.metadata.token or "", unread)

    return parse


def _one_by_one(
    body: bytes, read: Callable[[msgspec.Raw], Any]
) -> tuple[ObjectList[msgspec.Raw], Sequence[Any], Sequence[str]]:
    # One object of another shape, which any user may have written, hides no other.
    found = _RAW_LIST.decode(body)
    return found, *_each(found.items, read)


def _each(
    found: Sequence[msgspec.Raw] | None, read: Callable[[msgspec.Raw], Any]
) -> tuple[Sequence[Any], Sequence[str]]:
    items, unread = [], []
    for one in found or ():
        try:
            items.append(read(one))
        except _ODD as error:
            # Without the place in the reply, so that equal faults count as one.
            unread.append(_BYTE.sub("", str(error)))
    return items, unread


def has_template(pod: PodItem | BarePodItem) -> bool:
    """Return whether a workload's template declares the pod."""
    for one in pod.metadata.owner_references or ():
        if one.controller and one.kind in _TEMPLATED:
            return True
    return False


def _tabled() -> Parse:
    decoder = msgspec.json.Decoder(Table[msgspec.Raw])
    single = msgspec.json.Decoder(Row)
    kinds = msgspec.json.Decoder(_Kind)

    def parse(body: bytes) -> Page:
        # Before anything else of it is parsed: a plain list of secrets would hold their contents.
        if kinds.decode(body).kind != "Table":
            raise OtherForm
        table = decoder.decode(body)
        names = tuple(column.name for column in table.column_definitions)
        rows, unread = _each(table.rows, single.decode)
        return Page([_printed(row, names) for row in rows], table.metadata.token or "", unread)

    return parse


class _Kind(msgspec.Struct):
    kind: str | None = None


def _printed(row: Row, names: tuple[str, ...]) -> Printed:
    return Printed(row.object.metadata, dict(zip(names, row.cells, strict=False)))


def _plain(item: type[Any]) -> tuple[Form, ...]:
    return (Form(accept=JSON, parse=_listed(item)),)


# Metadata alone, printed or not; never the objects: what they hold must not leave the server.
_WITHHELD = (
    Form(accept=_TABLE_FORM, parse=_tabled()),
    Form(accept=_METADATA_FORM, parse=_listed(Bare, "PartialObjectMetadataList")),
)
# Here it is only to be small; a server that sends whole objects is as good.
_SLIM = (Form(accept=f"{_METADATA_FORM},{JSON}", parse=_listed(Bare)),)


def _resource(plural: str, *versions: str, item: type[Any], namespaced: bool = True) -> Resource:
    return Resource(plural=plural, versions=versions, forms=_plain(item), namespaced=namespaced)


NAMESPACES = _resource("namespaces", "v1", item=shapes_cluster.NamespaceItem, namespaced=False)
NODES = _resource("nodes", "v1", item=shapes_cluster.NodeItem, namespaced=False)
STORAGE_CLASSES = _resource(
    "storageclasses", "storage.k8s.io/v1", item=shapes_cluster.StorageClassItem, namespaced=False
)
VOLUMES = _resource("persistentvolumes", "v1", item=shapes_cluster.VolumeItem, namespaced=False)
CLAIMS = _resource("persistentvolumeclaims", "v1", item=shapes_cluster.ClaimItem)
QUOTAS = _resource("resourcequotas", "v1", item=shapes_cluster.QuotaItem)
LIMIT_RANGES = Resource(plural="limitranges", versions=("v1",), forms=_SLIM)
ACCOUNTS = _resource("serviceaccounts", "v1", item=shapes_traffic.AccountItem)
_RBAC = "rbac.authorization.k8s.io/v1"
ROLES = _resource("roles", _RBAC, item=shapes_traffic.RoleItem)
CLUSTER_ROLES = _resource("clusterroles", _RBAC, item=shapes_traffic.RoleItem, namespaced=False)
BINDINGS = _resource("rolebindings", _RBAC, item=shapes_traffic.BindingItem)
CLUSTER_BINDINGS = _resource(
    "clusterrolebindings", _RBAC, item=shapes_traffic.BindingItem, namespaced=False
)
CONFIG_MAPS = Resource(plural="configmaps", versions=("v1",), forms=_WITHHELD)
SECRETS = Resource(plural="secrets", versions=("v1",), forms=_WITHHELD)
CERTIFICATES = Resource(
    plural="certificates",
    versions=("cert-manager.io/v1",),
    forms=_plain(shapes_feed.CertificateItem),
    aggregated=True,
)
DEPLOYMENTS = _resource("deployments", "apps/v1", item=shapes_workload.Workload)
STATEFUL_SETS = _resource("statefulsets", "apps/v1", item=shapes_workload.Workload)
DAEMON_SETS = _resource("daemonsets", "apps/v1", item=shapes_workload.Workload)
REPLICA_SETS = Resource(plural="replicasets", versions=("apps/v1",), forms=_SLIM)
CRON_JOBS = _resource("cronjobs", "batch/v1", "batch/v1beta1", item=shapes_workload.CronJobItem)
JOBS = _resource("jobs", "batch/v1", item=shapes_workload.JobItem)
PODS = Resource(plural="pods", versions=("v1",), forms=(Form(accept=JSON, parse=_pods()),))
SERVICES = _resource("services", "v1", item=shapes_traffic.ServiceItem)
SLICES = _resource(
    "endpointslices",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    item=shapes_feed.SliceItem,
)
ENDPOINTS = _resource("endpoints", "v1", item=shapes_feed.EndpointsItem)
INGRESSES = _resource("ingresses", "networking.k8s.io/v1", item=shapes_traffic.IngressItem)
POLICIES = _resource("networkpolicies", "networking.k8s.io/v1", item=shapes_traffic.PolicyItem)
AUTOSCALERS = _resource(
    "horizontalpodautoscalers",
    "autoscaling/v2",
    "autoscaling/v1",
    item=shapes_workload.AutoscalerItem,
)
BUDGETS = _resource(
    "poddisruptionbudgets", "policy/v1", "policy/v1beta1", item=shapes_workload.BudgetItem
)
EVENTS = Resource(
    plural="events",
    versions=("v1",),
    forms=_plain(shapes_feed.EventItem),
    query={"fieldSelector": "type=Warning"},
)
_METRICS = "metrics.k8s.io/v1beta1"
NODE_METRICS = Resource(
    plural="nodes",
    versions=(_METRICS,),
    forms=_plain(shapes_feed.NodeUsage),
    namespaced=False,
    aggregated=True,
)
POD_METRICS = Resource(
    plural="pods", versions=(_METRICS,), forms=_plain(shapes_feed.PodUsage), aggregated=True
)

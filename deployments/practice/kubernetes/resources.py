"""Which resources the practice API server serves, by group and version."""

from __future__ import annotations

from dataclasses import dataclass

READ = ("get", "list", "watch")
WRITE = ("create", "delete", "deletecollection", "patch", "update")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource: its path is /api/v1/<plural>, or /apis/<group>/<version>/<plural>."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True
    short: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    verbs: tuple[str, ...] = (*READ, *WRITE)

    @property
    def api_version(self) -> str:
        """Return what objects of it carry as apiVersion."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def label(self) -> str:
        """Return its name in messages, such as deployments.apps."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def custom(self) -> bool:
        """Return whether it is a custom resource, whose list items carry kind and apiVersion."""
        return self.group in {"cert-manager.io", "metrics.k8s.io"}


def _core(plural: str, kind: str, *short: str, namespaced: bool = True) -> Resource:
    below = {"pods": ("status", "eviction", "log"), "nodes": ("status",)}
    return Resource(
        group="",
        version="v1",
        plural=plural,
        kind=kind,
        namespaced=namespaced,
        short=short,
        subresources=below.get(plural, ()),
    )


def _of(group: str, version: str, plural: str, kind: str, *short: str) -> Resource:
    scaled = plural in {"deployments", "statefulsets", "replicasets"}
    return Resource(
        group=group,
        version=version,
        plural=plural,
        kind=kind,
        namespaced=not plural.startswith(("cluster", "storageclass", "ingressclass")),
        short=short,
        subresources=("scale", "status") if scaled else ("status",),
    )


RBAC = "rbac.authorization.k8s.io"
RESOURCES: tuple[Resource, ...] = (
    _core("namespaces", "Namespace", "ns", namespaced=False),
    _core("nodes", "Node", "no", namespaced=False),
    _core("pods", "Pod", "po"),
    _core("services", "Service", "svc"),
    _core("endpoints", "Endpoints", "ep"),
    _core("configmaps", "ConfigMap", "cm"),
    _core("secrets", "Secret"),
    _core("serviceaccounts", "ServiceAccount", "sa"),
    _core("persistentvolumes", "PersistentVolume", "pv", namespaced=False),
    _core("persistentvolumeclaims", "PersistentVolumeClaim", "pvc"),
    _core("events", "Event", "ev"),
    _core("resourcequotas", "ResourceQuota", "quota"),
    _core("limitranges", "LimitRange", "limits"),
    _core("replicationcontrollers", "ReplicationController", "rc"),
    _of("apps", "v1", "deployments", "Deployment", "deploy"),
    _of("apps", "v1", "statefulsets", "StatefulSet", "sts"),
    _of("apps", "v1", "daemonsets", "DaemonSet", "ds"),
    _of("apps", "v1", "replicasets", "ReplicaSet", "rs"),
    _of("batch", "v1", "jobs", "Job"),
    _of("batch", "v1", "cronjobs", "CronJob", "cj"),
    _of("networking.k8s.io", "v1", "ingresses", "Ingress", "ing"),
    _of("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", "netpol"),
    _of("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", "pdb"),
    _of("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", "hpa"),
    _of("storage.k8s.io", "v1", "storageclasses", "StorageClass", "sc"),
    _of("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice"),
    _of(RBAC, "v1", "roles", "Role"),
    _of(RBAC, "v1", "rolebindings", "RoleBinding"),
    _of(RBAC, "v1", "clusterroles", "ClusterRole"),
    _of(RBAC, "v1", "clusterrolebindings", "ClusterRoleBinding"),
    _of("coordination.k8s.io", "v1", "leases", "Lease"),
    _of("cert-manager.io", "v1", "certificates", "Certificate", "cert"),
    Resource(
        group="metrics.k8s.io",
        version="v1beta1",
        plural="nodes",
        kind="NodeMetrics",
        namespaced=False,
        verbs=("get", "list"),
    ),
    Resource(
        group="metrics.k8s.io",
        version="v1beta1",
        plural="pods",
        kind="PodMetrics",
        verbs=("get", "list"),
    ),
)
OPTIONAL_GROUPS = frozenset({"cert-manager.io", "metrics.k8s.io"})
BY_KIND = {resource.kind: resource for resource in RESOURCES}


def served(extensions: tuple[str, ...]) -> dict[tuple[str, str, str], Resource]:
    """Return what a cluster with these extensions serves, by group, version and plural."""
    return {
        (r.group, r.version, r.plural): r
        for r in RESOURCES
        if r.group not in OPTIONAL_GROUPS or r.group in extensions
    }

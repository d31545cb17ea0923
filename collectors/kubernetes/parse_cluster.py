"""Namespaces and nodes."""

from __future__ import annotations

from collections.abc import Iterable

from collectors.kubernetes.parse_common import clusterwide, condition, texts, truth
from collectors.kubernetes.quantities import count, gpus, mebibytes, millicores
from collectors.kubernetes.shapes import Condition
from collectors.kubernetes.shapes_cluster import NamespaceItem, NodeAddress, NodeItem
from collectors.kubernetes.surroundings import Surroundings
from models.kinds.kubernetes.namespace import Namespace
from models.kinds.kubernetes.node import Node, Taint

_ROLE = "node-role.kubernetes.io/"
# The address types that are addresses; Hostname and the two DNS names are names.
_IP_TYPES = {"InternalIP", "ExternalIP"}


def parse_namespace(item: NamespaceItem, around: Surroundings) -> Namespace:
    """Return a namespace."""
    meta = item.metadata
    around.namespaces[meta.name] = meta.uid
    ranges, quotas = around.limit_ranges, around.quotas
    return Namespace(
        **clusterwide(meta, around),
        cluster_id=around.cluster_id,
        phase=item.status.phase,
        limit_ranges=None if ranges is None else texts(ranges.get(meta.name)),
        quotas=None if quotas is None else tuple(quotas.get(meta.name, ())),
        warnings=around.warnings.get(meta.uid, ()),
    )


def parse_node(item: NodeItem, around: Surroundings) -> Node:
    """Return a node."""
    meta, spec, status = item.metadata, item.spec, item.status
    around.nodes[meta.name] = meta.uid
    info, conditions = status.node_info, status.conditions
    capacity, allocatable = status.capacity or {}, status.allocatable or {}
    usage = around.usage.get(("", meta.name), (None, None))
    return Node(
        **clusterwide(meta, around),
        cluster_id=around.cluster_id,
        ready=_says(conditions, "Ready"),
        ready_reason=_why_not(condition(conditions, "Ready")),
        unschedulable=bool(spec.unschedulable),
        roles=texts(key.removeprefix(_ROLE) for key in meta.labels or () if key.startswith(_ROLE)),
        ip_addresses=_addresses(status.addresses),
        host_name=next((a.address for a in status.addresses or () if a.type == "Hostname"), None),
        pod_cidrs=tuple(spec.pod_cidrs or ([spec.pod_cidr] if spec.pod_cidr else ())),
        system_uuid=info.system_uuid or None,
        machine_id=info.machine_id or None,
        provider_id=spec.provider_id or None,
        kubelet_version=info.kubelet_version,
        container_runtime=info.container_runtime_version,
        os_image=info.os_image,
        kernel_version=info.kernel_version,
        architecture=info.architecture,
        cpu_capacity_millicores=millicores(capacity.get("cpu")),
        memory_capacity_mib=mebibytes(capacity.get("memory")),
        cpu_allocatable_millicores=millicores(allocatable.get("cpu")),
        memory_allocatable_mib=mebibytes(allocatable.get("memory")),
        pod_capacity=count(allocatable.get("pods") or capacity.get("pods")),
        gpu_allocatable=(gpus(allocatable) or 0) if allocatable else None,
        taints=_taints(item),
        memory_pressure=_says(conditions, "MemoryPressure"),
        disk_pressure=_says(conditions, "DiskPressure"),
        pid_pressure=_says(conditions, "PIDPressure"),
        network_unavailable=_says(conditions, "NetworkUnavailable"),
        cpu_usage_millicores=usage[0],
        memory_usage_mib=usage[1],
        # The kubelet's events carry the node's name where others carry a uid.
        warnings=around.warnings.get(meta.uid) or around.warnings.get(f"node/{meta.name}", ()),
    )


def _says(conditions: Iterable[Condition] | None, type_: str) -> bool | None:
    return truth(condition(conditions, type_))


def _why_not(ready: Condition | None) -> str | None:
    return ready.reason if ready and truth(ready) is not True else None


def _addresses(found: Iterable[NodeAddress] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.address for one in found or () if one.type in _IP_TYPES))


def _taints(item: NodeItem) -> tuple[Taint, ...]:
    found = [
        Taint(key=one.key, effect=one.effect, value=one.value or None)
        for one in item.spec.taints or ()
    ]
    return tuple(sorted(found, key=lambda taint: (taint.key, taint.effect)))

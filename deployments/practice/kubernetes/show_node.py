"""How nodes and namespaces are shown."""

from __future__ import annotations

from typing import Any

from deployments.practice.kubernetes.show_common import Value, condition, metadata, uid_of
from deployments.practice.kubernetes.store import stamp
from deployments.practice.site.kubernetes_records import KubeCluster, KubeNamespace, KubeNode

PODS_AT_MOST = 110
RESERVED_CPU, RESERVED_MIB = 100, 700  # what the kubelet keeps for itself
_PRESSURES = {
    "MemoryPressure": ("KubeletHasSufficientMemory", "KubeletHasInsufficientMemory"),
    "DiskPressure": ("KubeletHasNoDiskPressure", "KubeletHasDiskPressure"),
    "PIDPressure": ("KubeletHasSufficientPID", "KubeletHasInsufficientPID"),
}


def node(cluster: KubeCluster, record: KubeNode, number: int) -> Value:
    """Return a node; `number` is its place, from which its pod network follows."""
    role = "control-plane" if record.control_plane else "worker"
    labels = {
        "kubernetes.io/hostname": record.name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        f"node-role.kubernetes.io/{role}": "",
        "topology.kubernetes.io/region": cluster.datacenter,
    }
    return {
        "metadata": metadata(
            uid=uid_of(cluster.name, "Node", record.name),
            kind="Node",
            name=record.name,
            created_at=record.created_at,
            labels=labels,
            annotations=(("node.alpha.kubernetes.io/ttl", "0"),),
            manager="kubelet",
        ),
        "spec": _spec(cluster, record, number),
        "status": _status(record),
    }


def pod_cidr(cluster: KubeCluster, number: int) -> str:
    """Return the pod network of a cluster's n-th node."""
    first, second = cluster.pod_network.split(".")
    return f"{first}.{int(second) + number // 256}.{number % 256}.0/24"


def _spec(cluster: KubeCluster, record: KubeNode, number: int) -> Value:
    cidr = pod_cidr(cluster, number)
    spec: Value = {"podCIDR": cidr, "podCIDRs": [cidr]}
    if record.provider_id:
        spec["providerID"] = record.provider_id
    taints = []
    if record.control_plane:
        taints.append({"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"})
    if record.cordoned:
        spec["unschedulable"] = True
        taints.append({"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"})
    if taints:
        spec["taints"] = taints
    return spec


def _status(record: KubeNode) -> Value:
    def room(millicores: int, mib: int) -> dict[str, str]:
        return {
            "cpu": f"{millicores}m" if millicores % 1000 else str(millicores // 1000),
            "memory": f"{mib * 1024}Ki",
            "ephemeral-storage": "61202244Ki",
            "pods": str(PODS_AT_MOST),
        }

    cpu = record.cpu_count * 1000
    return {
        "capacity": room(cpu, record.memory_mib),
        "allocatable": room(cpu - RESERVED_CPU, record.memory_mib - RESERVED_MIB),
        "conditions": conditions(record.ready, record.pressure, stamp(record.created_at)),
        "addresses": [
            {"type": "InternalIP", "address": record.address},
            {"type": "Hostname", "address": record.name},
        ],
        "nodeInfo": _info(record),
    }


def conditions(ready: bool, pressure: str | None, since: str) -> list[dict[str, Any]]:  # noqa: FBT001
    """Return a node's conditions; of one that is not ready the kubelet has gone silent."""
    now = stamp()
    found = []
    for kind, (good, bad) in _PRESSURES.items():
        holds = kind == pressure if ready else None
        reason = bad if holds else good
        reason = reason if ready else "NodeStatusUnknown"
        found.append(condition(kind, holds, since, reason))
    reason = "KubeletReady" if ready else "NodeStatusUnknown"
    message = "" if ready else "Kubelet stopped posting node status."
    found.append(condition("Ready", True if ready else None, since, reason, message))
    found.append(condition("NetworkUnavailable", False, since, "CalicoIsUp"))  # noqa: FBT003
    return [{**one, "lastHeartbeatTime": now if ready else since} for one in found]


def _info(record: KubeNode) -> Value:
    return {
        "machineID": uid_of("machine", record.name).replace("-", ""),
        "systemUUID": record.system_uuid,
        "bootID": uid_of("boot", record.name),
        "kernelVersion": "6.8.0-86-generic",
        "osImage": record.os_image,
        "containerRuntimeVersion": "containerd://2.1.4",
        "kubeletVersion": record.kubelet,
        "kubeProxyVersion": "",
        "operatingSystem": "linux",
        "architecture": "amd64",
    }


def namespace(cluster: KubeCluster, record: KubeNamespace) -> Value:
    """Return a namespace."""
    labels = {"kubernetes.io/metadata.name": record.name, "team": record.team}
    meta = metadata(
        uid=uid_of(cluster.name, "Namespace", record.name),
        kind="Namespace",
        name=record.name,
        created_at=record.created_at,
        labels=labels,
        annotations=record.annotations,
    )
    if record.terminating:
        meta["deletionTimestamp"] = stamp(record.created_at)
    phase = "Terminating" if record.terminating else "Active"
    return {"metadata": meta, "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": phase}}

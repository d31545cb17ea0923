"""The kind `node`: a machine of a Kubernetes cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, declare
from models.kinds.kubernetes.common import (
    Annotations,
    ClusterId,
    ClusterName,
    CreatedAt,
    Labels,
    Warnings,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taint:
    """What keeps pods off a node; `effect` is NoSchedule, PreferNoSchedule or NoExecute."""

    key: str
    effect: str
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node. Conditions are None where the kubelet has not said, which is not False.

    `system_uuid` is what the firmware says (`status.nodeInfo.systemUUID`); on virtual machines it
    is the VM's BIOS UUID, on some with the first three groups byte-swapped. `provider_id` is the
    cloud provider's, such as `vsphere://<uuid>`.
    """

    key: Key
    name: Name
    cluster: ClusterName
    cluster_id: ClusterId = None
    ready: Annotated[bool | None, Fact(label="Ready", table=True)] = None
    ready_reason: Annotated[str | None, Fact(label="Why not ready")] = None
    unschedulable: Annotated[bool, Fact(label="Cordoned", table=True)] = False
    roles: Annotated[tuple[str, ...], Fact(label="Roles", table=True)] = ()
    ip_addresses: Annotated[tuple[str, ...], Fact(label="IP addresses", table=True)] = ()
    host_name: Annotated[str | None, Fact(label="Host name")] = None
    pod_cidrs: Annotated[tuple[str, ...], Fact(label="Pod networks")] = ()
    system_uuid: Annotated[str | None, Fact(label="System UUID")] = None
    machine_id: Annotated[str | None, Fact(label="Machine id")] = None
    provider_id: Annotated[str | None, Fact(label="Provider id")] = None
    kubelet_version: Annotated[str | None, Fact(label="Kubelet", table=True)] = None
    container_runtime: Annotated[str | None, Fact(label="Container runtime")] = None
    os_image: Annotated[str | None, Fact(label="Operating system")] = None
    kernel_version: Annotated[str | None, Fact(label="Kernel")] = None
    architecture: Annotated[str | None, Fact(label="Architecture")] = None
    cpu_capacity_millicores: Annotated[
        int | None, Fact(label="CPU", unit="millicores", table=True, low=0)
    ] = None
    memory_capacity_mib: Annotated[
        int | None, Fact(label="Memory", unit="MiB", table=True, low=0)
    ] = None
    cpu_allocatable_millicores: Annotated[
        int | None, Fact(label="CPU for pods", unit="millicores", low=0)
    ] = None
    memory_allocatable_mib: Annotated[
        int | None, Fact(label="Memory for pods", unit="MiB", low=0)
    ] = None
    pod_capacity: Annotated[int | None, Fact(label="Pods at most", low=0)] = None
    gpu_allocatable: Annotated[int | None, Fact(label="GPUs for pods", low=0)] = None
    taints: Annotated[tuple[Taint, ...], Fact(label="Taints")] = ()
    memory_pressure: Annotated[bool | None, Fact(label="Memory pressure")] = None
    disk_pressure: Annotated[bool | None, Fact(label="Disk pressure")] = None
    pid_pressure: Annotated[bool | None, Fact(label="Process id pressure")] = None
    network_unavailable: Annotated[bool | None, Fact(label="Network unavailable")] = None
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()
    cpu_usage_millicores: Annotated[
        int | None, Fact(label="CPU usage", unit="millicores", volatile=True, low=0)
    ] = None
    memory_usage_mib: Annotated[
        int | None, Fact(label="Memory usage", unit="MiB", volatile=True, low=0)
    ] = None
    warnings: Warnings = ()


NODE = declare(Node, name="node", title="Node", plural="Nodes")

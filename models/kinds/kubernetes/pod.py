"""The kind `pod`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, Reference, declare
from models.kinds.kubernetes.common import (
    Annotations,
    ClaimNames,
    ClusterName,
    ConfigMapNames,
    Containers,
    CreatedAt,
    Labels,
    Namespace,
    NamespaceId,
    SecretNames,
    ServiceAccountName,
    Warnings,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod; `phase` is Pending, Running, Succeeded, Failed or Unknown.

    `containers` are known only of pods that no workload made: of all others the workload's template
    declares them. `waiting_reason` and `terminated_reason` are of the container that is worst off
    (`CrashLoopBackOff`, `ImagePullBackOff`; `OOMKilled`). `owner` is the controller's kind and
    name, such as `ReplicaSet/web-5d4f`.
    """

    key: Key
    name: Name
    cluster: ClusterName
    namespace: Namespace
    namespace_id: NamespaceId = None
    phase: Annotated[str | None, Fact(label="Phase", table=True)] = None
    node: Annotated[
        str | None,
        Fact(label="Node", table=True, reference=Reference(kind="node", relation="runs_on")),
    ] = None
    ip_addresses: Annotated[tuple[str, ...], Fact(label="IP addresses", table=True)] = ()
    host_network: Annotated[bool, Fact(label="Host network")] = False
    qos_class: Annotated[str | None, Fact(label="Quality of service")] = None
    priority_class: Annotated[str | None, Fact(label="Priority class")] = None
    service_account: ServiceAccountName = None
    token_mounted: Annotated[bool | None, Fact(label="Service account token mounted")] = None
    owner: Annotated[str | None, Fact(label="Controlled by")] = None
    deployment: Annotated[
        str | None,
        Fact(label="Deployment", reference=Reference(kind="deployment", relation="owned_by")),
    ] = None
    statefulset: Annotated[
        str | None,
        Fact(label="Stateful set", reference=Reference(kind="statefulset", relation="owned_by")),
    ] = None
    daemonset: Annotated[
        str | None,
        Fact(label="Daemon set", reference=Reference(kind="daemonset", relation="owned_by")),
    ] = None
    job: Annotated[
        str | None, Fact(label="Job", reference=Reference(kind="job", relation="owned_by"))
    ] = None
    claims: Annotated[
        tuple[str, ...], Fact(label="Claims", reference=Reference(kind="pvc", relation="mounts"))
    ] = ()
    claim_names: ClaimNames = ()
    config_map_names: ConfigMapNames = ()
    secret_names: SecretNames = ()
    images: Annotated[tuple[str, ...], Fact(label="Images")] = ()
    containers: Containers = ()
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()
    ready: Annotated[bool | None, Fact(label="Ready", volatile=True)] = None
    restart_count: Annotated[int | None, Fact(label="Restarts", volatile=True, low=0)] = None
    waiting_reason: Annotated[str | None, Fact(label="Waiting for", volatile=True)] = None
    terminated_reason: Annotated[str | None, Fact(label="Last ended by", volatile=True)] = None
    unschedulable_reason: Annotated[
        str | None, Fact(label="Cannot be scheduled", volatile=True, sensitive=True)
    ] = None
    started_at: Annotated[datetime | None, Fact(label="Started", volatile=True)] = None
    deletion_at: Annotated[datetime | None, Fact(label="Being deleted since", volatile=True)] = None
    cpu_usage_millicores: Annotated[
        int | None, Fact(label="CPU usage", unit="millicores", volatile=True, low=0)
    ] = None
    memory_usage_mib: Annotated[
        int | None, Fact(label="Memory usage", unit="MiB", volatile=True, low=0)
    ] = None
    warnings: Warnings = ()


POD = declare(Pod, name="pod", title="Pod", plural="Pods")

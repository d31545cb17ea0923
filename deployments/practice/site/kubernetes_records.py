"""The nouns of the site's Kubernetes clusters: what is declared there, not what follows from it.

Pods, replica sets and endpoint slices are not here: the practice API server's controllers make
them of the workloads, as a cluster would. Memory is in MiB, CPU in thousandths of a core.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeNode:
    """A node, which is a VM of the fleet; `vm` is that VM's id."""

    name: str
    vm: str
    address: str
    control_plane: bool
    system_uuid: str
    provider_id: str | None
    kubelet: str
    os_image: str
    cpu_count: int
    memory_mib: int
    created_at: datetime
    ready: bool = True
    pressure: str | None = None  # MemoryPressure, DiskPressure or PIDPressure
    cordoned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeNamespace:
    """A namespace with the team that owns it; quota and limits are absent where they are None."""

    name: str
    team: str
    annotations: Pairs = ()
    terminating: bool = False
    quota: Pairs | None = None
    default_limits: Pairs | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeContainer:
    """A container of a pod template; requests and limits are CPU and memory, None leaves it out."""

    name: str
    image: str
    requests: tuple[int, int] | None = (100, 128)
    limits: tuple[int, int] | None = (500, 256)
    port: int | None = 8080
    liveness: bool = True
    readiness: bool = True
    privileged: bool = False
    non_root: bool = True
    args: tuple[str, ...] = ()
    env: Pairs = ()
    config_map: str | None = None
    secret: str | None = None
    init: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeWorkload:
    """A Deployment, StatefulSet, DaemonSet, CronJob, Job or bare Pod.

    `ailment` is what its pods suffer from: crash, oom, image, config, pending, unready or evicted.
    `written_by` is an API version that wrote it besides the current one. A job that `failed` is
    one whose last run did.
    """

    kind: str
    namespace: str
    name: str
    replicas: int = 1
    containers: tuple[KubeContainer, ...]
    service_account: str | None = None
    annotations: Pairs = ()
    host_network: bool = False
    claim: str | None = None  # a claim it mounts; of a StatefulSet its claim template
    pinned: bool = False  # all its pods on one node
    ailment: str = ""
    schedule: str | None = None
    suspended: bool = False
    failed: bool = False
    written_by: str | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeService:
    """A service; `app` selects pods by their name label."""

    namespace: str
    name: str
    app: str | None
    type: str = "ClusterIP"
    port: int = 80
    target: int = 8080
    headless: bool = False
    cluster_ip: str = ""
    external_ip: str | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeIngress:
    """An ingress: one host and path to a service."""

    namespace: str
    name: str
    host: str
    service: str
    tls_secret: str | None
    address: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KubePolicy:
    """A network policy; without an app it selects every pod of its namespace."""

    namespace: str
    name: str
    app: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeClass:
    """A storage class."""

    name: str
    provisioner: str
    parameters: Pairs
    default: bool = False
    reclaim: str = "Delete"
    binding: str = "Immediate"
    expandable: bool = True
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeVolume:
    """A persistent volume; `backend` is csi, vsphere or nfs, `claim` is namespace/name."""

    name: str
    storage_class: str
    capacity_mib: int
    backend: str
    handle: str | None = None
    server: str | None = None
    path: str | None = None
    claim: str | None
    phase: str = "Bound"
    reclaim: str = "Delete"
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeClaim:
    """A claim, bound where it names a volume."""

    namespace: str
    name: str
    storage_class: str
    requested_mib: int
    volume: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeConfig:
    """A config map, or a secret where `type` is given."""

    namespace: str
    name: str
    data: Pairs
    type: str | None = None
    annotations: Pairs = ()
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeCertificate:
    """A certificate that cert-manager keeps in a secret."""

    namespace: str
    name: str
    secret: str
    host: str
    ends_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeBudget:
    """A disruption budget over the pods of an app; limits are numbers or percentages."""

    namespace: str
    name: str
    app: str
    min_available: str | None = None
    max_unavailable: str | None = None
    written_by: str | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeScaler:
    """A horizontal pod autoscaler on a deployment; `current` is what it wants now."""

    namespace: str
    name: str
    target: str
    minimum: int
    maximum: int
    current: int
    active: bool = True
    written_by: str | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeAccount:
    """A service account."""

    namespace: str
    name: str
    automount: bool | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeRole:
    """A role, or a cluster role without a namespace; rules are verbs, groups and resources."""

    name: str
    namespace: str | None
    rules: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeBinding:
    """A binding of a role to subjects: kind, name and namespace."""

    name: str
    namespace: str | None
    role: str
    role_kind: str = "ClusterRole"
    subjects: tuple[tuple[str, str, str | None], ...]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeEvent:
    """Something that was said of an object; of kind Pod, `name` is the workload whose pod it is."""

    namespace: str
    kind: str
    name: str
    reason: str
    message: str
    type: str = "Warning"
    count: int = 1
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeCluster:
    """A cluster as it is declared; `extensions` are API groups that it serves besides its own."""

    name: str
    datacenter: str
    environment: str
    version: str
    pod_network: str  # the first two numbers of its addresses, such as 10.244
    service_network: str
    extensions: tuple[str, ...]
    created_at: datetime
    anchor: datetime  # the moment that ages count back from
    nodes: tuple[KubeNode, ...]
    namespaces: tuple[KubeNamespace, ...]
    workloads: tuple[KubeWorkload, ...]
    services: tuple[KubeService, ...]
    ingresses: tuple[KubeIngress, ...]
    policies: tuple[KubePolicy, ...]
    classes: tuple[KubeClass, ...]
    volumes: tuple[KubeVolume, ...]
    claims: tuple[KubeClaim, ...]
    configs: tuple[KubeConfig, ...]
    certificates: tuple[KubeCertificate, ...]
    budgets: tuple[KubeBudget, ...]
    scalers: tuple[KubeScaler, ...]
    accounts: tuple[KubeAccount, ...]
    roles: tuple[KubeRole, ...]
    bindings: tuple[KubeBinding, ...]
    events: tuple[KubeEvent, ...]

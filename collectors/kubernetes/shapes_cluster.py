"""Nodes, namespaces, storage and what describes the cluster itself, as typed subsets.

Source: Kubernetes API reference, groups core, storage.k8s.io; `/version` and discovery.
"""

from __future__ import annotations

from msgspec import field

from collectors.kubernetes.quantities import Quantity
from collectors.kubernetes.shapes import Condition, Meta, Shape, Whole


class Version(Shape):
    """The answer of `/version`."""

    git_version: str
    platform: str | None = None


class CoreVersions(Shape):
    """The answer of `/api`."""

    versions: list[str] | None = None


class GroupVersion(Shape):
    """A version of an API group."""

    group_version: str


class Group(Shape):
    """An API group."""

    name: str
    versions: list[GroupVersion] | None = None


class Groups(Shape):
    """The answer of `/apis`."""

    groups: list[Group] | None


class ServedResource(Shape):
    """A resource of a version of an API group."""

    name: str


class Served(Shape):
    """The answer of `/apis/<group>/<version>`."""

    resources: list[ServedResource] | None


class Phase(Shape):
    """A status of which only the phase counts."""

    phase: str | None = None


class NamespaceItem(Shape):
    """A namespace."""

    metadata: Meta
    status: Phase = field(default_factory=Phase)


class QuotaStatus(Shape):
    """What a quota grants, and what of it is used."""

    hard: dict[str, str] | None = None
    used: dict[str, str] | None = None


class QuotaItem(Shape):
    """A quota."""

    metadata: Meta
    spec: QuotaStatus = field(default_factory=QuotaStatus)
    status: QuotaStatus = field(default_factory=QuotaStatus)


class TaintItem(Shape):
    """A taint of a node."""

    key: str
    effect: str
    value: str | None = None


class NodeSpec(Shape):
    """`spec` of a node."""

    unschedulable: bool | None = None
    taints: list[TaintItem] | None = None
    pod_cidr: str | None = field(default=None, name="podCIDR")
    pod_cidrs: list[str] | None = field(default=None, name="podCIDRs")
    provider_id: str | None = field(default=None, name="providerID")


class NodeAddress(Shape):
    """An address of a node."""

    type: str
    address: str


class NodeInfo(Shape):
    """What the kubelet says of its machine."""

    system_uuid: str | None = field(default=None, name="systemUUID")
    machine_id: str | None = field(default=None, name="machineID")
    kubelet_version: str | None = None
    container_runtime_version: str | None = None
    os_image: str | None = None
    kernel_version: str | None = None
    architecture: str | None = None


class NodeStatus(Shape):
    """`status` of a node."""

    addresses: list[NodeAddress] | None = None
    conditions: list[Condition] | None = None
    capacity: dict[str, Quantity] | None = None
    allocatable: dict[str, Quantity] | None = None
    node_info: NodeInfo = field(default_factory=NodeInfo)


class NodeItem(Shape):
    """A node."""

    metadata: Meta
    spec: NodeSpec = field(default_factory=NodeSpec)
    status: NodeStatus = field(default_factory=NodeStatus)


class StorageClassItem(Shape):
    """A storage class."""

    metadata: Meta
    provisioner: str | None = None
    reclaim_policy: str | None = None
    volume_binding_mode: str | None = None
    allow_volume_expansion: bool | None = None
    parameters: dict[str, str] | None = None


class Csi(Shape):
    """A volume of a CSI driver."""

    driver: str | None = None
    volume_handle: str | None = None
    volume_attributes: dict[str, str] | None = None


class Nfs(Shape):
    """A volume on an NFS server."""

    server: str | None = None
    path: str | None = None


class Vsphere(Shape):
    """A disk file on a datastore, of the driver that was part of Kubernetes itself."""

    volume_path: str | None = None


class Iscsi(Shape):
    """A LUN of an iSCSI target."""

    target_portal: str | None = None
    iqn: str | None = None
    lun: Whole | None = None


class Fc(Shape):
    """A LUN of Fibre Channel."""

    wwids: list[str] | None = None
    target_wwns: list[str] | None = field(default=None, name="targetWWNs")


class OnNode(Shape):
    """A path on the node."""

    path: str | None = None


class ClaimRef(Shape):
    """The claim that holds a volume."""

    name: str | None = None
    namespace: str | None = None


class VolumeSpec(Shape):
    """`spec` of a persistent volume."""

    capacity: dict[str, Quantity] | None = None
    storage_class_name: str | None = None
    claim_ref: ClaimRef | None = None
    persistent_volume_reclaim_policy: str | None = None
    access_modes: list[str] | None = None
    csi: Csi | None = None
    nfs: Nfs | None = None
    vsphere_volume: Vsphere | None = None
    iscsi: Iscsi | None = None
    fc: Fc | None = None
    local: OnNode | None = None
    host_path: OnNode | None = None


class VolumeItem(Shape):
    """A persistent volume."""

    metadata: Meta
    spec: VolumeSpec
    status: Phase = field(default_factory=Phase)


class Requests(Shape):
    """What a claim asks for."""

    requests: dict[str, Quantity] | None = None


class ClaimSpec(Shape):
    """`spec` of a claim."""

    resources: Requests | None = None
    storage_class_name: str | None = None
    volume_name: str | None = None
    access_modes: list[str] | None = None


class ClaimStatus(Shape):
    """`status` of a claim."""

    phase: str | None = None
    capacity: dict[str, Quantity] | None = None
    access_modes: list[str] | None = None


class ClaimItem(Shape):
    """A claim."""

    metadata: Meta
    spec: ClaimSpec
    status: ClaimStatus = field(default_factory=ClaimStatus)

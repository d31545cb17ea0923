"""The kinds `storage_class`, `pv` and `pvc`: storage of pods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, Reference, declare
from models.kinds.kubernetes.common import (
    Annotations,
    ApiVersions,
    ClusterId,
    ClusterName,
    CreatedAt,
    Labels,
    Namespace,
    NamespaceId,
    Pairs,
    Warnings,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageClass:
    """A storage class; of its parameters those whose names speak of secrets are left out."""

    key: Key
    name: Name
    cluster: ClusterName
    cluster_id: ClusterId = None
    provisioner: Annotated[str | None, Fact(label="Provisioner", table=True)] = None
    reclaim_policy: Annotated[str | None, Fact(label="Reclaim policy", table=True)] = None
    binding_mode: Annotated[str | None, Fact(label="Binding", table=True)] = None
    expandable: Annotated[bool | None, Fact(label="Expandable", table=True)] = None
    default: Annotated[bool, Fact(label="Default", table=True)] = False
    parameters: Annotated[Pairs, Fact(label="Parameters", sensitive=True)] = ()
    api_versions: ApiVersions = ()
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersistentVolume:
    """A persistent volume; `phase` is Available, Bound, Released or Failed.

    `backend` is csi, nfs, vsphere, iscsi, fc, local, host_path or other. `driver` and `handle` are
    the CSI driver's; `path` is the path on the NFS server, or vSphere's `[datastore] dir/x.vmdk`.
    """

    key: Key
    name: Name
    cluster: ClusterName
    cluster_id: ClusterId = None
    phase: Annotated[str | None, Fact(label="Phase", table=True)] = None
    capacity_mib: Annotated[int | None, Fact(label="Capacity", unit="MiB", table=True, low=0)] = (
        None
    )
    storage_class: Annotated[str | None, Fact(label="Class", table=True)] = None
    storage_class_id: Annotated[
        str | None,
        Fact(label="Class", reference=Reference(kind="storage_class", relation="member_of")),
    ] = None
    claim: Annotated[str | None, Fact(label="Claim", table=True)] = None  # namespace/name
    reclaim_policy: Annotated[str | None, Fact(label="Reclaim policy", table=True)] = None
    access_modes: Annotated[tuple[str, ...], Fact(label="Access modes")] = ()
    backend: Annotated[str, Fact(label="Backend", table=True)] = "other"
    driver: Annotated[str | None, Fact(label="Driver")] = None
    handle: Annotated[str | None, Fact(label="Volume handle")] = None
    server: Annotated[str | None, Fact(label="Server")] = None
    path: Annotated[str | None, Fact(label="Path")] = None
    volume_attributes: Annotated[Pairs, Fact(label="Volume attributes", sensitive=True)] = ()
    api_versions: ApiVersions = ()
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersistentVolumeClaim:
    """A claim on storage; `phase` is Pending, Bound or Lost."""

    key: Key
    name: Name
    cluster: ClusterName
    namespace: Namespace
    namespace_id: NamespaceId = None
    phase: Annotated[str | None, Fact(label="Phase", table=True)] = None
    requested_mib: Annotated[int | None, Fact(label="Requested", unit="MiB", table=True, low=0)] = (
        None
    )
    capacity_mib: Annotated[int | None, Fact(label="Capacity", unit="MiB", low=0)] = None
    storage_class: Annotated[str | None, Fact(label="Class", table=True)] = None
    volume: Annotated[
        str | None,
        Fact(label="Volume", table=True, reference=Reference(kind="pv", relation="stored_on")),
    ] = None
    access_modes: Annotated[tuple[str, ...], Fact(label="Access modes")] = ()
    api_versions: ApiVersions = ()
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()
    warnings: Warnings = ()


STORAGE_CLASS = declare(
    StorageClass, name="storage_class", title="Storage class", plural="Storage classes"
)
PV = declare(PersistentVolume, name="pv", title="Persistent volume", plural="Persistent volumes")
PVC = declare(PersistentVolumeClaim, name="pvc", title="Volume claim", plural="Volume claims")

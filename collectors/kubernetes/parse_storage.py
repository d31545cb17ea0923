"""Storage classes, volumes and claims."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from collectors.kubernetes.parse_common import (
    api_versions,
    clusterwide,
    harmless,
    namespaced,
    place,
    texts,
)
from collectors.kubernetes.quantities import mebibytes
from collectors.kubernetes.shapes_cluster import (
    ClaimItem,
    ClaimRef,
    Csi,
    Fc,
    Iscsi,
    Nfs,
    OnNode,
    StorageClassItem,
    VolumeItem,
    VolumeSpec,
    Vsphere,
)
from collectors.kubernetes.surroundings import Surroundings, plain_value
from models.kinds.kubernetes.storage import PersistentVolume, PersistentVolumeClaim, StorageClass

_DEFAULT = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)


def parse_storage_class(item: StorageClassItem, around: Surroundings) -> StorageClass:
    """Return a storage class."""
    meta = item.metadata
    around.storage_classes[meta.name] = meta.uid
    return StorageClass(
        **clusterwide(meta, around),
        cluster_id=around.cluster_id,
        provisioner=item.provisioner,
        reclaim_policy=item.reclaim_policy,
        binding_mode=item.volume_binding_mode,
        expandable=bool(item.allow_volume_expansion),
        default=any(plain_value(meta.annotations, key) == "true" for key in _DEFAULT),
        parameters=around.redacted(harmless(item.parameters)),
        api_versions=api_versions(meta),
    )


def parse_volume(item: VolumeItem, around: Surroundings) -> PersistentVolume:
    """Return a persistent volume."""
    meta, spec = item.metadata, item.spec
    around.volumes[meta.name] = meta.uid
    return PersistentVolume(
        **clusterwide(meta, around),
        cluster_id=around.cluster_id,
        phase=item.status.phase,
        capacity_mib=mebibytes((spec.capacity or {}).get("storage")),
        storage_class=spec.storage_class_name or None,
        storage_class_id=around.storage_classes.get(spec.storage_class_name or ""),
        claim=_claim(spec.claim_ref),
        reclaim_policy=spec.persistent_volume_reclaim_policy,
        access_modes=texts(spec.access_modes),
        api_versions=api_versions(meta),
        **_backend(spec, around),
    )


def parse_claim(item: ClaimItem, around: Surroundings) -> PersistentVolumeClaim:
    """Return a claim."""
    meta, spec, status = item.metadata, item.spec, item.status
    around.claims[place(meta)] = meta.uid
    asked = (spec.resources.requests if spec.resources else None) or {}
    return PersistentVolumeClaim(
        **namespaced(meta, around),
        phase=status.phase,
        requested_mib=mebibytes(asked.get("storage")),
        capacity_mib=mebibytes((status.capacity or {}).get("storage")),
        storage_class=spec.storage_class_name or None,
        volume=around.volumes.get(spec.volume_name or ""),
        access_modes=texts(spec.access_modes),
        api_versions=api_versions(meta),
        warnings=around.warnings.get(meta.uid, ()),
    )


def _claim(found: ClaimRef | None) -> str | None:
    return f"{found.namespace}/{found.name}" if found and found.namespace and found.name else None


def _backend(spec: VolumeSpec, around: Surroundings) -> dict[str, Any]:
    for name, found, fields in _BACKENDS:
        if (said := getattr(spec, name)) is not None:
            return {"backend": found, **fields(said, around)}
    return {"backend": "other"}


def _csi(found: Csi, around: Surroundings) -> dict[str, Any]:
    attributes = around.redacted(harmless(found.volume_attributes))
    return {
        "driver": found.driver,
        "handle": found.volume_handle,
        "volume_attributes": attributes,
    }


def _nfs(found: Nfs, _: Surroundings) -> dict[str, Any]:
    return {"server": found.server, "path": found.path}


def _vsphere(found: Vsphere, _: Surroundings) -> dict[str, Any]:
    return {"path": found.volume_path}


def _iscsi(found: Iscsi, _: Surroundings) -> dict[str, Any]:
    handle = found.iqn if found.lun is None else f"{found.iqn}:{found.lun}"
    return {"server": found.target_portal, "handle": handle}


def _fc(found: Fc, _: Surroundings) -> dict[str, Any]:
    return {"handle": ",".join(found.wwids or found.target_wwns or ()) or None}


def _on_node(found: OnNode, _: Surroundings) -> dict[str, Any]:
    return {"path": found.path}


# The field of a volume's spec, how the kind calls it, and what is taken from it.
_BACKENDS: tuple[tuple[str, str, Callable[[Any, Surroundings], dict[str, Any]]], ...] = (
    ("csi", "csi", _csi),
    ("nfs", "nfs", _nfs),
    ("vsphere_volume", "vsphere", _vsphere),
    ("iscsi", "iscsi", _iscsi),
    ("fc", "fc", _fc),
    ("local", "local", _on_node),
    ("host_path", "host_path", _on_node),
)

"""Storage of a cluster: classes and volumes on the site's own datastores and NFS share."""

from __future__ import annotations

from deployments.practice.site import kubernetes_records as kube
from deployments.practice.site.kubernetes_draft import KubeDraft
from deployments.practice.site.records import Datastore

CSI = "csi.vsphere.vmware.com"
GIB_MIB = 1024
STORAGE_CANARY = "canary-k8s-st0rage-r3stkey-18"


def add_classes(draft: KubeDraft, stores: list[Datastore]) -> list[Datastore]:
    """Add a class for each of two shared datastores, an old in-tree one and an NFS one.

    Returns:
        The two datastores, which `add_volume` takes by number.
    """
    shared = [s for s in stores if s.kind == "VMFS" and not s.local]
    other = next((store for store in shared if store.hosts != shared[0].hosts), shared[-1])
    chosen = [shared[0], other]
    small = draft.environment != "prod"
    if small:
        draft.plant("default_class_ambiguous", "StorageClass", "fast")
    for name, store, default in zip(("fast", "standard"), chosen, (small, True), strict=True):
        parameters = (("datastoreurl", f"ds:///vmfs/volumes/{store.uuid}/"),)
        draft.add(
            kube.KubeClass, name=name, provisioner=CSI, parameters=parameters, default=default
        )
    old = (("datastore", chosen[0].name), ("diskformat", "thin"))
    draft.add(
        kube.KubeClass, name="vsphere-legacy", provisioner="kubernetes.io/vsphere-volume",
        parameters=old, expandable=False, reclaim="Retain",
    )  # fmt: skip
    secret: kube.Pairs = (("archiveOnDelete", "true"),)
    if draft.environment == "prod":
        secret = (*secret, ("restuserkey", STORAGE_CANARY))
        draft.plant("secret_in_class", "StorageClass", "nfs")
    draft.add(kube.KubeClass, name="nfs", provisioner="nfs.csi.k8s.io", parameters=secret)
    return chosen


def claim(draft: KubeDraft, namespace: str, name: str, size_gib: int = 20, number: int = 0) -> None:
    """Add a claim bound to a CSI volume of class fast (0) or standard (1)."""
    volume = f"pvc-{draft.draw.uuid()}"
    draft.add(
        kube.KubeClaim, namespace=namespace, name=name, volume=volume,
        storage_class=("fast", "standard")[number], requested_mib=size_gib * GIB_MIB,
    )  # fmt: skip
    draft.add(
        kube.KubeVolume, name=volume, storage_class=("fast", "standard")[number], backend="csi",
        capacity_mib=size_gib * GIB_MIB, handle=draft.draw.uuid(), claim=f"{namespace}/{name}",
    )  # fmt: skip


def legacy_claim(draft: KubeDraft, namespace: str, name: str, store: Datastore) -> None:
    """Add a claim bound to an in-tree vSphere volume, which names its datastore."""
    volume = f"pv-{namespace}-{name}"
    _bind(draft, namespace, name, volume, "vsphere-legacy", 50)
    draft.add(
        kube.KubeVolume, name=volume, storage_class="vsphere-legacy", capacity_mib=50 * GIB_MIB,
        backend="vsphere", path=f"[{store.name}] kubevols/{volume}.vmdk", reclaim="Retain",
        claim=f"{namespace}/{name}",
    )  # fmt: skip
    draft.plant("volume_on_datastore", "PersistentVolume", volume)


def nfs_claim(draft: KubeDraft, namespace: str, name: str, share: Datastore) -> None:
    """Add a claim bound to a directory of the datacenter's NFS share."""
    volume = f"pv-{namespace}-{name}"
    server, _, path = (share.remote or ":").partition(":")
    _bind(draft, namespace, name, volume, "nfs", 200)
    draft.add(
        kube.KubeVolume, name=volume, storage_class="nfs", capacity_mib=200 * GIB_MIB,
        backend="nfs", server=server, path=path, claim=f"{namespace}/{name}", reclaim="Retain",
    )  # fmt: skip
    draft.plant("volume_on_nfs", "PersistentVolume", volume)


def _bind(
    draft: KubeDraft, namespace: str, name: str, volume: str, storage_class: str, size_gib: int
) -> None:
    draft.add(
        kube.KubeClaim, namespace=namespace, name=name, volume=volume,
        storage_class=storage_class, requested_mib=size_gib * GIB_MIB,
    )  # fmt: skip


def orphan(draft: KubeDraft) -> None:
    """Add a volume whose claim is gone, and one that was never claimed."""
    draft.add(
        kube.KubeVolume, name="pv-crm-attachments-old", storage_class="fast", backend="csi",
        capacity_mib=80 * GIB_MIB, handle=draft.draw.uuid(), claim="crm/attachments-2023",
        phase="Released", reclaim="Retain",
    )  # fmt: skip
    draft.plant("volume_orphaned", "PersistentVolume", "pv-crm-attachments-old")
    draft.add(
        kube.KubeVolume, name="pv-spare-01", storage_class="fast", backend="csi", claim=None,
        capacity_mib=10 * GIB_MIB, handle=draft.draw.uuid(), phase="Available", reclaim="Retain",
    )  # fmt: skip
    draft.plant("volume_unused", "PersistentVolume", "pv-spare-01")

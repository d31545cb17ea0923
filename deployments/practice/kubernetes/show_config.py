"""How config maps, secrets, certificates, storage, accounts, roles and events are shown."""

from __future__ import annotations

from base64 import b64encode

from deployments.practice.kubernetes.show_common import Value, condition, metadata, uid_of
from deployments.practice.kubernetes.show_traffic import named
from deployments.practice.kubernetes.store import stamp
from deployments.practice.site import kubernetes_records as kube

_RBAC = "rbac.authorization.k8s.io"


def config_map(cluster: kube.KubeCluster, record: kube.KubeConfig) -> Value:
    """Return a config map."""
    meta = named(cluster, "ConfigMap", record, annotations=record.annotations)
    return {"metadata": meta, "data": dict(record.data)}


def secret(cluster: kube.KubeCluster, record: kube.KubeConfig) -> Value:
    """Return a secret; its values are in base64, as the API shows them."""
    meta = named(cluster, "Secret", record, annotations=record.annotations)
    data = {name: b64encode(value.encode()).decode() for name, value in record.data}
    return {"metadata": meta, "data": data, "type": record.type}


def certificate(cluster: kube.KubeCluster, record: kube.KubeCertificate) -> Value:
    """Return cert-manager's Certificate."""
    spec = {
        "secretName": record.secret,
        "dnsNames": [record.host],
        "issuerRef": {"name": "internal-ca", "kind": "ClusterIssuer"},
    }
    status = {
        "conditions": [condition("Ready", True, stamp(record.created_at), "Ready")],  # noqa: FBT003
        "notAfter": stamp(record.ends_at),
        "revision": 3,
    }
    return {"metadata": named(cluster, "Certificate", record), "spec": spec, "status": status}


def storage_class(cluster: kube.KubeCluster, record: kube.KubeClass) -> Value:
    """Return a storage class."""
    notes = (("storageclass.kubernetes.io/is-default-class", "true"),) if record.default else ()
    meta = metadata(
        uid=uid_of(cluster.name, "StorageClass", record.name),
        kind="StorageClass",
        name=record.name,
        created_at=record.created_at,
        annotations=notes,
    )
    return {
        "metadata": meta,
        "provisioner": record.provisioner,
        "parameters": dict(record.parameters),
        "reclaimPolicy": record.reclaim,
        "volumeBindingMode": record.binding,
        "allowVolumeExpansion": record.expandable,
    }


def volume(cluster: kube.KubeCluster, record: kube.KubeVolume) -> Value:
    """Return a persistent volume."""
    meta = metadata(
        uid=uid_of(cluster.name, "PersistentVolume", record.name),
        kind="PersistentVolume",
        name=record.name,
        created_at=record.created_at,
    )
    spec: Value = {
        "capacity": {"storage": f"{record.capacity_mib}Mi"},
        "accessModes": ["ReadWriteMany" if record.backend == "nfs" else "ReadWriteOnce"],
        "persistentVolumeReclaimPolicy": record.reclaim,
        "storageClassName": record.storage_class,
        "volumeMode": "Filesystem",
        **_backend(record),
    }
    if record.claim:
        namespace, name = record.claim.split("/")
        uid = uid_of(cluster.name, "PersistentVolumeClaim", namespace, name)
        spec["claimRef"] = {
            "kind": "PersistentVolumeClaim",
            "apiVersion": "v1",
            "namespace": namespace,
            "name": name,
            "uid": uid,
        }
    return {"metadata": meta, "spec": spec, "status": {"phase": record.phase}}


def _backend(record: kube.KubeVolume) -> Value:
    if record.backend == "vsphere":
        return {"vsphereVolume": {"volumePath": record.path, "fsType": "ext4"}}
    if record.backend == "nfs":
        return {"nfs": {"server": record.server, "path": record.path}}
    return {
        "csi": {
            "driver": "csi.vsphere.vmware.com",
            "volumeHandle": record.handle,
            "fsType": "ext4",
            "volumeAttributes": {"type": "vSphere CNS Block Volume"},
        }
    }


def claim(cluster: kube.KubeCluster, record: kube.KubeClaim) -> Value:
    """Return a claim, pending where it has no volume."""
    size = {"storage": f"{record.requested_mib}Mi"}
    modes = ["ReadWriteMany" if record.storage_class == "nfs" else "ReadWriteOnce"]
    spec: Value = {
        "accessModes": modes,
        "resources": {"requests": size},
        "storageClassName": record.storage_class,
        "volumeMode": "Filesystem",
    }
    status: Value = {"phase": "Pending"}
    if record.volume:
        spec["volumeName"] = record.volume
        status = {"phase": "Bound", "accessModes": modes, "capacity": size}
    meta = named(cluster, "PersistentVolumeClaim", record)
    return {"metadata": meta, "spec": spec, "status": status}


def account(cluster: kube.KubeCluster, record: kube.KubeAccount) -> Value:
    """Return a service account."""
    found: Value = {"metadata": named(cluster, "ServiceAccount", record)}
    if record.automount is not None:
        found["automountServiceAccountToken"] = record.automount
    return found


def role(cluster: kube.KubeCluster, record: kube.KubeRole) -> Value:
    """Return a role or cluster role."""
    rules = [
        {"verbs": list(verbs), "apiGroups": list(groups), "resources": list(resources)}
        for verbs, groups, resources in record.rules
    ]
    kind = "Role" if record.namespace else "ClusterRole"
    return {"metadata": named(cluster, kind, record), "rules": rules}


def binding(cluster: kube.KubeCluster, record: kube.KubeBinding) -> Value:
    """Return a role binding or cluster role binding."""
    subjects = []
    for kind, name, namespace in record.subjects:
        subject = {"kind": kind, "name": name}
        subject |= {"namespace": namespace} if namespace else {"apiGroup": _RBAC}
        subjects.append(subject)
    kind = "RoleBinding" if record.namespace else "ClusterRoleBinding"
    reference = {"apiGroup": _RBAC, "kind": record.role_kind, "name": record.role}
    return {"metadata": named(cluster, kind, record), "subjects": subjects, "roleRef": reference}


def quota(cluster: kube.KubeCluster, record: kube.KubeNamespace, used: dict[str, str]) -> Value:
    """Return a namespace's quota."""
    hard = dict(record.quota or ())
    meta = _below(cluster, "ResourceQuota", record, "default")
    status = {"hard": hard, "used": {name: used.get(name, "0") for name in hard}}
    return {"metadata": meta, "spec": {"hard": hard}, "status": status}


def limit_range(cluster: kube.KubeCluster, record: kube.KubeNamespace) -> Value:
    """Return a namespace's default limits."""
    limits = dict(record.default_limits or ())
    spec = {"limits": [{"type": "Container", "default": limits, "defaultRequest": limits}]}
    return {"metadata": _below(cluster, "LimitRange", record, "defaults"), "spec": spec}


def _below(cluster: kube.KubeCluster, kind: str, record: kube.KubeNamespace, name: str) -> Value:
    return metadata(
        uid=uid_of(cluster.name, kind, record.name, name),
        kind=kind,
        name=name,
        namespace=record.name,
        created_at=record.created_at,
    )


def lease(cluster: kube.KubeCluster, record: kube.KubeNode) -> Value:
    """Return a node's lease, by which its kubelet says that it lives."""
    meta = metadata(
        uid=uid_of(cluster.name, "Lease", record.name),
        kind="Lease",
        name=record.name,
        namespace="kube-node-lease",
        created_at=record.created_at,
        manager="kubelet",
    )
    spec = {
        "holderIdentity": record.name,
        "leaseDurationSeconds": 40,
        "renewTime": stamp().replace("Z", ".000000Z"),
    }
    return {"metadata": meta, "spec": spec}

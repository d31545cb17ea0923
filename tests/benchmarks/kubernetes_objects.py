"""Objects of a cluster in the shape and size that a real one sends, as bytes of JSON."""

from __future__ import annotations

import json
from typing import Any

NODES = 60
SPACES = 20
PODS_EACH = 10  # of a deployment
_BORN = "2026-11-01T10:00:00Z"


def namespaces() -> list[str]:
    """Return the namespaces' names."""
    return [f"team-{number}" for number in range(SPACES)]


def a_pod(number: int) -> bytes:
    """Return a pod of a deployment: two containers, volumes, a token, two field managers."""
    app = number // PODS_EACH
    hash_ = f"{app * 2654435761 % (1 << 32):08x}"
    owner = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "name": f"web-{app}-{hash_}",
        "uid": _uid("rs", app),
        "controller": True,
        "blockOwnerDeletion": True,
    }
    labels = {
        "app.kubernetes.io/name": f"web-{app}",
        "app.kubernetes.io/part-of": "shop",
        "app.kubernetes.io/managed-by": "Helm",
        "pod-template-hash": hash_,
    }
    annotations = {
        "checksum/config": hash_ * 8,
        "kubectl.kubernetes.io/restartedAt": _BORN,
        "prometheus.io/scrape": "true",
        "prometheus.io/port": "8080",
    }
    metadata = {
        **_meta("pod", number, f"web-{app}-{hash_}-{number:05}", app),
        "generateName": f"web-{app}-{hash_}-",
        "labels": labels,
        "annotations": annotations,
        "ownerReferences": [owner],
        "managedFields": [
            _managed("kube-controller-manager", _FIELDS),
            _managed("kubelet", _STATUS_FIELDS),
        ],
    }
    return _bytes({"metadata": metadata, "spec": _spec(app, number), "status": _status(number)})


def a_deployment(number: int) -> bytes:
    """Return a deployment."""
    labels = {"app.kubernetes.io/name": f"web-{number}"}
    spec = {
        "replicas": PODS_EACH,
        "selector": {"matchLabels": labels},
        "strategy": {"type": "RollingUpdate"},
        "template": {"metadata": {"labels": labels}, "spec": _spec(number, None)},
    }
    status = {"replicas": 10, "readyReplicas": 10, "availableReplicas": 10, "updatedReplicas": 10}
    metadata = {
        **_meta("deploy", number, f"web-{number}", number),
        "labels": labels,
        "managedFields": [_managed("helm", _FIELDS)],
    }
    return _bytes({"metadata": metadata, "spec": spec, "status": status})


def a_replica_set(number: int) -> bytes:
    """Return a replica set of a deployment, as metadata alone."""
    owner = {"kind": "Deployment", "name": f"web-{number}", "uid": _uid("deploy", number)}
    metadata = _meta("rs", number, f"web-{number}-x", number)
    return _bytes({"metadata": {**metadata, "ownerReferences": [{**owner, "controller": True}]}})


def a_node(number: int) -> bytes:
    """Return a node."""
    amounts = {"cpu": "32", "memory": "131072Mi", "pods": "500"}
    conditions = [{"type": "Ready", "status": "True", "reason": "KubeletReady"}]
    return _bytes(
        {
            "metadata": {"name": f"node-{number}", "uid": _uid("node", number)},
            "spec": {"podCIDR": f"10.244.{number}.0/24"},
            "status": {"capacity": amounts, "allocatable": amounts, "conditions": conditions},
        }
    )


def _meta(kind: str, number: int, name: str, app: int) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": f"team-{app % SPACES}",
        "uid": _uid(kind, number),
        "resourceVersion": str(1_000_000 + number),
        "creationTimestamp": _BORN,
    }


def _uid(kind: str, number: int) -> str:
    return f"{number:08x}-4a1b-4c2d-8e3f-{kind.encode().hex():0>12}"[:36]


def _managed(manager: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "manager": manager,
        "operation": "Update",
        "apiVersion": "v1",
        "time": _BORN,
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
    }


def _owned(*names: str) -> dict[str, Any]:
    return {f"f:{name}": {} for name in names}


_CONTAINER_FIELDS = _owned(
    "env", "image", "imagePullPolicy", "name", "resources", "terminationMessagePath", "ports"
)
_FIELDS = {
    "f:metadata": {"f:labels": {".": {}, **_owned("app", "pod-template-hash", "part-of")}},
    "f:spec": {
        "f:containers": {
            'k:{"name":"app"}': {".": {}, **_CONTAINER_FIELDS},
            'k:{"name":"proxy"}': {".": {}, **_CONTAINER_FIELDS},
        },
        **_owned("dnsPolicy", "enableServiceLinks", "restartPolicy", "schedulerName", "volumes"),
    },
}
_STATUS_FIELDS = {
    "f:status": {
        "f:conditions": {
            f'k:{{"type":"{name}"}}': {".": {}, **_owned("lastProbeTime", "status", "type")}
            for name in ("ContainersReady", "Initialized", "Ready")
        },
        **_owned("containerStatuses", "hostIP", "phase", "podIP", "podIPs", "startTime"),
    }
}


def _container(name: str, app: int) -> dict[str, Any]:
    plain = [{"name": f"SETTING_{n}", "value": f"value of setting {n}"} for n in range(5)]
    secret = {"secretKeyRef": {"name": f"web-{app}-db", "key": "password"}}
    return {
        "name": name,
        "image": f"registry.example/team/{name}:1.{app % 9}.0",
        "args": ["--port=8080", "--log-level=info"],
        "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        "env": [*plain, {"name": "DB_PASSWORD", "valueFrom": secret}],
        "envFrom": [{"configMapRef": {"name": f"web-{app}"}}],
        "resources": {
            "requests": {"cpu": "100m", "memory": "128Mi"},
            "limits": {"cpu": "500m", "memory": "512Mi"},
        },
        "volumeMounts": [{"name": "data", "mountPath": "/data"}],
        "livenessProbe": {"httpGet": {"path": "/live", "port": 8080}, "periodSeconds": 10},
        "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080}, "periodSeconds": 10},
        "imagePullPolicy": "IfNotPresent",
        "securityContext": {"runAsNonRoot": True, "allowPrivilegeEscalation": False},
    }


def _spec(app: int, number: int | None) -> dict[str, Any]:
    token = {
        "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {
                "configMap": {
                    "name": "kube-root-ca.crt",
                    "items": [{"key": "ca.crt", "path": "ca.crt"}],
                }
            },
        ]
    }
    tolerations = [
        {"key": f"node.kubernetes.io/{why}", "operator": "Exists", "effect": "NoExecute"}
        for why in ("not-ready", "unreachable")
    ]
    spec = {
        "containers": [_container("app", app), _container("proxy", app)],
        "volumes": [
            {"name": "data", "emptyDir": {}},
            {"name": "config", "configMap": {"name": f"web-{app}", "defaultMode": 420}},
        ],
        "serviceAccountName": f"web-{app}",
        "tolerations": tolerations,
        "restartPolicy": "Always",
        "dnsPolicy": "ClusterFirst",
        "schedulerName": "default-scheduler",
    }
    if number is None:
        return spec
    spec["volumes"].append({"name": "kube-api-access-x", "projected": token})
    return {**spec, "nodeName": f"node-{number % NODES}", "priority": 0}


def _status(number: int) -> dict[str, Any]:
    address = f"10.244.{number % NODES}.{number % 250 + 1}"
    conditions = [
        {"type": name, "status": "True", "lastProbeTime": None, "lastTransitionTime": _BORN}
        for name in ("Initialized", "Ready", "ContainersReady", "PodScheduled")
    ]
    containers = [
        {
            "name": name,
            "ready": True,
            "started": True,
            "restartCount": number % 3,
            "state": {"running": {"startedAt": _BORN}},
            "lastState": {},
            "image": f"registry.example/team/{name}:1.0.0",
            "imageID": f"registry.example/team/{name}@sha256:{'a' * 64}",
            "containerID": f"containerd://{number:064x}",
        }
        for name in ("app", "proxy")
    ]
    return {
        "phase": "Running",
        "conditions": conditions,
        "hostIP": "10.0.0.1",
        "podIP": address,
        "podIPs": [{"ip": address}],
        "startTime": _BORN,
        "qosClass": "Burstable",
        "containerStatuses": containers,
    }


def _bytes(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()

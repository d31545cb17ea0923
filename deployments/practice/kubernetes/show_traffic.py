"""How services, ingresses, network policies, budgets and autoscalers are shown."""

from __future__ import annotations

from typing import Any

from deployments.practice.kubernetes.show_common import (
    NAME_LABEL,
    Value,
    condition,
    metadata,
    uid_of,
)
from deployments.practice.kubernetes.store import stamp
from deployments.practice.site import kubernetes_records as kube


def named(cluster: kube.KubeCluster, kind: str, record: Any, **more: Any) -> Value:
    """Return the metadata of a record that has name, namespace and date."""
    return metadata(
        uid=uid_of(cluster.name, kind, record.namespace or "", record.name),
        kind=kind,
        name=record.name,
        namespace=record.namespace,
        created_at=record.created_at,
        **more,
    )


def service(cluster: kube.KubeCluster, record: kube.KubeService) -> Value:
    """Return a service."""
    address = "None" if record.headless else record.cluster_ip
    port = {"name": "http", "protocol": "TCP", "port": record.port, "targetPort": record.target}
    if record.type != "ClusterIP":
        port["nodePort"] = 30000 + int(record.cluster_ip.rsplit(".", 1)[1])
    spec: Value = {
        "type": record.type,
        "clusterIP": address,
        "clusterIPs": [address],
        "ports": [port],
        "sessionAffinity": "None",
        "internalTrafficPolicy": "Cluster",
    }
    if record.app:
        spec["selector"] = {NAME_LABEL: record.app}
    status: Value = {"loadBalancer": {}}
    if record.external_ip:
        status = {"loadBalancer": {"ingress": [{"ip": record.external_ip}]}}
    meta = named(cluster, "Service", record, labels={NAME_LABEL: record.app or record.name})
    return {"metadata": meta, "spec": spec, "status": status}


def ingress(cluster: kube.KubeCluster, record: kube.KubeIngress) -> Value:
    """Return an ingress."""
    backend = {"service": {"name": record.service, "port": {"number": 80}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    spec: Value = {
        "ingressClassName": "nginx",
        "rules": [{"host": record.host, "http": {"paths": [path]}}],
    }
    if record.tls_secret:
        spec["tls"] = [{"hosts": [record.host], "secretName": record.tls_secret}]
    status = {"loadBalancer": {"ingress": [{"ip": record.address}]}}
    return {"metadata": named(cluster, "Ingress", record), "spec": spec, "status": status}


def policy(cluster: kube.KubeCluster, record: kube.KubePolicy) -> Value:
    """Return a network policy: from within its namespace in, to everywhere out."""
    selector = {"matchLabels": {NAME_LABEL: record.app}} if record.app else {}
    spec = {
        "podSelector": selector,
        "ingress": [{"from": [{"podSelector": {}}]}],
        "egress": [{}],
        "policyTypes": ["Ingress", "Egress"],
    }
    return {"metadata": named(cluster, "NetworkPolicy", record), "spec": spec}


def budget(cluster: kube.KubeCluster, record: kube.KubeBudget) -> Value:
    """Return a disruption budget; its status is the controller's to write."""
    spec: Value = {"selector": {"matchLabels": {NAME_LABEL: record.app}}}
    if record.min_available is not None:
        spec["minAvailable"] = _number(record.min_available)
    if record.max_unavailable is not None:
        spec["maxUnavailable"] = _number(record.max_unavailable)
    meta = named(cluster, "PodDisruptionBudget", record, written_by=record.written_by)
    return {"metadata": meta, "spec": spec, "status": {}}


def _number(text: str) -> int | str:
    return int(text) if text.isdigit() else text


def scaler(cluster: kube.KubeCluster, record: kube.KubeScaler) -> Value:
    """Return an autoscaler that looks at the CPU."""
    at = stamp(record.created_at)
    target = {"type": "Utilization", "averageUtilization": 70}
    metric = {"type": "Resource", "resource": {"name": "cpu", "target": target}}
    reasons = ("ValidMetricFound", "FailedGetScale")
    limited = record.active and record.current >= record.maximum
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": record.target},
        "minReplicas": record.minimum,
        "maxReplicas": record.maximum,
        "metrics": [metric],
    }
    status = {
        "currentReplicas": record.current,
        "desiredReplicas": record.current,
        "conditions": [
            condition("AbleToScale", record.active, at, "ReadyForNewScale"),
            condition("ScalingActive", record.active, at, reasons[not record.active]),
            condition(
                "ScalingLimited",
                limited,
                at,
                "TooManyReplicas" if limited else "DesiredWithinRange",
            ),
        ],
    }
    meta = named(cluster, "HorizontalPodAutoscaler", record, written_by=record.written_by)
    return {"metadata": meta, "spec": spec, "status": status}

"""How a workload's pod template is shown, and the workload around it."""

from __future__ import annotations

from typing import Any

import orjson

from deployments.practice.kubernetes.resources import BY_KIND
from deployments.practice.kubernetes.show_common import NAME_LABEL, Value, metadata, uid_of
from deployments.practice.kubernetes.store import stamp
from deployments.practice.site.kubernetes_records import KubeCluster, KubeContainer, KubeWorkload

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def labels_of(record: KubeWorkload) -> dict[str, str]:
    """Return the labels of a workload and its pods."""
    return {NAME_LABEL: record.name, "app.kubernetes.io/part-of": record.namespace}


def template(record: KubeWorkload, pinned_to: str | None = None) -> Value:
    """Return a workload's pod template."""
    spec: Value = {
        "containers": [_container(one) for one in record.containers],
        "restartPolicy": "OnFailure" if record.kind in {"Job", "CronJob"} else "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "schedulerName": "default-scheduler",
        "serviceAccountName": record.service_account or "default",
    }
    if record.service_account:
        spec["automountServiceAccountToken"] = False
    if all(one.non_root for one in record.containers):
        spec["securityContext"] = {"runAsNonRoot": True, "runAsUser": 10001}
    if record.host_network:
        spec["hostNetwork"] = True
    if pinned_to:
        spec["nodeSelector"] = {"kubernetes.io/hostname": pinned_to}
    if record.claim and record.kind == "Deployment":
        claim = {"claimName": record.claim}
        spec["volumes"] = [{"name": record.claim, "persistentVolumeClaim": claim}]
    if record.kind == "DaemonSet":
        spec["tolerations"] = [{"operator": "Exists"}]
    return {"metadata": {"labels": labels_of(record)}, "spec": spec}


def _container(record: KubeContainer) -> Value:
    found: Value = {"name": record.name, "image": record.image, "resources": _resources(record)}
    found["imagePullPolicy"] = "Always" if record.image.endswith(":latest") else "IfNotPresent"
    if record.args:
        found["args"] = list(record.args)
    if record.port:
        found["ports"] = [{"name": "http", "containerPort": record.port, "protocol": "TCP"}]
    if record.env:
        found["env"] = [{"name": name, "value": value} for name, value in record.env]
    if record.privileged:
        found["securityContext"] = {"privileged": True}
    return {**found, **_probes(record), **_sources(record)}


def _sources(record: KubeContainer) -> Value:
    """Return the config map and secret that a container takes its environment from."""
    named = (("configMapRef", record.config_map), ("secretRef", record.secret))
    found = [{kind: {"name": name}} for kind, name in named if name]
    return {"envFrom": found} if found else {}


def _probes(record: KubeContainer) -> Value:
    probe = {"httpGet": {"path": "/healthz", "port": record.port or 8080}, "periodSeconds": 10}
    wanted = (("livenessProbe", record.liveness), ("readinessProbe", record.readiness))
    return {name: probe for name, there in wanted if there}


def _resources(record: KubeContainer) -> Value:
    def amounts(pair: tuple[int, int]) -> dict[str, str]:
        return {"cpu": f"{pair[0]}m", "memory": f"{pair[1]}Mi"}

    found = {}
    if record.limits:
        found["limits"] = amounts(record.limits)
    if record.requests:
        found["requests"] = amounts(record.requests)
    return found


def workload(cluster: KubeCluster, record: KubeWorkload, pinned_to: str | None) -> Value:
    """Return a workload; its status is the controllers' to write."""
    shaped = template(record, pinned_to)
    spec = _SPECS[record.kind](record, shaped)
    applied = _applied(record, spec)
    notes = list(record.annotations)
    if record.kind == "Deployment":
        notes.append(("deployment.kubernetes.io/revision", "1"))
    if any(container.env or container.args for container in record.containers):
        notes.append((LAST_APPLIED, applied))
    meta = metadata(
        uid=uid_of(cluster.name, record.kind, record.namespace, record.name),
        kind=record.kind,
        name=record.name,
        namespace=record.namespace,
        created_at=record.created_at,
        labels=labels_of(record),
        annotations=notes,
        written_by=record.written_by,
    )
    meta["generation"] = 1
    return {"metadata": meta, "spec": spec, "status": _STATUS.get(record.kind, _none)(record)}


def _applied(record: KubeWorkload, spec: Value) -> str:
    """Return what `kubectl apply` keeps of the last manifest: all of it."""
    manifest = {
        "apiVersion": BY_KIND[record.kind].api_version,
        "kind": record.kind,
        "metadata": {"name": record.name, "namespace": record.namespace},
        "spec": spec,
    }
    return orjson.dumps(manifest).decode() + "\n"


def _deployment(record: KubeWorkload, shaped: Value) -> Value:
    return {
        "replicas": record.replicas,
        "selector": {"matchLabels": {NAME_LABEL: record.name}},
        "template": shaped,
        "strategy": {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"},
        },
        "revisionHistoryLimit": 10,
        "progressDeadlineSeconds": 600,
    }


def _stateful(record: KubeWorkload, shaped: Value) -> Value:
    spec = {
        "replicas": record.replicas,
        "selector": {"matchLabels": {NAME_LABEL: record.name}},
        "template": shaped,
        "serviceName": record.name,
        "podManagementPolicy": "OrderedReady",
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
        "revisionHistoryLimit": 10,
    }
    if record.claim:
        spec["volumeClaimTemplates"] = [
            {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": record.claim},
                "spec": {"accessModes": ["ReadWriteOnce"]},
            }
        ]
    return spec


def _daemon(record: KubeWorkload, shaped: Value) -> Value:
    return {
        "selector": {"matchLabels": {NAME_LABEL: record.name}},
        "template": shaped,
        "updateStrategy": {"type": "RollingUpdate"},
        "revisionHistoryLimit": 10,
    }


def _job(_: KubeWorkload, shaped: Value) -> Value:
    return {"parallelism": 1, "completions": 1, "backoffLimit": 3, "template": shaped}


def _cron(record: KubeWorkload, shaped: Value) -> Value:
    return {
        "schedule": record.schedule,
        "timeZone": "Europe/Berlin",
        "concurrencyPolicy": "Forbid",
        "suspend": record.suspended,
        "jobTemplate": {"spec": _job(record, shaped)},
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 1,
    }


def job_status(at: str, *, failed: bool) -> Value:
    """Return the status of a job that has ended."""
    if failed:
        ended = {
            "type": "Failed",
            "status": "True",
            "reason": "BackoffLimitExceeded",
            "message": "Job has reached the specified backoff limit",
            "lastTransitionTime": at,
        }
        return {"startTime": at, "failed": 4, "conditions": [ended]}
    done = {"type": "Complete", "status": "True", "lastTransitionTime": at}
    return {"startTime": at, "completionTime": at, "succeeded": 1, "conditions": [done]}


def _job_status(record: KubeWorkload) -> Value:
    return job_status(stamp(record.created_at), failed=record.failed)


def _none(_: KubeWorkload) -> Value:
    return {}


_SPECS: dict[str, Any] = {
    "Deployment": _deployment,
    "StatefulSet": _stateful,
    "DaemonSet": _daemon,
    "Job": _job,
    "CronJob": _cron,
}
_STATUS: dict[str, Any] = {"Job": _job_status}

"""Make a cluster's world of the site's records, with the pods that its workloads have."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from deployments.practice.kubernetes import (
    pods,
    show_config,
    show_node,
    show_template,
    show_traffic,
)
from deployments.practice.kubernetes.controllers import Controllers
from deployments.practice.kubernetes.events import event
from deployments.practice.kubernetes.show_common import Value, owner_reference, short_hash, uid_of
from deployments.practice.kubernetes.store import stamp
from deployments.practice.kubernetes.world import KubeWorld
from deployments.practice.site import kubernetes_records as kube

LAST_RUN = timedelta(hours=3)  # before the site's anchor
_SHOWN: tuple[tuple[str, str, Any], ...] = (
    ("services", "Service", show_traffic.service),
    ("ingresses", "Ingress", show_traffic.ingress),
    ("policies", "NetworkPolicy", show_traffic.policy),
    ("budgets", "PodDisruptionBudget", show_traffic.budget),
    ("scalers", "HorizontalPodAutoscaler", show_traffic.scaler),
    ("classes", "StorageClass", show_config.storage_class),
    ("volumes", "PersistentVolume", show_config.volume),
    ("claims", "PersistentVolumeClaim", show_config.claim),
    ("certificates", "Certificate", show_config.certificate),
    ("accounts", "ServiceAccount", show_config.account),
)


def load(cluster: kube.KubeCluster) -> tuple[KubeWorld, Controllers]:
    """Return a cluster's world at rest, and its controllers, which do not run yet."""
    world = KubeWorld(cluster)
    controllers = Controllers(world)
    for number, node in enumerate(cluster.nodes):
        world.put("Node", show_node.node(cluster, node, number))
        world.put("Lease", show_config.lease(cluster, node))
    _namespaces(world)
    for field, kind, show in _SHOWN:
        for record in getattr(cluster, field):
            world.put(kind, show(cluster, record))
    _configs_and_roles(world)
    for workload in cluster.workloads:
        _workload(world, controllers, workload)
    controllers.settle()
    for record in cluster.events:
        world.put("Event", _event(world, record))
    world.open()
    return world, controllers


def _namespaces(world: KubeWorld) -> None:
    cluster = world.cluster
    for record in cluster.namespaces:
        world.put("Namespace", show_node.namespace(cluster, record))
        if record.quota:
            world.put("ResourceQuota", show_config.quota(cluster, record, {"pods": "12"}))
        if record.default_limits:
            world.put("LimitRange", show_config.limit_range(cluster, record))


def _configs_and_roles(world: KubeWorld) -> None:
    cluster = world.cluster
    for config in cluster.configs:
        show = show_config.secret if config.type else show_config.config_map
        world.put("Secret" if config.type else "ConfigMap", show(cluster, config))
    for role in cluster.roles:
        kind = "Role" if role.namespace else "ClusterRole"
        world.put(kind, show_config.role(cluster, role))
    for binding in cluster.bindings:
        kind = "RoleBinding" if binding.namespace else "ClusterRoleBinding"
        world.put(kind, show_config.binding(cluster, binding))


def _workload(world: KubeWorld, controllers: Controllers, record: kube.KubeWorkload) -> None:
    cluster = world.cluster
    if record.ailment:
        world.ailments[record.kind, record.namespace, record.name] = record.ailment
    if record.kind == "Pod":
        controllers.pods.enter(_bare(world, record), stamp(record.created_at))
        return
    pinned_to = _busiest(cluster) if record.pinned else None
    value = show_template.workload(cluster, record, pinned_to)
    world.put(record.kind, value)
    if record.kind == "CronJob" and not record.suspended:
        _last_run(world, value, failed=record.failed)


def _busiest(cluster: kube.KubeCluster) -> str:
    """Return the healthy worker that what is pinned is pinned to."""
    workers = [n for n in cluster.nodes if not n.control_plane and not n.cordoned and n.ready]
    return (workers or list(cluster.nodes))[0].name


def _bare(world: KubeWorld, record: kube.KubeWorkload) -> Value:
    return pods.pod(
        cluster=world.cluster.name,
        name=record.name,
        namespace=record.namespace,
        template=show_template.template(record),
        born=stamp(record.created_at),
    )


def _last_run(world: KubeWorld, cron: Value, *, failed: bool) -> None:
    """Add the job of a cron job's last run; of one that failed, the last success is long ago."""
    meta, anchor = cron["metadata"], world.cluster.anchor
    ran = anchor - LAST_RUN
    name = f"{meta['name']}-{short_hash(meta['uid'], length=8)}"
    job = {
        "metadata": {
            "name": name,
            "namespace": meta["namespace"],
            "uid": uid_of(world.cluster.name, "Job", meta["namespace"], name),
            "creationTimestamp": stamp(ran),
            "labels": meta["labels"],
            "ownerReferences": [owner_reference("CronJob", cron)],
        },
        "spec": cron["spec"]["jobTemplate"]["spec"],
        "status": show_template.job_status(stamp(ran), failed=failed),
    }
    world.put("Job", job)
    succeeded = anchor - timedelta(days=20) if failed else ran
    status = {"lastScheduleTime": stamp(ran), "lastSuccessfulTime": stamp(succeeded)}
    world.put("CronJob", {**cron, "status": status})


def _event(world: KubeWorld, record: kube.KubeEvent) -> Value:
    name = record.name
    if record.kind == "Pod":
        name = next(
            pod["metadata"]["name"]
            for pod in world.pods_in(record.namespace)
            if pod["metadata"]["name"].startswith(f"{record.name}-")
        )
    involved = world.object(record.kind, record.namespace, name)
    uid = involved["metadata"]["uid"] if involved else ""
    return event(
        world,
        record.namespace,
        {"kind": record.kind, "namespace": record.namespace, "name": name, "uid": uid},
        (record.type, record.reason, record.message),
        stamp(record.created_at),
        record.count,
    )

"""A healthy cluster in memory: every check finds it ok. Tests break one thing of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from models.kinds.kubernetes.cluster import KubernetesCluster
from models.kinds.kubernetes.common import Container, Port, Selector
from models.kinds.kubernetes.configuration import ConfigMap, Secret
from models.kinds.kubernetes.identity import Role, RoleBinding, Rule, ServiceAccount, Subject
from models.kinds.kubernetes.jobs import CronJob, Job
from models.kinds.kubernetes.namespace import Namespace, Quota
from models.kinds.kubernetes.node import Node
from models.kinds.kubernetes.pod import Pod
from models.kinds.kubernetes.policies import HorizontalPodAutoscaler, PodDisruptionBudget
from models.kinds.kubernetes.storage import PersistentVolume, PersistentVolumeClaim, StorageClass
from models.kinds.kubernetes.traffic import Ingress, NetworkPolicy, Route, Service
from models.kinds.kubernetes.workloads import DaemonSet, Deployment, StatefulSet
from models.records.asset import Asset, Gap
from models.records.check import CheckResult, Suppression
from tasks.inventory.checks import Policy, evaluate_checks
from tests.tasks.inventory.checks import site
from tests.tasks.inventory.checks.site import NOW, ago, ahead

SOURCE, CLUSTER, SPACE = "k8s", "prod", "shop"
MINUTE, HOUR = 1 / (24 * 60), 1 / 24
WEB = (("app", "web"),)
HERE: dict[str, Any] = {"cluster": CLUSTER, "namespace": SPACE}

Records = dict[str, Any]
Changes = Mapping[str, Any]


def container(**changes: Any) -> Container:
    healthy = Container(
        name="app",
        image="registry.example:5000/shop/web:1.4.2",
        cpu_request_millicores=250,
        cpu_limit_millicores=500,
        memory_request_mib=256,
        memory_limit_mib=512,
        liveness_probe=True,
        readiness_probe=True,
        run_as_non_root=True,
    )
    return replace(healthy, **changes)


def with_container(**changes: Any) -> dict[str, Any]:
    return {"containers": (container(**changes),)}


def node(number: int) -> Node:
    return Node(
        key=f"node-{number}",
        name=f"node-{number}",
        cluster=CLUSTER,
        ready=True,
        roles=("control-plane",),
        kubelet_version="v1.34.2",
        cpu_allocatable_millicores=8000,
        memory_allocatable_mib=16_384,
        gpu_allocatable=2 if number == 1 else None,
        memory_pressure=False,
        disk_pressure=False,
        pid_pressure=False,
        network_unavailable=False,
        cpu_usage_millicores=2000,
        memory_usage_mib=8000,
    )


def pod(key: str, **changes: Any) -> Pod:
    """A pod of the deployment web, such as it mostly is."""
    running = Pod(
        **HERE,
        key=key,
        name=key,
        phase="Running",
        node="node-node-1",
        owner="ReplicaSet/web-1",
        deployment="deployment-web",
        created_at=ago(30),
        started_at=ago(30),
        labels=WEB,
        images=("registry.example:5000/shop/web:1.4.2",),
        ready=True,
        restart_count=0,
        claim_names=("data",),
    )
    return replace(running, **changes)


def _workloads() -> list[Any]:
    template: dict[str, Any] = {
        "containers": (container(),),
        "service_account": "web",
        "config_map_names": ("settings",),
        "secret_names": ("password",),
    }
    scaled: dict[str, Any] = {"selector": Selector(labels=WEB), "template_labels": WEB}
    lone = {"owner": None, "deployment": None, "claim_names": ("data",)}
    return [
        Deployment(
            **HERE, **template, **scaled, key="web", name="web", replicas=2, available_replicas=2,
            claim_names=("data",), api_versions=("apps/v1",),
        ),
        StatefulSet(
            **HERE, **(template | {"containers": (container(gpu_limit=2),)}), **scaled,
            key="db", name="db", replicas=2, available_replicas=2,
        ),
        DaemonSet(**HERE, **template, key="agent", name="agent", desired_pods=3, available_pods=3),
        CronJob(
            **HERE, **template, key="report", name="report", schedule="0 * * * *",
            created_at=ago(90), last_scheduled_at=ago(HOUR), last_succeeded_at=ago(HOUR / 2),
        ),
        Job(**HERE, key="run", name="run", cronjob="cronjob-report", outcome="Complete"),
        pod("web-1"),
        pod("web-2", node="node-node-2"),
        pod("lone", **lone, **template),
        pod("new", phase="Pending", node=None, created_at=ago(MINUTE)),
        pod("waking", ready=False, started_at=ago(MINUTE)),
        pod("leaving", deletion_at=ago(MINUTE)),
        pod("pulling", phase="Pending", waiting_reason="ContainerCreating", created_at=ago(MINUTE)),
        pod("restarted", restart_count=2, terminated_reason="Error"),
    ]  # fmt: skip


def _surroundings() -> list[Any]:
    role, admin = "reader", Subject(kind="Group", name="system:masters")
    return [
        KubernetesCluster(
            key=CLUSTER, name=CLUSTER, server="https://k8s.example", version="v1.34.2",
            metrics_available=True,
        ),
        node(1), node(2), node(3),
        Namespace(
            key=SPACE, name=SPACE, cluster=CLUSTER, phase="Active", limit_ranges=("defaults",),
            quotas=(Quota(name="all", resource="pods", hard="40"),),
        ),
        Service(
            **HERE, key="web", name="web", type="ClusterIP", selector=WEB,
            ports=(Port(number=80, name="http"),), ready_endpoints=2, unready_endpoints=0,
        ),
        Ingress(
            **HERE, key="web", name="web", tls_secret_names=("web-tls",),
            routes=(Route(host="shop.example", path="/", service="web", port="http"),),
        ),
        NetworkPolicy(**HERE, key="deny", name="deny", selector=Selector()),
        HorizontalPodAutoscaler(
            **HERE, key="web", name="web", target="Deployment/web", deployment="deployment-web",
            min_replicas=1, max_replicas=4, desired_replicas=2, scaling_active=True,
        ),
        PodDisruptionBudget(
            **HERE, key="web", name="web", max_unavailable="1", selector=Selector(labels=WEB),
            expected_pods=2, healthy_pods=2, disruptions_allowed=1,
        ),
        ServiceAccount(**HERE, key="web", name="web"),
        ServiceAccount(**HERE, key="default", name="default"),
        ConfigMap(**HERE, key="settings", name="settings"),
        Secret(**HERE, key="password", name="password", type="Opaque"),
        Secret(
            **HERE, key="web-tls", name="web-tls", type="kubernetes.io/tls",
            certificate_not_after=ahead(60),
        ),
        StorageClass(key="fast", name="fast", cluster=CLUSTER, default=True),
        PersistentVolume(key="pv-1", name="pv-1", cluster=CLUSTER, phase="Bound"),
        PersistentVolumeClaim(
            **HERE, key="data", name="data", phase="Bound", storage_class="fast", volume="pv-pv-1",
        ),
        Role(
            key="reader", name=role, cluster=CLUSTER,
            rules=(Rule(verbs=("get",), api_groups=("",), resources=("pods",)),),
        ),
        RoleBinding(
            key="reader", name="reader", cluster=CLUSTER, role_kind="ClusterRole", role_name=role,
            subjects=(admin,),
        ),
    ]  # fmt: skip


def healthy() -> Records:
    """The records of a healthy cluster by kind and key, such as `pod-web-1`."""
    return {asset(record).id: record for record in (*_workloads(), *_surroundings())}


def asset(record: Any, source: str = SOURCE, **changes: Any) -> Asset:
    return site.asset(record, source, **changes)


def broken(changes: Changes) -> Records:
    """A healthy cluster with fields changed, records taken out (None) or put in."""
    records = healthy()
    for name, change in changes.items():
        if change is None:
            del records[name]
        elif isinstance(change, dict):
            records[name] = replace(records[name], **change)
        else:
            records[name] = change
    return records


def judge(
    records: Records | None = None,
    gaps: Iterable[Gap] = (),
    *,
    policy: Policy | None = None,
    suppressions: tuple[Suppression, ...] = (),
    now: datetime = NOW,
) -> list[CheckResult]:
    found = healthy() if records is None else records
    assets = [asset(record) for record in found.values()]
    gaps = {SOURCE: tuple(gaps)}
    return evaluate_checks(assets, gaps, policy or Policy(), suppressions, now)


def said(results: list[CheckResult], check: str, about: str) -> CheckResult | None:
    """What a check says of one asset, or None where it does not concern it."""
    found = [one for one in results if one.check == check and one.asset_id == about]
    assert len(found) < 2
    return found[0] if found else None

"""Health checks of pod templates: of workloads, cron jobs and pods that no workload made."""

from __future__ import annotations

from typing import Any

from models.kinds.kubernetes.common import Container
from models.kinds.kubernetes.pod import Pod
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import (
    Context,
    Verdict,
    check,
    info,
    ok,
    unknown,
    warn,
)
from tasks.inventory.checks.kubernetes.objects import listed, named, of_people

INFO, WARN = Severity.INFO, Severity.WARN
LONG_RUNNING = ("deployment", "statefulset", "daemonset", "pod")
TEMPLATES = ("deployment", "statefulset", "daemonset", "cronjob", "pod")
_LISTS = "list deployments, statefulsets, daemonsets (apps), pods"
_ALL_LISTS = f"{_LISTS}, cronjobs (batch)"
_NO_CONTAINER = "the template names no container"


def declares(record: Any) -> bool:
    """Tell whether it holds a template of its own: a pod of a workload has its workload's."""
    return not isinstance(record, Pod) or record.owner is None


def judged(record: Any) -> bool:
    """Tell whether how it is declared is up to the cluster's users."""
    return declares(record) and of_people(record)


def _lacking(asset: Asset, *fields: str) -> list[str]:
    """Return the containers, save for init containers, that leave one of the fields out."""
    return [
        one.name
        for one in asset.record.containers
        if not one.init and any(getattr(one, name) is None for name in fields)
    ]


@check(
    "K8-01",
    "No CPU or memory limit",
    kinds=TEMPLATES,
    levels=(INFO, WARN),
    when=judged,
    needs=("containers",),
    privilege=_ALL_LISTS,
    remedy="Set resources.limits.memory of each container, or a LimitRange in its namespace.",
)
def limits(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Without a memory limit one container takes its node's; CPU is often left open on purpose."""
    if not asset.record.containers:
        return unknown(_NO_CONTAINER, missing="containers")
    if without := _lacking(asset, "memory_limit_mib"):
        return warn(f"no memory limit: {listed(without)}", without_memory_limit=sorted(without))
    if without := _lacking(asset, "cpu_limit_millicores"):
        return info(f"no CPU limit: {listed(without)}", without_cpu_limit=sorted(without))
    return ok("every container has limits")


@check(
    "K8-02",
    "No CPU or memory request",
    kinds=TEMPLATES,
    levels=(WARN,),
    when=judged,
    needs=("containers",),
    privilege=_ALL_LISTS,
    remedy="Set resources.requests.cpu and .memory of each container to what it mostly uses.",
)
def requests(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """The scheduler counts requests alone, and evicts those without one first."""
    if not asset.record.containers:
        return unknown(_NO_CONTAINER, missing="containers")
    if without := _lacking(asset, "cpu_request_millicores", "memory_request_mib"):
        return warn(f"no CPU or memory request: {listed(without)}", without=sorted(without))
    return ok("every container has requests")


@check(
    "K8-03",
    "No liveness or readiness probe",
    kinds=LONG_RUNNING,
    levels=(INFO, WARN),
    when=judged,
    needs=("containers",),
    privilege=_LISTS,
    remedy="Give the container a readinessProbe, and a livenessProbe where a restart helps it.",
)
def probes(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Without a readiness probe traffic reaches a container that cannot serve it."""
    containers = [one for one in asset.record.containers if not one.init]
    if not containers:
        return unknown(_NO_CONTAINER, missing="containers")
    if none := [one.name for one in containers if not (one.liveness_probe or one.readiness_probe)]:
        return warn(f"neither probe: {listed(none)}", without_probes=sorted(none))
    if unready := [one.name for one in containers if not one.readiness_probe]:
        return warn(f"no readiness probe: {listed(unready)}", without_readiness=sorted(unready))
    if unalive := [one.name for one in containers if not one.liveness_probe]:
        return info(f"no liveness probe: {listed(unalive)}", without_liveness=sorted(unalive))
    return ok("every container has both probes")


@check(
    "K8-04",
    "Image tag latest or missing",
    kinds=TEMPLATES,
    levels=(WARN,),
    when=declares,
    needs=("containers",),
    privilege=_ALL_LISTS,
    remedy="Name a version or a digest in the image field, such as web:1.4.2.",
)
def image_tag(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """What such an image is depends on when a node last pulled it."""
    if not asset.record.containers:
        return unknown(_NO_CONTAINER, missing="containers")
    loose = {one.name: one.image for one in asset.record.containers if not _pinned(one)}
    if loose:
        return warn(f"image without a version: {listed(loose.values())}", images=loose)
    return ok("every image has a version")


def _pinned(container: Container) -> bool:
    """Only after the last slash is a colon a tag's; before it is a registry's port."""
    if "@" in container.image:
        return True
    _, _, tag = container.image.rpartition("/")[2].partition(":")
    return tag not in {"", "latest"}


@check(
    "K8-05",
    "Privileged container",
    kinds=TEMPLATES,
    levels=(WARN,),
    when=judged,
    needs=("containers",),
    privilege=_ALL_LISTS,
    remedy="Set securityContext.privileged to false and add the few capabilities that it needs.",
)
def privileged(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Such a container is root on its node."""
    if not asset.record.containers:
        return unknown(_NO_CONTAINER, missing="containers")
    if found := [one.name for one in asset.record.containers if one.privileged]:
        return warn(f"privileged: {listed(found)}", privileged=sorted(found))
    return ok("no container is privileged")


@check(
    "K8-06",
    "May run as root",
    kinds=TEMPLATES,
    levels=(INFO, WARN),
    when=judged,
    needs=("containers",),
    privilege=_ALL_LISTS,
    remedy="Set securityContext.runAsNonRoot to true, and runAsUser where the image names no user.",
)
def root(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """User 0 on purpose, or whatever user the image names."""
    containers = asset.record.containers
    if not containers:
        return unknown(_NO_CONTAINER, missing="containers")
    if found := [one.name for one in containers if one.run_as_user == 0]:
        return warn(f"runs as root: {listed(found)}", run_as_user_0=sorted(found))
    if found := [one.name for one in containers if not (one.run_as_non_root or one.run_as_user)]:
        return info(f"the image decides the user: {listed(found)}", user_not_set=sorted(found))
    return ok("no container runs as root")


@check(
    "K8-07",
    "Default service account with its token",
    kinds=LONG_RUNNING,
    levels=(WARN,),
    when=judged,
    reads=("service_account", "token_mounted"),
    privilege="list serviceaccounts",
    remedy="Set automountServiceAccountToken to false, or name a service account of its own.",
)
def default_account(asset: Asset, context: Context) -> Verdict:
    """Whatever the namespace's default account may, each of its containers may."""
    name = asset.record.service_account or "default"
    if name != "default":
        return ok("it has a service account of its own", service_account=name)
    mounted = asset.record.token_mounted
    if mounted is None:
        account = named(context, asset, "service_account", name)
        if account is None:
            return unknown("whether its account's token is mounted is not known")
        mounted = account.record.automount is not False
    if mounted:
        return warn("the default service account's token is mounted", service_account=name)
    return ok("the default service account's token is not mounted", service_account=name)


@check(
    "K8-08",
    "Network of the node used",
    kinds=LONG_RUNNING,
    levels=(WARN,),
    when=judged,
    reads=("host_network",),
    privilege=_LISTS,
    remedy="Set hostNetwork to false and publish the port through a service.",
)
def host_network(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Its ports are the node's, and no network policy holds for it."""
    if asset.record.host_network:
        return warn("it uses the network of its node", host_network=True)
    return ok("it has a network of its own", host_network=False)

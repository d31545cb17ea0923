"""Health checks of nodes: their state, their kubelet, and how full they are."""

from __future__ import annotations

from models.kinds.kubernetes.node import Node
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import (
    Context,
    Verdict,
    check,
    crit,
    info,
    ok,
    plural,
    unknown,
    warn,
)
from tasks.inventory.checks.kubernetes.objects import cluster_of, listed
from tasks.inventory.checks.kubernetes.requested import requested_on
from tasks.inventory.checks.kubernetes.versions import minor_of
from tasks.inventory.checks.naming import label_of

INFO, WARN, CRIT = Severity.INFO, Severity.WARN, Severity.CRIT
WHOLE = 100
PRESSURES = ("memory_pressure", "disk_pressure", "pid_pressure")
USED = ("cpu_usage_millicores", "memory_usage_mib")


@check(
    "K8-70",
    "Node not ready",
    kinds=("node",),
    levels=(CRIT,),
    remedy="Look at its kubelet and its network: kubectl describe node, systemctl status kubelet.",
)
def ready(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Condition Ready; it is Unknown, with a reason, of a node whose kubelet has fallen silent."""
    node: Node = asset.record
    if node.ready:
        return ok("ready", ready=True)
    if node.ready is None and not node.ready_reason:
        return unknown("ready could not be seen", missing="ready")
    text = "the node is not ready" if node.ready is False else "its kubelet has fallen silent"
    why = f": {node.ready_reason}" if node.ready_reason else ""
    return crit(f"{text}{why}", ready=node.ready, reason=node.ready_reason)


@check(
    "K8-71",
    "Node under pressure",
    kinds=("node",),
    levels=(WARN, CRIT),
    remedy="Free what it is short of, or move pods away: kubectl drain.",
)
def pressure(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Short of memory, disk or process ids it evicts pods; without a network it has none."""
    node: Node = asset.record
    if node.network_unavailable:
        return crit("its network is not set up", network_unavailable=True)
    if found := [name for name in PRESSURES if getattr(node, name)]:
        return warn(f"under {listed(name.replace('_', ' ') for name in found)}", conditions=found)
    if unsaid := [name for name in PRESSURES if getattr(node, name) is None]:
        return unknown(
            f"{label_of(asset.kind, unsaid[0])} could not be seen",
            missing=unsaid[0],
            cure="Bring its kubelet back, which then says how the node is.",
        )
    return ok("under no pressure")


@check(
    "K8-72",
    "Node cordoned",
    kinds=("node",),
    levels=(WARN,),
    reads=("unschedulable",),
    remedy="Let it take pods again when the work is done: kubectl uncordon.",
)
def cordoned(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Cordoned for a maintenance, and then forgotten."""
    if asset.record.unschedulable:
        return warn("it takes no new pods", unschedulable=True)
    return ok("it takes new pods", unschedulable=False)


@check(
    "K8-73",
    "Kubelet too old or too new for the cluster",
    kinds=("node",),
    levels=(WARN, CRIT),
    needs=("kubelet_version",),
    thresholds=("kubernetes.kubelet_minors_behind",),
    remedy="Upgrade the node's kubelet; of one that is newer upgrade the control plane first.",
)
def kubelet_skew(asset: Asset, context: Context) -> Verdict:
    """Source: Kubernetes' version skew policy; from 1.28 a kubelet may be three minors older."""
    cluster = cluster_of(context, asset)
    served = minor_of(cluster.record.version) if cluster else None
    own = minor_of(asset.record.kubelet_version)
    if cluster is None or served is None:
        return unknown(
            "the cluster's version is not known",
            cure="Let the account that collects read /version of the API server.",
        )
    if own is None:
        return unknown("the kubelet's version cannot be read as one", missing="kubelet_version")
    behind, allowed = served - own, context.policy.kubernetes.kubelet_minors_behind
    evidence = {"kubelet": asset.record.kubelet_version, "cluster": cluster.record.version}
    if behind < 0:
        return crit("the kubelet is newer than its API server", **evidence)
    if behind > allowed:
        return crit(f"the kubelet is {plural(behind, 'minor version')} behind", **evidence)
    if behind == allowed:
        text = (
            f"the kubelet is {plural(behind, 'minor version')} behind: the next upgrade breaks it"
        )
        return warn(text, **evidence)
    return ok("the kubelet's version is supported", **evidence)


@check(
    "K8-74",
    "Node over-requested",
    kinds=("node",),
    levels=(INFO, WARN),
    needs=("cpu_allocatable_millicores", "memory_allocatable_mib"),
    beside=("pod", "deployment", "statefulset", "daemonset", "job"),
    thresholds=("kubernetes.requested_percent",),
    privilege="list pods",
    remedy="Lower the requests of its pods to what they use, or add a node.",
)
def requested(asset: Asset, context: Context) -> Verdict:
    """What its pods have asked for of what it offers; a full node takes no pod of a failed one.

    Neither the message nor the evidence holds the share, which changes with every pod.
    """
    node: Node = asset.record
    asked, limit = requested_on(context.site, asset.id), context.policy.kubernetes.requested_percent
    shares = {
        "CPU": _percent(asked.cpu_millicores, node.cpu_allocatable_millicores),
        "memory": _percent(asked.memory_mib, node.memory_allocatable_mib),
    }
    over = [name for name, share in shares.items() if share > WHOLE]
    if over:
        return warn(f"more {' and '.join(over)} is asked for than it has", over=over)
    if full := [name for name, share in shares.items() if share >= limit]:
        return info(f"its {' and '.join(full)} is all but asked for", full=full)
    return ok("it has room for more requests")


def _percent(part: int | None, whole: int | None) -> float:
    """A node that offers nothing is more than full with any request, and empty without."""
    if not whole:
        return float("inf") if part else 0.0
    return WHOLE * (part or 0) / whole


@check(
    "K8-75",
    "Node's use over its threshold",
    kinds=("node",),
    levels=(WARN, CRIT),
    needs=("cpu_allocatable_millicores", "memory_allocatable_mib"),
    asks=USED,
    thresholds=("kubernetes.usage_warn_percent", "kubernetes.usage_crit_percent"),
    privilege="list nodes.metrics.k8s.io",
    remedy="Move pods to other nodes, lower what they use, or add a node.",
)
def usage(asset: Asset, context: Context) -> Verdict:
    """What the metrics API measured, in percent of what the node offers to pods.

    The message names the threshold and not the measure, which is another every minute.
    """
    node: Node = asset.record
    limits = context.policy.kubernetes
    if unmeasured := [name for name in USED if getattr(node, name) is None]:
        return _unmeasured(asset, unmeasured[0], context)
    shares = {
        "CPU": _percent(node.cpu_usage_millicores, node.cpu_allocatable_millicores),
        "memory": _percent(node.memory_usage_mib, node.memory_allocatable_mib),
    }
    for verdict, limit in ((crit, limits.usage_crit_percent), (warn, limits.usage_warn_percent)):
        if over := [name for name, share in shares.items() if share >= limit]:
            text = f"{' and '.join(over)} used to {limit:g} % or more"
            return verdict(text, over=over, threshold_percent=limit)
    return ok("its use is below the threshold")


def _unmeasured(asset: Asset, field: str, context: Context) -> Verdict:
    cluster = cluster_of(context, asset)
    text = f"{label_of(asset.kind, field)} could not be seen"
    if cluster is not None and cluster.record.metrics_available is False:
        cure = "Install metrics-server in its cluster: nothing measures its nodes."
        return unknown(f"{text}: its cluster has no metrics API", cure=cure)
    return unknown(text, missing=field)

"""Health checks of workloads: whether as many pods run as are wanted, and what if one ends."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from models.kinds.kubernetes.workloads import DaemonSet
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import (
    Context,
    Verdict,
    check,
    crit,
    info,
    ok,
    unknown,
    warn,
)
from tasks.inventory.checks.kubernetes.objects import budgets_over, of_people
from tasks.inventory.checks.naming import label_of
from tasks.inventory.checks.site import Site

INFO, WARN, CRIT = Severity.INFO, Severity.WARN, Severity.CRIT
SCALED = ("deployment", "statefulset")
RIGHT = "list deployments, statefulsets, daemonsets (apps)"


@check(
    "K8-20",
    "Fewer pods available than wanted",
    kinds=("deployment", "statefulset", "daemonset"),
    levels=(WARN, CRIT),
    privilege=RIGHT,
    remedy="Look at its pods and events: kubectl describe, kubectl rollout status.",
)
def available(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """None at all is critical; some less may be a rollout on its way."""
    wanted, there, missing = _counts(asset.record)
    if wanted is None or there is None:
        return unknown(f"{label_of(asset.kind, missing)} could not be seen", missing=missing)
    if there >= wanted:
        return ok("as many pods are available as are wanted")
    if there == 0:
        return crit("none of its pods is available", available="none")
    # An autoscaler changes both numbers all the time, and this only when it matters.
    share = "half or more" if there >= wanted / 2 else "fewer than half"
    return warn(f"{share} of its pods are available, not all", available=share)


def _counts(record: Any) -> tuple[int | None, int | None, str]:
    """Return how many are wanted and available, and which field is the first not known."""
    fields = (
        ("desired_pods", "available_pods")
        if isinstance(record, DaemonSet)
        else ("replicas", "available_replicas")
    )
    wanted, there = (getattr(record, name) for name in fields)
    return wanted, there, fields[0] if wanted is None else fields[1]


@check(
    "K8-21",
    "Scaled to zero",
    kinds=SCALED,
    levels=(INFO,),
    privilege=RIGHT,
    needs=("replicas",),
    remedy="Scale it up with kubectl scale, or remove it where nobody needs it any more.",
)
def scaled_to_zero(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """On purpose mostly; worth knowing where somebody misses it."""
    if asset.record.replicas == 0:
        return info("it is scaled to zero", replicas=0)
    return ok("it is not scaled to zero")


def _scaled_up(record: Any) -> bool:
    return of_people(record) and record.replicas != 0


@check(
    "K8-22",
    "Single replica, or no disruption budget",
    kinds=SCALED,
    levels=(INFO, WARN),
    when=_scaled_up,
    privilege="list poddisruptionbudgets (policy)",
    needs=("replicas",),
    beside=("pod_disruption_budget",),
    remedy="Run two replicas or more, with a PodDisruptionBudget that lets one of them go.",
)
def single_replica(asset: Asset, context: Context) -> Verdict:
    """A drained node ends a single replica, and all of several where no budget forbids it."""
    replicas = asset.record.replicas
    budgets = sorted(budget.name for budget in budgets_over(context, asset))
    if budgets:
        return ok("under a disruption budget", budgets=budgets)
    if replicas == 1:
        return warn("a single replica, and no disruption budget", replicas=1)
    return info("several replicas, and no disruption budget")


def _several(record: Any) -> bool:
    return record.replicas is None or record.replicas > 1


@check(
    "K8-23",
    "All replicas on one node",
    kinds=SCALED,
    levels=(WARN,),
    when=_several,
    privilege="list pods",
    needs=("replicas",),
    beside=("pod",),
    remedy="Set topologySpreadConstraints, or a podAntiAffinity over kubernetes.io/hostname.",
)
def one_node(asset: Asset, context: Context) -> Verdict:
    """Its running pods by node; the end of that node is the end of all of them."""
    nodes = context.site.once(_nodes_of_workloads).get(asset.id, [])
    if len(nodes) > 1 and len(set(nodes)) == 1:
        name = context.site.name_of(nodes[0])
        return warn(f"all its pods run on {name}", node=name)
    return ok("its pods are not all on one node")


def _nodes_of_workloads(site: Site) -> dict[str, list[str]]:
    """Return, by workload, the node of each of its running pods."""
    found: dict[str, list[str]] = defaultdict(list)
    for pod in site.by_kind.get("pod", ()):
        record = pod.record
        workload = record.deployment or record.statefulset
        if workload and record.node and record.phase == "Running":
            found[workload].append(record.node)
    return found

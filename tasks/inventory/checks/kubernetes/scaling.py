"""Health checks of disruption budgets and autoscalers."""

from __future__ import annotations

from typing import Any

from models.kinds.kubernetes.policies import HorizontalPodAutoscaler, PodDisruptionBudget
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
from tasks.inventory.checks.kubernetes.objects import selects_a_pod

INFO, WARN, CRIT = Severity.INFO, Severity.WARN, Severity.CRIT
_BUDGETS = "list poddisruptionbudgets (policy)"
_SCALERS = "list horizontalpodautoscalers (autoscaling)"


@check(
    "K8-50",
    "Disruption budget blocks every eviction",
    kinds=("pod_disruption_budget",),
    levels=(INFO, WARN),
    when=lambda budget: budget.expected_pods != 0,
    needs=("disruptions_allowed", "expected_pods", "healthy_pods"),
    privilege=_BUDGETS,
    remedy="Set maxUnavailable to 1, or run more replicas than minAvailable asks for.",
)
def blocks(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """With all pods well and none that may go, no node of theirs can ever be drained."""
    budget: PodDisruptionBudget = asset.record
    evidence: dict[str, Any] = {
        "min_available": budget.min_available,
        "max_unavailable": budget.max_unavailable,
    }
    if budget.disruptions_allowed:
        return ok("a pod may be evicted", **evidence)
    if (budget.healthy_pods or 0) >= (budget.expected_pods or 0):
        return warn("no pod may be evicted though all are healthy", **evidence)
    return info("no pod may be evicted until more are healthy", **evidence)


@check(
    "K8-51",
    "Disruption budget selects no pod",
    kinds=("pod_disruption_budget",),
    levels=(WARN,),
    reads=("selector",),
    beside=("pod",),
    privilege="list pods",
    remedy="Bring spec.selector and the pods' labels together, or remove the budget.",
)
def protects(asset: Asset, context: Context) -> Verdict:
    """A budget without a selector selects nothing; one with an empty selector all (policy/v1)."""
    selector = asset.record.selector
    if selector is not None and selects_a_pod(context, asset, selector):
        return ok("it protects pods")
    return warn("it protects no pod")


@check(
    "K8-52",
    "Autoscaler at its limit",
    kinds=("horizontal_pod_autoscaler",),
    levels=(WARN,),
    when=lambda scaler: scaler.max_replicas is None or scaler.max_replicas != scaler.min_replicas,
    needs=("max_replicas", "desired_replicas"),
    privilege=_SCALERS,
    remedy="Raise maxReplicas where the nodes have room, or find out where the load comes from.",
)
def at_limit(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """It wants as many as it may have: more load finds no more replicas."""
    scaler: HorizontalPodAutoscaler = asset.record
    limit = scaler.max_replicas or 0
    if (scaler.desired_replicas or 0) >= limit:
        return warn(f"it wants all {limit} replicas that it may have", max_replicas=limit)
    return ok("it may have more replicas than it wants", max_replicas=limit)


@check(
    "K8-53",
    "Autoscaler without a target, or unable to scale",
    kinds=("horizontal_pod_autoscaler",),
    levels=(INFO, WARN, CRIT),
    needs=("target",),
    beside=("deployment", "statefulset"),
    privilege=_SCALERS,
    remedy="Name a workload in spec.scaleTargetRef, and see that its metrics are served.",
)
def can_scale(asset: Asset, context: Context) -> Verdict:
    """Condition ScalingActive: false with ScalingDisabled where the target is scaled to zero."""
    scaler: HorizontalPodAutoscaler = asset.record
    evidence: dict[str, Any] = {"target": scaler.target}
    if _gone(scaler, context):
        return crit(f"{scaler.target} is not there", **evidence)
    if scaler.scaling_active is None:
        return unknown("whether it can scale is not known", missing="scaling_active", **evidence)
    if scaler.scaling_active:
        return ok("it can scale its target", **evidence)
    reason = scaler.scaling_reason or "no reason is given"
    verdict = info if "ScalingDisabled" in reason else warn
    return verdict(f"it cannot scale {scaler.target}: {reason}", **evidence, reason=reason)


def _gone(scaler: HorizontalPodAutoscaler, context: Context) -> bool:
    """Tell whether a target of a kind that is listed is not there."""
    if (scaler.target or "").partition("/")[0] not in {"Deployment", "StatefulSet"}:
        return False
    return (scaler.deployment or scaler.statefulset) not in context.site.assets

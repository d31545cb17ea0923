"""Health checks of pods: what state they are in, for how long, and what keeps them there.

Restarts count up by themselves, and the scheduler counts nodes, which come and go: no message or
evidence holds such a number, so that a finding that says the same is not written again.
"""

from __future__ import annotations

import re
from datetime import datetime

from models.kinds.kubernetes.pod import Pod
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

INFO, WARN, CRIT = Severity.INFO, Severity.WARN, Severity.CRIT
MINUTES_A_DAY = 24 * 60
# Reasons for which the kubelet leaves a container waiting; each tries again by itself, in vain.
IMAGE_REASONS = frozenset(
    {
        *("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName"),
        *("ImageInspectError", "RegistryUnavailable", "SignatureValidationFailed"),
    }
)
CREATE_REASONS = frozenset(
    {"CreateContainerConfigError", "CreateContainerError", "RunContainerError"}
)

# A number that stands alone, or `0/3`; those within names stay.
_COUNT = re.compile(r"(?<![\w./-])\d+(?:/\d+)?(?![\w/-]|\.\w)\s*")
_PARTS = re.compile(r", (?![^{]*\})")  # a taint is written {key: value}


def _minutes_since(context: Context, moment: datetime) -> float:
    return MINUTES_A_DAY * context.days_since(moment)


def _pending(pod: Pod) -> bool:
    """Leave out those whose container cannot start, which is K8-34."""
    return pod.phase == "Pending" and pod.waiting_reason not in IMAGE_REASONS | CREATE_REASONS


@check(
    "K8-30",
    "Pod pending",
    kinds=("pod",),
    levels=(WARN, CRIT),
    when=_pending,
    needs=("created_at",),
    thresholds=("kubernetes.pending_minutes",),
    remedy="Look at its events: kubectl describe pod; give it a node, a claim or an image.",
)
def pending(asset: Asset, context: Context) -> Verdict:
    """The scheduler says why it finds no node; without that the kubelet is still at it."""
    pod: Pod = asset.record
    since = pod.created_at
    if since is None or _minutes_since(context, since) < context.policy.kubernetes.pending_minutes:
        return ok("it has not been pending for long")
    evidence = {"since": since.isoformat(), "waiting_reason": pod.waiting_reason}
    if pod.unschedulable_reason:
        reasons = obstacles(pod.unschedulable_reason)
        return crit(f"no node takes it: {'; '.join(reasons)}", **evidence, obstacles=reasons)
    why = f": {pod.waiting_reason}" if pod.waiting_reason else ""
    return warn(f"pending since {since:%Y-%m-%d %H:%M}{why}", **evidence)


def obstacles(sentence: str) -> list[str]:
    """Return what the scheduler says that nodes lack, without how many and in an order of its own.

    Source: FitError of kube-scheduler, `0/3 nodes are available: 1 Insufficient cpu, 2 Too many
    pods. preemption: ...`; its parts are ordered by their counts.
    """
    said = sentence.partition("preemption:")[0]
    head, _, parts = said.partition(": ")
    plain = (_COUNT.sub("", part).strip(" .") for part in _PARTS.split(parts or head))
    return sorted({part for part in plain if part})


@check(
    "K8-31",
    "Pod failed or lost",
    kinds=("pod",),
    levels=(INFO, WARN, CRIT),
    needs=("phase",),
    remedy="Look at its log and events, then delete it; of a lost one look at its node.",
)
def failed(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """PodPhase: Unknown when the node does not answer; a failed job's pods are the job's matter."""
    pod: Pod = asset.record
    if pod.phase == "Unknown":
        return crit("its node does not say how it is", phase=pod.phase)
    if pod.phase == "Failed":
        verdict = info if pod.job else warn
        why = f": {pod.terminated_reason}" if pod.terminated_reason else ""
        return verdict(f"it failed{why}", phase=pod.phase, reason=pod.terminated_reason)
    return ok(f"it is {(pod.phase or '').lower()}")


@check(
    "K8-32",
    "Pod terminating too long",
    kinds=("pod",),
    levels=(WARN,),
    when=lambda pod: pod.deletion_at is not None,
    thresholds=("kubernetes.terminating_minutes",),
    remedy="See whether its node is there and which finalizer holds it (metadata.finalizers).",
)
def terminating(asset: Asset, context: Context) -> Verdict:
    """A pod that was deleted goes within its grace period; this one did not."""
    since = asset.record.deletion_at
    evidence = {"deletion_at": since.isoformat()}
    if _minutes_since(context, since) < context.policy.kubernetes.terminating_minutes:
        return ok("it is being deleted", **evidence)
    return warn(f"being deleted since {since:%Y-%m-%d %H:%M}", **evidence)


def _restarted(pod: Pod) -> bool:
    return pod.restart_count != 0 or pod.waiting_reason == "CrashLoopBackOff"


@check(
    "K8-33",
    "Crash loop or many restarts",
    kinds=("pod",),
    levels=(WARN, CRIT),
    when=_restarted,
    thresholds=("kubernetes.restarts", "kubernetes.restarts_per_day"),
    remedy="Read why it ended: kubectl logs --previous; its probes may also be too impatient.",
)
def restarts(asset: Asset, context: Context) -> Verdict:
    """So many that it is a habit: as many in all, and as many a day since it was created."""
    pod: Pod = asset.record
    if pod.waiting_reason == "CrashLoopBackOff":
        text = "a container ends again and again"
        return crit(
            text, waiting_reason=pod.waiting_reason, terminated_reason=pod.terminated_reason
        )
    if pod.restart_count is None:
        return unknown("restarts could not be seen", missing="restart_count")
    limits = context.policy.kubernetes
    if pod.restart_count < limits.restarts:
        return ok("it restarted rarely")
    if pod.created_at is None:
        return unknown("in how long a time it restarted is not known", missing="created_at")
    days = max(context.days_since(pod.created_at), 1)
    if pod.restart_count < limits.restarts_per_day * days:
        return ok("it restarted rarely for its age")
    text = f"it restarted {limits.restarts} times or more"
    return warn(text, restarts_at_least=limits.restarts, terminated_reason=pod.terminated_reason)


@check(
    "K8-34",
    "Container cannot start",
    kinds=("pod",),
    levels=(CRIT,),
    when=lambda pod: pod.waiting_reason is not None,
    remedy="Mend the image's name, its pull secret, or the config map or secret that it names.",
)
def cannot_start(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """The image cannot be pulled, or the container cannot be made from what its template names."""
    reason = asset.record.waiting_reason
    if reason in IMAGE_REASONS:
        images = list(asset.record.images)
        return crit(f"an image cannot be pulled: {reason}", waiting_reason=reason, images=images)
    if reason in CREATE_REASONS:
        return crit(f"a container cannot be made: {reason}", waiting_reason=reason)
    return ok("its containers can be started", waiting_reason=reason)


@check(
    "K8-35",
    "Killed for want of memory",
    kinds=("pod",),
    levels=(WARN,),
    when=lambda pod: pod.terminated_reason is not None,
    remedy="Raise resources.limits.memory, or find out what leaks: kubectl top pod --containers.",
)
def out_of_memory(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """How its container ended last; OOMKilled is the kernel's doing."""
    reason = asset.record.terminated_reason
    if reason == "OOMKilled":
        return warn("a container was ended for want of memory", terminated_reason=reason)
    return ok("no container was ended for want of memory", terminated_reason=reason)


def _runs_unready(pod: Pod) -> bool:
    """A container that waits to be started again is another check's."""
    alive = pod.phase == "Running" and pod.deletion_at is None
    return alive and pod.ready is not True and pod.waiting_reason is None


@check(
    "K8-36",
    "Running but not ready",
    kinds=("pod",),
    levels=(WARN,),
    when=_runs_unready,
    needs=("ready", "started_at"),
    thresholds=("kubernetes.not_ready_minutes",),
    remedy="See what its readiness probe answers: kubectl describe pod.",
)
def not_ready(asset: Asset, context: Context) -> Verdict:
    """A pod that does not become ready gets no traffic."""
    since = asset.record.started_at
    if _minutes_since(context, since) < context.policy.kubernetes.not_ready_minutes:
        return ok("it has not been running for long")
    return warn("it runs and is not ready", started_at=since.isoformat())

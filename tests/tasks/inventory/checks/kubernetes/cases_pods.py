"""What each check of pods says of one changed pod; cases are as in `cases_workloads`."""

from __future__ import annotations

from typing import Any

from tests.tasks.inventory.checks.kubernetes.cases_workloads import Case, denied
from tests.tasks.inventory.checks.kubernetes.town import pod
from tests.tasks.inventory.checks.site import ago

_OLD = ago(10 / (24 * 60))  # exactly the 10 minutes of the policy
_NEWER = ago(9.9 / (24 * 60))
POD = "pod-web-1"


def _pod(sentence: str, expected: str | None, **changes: Any) -> Case:
    return (sentence, POD, {POD: changes}, expected, ())


def _broke_off(name: str) -> Case:
    return ("a list that broke off", name, {}, "unknown", denied("pod"))


POD_CASES: dict[str, list[Case]] = {
    "K8-30": [
        _pod("for 9 minutes", "ok", phase="Pending", created_at=_NEWER),
        _pod("for 10 minutes", "warn", phase="Pending", created_at=_OLD),
        _pod(
            "for want of a node",
            "crit",
            phase="Pending",
            created_at=_OLD,
            unschedulable_reason="0/3 nodes are available",
        ),
        _pod(
            "for want of a node since just now",
            "ok",
            phase="Pending",
            created_at=_NEWER,
            unschedulable_reason="0/3 nodes are available",
        ),
        _pod(
            "for want of an image is another check's",
            None,
            phase="Pending",
            created_at=_OLD,
            waiting_reason="ImagePullBackOff",
        ),
        _pod("since nobody knows when", "unknown", phase="Pending", created_at=None),
        _pod("running", None),
    ],
    "K8-31": [
        _pod("failed", "warn", phase="Failed"),
        _pod("failed for a job", "info", phase="Failed", job="job-run", deployment=None),
        _pod("lost", "crit", phase="Unknown"),
        _pod("succeeded", "ok", phase="Succeeded"),
        _pod("not said", "unknown", phase=None),
    ],
    "K8-32": [
        _pod("for 14 minutes", "ok", deletion_at=ago(14.9 / (24 * 60))),
        _pod("for 15 minutes", "warn", deletion_at=ago(15 / (24 * 60))),
        _pod("not at all", None),
        _broke_off("pod-leaving"),
    ],
    "K8-33": [
        _pod("in a crash loop", "crit", waiting_reason="CrashLoopBackOff", restart_count=1),
        _pod("9 today", "ok", restart_count=9, created_at=ago(0.5)),
        _pod("10 today", "warn", restart_count=10, created_at=ago(0.5)),
        _pod("10 in 10 days", "warn", restart_count=10, created_at=ago(10)),
        _pod("10 in 11 days", "ok", restart_count=10, created_at=ago(11)),
        _pod("none", None, restart_count=0),
        _pod("not said", "unknown", restart_count=None),
        _pod("10 since nobody knows when", "unknown", restart_count=10, created_at=None),
    ],
    "K8-34": [
        _pod("no image", "crit", waiting_reason="ImagePullBackOff"),
        _pod("no such image", "crit", waiting_reason="ErrImagePull"),
        _pod("no config map", "crit", waiting_reason="CreateContainerConfigError"),
        _pod("at it", "ok", waiting_reason="PodInitializing"),
        _pod("not waiting", None),
        _broke_off("pod-pulling"),
    ],
    "K8-35": [
        _pod("killed", "warn", terminated_reason="OOMKilled"),
        _pod("ended", "ok", terminated_reason="Completed"),
        _pod("never ended", None),
        _broke_off("pod-restarted"),
    ],
    "K8-36": [
        _pod("for 9 minutes", "ok", ready=False, started_at=_NEWER),
        _pod("for 10 minutes", "warn", ready=False, started_at=_OLD),
        _pod("since nobody knows when", "unknown", ready=False, started_at=None),
        _pod("not said", "unknown", ready=None),
        _pod("being deleted", None, ready=False, deletion_at=ago(0)),
        _pod("in a crash loop", None, ready=False, waiting_reason="CrashLoopBackOff"),
        ("done", "pod-done", {"pod-done": pod("done", phase="Succeeded", ready=False)}, None, ()),
    ],
}

"""Health checks of persistent volumes and claims."""

from __future__ import annotations

from models.kinds.kubernetes.storage import PersistentVolume, PersistentVolumeClaim
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
from tasks.inventory.checks.kubernetes.objects import Place, named, place
from tasks.inventory.checks.site import Site

INFO, WARN, CRIT = Severity.INFO, Severity.WARN, Severity.CRIT
_LATE = "WaitForFirstConsumer"


@check(
    "K8-90",
    "Volume orphaned or failed",
    kinds=("pv",),
    levels=(INFO, WARN, CRIT),
    needs=("phase",),
    thresholds=("kubernetes.available_volume_days",),
    privilege="list persistentvolumes",
    remedy="Save what is on it where it is needed, then remove the volume and its disk.",
)
def orphaned(asset: Asset, context: Context) -> Verdict:
    """Released: its claim is gone and its data is kept; Available: nobody has claimed it yet."""
    volume: PersistentVolume = asset.record
    evidence = {"phase": volume.phase, "claim": volume.claim}
    if volume.phase == "Failed":
        return crit("it could not be reclaimed", **evidence)
    if volume.phase == "Released":
        return warn(f"its claim {volume.claim or ''} is gone".replace("  ", " "), **evidence)
    if volume.phase != "Available":
        return ok(f"it is {(volume.phase or '').lower()}", **evidence)
    if volume.created_at is None:
        return unknown("since when nobody claims it is not known", missing="created_at")
    if context.days_since(volume.created_at) < context.policy.kubernetes.available_volume_days:
        return ok("it is new and waits for a claim", **evidence)
    return info(f"nobody has claimed it since {volume.created_at:%Y-%m-%d}", **evidence)


@check(
    "K8-91",
    "Claim pending or lost",
    kinds=("pvc",),
    levels=(INFO, WARN, CRIT),
    needs=("phase",),
    thresholds=("kubernetes.pending_minutes",),
    privilege="list persistentvolumeclaims",
    remedy="Name a storage class that there is, or look why its provisioner fails.",
)
def claim(asset: Asset, context: Context) -> Verdict:
    """Lost: its volume is gone. A class may wait for the first pod before it makes a volume."""
    record: PersistentVolumeClaim = asset.record
    evidence = {"phase": record.phase, "storage_class": record.storage_class}
    if record.phase == "Lost":
        return crit("its volume is gone", **evidence)
    if record.phase != "Pending":
        return ok("it has its volume", **evidence)
    if record.created_at is None:
        return unknown("since when it waits is not known", missing="created_at")
    minutes = 24 * 60 * context.days_since(record.created_at)
    if minutes < context.policy.kubernetes.pending_minutes:
        return ok("it has not waited for long", **evidence)
    if _waits_for_a_pod(asset, context):
        return info("its class makes a volume when a pod uses it, and none does", **evidence)
    return warn(f"no volume since {record.created_at:%Y-%m-%d %H:%M}", **evidence)


def _waits_for_a_pod(asset: Asset, context: Context) -> bool:
    """Tell whether its class waits and no pod uses it, which needs pods to be seen."""
    name = asset.record.storage_class
    used = asset.name in context.site.once(_claims_in_use).get(place(asset), ())
    if name is None or used or context.unlisted(asset, ("pod",)):
        return False
    found = named(context, asset, "storage_class", name, namespace="")
    return found is not None and found.record.binding_mode == _LATE


def _claims_in_use(site: Site) -> dict[Place, set[str]]:
    found: dict[Place, set[str]] = {}
    for pod in site.by_kind.get("pod", ()):
        if pod.record.claim_names:
            found.setdefault(place(pod), set()).update(pod.record.claim_names)
    return found

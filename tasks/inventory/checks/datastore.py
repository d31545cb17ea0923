"""Health checks of datastores."""

from __future__ import annotations

from models.kinds.datastore import Datastore
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import (
    Context,
    Verdict,
    check,
    crit,
    ok,
    unknown,
    warn,
)

WARN, CRIT = Severity.WARN, Severity.CRIT
_RESCAN = "Bring it back to a host and refresh it, so that its capacity is reported."


@check(
    "DS-01",
    "Datastore filling up",
    kinds=("datastore",),
    levels=(WARN, CRIT),
    needs=("capacity_mib", "free_mib"),
    thresholds=("datastores.warn_percent", "datastores.crit_percent"),
    remedy="Free space (old snapshots, machines that are off) or enlarge the datastore.",
)
def space(asset: Asset, context: Context) -> Verdict:
    """How full it is, the used share of its capacity; at the threshold it is reached."""
    datastore: Datastore = asset.record
    capacity, free = datastore.capacity_mib or 0, datastore.free_mib or 0
    if capacity == 0:
        return unknown("the datastore reports no capacity", cure=_RESCAN, capacity_mib=0)
    used, limits = 100 * (capacity - free) / capacity, context.policy.datastores
    evidence = {"used_percent": int(used), "capacity_mib": capacity}
    verdict = crit if used >= limits.crit_percent else warn if used >= limits.warn_percent else ok
    return verdict(f"{int(used)} % used", **evidence)


@check(
    "DS-03",
    "Datastore over-allocated",
    kinds=("datastore",),
    levels=(WARN,),
    needs=("capacity_mib", "free_mib", "uncommitted_mib"),
    thresholds=("datastores.overallocated_percent",),
    remedy="Watch the growth of its thin disks, or move some before they fill it.",
)
def overallocation(asset: Asset, context: Context) -> Verdict:
    """What its disks may grow to, in percent of the capacity."""
    datastore: Datastore = asset.record
    capacity = datastore.capacity_mib or 0
    if capacity == 0:
        return unknown("the datastore reports no capacity", cure=_RESCAN, capacity_mib=0)
    promised = capacity - (datastore.free_mib or 0) + (datastore.uncommitted_mib or 0)
    percent, limit = 100 * promised / capacity, context.policy.datastores.overallocated_percent
    evidence = {"provisioned_percent": int(percent), "capacity_mib": capacity}
    return (warn if percent > limit else ok)(f"{int(percent)} % provisioned", **evidence)


@check(
    "DS-08",
    "Datastore not accessible or in maintenance",
    kinds=("datastore",),
    levels=(WARN, CRIT),
    needs=("accessible",),
    remedy="Bring the storage or its paths back, or end the maintenance.",
)
def access(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """DatastoreSummary: accessible, and maintenanceMode normal or one on the way in."""
    datastore: Datastore = asset.record
    evidence = {"accessible": datastore.accessible, "maintenance_mode": datastore.maintenance_mode}
    if not datastore.accessible:
        return crit("no host can access it", **evidence)
    if datastore.maintenance_mode not in {None, "normal"}:
        return warn("it is in maintenance mode", **evidence)
    return ok("accessible", **evidence)

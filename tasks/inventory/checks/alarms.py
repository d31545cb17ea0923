"""Health check of every entity that vCenter can raise an alarm on."""

from __future__ import annotations

from models.kinds.common import Health
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import Context, Verdict, check, crit, info, ok, warn

INFO, WARN, CRIT = Severity.INFO, Severity.WARN, Severity.CRIT


@check(
    "HO-23",
    "Triggered alarms",
    kinds=("host", "cluster", "vm", "datastore"),
    levels=(INFO, WARN, CRIT),
    needs=("triggered_alarms",),
    remedy="Look into what raised the alarm in vCenter, and acknowledge it while you do.",
)
def triggered_alarms(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Red is critical, yellow a warning; what a person has acknowledged is for information."""
    alarms = asset.record.triggered_alarms
    if not alarms:
        return ok("no alarm is raised")
    red = [alarm.name for alarm in alarms if alarm.status is Health.RED and not alarm.acknowledged]
    open_alarms = [alarm.name for alarm in alarms if not alarm.acknowledged]
    names = sorted(alarm.name for alarm in alarms)
    verdict = crit if red else warn if open_alarms else info
    shown = sorted(set(red or open_alarms or names))
    return verdict(f"raised: {', '.join(shown)}", alarms=names)

"""How near the end of something dated is."""

from __future__ import annotations

from datetime import datetime

from tasks.inventory.checks.declaration import Context, Verdict, crit, ok, warn
from tasks.inventory.checks.policy import Expiry


def judge_expiry(
    what: str, field: str, ends_at: datetime, context: Context, limits: Expiry
) -> Verdict:
    """Judge the days that are left; messages name the date, which does not change every day."""
    left = -context.days_since(ends_at)
    evidence = {field: ends_at.isoformat()}
    if left <= 0:
        return crit(f"{what} expired on {ends_at:%Y-%m-%d}", **evidence)
    message = f"{what} ends on {ends_at:%Y-%m-%d}"
    if left < limits.crit_days:
        return crit(message, **evidence)
    return (warn if left < limits.warn_days else ok)(message, **evidence)

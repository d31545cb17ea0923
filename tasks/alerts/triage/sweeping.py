"""What is done every minute: what a crash left, what time brings about, what nobody else did."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.settings import settings
from models.store import connection
from tasks.alerts.grouping import load_policy
from tasks.alerts.triage import heartbeats
from tasks.alerts.triage.draining import Triage, TriageReport
from tasks.alerts.triage.passing import close_old, forget_words, pass_time


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepReport:
    """What one sweep came to. `changed` are incidents that time changed, by id."""

    heartbeats: int = 0
    closed: int = 0
    changed: dict[int, set[str]] = field(default_factory=dict)
    drained: TriageReport = field(default_factory=TriageReport)


def sweep(flow_run_id: str | None = None) -> SweepReport:
    """Triage what waits, end windows, look for silent heartbeats, close what is long resolved.

    Args:
        flow_run_id: The flow run that incidents are linked to which it opens.

    Raises:
        StoreUnavailable: Postgres does not answer; the next sweep does it all.
    """
    with connection() as conn:
        triage = Triage(flow_run_id=flow_run_id)
        drained = triage.drain(conn)
        posted = heartbeats.check()  # once no sign of life waits any more
        drained.merge(triage.drain(conn))
        told = pass_time(triage, conn)
    forget_words(load_policy(settings().triage_policy))
    return SweepReport(heartbeats=posted, closed=close_old(), changed=told.kinds, drained=drained)

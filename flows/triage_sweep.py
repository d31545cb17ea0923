"""Every minute: what a crash left of triage, and what time alone brings about."""

from __future__ import annotations

import logging
from contextlib import ExitStack

from prefect import flow

from flows import artifacts
from flows.once import once
from flows.triage_alerts import show
from models.errors import Busy
from tasks.alerts import steps as alerts
from tasks.alerts.notices import steps as notices

logger = logging.getLogger(__name__)


@flow(name="triage-sweep", persist_result=False)
async def triage_sweep() -> int:
    """Take up what was left, end maintenance windows, look for silent heartbeats, send notices.

    Returns:
        How many incidents were changed.
    """
    with ExitStack() as held:
        try:
            held.enter_context(once())
        except Busy:
            logger.info("another sweep goes on")
            return 0
        report = await alerts.sweep()
    await alerts.enrich()
    await notices.send_due()
    if report.drained.deliveries:
        await show(report.drained)
    if report.changed:
        found = await alerts.touched(report.changed)
        await artifacts.publish_incidents(found, "Incidents that time changed")
        alerts.announce(found, report.changed)
    return len(report.drained.incidents) + len(report.changed) + report.closed

"""Triage what waits in the inbox: one run drains it all, however much it is."""

from __future__ import annotations

import logging
from contextlib import ExitStack

from prefect import flow

from flows import artifacts
from flows.once import once
from models.errors import Busy
from tasks.alerts import steps as alerts
from tasks.alerts.triage.draining import TriageReport

logger = logging.getLogger(__name__)


@flow(name="triage-alerts", persist_result=False)
async def triage_alerts() -> int:
    """Turn deliveries into alerts and incidents; returns how many deliveries there were.

    In the resident worker it joins the burst that is being triaged, and shows it.
    """
    with ExitStack() as held:
        try:
            held.enter_context(once())
        except Busy:
            logger.info("another run triages all that waits")
            return 0
        report = await alerts.drain()
    await alerts.enrich()
    await show(report)
    return report.deliveries


async def show(report: TriageReport) -> None:
    """Show what a drain came to, and announce its incidents."""
    found = await alerts.touched(report.incidents)
    await artifacts.publish_triage(report.deliveries, report.dead, report.events, found)
    alerts.announce(found, report.incidents)

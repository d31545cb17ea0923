"""Find runs that died and start each once more."""

from __future__ import annotations

import asyncio
import logging

from prefect import flow

from flows import artifacts
from models.errors import Busy
from models.store import work
from tasks.maintenance import steps as maintenance

logger = logging.getLogger(__name__)


@flow(name="reconcile", persist_result=False)
async def reconcile() -> int:
    """Start every dead run again, up to its limit, and show those that were given up.

    Returns:
        How many dead runs there were, with those that were taken and never begun.
    """
    try:
        with work.claim("reconcile", "all"):
            outcomes = await maintenance.schedule_never_begun()
            found = await maintenance.dead_runs()
            outcomes += [await maintenance.recover(dead) for dead in found]
    except Busy:
        logger.info("another reconciliation runs")
        return 0
    if outcomes:
        await artifacts.publish_recoveries(outcomes)
    return len(outcomes)


if __name__ == "__main__":
    asyncio.run(reconcile())

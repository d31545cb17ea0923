"""Collecting many sources, each in a run of its own on whichever worker is free."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from flows import artifacts
from flows.collecting import collect_many
from flows.placement import DEFAULT, has_worker, run_elsewhere
from models.errors import Unavailable
from models.records.snapshot import SourceReport
from models.sources import select_sources
from tasks.inventory import steps as inventory
from tasks.policies import ON_ANY_WORKER

_DEPLOYMENT = "collect-source"


async def collect_all(names: Sequence[str], at_once: int, *, spread: bool) -> list[SourceReport]:
    """Collect the named sources, or all; the reports are in the sources file's order.

    Args:
        names: Of sources; empty means all.
        at_once: How many are read at the same time where they are read in this run.
        spread: Give each source a run of the deployment `collect-source`, as many at once as its
            limit and its queue allow. Without a worker, or for a single source, they are read here.
    """
    chosen = select_sources(list(names))
    if not spread or len(chosen) == 1 or not await has_worker(DEFAULT):
        return await collect_many(names, at_once)
    reports = await asyncio.gather(*(_elsewhere(source.name) for source in chosen))
    await artifacts.publish_sources(reports)
    return list(reports)


async def _elsewhere(source: str) -> SourceReport:
    before = await inventory.newest_collection(source)
    reason = await run_elsewhere(_DEPLOYMENT, {"source": source}, ON_ANY_WORKER)
    newest = await inventory.newest_collection(source)
    # A run that took up a collection which another had left half-way ends well without a new one.
    if newest is None or (newest == before and reason):
        said = f"its run {reason}" if reason else "its run left no collection"
        return inventory.failure(source, Unavailable("Prefect", _DEPLOYMENT, said), 0.0)
    return await inventory.report_on(source, newest)

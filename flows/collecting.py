"""What flows that collect have in common: sources side by side, each to its end, then the joins."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import msgspec
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import artifacts
from models.errors import NightshiftError
from models.records.graph import JoinReport
from models.records.snapshot import SourceReport
from models.sources import select_sources
from tasks.inventory import steps as inventory

_GOOD = frozenset({"complete", "partial"})


async def collect_one(source: str) -> SourceReport:
    """Collect, validate and store one source; a failure is a report, so that others go on."""
    began = time.monotonic()
    try:
        snapshot_id = await inventory.collect(source)
        verdict = await inventory.validate(snapshot_id)
        await artifacts.publish_validation(source, verdict)
        stored = None if verdict.held else await inventory.store(snapshot_id)
        return await inventory.report(source, snapshot_id, stored)
    except NightshiftError as error:
        return inventory.failure(source, error, time.monotonic() - began)


async def collect_many(names: Sequence[str], at_once: int) -> list[SourceReport]:
    """Collect the named sources, or all, so many at a time; the reports are in the file's order."""
    chosen = select_sources(list(names))
    turn = asyncio.Semaphore(at_once)

    async def in_turn(source: str) -> SourceReport:
        async with turn:
            try:
                return await collect_one(source)
            # A bug that one source brings out, or Prefect's own timeout, stops the others no more
            # than an outage does. What tells the run to end is no `Exception`, and ends it.
            except Exception as error:  # noqa: BLE001 - its traceback stands in the step's log
                return inventory.failure(source, NightshiftError(_named(error)), 0.0)

    warming = asyncio.create_task(inventory.warm_up())
    reports = await asyncio.gather(*(in_turn(source.name) for source in chosen))
    await warming
    await artifacts.publish_sources(reports)
    return reports


async def join() -> JoinReport:
    """Join what is stored; a failure is a report, since what was collected stands without it."""
    try:
        joins = await inventory.join()
    except Exception as error:  # noqa: BLE001 - whatever it is, a word of it is in the report
        joins = JoinReport(edges=0, opened=0, closed=0, error=_named(error))
    await artifacts.publish_joins(joins)
    return joins


def _named(error: Exception) -> str:
    return str(error) if isinstance(error, NightshiftError) else f"{type(error).__name__}: {error}"


def verdict_on(reports: Sequence[SourceReport], joins: JoinReport, **result: Any) -> State[Any]:
    """Return the state that a run ends in, with what it found.

    It is Failed, for all to see, when a source failed or is held; what could be done is done. Joins
    that failed are told of and fail nothing: the edges are those of the round before.
    """
    found = {
        "sources": msgspec.to_builtins(reports),
        "joins": msgspec.to_builtins(joins),
        **result,
    }
    bad = [report for report in reports if report.status not in _GOOD]
    if not bad:
        return Completed(data=found, message=joins.error and f"not joined anew: {joins.error}")
    reasons = "; ".join(f"{report.source}: {report.error}" for report in bad)
    return Failed(message=f"{len(bad)} of {len(reports)} sources: {reasons}", data=found)

"""Collect, validate and store several sources side by side, then join what belongs together."""

from __future__ import annotations

from typing import Annotated, Any

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from flows.collecting import join, verdict_on
from flows.once import once
from flows.spreading import collect_all


@flow(name="collect-sources", persist_result=False)
async def collect_sources(
    sources: tuple[str, ...] = (),
    at_once: Annotated[int, Field(ge=1, le=16)] = 4,
    *,
    spread: bool = False,
) -> State[Any]:
    """Collect the named sources, or all when none is named.

    Args:
        sources: Names from the sources file; empty means all.
        at_once: How many are read at the same time.
        spread: Give each source a run of its own, on whichever worker is free.
    """
    with once():
        reports = await collect_all(sources, at_once, spread=spread)
        return verdict_on(reports, await join())

"""Collect, validate and store several sources side by side."""

from __future__ import annotations

from typing import Annotated, Any

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from flows.collecting import collect_many, verdict_on
from flows.once import once


@flow(name="collect-sources", persist_result=False)
async def collect_sources(
    sources: tuple[str, ...] = (), at_once: Annotated[int, Field(ge=1, le=16)] = 4
) -> State[Any]:
    """Collect the named sources, or all when none is named.

    Args:
        sources: Names from the sources file; empty means all.
        at_once: How many are read at the same time.
    """
    with once():
        return verdict_on(await collect_many(sources, at_once))

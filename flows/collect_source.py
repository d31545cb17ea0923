"""Collect, validate and store one source, then join it to what is known of the others."""

from __future__ import annotations

from typing import Annotated, Any

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from flows.collecting import collect_many, join, verdict_on
from flows.once import once


@flow(name="collect-source", flow_run_name="collect {source}", persist_result=False)
async def collect_source(source: Annotated[str, Field(min_length=1)]) -> State[Any]:
    """Collect one source of the sources file by its name."""
    with once(f"collect-source {source}"):
        reports = await collect_many([source], at_once=1)
        return verdict_on(reports, await join())

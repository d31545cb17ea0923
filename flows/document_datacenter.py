"""The main job: collect every source, join and check what was seen, write and index documents."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from flows import artifacts
from flows.artifacts import Progress
from flows.collecting import join, verdict_on
from flows.documenting import document
from flows.once import once
from flows.spreading import collect_all
from tasks.inventory import steps as inventory

PHASES = ("collect", "check", "documents", "prose", "index")


@flow(name="document-datacenter", persist_result=False)
async def document_datacenter(
    sources: tuple[str, ...] = (),
    *,
    prose: bool = True,
    at_once: Annotated[int, Field(ge=1, le=16)] = 4,
    spread: bool = False,
) -> State[Any]:
    """Document the datacenter from its sources.

    A source that fails does not stop the others: the documents are written from what is stored, and
    the run ends as Failed and says which source it was.

    Args:
        sources: Names from the sources file; empty means all.
        prose: Let the language model, where one is configured, write what it may.
        at_once: How many sources are read at the same time.
        spread: Give each source a run of its own, on whichever worker is free.
    """
    progress = Progress(PHASES)
    with once():
        await progress.begin("collect")
        reports = await collect_all(sources, at_once, spread=spread)
        joins = await join()
        if not await inventory.has_facts():
            return verdict_on(reports, joins, documents=[])
        await progress.begin("check")
        await artifacts.publish_checks(await inventory.check())
        written = await document(prose=prose, begin=progress.begin)
        await artifacts.publish_documents(written)
        await progress.end()
    return verdict_on(reports, joins, documents=msgspec.to_builtins(written))

"""Check what is stored and write the documents from it, without collecting."""

from __future__ import annotations

from typing import Any

import msgspec
from prefect import flow

from flows import artifacts
from flows.documenting import document
from flows.once import once
from tasks.inventory import steps as inventory


@flow(name="generate-documents", persist_result=False)
async def generate_documents(names: tuple[str, ...] = (), *, prose: bool = True) -> dict[str, Any]:
    """Run the checks, write the named documents, or all, and bring the index up to date.

    Args:
        names: Documents such as `overview`; empty means all.
        prose: Let the language model, where one is configured, write what it may.
    """
    with once():
        # What the documents say about health is then of the same facts as their tables.
        await artifacts.publish_checks(await inventory.check())
        reports = await document(names, prose=prose)
    await artifacts.publish_documents(reports)
    return {"documents": msgspec.to_builtins(reports)}

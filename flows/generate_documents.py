"""Write the documents from what is stored, without collecting."""

from __future__ import annotations

from typing import Any

import msgspec
from prefect import flow

from flows import artifacts
from flows.documenting import document
from flows.once import once


@flow(name="generate-documents", persist_result=False)
async def generate_documents(names: tuple[str, ...] = (), *, prose: bool = True) -> dict[str, Any]:
    """Write the named documents, or all when none is named, and bring the index up to date.

    Args:
        names: Documents such as `overview`; empty means all.
        prose: Let the language model, where one is configured, write what it may.
    """
    with once():
        reports = await document(names, prose=prose)
    await artifacts.publish_documents(reports)
    return {"documents": msgspec.to_builtins(reports)}

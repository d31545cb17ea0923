"""Steps that write the documents."""

from __future__ import annotations

import asyncio

from models.records.document import DocumentReport
from tasks.policies import ASK_MODEL, USE_STORE
from tasks.policies.steps import step


@step(USE_STORE, "generate documents")
async def generate(names: tuple[str, ...] = ()) -> list[DocumentReport]:
    """Write the documents from stored facts; sections whose facts are unchanged are left alone."""
    from tasks.documents.generate import generate_documents

    return await asyncio.to_thread(generate_documents, names)


@step(ASK_MODEL, "write prose")
async def write_prose(names: tuple[str, ...] = ()) -> list[DocumentReport]:
    """Let the language model write the sentences that it may; each is checked against its facts."""
    from tasks.documents.prose import write_prose as write

    return await asyncio.to_thread(write, names)

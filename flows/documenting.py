"""What flows that write documents have in common: documents, then prose, then the index."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from flows.placement import on_gpu_or_here
from models.records.document import DocumentReport
from models.settings import settings
from tasks.documents import steps as documents
from tasks.knowledge import steps as knowledge

Phase = Callable[[str], Awaitable[None]]


async def _silent(_phase: str) -> None:
    """Report no phase."""


async def document(
    names: Sequence[str] = (), *, prose: bool, begin: Phase = _silent
) -> list[DocumentReport]:
    """Write documents, let the model add its sentences, and bring the index up to date.

    Args:
        names: Documents to write; empty means all.
        prose: Let the language model write, where one is configured.
        begin: Told the phases `documents`, `prose` and `index` as they begin.
    """
    await begin("documents")
    reports = await documents.generate(tuple(names))
    await begin("prose")
    if prose and settings().llm_url:
        await on_gpu_or_here("write-prose", lambda: documents.write_prose(tuple(names)))
        reports = await documents.generate(tuple(names))
    await begin("index")
    await knowledge.index()
    await on_gpu_or_here("embed", knowledge.embed)
    return reports

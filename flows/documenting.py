"""What flows that write documents have in common: documents, then prose, then the index."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

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
        said = await on_gpu_or_here(
            "write-prose",
            lambda: documents.write_prose(tuple(names)),
            parameters={"names": list(names)},
        )
        reports = _together(reports, said or await documents.generate(tuple(names)))
    await begin("index")
    await knowledge.index()
    await on_gpu_or_here("embed", knowledge.embed)
    return reports


def _together(
    first: Sequence[DocumentReport], second: Sequence[DocumentReport]
) -> list[DocumentReport]:
    # What prose added stands in the second report, what the facts changed only in the first.
    regenerated = {report.name: report.regenerated for report in first}
    return [
        replace(report, regenerated=max(report.regenerated, regenerated.get(report.name, 0)))
        for report in second
    ]

"""Steps that keep the index true to the documents."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import httpx
from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact

from tasks.policies import EMBED, USE_STORE
from tasks.policies.steps import step

_SHOW_TIMEOUT_SECONDS = 10.0
_EMBED_KEY = "embed-chunks"


@step(USE_STORE, "index documents")
async def index() -> dict[str, Any]:
    """Cut the documents into chunks and take up those that are new or changed."""
    from tasks.knowledge.datacenter import index_datacenter

    return asdict(await asyncio.to_thread(index_datacenter))


@step(EMBED, "embed chunks")
async def embed() -> int:
    """Embed every chunk that has no vector yet; returns how many there were."""
    from tasks.knowledge.index import embed_missing

    loop, shown = asyncio.get_running_loop(), _Shown()

    def show(done: int, total: int) -> None:
        told = shown.show(done, total)
        # What is embedded matters, its display does not.
        with contextlib.suppress(httpx.HTTPError, TimeoutError):
            asyncio.run_coroutine_threadsafe(told, loop).result(_SHOW_TIMEOUT_SECONDS)

    return await asyncio.to_thread(embed_missing, on_progress=show)


@dataclass(slots=True)
class _Shown:
    """The progress artifact of an embedding, which there is once something is to be embedded."""

    artifact: UUID | None = None

    async def show(self, done: int, total: int) -> None:
        share, words = 100.0 * done / total, f"embedding: {done:,} of {total:,} chunks"
        if self.artifact is None:
            self.artifact = await acreate_progress_artifact(share, _EMBED_KEY, words)
        else:
            await aupdate_progress_artifact(self.artifact, share, words)

"""Steps that keep the index true to the documents."""

from __future__ import annotations

import asyncio
from typing import Any

from tasks.policies import EMBED, USE_STORE, step


@step(USE_STORE, "index documents")
async def index() -> dict[str, Any]:
    """Cut the documents into chunks and take up those that are new or changed."""
    from tasks.knowledge.index import index_documents

    return dict(await asyncio.to_thread(index_documents))


@step(EMBED, "embed chunks")
async def embed() -> int:
    """Embed every chunk that has no vector yet; returns how many there were."""
    from tasks.knowledge.index import embed_missing

    return int(await asyncio.to_thread(embed_missing))

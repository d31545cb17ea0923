"""Steps that keep the index true to the documents."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from tasks.policies import EMBED, USE_STORE
from tasks.policies.steps import step


@step(USE_STORE, "index documents")
async def index() -> dict[str, Any]:
    """Cut the documents into chunks and take up those that are new or changed."""
    from tasks.knowledge.datacenter import index_datacenter

    return asdict(await asyncio.to_thread(index_datacenter))


@step(EMBED, "embed chunks")
async def embed() -> int:
    """Embed every chunk that has no vector yet; returns how many there were."""
    from tasks.knowledge.index import embed_missing

    return await asyncio.to_thread(embed_missing)

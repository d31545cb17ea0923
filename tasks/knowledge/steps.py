"""Steps that keep the index true to the documents."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from tasks.policies import EMBED, USE_STORE
from tasks.policies.steps import step

COLLECTION = "datacenter"


@step(USE_STORE, "index documents")
async def index() -> dict[str, Any]:
    """Cut the documents into chunks and take up those that are new or changed."""
    return await asyncio.to_thread(_index)


@step(EMBED, "embed chunks")
async def embed() -> int:
    """Embed every chunk that has no vector yet; returns how many there were."""
    from tasks.knowledge.index import embed_missing

    return await asyncio.to_thread(embed_missing)


def _index() -> dict[str, Any]:
    from tasks.knowledge.index import store_chunks

    return asdict(store_chunks(COLLECTION, _documents(), root="documents"))


def _documents() -> Iterator[tuple[str, str]]:
    from tasks.documents.files import documents_folder

    for path in sorted(documents_folder().glob("*.md")):
        yield path.stem, path.read_text(encoding="utf-8")

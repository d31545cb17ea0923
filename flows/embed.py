"""Embed what has no vector yet; a deployment of its own, since a GPU helps it."""

from __future__ import annotations

from prefect import flow

from flows.once import once
from tasks.knowledge import steps as knowledge


@flow(name="embed", persist_result=False)
async def embed() -> int:
    """Embed every chunk without a vector; returns how many there were."""
    with once():
        return await knowledge.embed()

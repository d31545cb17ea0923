"""Let the language model write its sentences; a deployment of its own, since a GPU helps it."""

from __future__ import annotations

from typing import Any

import msgspec
from prefect import flow

from flows.once import once
from tasks.documents import steps as documents


@flow(name="write-prose", persist_result=False)
async def write_prose(names: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Write the sentences of the named documents, or of all; returns a line a document."""
    with once():
        reports = await documents.write_prose(names)
    return list(msgspec.to_builtins(reports))

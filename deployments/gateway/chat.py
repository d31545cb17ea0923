"""Questions over HTTP: one JSON answer, or its parts as server-sent events while they are made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from deployments.gateway.bounded import ANSWERS, BoundedRoute
from deployments.gateway.security import require
from models.errors import NightshiftError
from models.records.answer import LONGEST_QUESTION, Answer
from models.records.person import Role

router = APIRouter(prefix="/api", tags=["questions"], route_class=BoundedRoute, responses=ANSWERS)
_EVENTS = "text/event-stream"
_NO_NUL = r"^[^\x00]*$"  # Postgres takes none in a text
_Text = Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION, pattern=_NO_NUL)]
# Each answer embeds some texts on all cores; more at once would only wait for one another.
_TURN = asyncio.Semaphore(2)


class Question(BaseModel):
    """A question, with those asked before it in the same conversation."""

    model_config = ConfigDict(extra="forbid")

    question: _Text
    earlier: list[_Text] = Field(default_factory=list, max_length=10)
    collection: str | None = Field(None, max_length=200, pattern=_NO_NUL)


@router.post(
    "/chat",
    summary="Answer a question from the runbooks and documents, with citations",
    dependencies=[Depends(require(Role.VIEWER))],
    responses={200: {"content": {_EVENTS: {}}}},
)
async def chat(asked: Question, request: Request) -> Response:
    """Return `{question, answered, answer, citations, method, confidence, ...}`.

    With `Accept: text/event-stream` the events are `state`, one `statement` each, `citations`, and
    `done` with the whole answer; `error` where it failed.
    """
    if _EVENTS in request.headers.get("accept", ""):
        return StreamingResponse(_events(asked), media_type=_EVENTS)
    return JSONResponse(_told(await _answer(asked)))


async def _answer(asked: Question) -> Answer:
    from tasks.knowledge.answer import answer  # the gateway starts without what answers

    async with _TURN:
        return await asyncio.to_thread(
            answer, asked.question, earlier=asked.earlier, collection=asked.collection
        )


async def _events(asked: Question) -> AsyncIterator[bytes]:
    yield _event("state", {"state": "searching"})
    try:
        found = await _answer(asked)
    except NightshiftError as error:
        yield _event("error", {"error": str(error)})
        return
    for statement in found.statements:
        yield _event("statement", asdict(statement))
    yield _event("citations", [asdict(citation) for citation in found.citations])
    yield _event("done", _told(found))


def _told(found: Answer) -> dict[str, Any]:
    return {**asdict(found), "answer": found.text}


def _event(name: str, value: Any) -> bytes:
    # JSON holds no line break, so that no text of a passage can begin another event.
    return f"event: {name}\ndata: ".encode() + orjson.dumps(value) + b"\n\n"

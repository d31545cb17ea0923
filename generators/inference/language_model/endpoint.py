"""One OpenAI-compatible endpoint: requests, deadlines, streams, and its breaker.

Source: OpenAI's chat completions reference, which vLLM, llama.cpp, Ollama, LM Studio, Open-WebUI
and Anthropic's compatible endpoint follow. `guided_json` is never sent: vLLM ignores it silently.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from generators.inference.language_model import replies
from generators.inference.language_model.breaker import Breaker
from generators.inference.language_model.dialect import Dialect
from generators.inference.language_model.schema import Schema
from models.errors import ExternalError, Refused, Unavailable, UnexpectedReply

LONGEST_REPLY_BYTES = 4 * 2**20  # an answer of 4,000 tokens has 20 kB; this stops a runaway
_ADAPTATIONS = 5
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.InvalidURL)


@dataclass(slots=True)
class Attempt:
    """One request; `charged` is whether the server may have worked, hence counted, on it.

    A status other than 200 is a refusal that costs nothing.
    """

    charged: bool = False


@dataclass(slots=True, weakref_slot=True)
class Endpoint:
    """Sends requests to one server; knows nothing of prompts or budgets."""

    client: httpx.Client
    target: str  # host and port, the only part of the address that errors and rows show
    model: str | None
    timeout_seconds: float
    breaker: Breaker
    dialect: Dialect = field(default_factory=Dialect)

    def model_name(self) -> str:
        """Return the configured model, or the first that the server lists.

        Raises:
            UnexpectedReply: It lists none.
        """
        if self.model is None:
            with self._guarded():
                listed = self._json("GET", "models", None, Attempt())
                try:
                    self.model = str(listed["data"][0]["id"])
                except (KeyError, IndexError, TypeError) as error:
                    raise UnexpectedReply(
                        replies.SYSTEM, self.target, "it lists no model; set NIGHTSHIFT_LLM_MODEL"
                    ) from error
        return self.model

    def complete(self, request: dict[str, Any], schema: Schema | None, attempt: Attempt) -> Any:
        """Return the reply to a chat request, as JSON; `attempt` is told whether it may cost.

        Raises:
            Unavailable: No whole answer within the timeout, 429 or 5xx, or the breaker is open.
            AccessDenied: The key was refused.
            Refused: This request was, such as a prompt over the context.
            UnexpectedReply: It answered something else than a chat completion.
        """
        with self._guarded():
            for _ in range(_ADAPTATIONS):
                body = self.dialect.body(request, schema)
                try:
                    return self._json("POST", "chat/completions", body, attempt)
                except (Refused, Unavailable) as error:
                    if not self.dialect.adapt(str(error), body):
                        raise
        raise UnexpectedReply(replies.SYSTEM, self.target, "it refuses every form of the request")

    def stream(self, request: dict[str, Any], attempt: Attempt) -> Iterator[Any]:
        """Yield the events of a streamed chat request; `attempt` is told whether it may cost.

        Raises:
            Unavailable: As above, or the stream was cut before its end.
        """
        request = {**request, "stream": True, "stream_options": {"include_usage": True}}
        with self._guarded():
            for _ in range(_ADAPTATIONS):
                body = self.dialect.body(request, None)
                try:
                    with self._open("POST", "chat/completions", body, attempt) as opened:
                        yield from self._events(*opened)
                except Refused as error:
                    if not self.dialect.adapt(str(error), body):
                        raise
                else:
                    return

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Pass the breaker and tell it how the request ended."""
        self.breaker.enter()
        try:
            yield
        except ExternalError:
            self.breaker.fail()
            raise
        except Refused:
            self.breaker.succeed()
            raise
        self.breaker.succeed()

    def _json(self, method: str, path: str, body: dict[str, Any] | None, attempt: Attempt) -> Any:
        with self._open(method, path, body, attempt) as (response, deadline):
            raw = b"".join(self._bounded(response, deadline))
        try:
            return json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise UnexpectedReply(replies.SYSTEM, self.target, "the reply is not JSON") from error

    @contextmanager
    def _open(
        self, method: str, path: str, body: dict[str, Any] | None, attempt: Attempt
    ) -> Iterator[tuple[httpx.Response, float]]:
        """Send a request; yield a response of status 200 and the time by which it has to end."""
        deadline = time.monotonic() + self.timeout_seconds
        try:
            with self.client.stream(method, path, json=body) as response:
                if response.status_code != httpx.codes.OK:
                    said = b"".join(self._bounded(response, deadline))
                    raise replies.from_status(
                        response.status_code, response.headers, said, self.target
                    )
                attempt.charged = True
                yield response, deadline
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            attempt.charged |= not isinstance(error, _NOT_SENT)
            raise replies.from_transport(error, self.target) from error

    def _bounded(self, response: httpx.Response, deadline: float) -> Iterator[bytes]:
        """Yield a body; httpx limits each read, this limits the whole in time and size."""
        size = 0
        for piece in response.iter_bytes():
            size += len(piece)
            if size > LONGEST_REPLY_BYTES:
                raise UnexpectedReply(
                    replies.SYSTEM, self.target, f"the reply exceeds {LONGEST_REPLY_BYTES} bytes"
                )
            if time.monotonic() > deadline:
                raise Unavailable(replies.SYSTEM, self.target, "timed out")
            yield piece

    def _events(self, response: httpx.Response, deadline: float) -> Iterator[Any]:
        """Yield the JSON of each server-sent event until `[DONE]`."""
        for line in _lines(self._bounded(response, deadline)):
            data = line.removeprefix("data:").strip()
            if not line.startswith("data:") or not data:
                continue
            if data == "[DONE]":
                return
            try:
                event = json.loads(data)
            except ValueError as error:
                raise UnexpectedReply(replies.SYSTEM, self.target, "a broken event") from error
            if isinstance(event, dict) and "error" in event:
                said = replies.server_message(data.encode())
                raise Unavailable(replies.SYSTEM, self.target, f"failed while writing: {said}")
            yield event
        raise Unavailable(replies.SYSTEM, self.target, "the stream was cut before its end")


def _lines(pieces: Iterator[bytes]) -> Iterator[str]:
    """Yield the lines of a body that comes in pieces; LF, CR LF and CR end one (SSE)."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        for line in whole:
            yield line.decode("utf-8", "replace")
    if rest:
        yield rest.decode("utf-8", "replace")

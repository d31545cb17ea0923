"""The language model that the rest of the system talks to.

It asks the first endpoint and, where that fails, the next; it limits prompts, the day's tokens and
requests at once. Whatever goes wrong ends in one of our errors, so that the caller can go on
without the model.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import tenacity

from generators.inference.language_model import replies
from generators.inference.language_model.budget import Budget, estimate_tokens
from generators.inference.language_model.endpoint import Attempt, Endpoint
from generators.inference.language_model.schema import Schema, instruction, portable, read
from models.errors import ExternalError, Refused, RejectedOutput, TruncatedOutput, Unavailable
from models.records.completion import Completion, JsonAnswer, Outcome, Usage

LONGEST_WAIT_SECONDS = 30.0  # a server that asks for more is given up for the next one
Messages = list[dict[str, str]]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageModel:
    """Chat, streams and JSON from any OpenAI-compatible endpoint."""

    endpoints: tuple[Endpoint, ...]
    budget: Budget
    retries: int = 2
    slots: threading.Semaphore = field(default_factory=lambda: threading.BoundedSemaphore(4))
    sleep: Callable[[float], None] = time.sleep

    def name(self) -> str:
        """Return the name of the model that is asked first."""
        return self.endpoints[0].model_name()

    def write(
        self, prompt: str, *, purpose: str, system: str | None = None, max_tokens: int = 512
    ) -> Completion:
        """Return an answer in words, at temperature 0; it may be cut, see its `finish_reason`.

        Args:
            prompt: What is asked. Untrusted text in it belongs in delimited blocks.
            purpose: A short name that the usage is kept under, such as `summary`.
            system: Standing instructions, the same for many prompts.
            max_tokens: The answer's limit.

        Raises:
            Refused: The prompt is too long or the day's tokens are spent; nothing was sent.
            RejectedOutput: The answer is empty.
            ExternalError: No endpoint answered; the last one's reason.
        """
        completion = self._complete(_messages(system, prompt), None, purpose, max_tokens)
        if not completion.text.strip():
            raise RejectedOutput("empty answer")
        return completion

    def write_json(
        self,
        prompt: str,
        schema: Schema,
        *,
        purpose: str,
        system: str | None = None,
        max_tokens: int = 1024,
    ) -> JsonAnswer:
        """Return an answer that is valid under a JSON schema; an invalid one is repaired once.

        The schema is an object's; string lengths are sent as patterns (see `schema.portable`).

        Raises:
            TruncatedOutput: The answer was cut at `max_tokens`.
            RejectedOutput: The answer and its repair are not valid.
            Refused: As for `write`.
            ExternalError: As for `write`.
        """
        schema = portable(schema)
        messages = _messages(system, f"{prompt}\n\n{instruction(schema)}")
        completion = self._complete(messages, schema, purpose, max_tokens)
        try:
            return JsonAnswer(
                value=_value(completion, schema), completion=completion, repaired=False
            )
        except TruncatedOutput:
            raise
        except RejectedOutput as error:
            repair = f"{messages[-1]['content']}\n\nAn earlier answer was not usable: {error}."
        completion = self._complete(
            [*messages[:-1], {"role": "user", "content": repair}], schema, purpose, max_tokens
        )
        return JsonAnswer(value=_value(completion, schema), completion=completion, repaired=True)

    def stream(
        self, prompt: str, *, purpose: str, system: str | None = None, max_tokens: int = 512
    ) -> Iterator[str]:
        """Yield an answer in pieces as it is written.

        An endpoint that fails before its first piece is retried and replaced as in `write`; after
        it the failure is raised, since what was shown cannot be taken back.

        Raises:
            Unavailable: The stream was cut.
            TruncatedOutput: The answer was cut at `max_tokens`; all its pieces were yielded.
            Refused: As for `write`.
        """
        request = _Request(_messages(system, prompt), None, purpose, max_tokens)
        with (
            self.slots,
            self.budget.reserve(request.messages, max_tokens) as estimated,
        ):
            record, first, events = self._with_fallbacks(
                lambda endpoint: self._start(endpoint, request, estimated)
            )
            try:
                yield from record.pieces(first, events)
            finally:
                self.budget.record(record.usage())
        if record.finish_reason == "length":
            raise TruncatedOutput(f"the answer was cut at {max_tokens} tokens")

    def _start(
        self, endpoint: Endpoint, request: _Request, estimated: int
    ) -> tuple[_Written, list[Any], Iterator[Any]]:
        """Open a stream and wait for its first event, so that failures so far can be retried."""
        record = _Written(endpoint, request.purpose, estimated)
        with self._charged(endpoint, request, estimated) as attempt:
            events = endpoint.stream(request.body(endpoint), attempt)
            first = [event for event in (next(events, None),) if event is not None]
        return record, first, events

    def _complete(
        self, messages: Messages, schema: Schema | None, purpose: str, max_tokens: int
    ) -> Completion:
        request = _Request(messages, schema, purpose, max_tokens)
        with self.slots:
            return self._with_fallbacks(lambda endpoint: self._ask(endpoint, request))

    def _ask(self, endpoint: Endpoint, request: _Request) -> Completion:
        """Ask one endpoint once and record what it cost.

        Each try is admitted anew, since the one before may have spent what was left.
        """
        began = time.monotonic()
        with self.budget.reserve(request.messages, request.max_tokens) as estimated:
            with self._charged(endpoint, request, estimated) as attempt:
                reply = endpoint.complete(request.body(endpoint), request.schema, attempt)
                text, reason = replies.first_choice(reply, endpoint.target)
            prompt_tokens, answer_tokens = replies.usage_of(reply)
            completion = Completion(
                text=text,
                model=endpoint.model_name(),
                endpoint=endpoint.target,
                purpose=request.purpose,
                prompt_tokens=estimated if prompt_tokens is None else prompt_tokens,
                completion_tokens=estimate_tokens(text) if answer_tokens is None else answer_tokens,
                finish_reason=reason,
                seconds=time.monotonic() - began,
            )
            self.budget.record(_usage(completion))
        return completion

    @contextmanager
    def _charged(self, endpoint: Endpoint, request: _Request, estimated: int) -> Iterator[Attempt]:
        """Record a request that failed after it was sent: nobody says what it cost.

        The server may have written up to the limit before the answer was lost, so that much counts.
        """
        attempt, began = Attempt(), time.monotonic()
        try:
            yield attempt
        except (ExternalError, Refused):
            if attempt.charged:
                usage = Usage(
                    endpoint=endpoint.target,
                    model=endpoint.model_name(),
                    purpose=request.purpose,
                    prompt_tokens=estimated,
                    completion_tokens=request.max_tokens,
                    seconds=time.monotonic() - began,
                    outcome=Outcome.FAILED,
                )
                self.budget.record(usage)
            raise

    def _with_fallbacks(self, ask: Callable[[Endpoint], Result]) -> Result:
        """Ask each endpoint in turn, each with its retries; raise the last one's error."""
        last: Exception | None = None
        for endpoint in self.endpoints:
            try:
                return self._retrying(endpoint)(ask, endpoint)
            except (ExternalError, Refused) as error:
                last = error
        raise last or Refused("no endpoint is configured")

    def _retrying(self, endpoint: Endpoint) -> tenacity.Retrying:
        return tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.retries + 1),
            wait=_wait,
            retry=tenacity.retry_if_exception(
                lambda error: _worth_another_try(error) and endpoint.breaker.opened_at is None
            ),
            sleep=self.sleep,
            reraise=True,
        )


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked of whichever endpoint answers."""

    messages: Messages
    schema: Schema | None
    purpose: str
    max_tokens: int

    def body(self, endpoint: Endpoint) -> dict[str, Any]:
        """Return the request that an endpoint is sent, before its dialect."""
        return {
            "model": endpoint.model_name(),
            "messages": self.messages,
            "max_tokens": self.max_tokens,
            "temperature": 0,
        }


@dataclass(slots=True)
class _Written:
    """What a stream has written so far."""

    endpoint: Endpoint
    purpose: str
    prompt_tokens: int
    began: float = field(default_factory=time.monotonic)
    text: list[str] = field(default_factory=list)
    counted: tuple[int | None, int | None] = (None, None)
    finish_reason: str | None = None

    def pieces(self, first: list[Any], events: Iterator[Any]) -> Iterator[str]:
        """Yield the texts of the events."""
        for event in first:
            yield from self._piece(event)
        for event in events:
            yield from self._piece(event)

    def _piece(self, event: Any) -> Iterator[str]:
        if (usage := replies.usage_of(event)) != (None, None):
            self.counted = usage
        for choice in event.get("choices") or []:
            self.finish_reason = choice.get("finish_reason") or self.finish_reason
            if piece := replies.text_of((choice.get("delta") or {}).get("content")):
                self.text.append(piece)
                yield piece

    def usage(self) -> Usage:
        """Return what it cost, counted by the server or estimated."""
        prompt, answer = self.counted
        outcomes = {"stop": Outcome.OK, "length": Outcome.TRUNCATED}
        return Usage(
            endpoint=self.endpoint.target,
            model=self.endpoint.model_name(),
            purpose=self.purpose,
            prompt_tokens=self.prompt_tokens if prompt is None else prompt,
            completion_tokens=estimate_tokens("".join(self.text)) if answer is None else answer,
            seconds=time.monotonic() - self.began,
            outcome=outcomes.get(self.finish_reason or "", Outcome.FAILED),
        )


def _messages(system: str | None, prompt: str) -> Messages:
    standing = [{"role": "system", "content": system}] if system else []
    return [*standing, {"role": "user", "content": prompt}]


def _value(completion: Completion, schema: Schema) -> Any:
    if completion.finish_reason == "length":
        raise TruncatedOutput(f"the answer was cut at {completion.completion_tokens} tokens")
    if completion.finish_reason != "stop":
        raise RejectedOutput(f"the answer ended with {completion.finish_reason!r}, not with stop")
    return read(completion.text, schema)


def _usage(completion: Completion) -> Usage:
    outcomes = {"stop": Outcome.OK, "length": Outcome.TRUNCATED}
    return Usage(
        endpoint=completion.endpoint,
        model=completion.model,
        purpose=completion.purpose,
        prompt_tokens=completion.prompt_tokens,
        completion_tokens=completion.completion_tokens,
        seconds=completion.seconds,
        outcome=outcomes.get(completion.finish_reason or "", Outcome.REJECTED),
    )


def _worth_another_try(error: BaseException) -> bool:
    if not isinstance(error, Unavailable):
        return False
    return (error.retry_after_seconds or 0.0) <= LONGEST_WAIT_SECONDS


_BACKOFF = tenacity.wait_random_exponential(multiplier=0.5, max=8)


def _wait(state: tenacity.RetryCallState) -> float:
    """Return the server's suggested wait, or a growing random one."""
    error = state.outcome.exception() if state.outcome else None
    suggested = error.retry_after_seconds if isinstance(error, Unavailable) else None
    return _BACKOFF(state) if suggested is None else suggested

"""What a language model answered, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """How one request to a language model ended."""

    OK = "ok"
    TRUNCATED = "truncated"  # the answer was cut at its token limit
    REJECTED = "rejected"  # it answered, and we may not use the answer
    FAILED = "failed"  # it did not answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One answer; `finish_reason` is the server's word: `stop`, `length` or another."""

    text: str
    model: str
    endpoint: str
    purpose: str
    prompt_tokens: int
    completion_tokens: int
    finish_reason: str | None
    seconds: float
    first_token_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one request cost and how it ended; the text itself is not kept."""

    endpoint: str
    model: str
    purpose: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonAnswer:
    """A value that is valid under the schema that was asked for."""

    value: Any
    completion: Completion
    repaired: bool

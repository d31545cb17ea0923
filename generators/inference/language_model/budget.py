"""Tokens: how long a prompt is before it is sent, and what may still be spent today."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from models.errors import Refused
from models.records.completion import Usage

_PIECES = re.compile(r"[A-Za-z]+|[0-9]|[^\x00-\x7f]|\n|[^\sA-Za-z0-9]")
_MESSAGE_TOKENS = 8  # role and separators of one chat message, generously


class Ledger(Protocol):
    """Where usage is kept; the store has one, so that all processes share a day's budget."""

    def spent_today(self) -> int:
        """Return the tokens of prompts and answers since midnight UTC."""
        ...

    def record(self, usage: Usage) -> None:
        """Keep what one request cost."""
        ...


def estimate_tokens(text: str) -> int:
    """Estimate tokens from above, whatever the model's tokenizer.

    A word counts one token for each four letters begun (English under byte-pair encodings averages
    1.3 tokens a word, this gives 1.6); digits and punctuation one each; other scripts two a
    character, as in byte fallback.
    """
    total = 0
    for piece in _PIECES.findall(text):
        total += 2 if piece > "\x7f" else math.ceil(len(piece) / 4)
    return total


@dataclass(slots=True)
class Budget:
    """Limits of one prompt and of one day; 0 tokens a day is without limit.

    What requests under way may still cost is held back, so that threads of one process do not
    exceed the day's tokens together; another process is seen once it has recorded.
    """

    prompt_tokens: int
    daily_tokens: int
    ledger: Ledger | None = None
    _reserved: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def reserve(self, messages: list[dict[str, str]], answer_tokens: int) -> Iterator[int]:
        """Admit a request and hold its tokens back until it is recorded; yield the prompt's.

        Raises:
            Refused: The prompt is too long, or it would exceed what is left of today.
        """
        estimated = sum(estimate_tokens(m["content"]) + _MESSAGE_TOKENS for m in messages)
        if estimated > self.prompt_tokens:
            raise Refused(
                f"the prompt has about {estimated} tokens and NIGHTSHIFT_LLM_PROMPT_TOKENS allows "
                f"{self.prompt_tokens}; it was not sent"
            )
        self._hold(estimated + answer_tokens)
        try:
            yield estimated
        finally:
            with self._lock:
                self._reserved -= estimated + answer_tokens

    def record(self, usage: Usage) -> None:
        """Keep what one request cost, where there is a ledger."""
        if self.ledger is not None:
            self.ledger.record(usage)

    def _hold(self, tokens: int) -> None:
        with self._lock:
            if self.ledger is not None and self.daily_tokens:
                left = self.daily_tokens - self.ledger.spent_today() - self._reserved
                if tokens > left:
                    raise Refused(
                        f"the language model's tokens of today are spent ({max(left, 0)} left of "
                        f"{self.daily_tokens}); raise NIGHTSHIFT_LLM_DAILY_TOKENS or wait for "
                        "midnight"
                    )
            self._reserved += tokens

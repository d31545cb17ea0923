"""A circuit breaker: an endpoint that keeps failing is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from models.errors import Unavailable


@dataclass(slots=True)
class Breaker:
    """Opens after `limit` failures in a row; after `rest_seconds` lets one request try.

    That request closes it when it succeeds, and opens it again when it fails.
    """

    target: str
    limit: int = 5
    rest_seconds: float = 30.0
    clock: Callable[[], float] = time.monotonic
    failures: int = 0
    opened_at: float | None = None
    system: str = "language model"
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self) -> None:
        """Let a request pass.

        Raises:
            Unavailable: It is open; the wait until its next try is suggested.
        """
        with self._lock:
            if self.opened_at is None:
                return
            left = self.opened_at + self.rest_seconds - self.clock()
            if left > 0:
                raise Unavailable(
                    self.system,
                    self.target,
                    f"left alone for {left:.0f} s after {self.failures} failures in a row",
                    retry_after_seconds=left,
                )
            # The next one waits again, so that only this request tries.
            self.opened_at = self.clock()

    def succeed(self) -> None:
        """Close."""
        with self._lock:
            self.failures, self.opened_at = 0, None

    def fail(self) -> None:
        """Count a failure and open at the limit."""
        with self._lock:
            self.failures += 1
            if self.failures >= self.limit:
                self.opened_at = self.clock()

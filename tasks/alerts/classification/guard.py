"""Calls into code that may hang or fail, with a deadline and a breaker."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from typing import TypeVar

from generators.inference.language_model.breaker import Breaker
from models.errors import NightshiftError, Unavailable

Result = TypeVar("Result")


@dataclass(slots=True)
class Guard:
    """Lets one call at a time run in a thread of its own.

    A thread cannot be stopped: one that hangs is left behind, and until it ends every further call
    fails at once. After `breaker.limit` failures in a row none is made for a while.
    """

    name: str
    breaker: Breaker = field(default_factory=lambda: Breaker("this machine", system="embedder"))
    _running: threading.Lock = field(default_factory=threading.Lock)
    _hanging: bool = False

    def call(self, function: Callable[[], Result], seconds: float) -> Result:
        """Return what the function returns.

        Raises:
            Unavailable: It took too long, raised something that is no error of ours, or is left
                alone after failing.
            NightshiftError: What it raised itself.
        """
        self.breaker.enter()
        try:
            result = self._run(function, seconds)
        except NightshiftError:
            self.breaker.fail()
            raise
        self.breaker.succeed()
        return result

    def _run(self, function: Callable[[], Result], seconds: float) -> Result:
        if not self._running.acquire(timeout=0 if self._hanging else seconds):
            raise self._unavailable("an earlier call has not come back")
        future: Future[Result] = Future()
        threading.Thread(target=self._settle, args=(function, future), daemon=True).start()
        try:
            error = future.exception(timeout=seconds)
        except FutureTimeout as late:
            self._hanging = not future.done()
            raise self._unavailable(f"no answer within {seconds:g} s") from late
        if error is None:
            return future.result()
        if isinstance(error, NightshiftError):
            raise error
        raise self._unavailable(f"{type(error).__name__}: {str(error)[:200]}") from error

    def _settle(self, function: Callable[[], Result], future: Future[Result]) -> None:
        try:
            future.set_result(function())
        except BaseException as error:  # noqa: BLE001  whatever it is, it is told to who waits
            future.set_exception(error)
        finally:
            self._hanging = False
            self._running.release()

    def _unavailable(self, reason: str) -> Unavailable:
        return Unavailable(self.name, self.breaker.target, reason)

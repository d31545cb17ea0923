"""Scripted trouble: delays, and what happens to the next calls instead of an answer."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from deployments.practice.vcenter import faulted, soap_write
from deployments.practice.vcenter.vcenter import Reply

KINDS = ("fault", "http", "cut", "malformed", "hang")
HANG_SECONDS = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """What happens to one call.

    `kind` is fault (one of `faulted.BY_NAME`), http (a bare status), cut (the connection ends in
    the middle of the body), malformed (half the XML as if it were whole) or hang.
    """

    kind: str
    method: str | None = None
    fault: str = "SystemError"
    status: int = 503
    seconds: float = HANG_SECONDS

    def reply(self) -> Reply | None:
        """Return the answer to send instead, none where the real one is to be broken."""
        if self.kind == "fault":
            error: faulted.Faulted = faulted.BY_NAME[self.fault]()
            return Reply(status=500, body=soap_write.fault(error.fault, error.message))
        if self.kind == "http":
            return Reply(status=self.status, body=b"", headers=(("Retry-After", "1"),))
        return None


class Disturbances:
    """The queue of disturbances and the delays; safe from many threads."""

    def __init__(self) -> None:
        self._queue: deque[Disturbance] = deque()
        self._delays: dict[str | None, float] = {}
        self._lock = threading.Lock()
        self._released = threading.Event()

    def add(self, disturbance: Disturbance, times: int = 1, after: int = 0) -> None:
        """Disturb that many calls, after letting `after` matching ones pass."""
        passing = Disturbance(kind="pass", method=disturbance.method)
        with self._lock:
            self._queue.extend([passing] * after + [disturbance] * times)

    def set_delay(self, seconds: float, method: str | None = None) -> None:
        """Delay every call, or every call of a method."""
        with self._lock:
            self._delays[method] = seconds

    def delay(self, method: str) -> float:
        """Return how long to wait before answering a method."""
        with self._lock:
            return self._delays.get(method, self._delays.get(None, 0.0))

    def next(self, method: str) -> Disturbance | None:
        """Take the disturbance that is due for a method, if any."""
        with self._lock:
            for due in self._queue:
                if due.method in {None, method}:
                    self._queue.remove(due)
                    return None if due.kind == "pass" else due
        return None

    def hang(self, seconds: float) -> None:
        """Say nothing for that long, or until released."""
        self._released.wait(seconds)

    def release(self) -> None:
        """Let all hanging calls go."""
        self._released.set()

    def clear(self) -> None:
        """Forget all that is queued, end delays and release what hangs."""
        with self._lock:
            self._queue.clear()
            self._delays.clear()
        self._released.set()
        self._released = threading.Event()

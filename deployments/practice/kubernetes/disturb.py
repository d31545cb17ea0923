"""Scripted trouble of the practice API server, by resource: what happens instead of an answer."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

HANG_SECONDS = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """What happens to one request.

    `kind` is fail (an error of a status), drop (the connection ends in the middle of the answer),
    hang (silence), garble (half the JSON as if it were whole) or expire (its continue token). No
    resource is any request, discovery included; a subresource is written as pods/eviction.
    """

    kind: str
    resource: str | None = None
    cluster: str | None = None
    status: int = 503
    retry_after: int | None = None
    seconds: float = HANG_SECONDS
    page: bool = False  # only the second and later pages of a list

    def meets(self, cluster: str, names: set[str], *, continued: bool) -> bool:
        """Return whether a request is one that this happens to."""
        return (
            self.cluster in {None, cluster}
            and (self.resource is None or self.resource in names)
            and (continued or not self.page)
        )


class Disturbances:
    """The queue of disturbances and the delay; safe from many threads."""

    def __init__(self) -> None:
        self._queue: deque[Disturbance] = deque()
        self._lock = threading.Lock()
        self._released = threading.Event()
        self.delay_seconds = 0.0

    def add(self, disturbance: Disturbance, times: int = 1) -> None:
        """Disturb that many requests."""
        with self._lock:
            self._queue.extend([disturbance] * times)

    def next(self, cluster: str, names: set[str], *, continued: bool) -> Disturbance | None:
        """Take the disturbance that is due for a request, if any."""
        with self._lock:
            for due in self._queue:
                if due.meets(cluster, names, continued=continued):
                    self._queue.remove(due)
                    return due
        return None

    def hang(self, seconds: float) -> None:
        """Say nothing for that long, or until released."""
        self._released.wait(seconds)

    def clear(self) -> None:
        """Forget all that is queued, end the delay and release what hangs."""
        with self._lock:
            self._queue.clear()
            self.delay_seconds = 0.0
        self._released.set()
        self._released = threading.Event()

"""Many devices at once, each with its own deadline, none of which can delay another.

Each device is read in a thread of its own. A supervisor starts them, so many at a time, and when
the time of one is over it closes its socket and goes on without it, whether the thread comes back
or not. The threads are daemons: one that hangs does not hold the process either. Answers are large:
where whoever takes them is slower than the devices, no more are started until some were taken.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from collectors.network.answers import Transcript
from collectors.network.devices import Target
from models.errors import NightshiftError, Unavailable, UnexpectedReply

# What a thread may still need to say why it ended, after its socket was closed.
_GRACE_SECONDS = 0.5
# How many devices, in times of `at_once`, may run or wait to be taken.
_HELD = 2


class Handle:
    """How a device's reading is ended from outside: its socket is closed."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.aborted = ""
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def attach(self, sock: socket.socket) -> None:
        """Take charge of a socket; it is closed at once where the time is over already."""
        with self._lock:
            self._socket = sock
            if self.aborted:
                _close(sock)

    def abort(self, reason: str) -> None:
        """Close the socket, now or as soon as there is one; whoever reads from it wakes up."""
        with self._lock:
            self.aborted = self.aborted or reason
            if self._socket:
                _close(self._socket)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a device: its answers, or why there are none."""

    target: Target
    transcript: Transcript | None = None
    error: NightshiftError | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Run:
    target: Target
    handle: Handle


class _Signal(Enum):
    TAKEN = "an outcome was taken"
    END = "nobody takes any more"


Read = Callable[[Target, Handle], Transcript]


class Fleet:
    """Reads devices and yields what became of each, in the order in which they finish."""

    def __init__(
        self, targets: Sequence[Target], read: Read, *, at_once: int, timeout_seconds: float
    ) -> None:
        self._waiting = deque(targets)
        self._read = read
        self._at_once = at_once
        self._timeout_seconds = timeout_seconds
        self._running: set[_Run] = set()
        self._events: queue.SimpleQueue[tuple[_Run, Outcome] | _Signal] = queue.SimpleQueue()
        self._outcomes: queue.SimpleQueue[Outcome | None] = queue.SimpleQueue()

    def outcomes(self) -> Generator[Outcome, None, None]:
        """Yield one outcome for each device; closing it early ends all that still runs."""
        threading.Thread(target=self._supervise, name="network-fleet", daemon=True).start()
        try:
            while (outcome := self._outcomes.get()) is not None:
                self._events.put(_Signal.TAKEN)
                yield outcome
        finally:
            self._events.put(_Signal.END)

    def _supervise(self) -> None:
        while self._waiting or self._running:
            while self._waiting and self._has_room():
                self._start(self._waiting.popleft())
            try:
                event = self._events.get(timeout=self._next_deadline())
            except queue.Empty:
                self._end_overdue()
                continue
            if event is _Signal.END:
                self._end_all()
                return
            if isinstance(event, tuple):
                self._finish(*event)
            self._end_overdue()
        self._outcomes.put(None)

    def _has_room(self) -> bool:
        running = len(self._running)
        held = running + self._outcomes.qsize()
        return running < self._at_once and held < _HELD * self._at_once

    def _start(self, target: Target) -> None:
        run = _Run(target=target, handle=Handle(time.monotonic() + self._timeout_seconds))
        self._running.add(run)
        name = f"network-{target.name}"
        threading.Thread(target=self._run, args=(run,), name=name, daemon=True).start()

    def _run(self, run: _Run) -> None:
        # A bug of ours reaches the thread's own hook, and the device counts as not read.
        outcome = Outcome(
            target=run.target,
            error=UnexpectedReply("network device", run.target.name, "it could not be read"),
        )
        try:
            outcome = Outcome(target=run.target, transcript=self._read(run.target, run.handle))
        except NightshiftError as error:
            outcome = Outcome(target=run.target, error=error)
        finally:
            self._events.put((run, outcome))

    def _finish(self, run: _Run, outcome: Outcome) -> None:
        # One that was given up has been reported; what it says later is nobody's business.
        if run in self._running:
            self._running.discard(run)
            self._outcomes.put(outcome)

    def _next_deadline(self) -> float | None:
        if not self._running:
            return None
        times = [run.handle.deadline + _grace(run.handle) for run in self._running]
        return max(0.0, min(times) - time.monotonic())

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for run in [run for run in self._running if run.handle.deadline <= now]:
            reason = f"it was not read within {self._timeout_seconds:g} s"
            run.handle.abort(reason)
            if run.handle.deadline + _GRACE_SECONDS <= now:
                error = Unavailable("network device", run.target.name, reason)
                self._finish(run, Outcome(target=run.target, error=error))

    def _end_all(self) -> None:
        self._waiting.clear()
        for run in self._running:
            run.handle.abort("the collection was ended")


def _grace(handle: Handle) -> float:
    """Return how long after its deadline a device is looked at next."""
    return _GRACE_SECONDS if handle.aborted else 0.0


def _close(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        sock.close()

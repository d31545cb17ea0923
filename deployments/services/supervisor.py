"""Starts the services, restarts those that die, and stops all of them by process id."""

from __future__ import annotations

import contextlib
import logging
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from deployments.services import logs, processes, state
from deployments.services.home import log_path
from deployments.services.state import Installation, ServiceState, ServiceStatus
from models.errors import NightshiftError, Unavailable
from models.processes import is_running, start_time

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 0.2
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 10.0
_DEATHS_ALLOWED = 5
_DEATHS_WINDOW_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A program to keep running. `ready` is asked until it first says yes."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    port: int | None = None
    ready: Callable[[], bool] = lambda: True
    grace_seconds: float = 10.0
    once: bool = False  # does its work and ends; it counts as running when it ended well


@dataclass(slots=True)
class _Child:
    """A service and the process that runs it now."""

    service: Service
    process: subprocess.Popen[bytes] | None = None
    started: str | None = None
    state: ServiceState = ServiceState.STARTING
    deaths: deque[float] = field(default_factory=deque)
    next_start_at: float = 0.0
    restarts: int = 0
    message: str | None = None
    asked: bool = False  # to end

    @property
    def done(self) -> bool:
        return self.service.once and self.state is ServiceState.RUNNING

    @property
    def status(self) -> ServiceStatus:
        running = self.process is not None and self.process.returncode is None
        return ServiceStatus(
            name=self.service.name,
            state=self.state,
            pid=self.process.pid if self.process and running else None,
            started=self.started if running else None,
            port=self.service.port,
            restarts=self.restarts,
            message=self.message,
        )

    def launch(self) -> None:
        self.process = processes.launch(
            self.service.arguments, self.service.environment, log_path(self.service.name)
        )
        self.started = start_time(self.process.pid)
        self.state = ServiceState.RESTARTING if self.restarts else ServiceState.STARTING

    def look(self, now: float) -> None:
        """Take one step: notice a death, start again when it is time, notice readiness."""
        if self.process is None:
            if self.state is not ServiceState.FAILED and now >= self.next_start_at:
                self.launch()
        elif (status := self.process.poll()) is not None:
            self._ended(status, now)
        elif self.state is not ServiceState.RUNNING and not self.service.once:
            # A server that it depends on may be away for a moment; that is not readiness.
            with contextlib.suppress(NightshiftError):
                if self.service.ready():
                    self._became_ready()

    def _became_ready(self) -> None:
        if self.state is ServiceState.RESTARTING:
            logger.warning("%s was started again", self.service.name)
        self.state = ServiceState.RUNNING

    def _ended(self, status: int, now: float) -> None:
        if self.process is None or self.state is ServiceState.FAILED:
            return
        if self.service.once and status == 0:
            self.state = ServiceState.RUNNING
            return
        # What a dead worker had started must not go on beside its successor.
        processes.end_group(self.process.pid, self.started or "")
        self.process = None
        self._count_death(status, now)

    def _count_death(self, status: int, now: float) -> None:
        self.deaths.append(now)
        while self.deaths and self.deaths[0] < now - _DEATHS_WINDOW_SECONDS:
            self.deaths.popleft()
        log = log_path(self.service.name)
        self.message = f"ended with status {status}; see {log}"
        logger.warning("%s ended with status %s", self.service.name, status)
        if len(self.deaths) >= _DEATHS_ALLOWED:
            self.state = ServiceState.FAILED
            self.message = f"ended {len(self.deaths)} times within a minute; see {log}"
            return
        self.state = ServiceState.RESTARTING
        self.restarts += 1
        pause = _FIRST_PAUSE_SECONDS * 2 ** (len(self.deaths) - 1)
        self.next_start_at = now + min(pause, _LONGEST_PAUSE_SECONDS)

    def ask_to_end(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.asked = True

    def stop(self) -> None:
        if self.process is not None and self.started is not None:
            grace = self.service.grace_seconds
            processes.stop(self.process.pid, self.started, grace, asked=self.asked)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(_LONGEST_PAUSE_SECONDS)
        self.state = ServiceState.STOPPED


class Supervisor:
    """Keeps services running from `start` to `stop`, and the state file true."""

    def __init__(self, installation: Installation, services: Sequence[Service]) -> None:
        self._installation = installation
        self._children = [_Child(service) for service in services]
        self._written: tuple[ServiceStatus, ...] | None = None
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._keep_running, name="supervisor", daemon=True)

    @property
    def installation(self) -> Installation:
        """What runs now, as the state file has it."""
        # What has done its work and ended is no service any more.
        services = tuple(child.status for child in self._children if not child.done)
        return msgspec.structs.replace(self._installation, services=services)

    def start(self) -> None:
        """Start every service at once; those that need another wait for it themselves."""
        for child in self._children:
            child.launch()
        self._record()
        self._watch.start()

    def wait_for(
        self,
        names: Sequence[str],
        timeout_seconds: float,
        on_wait: Callable[[], None] | None = None,
    ) -> None:
        """Wait until the named services are ready.

        Raises:
            Unavailable: One of them failed for good, or time is up.
        """
        deadline = time.monotonic() + timeout_seconds
        while waiting := [c for c in self._named(names) if c.state is not ServiceState.RUNNING]:
            for child in waiting:
                if child.state is ServiceState.FAILED:
                    raise Unavailable(child.service.name, "loopback", child.message or "failed")
            if time.monotonic() > deadline:
                missing = ", ".join(child.service.name for child in waiting)
                log = log_path(waiting[0].service.name)
                reason = f"not ready after {timeout_seconds:.0f} s; see {log}"
                raise Unavailable(missing, "loopback", reason)
            if on_wait:
                on_wait()
            time.sleep(_LOOK_SECONDS / 2)

    def stop(self) -> None:
        """Stop every service, those that depend on others first, and forget the state file."""
        self._stopping.set()
        if self._watch.is_alive():
            self._watch.join()
        # All but the first, the server, at once; it stays until those that report to it have ended.
        for child in self._children[1:]:
            child.ask_to_end()
        for child in reversed(self._children):
            child.stop()
        state.forget_installation()

    def _named(self, names: Sequence[str]) -> list[_Child]:
        return [child for child in self._children if child.service.name in names]

    def _keep_running(self) -> None:
        while not self._stopping.wait(_LOOK_SECONDS):
            now = time.monotonic()
            for child in self._children:
                child.look(now)
                logs.shorten(log_path(child.service.name))
            self._record()

    def _record(self) -> None:
        found = self.installation
        if found.services != self._written:
            state.write_installation(found)
            self._written = found.services


@contextlib.contextmanager
def running(installation: Installation, services: Sequence[Service]) -> Iterator[Supervisor]:
    """Run services for the length of the block, after ending what a killed supervisor left behind.

    Raises:
        Busy: Another process runs services in this data folder.
    """
    with state.supervising():
        end_leftovers()
        supervisor = Supervisor(installation, services)
        try:
            supervisor.start()
            yield supervisor
        finally:
            with uninterrupted():
                supervisor.stop()


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Ignore requests to end; a second Ctrl-C would leave the services behind."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end_leftovers(grace_seconds: float = 5.0) -> list[str]:
    """End services whose supervisor is gone, and return their names."""
    found = state.read_installation()
    if found is None or found.alive:
        return []
    ended = []
    for service in reversed(found.services):
        if service.pid and service.started and is_running(service.pid, service.started):
            processes.stop(service.pid, service.started, grace_seconds)
            ended.append(service.name)
    state.forget_installation()
    return ended

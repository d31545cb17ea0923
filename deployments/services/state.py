"""Which services run in this data folder: one JSON file, written by the supervisor alone.

Whoever supervises holds a file lock, so a file left by a supervisor that was killed is recognised.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

import msgspec

from models.errors import Busy, ConfigurationError
from models.processes import is_running
from models.settings import settings


class ServiceState(StrEnum):
    """How a service fares."""

    STARTING = "starting"
    RUNNING = "running"
    RESTARTING = "restarting"
    FAILED = "failed"
    STOPPED = "stopped"


class Mode(StrEnum):
    """Why services run: for good, for a demo, or for the length of one command."""

    UP = "up"
    DEMO = "demo"
    COMMAND = "command"


class ServiceStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `nightshift status`; `started` tells its process from another of the same id."""

    name: str
    state: ServiceState
    pid: int | None = None
    started: str | None = None
    port: int | None = None
    restarts: int = 0
    message: str | None = None


class Installation(msgspec.Struct, frozen=True, kw_only=True):
    """What runs in a data folder."""

    mode: Mode
    supervisor_pid: int
    supervisor_started: str
    api_url: str
    ui_url: str
    gateway_url: str | None = None
    practice_url: str | None = None
    services: tuple[ServiceStatus, ...] = ()

    @property
    def alive(self) -> bool:
        """Whether its supervisor still runs."""
        return is_running(self.supervisor_pid, self.supervisor_started)

    def service(self, name: str) -> ServiceStatus | None:
        """Return one service's line, or None where it is not part of this installation."""
        return next((service for service in self.services if service.name == name), None)


def read_installation() -> Installation | None:
    """Return what the state file says, though its supervisor be gone; None where there is none."""
    try:
        return msgspec.json.decode(_path().read_bytes(), type=Installation)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigurationError(f"{_path()} cannot be read: {error}; remove it") from error


def running_installation() -> Installation | None:
    """Return what runs here under a living supervisor, or None."""
    found = read_installation()
    return found if found and found.alive else None


def write_installation(installation: Installation) -> None:
    """Replace the state file in one step, so that no reader sees half of it."""
    path = _path()
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(installation)))
    draft.replace(path)


def forget_installation() -> None:
    """Remove the state file."""
    _path().unlink(missing_ok=True)


@contextmanager
def supervising() -> Iterator[None]:
    """Hold the right to run services in this data folder.

    Raises:
        Busy: Another process holds it; the message names it and says what to do.
    """
    with (settings().home / "services.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(_who_supervises()) from None
        yield


def _who_supervises() -> str:
    found = read_installation()
    process = f" (process {found.supervisor_pid})" if found else ""
    return (
        f"services already run in {settings().home}{process}; "
        "see `nightshift status`, stop them with `nightshift down`"
    )


def _path() -> Path:
    return settings().home / "services.json"

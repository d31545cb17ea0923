"""Starting a service as a process group of its own, and ending the whole of it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from deployments.services.logs import open_log
from models.processes import is_running, start_time

_KILL_SECONDS = 5.0


def launch(
    arguments: Sequence[str], environment: Mapping[str, str], log: Path
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that a Ctrl-C in the terminal is not sent to it.

    Its output is appended to `log`, which only its owner can read.
    """
    with open_log(log) as output:
        return subprocess.Popen(
            list(arguments),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def stop(pid: int, started: str, grace_seconds: float, *, asked: bool = False) -> None:
    """Ask a process to end, and end its whole group if it has not within the grace.

    Args:
        pid: Its id.
        started: When it started, as `models.processes.start_time` has it.
        grace_seconds: How long it may take.
        asked: It was asked already; Prefect's worker takes a second time for an order to die.
    """
    if not asked and is_running(pid, started):
        _signal(pid, signal.SIGTERM)
    _await_end(pid, started, grace_seconds)
    end_group(pid, started)


def end_group(pid: int, started: str) -> None:
    """Kill what is left of the group that a launched process leads."""
    try:
        # The group outlives its leader, whose id is not given out again while a member lives.
        if is_running(pid, started) or start_time(pid) is None:
            os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
    _await_end(pid, started, _KILL_SECONDS)


def restore_interrupt() -> None:
    """Undo the ignored SIGINT that a non-interactive shell gives to what it starts with `&`.

    Programs inherit it through exec. Prefect's worker turns its first SIGTERM into SIGINT, and
    would never stop.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _await_end(pid: int, started: str, timeout_seconds: float) -> None:
    deadline = time.monotonic() + timeout_seconds
    while is_running(pid, started) and time.monotonic() < deadline:
        time.sleep(0.02)
    _reap(pid)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return

"""Processes by id and start time, so that an id that was given to another program is told apart."""

from __future__ import annotations

import subprocess
from pathlib import Path

_STATE_FIELD = 0  # of /proc/PID/stat, counted after the name, which may hold blanks: proc(5)
_START_FIELD = 19


def start_time(pid: int) -> str | None:
    """Return what tells this process from another of the same id; None if it is gone.

    Clock ticks since boot on Linux, the start date elsewhere. A zombie counts as gone.
    """
    if not Path("/proc/self").exists():
        return _start_date(pid)
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[_STATE_FIELD] in "ZX" else fields[_START_FIELD]


def is_running(pid: int, started: str) -> bool:
    """Tell whether the process of this id is the one that started then."""
    return start_time(pid) == started


def _start_date(pid: int) -> str | None:
    answer = subprocess.run(
        ["ps", "-o", "lstart=,stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    date, _, state = answer.stdout.strip().rpartition(" ")
    return None if not date or state.startswith("Z") else date.strip()

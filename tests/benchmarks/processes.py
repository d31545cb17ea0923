"""What processes use, as Linux tells it in /proc."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """Return a process and all that descend from it."""
    children = defaultdict(list)
    for one in _pids():
        children[int(_stat(one)[1])].append(one)
    found, rest = [], [pid]
    while rest:
        found.append(rest.pop())
        rest += children[found[-1]]
    return found


def cpu_of(pids: list[int]) -> float:
    """Return the seconds that processes, and their children that ended, have used."""
    return sum(sum(map(int, _stat(pid)[11:15])) for pid in pids) / _TICK


def rss_mib(pid: int) -> float:
    """Return how much memory a process has resident."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _stat(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ["Z", "0", *["0"] * 20]
    return text.rpartition(")")[2].split()

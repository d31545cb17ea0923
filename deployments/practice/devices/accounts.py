"""Who may log in, what was asked of which device, and what disturbs them."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from dataclasses import dataclass

WHERE_HANGS = ("connect", "login", "command")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A login; one that may not write has every configuration command refused."""

    username: str
    password: str
    may_write: bool


class Ledger:
    """Every command by device, and how many of them could have changed something."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self.commands: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.mutating: Counter[str] = Counter()
        self.logins: Counter[str] = Counter()
        self.refused_logins = 0

    def note(self, device: str, command: str, *, mutating: bool) -> None:
        """Count a command; one that is not known to be harmless counts as mutating."""
        with self._guard:
            self.commands[device][command] += 1
            if mutating:
                self.mutating[device] += 1

    def note_login(self, device: str, *, accepted: bool) -> None:
        """Count a login, or a refused one."""
        with self._guard:
            if accepted:
                self.logins[device] += 1
            else:
                self.refused_logins += 1

    def reset(self) -> None:
        """Start counting from zero."""
        with self._guard:
            self.commands.clear()
            self.mutating.clear()
            self.logins.clear()
            self.refused_logins = 0


class Troubles:
    """What goes wrong on purpose; `calm` ends it and lets go of whoever hangs."""

    def __init__(self) -> None:
        self.delay_seconds = 0.0
        self.hanging: dict[str, str] = {}
        self.garbled: set[str] = set()
        self.wrong_password: set[str] = set()
        self.unprivileged: set[str] = set()
        self._released = threading.Event()

    def pause(self, seconds: float) -> None:
        """Wait that long, or until all is calm."""
        self._released.wait(seconds)

    def calm(self) -> None:
        """End all troubles."""
        self.delay_seconds = 0.0
        self.hanging.clear()
        self.garbled.clear()
        self.wrong_password.clear()
        self.unprivileged.clear()
        released, self._released = self._released, threading.Event()
        released.set()

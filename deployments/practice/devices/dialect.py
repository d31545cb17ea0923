"""How a device talks: prompts, modes, refusals; one class a family, one instance a platform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from deployments.practice.devices.accounts import Account
from deployments.practice.devices.model import Device
from deployments.practice.devices.view import Show


@dataclass(slots=True, kw_only=True)
class Session:
    """One login to a device: who, and in which mode; `asked_for` is a password it waits for."""

    device: Device
    account: Account
    privileged: bool
    contexts: list[str] = field(default_factory=list)
    candidate: Device | None = None
    asked_for: str | None = None
    over: bool = False


class Dialect(Protocol):
    """What the shell needs to know of a platform."""

    @property
    def shows(self) -> dict[str, Show]:
        """The commands that show something."""
        ...

    @property
    def unknown(self) -> str:
        """What the device says to a line that it does not understand."""
        ...

    def prompt(self, session: Session) -> str:
        """Return the prompt of a session's mode."""
        ...

    def harmless(self, words: list[str]) -> bool:
        """Return whether a command cannot change anything."""
        ...

    def act(self, session: Session, words: list[str], line: str) -> str:
        """Obey a line that shows nothing, and return what the device says to it."""
        ...

    def may_show(self, session: Session, command: str, /) -> bool:
        """Return whether a command that shows something is allowed in the session's mode."""
        ...

    def body(self, device: Device) -> str:
        """Return the whole configuration, encrypted passwords written in a fixed way."""
        ...


Body = Callable[[Device, int], str]


def matches(words: list[str], command: str) -> bool:
    """Return whether words are a command's, each perhaps shortened."""
    full = command.split()
    return len(words) == len(full) and all(
        one.startswith(word) for one, word in zip(full, words, strict=True)
    )


def find(words: list[str], commands: dict[str, Show]) -> list[str]:
    """Return the commands that words may mean; an exact one beats those that begin so."""
    line = " ".join(words)
    return [line] if line in commands else [one for one in commands if matches(words, one)]

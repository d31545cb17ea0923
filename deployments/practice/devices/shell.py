"""The session behind a login: reads lines, asks the platform's table, writes what it says.

FakeNOS' own loop sleeps ten milliseconds a letter and keeps five threads a login; its tables of
commands are ours to fill, so this shell reads the channel itself and looks them up there.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from fakenos.core.nos import Nos
from fakenos.plugins.shell.cmd_shell import CMDShell

from deployments.practice.devices.accounts import Ledger, Troubles
from deployments.practice.devices.dialect import Dialect, Session, find
from deployments.practice.devices.network import Network
from deployments.practice.devices.view import View

HANG_SECONDS = 600.0
WIDEST_LINE = 4096


class PracticeShell(CMDShell):  # type: ignore[misc]  # FakeNOS has no types
    """One login; `start` returns when it is over."""

    def __init__(  # noqa: PLR0913 - what FakeNOS hands a shell, and ours
        self,
        *,
        channel: Any,
        nos: Nos,
        dialect: Dialect,
        network: Network,
        session: Session,
        ledger: Ledger,
        troubles: Troubles,
        is_running: Any,
    ) -> None:
        super().__init__(
            stdin=None,
            stdout=None,
            nos=nos,
            nos_inventory_config={},
            base_prompt=session.device.name,
            is_running=is_running,
        )
        self._channel, self._dialect, self._network = channel, dialect, network
        self._session, self._ledger, self._troubles = session, ledger, troubles
        self._name = session.device.name

    def start(self) -> None:
        """Talk until the other side leaves."""
        self._write("\r\n" + self._dialect.prompt(self._session))
        for line in self._lines():
            self._answer(line)
            if self._session.over or not self.is_running.is_set():
                return

    def _lines(self) -> Iterator[str]:
        """Yield what is typed, a line at a time, echoing all but passwords."""
        waiting, last = "", ""
        while data := self._channel.recv(WIDEST_LINE):
            for letter in data.decode(errors="replace"):
                if letter not in "\r\n":
                    waiting += letter
                elif letter == "\r" or last != "\r":
                    self._write(("" if self._session.asked_for else waiting) + "\r\n")
                    line, waiting = waiting, ""
                    yield line.strip()
                last = letter

    def _write(self, text: str) -> None:
        self._channel.sendall(text.encode())

    def _answer(self, line: str) -> None:
        if self._session.asked_for:
            self._check_password(line)
            said = ""
        elif not line:
            said = ""
        else:
            said = self._run(line)
        text = "".join(f"{one}\r\n" for one in said.splitlines())
        if not self._session.over:
            self._write(text + self._dialect.prompt(self._session))

    def _check_password(self, given: str) -> None:
        self._session.privileged = given == self._session.asked_for
        self._session.asked_for = None

    def _run(self, line: str) -> str:
        command, filters = _split(line)
        words = command.split()
        if not words:
            return self._dialect.unknown
        harmless = self._dialect.harmless(words) and not _redirects(command, filters)
        self._ledger.note(self._name, line, mutating=not harmless)
        if self._troubles.hanging.get(self._name) == "command" and words[0].startswith("sh"):
            self._troubles.pause(HANG_SECONDS)
        self._troubles.pause(self._troubles.delay_seconds)
        with self._network.lock:
            said = self._obey(command, words, filters)
        return _garbled(said) if self._name in self._troubles.garbled else said

    def _obey(self, command: str, words: list[str], filters: list[str]) -> str:
        if _redirects(command, filters):
            return self._dialect.unknown
        asked = " ".join([command, *(f"| {one}" for one in filters if one.startswith("display"))])
        found = find(asked.split(), self._dialect.shows)
        if not found and not self._session.contexts:
            found = find(words, self._dialect.shows)
        if len(found) > 1:
            return f'% Ambiguous command:  "{command}"'
        if not found or (self._session.contexts and words[0] != "show"):
            return self._dialect.act(self._session, words, command)
        if not self._dialect.may_show(self._session, found[0]):
            return self._dialect.unknown
        output = self.commands[found[0]]["output"]
        return _filtered(output(self._view()), filters)

    def _view(self) -> View:
        self._network.readings += 1
        device = self._session.candidate or self._session.device
        return View(
            network=self._network,
            device=device,
            salt=self._network.readings,
            now=self._network.now(),
        )


def _split(line: str) -> tuple[str, list[str]]:
    command, *filters = (part.strip() for part in line.split("|"))
    return " ".join(command.split()), filters


def _redirects(command: str, filters: list[str]) -> bool:
    """Return whether output goes to a file, which is a change however it begins."""
    verbs = {one.split(maxsplit=1)[0] for one in filters if one}
    return ">" in command or bool(verbs & {"redirect", "append", "tee", "save"})


def _filtered(text: str, filters: list[str]) -> str:
    lines = text.splitlines()
    for one in filters:
        verb, _, pattern = one.partition(" ")
        if verb in {"include", "inc", "i", "match", "grep"}:
            lines = [line for line in lines if pattern.strip('"') in line]
        elif verb in {"exclude", "except"}:
            lines = [line for line in lines if pattern.strip('"') not in line]
        elif verb in {"begin", "beg"}:
            start = next((n for n, line in enumerate(lines) if pattern in line), len(lines))
            lines = lines[start:]
    return "\n".join(lines)


def _garbled(text: str) -> str:
    """Return noise of about the same length, the letters of which no template knows."""
    draw = random.Random(len(text))  # noqa: S311 - noise
    letters = "\ufffd{}[]~^;:=+*x9Q\t "
    lines = ["".join(draw.choices(letters, k=60)) for _ in range(max(3, len(text) // 90))]
    return "\n".join(lines)

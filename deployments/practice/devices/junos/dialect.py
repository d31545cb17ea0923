"""How Junos talks: operational mode, and a candidate configuration that a commit makes true."""

from __future__ import annotations

from dataclasses import dataclass

from deployments.practice.devices.dialect import Session
from deployments.practice.devices.junos import config
from deployments.practice.devices.model import Device
from deployments.practice.devices.view import Show

HARMLESS = frozenset(("show", "set cli", "exit", "quit", "cli", "ping", "up", "top", "help"))
UNKNOWN = "                  ^\nunknown command."
KEPT = ("ports", "vlans", "peers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Junos:
    """The platform."""

    shows: dict[str, Show]
    unknown: str = UNKNOWN

    def prompt(self, session: Session) -> str:
        """Return `user@name> `, or `user@name# ` with the place in the configuration above it."""
        who = f"{session.account.username}@{session.device.name}"
        return f"\r\n[edit]\r\n{who}# " if session.contexts else f"{who}> "

    def harmless(self, words: list[str]) -> bool:
        """Return whether a command only shows or moves about."""
        return words[0] in HARMLESS or " ".join(words[:2]) in HARMLESS

    def may_show(self, _session: Session, _command: str, /) -> bool:
        """Return true: the class of the reader lets it show all."""
        return True

    def body(self, device: Device) -> str:
        """Return the configuration as it is saved: a commit always saves."""
        return config.body(device, 0)

    def act(self, session: Session, words: list[str], line: str) -> str:
        """Obey: move between modes, change the candidate, commit it."""
        if session.contexts:
            return self._configure(session, words, line)
        if words[0] in {"exit", "quit"}:
            session.over = True
            return ""
        if words[0] == "cli" or words[:2] == ["set", "cli"]:
            return _said_of(words)
        if words[0] in {"configure", "edit"}:
            return self._enter(session)
        return self.unknown

    def _enter(self, session: Session) -> str:
        if not session.account.may_write:
            return "error: permission denied: configure"
        session.contexts, session.candidate = ["edit"], session.device.copy()
        return "Entering configuration mode"

    def _configure(self, session: Session, words: list[str], line: str) -> str:
        candidate = session.candidate or session.device
        if words[0] in {"exit", "quit"}:
            return self._leave(session)
        if words[0] == "rollback":
            session.candidate = session.device.copy()
            return "load complete"
        if words[0] == "commit":
            return self._commit(session, words)
        if words[0] == "show":
            return config.difference(session.device, candidate)
        if words[0] in {"set", "delete"} and config.change(candidate, words, line):
            return ""
        return self.unknown

    def _commit(self, session: Session, words: list[str]) -> str:
        if words[1:] == ["check"]:
            return "configuration check succeeds"
        if session.candidate is not None:
            for name in KEPT:
                setattr(session.device, name, getattr(session.candidate, name))
            session.device.touched()
            session.device.saved = self.body(session.device)
            session.candidate = session.device.copy()
        if "and-quit" in words:
            return "commit complete\n" + self._leave(session)
        return "commit complete"

    def _leave(self, session: Session) -> str:
        session.contexts, session.candidate = [], None
        return "Exiting configuration mode"


def _said_of(words: list[str]) -> str:
    """Return what the terminal's settings answer."""
    if words[2:3] == ["screen-width"]:
        return f"Screen width set to {words[-1]}"
    if words[2:3] == ["screen-length"]:
        return f"Screen length set to {words[-1]}"
    return "Disabling complete-on-space" if "complete-on-space" in words else ""

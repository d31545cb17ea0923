"""The command line that IOS, NX-OS, EOS and FRRouting's vtysh share."""

from __future__ import annotations

from dataclasses import dataclass

from deployments.practice.devices import configure, secrets
from deployments.practice.devices.dialect import Body, Session
from deployments.practice.devices.model import Device
from deployments.practice.devices.view import Show

HARMLESS = frozenset(
    ("show", "terminal", "enable", "disable", "exit", "quit", "end", "logout", "ping")
)
SAVES = ("write", "write memory", "copy running-config startup-config", "write mem", "wr")
UNPRIVILEGED = ("running-config", "startup-config", "tech-support")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cisco:
    """One platform of the family; `in_context` is the prompt's word for a context."""

    shows: dict[str, Show]
    text: Body
    unknown: str
    denied: str
    saved: str
    entered: str = ""
    context_words: bool = False
    width_set: str = ""
    paging_off: str = ""

    def prompt(self, session: Session) -> str:
        """Return `name>`, `name#`, `name(config)#` or `name(config-if)#`."""
        name = session.device.name
        if session.asked_for:
            return "Password: "
        if not session.contexts:
            return f"{name}{'#' if session.privileged else '>'}"
        inner = session.contexts[-1]
        if inner == "config":
            return f"{name}(config)#"
        return f"{name}(config-{self._word(inner)})#"

    def _word(self, context: str) -> str:
        kind, _, name = context.partition(" ")
        if self.context_words:
            port = name[:2] + name.lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-")
            return f"if-{port}" if kind == "interface" else f"vlan-{name}"
        return "if" if kind == "interface" else "vlan"

    def harmless(self, words: list[str]) -> bool:
        """Return whether a command only shows or moves about."""
        verb = words[0] if words else "exit"
        full = [one for one in sorted(HARMLESS) if one.startswith(verb)]
        return bool(full) and len(verb) > 1

    def may_show(self, session: Session, command: str) -> bool:
        """Return whether it may be shown: configurations want privilege."""
        return session.privileged or not any(word in command for word in UNPRIVILEGED)

    def body(self, device: Device) -> str:
        """Return the configuration as it is saved."""
        return self.text(device, 0)

    def act(self, session: Session, words: list[str], line: str) -> str:
        """Obey: move between modes, save, or change the configuration."""
        if session.contexts:
            return self._configure(session, words, line)
        verb = words[0]
        if verb in {"exit", "quit", "logout"}:
            session.over = True
            return ""
        if verb.startswith("term"):
            return self._terminal(words)
        if verb in {"enable", "en"}:
            return self._enable(session)
        if verb == "disable":
            session.privileged = False
            return ""
        return self._privileged(session, words, line)

    def _terminal(self, words: list[str]) -> str:
        if not words[-1].isdigit():
            return self.unknown
        return self.width_set.format(words[-1]) if words[1] == "width" else self.paging_off

    def _enable(self, session: Session) -> str:
        if not session.privileged:
            session.asked_for = secrets.ENABLE_SECRET
        return ""

    def _privileged(self, session: Session, words: list[str], line: str) -> str:
        configures = words[0].startswith("conf") and (
            len(words) == 1 or "terminal".startswith(words[1])
        )
        known = configures or line in SAVES or words[0] in {"reload", "clear", "copy", "erase"}
        if not known or not session.privileged:
            return self.unknown
        if not session.account.may_write:
            return self.denied
        if configures:
            session.contexts = ["config"]
            return self.entered
        if line in SAVES:
            session.device.saved = self.body(session.device)
            return self.saved
        return self.unknown

    def _configure(self, session: Session, words: list[str], line: str) -> str:
        if line in {"end", "exit", "quit"}:
            session.contexts = [] if line == "end" else session.contexts[:-1]
            return ""
        if words[0] == "do" and len(words) > 1:
            return self._privileged(session, words[1:], line.removeprefix("do "))
        context = configure.enter(session.device, line)
        if context:
            session.contexts = ["config", context]
            return ""
        for contexts in (session.contexts, ["config"]):
            if configure.apply(session.device, contexts[-1], line):
                session.contexts = contexts
                session.device.touched()
                return ""
        return self.unknown

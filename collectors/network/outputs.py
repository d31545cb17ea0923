"""Reads the answers of one device with their templates, and notes what could not be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from collectors.network.answers import Answer, Refusal, Transcript
from collectors.network.commands import FIELDS
from collectors.network.masking import mask
from collectors.network.templates import DoesNotFit, Row, rows
from models.kinds.device import RawOutput

T = TypeVar("T")
NO_ROWS: list[Row] = []
_LONGEST_RAW = 64_000
# What stands around a table: legends, rulers and counts of nothing.
_FURNITURE = re.compile(
    r"^(?:.*\s-\s.*|[\W_]*|.*(?:total|number|entries|detected|count|learned|table for)\b.*"
    r"|.*\b(?:local as|router id|identifier)\b.*)$",
    re.IGNORECASE | re.MULTILINE,
)
# Junos says before each prompt which of several routing engines one speaks to.
_ROLE = re.compile(
    r"^\{+(?:master|backup|linecard|primary|secondary)[^}\n]*\}+[ \t]*$\n?", re.MULTILINE
)
_PRIVILEGED = frozenset({"config", "saved"})
# Where one of two protocols answers, the device simply does not speak the other.
_EITHER = {"lldp": "cdp", "cdp": "lldp", "bgp": "ospf", "ospf": "bgp"}
# What a parser may raise over a text that it does not expect, however garbled or deep.
_STUMBLES = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
_OPTIONAL = frozenset({"errdisabled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """A field of a device that could not be read, and why."""

    kind: str
    field: str
    reason: str
    privilege: str | None = None


class Outputs:
    """The answers of one device; `lacks` and `raw` fill while they are read."""

    def __init__(self, transcript: Transcript) -> None:
        self.lacks: list[Lack] = []
        self.raw: list[RawOutput] = []
        self.understood = 0
        self._transcript = transcript
        self._config = transcript.text("config")

    def rows(self, subject: str) -> list[Row] | None:
        """Return the rows of a subject's template; None where there are none to know."""
        answer = self._transcript.answers.get(subject)
        template = answer.command.template if answer else None
        if template is None:
            return None
        return self.read(subject, lambda text: _rows(template, text), NO_ROWS)

    def read(self, subject: str, parse: Callable[[str], T], nothing: T) -> T | None:
        """Return what a parser makes of a subject's text.

        Args:
            subject: Of one of the platform's questions.
            parse: It may raise `DoesNotFit`, or stumble as parsers do over what they do not expect.
            nothing: What to return where the device says that it does not run what is shown.
        """
        answer = self._transcript.answers.get(subject)
        if answer is None:
            return None
        if answer.refusal:
            if self._switched_off(answer):
                return nothing
            self._refused(subject, answer)
            return None
        if answer.off:
            self.understood += 1
            return nothing
        try:
            found = parse(_ROLE.sub("", answer.text))
        except _STUMBLES:
            self._unfit(subject, answer)
            return None
        # Any text at all passes for a configuration.
        self.understood += subject not in _PRIVILEGED
        return found

    def _switched_off(self, answer: Answer) -> bool:
        needs = answer.question.needs
        return bool(
            answer.refusal is Refusal.UNKNOWN
            and needs
            and self._config
            and not any(word in self._config for word in needs)
        )

    def _refused(self, subject: str, answer: Answer) -> None:
        other = self._transcript.answers.get(_EITHER.get(subject, ""))
        unknown = answer.refusal is Refusal.UNKNOWN
        if unknown and (subject in _OPTIONAL or (other and not other.refusal)):
            return
        kind, field = FIELDS[subject]
        named = answer.refusal is Refusal.DENIED or (unknown and subject in _PRIVILEGED)
        lack = Lack(
            kind=kind,
            field=field,
            reason=f"{answer.command.text}: {answer.refusal}",
            privilege=f"permission to run {answer.command.text}" if named else None,
        )
        if not any((each.kind, each.field) == (kind, field) for each in self.lacks):
            self.lacks.append(lack)

    def _unfit(self, subject: str, answer: Answer) -> None:
        kind, field = FIELDS[subject]
        reason = f"{answer.command.text}: its output is of a form that we do not know"
        self.lacks.append(Lack(kind=kind, field=field, reason=reason))
        text = mask(answer.text)[:_LONGEST_RAW]
        self.raw.append(RawOutput(command=answer.command.text, text=text))


def _rows(template: str, text: str) -> list[Row]:
    try:
        return _exactly(template, text)
    except DoesNotFit:
        # Some emulators and terminals let a space slip before a line's first sign.
        closer = re.sub(r"^ (?=\S)", "", text, flags=re.MULTILINE)
        if closer == text:
            raise
        return _exactly(template, closer)


def _exactly(template: str, text: str) -> list[Row]:
    found = rows(template, text.strip("\n") + "\n")
    if not found and re.search(r"\d", _FURNITURE.sub("", text)):
        raise DoesNotFit("no row was found")
    return found

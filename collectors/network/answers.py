"""What a device answered: one text for each question, or why there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from collectors.network.commands import Command, Question
from collectors.network.normalise import plain


class Refusal(StrEnum):
    """Why a device did not answer a command."""

    UNKNOWN = "the device does not know the command"
    DENIED = "the device does not permit the command"
    ENDLESS = "what the device prints is too long to be read"
    UNASKED = "it was not asked, since the output of a command before it is too long to be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was printed for a question; `off` where the device says that it does not run it."""

    question: Question
    command: Command
    text: str = ""
    refusal: Refusal | None = None
    off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """All answers of a device by subject."""

    answers: dict[str, Answer] = field(default_factory=dict)

    def text(self, subject: str) -> str | None:
        """Return the text of an answer; None where it was refused or not asked."""
        answer = self.answers.get(subject)
        return None if answer is None or answer.refusal else answer.text

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Return whether one of the words stands in any answer."""
        return any(word in answer.text for answer in self.answers.values() for word in words)


# Refusals are short and stand at the beginning; a configuration may quote one further down.
_BEGINNING = 600
_MOST_LINES = 8
_DENIED = re.compile(
    r"authori[sz]ation (?:failed|denied)|not authori[sz]ed|permission denied|privileged mode"
    r"|access[- ]denied|insufficient privilege|not permitted|denied for (?:the )?role",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"^\s*%?\s*(?:(?:error: )?(?:invalid (?:input|command)|unknown command|unrecogni[sz]ed command"
    r"|incomplete command|ambiguous command|syntax error|command not found|bad command))"
    r"|^\s*\^\s*$|: command not found",
    re.IGNORECASE | re.MULTILINE,
)
_OFF = re.compile(
    r"\b(?:BGP|OSPF\S*|LLDP|CDP|VLAN\S*|routing|process|instance|subsystem)\b[^\n]*?"
    r"\b(?:not (?:active|running|enabled|configured|found)|inactive|disabled)\b"
    r"|instance (?:is )?not (?:running|found)|process currently not running",
    re.IGNORECASE,
)


def judge(question: Question, command: Command, text: str) -> Answer:
    """Tell an answer from a refusal, in the words of all five platforms.

    Its text holds no sign that a record may not hold, whatever the device has sent.
    """
    text = plain(text)
    beginning = text[:_BEGINNING]
    short = text.count("\n") <= _MOST_LINES
    refusal, off = None, False
    if short and _DENIED.search(beginning):
        refusal = Refusal.DENIED
    elif short and _OFF.search(beginning) and not re.search(r"\d{2,}", beginning):
        off = True
    elif short and _UNKNOWN.search(beginning):
        refusal = Refusal.UNKNOWN
    return Answer(question=question, command=command, text=text, refusal=refusal, off=off)

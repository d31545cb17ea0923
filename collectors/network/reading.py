"""Asks one device all its questions; what it says is read later, elsewhere."""

from __future__ import annotations

from collectors.network.answers import Answer, Refusal, Transcript, judge
from collectors.network.commands import QUESTIONS, Question
from collectors.network.devices import Target
from collectors.network.fleet import Handle
from collectors.network.options import Options
from collectors.network.session import Endless, Session, connect

_NEEDED = ("version", "interfaces")


def read_device(target: Target, options: Options, handle: Handle) -> Transcript:
    """Log in to a device and return all its answers.

    A device that breaks off or does not answer in time is not read at all: that passes, and half of
    its facts would be gone today and back tomorrow. An answer without end is a property of the
    device, the same with every run: what was read before it is kept, the session ends, and what
    was to come is not known.

    Raises:
        Unavailable: It did not answer in time, or broke off.
        AccessDenied: It refused the login.
        UnexpectedReply: It sent what is no text, or does not speak SSH, or its version or its
            interfaces are without end.
    """
    transcript = Transcript()
    with connect(target, options, handle) as session:
        asked = [q for q in QUESTIONS[target.platform] if options.routes or q.subject != "routes"]
        for number, question in enumerate(asked):
            if question.only_if and not transcript.mentions(question.only_if):
                continue
            try:
                answer = _answer(session, question, options.command_timeout_seconds)
            except Endless:
                if any(transcript.text(subject) is None for subject in _NEEDED):
                    raise
                _give_up(transcript, asked[number:])
                break
            transcript.answers[question.subject] = answer
    return transcript


def _give_up(transcript: Transcript, left: list[Question]) -> None:
    refusal = Refusal.ENDLESS
    for question in left:
        if not question.only_if:
            transcript.answers[question.subject] = Answer(
                question=question, command=question.commands[0], refusal=refusal
            )
        refusal = Refusal.UNASKED


def _answer(session: Session, question: Question, timeout_seconds: float) -> Answer:
    refused: list[Answer] = []
    for command in question.commands:
        answer = judge(question, command, session.ask(command.text, timeout_seconds))
        if answer.refusal is None:
            return answer
        refused.append(answer)
    # That the account lacks a right says more than that an older command is not known.
    denied = [answer for answer in refused if answer.refusal is Refusal.DENIED]
    return (denied or refused)[0]

"""Asks one device all its questions; what it says is read later, elsewhere."""

from __future__ import annotations

from collectors.network.answers import Answer, Refusal, Transcript, judge
from collectors.network.commands import QUESTIONS, Question
from collectors.network.devices import Target
from collectors.network.fleet import Handle
from collectors.network.options import Options
from collectors.network.session import Session, connect


def read_device(target: Target, options: Options, handle: Handle) -> Transcript:
    """Log in to a device and return all its answers.

    Raises:
        Unavailable: It did not answer in time, or broke off.
        AccessDenied: It refused the login.
        UnexpectedReply: It sent what is no text, or does not speak SSH.
    """
    transcript = Transcript()
    with connect(target, options, handle) as session:
        for question in QUESTIONS[target.platform]:
            if question.only_if and not transcript.mentions(question.only_if):
                continue
            answer = _answer(session, question, options.command_timeout_seconds)
            transcript.answers[question.subject] = answer
    return transcript


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

"""Answers: sentences that each cite the passages they were taken from or written after."""

from __future__ import annotations

from dataclasses import dataclass

from models.records.chunk import Passage

LONGEST_QUESTION = 1000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A passage that an answer rests on; `number` is what stands in the text as [1]."""

    number: int
    document: str
    heading: str
    chunk_id: str


def cite(passage: Passage, number: int) -> Citation:
    """Return the citation of a passage."""
    return Citation(
        number=number,
        document=passage.document,
        heading=passage.heading,
        chunk_id=passage.chunk_id,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence, list, list item or command of an answer, with the numbers of its citations."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered; `answered` is false where the sources do not hold the answer.

    `method` is `extract` where the statements stand so in the sources, `model` where a language
    model wrote them and the check let them through. Without an answer `refusal` is the sentence
    that says what is missing, and `nearest` what is documented nearest. `dropped` counts sentences
    of the model that their passages do not bear out; `failure` says why the model's path was left.
    """

    question: str
    answered: bool
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    method: str = "extract"
    confidence: float = 0.0
    dropped: int = 0
    failure: str | None = None
    refusal: str | None = None
    nearest: tuple[Citation, ...] = ()
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """The answer as one text with its citation marks, or the sentence that refuses it."""
        if not self.answered:
            return self.refusal or ""
        return "\n".join(_marked(statement) for statement in self.statements)


def _marked(statement: Statement) -> str:
    marks = "".join(f"[{number}]" for number in statement.citations)
    return f"{statement.text} {marks}".strip()

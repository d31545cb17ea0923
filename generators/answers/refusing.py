"""The sentence that stands where the documents do not hold the answer."""

from __future__ import annotations

from collections.abc import Sequence

from models.records.answer import Answer, cite
from models.records.chunk import Passage

_MOST_NEAR = 2


def refused(
    question: str,
    passages: Sequence[Passage],
    *,
    lack: str = "",
    confidence: float = 0.0,
) -> Answer:
    """Return the answer that says what is missing and what is documented nearest.

    Args:
        question: As it was asked.
        passages: What the search found, best first.
        lack: What they lack, to follow "what was found".
        confidence: How sure an answer from them would have been.
    """
    near = {(one.document, one.heading): one for one in reversed(passages)}
    nearest = tuple(
        cite(one, number) for number, one in enumerate([*near.values()][::-1][:_MOST_NEAR], 1)
    )
    return Answer(
        question=question,
        answered=False,
        confidence=confidence,
        nearest=nearest,
        refusal=_sentence(lack, passages),
    )


def _sentence(lack: str, passages: Sequence[Passage]) -> str:
    if not passages:
        return (
            "There is no answer, because nothing that comes near the question is indexed; "
            "`nightshift knowledge add FOLDER` indexes runbooks."
        )
    first = passages[0]
    where = first.document + (f', under "{first.heading}"' if first.heading else "")
    said = f"what was found {lack or 'uses these words and does not say it'}"
    return f"The indexed documents do not answer this: {said}. Nearest is {where}."

"""The sentence that stands where the documents do not hold the answer."""

from __future__ import annotations

from collections.abc import Sequence

from models.records.answer import Answer, cite
from models.records.chunk import Passage

_MOST_NEAR = 2
_MOST_WORDS = 4


def refused(
    question: str,
    passages: Sequence[Passage],
    *,
    missing: Sequence[str] = (),
    confidence: float = 0.0,
) -> Answer:
    """Return the answer that says what is missing and what is documented nearest.

    Args:
        question: As it was asked.
        passages: What the search found, best first.
        missing: Words of the question that none of them holds.
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
        refusal=_sentence(missing, passages),
    )


def _sentence(missing: Sequence[str], passages: Sequence[Passage]) -> str:
    if not passages:
        return (
            "There is no answer, because nothing that comes near the question is indexed; "
            "`nightshift knowledge add FOLDER` indexes runbooks."
        )
    first = passages[0]
    where = first.document + (f', under "{first.heading}"' if first.heading else "")
    if missing:
        words = ", ".join(f'"{word}"' for word in missing[:_MOST_WORDS])
        said = f"what was found says nothing of {words}"
    else:
        said = "what was found uses these words and does not say it"
    return f"The indexed documents do not answer this: {said}. Nearest is {where}."

"""The answer that needs no model: the units of the passages that say what was asked.

A unit is judged by meaning (cosine of MiniLM vectors, with the heading it stands under) and by
the question's words that it holds, the rarer the more they count. Nothing is answered where the
passages lack the words that make the question what it is: near is not the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generators.answers.units import Unit, units
from generators.knowledge.wording import question_words, split_names
from models.records.answer import Answer, Citation, Statement
from models.records.chunk import Passage

Embed = Callable[[Sequence[str]], NDArray[np.float32]]

PASSAGES = 6  # that are read closely; what is not among them has a poor rank in both searches
MOST_STATEMENTS = 5
_MOST_UNITS = 120
_WORDS_SHARE = 0.45  # what the question's words count beside the meaning
_PASSAGE_SHARE = 0.15  # what the passage's own rank adds
_NEAR_BEST = 0.8  # share of the best unit's score that another needs to stand beside it
_COVERAGE_SHARE = 0.5  # of how sure it is, what the question's words count beside the meaning
# Below it nothing is answered. Chosen on questions over the practice site's runbooks.
LEAST = 0.45
_WORD = re.compile(r"[a-z0-9]+")
_SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A unit with how well it answers; both parts run from 0 to 1."""

    unit: Unit
    meaning: float
    words: float
    score: float


def extract_answer(question: str, passages: Sequence[Passage], embed: Embed) -> Answer:
    """Return the units that answer a question; `answered` is false where none does.

    Args:
        question: As it was asked.
        passages: What the search found, best first.
        embed: Makes unit vectors of texts, shape (n, 384).
    """
    chosen = passages[:PASSAGES]
    judged = judge(question, chosen, embed)
    if not judged:
        return Answer(question=question, answered=False)
    best = judged[0]
    confidence = sureness(best.meaning, _coverage(question, chosen[best.unit.passage]))
    if confidence < LEAST:
        return Answer(question=question, answered=False, confidence=confidence)
    kept = [one for one in judged if one.score >= best.score * _NEAR_BEST][:MOST_STATEMENTS]
    return compose(question, [one.unit for one in kept], chosen, confidence)


def compose(
    question: str, kept: Sequence[Unit], passages: Sequence[Passage], confidence: float
) -> Answer:
    """Return the answer of these units, in the order of their merit, with its citations."""
    numbers = {
        place: number + 1 for number, place in enumerate(dict.fromkeys(u.passage for u in kept))
    }
    return Answer(
        question=question,
        answered=True,
        statements=tuple(
            Statement(text=unit.text, citations=(numbers[unit.passage],)) for unit in kept
        ),
        citations=tuple(cite(passages[place], number) for place, number in numbers.items()),
        confidence=confidence,
    )


def cite(passage: Passage, number: int) -> Citation:
    """Return the citation of a passage."""
    return Citation(
        number=number,
        document=passage.document,
        heading=passage.heading,
        chunk_id=passage.chunk_id,
    )


def judge(question: str, passages: Sequence[Passage], embed: Embed) -> list[Judged]:
    """Return the units of the passages, the best answers first."""
    found = units(passages)[:_MOST_UNITS]
    if not found:
        return []
    asked = _stems(question_words(question))
    weights = _weights(asked, passages)
    texts = [f"{_under(passages[unit.passage])}: {unit.text}" for unit in found]
    vectors = embed([split_names(question), *texts])
    meanings = vectors[1:] @ vectors[0]
    top = max(passage.score for passage in passages) or 1.0
    judged = [
        _judged(unit, float(meaning), text, weights, passages[unit.passage].score / top)
        for unit, meaning, text in zip(found, meanings, texts, strict=True)
    ]
    return sorted(judged, key=lambda one: (-one.score, one.unit.passage, one.unit.place))


def _judged(
    unit: Unit, meaning: float, text: str, weights: dict[str, float], rank: float
) -> Judged:
    words = _share(weights, _stems(text))
    score = (1 - _WORDS_SHARE) * meaning + _WORDS_SHARE * words + _PASSAGE_SHARE * rank
    return Judged(unit=unit, meaning=meaning, words=words, score=score)


def sureness(meaning: float, coverage: float) -> float:
    """Return how sure it is that a unit answers, from 0 to 1."""
    return round(max(0.0, (1 - _COVERAGE_SHARE) * meaning + _COVERAGE_SHARE * coverage), 3)


def _coverage(question: str, passage: Passage) -> float:
    """Return which share of the question's words a passage holds."""
    asked = _stems(question_words(question))
    said = _stems(f"{passage.document} {_under(passage)} {passage.text}")
    return len(asked & said) / len(asked) if asked else 0.0


def _share(weights: dict[str, float], said: set[str]) -> float:
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in said) / total if total else 0.0


def _weights(asked: set[str], passages: Sequence[Passage]) -> dict[str, float]:
    """Return how much each word of the question counts: most what few of the passages hold."""
    said = [_stems(f"{_under(passage)} {passage.text}") for passage in passages]
    return {
        word: math.log(1 + (len(said) + 1) / (1 + sum(word in one for one in said)))
        for word in asked
    }


def _under(passage: Passage) -> str:
    return split_names(
        f"{passage.document.rsplit('/', 1)[-1].removesuffix('.md')} {passage.heading}"
    )


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in _WORD.findall(split_names(text).lower())}


def _stem(word: str) -> str:
    """Return a word without the endings that only bend it."""
    for ending in ("ing", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)].removesuffix("e")
    return word.removesuffix("e") if len(word) > _SHORTEST_STEM else word

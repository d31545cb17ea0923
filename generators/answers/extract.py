"""The answer that needs no model: the units of the passages that say what was asked.

A unit is judged by meaning (cosine of MiniLM vectors, with the heading it stands under), by the
question's words that it holds, the rarer the more they count, and by whether it is of the kind that
is asked for. Only those are quoted that hold the names of the question and the thing that it asks
for (`grounds`), and nothing where they are not near enough: near is not the same.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generators.answers.asking import asked_for, fit, is_of_the_moment, topic
from generators.answers.grounds import Grounds, Lack
from generators.answers.quoting import Quote, quotes
from generators.answers.refusing import refused
from generators.answers.units import Unit, units
from generators.answers.wanted import wanted
from generators.answers.words import stems, under
from generators.knowledge.wording import question_words, split_names
from models.records.answer import Answer, Statement, cite
from models.records.chunk import Passage

Embed = Callable[[Sequence[str]], NDArray[np.float32]]

PASSAGES = 6  # that are read closely; what is not among them has a poor rank in both searches
_MOST_UNITS = 120

# What each sign counts in a unit's score; all run from 0 to 1. Chosen, with the rest, on questions
# over the practice site's runbooks and over this project's own notes.
_MEANING_SHARE = 0.35
_WORDS_SHARE = 0.3  # the question's words, those of the headings above the unit too
_OWN_WORDS_SHARE = 0.2  # those that it holds itself: else the emptiest line is the nearest
_FORM_SHARE = 0.15
# Whether there is an answer at all: of the nearest unit, whatever its form, half the meaning and
# half the question's words that its passage holds. Below it nothing is answered.
_NEARNESS = (0.55, 0.45, 0.15)  # what meaning, words and the passage's own rank count
LEAST = 0.42
_LEAST_ELSE = 0.48  # where the passage does not speak of what one wants to do
_NEAR_BEST = 0.6  # of the best unit's score that a sound one needs: another matter is no answer
_NEAR_FORM = 0.3  # that the form of a figure may be worse than the best one's

_MOMENT = (
    "was written before; `nightshift incidents list`, `checks run` and `assets changes` tell how"
    " things stand"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A unit with how well it answers, how well its form fits, and how near it is; 0 to about 1.

    `sureness` is how sure it is that there is an answer, should this be the nearest.
    """

    unit: Unit
    score: float
    form: float
    nearness: float
    sureness: float


def extract_answer(
    question: str, passages: Sequence[Passage], embed: Embed, *, asked: str = ""
) -> Answer:
    """Return the units that answer a question, or a sentence that says what is missing.

    Args:
        question: As it was asked, after the one that it points at.
        passages: What the search found, best first.
        embed: Makes unit vectors of texts, shape (n, 384).
        asked: The question alone, where it points at another.
    """
    if is_of_the_moment(asked or question):
        return refused(question, passages, lack=_MOMENT)
    judged = judge(question, passages, embed)
    if not judged:
        return refused(question, passages)
    needs = wanted(asked or question, about=question)
    grounds = Grounds(needs, passages, [one.unit for one in judged], embed)
    near = [one for one in judged if one.score >= judged[0].score * _NEAR_BEST]
    sound = [one for one in near if not grounds.lacks(one.unit)]
    nearest = max(sound or judged, key=lambda one: one.nearness)
    least = LEAST if grounds.does(nearest.unit) else _LEAST_ELSE
    if not sound or nearest.sureness < least:
        lack = grounds.lacks(judged[0].unit) or Lack()
        missing = _missing(question, needs.identifiers, passages)
        told = lack.with_words(missing).told
        return refused(question, passages, lack=told, confidence=nearest.sureness)
    return compose(question, _quoted(question, sound, judged), passages, nearest.sureness)


def _quoted(question: str, sound: Sequence[Judged], judged: Sequence[Judged]) -> list[Quote]:
    asked, best = asked_for(question), sound[0]
    fitting = [one for one in sound if one.form >= best.form - _NEAR_FORM or not asked.figure]
    return quotes(
        [(one.unit, one.score) for one in fitting],
        [one.unit for one in judged],
        several=asked.several,
    )


def compose(
    question: str, found: Sequence[Quote], passages: Sequence[Passage], confidence: float
) -> Answer:
    """Return the answer of these quotes, in their order, with its citations."""
    places = dict.fromkeys(quote.passage for quote in found)
    numbers = {place: number + 1 for number, place in enumerate(places)}
    return Answer(
        question=question,
        answered=True,
        statements=tuple(
            Statement(text=quote.text, citations=(numbers[quote.passage],)) for quote in found
        ),
        citations=tuple(cite(passages[place], number) for place, number in numbers.items()),
        confidence=confidence,
    )


def judge(question: str, passages: Sequence[Passage], embed: Embed) -> list[Judged]:
    """Return the units of the passages, the best answers first."""
    found = units(passages)[:_MOST_UNITS]
    if not found:
        return []
    texts = [_in_place(unit, passages) for unit in found]
    vectors = embed([split_names(question), *texts])
    reader = _Reader(question, passages)
    judged = [
        reader.judged(unit, text, float(meaning))
        for unit, text, meaning in zip(found, texts, vectors[1:] @ vectors[0], strict=True)
    ]
    return sorted(judged, key=lambda one: (-one.score, one.unit.passage, one.unit.place))


class _Reader:
    """Judges units by one question over the passages that they stand in."""

    def __init__(self, question: str, passages: Sequence[Passage]) -> None:
        self._passages = passages
        self._asked = asked_for(question)
        self._words = stems(question_words(question))
        self._weights = _weights(stems(topic(question)), passages)
        self._top = max(passage.score for passage in passages) or 1.0

    def judged(self, unit: Unit, text: str, meaning: float) -> Judged:
        """Return a unit judged; `text` is what it says in its place."""
        passage = self._passages[unit.passage]
        words = _share(self._weights, stems(text))
        own = _share(self._weights, stems(unit.text))
        form = fit(self._asked, unit, passage.heading)
        near = (meaning, words, passage.score / self._top)
        return Judged(
            unit=unit,
            score=_MEANING_SHARE * meaning
            + _WORDS_SHARE * words
            + _OWN_WORDS_SHARE * own
            + _FORM_SHARE * form,
            form=form,
            nearness=sum(share * sign for share, sign in zip(_NEARNESS, near, strict=True)),
            sureness=round(max(0.0, (meaning + self._coverage(passage)) / 2), 3),
        )

    def _coverage(self, passage: Passage) -> float:
        """Return which share of the question's words a passage holds."""
        said = stems(f"{passage.document} {under(passage)} {passage.text}")
        return len(self._words & said) / len(self._words) if self._words else 0.0


def _in_place(unit: Unit, passages: Sequence[Passage]) -> str:
    """Return a unit's text below its headings and the line that leads to it."""
    return " ".join([f"{under(passages[unit.passage])}:", unit.lead, unit.text]).replace("  ", " ")


def _missing(question: str, known: Sequence[str], passages: Sequence[Passage]) -> list[str]:
    """Return the words of a question, its identifiers aside, that no passage holds."""
    said = set().union(*(stems(f"{under(one)} {one.text}") for one in passages))
    plain = functools.reduce(lambda text, name: text.replace(name, " "), known, question)
    asked = dict.fromkeys(topic(plain).split())
    return [word for word in asked if not stems(word) <= said]


def _share(weights: dict[str, float], said: set[str]) -> float:
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in said) / total if total else 0.0


def _weights(asked: set[str], passages: Sequence[Passage]) -> dict[str, float]:
    """Return how much each word of the question counts: most what few of the passages hold."""
    said = [stems(f"{under(passage)} {passage.text}") for passage in passages]
    return {
        word: math.log(1 + (len(said) + 1) / (1 + sum(word in one for one in said)))
        for word in asked
    }

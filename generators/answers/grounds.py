"""Whether a unit can answer a question at all: it holds the names and the thing asked for.

Words are the same where their stems are, where one holds the other, where letters are the initials
of words (`HPA`, horizontal pod autoscaler), or where their vectors are near.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generators.answers.units import Kind, Unit
from generators.answers.wanted import Wanted, others, subject
from generators.answers.words import stem, stems, under
from generators.knowledge.wording import split_names
from models.records.chunk import Passage

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
_ALIKE = 0.6  # cosine from which two single words say the same: effect and impact have 0.67
_LEAST_INSIDE = 3  # letters of a word that may stand within another, as cpu does in vCPU
_MOST_INITIALS = 5
_MOST_ROWS = 5  # that an answer quotes
_MOST_WORDS = 4  # that a refusal names
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")


@dataclass(frozen=True, slots=True)
class _Place:
    """The words of a passage with its headings, and the initials of each few that follow."""

    words: frozenset[str]
    stems: frozenset[str]
    initials: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lack:
    """What a text lacks: words, or something else, told to follow "what was found"."""

    words: tuple[str, ...] = ()
    instead: str = ""

    @property
    def told(self) -> str:
        """The end of a sentence; "" where nothing is said to be missing."""
        named = ", ".join(f'"{word}"' for word in self.words[:_MOST_WORDS])
        return f"says nothing of {named}" if named else self.instead

    def with_words(self, words: Iterable[str]) -> Lack:
        """Return it with further words, where words are what is missing."""
        if self.instead:
            return self
        unlike = {word.lower(): word for word in reversed((*self.words, *words))}
        return Lack(tuple(reversed(unlike.values())))


class Grounds:
    """Tells of units of some passages what they lack of what is wanted."""

    def __init__(
        self, wanted: Wanted, passages: Sequence[Passage], found: Iterable[Unit], embed: Embed
    ) -> None:
        self._wanted = wanted
        self._passages = passages
        self._embed = embed
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._places: dict[int, _Place] = {}
        self._covered: dict[tuple[int, str], bool] = {}
        self._rows = self._count(found)

    def lacks(self, unit: Unit) -> Lack | None:
        """Return what a unit and its place lack; None where nothing is."""
        return self._names(unit) or self._thing(unit) or self._whole(unit)

    def does(self, unit: Unit) -> bool:
        """Tell whether the place of a unit speaks of what one wants to do, if one says what."""
        return not self._wanted.deed or self._covers(unit.passage, self._wanted.deed)

    def _names(self, unit: Unit) -> Lack | None:
        passage = self._passages[unit.passage]
        where = f"{passage.document} {passage.heading} {unit.lead} {unit.text}"
        if unit.kind is not Kind.ROW:  # each row of a table speaks of another asset
            where = f"{where} {self._document(unit)}"
        absent = [one for one in self._wanted.identifiers if not _holds(where, one)]
        beside = self._beside(unit)
        absent = absent or [
            one for one in self._wanted.proper if not any(self._covers(n, one) for n in beside)
        ]
        return Lack(tuple(absent)) if absent else None

    def _thing(self, unit: Unit) -> Lack | None:
        focus = self._wanted.focus
        absent = self._absent(unit, focus)
        if len(focus) - len(absent) < self._wanted.share * len(focus):
            return Lack(tuple(absent))
        where = f"{self._passages[unit.passage].heading} {unit.lead} {unit.text}"
        things = (one.name for one in self._wanted.things if not one.given.search(where))
        return next((Lack(instead=f"names no {name}") for name in things), None)

    def _whole(self, unit: Unit) -> Lack | None:
        """Return that a unit is a part only of what belongs to a name."""
        partial = (name for name in self._wanted.identifiers if self._partial(unit, name))
        told = (f'does not list all that belongs to "{name}"' for name in partial)
        return next((Lack(instead=one) for one in told), None)

    def _beside(self, unit: Unit) -> list[int]:
        """Return the numbers of the passages of a unit's document."""
        name = self._passages[unit.passage].document
        return [n for n, passage in enumerate(self._passages) if passage.document == name]

    def _document(self, unit: Unit) -> str:
        return " ".join(self._passages[number].text for number in self._beside(unit))

    def _partial(self, unit: Unit, name: str) -> bool:
        if self._wanted.members and not others(unit.text, self._wanted.identifiers):
            return True
        if unit.kind is not Kind.ROW or _holds(subject(unit.text), name):
            return False
        if _holds(unit.text, name):  # the row is about another one
            return self._wanted.members or self._rows[self._table(unit, name)] > 1
        return self._wanted.members and self._rows[self._table(unit, "")] > _MOST_ROWS

    def _count(self, found: Iterable[Unit]) -> Counter[tuple[str, str, str]]:
        """Count the rows of each table, and those of them that hold a name."""
        rows: Counter[tuple[str, str, str]] = Counter()
        for unit in found:
            if unit.kind is Kind.ROW:
                named = (one for one in self._wanted.identifiers if _holds(unit.text, one))
                rows.update(self._table(unit, name) for name in ("", *named))
        return rows

    def _table(self, unit: Unit, name: str) -> tuple[str, str, str]:
        passage = self._passages[unit.passage]
        return (passage.document, passage.heading, name)

    def _absent(self, unit: Unit, words: Sequence[str]) -> list[str]:
        return [word for word in words if not self._covers(unit.passage, word)]

    def _covers(self, passage: int, word: str) -> bool:
        key = (passage, word)
        if key not in self._covered:
            place = self._place(passage)
            self._covered[key] = _says(place, word) or self._near(place, word)
        return self._covered[key]

    def _near(self, place: _Place, word: str) -> bool:
        one, *rest = self._embedded([word.lower(), *sorted(place.words)])
        return any(float(vector @ one) >= _ALIKE for vector in rest)

    def _embedded(self, words: Sequence[str]) -> list[NDArray[np.float32]]:
        new = [word for word in dict.fromkeys(words) if word not in self._vectors]
        if new:
            self._vectors.update(zip(new, self._embed(new), strict=True))
        return [self._vectors[word] for word in words]

    def _place(self, number: int) -> _Place:
        if number not in self._places:
            passage = self._passages[number]
            self._places[number] = _place(f"{under(passage)} {passage.text}")
        return self._places[number]


def _place(text: str) -> _Place:
    words = [word.lower() for word in _WORD.findall(split_names(text))]
    initials = {
        "".join(word[0] for word in words[start : start + length])
        for length in range(2, _MOST_INITIALS + 1)
        for start in range(len(words) - length + 1)
    }
    return _Place(frozenset(words), frozenset(stems(text)), frozenset(initials))


def _says(place: _Place, word: str) -> bool:
    bare, plain = stem(word.lower()), word.lower()
    if stems(word) <= place.stems or bare in place.stems:
        return True
    if bare in place.initials or plain in place.initials:
        return True
    return len(bare) >= _LEAST_INSIDE and any(bare in other for other in place.words)


def _holds(text: str, name: str) -> bool:
    """Tell whether a text holds a name whole; `esx02` stands in `esx02.example.net`."""
    whole = rf"(?<![A-Za-z0-9_-]){re.escape(name)}(?![A-Za-z0-9_-])"
    return bool(re.search(whole, text, re.IGNORECASE))

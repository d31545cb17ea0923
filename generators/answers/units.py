"""Passages cut into units that an answer may quote: a sentence, an item, a row, a command block.

A line that only leads to what follows it ("Look at:"), a heading, a table's head and a bare
reference say nothing by themselves. They are no units; a lead-in goes with the list or block below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from generators.answers.blocks import Block, Form, blocks
from generators.prose.sentences import split_sentences
from models.records.chunk import Passage

_LONGEST = 400  # characters of one unit; a longer one is no sentence
_LEAST_WORDS = 2
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
# A line about the text rather than of it: all in italics, or nothing but the way elsewhere.
_NOTE = re.compile(r"^(?P<mark>[*_])(?![*_\s])[^*_]+(?P=mark)$")
_POINTER = re.compile(r"^(?:see|read|follow|more|cf\.?)\b[^.;:]*$", re.IGNORECASE)
_LEADS = re.compile(r":[*_\s]*$")
_BOX = re.compile(r"^\[[ xX]\]\s+")


class Kind(StrEnum):
    """What a unit is; a step is an item of a numbered list."""

    SENTENCE = "sentence"
    ITEM = "item"
    STEP = "step"
    ROW = "row"
    COMMAND = "command"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One quotable piece of a passage; `place` counts within the passage.

    `lead` is the line that leads to it ("Do:"), and `list` tells the units of one list or block
    from those of others, None where it stands alone.
    """

    passage: int
    place: int
    text: str
    kind: Kind = Kind.SENTENCE
    lead: str = ""
    list: int | None = None
    mark: str = ""

    @property
    def command(self) -> bool:
        """Whether it is a command block."""
        return self.kind is Kind.COMMAND


def units(passages: Sequence[Passage]) -> list[Unit]:
    """Return the units of all passages, in the order in which they stand there."""
    found: list[Unit] = []
    lead, before = "", None
    for number, passage in enumerate(passages):
        section = (passage.collection, passage.document, passage.heading)
        reader = _Reader(number, lead if section == before else "")
        found.extend(reader.read(passage.text))
        lead, before = reader.lead, section
    return found


class _Reader:
    """Reads the units of one passage; the one before may end with what leads to its list."""

    def __init__(self, passage: int, lead: str) -> None:
        self.passage = passage
        self.lead = lead
        self._place = 0

    def read(self, text: str) -> Iterator[Unit]:
        for number, block in enumerate(blocks(text)):
            match block.form:
                case Form.PROSE:
                    yield from self._prose(block)
                case Form.CODE:
                    yield self._unit(block.lines[0], Kind.COMMAND, number)
                case Form.TABLE:
                    yield from self._rows(block, number)
                case Form.LIST | Form.STEPS:
                    yield from self._items(block, number)

    def _prose(self, block: Block) -> Iterator[Unit]:
        self.lead = ""
        (line,) = block.lines
        for one in split_sentences(line):
            if leads(one):
                self.lead = one
                continue
            self.lead = ""
            if says(one):
                yield self._unit(one, Kind.SENTENCE, None)

    def _items(self, block: Block, number: int) -> Iterator[Unit]:
        kind = Kind.STEP if block.form is Form.STEPS else Kind.ITEM
        for line in block.lines:
            mark, _, rest = line.partition(" ")
            text = _BOX.sub("", rest.strip())
            if leads(text):
                self.lead = text
            elif says(text):
                yield self._unit(text, kind, number, mark)

    def _rows(self, block: Block, number: int) -> Iterator[Unit]:
        for line in block.lines:
            yield self._unit(line, Kind.ROW, number)

    def _unit(self, text: str, kind: Kind, number: int | None, mark: str = "") -> Unit:
        self._place += 1
        return Unit(
            passage=self.passage,
            place=self._place - 1,
            text=text[:_LONGEST],
            kind=kind,
            lead=self.lead if number is not None else "",
            list=number,
            mark=mark,
        )


def leads(text: str) -> bool:
    """Tell whether a line only leads to what follows it."""
    return bool(_LEADS.search(text))


def says(text: str) -> bool:
    """Tell whether a line says something by itself."""
    plain = _LINK.sub(r"\1", text).strip()
    if leads(plain) or _NOTE.match(plain) or len(plain.split()) < _LEAST_WORDS:
        return False
    return not (plain != text.strip() and _POINTER.match(plain.rstrip(".")))

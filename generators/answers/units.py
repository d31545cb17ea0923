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
from generators.answers.leading import Leading, forbids_what_follows, heads_what_is_forbidden
from generators.prose.sentences import split_sentences
from models.records.chunk import Passage

_LONGEST = 400  # characters of one unit; a longer one is no sentence
_LONGEST_COMMAND = 1000  # a command may be long, and is not a command when it is cut
_CUT = "…"
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

    `leads` are the lines that lead to it ("Do:"), the outermost first, and `list` tells the units
    of one list or block from those of others, None where it stands alone.
    """

    passage: int
    place: int
    text: str
    kind: Kind = Kind.SENTENCE
    leads: tuple[str, ...] = ()
    list: int | None = None
    mark: str = ""

    @property
    def lead(self) -> str:
        """What leads to it, in one line."""
        return " ".join(self.leads)

    @property
    def command(self) -> bool:
        """Whether it is a command block."""
        return self.kind is Kind.COMMAND


def units(passages: Sequence[Passage]) -> list[Unit]:
    """Return the units of all passages, in the order in which they stand there."""
    found: list[Unit] = []
    leading, before = Leading(), None
    for number, passage in enumerate(passages):
        section = (passage.collection, passage.document, passage.heading)
        if section != before:
            leading = Leading()
        found.extend(_Reader(number, passage, leading).read())
        before = section
    return found


class _Reader:
    """Reads the units of one passage; the one before may end with what leads to its list."""

    def __init__(self, number: int, passage: Passage, leading: Leading) -> None:
        heading = passage.heading.rpartition(" > ")[2]
        self._passage = number
        self._text = passage.text
        # What stands below "Never do this" says its opposite without that heading.
        self._above = (heading,) if heads_what_is_forbidden(heading) else ()
        self._leading = leading
        self._place = 0

    def read(self) -> Iterator[Unit]:
        for number, block in enumerate(blocks(self._text)):
            match block.form:
                case Form.PROSE:
                    yield from self._prose(block)
                case Form.CODE:
                    yield from self._command(block, number)
                case Form.TABLE:
                    yield from self._rows(block, number)
                case Form.LIST | Form.STEPS:
                    yield from self._items(block, number)

    def _prose(self, block: Block) -> Iterator[Unit]:
        (line,) = block.lines
        for one in split_sentences(line):
            self._leading.end()
            if leads(one):
                self._leading.begin(one)
                continue
            if says(one):
                yield self._unit(one, Kind.SENTENCE, ())
            if forbids_what_follows(one):
                self._leading.begin(one)

    def _items(self, block: Block, number: int) -> Iterator[Unit]:
        kind = Kind.STEP if block.form is Form.STEPS else Kind.ITEM
        for line in block.lines:
            mark, _, rest = line.strip().partition(" ")
            text, indent = _BOX.sub("", rest.strip()), _indent(line)
            if leads(text):
                self._leading.lead(text, indent)
                continue
            above = self._leading.item(text, indent)
            if says(text):
                yield self._unit(text, kind, above, number, mark)

    def _rows(self, block: Block, number: int) -> Iterator[Unit]:
        for line in block.lines:
            yield self._unit(line, Kind.ROW, self._leading.above(0), number)

    def _command(self, block: Block, number: int) -> Iterator[Unit]:
        (code,) = block.lines
        if text := _whole_lines(code):
            yield self._unit(text, Kind.COMMAND, self._leading.above(_indent(code)), number)

    def _unit(
        self,
        text: str,
        kind: Kind,
        above: tuple[str, ...],
        number: int | None = None,
        mark: str = "",
    ) -> Unit:
        self._place += 1
        return Unit(
            passage=self._passage,
            place=self._place - 1,
            text=text if kind is Kind.COMMAND else text[:_LONGEST],
            kind=kind,
            leads=(*self._above, *above),
            list=number,
            mark=mark,
        )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _whole_lines(code: str) -> str:
    """Return as many whole commands of a block as there is room for, with a mark where it ends."""
    if len(code) <= _LONGEST_COMMAND:
        return code
    lines = code[: _LONGEST_COMMAND + 1].split("\n")[:-1]
    while lines and lines[-1].rstrip().endswith("\\"):  # it goes on with a line that is left out
        lines.pop()
    return "\n".join([*lines, _CUT]) if lines else ""


def leads(text: str) -> bool:
    """Tell whether a line only leads to what follows it."""
    return bool(_LEADS.search(text))


def says(text: str) -> bool:
    """Tell whether a line says something by itself."""
    plain = _LINK.sub(r"\1", text).strip()
    if leads(plain) or _NOTE.match(plain) or len(plain.split()) < _LEAST_WORDS:
        return False
    return not (plain != text.strip() and _POINTER.match(plain.rstrip(".")))

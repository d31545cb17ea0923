"""Passages cut into units that an answer may quote: a sentence, a list item, a command block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generators.prose.sentences import split_sentences
from models.records.chunk import Passage

_FENCE = re.compile(r"^\s*(?:```|~~~)")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_HEADING = re.compile(r"^\s*#{1,6}\s")
_ROW = re.compile(r"^\s*\|")
_RULE = re.compile(r"^\s*\|?[\s:|-]+\|?\s*$")
_LONGEST = 400  # characters of one unit; a longer one is no sentence
_LEAST_WORDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One quotable piece of a passage; `place` counts within the passage."""

    passage: int
    place: int
    text: str
    command: bool = False


def units(passages: Sequence[Passage]) -> list[Unit]:
    """Return the units of all passages, in the order in which they stand there."""
    return [
        Unit(passage=number, place=place, text=text[:_LONGEST], command=command)
        for number, passage in enumerate(passages)
        for place, (text, command) in enumerate(_pieces(passage.text))
    ]


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield pieces, each with whether it is a command."""
    for block, fenced in _blocks(text):
        if fenced:
            yield block, True
            continue
        for line in _joined(block):
            found = [line] if _ROW.match(line) else split_sentences(_ITEM.sub("", line))
            yield from ((one, False) for one in found if len(one.split()) >= _LEAST_WORDS)


def _blocks(text: str) -> Iterator[tuple[str, bool]]:
    """Yield stretches of prose and of fenced code."""
    held: list[str] = []
    fenced = False
    for line in text.splitlines():
        if not _FENCE.match(line):
            held.append(line)
            continue
        if any(part.strip() for part in held):
            yield "\n".join(held).strip("\n"), fenced
        held, fenced = [], not fenced
    if any(part.strip() for part in held):
        yield "\n".join(held).strip("\n"), fenced


def _joined(block: str) -> Iterator[str]:
    """Yield list items, table rows and paragraphs, each as one line."""
    held: list[str] = []
    for line in block.splitlines():
        alone = _ITEM.match(line) or _ROW.match(line) or _HEADING.match(line) or not line.strip()
        if alone and held:
            yield " ".join(held)
            held = []
        if line.strip() and not _HEADING.match(line) and not _RULE.match(line):
            held.append(line.strip())
    if held:
        yield " ".join(held)

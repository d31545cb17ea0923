"""The blocks of a Markdown passage: paragraphs, lists, tables and code, without headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_FENCE = re.compile(r"^\s*(?:```|~~~)")
_DRAWING = re.compile(r"^\s*(?:```|~~~)\s*mermaid\b")
_ITEM = re.compile(r"^\s*[-*+]\s+")
_STEP = re.compile(r"^\s*\d+[.)]\s+")
_HEADING = re.compile(r"^\s*#{1,6}\s")
_ROW = re.compile(r"^\s*\|")
_RULE = re.compile(r"^\s*\|?[\s:|-]+\|?\s*$")
_CELLS = re.compile(r"(?<!\\)\|")


class Form(StrEnum):
    """What a block is."""

    PROSE = "prose"
    LIST = "list"
    STEPS = "steps"
    TABLE = "table"
    CODE = "code"


_ITEMS = (Form.LIST, Form.STEPS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block: a paragraph or code as one line, a list or table as one line for each item or row.

    An item keeps its mark and its indent, which tells what it stands under; a row names its cells
    by the table's head.
    """

    form: Form
    lines: tuple[str, ...]


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a passage in their order; headings and drawings are left out."""
    for part, fenced in _fenced(text):
        if fenced:
            yield Block(form=Form.CODE, lines=(part,))
        else:
            yield from _runs(part)


def _fenced(text: str) -> Iterator[tuple[str, bool]]:
    """Yield stretches of prose and of fenced code; a drawing's source is no text to be read."""
    held: list[str] = []
    fenced = drawing = False
    for line in text.splitlines():
        if not _FENCE.match(line):
            held.append(line)
            continue
        if not drawing:
            yield from _held(held, fenced=fenced)
        held, fenced, drawing = [], not fenced, bool(_DRAWING.match(line))
    if not drawing:
        yield from _held(held, fenced=fenced)


def _held(lines: list[str], *, fenced: bool) -> Iterator[tuple[str, bool]]:
    if any(line.strip() for line in lines):
        yield "\n".join(lines).strip("\n"), fenced


def _runs(text: str) -> Iterator[Block]:
    """Yield the blocks of a stretch without code."""
    form, held, apart = Form.PROSE, list[str](), True
    for line in text.splitlines():
        if not line.strip() or _HEADING.match(line) or (_RULE.match(line) and "|" not in line):
            apart = True
            continue
        begins = _form(line)
        # An indented line goes on with the item above it, also after an empty one.
        goes_on = begins is Form.PROSE and (not apart or (form in _ITEMS and line[0].isspace()))
        if held and goes_on and form is not Form.TABLE:
            held[-1] = f"{held[-1]} {line.strip()}"
        elif begins is not form or (apart and begins is Form.PROSE):
            yield from _block(form, held)
            form, held = begins, [_line(line, begins)]
        else:
            held.append(_line(line, begins))
        apart = False
    yield from _block(form, held)


def _line(line: str, form: Form) -> str:
    return line.expandtabs(4).rstrip() if form in _ITEMS else line.strip()


def _form(line: str) -> Form:
    if _ROW.match(line):
        return Form.TABLE
    if _STEP.match(line):
        return Form.STEPS
    return Form.LIST if _ITEM.match(line) else Form.PROSE


def _block(form: Form, held: list[str]) -> Iterator[Block]:
    if form is Form.TABLE:
        held = list(_rows(held))
    if held:
        yield Block(form=form, lines=tuple(held))


def _rows(held: list[str]) -> Iterator[str]:
    """Yield the rows below a table's head, each cell after its column's name."""
    ruled = next((place for place, line in enumerate(held) if _RULE.match(line)), None)
    head = _cells(held[0]) if ruled == 1 else []
    for line in held[2:] if head else held:
        if _RULE.match(line):
            continue
        cells = _cells(line)
        if len(head) == len(cells):
            named = (_named(*pair) for pair in zip(head, cells, strict=True) if pair[1])
            yield "; ".join(named)
        else:
            yield "; ".join(cell for cell in cells if cell)


def _named(name: str, cell: str) -> str:
    return f"{name}: {cell}" if name else cell


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in _CELLS.split(line.strip().strip("|"))]

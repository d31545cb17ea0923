"""What leads to the units of a list or block: "Do:", "Never do this:", an item with items below.

An item without the line that leads to it may say the opposite of its runbook.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

_PROSE = -1  # the indent of a paragraph's lead-in: all items stand below it
_FORBIDS = re.compile(
    r"\b(?:never|not|cannot|\w+n['\u2019]t|avoid\w*|wrong\w*|forbidden|prohibited|unsafe|dangerous)\b",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(r"\b(?:this|these|the following|below|any of|either of)\b", re.IGNORECASE)
_HEADS = re.compile(
    r"^(?:never|do not|don['\u2019]t|avoid|forbidden|prohibited|wrong (?:actions?|steps?|ways?))\b"
    r"|\bnot to\b|\b(?:must|should|may) (?:not|never)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Lead:
    """A line that leads to others.

    `level` says that items with its own indent may belong to it; they do until a deeper one came.
    """

    text: str
    indent: int
    level: bool = True

    def covers(self, indent: int) -> bool:
        return indent > self.indent or (self.level and indent == self.indent)


@dataclass(slots=True)
class Leading:
    """The lines that lead to what is read next, the outermost first."""

    _leads: list[_Lead] = field(default_factory=list[_Lead])

    def end(self) -> None:
        """Forget them: a sentence stands between."""
        self._leads = []

    def begin(self, text: str) -> None:
        """Take a sentence that leads to what follows."""
        self._leads = [_Lead(text, _PROSE)]

    def lead(self, text: str, indent: int) -> None:
        """Take an item that only leads to other items."""
        self._leads = [one for one in self._leads if one.indent < indent]
        self._leads.append(_Lead(text, indent))

    def item(self, text: str, indent: int) -> tuple[str, ...]:
        """Return what leads to an item; one that forbids leads to those below it, too."""
        above = self.above(indent)
        self._leads = [
            replace(one, level=one.level and indent == one.indent)
            for one in self._leads
            if one.covers(indent)
        ]
        if forbids(text):
            self._leads.append(_Lead(text, indent, level=False))
        return above

    def above(self, indent: int) -> tuple[str, ...]:
        """Return what leads to a line with this indent."""
        return tuple(one.text for one in self._leads if one.covers(indent))


def forbids(text: str) -> bool:
    """Tell whether a line says that something is not done."""
    return bool(_FORBIDS.search(text))


def forbids_what_follows(text: str) -> bool:
    """Tell whether a sentence without a colon forbids what stands below it."""
    return forbids(text) and bool(_FOLLOWS.search(text))


def heads_what_is_forbidden(heading: str) -> bool:
    """Tell whether a heading forbids what stands below it; "Node not ready" does not."""
    return bool(_HEADS.search(heading))

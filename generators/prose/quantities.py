"""Numbers with units, and which other writing says exactly the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

# Each unit as its dimension and its size in the dimension's smallest unit. Binary and decimal
# bytes share a dimension, so that 1 GB is never taken for 1 GiB but 1024 MiB is 1 GiB.
_UNITS: dict[str, tuple[str, int]] = {
    "b": ("bytes", 1),
    "byte": ("bytes", 1),
    "kb": ("bytes", 10**3),
    "mb": ("bytes", 10**6),
    "gb": ("bytes", 10**9),
    "tb": ("bytes", 10**12),
    "pb": ("bytes", 10**15),
    "kib": ("bytes", 2**10),
    "mib": ("bytes", 2**20),
    "gib": ("bytes", 2**30),
    "tib": ("bytes", 2**40),
    "pib": ("bytes", 2**50),
    "hz": ("hertz", 1),
    "khz": ("hertz", 10**3),
    "mhz": ("hertz", 10**6),
    "ghz": ("hertz", 10**9),
    "kbps": ("rate", 10**3),
    "mbps": ("rate", 10**6),
    "gbps": ("rate", 10**9),
    "ms": ("time", 1),
    "millisecond": ("time", 1),
    "s": ("time", 1000),
    "second": ("time", 1000),
    "min": ("time", 60_000),
    "minute": ("time", 60_000),
    "h": ("time", 3_600_000),
    "hour": ("time", 3_600_000),
    "day": ("time", 86_400_000),
    "week": ("time", 604_800_000),
    "%": ("share", 1),
    "percent": ("share", 1),
}
_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen", "twenty"),
)
_WORDS = {word: value for value, word in enumerate(_SMALL)}
_WORDS |= {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80}
_WORDS |= {"ninety": 90, "hundred": 100, "thousand": 1000, "million": 10**6, "dozen": 12}
# Amounts without a number; a fact has to use the same word.
VAGUE = frozenset(
    (
        *("half", "third", "quarter", "twice", "double", "doubled", "triple", "tripled", "most"),
        *("majority", "dozens", "hundreds", "thousands", "millions", "both", "every"),
    )
)
_NUMBER = re.compile(
    r"(?<![\w.,/:+-])(?P<sign>-)?(?P<value>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:\s?(?P<unit>%|[A-Za-z]+\b))?(?![\w]|[-/:.,]\d|-[A-Za-z])"
)
_WORD = re.compile(r"\b[a-z]+\b", re.IGNORECASE)


class Quantity(NamedTuple):
    """A number in its dimension's smallest unit; the dimension is "" for a plain number."""

    value: Decimal
    dimension: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A quantity and where it was written."""

    quantity: Quantity
    text: str
    start: int
    end: int


def mentions(text: str) -> Iterator[Mention]:
    """Yield each number of a text, also those in words, with the unit that follows it."""
    for match in _NUMBER.finditer(text):
        value = Decimal(match["value"].replace(",", "")) * (-1 if match["sign"] else 1)
        dimension, size = _unit(match["unit"])
        end = match.end() if dimension else match.end("value")
        yield Mention(
            Quantity(value * size, dimension), text[match.start() : end], match.start(), end
        )
    for match in _WORD.finditer(text):
        if (number := _WORDS.get(match[0].lower())) is not None:
            yield Mention(Quantity(Decimal(number), ""), match[0], match.start(), match.end())


def quantities(text: str) -> set[Quantity]:
    """Return the numbers of a text; a number in words counts as its digits."""
    return {mention.quantity for mention in mentions(text)}


def _unit(word: str | None) -> tuple[str, int]:
    if not word:
        return "", 1
    lowered = word.lower()
    return _UNITS.get(lowered) or _UNITS.get(lowered.removesuffix("s")) or ("", 1)

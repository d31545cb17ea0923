"""Alert texts brought to the words that stay equal when only numbers and names change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from tasks.alerts.grouping.vocabulary import STOP

WORDS_KEPT = 32  # of one alert; the rest of a long text adds nothing to the comparison
_LONGEST = 600  # characters that are read
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MASKED = re.compile(
    r"https?://\S+"
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"
    r"|\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b"
    r"|\d+(?:[.,]\d+)*\s?(?:%|[kmgtp]i?b?\b|ms\b|s\b)?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z][a-z_]+")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]")


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Return the text in lower case, with the humps of names opened: `DiskFull` says disk full."""
    return _CAMEL.sub(" ", text[:_LONGEST]).replace("_", " ").lower()


def words_of(texts: Iterable[str], without: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the telling words of texts: numbers, hashes, addresses and given names masked.

    Args:
        texts: Rule, title, description.
        without: Names that are told apart elsewhere, such as hosts and services.
    """
    whole = plain(" ".join(texts))
    for name in without:
        whole = whole.replace(name, " ")
    found = dict.fromkeys(_WORD.findall(_MASKED.sub(" ", whole)))
    return tuple(word for word in found if word not in STOP)[:WORDS_KEPT]


def names_in(text: str) -> tuple[str, ...]:
    """Return what may be a name in a text, in lower case; dots and hyphens stand in it."""
    return tuple(dict.fromkeys(name.lower() for name in _NAME.findall(text[:_LONGEST])))


def likeness(words: Iterable[str], seen: Mapping[str, int], size: int) -> float:
    """Return 0 to 1: which share of an alert's words an incident's alerts have in common with it.

    Args:
        words: Of the alert.
        seen: How often each word stands in the incident's alerts.
        size: How many of the alert's words there are; fewer than three say little.
    """
    if not size:
        return 0.0
    shared = sum(map(seen.__contains__, words))
    return shared / max(size, 3)

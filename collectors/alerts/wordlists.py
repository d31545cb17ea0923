"""Long lists of names, written as one text."""

from __future__ import annotations


def listed(words: str) -> tuple[str, ...]:
    """Return the words of a text in their order."""
    return tuple(words.split())

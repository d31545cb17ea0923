"""Splitting text into sentences without breaking versions, addresses and file names."""

from __future__ import annotations

import re

# A sentence ends in . ! or ? before a space and something that begins one. `8.0.3`, `vc.example`
# and `e.g. this` do not end one.
_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|approx|no|incl)\.)$", re.IGNORECASE)


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text on one line each, without those that are blank."""
    sentences: list[str] = []
    for part in _END.split(" ".join(text.split())):
        if sentences and _ABBREVIATION.search(sentences[-1]):
            sentences[-1] = f"{sentences[-1]} {part}"
        elif part:
            sentences.append(part)
    return sentences

"""The words of questions and passages, without the endings that only bend them."""

from __future__ import annotations

import re

from generators.knowledge.wording import split_names
from models.records.chunk import Passage

_WORD = re.compile(r"[a-z0-9]+")
_SHORTEST_STEM = 3


def stems(text: str) -> set[str]:
    """Return the stems of a text's words; identifiers are split."""
    return {stem(word) for word in _WORD.findall(split_names(text).lower())}


def stem(word: str) -> str:
    """Return a word without the endings that only bend it."""
    for ending in ("ing", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)].removesuffix("e")
    return word.removesuffix("e") if len(word) > _SHORTEST_STEM else word


def under(passage: Passage) -> str:
    """Return where a passage stands: its document's name and its headings."""
    return split_names(
        f"{passage.document.rsplit('/', 1)[-1].removesuffix('.md')} {passage.heading}"
    )

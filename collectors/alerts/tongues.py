"""Names and words of other languages, where operators' own scripts and templates speak them.

A field's name comes to the English one that means the same, and so does a word for how bad it is or
what it is like now. Which ones are known stands in `tongues.toml`.
"""

from __future__ import annotations

import tomllib
import unicodedata
from functools import lru_cache
from importlib import resources

from collectors.alerts.wordlists import listed

_LONGEST = 128


def folded(text: str) -> str:
    """Return a text in lower case without the marks of its letters: `Gravité` is `gravite`."""
    low = text.lower().replace("ß", "ss").replace("œ", "oe")
    if low.isascii():
        return low
    parts = unicodedata.normalize("NFKD", low)
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def _joined(text: str, between: str) -> str:
    """Return a text's letters and digits of any script, with `between` for all else."""
    kept = "".join(letter if letter.isalnum() else " " for letter in folded(text))
    return between.join(kept.split())


def _table(name: str, between: str) -> dict[str, str]:
    """Return one table of the file: each foreign name or word, and the English one for it."""
    path = resources.files("collectors.alerts").joinpath("tongues.toml")
    table: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8"))[name]
    return {_joined(one, between): plain for plain, words in table.items() for one in listed(words)}


_FIELD = _table("fields", "")
_WORD = _table("words", "_")


def field(name: str) -> str:
    """Return the English name of a field as letters and digits; one of no known language stays."""
    plain = _joined(name, "")
    return _FIELD.get(plain, plain)


@lru_cache(maxsize=2048)  # senders choose the word
def english(word: str) -> str | None:
    """Return the English word for one of another language; None for one that is not known."""
    return _WORD.get(_joined(word, "_")) if len(word) <= _LONGEST else None

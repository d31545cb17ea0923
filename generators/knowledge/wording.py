"""Words for searching: identifiers and paths are split, and kept whole beside that.

`KubeletTooManyPods` answers for "too many pods"; `apiserver_request_total` for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from models.records.chunk import Chunk, Terms

# A lower-case letter or digit before an upper-case one; the last capital of a run before a word.
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"[A-Za-z0-9]+(?:[._:/-][A-Za-z0-9]+)+|[A-Za-z0-9]*[a-z0-9][A-Z][A-Za-z0-9]*")
_TABLE_RULE = re.compile(r"^\|[ :|-]+\|$\n?", re.MULTILINE)  # the line below a table's head
_TABLE_ROW = re.compile(r"^\|(.*)\|$", re.MULTILINE)
_LONGEST = 100  # characters of one word; longer ones are data, such as certificates

# Words that only make a sentence. Words of direction and negation stay: "down" and "not" mean
# something here.
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be been but by can could did do does for from get give go got had has "
        "have he her here his how i if in into is it its just let like may me might my of on one "
        "or our please say she should so some such tell than that the their them then there these "
        "they this those to us was we were what when where which while who whom whose why will "
        "with would you your s t re ve ll d m",
    )
)


def split_names(text: str) -> str:
    """Return the text with identifiers split into their words: `NodeDown` is `Node Down`."""
    return _CAMEL.sub(" ", text)


def words(text: str) -> str:
    """Return the words of a text, each once split and, where that changes it, once whole."""
    found: list[str] = []
    for word in _WORD.findall(text):
        if len(word) > _LONGEST:
            continue
        parts = _CAMEL.split(word)
        found.extend(parts)
        if len(parts) > 1:
            found.append(word)
    return " ".join(found)


def names(text: str) -> tuple[str, ...]:
    """Return the identifiers, paths and addresses of a text, lower case, each once, sorted."""
    found = {name.lower() for name in _NAME.findall(text) if len(name) <= _LONGEST}
    return tuple(sorted(found))


def question_words(question: str) -> str:
    """Return the words of a question that say what it is about; all of them if none would stay."""
    found = words(question).split()
    meant = [word for word in found if word.lower() not in _COMMON]
    return " ".join(meant or found)


def title_from_name(name: str) -> str:
    """Return a readable title for a document known by its path only."""
    stem = PurePosixPath(name).stem
    return split_names(stem.replace("_", " ").replace("-", " ")).strip() or name


def terms(name: str, title: str, chunk: Chunk) -> Terms:
    """Return what full text search gets to know of a chunk."""
    path = PurePosixPath(name).with_suffix("").as_posix()
    return Terms(
        title=words(f"{path} {title}"),
        heading=words(" ".join(chunk.heading)),
        body=words(chunk.text),
        names=_all_names((path, title, *chunk.heading, chunk.text)),
    )


def embedding_text(title: str, heading: Iterable[str], text: str) -> str:
    """Return what is embedded for a chunk: where it stands, then what it says.

    The document's path is not in it, so that a moved file needs no new vectors. Tables lose their
    bars and rules, which are a third of their tokens, say nothing and cost as much as words.
    """
    path = [split_names(title), *(split_names(part) for part in heading)]
    where = " > ".join(part for i, part in enumerate(path) if part and part not in path[:i])
    return f"{where}\n{_without_bars(text)}"


def identified(question: str, known: Iterable[str]) -> float:
    """Return which share of a question's words stand in identifiers of these, from 0 to 1."""
    inside = len(words(" ".join(known)).split())
    return min(1.0, inside / max(1, len(question_words(question).split())))


def _without_bars(text: str) -> str:
    return _TABLE_ROW.sub(_cells, _TABLE_RULE.sub("", text))


def _cells(row: re.Match[str]) -> str:
    return " ".join(cell.strip() for cell in row[1].split(" | "))


def _all_names(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for text in texts for name in names(text)}))

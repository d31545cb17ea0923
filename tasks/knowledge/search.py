"""Searching the index by words, by meaning, or by both."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from psycopg import Connection

from generators.inference.embedder import Embedder
from generators.knowledge.ranking import VECTOR_SHARE, diversify, fuse
from generators.knowledge.wording import identified, names, question_words, split_names
from models.records.chunk import Match, Passage
from models.store import knowledge

CANDIDATES = 100  # chunks that each method proposes; ten times what is usually shown


class Mode(StrEnum):
    """How to search."""

    HYBRID = "hybrid"
    VECTOR = "vector"
    TEXT = "text"


def search(
    conn: Connection[tuple[Any, ...]],
    question: str,
    embedder: Callable[[], Embedder],
    *,
    limit: int = 10,
    collection: str | None = None,
    mode: Mode = Mode.HYBRID,
) -> list[Passage]:
    """Return the chunks that answer a question best, best first; [] where nothing is near.

    Args:
        conn: A connection of the caller; nothing is written.
        question: In words; identifiers in it are matched whole and split.
        embedder: Called where vectors are needed, so that searching by words loads no model.
        limit: How many chunks at most.
        collection: Only in this one; without it in all.
        mode: By words, by meaning, or both.
    """
    wanted = max(CANDIDATES, limit)
    given = _names(question)
    text = [] if mode is Mode.VECTOR else _by_words(conn, question, given, collection, wanted)
    near = [] if mode is Mode.TEXT else _by_meaning(conn, question, embedder(), collection, wanted)
    # Vectors do not tell esx-07 from esx-08: the more of a question is such names, the less they
    # count. A name that stands nowhere says something by its parts only, where vectors help.
    known = knowledge.known_names(conn, given, collection)
    share = VECTOR_SHARE * (1 - identified(question, known))
    best = diversify(fuse(text, near, share), limit)
    return knowledge.passages(conn, {match.chunk_id: match.score for match in best})


def _by_words(
    conn: Connection[tuple[Any, ...]],
    question: str,
    given: list[str],
    collection: str | None,
    limit: int,
) -> list[Match]:
    return knowledge.match_text(conn, question_words(question), given, collection, limit)


def _names(question: str) -> list[str]:
    # A backslash would change the meaning of a quoted lexeme; no word holds one.
    return [name for name in names(question) if "\\" not in name]


def _by_meaning(
    conn: Connection[tuple[Any, ...]],
    question: str,
    embedder: Embedder,
    collection: str | None,
    limit: int,
) -> list[Match]:
    vector = embedder.embed([split_names(question)])[0]
    return knowledge.match_vectors(conn, embedder.model_id, vector, collection, limit)

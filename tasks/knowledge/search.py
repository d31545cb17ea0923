"""Searching the index by words, by meaning, or by both."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from psycopg import Connection

from generators.inference.embedder import Embedder
from generators.knowledge.ranking import diversify, fuse
from generators.knowledge.wording import names, question_words, split_names
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
    text = [] if mode is Mode.VECTOR else _by_words(conn, question, collection, wanted)
    near = [] if mode is Mode.TEXT else _by_meaning(conn, question, embedder(), collection, wanted)
    best = diversify(fuse(text, near), limit)
    return knowledge.passages(conn, {match.chunk_id: match.score for match in best})


def _by_words(
    conn: Connection[tuple[Any, ...]], question: str, collection: str | None, limit: int
) -> list[Match]:
    # A backslash would change the meaning of a quoted lexeme; no word holds one.
    found = [name for name in names(question) if "\\" not in name]
    return knowledge.match_text(conn, question_words(question), found, collection, limit)


def _by_meaning(
    conn: Connection[tuple[Any, ...]],
    question: str,
    embedder: Embedder,
    collection: str | None,
    limit: int,
) -> list[Match]:
    vector = embedder.embed([split_names(question)])[0]
    return knowledge.match_vectors(conn, embedder.model_id, vector, collection, limit)

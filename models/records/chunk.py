"""Documents as they are indexed: chunks under headings, and what a search finds."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A part of a document; `heading` is the path of headings above it, outermost first."""

    heading: tuple[str, ...]
    anchor: str
    text: str
    token_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedDocument:
    """A document cut into chunks; `sha256` is of its whole text, `name` its path or title."""

    name: str
    title: str
    sha256: bytes
    chunks: tuple[Chunk, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What full text search knows of a chunk: words by where they stand, and exact names."""

    title: str
    heading: str
    body: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A chunk that one search method found, with that method's own score (higher is better).

    `anchor` is of the heading it stands under; None is a heading of its own.
    """

    chunk_id: int
    document_id: int
    score: float
    anchor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A search result."""

    document: str
    heading: str
    chunk_id: str
    score: float
    text: str
    collection: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexReport:
    """What one indexing changed; `chunks` counts those now stored under its documents."""

    added: int
    updated: int
    unchanged: int
    removed: int
    chunks: int
    embedded: int


def text_hash(text: str) -> bytes:
    """Return the SHA-256 that an embedding is kept under."""
    return sha256(text.encode()).digest()

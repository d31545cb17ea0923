"""Indexed documents, their full text and their vectors; the caller owns the transaction."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector
from psycopg import Connection, sql

from models.records.chunk import Chunk, IndexedDocument, Match, Passage, Terms, text_hash
from models.store import queries

SQL = queries("knowledge")
HNSW_FROM_CHUNKS = 20_000  # below it the exact scan takes milliseconds and misses nothing
_WEIGHTS = [0.5, 0.5, 0.8, 1.0]  # of body (D and C), heading (B) and title (A)
_LENGTH_NORMALISATION = 0.3  # b of BM25; 0.75 is for whole documents, chunks are of like length
_MOST_HITS = 10_000  # terms in chunks that are ranked for one question, about 25 ms
Rows = Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchableDocument:
    """A document with what is searched and embedded for each of its chunks, in their order."""

    document: IndexedDocument
    terms: tuple[Terms, ...]
    embedding_texts: tuple[str, ...]


def known_documents(conn: Rows, collection: str) -> dict[str, tuple[str, bytes]]:
    """Return root and SHA-256 of each document of a collection, by name."""
    found = conn.execute(SQL["known_documents"], {"collection": collection})
    return {name: (root, digest) for name, root, digest in found}


def save_documents(
    conn: Rows, collection: str, root: str, documents: Sequence[SearchableDocument]
) -> None:
    """Store documents; the chunks of each are replaced as one, those that stay keep their ids."""
    heads = [_head(item) for item in documents]
    values = {"collection": collection, "root": root, "documents": json.dumps(heads)}
    # A document that another process saved in the same form meanwhile does not come back.
    ids: dict[str, int] = dict(conn.execute(SQL["save_documents"], values).fetchall())
    changed = [item for item in documents if item.document.name in ids]
    chunks = [_chunk_rows(item, ids[item.document.name]) for item in changed]
    keys = [
        {"document_id": ids[item.document.name], "keys": [row["key"] for row in rows]}
        for item, rows in zip(changed, chunks, strict=True)
    ]
    conn.execute(SQL["delete_stale_chunks"], {"documents": json.dumps(keys)})
    rows = [row for rows in chunks for row in rows]
    conn.execute(SQL["save_chunks"], {"chunks": json.dumps(rows)})


def delete_documents(conn: Rows, collection: str, names: Iterable[str]) -> int:
    """Remove documents and their chunks; return how many there were."""
    values = {"collection": collection, "names": list(names)}
    return conn.execute(SQL["delete_documents"], values).rowcount


def move_documents(conn: Rows, collection: str, root: str, names: Iterable[str]) -> None:
    """Note that documents, unchanged otherwise, come from another root now."""
    values = {"collection": collection, "root": root, "names": list(names)}
    conn.execute(SQL["move_documents"], values)


def names_under(conn: Rows, collection: str, root: str) -> set[str]:
    """Return the documents that were added from a path."""
    found = conn.execute(SQL["names_under"], {"collection": collection, "root": root})
    return {name for (name,) in found}


def missing_texts(
    conn: Rows, model_id: str, limit: int
) -> list[tuple[bytes, str, tuple[str, ...], str]]:
    """Return hash, title, heading and text of chunks without a vector of this model."""
    found = conn.execute(SQL["missing_texts"], {"model_id": model_id, "limit": limit})
    return [(digest, title, tuple(heading), text) for digest, title, heading, text in found]


def count_missing(conn: Rows, model_id: str) -> int:
    """Count the texts that have no vector of this model."""
    (count,) = _one(conn, "count_missing", {"model_id": model_id})
    return int(count)


def save_embeddings(
    conn: Rows, model_id: str, digests: Sequence[bytes], vectors: NDArray[np.float32]
) -> None:
    """Keep vectors, shape (n, dimensions), by the hash of their texts."""
    rows = [
        {"model_id": model_id, "text_sha256": digest, "embedding": _literal(vector)}
        for digest, vector in sorted(zip(digests, vectors, strict=True), key=lambda row: row[0])
    ]
    with conn.cursor() as cursor:
        cursor.executemany(SQL["save_embedding"], rows)


def prune_embeddings(conn: Rows, days: int) -> int:
    """Remove vectors older than so many days whose text stands in no document any more."""
    return conn.execute(SQL["prune_embeddings"], {"days": days}).rowcount


def match_text(
    conn: Rows, words: str, names: Sequence[str], collection: str | None, limit: int
) -> list[Match]:
    """Return the chunks that share words or names with a question, best first."""
    values = {
        "words": words,
        "names": list(names),
        "collection": collection,
        "limit": limit,
        "weights": _WEIGHTS,
        "b": _LENGTH_NORMALISATION,
        "most_hits": _MOST_HITS,
    }
    return [_match(*row) for row in conn.execute(SQL["match_text"], values)]


def known_names(conn: Rows, names: Sequence[str], collection: str | None) -> list[str]:
    """Return those identifiers, in lower case, that stand in a chunk."""
    values = {"names": list(names), "collection": collection}
    return [name for (name,) in conn.execute(SQL["known_names"], values)]


def match_vectors(
    conn: Rows, model_id: str, vector: NDArray[np.float32], collection: str | None, limit: int
) -> list[Match]:
    """Return the chunks nearest to a unit vector, best first; the score is the cosine.

    Exact below `HNSW_FROM_CHUNKS`; above it by the index, where `ensure_vector_index` built one.
    """
    values = {
        "model_id": model_id,
        "vector": _literal(vector),
        "collection": collection,
        "limit": limit,
    }
    few = chunk_count(conn, collection) < HNSW_FROM_CHUNKS
    if few or _index_name(model_id) not in _indexes(conn):
        return [_match(*row) for row in conn.execute(SQL["match_vectors"], values)]
    conn.execute(SQL["widen_index_scan"])
    found = [_match(*row) for row in conn.execute(_indexed_query(model_id, len(vector)), values)]
    conn.execute(SQL["allow_sorting"])
    return sorted(found, key=lambda match: (-match.score, match.chunk_id))


def ensure_vector_index(conn: Rows, model_id: str, dimensions: int) -> bool:
    """Build the HNSW index of a model's vectors where there are enough; return whether it did.

    Takes about 15 s at 100,000 vectors; run it outside of other transactions.
    """
    if chunk_count(conn) < HNSW_FROM_CHUNKS or _index_name(model_id) in _indexes(conn):
        return False
    conn.execute("SET LOCAL statement_timeout = 0")
    conn.execute("SET LOCAL maintenance_work_mem = '256MB'")
    statement = sql.SQL(SQL["create_vector_index"]).format(
        name=sql.Identifier(_index_name(model_id)),
        size=sql.Literal(dimensions),
        model=sql.Literal(model_id),
    )
    conn.execute(statement)
    return True


def refresh_statistics(conn: Rows) -> None:
    """Tell Postgres how common each term is; the embedded one may stop before it looks itself."""
    conn.execute(SQL["analyze"])


def passages(conn: Rows, scores: Mapping[int, float]) -> list[Passage]:
    """Return the chunks of these ids with their scores, in the order given."""
    found = {
        row[0]: _passage(scores[row[0]], row)
        for row in conn.execute(SQL["passages"], {"ids": list(scores)})
    }
    return [found[chunk] for chunk in scores if chunk in found]


def with_sections(conn: Rows, found: Sequence[Passage], beside: int = 1) -> list[Passage]:
    """Return passages each among those beside it under the same heading, in reading order.

    Args:
        conn: A connection of the caller.
        found: The passages, best first; what stands beside one bears its score.
        beside: How many chunks before and after each.
    """
    scores = {int(passage.chunk_id): passage.score for passage in found}
    rows = conn.execute(SQL["sections"], {"ids": list(scores), "beside": beside})
    kept: dict[str, Passage] = {}
    for origin, *chunk in rows:
        passage = _passage(scores[origin], chunk)
        kept.setdefault(passage.chunk_id, passage)
    return list(kept.values())


def _passage(score: float, row: Sequence[Any]) -> Passage:
    chunk_id, collection, document, heading, anchor, text = row
    return Passage(
        chunk_id=str(chunk_id),
        score=round(score, 6),
        collection=collection,
        document=document,
        heading=" > ".join(heading),
        anchor=anchor,
        text=text,
    )


def counts(conn: Rows) -> list[dict[str, Any]]:
    """Return documents and chunks by collection."""
    return [
        {"collection": collection, "documents": documents, "chunks": chunks}
        for collection, documents, chunks in conn.execute(SQL["counts"])
    ]


def chunks_of(conn: Rows, collection: str, names: Iterable[str]) -> int:
    """Count the chunks of these documents."""
    (count,) = _one(conn, "chunks_of", {"collection": collection, "names": list(names)})
    return int(count)


def chunk_count(conn: Rows, collection: str | None = None) -> int:
    """Count the chunks of a collection; without one of all."""
    (count,) = _one(conn, "chunk_count", {"collection": collection})
    return int(count)


def _head(item: SearchableDocument) -> dict[str, Any]:
    return {
        "name": item.document.name,
        "title": item.document.title,
        "sha256": item.document.sha256.hex(),
        "chunk_count": len(item.document.chunks),
        "word_count": sum(_word_count(terms) for terms in item.terms),
    }


def _chunk_rows(item: SearchableDocument, document_id: int) -> list[dict[str, Any]]:
    seen: Counter[str] = Counter()
    rows = []
    parts = zip(item.document.chunks, item.terms, item.embedding_texts, strict=True)
    for ordinal, (chunk, terms, embedded) in enumerate(parts):
        key = _key(chunk)
        seen[key] += 1
        rows.append(
            {
                "document_id": document_id,
                "key": f"{key}-{seen[key]}",
                "ordinal": ordinal,
                "heading": list(chunk.heading),
                "anchor": chunk.anchor,
                "text": chunk.text,
                "text_sha256": text_hash(embedded).hex(),
                "token_count": chunk.token_count,
                "word_count": _word_count(terms),
                "title_words": terms.title,
                "heading_words": terms.heading,
                "body_words": terms.body,
                "names": list(terms.names),
            }
        )
    return rows


def _key(chunk: Chunk) -> str:
    return sha256("\n".join([*chunk.heading, chunk.text]).encode()).hexdigest()[:16]


def _word_count(terms: Terms) -> int:
    return terms.body.count(" ") + 1 if terms.body else 0


def _match(chunk_id: int, document_id: int, score: float, anchor: str) -> Match:
    return Match(chunk_id=chunk_id, document_id=document_id, score=float(score), anchor=anchor)


def _literal(vector: NDArray[np.float32]) -> str:
    return str(HalfVector(vector).to_text())


def _one(conn: Rows, name: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    row = conn.execute(SQL[name], values).fetchone()
    return row if row is not None else (0,)


def _index_name(model_id: str) -> str:
    return f"knowledge_embeddings_{sha256(model_id.encode()).hexdigest()[:12]}"


def _indexes(conn: Rows) -> set[str]:
    return {name for (name,) in conn.execute(SQL["index_names"])}


def _indexed_query(model_id: str, dimensions: int) -> sql.Composed:
    # The planner sees that the partial index fits only where model and length are literals.
    statement = sql.SQL(SQL["match_vectors_indexed"])
    return statement.format(size=sql.Literal(dimensions), model=sql.Literal(model_id))

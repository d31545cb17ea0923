"""Documents into the index, in two phases: cutting and storing, then embedding.

Embedding is slow and may run elsewhere, so it never happens inside a transaction; a document is
found by its words as soon as it is stored, and by its meaning once it is embedded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import islice
from typing import TypeVar

from generators.inference.embedder import Embedder
from generators.inference.embedder import embedder as configured_embedder
from generators.knowledge.chunking import chunk_document
from generators.knowledge.wording import embedding_text, terms
from models.records.chunk import IndexReport
from models.redaction import redact
from models.store import knowledge, transaction
from models.store.knowledge import SearchableDocument

EMBED_AT_ONCE = 256
_STORE_AT_ONCE = 50
_CUT_VERSION = b"2"  # raise it when chunks or their words change: documents are then cut again
Documents = Iterable[tuple[str, str]]
Progress = Callable[[int, int], None]


def index_documents(
    collection: str,
    documents: Documents,
    embedder: Embedder | None = None,
    *,
    root: str = "",
    on_progress: Progress | None = None,
) -> IndexReport:
    """Store and embed documents given as `(name, text)`; what is unchanged writes nothing.

    Args:
        collection: Where they belong, such as `datacenter`.
        documents: All documents of this root; one that was there and is not among them is removed.
        embedder: Makes the vectors of texts that have none yet; by default the configured one.
        root: Where they come from, a path or a name of the caller's; documents of other roots stay.
        on_progress: Told texts embedded and texts to embed.

    Raises:
        StoreUnavailable: Postgres went away; what was stored stays, another call goes on.
    """
    report = store_chunks(collection, documents, root=root)
    return replace(report, embedded=embed_missing(embedder, on_progress=on_progress))


def store_chunks(
    collection: str, documents: Documents, *, root: str = "", complete: bool = True
) -> IndexReport:
    """Cut and store documents without embedding them; arguments as for `index_documents`.

    A document of the same name that another root brought is taken over. Those that are not
    `complete` are some of the root's documents: none is removed.
    """
    with transaction() as conn:
        known = knowledge.known_documents(conn, collection)
    tally = _Tally(root=root, known=known)
    for some in _batches(tally.changed(documents), _STORE_AT_ONCE):
        ready = [_searchable(name, text, digest) for name, text, digest in some]
        with transaction() as conn:
            knowledge.save_documents(conn, collection, root, ready)
    with transaction() as conn:
        if tally.moved:
            knowledge.move_documents(conn, collection, root, sorted(tally.moved))
        held = knowledge.names_under(conn, collection, root) if complete else set()
        gone = held - tally.seen
        removed = knowledge.delete_documents(conn, collection, sorted(gone)) if gone else 0
        chunks = knowledge.chunks_of(conn, collection, sorted(tally.seen))
        if (tally.added + tally.updated) * 10 > len(tally.seen):
            knowledge.refresh_statistics(conn)
    return IndexReport(
        added=tally.added,
        updated=tally.updated,
        unchanged=len(tally.seen) - tally.added - tally.updated,
        removed=removed,
        chunks=chunks,
        embedded=0,
    )


def embed_missing(
    embedder: Embedder | None = None,
    *,
    limit: int | None = None,
    on_progress: Progress | None = None,
) -> int:
    """Embed the texts that have no vector of this model yet; return how many were embedded.

    Two processes that do so at once do some work twice and store it once.

    Args:
        embedder: Makes the vectors; by default the configured one.
        limit: At most so many texts; without it all.
        on_progress: Told texts embedded and texts to embed.
    """
    embedder = embedder or configured_embedder()
    with transaction() as conn:
        total = knowledge.count_missing(conn, embedder.model_id)
    total = total if limit is None else min(limit, total)
    done = 0
    if on_progress is not None and total:
        on_progress(0, total)
    while done < total and (some := _embed_some(embedder, min(EMBED_AT_ONCE, total - done))):
        done += some
        if on_progress is not None:
            on_progress(done, total)
    if done:
        with transaction() as conn:
            knowledge.ensure_vector_index(conn, embedder.model_id, embedder.dimensions)
    return done


def _embed_some(embedder: Embedder, count: int) -> int:
    with transaction() as conn:
        missing = knowledge.missing_texts(conn, embedder.model_id, count)
    if missing:
        texts = [embedding_text(title, heading, text) for _, title, heading, text in missing]
        vectors = embedder.embed(texts)
        with transaction() as conn:
            digests = [digest for digest, *_ in missing]
            knowledge.save_embeddings(conn, embedder.model_id, digests, vectors)
    return len(missing)


@dataclass(slots=True)
class _Tally:
    """What is known of a collection, and what is seen of it now."""

    root: str
    known: dict[str, tuple[str, bytes]]
    seen: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    added: int = 0
    updated: int = 0

    def changed(self, documents: Documents) -> Iterator[tuple[str, str, bytes]]:
        """Yield name, text without secrets and hash of the documents that are to be stored."""
        for name, raw in documents:
            text = redact(raw.replace("\x00", ""))
            digest = sha256(_CUT_VERSION + text.encode("utf-8", "replace")).digest()
            self.seen.add(name)
            root, stored = self.known.get(name, ("", b""))
            if stored == digest:
                self.moved.update({name} if root != self.root else ())
                continue
            self.updated += name in self.known
            self.added += name not in self.known
            yield name, text, digest


def _searchable(name: str, text: str, digest: bytes) -> SearchableDocument:
    document = replace(chunk_document(name, text), sha256=digest)
    return SearchableDocument(
        document=document,
        terms=tuple(terms(name, document.title, chunk) for chunk in document.chunks),
        embedding_texts=tuple(
            embedding_text(document.title, chunk.heading, chunk.text) for chunk in document.chunks
        ),
    )


Item = TypeVar("Item")


def _batches(items: Iterable[Item], size: int) -> Iterator[tuple[Item, ...]]:
    rest = iter(items)
    while some := tuple(islice(rest, size)):
        yield some

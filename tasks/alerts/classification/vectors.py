"""Vectors of normalised texts, each embedded once, from an embedder that may fail."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from generators.inference.embedder import Embedder
from models.errors import NightshiftError, RejectedOutput
from tasks.alerts.classification.guard import Guard

DEADLINE_SECONDS = 5.0
FIRST_DEADLINE_SECONDS = 20.0  # the first call loads the model, and the very first one builds it
AT_ONCE = 16  # texts under one deadline; a second or two where the machine is very busy
KEPT = 8_192  # vectors in memory, 1.5 kB each
Vector = NDArray[np.float32]


class VectorCache(Protocol):
    """Keeps vectors beyond this process; where it fails, they are made again."""

    def load(self, model_id: str, digests: Sequence[bytes]) -> Mapping[bytes, Vector]:
        """Return the vectors that are kept, by the SHA-256 of their text."""
        ...

    def save(self, model_id: str, digests: Sequence[bytes], vectors: Vector) -> None:
        """Keep vectors, shape (n, dimensions)."""
        ...


@dataclass(slots=True)
class Vectors:
    """Gives each text its vector; `embedded` counts those that were made here.

    `load` returns the embedder, and is called when the first text needs it. `check` is asked
    whether vectors of its model and length can be used, and raises where they cannot.
    """

    load: Callable[[], Embedder]
    check: Callable[[str, int], None] = lambda _model, _dimensions: None
    cache: VectorCache | None = None
    deadline_seconds: float = DEADLINE_SECONDS
    first_deadline_seconds: float = FIRST_DEADLINE_SECONDS
    guard: Guard = field(default_factory=lambda: Guard("embedder"))
    embedded: int = 0
    _embedder: Embedder | None = None
    _kept: OrderedDict[bytes, Vector] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, texts: Sequence[str]) -> tuple[dict[str, Vector], str | None]:
        """Return vectors by text, and why some are missing; nothing of the embedder is raised."""
        wanted = {sha256(text.encode("utf-8", "replace")).digest(): text for text in texts}
        found = self._remembered(wanted)
        missing = {digest: text for digest, text in wanted.items() if digest not in found}
        failure = None
        try:
            for digest, vector in self._made(missing) if missing else ():
                found[digest] = vector
        except NightshiftError as error:
            failure = str(error)
        return {wanted[digest]: vector for digest, vector in found.items()}, failure

    def _made(self, texts: Mapping[bytes, str]) -> Iterator[tuple[bytes, Vector]]:
        """Yield vectors from the cache, then from the embedder.

        Raises:
            NightshiftError: The embedder failed; what was yielded before is good.
        """
        embedder = self._ready()
        stored = self._stored(embedder, list(texts))
        self._remember(stored)
        yield from stored.items()
        rest = [digest for digest in texts if digest not in stored]
        for start in range(0, len(rest), AT_ONCE):
            some = rest[start : start + AT_ONCE]
            vectors = self._embed(embedder, [texts[digest] for digest in some])
            made = dict(zip(some, vectors, strict=True))
            self._remember(made)
            yield from made.items()
            self._store(embedder, some, vectors)

    def _ready(self) -> Embedder:
        if self._embedder is None:
            self._embedder = self.guard.call(self.load, self.first_deadline_seconds)
        self.check(self._embedder.model_id, self._embedder.dimensions)
        return self._embedder

    def _embed(self, embedder: Embedder, texts: Sequence[str]) -> Vector:
        vectors = self.guard.call(lambda: _checked(embedder, texts), self.deadline_seconds)
        self.embedded += len(texts)
        return vectors

    def _stored(self, embedder: Embedder, digests: Sequence[bytes]) -> Mapping[bytes, Vector]:
        if self.cache is None:
            return {}
        try:
            held = self.cache.load(embedder.model_id, digests)
        except NightshiftError:
            return {}  # they are made again
        return {digest: row for digest, row in held.items() if row.shape == (embedder.dimensions,)}

    def _store(self, embedder: Embedder, digests: Sequence[bytes], vectors: Vector) -> None:
        if self.cache is not None:
            try:
                self.cache.save(embedder.model_id, digests, vectors)
            except NightshiftError:
                return  # they stay in memory

    def _remembered(self, wanted: Mapping[bytes, str]) -> dict[bytes, Vector]:
        with self._lock:
            found = {digest: self._kept[digest] for digest in wanted if digest in self._kept}
            for digest in found:
                self._kept.move_to_end(digest)
        return found

    def _remember(self, vectors: Mapping[bytes, Vector]) -> None:
        with self._lock:
            self._kept.update(vectors)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)


def _checked(embedder: Embedder, texts: Sequence[str]) -> Vector:
    """Return the vectors of texts, float32 of shape (n, dimensions).

    Raises:
        RejectedOutput: What came back is of another shape, or holds what is no number.
    """
    vectors = np.asarray(embedder.embed(texts), np.float32)
    if vectors.shape != (len(texts), embedder.dimensions):
        raise RejectedOutput(f"{embedder.model_id} gave {len(texts)} texts {vectors.shape}")
    if not np.isfinite(vectors).all():
        raise RejectedOutput(f"{embedder.model_id} gave vectors that hold no numbers")
    return vectors

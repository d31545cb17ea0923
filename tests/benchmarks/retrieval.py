"""What a search costs at 5,000 and at 50,000 chunks: by words, by meaning, and both.

Run by hand: python tests/benchmarks/retrieval.py [chunks ...]
Texts follow Zipf's law over 20,000 words; vectors are clustered as real ones are and made without
the model, whose own cost a question is printed first. An empty installation is used and removed.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generators.inference.embedder import embedder
from models.settings import settings
from models.store import embedded, knowledge, transaction
from tasks.knowledge.index import embed_missing, store_chunks
from tasks.knowledge.search import Mode, search

WORDS = 20_000
TOPICS = 1_000
SECTIONS = 10
QUESTIONS = 60
SYLLABLES = ["ka", "to", "mi", "re", "su", "no", "vel", "dor", "an", "is"]


class Clustered:
    """Vectors near the centre of a text's topic, its first word; the same text, the same vector."""

    model_id, dimensions = "clustered", 384

    def __init__(self) -> None:
        draw = np.random.default_rng(0)
        self.centres = draw.normal(size=(TOPICS, 384)).astype(np.float32)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.stack([self._row(text) for text in texts])
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def _row(self, text: str) -> NDArray[np.float32]:
        body = text.rpartition("\n")[2]
        topic = int(sha256(body.split(" ", 1)[0].encode()).hexdigest(), 16) % TOPICS
        noise = np.random.default_rng(int(sha256(text.encode()).hexdigest()[:12], 16))
        return self.centres[topic] + 0.6 * noise.normal(size=384).astype(np.float32)


def word(number: int) -> str:
    """Return the word of a rank, pronounceable and unlike any other."""
    digits = f"{number:05d}"
    return "".join(SYLLABLES[int(digit)] for digit in digits)


def sentence(draw: random.Random, length: int) -> str:
    return " ".join(word(int(WORDS ** draw.random()) - 1) for _ in range(length))


def documents(chunks: int) -> Iterator[tuple[str, str]]:
    draw = random.Random(1)
    for number in range(chunks // SECTIONS):
        sections = [f"## Part {n}\n\n{sentence(draw, 40)}" for n in range(SECTIONS)]
        yield f"folder/doc{number}.md", f"# {sentence(draw, 3)}\n\n" + "\n\n".join(sections)


def milliseconds(ask: Callable[[str], object], questions: Sequence[str]) -> str:
    """Return median and 95th percentile over the questions, each asked twice, the second counted."""
    found = []
    for question in questions:
        ask(question)
        began = time.perf_counter()
        ask(question)
        found.append((time.perf_counter() - began) * 1000)
    cuts = statistics.quantiles(found, n=20)
    return f"p50 {statistics.median(found):6.1f} ms  p95 {cuts[-1]:6.1f} ms"


def measure(chunks: int) -> None:
    """Fill an empty installation with so many chunks and time each mode."""
    say = sys.stdout.write
    engine = Clustered()
    began = time.perf_counter()
    report = store_chunks("default", documents(chunks))
    stored = time.perf_counter() - began
    began = time.perf_counter()
    embed_missing(engine)
    say(f"{report.chunks} chunks: stored {stored:.1f} s, ")
    say(f"vectors and index {time.perf_counter() - began:.1f} s\n")
    draw = random.Random(2)
    questions = [sentence(draw, 9) for _ in range(QUESTIONS)]
    with transaction() as conn:
        for mode in (Mode.TEXT, Mode.VECTOR, Mode.HYBRID):
            cost = milliseconds(
                lambda q, m=mode: search(conn, q, lambda: engine, mode=m), questions
            )
            say(f"  {mode.value:7} {cost}\n")
        vectors = engine.embed(questions)
        near = [knowledge.match_vectors(conn, "clustered", v, None, 10) for v in vectors]
        knowledge.HNSW_FROM_CHUNKS, limit = 10**9, knowledge.HNSW_FROM_CHUNKS
        exact = [knowledge.match_vectors(conn, "clustered", v, None, 10) for v in vectors]
        knowledge.HNSW_FROM_CHUNKS = limit
    same = sum(
        len({hit.chunk_id for hit in one} & {hit.chunk_id for hit in other})
        for one, other in zip(near, exact, strict=True)
    )
    say(f"  recall at 10 against the exact scan {same / (10 * len(exact)):.3f}\n")


def main() -> None:
    """Measure each size in an installation of its own."""
    for chunks in [int(size) for size in sys.argv[1:]] or [5_000, 50_000]:
        home = Path(tempfile.mkdtemp(prefix="ns-"))
        home.chmod(0o755)
        os.environ["NIGHTSHIFT_HOME"] = str(home)
        settings.cache_clear()
        try:
            embedder().embed(["warm"])
            cost = milliseconds(
                lambda q: embedder().embed([q]), [sentence(random.Random(3), 9)] * 20
            )
            sys.stdout.write(f"embedding a question: {cost}\n")
            measure(chunks)
        finally:
            embedded.stop(home)
            shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()

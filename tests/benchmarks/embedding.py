"""ONNX Runtime against sentence-transformers in one run: same texts, same process, interleaved.

Run by hand where the extra is installed: python tests/benchmarks/embedding.py
Wanted: ONNX Runtime at least 1.8 x as fast at batch 1 and at batch 32, and the same vectors to 1e-5.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from generators.inference.embedder.onnx_runtime import OnnxEmbedder
from generators.inference.embedder.sentence_transformers import SentenceTransformersEmbedder

if TYPE_CHECKING:
    from generators.inference.embedder import Embedder

WORDS = re.findall(
    r"\S+",
    "the disk of host esx-07 is full and its datastore refuses a snapshot while vMotion waits for "
    "memory reserved by etcd; check NTP, certificates, latency, quorum and the kubelet's log",
)
ROUNDS = 5


def texts(count: int, seed: int) -> list[str]:
    """Return texts of 20 to 110 words, about the lengths of chunks."""
    draw = random.Random(seed)
    return [" ".join(draw.choices(WORDS, k=draw.randint(20, 110))) for _ in range(count)]


def texts_per_second(engine: Embedder, corpus: Sequence[str], batch: int) -> float:
    """Embed the corpus in calls of one batch each."""
    began = time.perf_counter()
    for start in range(0, len(corpus), batch):
        engine.embed(corpus[start : start + batch])
    return len(corpus) / (time.perf_counter() - began)


def main() -> None:
    """Print vectors' difference, then both rates and their ratio at each batch size."""
    with tempfile.TemporaryDirectory() as folder:
        engines: dict[str, Embedder] = {
            "onnx": OnnxEmbedder.load(Path(folder)),
            "sentence-transformers": SentenceTransformersEmbedder.load(),
        }
        sample = texts(64, seed=1)
        vectors = [engine.embed(sample) for engine in engines.values()]
        difference = np.abs(vectors[0] - vectors[1]).max()
        sys.stdout.write(f"largest difference of a component: {difference:.2e}\n")
        for batch, count in ((1, 48), (32, 192), (256, 256)):
            corpus = texts(count, seed=batch)
            rates: dict[str, list[float]] = {name: [] for name in engines}
            for _ in range(ROUNDS):
                for name, engine in engines.items():
                    rates[name].append(texts_per_second(engine, corpus, batch))
            best = {name: max(found) for name, found in rates.items()}
            ratio = best["onnx"] / best["sentence-transformers"]
            shown = "  ".join(f"{name} {rate:7.1f}/s" for name, rate in best.items())
            sys.stdout.write(f"batch {batch:3}: {shown}  ratio {ratio:.2f}\n")


if __name__ == "__main__":
    main()

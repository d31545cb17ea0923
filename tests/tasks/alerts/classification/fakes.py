"""Embedders that behave and misbehave, and a model that reads their vectors."""

from __future__ import annotations

import threading
from hashlib import sha256

import numpy as np

from models.records.severity import Severity
from tasks.alerts.classification import SeverityModel

DIMENSIONS = 8


class Embedder:
    """Gives each text a vector of its own and notes what it was asked."""

    model_id, dimensions = "fake@1", DIMENSIONS

    def __init__(self):
        self.asked = []

    def embed(self, texts):
        self.asked.append(list(texts))
        return np.stack([self.vector(text) for text in texts])

    def vector(self, text):
        seed = int.from_bytes(sha256(text.encode()).digest()[:4], "big")
        drawn = np.random.default_rng(seed).normal(size=DIMENSIONS)
        return (drawn / np.linalg.norm(drawn)).astype(np.float32)


class Failing(Embedder):
    def embed(self, texts):
        super().embed(texts)
        raise RuntimeError("CUDA error: out of memory")


class Hanging(Embedder):
    def __init__(self):
        super().__init__()
        self.release = threading.Event()

    def embed(self, texts):
        answer = super().embed(texts)
        self.release.wait(60)
        return answer


class NotNumbers(Embedder):
    def embed(self, texts):
        return super().embed(texts) * np.nan


class WrongShape(Embedder):
    def embed(self, texts):
        return super().embed(texts)[:, :3]


class TooFew(Embedder):
    def embed(self, texts):
        return super().embed(texts)[1:]


class Cache:
    """Keeps vectors as a store does."""

    def __init__(self):
        self.held = {}

    def load(self, model_id, digests):
        return {one: self.held[model_id, one] for one in digests if (model_id, one) in self.held}

    def save(self, model_id, digests, vectors):
        self.held.update({(model_id, one): row for one, row in zip(digests, vectors, strict=True)})


def a_model(severity=Severity.HIGH, **changes):
    """A model that says the same of every vector, with a confidence of 0.9 or so."""
    biases = np.zeros(len(Severity), np.float32)
    biases[severity.rank] = 3.6
    values = {
        "words": (),
        "weights": np.zeros((DIMENSIONS, len(Severity)), np.float32),
        "biases": biases,
        "temperature": 1.0,
        "embedder": Embedder.model_id,
        "corpus": "none",
        "version": "v1",
    }
    return SeverityModel(**{**values, **changes})

"""The small model: multinomial logistic regression over an alert's text.

What it reads is the embedding, which knows what a text is about, and beside it which of some
hundred words stand in it, which say how bad that is (`all`, `outdated`, `again`). Its weights are a
JSON file, made by `python -m tasks.alerts.classification.training`; they fit the vectors of one
embedding model only, and those of any other are refused.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.errors import ConfigurationError
from models.records.severity import Severity

PATH = Path(__file__).with_name("severity_model.json")
NAME = "severity-logistic"
_WORD = re.compile(r"[a-z]{2,}|\d+%|[45]\d\d")


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """The file as it is: matrices are base64 of float16, which costs no accuracy."""

    name: str
    embedder: str
    dimensions: int
    classes: list[Severity]
    words: list[str]
    weights: str
    biases: str
    temperature: float
    corpus: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityModel:
    """A trained model.

    `weights` is float32, shape (dimensions + words, classes); `biases` has one value a class.
    `embedder` is the id of the embedding model whose vectors it reads. `temperature` calibrates its
    confidence. `corpus` is the hash of what it was trained on, `version` that of all of it.
    """

    words: Sequence[str]
    weights: NDArray[np.float32]
    biases: NDArray[np.float32]
    temperature: float
    embedder: str
    corpus: str
    version: str = ""
    classes: Sequence[Severity] = tuple(Severity)

    @property
    def dimensions(self) -> int:
        """Length of the vectors that it reads."""
        return int(self.weights.shape[0]) - len(self.words)

    @classmethod
    def load(cls, path: Path = PATH) -> SeverityModel:
        """Read the weights.

        Raises:
            ConfigurationError: There is no such file, or it is not whole.
        """
        try:
            content = path.read_bytes()
            held = msgspec.json.decode(content, type=_File)
            shape = (held.dimensions + len(held.words), len(held.classes))
            weights = _matrix(held.weights, shape)
            biases = _matrix(held.biases, (len(held.classes),))
        except OSError as error:
            raise ConfigurationError(f"{path.name}: {error.strerror}") from error
        except (msgspec.DecodeError, ValueError) as error:
            raise ConfigurationError(f"{path.name} cannot be used: {error}") from error
        return cls(
            words=tuple(held.words),
            weights=weights,
            biases=biases,
            temperature=held.temperature,
            embedder=held.embedder,
            corpus=held.corpus,
            version=hashlib.sha256(content).hexdigest()[:12],
            classes=tuple(held.classes),
        )

    def save(self, path: Path = PATH) -> None:
        """Write the weights so that equal ones give equal bytes."""
        held = _File(
            name=NAME,
            embedder=self.embedder,
            dimensions=self.dimensions,
            classes=list(self.classes),
            words=list(self.words),
            weights=_text(self.weights),
            biases=_text(self.biases),
            temperature=round(self.temperature, 4),
            corpus=self.corpus,
        )
        path.write_bytes(msgspec.json.format(msgspec.json.encode(held), indent=1) + b"\n")

    def check(self, embedder: str, dimensions: int) -> None:
        """Make sure that vectors of an embedding model can be read.

        Raises:
            ConfigurationError: They are of another model or length.
        """
        if dimensions != self.dimensions:
            raise ConfigurationError(
                f"{NAME} reads vectors of {self.dimensions} dimensions; {embedder} has {dimensions}"
            )
        if embedder != self.embedder:
            raise ConfigurationError(
                f"{NAME} reads vectors of {self.embedder}, not of {embedder}; "
                "train it anew: python -m tasks.alerts.classification.training"
            )

    def probabilities(
        self, texts: Sequence[str], vectors: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return float32, shape (n, classes), rows that sum to 1.

        Args:
            texts: Normalised texts.
            vectors: Their embeddings, shape (n, dimensions).
        """
        scores = features(texts, vectors, self.words) @ self.weights + self.biases
        scores /= self.temperature
        scores -= scores.max(axis=1, keepdims=True)
        odds = np.exp(scores)
        return np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float32)


def words_of(text: str) -> set[str]:
    """Return the words of a normalised text that may count."""
    return set(_WORD.findall(text.lower()))


def features(
    texts: Sequence[str], vectors: NDArray[np.float32], words: Sequence[str]
) -> NDArray[np.float32]:
    """Return what the model reads: embeddings and words, each brought to unit length."""
    places = {word: place for place, word in enumerate(words)}
    marks = np.zeros((len(texts), len(words)), np.float32)
    for row, text in enumerate(texts):
        marks[row, [places[word] for word in words_of(text) if word in places]] = 1.0
    marks /= np.sqrt(np.maximum(1.0, marks.sum(axis=1, keepdims=True)))
    return np.hstack([np.asarray(vectors, np.float32), marks])


def _text(matrix: NDArray[np.float32]) -> str:
    return b64encode(matrix.astype("<f2").tobytes()).decode()


def _matrix(text: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return the matrix of a text.

    Raises:
        ValueError: It is of another shape, or holds what is no number.
    """
    matrix = np.frombuffer(b64decode(text, validate=True), "<f2").astype(np.float32).reshape(shape)
    if not np.isfinite(matrix).all():
        raise ValueError("it holds values that are no numbers")
    return matrix

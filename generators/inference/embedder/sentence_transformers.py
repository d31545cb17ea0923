"""The extra engine: sentence-transformers, for GPUs and for any other model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generators.inference.embedder import weights
from models.errors import ConfigurationError

ENABLE = "pip install 'sentence-transformers>=6,<7'"


@dataclass(frozen=True, slots=True)
class SentenceTransformersEmbedder:
    """Embeds with sentence-transformers on the device that torch prefers."""

    model: Any
    model_id: str
    dimensions: int

    @classmethod
    def load(cls, model: str | None = None) -> SentenceTransformersEmbedder:
        """Load a model by path or name; without one the packaged all-MiniLM-L6-v2.

        Raises:
            ConfigurationError: The extra is not installed, or there is no such model here.
        """
        try:
            from sentence_transformers import SentenceTransformer
        except ModuleNotFoundError as error:
            raise ConfigurationError(
                f"the engine sentence-transformers is not installed; enable it with: {ENABLE}"
            ) from error
        try:
            loaded = SentenceTransformer(model or str(weights.folder()), local_files_only=True)
        except (OSError, ValueError) as error:
            raise ConfigurationError(
                f"NIGHTSHIFT_EMBEDDING_MODEL: {model} is not a model on this machine; "
                "give the path of its folder"
            ) from error
        if model is None:
            loaded.max_seq_length = weights.LONGEST_TOKENS
        size = int(loaded.get_embedding_dimension())
        return cls(loaded, _identity(model), size)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32, shape (n, dimensions), rows of unit length, in the order of the texts."""
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        made = self.model.encode(
            list(texts),
            batch_size=32,
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return np.asarray(made, np.float32)


def _identity(model: str | None) -> str:
    """Return name and hash of the weights; of a model known by name only, the name."""
    if model is None:
        return weights.model_id()
    found = hashlib.sha256()
    files = sorted(Path(model).rglob("*.safetensors")) if Path(model).is_dir() else []
    for path in files:
        found.update(path.read_bytes())
    return f"{Path(model).name}@{found.hexdigest()[:12]}" if files else model

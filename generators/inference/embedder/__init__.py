"""Text into vectors, behind one interface with two engines that give the same vectors.

ONNX Runtime is the default (no torch); sentence-transformers is an extra for GPUs and other models.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Protocol

from models.settings import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def model_id(self) -> str:
        """Name and hash of the weights; vectors of equal ids may be compared, whoever made them."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of one vector."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32, shape (n, dimensions), rows of unit length, in the order of the texts.

        A text beyond 256 tokens counts with its first 256 only.
        """
        ...


@cache
def embedder() -> Embedder:
    """Return the embedder that the settings name, loaded once a process.

    Raises:
        ConfigurationError: The extra is not installed, or the model cannot be loaded.
    """
    options = settings()
    if options.embedding_engine == "onnx" and options.embedding_model is None:
        from generators.inference.embedder.onnx_runtime import OnnxEmbedder

        return OnnxEmbedder.load(options.home / "models")
    from generators.inference.embedder.sentence_transformers import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder.load(options.embedding_model)

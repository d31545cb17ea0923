"""Vectors of alert texts kept in Postgres, so that no text is embedded twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from models.store import alert_vectors, transaction

Vector = NDArray[np.float32]


class StoredVectors:
    """The cache of the classifier in Postgres."""

    def load(self, model_id: str, digests: Sequence[bytes]) -> Mapping[bytes, Vector]:
        """Return the vectors that are stored, by the SHA-256 of their text."""
        with transaction() as conn:
            return alert_vectors.load(conn, model_id, digests)

    def save(self, model_id: str, digests: Sequence[bytes], vectors: Vector) -> None:
        """Store vectors, shape (n, dimensions)."""
        with transaction() as conn:
            alert_vectors.save(conn, model_id, digests, vectors)

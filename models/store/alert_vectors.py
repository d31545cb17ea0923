"""Vectors of alert texts, each made once; the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector
from psycopg import Connection

from models.store import queries

SQL = queries("alerts")
Rows = Connection[tuple[Any, ...]]
Vector = NDArray[np.float32]


def load(conn: Rows, model_id: str, digests: Sequence[bytes]) -> dict[bytes, Vector]:
    """Return the vectors that are stored, by the SHA-256 of their text."""
    values = {"model_id": model_id, "digests": list(digests)}
    return {
        bytes(digest): np.asarray(HalfVector.from_text(text).to_numpy(), dtype=np.float32)
        for digest, text in conn.execute(SQL["vectors"], values)
    }


def save(conn: Rows, model_id: str, digests: Sequence[bytes], vectors: Vector) -> None:
    """Store vectors, shape (n, dimensions)."""
    pairs = sorted(zip(digests, vectors, strict=True), key=lambda pair: pair[0])
    values = {
        "model_id": model_id,
        "digests": [digest for digest, _ in pairs],
        "vectors": [str(HalfVector(vector).to_text()) for _, vector in pairs],
    }
    conn.execute(SQL["save_vectors"], values)

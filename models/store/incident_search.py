"""Incidents as they are found by likeness; the caller owns the transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector
from psycopg import Connection

from models.store import queries

SQL = queries("incident_search")
DIMENSIONS = 384
CANDIDATES = 40
Rows = Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A resolved incident; `cosine` is None where it was found by its words alone."""

    incident_id: int
    reference: str
    title: str
    resolved_at: datetime | None
    tokens: frozenset[str]
    cosine: float | None = None


def is_known(conn: Rows, incident_id: int, digest: bytes, model_id: str | None) -> bool:
    """Tell whether an incident is stored with this text, embedded by this model."""
    row = conn.execute(SQL["known"], {"id": incident_id}).fetchone()
    return row is not None and row[0] == digest and row[1] == model_id


def save(
    conn: Rows,
    incident_id: int,
    tokens: Sequence[str],
    digest: bytes,
    embedded: tuple[str, NDArray[np.float32]] | None,
) -> None:
    """Keep what an incident is found by; `embedded` is the model's id and a unit vector."""
    model_id, vector = embedded if embedded else (None, None)
    values = {
        "id": incident_id,
        "tokens": list(tokens),
        "text_sha256": digest,
        "model_id": model_id,
        "embedding": _literal(vector) if vector is not None else None,
    }
    conn.execute(SQL["save"], values)


def vector_of(conn: Rows, incident_id: int, model_id: str) -> NDArray[np.float32] | None:
    """Return the stored vector of an incident by this model."""
    row = conn.execute(SQL["vector_of"], {"id": incident_id, "model_id": model_id}).fetchone()
    if row is None or row[0] is None:
        return None
    return np.array(json.loads(row[0]), dtype=np.float32)


def nearest(
    conn: Rows, incident_id: int, model_id: str, vector: NDArray[np.float32]
) -> list[Found]:
    """Return the resolved incidents nearest to a unit vector, but this one."""
    values = {
        "id": incident_id,
        "model_id": model_id,
        "vector": _literal(vector),
        "limit": CANDIDATES,
    }
    return [_found(*row) for row in conn.execute(SQL["nearest"], values)]


def sharing(conn: Rows, incident_id: int, tokens: Sequence[str]) -> list[Found]:
    """Return the latest resolved incidents that share a word, but this one."""
    values = {"id": incident_id, "tokens": list(tokens), "limit": CANDIDATES}
    return [_found(*row) for row in conn.execute(SQL["sharing"], values)]


def _found(
    incident_id: int,
    reference: str,
    title: str,
    resolved_at: datetime | None,
    tokens: list[str],
    cosine: float | None = None,
) -> Found:
    return Found(
        incident_id=incident_id,
        reference=reference,
        title=title,
        resolved_at=resolved_at,
        tokens=frozenset(tokens),
        cosine=cosine,
    )


def _literal(vector: NDArray[np.float32]) -> str:
    return str(HalfVector(vector).to_text())

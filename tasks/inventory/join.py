"""Bringing the one graph up to date with what is stored, where anything that joins read changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b

import psycopg

from models.records.graph import JoinReport
from models.store import graph, transaction, work
from tasks.inventory.joining import find_joins, rules_digest
from tasks.inventory.joining.records import KINDS, fields_of, read_inputs


def join_assets() -> JoinReport:
    """Bring the joined edges up to date with what is stored; repeating it changes nothing.

    Raises:
        Busy: Another process joins.
    """
    with transaction() as conn:
        if graph.is_joined(conn, _digest(_rows(conn))):
            return JoinReport(edges=graph.join_count(conn), opened=0, closed=0, unchanged=True)
    with work.claim("join", "assets"), transaction() as conn:
        # Read again: another process may have joined what is newer meanwhile.
        rows = _rows(conn)
        at = datetime.now(UTC)
        report = graph.replace_joins(conn, find_joins(read_inputs(rows)), at)
        graph.note_round(conn, _digest(rows), report.edges, at)
    return report


def _rows(conn: psycopg.Connection) -> dict[str, list[str]]:
    return {kind: graph.join_inputs(conn, kind, fields_of(kind)) for kind in KINDS}


def _digest(rows: Mapping[str, Sequence[str]]) -> str:
    digest = blake2b(rules_digest(), digest_size=16)
    for kind, these in rows.items():
        digest.update(f"\n{kind} {len(these)}\n".encode())
        digest.update("\n".join(these).encode())
    return digest.hexdigest()

"""Bringing the one graph up to date with what is stored, where anything that joins read changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b

import psycopg

from models.records.graph import JoinReport, Learned
from models.store import graph, transaction, work
from tasks.inventory.joining import find_joins, rules_digest
from tasks.inventory.joining.memory import HOLD
from tasks.inventory.joining.records import KINDS, fields_of, read_inputs


def join_assets(at: datetime | None = None) -> JoinReport:
    """Bring the joined edges up to date with what is stored; repeating it changes nothing.

    Args:
        at: The time of the round; now by default.

    Raises:
        Busy: Another process joins.
    """
    at = at or datetime.now(UTC)
    with transaction() as conn:
        if graph.is_joined(conn, _digest(_rows(conn)), at):
            return JoinReport(edges=graph.join_count(conn), opened=0, closed=0, unchanged=True)
    with work.claim("join", "assets"), transaction() as conn:
        # Read again: another process may have joined what is newer meanwhile.
        rows = _rows(conn)
        joins = find_joins(read_inputs(rows), graph.learned(conn), at)
        report = graph.replace_joins(conn, joins, at)
        learned = sorted({join.learned for join in joins if join.learned}, key=str)
        graph.note_round(conn, _digest(rows), report.edges, at, learned, _due_at(learned))
    return report


def _due_at(learned: Iterable[Learned]) -> datetime | None:
    """Return when the first entry that is missing will have been so for too long."""
    missing = [entry.missing_since for entry in learned if entry.missing_since]
    return min(missing) + HOLD if missing else None


def _rows(conn: psycopg.Connection) -> dict[str, list[str]]:
    return {kind: graph.join_inputs(conn, kind, fields_of(kind)) for kind in KINDS}


def _digest(rows: Mapping[str, Sequence[str]]) -> str:
    digest = blake2b(rules_digest(), digest_size=16)
    for kind, these in rows.items():
        digest.update(f"\n{kind} {len(these)}\n".encode())
        digest.update("\n".join(these).encode())
    return digest.hexdigest()

"""What validation reads from the store beside the staged rows."""

from __future__ import annotations

import msgspec
import psycopg

from models.records.snapshot import ValidationReport
from models.store import queries

SQL = queries("validation")


def saved_report(conn: psycopg.Connection, snapshot_id: int) -> ValidationReport | None:
    """Return the report of a validation that was done before, or None."""
    row = conn.execute(SQL["saved_report"], {"id": snapshot_id}).fetchone()
    return msgspec.convert(row[0], ValidationReport) if row else None


def known_ids(conn: psycopg.Connection, source: str) -> set[str]:
    """Return the ids of the assets that a source is known to have."""
    return {row[0] for row in conn.execute(SQL["known_ids"], {"source": source})}

"""What was spent on language models; the caller owns the transaction."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from psycopg import Connection

from models.records.completion import Usage
from models.store import queries

SQL = queries("language_model")
Rows = Connection[tuple[Any, ...]]


def record_usage(conn: Rows, usage: Usage) -> None:
    """Keep what one request cost."""
    conn.execute(SQL["record_usage"], asdict(usage))


def spent_today(conn: Rows, now: datetime | None = None) -> int:
    """Return the tokens of prompts and answers since midnight UTC."""
    midnight = (now or datetime.now(UTC)).replace(hour=0, minute=0, second=0, microsecond=0)
    row = conn.execute(SQL["spent_since"], {"since": midnight}).fetchone()
    return int(row[0]) if row else 0


def prune_usage(conn: Rows, days: int) -> int:
    """Remove rows older than so many days; return how many there were."""
    return conn.execute(SQL["prune_usage"], {"days": days}).rowcount

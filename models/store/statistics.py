"""Counts over everything that is stored."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row

from models.store import assets, queries

SQL = queries("statistics")


def counts(conn: psycopg.Connection) -> dict[str, Any]:
    """Return current assets by kind, and the totals of everything else that is stored."""
    with conn.cursor(row_factory=dict_row) as cursor:
        totals = cursor.execute(SQL["totals"]).fetchone() or {}
    return {"assets": assets.counts_by_kind(conn), **totals}

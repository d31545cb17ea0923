"""Claiming work so that it runs once at a time, and finding what a death left behind.

States and what Prefect shows beside them: waiting (Scheduled), running (Running), done (Completed),
failed (Failed). A holder keeps a session advisory lock on its own connection; Postgres frees it
when the process dies, so `running` with a free lock means that the holder is dead.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.types.json import Jsonb

from models.errors import Busy
from models.records.work import Work
from models.store import connection, queries, transaction, translated

SQL = queries("work")
LEASE_SECONDS = 3600.0
_TRIES = 4  # the reconciler's look at a lock can collide with a claim for a moment


@contextmanager
def claim(
    kind: str,
    key: str,
    flow_run_id: str | None = None,
    payload: Mapping[str, Any] | None = None,
) -> Iterator[Work]:
    """Hold a piece of work while the block runs; it ends as done, or failed with the error.

    A process that is told to end (SIGTERM, Ctrl-C) leaves the row running and drops the lock, as
    one that is killed does: what it left is found and begun again.

    Raises:
        Busy: Another living process holds it.
    """
    holder = uuid4().hex
    with connection() as conn:
        with translated():
            _lock(conn, kind, key)
            values = {
                "kind": kind,
                "key": key,
                "payload": Jsonb(dict(payload or {})),
                "flow_run_id": flow_run_id,
                "holder": holder,
                "lease_seconds": LEASE_SECONDS,
            }
            held = _work(conn.execute(SQL["start"], values).fetchone())
        try:
            yield held
        except Exception as error:
            finish(kind, key, error=str(error) or type(error).__name__, holder=holder)
            raise
        finish(kind, key, holder=holder)


def finish(kind: str, key: str, error: str | None = None, holder: str | None = None) -> None:
    """Record how a piece of work ended: failed where there is an error, else done.

    With a holder, only if that one still holds it: another may have begun it since.
    """
    state = "failed" if error else "done"
    values = {"kind": kind, "key": key, "state": state, "error": error, "holder": holder}
    with transaction() as conn:
        conn.execute(SQL["finish"], values)


def abandoned() -> list[Work]:
    """Return the work that still runs by its row but whose holder is dead, oldest first."""
    with transaction() as conn:
        running = [_work(row) for row in conn.execute(SQL["running"]).fetchall()]
        return [work for work in running if _is_free(conn, work.kind, work.key)]


def find(kind: str, key: str) -> Work | None:
    """Return a piece of work, or None."""
    with transaction() as conn:
        row = conn.execute(SQL["row"], {"kind": kind, "key": key}).fetchone()
        return _work(row) if row else None


def _lock(conn: psycopg.Connection, kind: str, key: str) -> None:
    for attempt in range(_TRIES):
        row = conn.execute(SQL["try_lock"], {"kind": kind, "key": key}).fetchone()
        if row and row[0]:
            return
        time.sleep(0.05 * attempt)
    raise Busy(f"another process holds {kind} {key}")


def _is_free(conn: psycopg.Connection, kind: str, key: str) -> bool:
    row = conn.execute(SQL["is_free"], {"kind": kind, "key": key}).fetchone()
    return bool(row and row[0])


def _work(row: Any) -> Work:
    return Work(
        kind=row[0],
        key=row[1],
        state=row[2],
        attempts=row[3],
        payload=row[4],
        flow_run_id=row[5],
        updated_at=row[6],
        error=row[7],
        holder=row[8],
    )

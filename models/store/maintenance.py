"""Retention, backup and restore.

A backup is the server's own dump (`pg_dump`, custom format) of the whole database; the programs are
those of the embedded Postgres, or those on the path for a server of one's own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from models.errors import ConfigurationError, Refused, StoreError
from models.settings import settings
from models.store import (
    database_url,
    deliveries,
    documents,
    embedded,
    forget_schema,
    knowledge,
    language_model,
    queries,
    transaction,
)

SQL = queries("maintenance")
_NEWEST_FIRST = 18
_DELIVERIES_AT_ONCE = 10_000
_MAGIC = b"PGDMP"  # how a dump in the custom format begins (pg_backup_archiver.c, WriteHead)


def apply_retention(days: int) -> dict[str, int]:
    """Delete history that ended more than so many days ago; returns rows deleted by table.

    What is current is never touched, whatever its age. Raw webhook bodies and alerts that stand in
    no incident have retentions of their own.
    """
    removed: dict[str, int] = {}
    spans = {"days": days, "alert_days": settings().alert_retention_days}
    with transaction() as conn:
        for name, statement in SQL.items():
            if name.startswith("expire_"):
                table = name.removeprefix("expire_")
                removed[table] = conn.execute(statement, spans).rowcount
        removed["documents"] = documents.prune(conn, datetime.now(UTC) - timedelta(days=days))
        removed["embeddings"] = knowledge.prune_embeddings(conn, days)
        removed["language_model_usage"] = language_model.prune_usage(conn, days)
    removed["deliveries"] = _delete_deliveries(settings().raw_retention_days)
    return removed


def _delete_deliveries(days: int) -> int:
    """Delete raw bodies in small transactions, so that a gateway never waits for a large one."""
    total, batch = 0, _DELIVERIES_AT_ONCE
    while batch == _DELIVERIES_AT_ONCE:
        with transaction() as conn:
            batch = deliveries.delete_old(conn, days, _DELIVERIES_AT_ONCE)
        total += batch
    return total


def database_bytes(conn: psycopg.Connection) -> int:
    """Return the size of the database on disk."""
    row = conn.execute(SQL["database_bytes"]).fetchone()
    return int(row[0]) if row else 0


def growth_bytes_per_day(conn: psycopg.Connection) -> float | None:
    """Return how fast the database grew over the last 30 days; None before two notes of it."""
    row = conn.execute(SQL["growth"]).fetchone()
    return float(row[0]) if row and row[0] is not None else None


def note_size() -> None:
    """Remember today's size, for the growth."""
    with transaction() as conn:
        conn.execute(SQL["note_size"])


def backup(target: Path) -> int:
    """Write a whole copy of the database to a file; returns its size in bytes.

    The file appears under its name only when it is complete.

    Raises:
        ConfigurationError: `pg_dump` is not there, or the folder cannot be written.
        StoreError: The dump failed; the message is its last line.
    """
    with transaction() as conn:
        program = _program("pg_dump", conn.info.server_version // 10_000)
    partial = target.with_name(target.name + ".partial")
    _check_writable(target.parent)
    if target.is_dir():
        raise ConfigurationError(f"{target} is a folder; name a file")
    try:
        _run([program, "--format=custom", f"--file={partial}", _bare_url()])
        partial.replace(target)
    except OSError as error:
        raise ConfigurationError(f"cannot write {target}: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size


def restore(source: Path) -> None:
    """Replace the content of the database by a backup, all or nothing.

    The backup may be of an older schema: what is newer is dropped with the rest, and the next
    connection brings the schema up to date.

    Raises:
        ConfigurationError: There is no such file, it is no backup, or the client programs are not
            there.
        Refused: Others are connected; they would see a half restored database.
        StoreError: The restore failed; nothing was changed.
    """
    _check_backup(source)
    with transaction() as conn:
        major = conn.info.server_version // 10_000
        others = conn.execute(SQL["other_clients"]).fetchone()
        statements = [row[0] for row in conn.execute(SQL["drops"])]
    if others and others[0]:
        raise Refused("other programs use the database; run `nightshift down` first")
    with tempfile.TemporaryDirectory(prefix="nightshift-") as folder:
        script, drops = Path(folder) / "restore.sql", Path(folder) / "drop.sql"
        # pg_restore can only clean what the backup knows, not what later migrations made.
        drops.write_text("".join(f"{statement};\n" for statement in statements))
        _run([_program("pg_restore", major), "--no-owner", f"--file={script}", str(source)])
        command = [_program("psql", major), "--no-psqlrc", "--quiet", "--single-transaction"]
        command += ["--set=ON_ERROR_STOP=1", f"--file={drops}", f"--file={script}"]
        _run([*command, f"--dbname={_bare_url()}"])
    forget_schema()


def _check_backup(source: Path) -> None:
    if not source.is_file():
        raise ConfigurationError(f"there is no backup at {source}")
    try:
        with source.open("rb") as file:
            beginning = file.read(len(_MAGIC))
    except OSError as error:
        raise ConfigurationError(f"cannot read {source}: {error.strerror}") from error
    if beginning != _MAGIC:
        raise ConfigurationError(f"{source} is not a backup that `nightshift db backup` wrote")


def _bare_url() -> str:
    # The password travels in the environment: a command line is visible to every user.
    parts = psycopg.conninfo.conninfo_to_dict(database_url())
    parts.pop("password", None)
    return psycopg.conninfo.make_conninfo("", **{key: str(value) for key, value in parts.items()})


def _run(command: list[str]) -> None:
    password = psycopg.conninfo.conninfo_to_dict(database_url()).get("password")
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"{Path(command[0]).name} failed"]
        raise StoreError(next((line for line in lines if "error" in line.lower()), lines[-1]))


def _program(name: str, server_major: int) -> str:
    # pg_dump reads servers up to its own version; an older one refuses.
    packaged = embedded.programs() / name
    if packaged.exists() and server_major <= _NEWEST_FIRST:
        return str(packaged)
    found = shutil.which(name)
    if found is None:
        raise ConfigurationError(f"{name} is not installed; it comes with the Postgres client")
    return found


def _check_writable(folder: Path) -> None:
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise ConfigurationError(f"cannot write to the folder {folder}")

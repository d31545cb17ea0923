"""Numbered SQL migrations: forward only, each applied once, all that are missing under a lock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import LiteralString

import psycopg

from models.errors import ConfigurationError

_FILE = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_LOCK = 7_220_931  # any number that only this product takes
_OLDEST_POSTGRES = 140_000
_OLDEST_VECTOR = (0, 7)  # the first release with halfvec


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step of the schema; the checksum is of the file's text."""

    number: int
    name: str
    text: LiteralString
    checksum: str


@cache
def migrations() -> tuple[Migration, ...]:
    """Return all migrations in order.

    Raises:
        ConfigurationError: Two files bear the same number.
    """
    found = []
    for path in (files(__package__) / "migrations").iterdir():
        if match := _FILE.fullmatch(path.name):
            # The files ship with the code and are as trustworthy as a literal written here.
            text: LiteralString = path.read_text(encoding="utf-8")
            checksum = sha256(text.encode()).hexdigest()
            found.append(
                Migration(number=int(match[1]), name=match[2], text=text, checksum=checksum)
            )
    found.sort(key=lambda migration: migration.number)
    if len({migration.number for migration in found}) != len(found):
        raise ConfigurationError("two migrations bear the same number")
    return tuple(found)


def migrate(conn: psycopg.Connection) -> list[int]:
    """Apply what is missing and return its numbers; [] when the schema is up to date.

    Raises:
        ConfigurationError: The server is too old, or its schema is newer than this program or
            was changed by hand.
    """
    if not _pending(conn):
        return []
    _check_server(conn)
    applied: list[int] = []
    with conn.transaction():
        conn.execute("SET LOCAL statement_timeout = 0")
        conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        conn.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations (number integer PRIMARY KEY, name text"
            " NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        for migration in _pending(conn):
            conn.execute(migration.text)
            conn.execute(
                "INSERT INTO schema_migrations (number, name, checksum) VALUES (%s, %s, %s)",
                (migration.number, migration.name, migration.checksum),
            )
            applied.append(migration.number)
    return applied


def version(conn: psycopg.Connection) -> int:
    """Return the number of the newest applied migration; 0 for an empty database."""
    return max(_applied(conn), default=0)


def _pending(conn: psycopg.Connection) -> list[Migration]:
    applied = _applied(conn)
    known = {migration.number: migration for migration in migrations()}
    if newer := [number for number in applied if number not in known]:
        raise ConfigurationError(
            f"the database has schema {max(newer)}, newer than this program; update nightshift"
        )
    for number, checksum in applied.items():
        if known[number].checksum != checksum:
            raise ConfigurationError(f"migration {number} was applied with another text")
    return [migration for number, migration in known.items() if number not in applied]


def _applied(conn: psycopg.Connection) -> dict[int, str]:
    row = conn.execute("SELECT to_regclass('schema_migrations') IS NOT NULL").fetchone()
    if row is None or not row[0]:
        return {}
    return dict(conn.execute("SELECT number, checksum FROM schema_migrations").fetchall())


def _check_server(conn: psycopg.Connection) -> None:
    if conn.info.server_version < _OLDEST_POSTGRES:
        raise ConfigurationError("Postgres 14 or newer is needed")
    row = conn.execute(
        "SELECT default_version FROM pg_available_extensions WHERE name = 'vector'"
    ).fetchone()
    if row is None:
        raise ConfigurationError("this Postgres lacks pgvector; install its package on the server")
    if tuple(int(part) for part in row[0].split(".")[:2]) < _OLDEST_VECTOR:
        raise ConfigurationError(f"pgvector 0.7 or newer is needed, this server has {row[0]}")

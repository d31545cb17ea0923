"""Migrations are applied once, in order, and refused when they do not fit."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg
import pytest

from models.errors import ConfigurationError
from models.settings import settings
from models.store import connection, database_url, schema


@pytest.fixture
def empty(database):
    """The URL of an empty database beside the session's own."""
    mine = database_url()
    with psycopg.connect(mine, autocommit=True) as conn:
        conn.execute("DROP DATABASE IF EXISTS empty")
        conn.execute("CREATE DATABASE empty")
    yield mine.replace("/nightshift?", "/empty?")
    with psycopg.connect(mine, autocommit=True) as conn:
        conn.execute("DROP DATABASE empty WITH (FORCE)")


def test_an_empty_database_gets_every_migration_once(empty):
    with psycopg.connect(empty, autocommit=True) as conn:
        first = schema.migrate(conn)
        second = schema.migrate(conn)

    assert first == [migration.number for migration in schema.migrations()]
    assert second == []


def test_processes_that_start_together_apply_them_once(empty):
    code = "from models.store import transaction\nwith transaction() as c: pass"
    environment = {**os.environ, "NIGHTSHIFT_DATABASE_URL": empty}
    starts = [subprocess.Popen([sys.executable, "-c", code], env=environment) for _ in range(4)]

    assert [process.wait(timeout=60) for process in starts] == [0, 0, 0, 0]


def test_a_schema_that_is_newer_than_the_program_is_refused(empty):
    with psycopg.connect(empty, autocommit=True) as conn:
        schema.migrate(conn)
        conn.execute("INSERT INTO schema_migrations VALUES (9999, 'future', 'x')")

        with pytest.raises(ConfigurationError, match="newer than this program"):
            schema.migrate(conn)


def test_a_migration_that_was_edited_after_it_was_applied_is_refused(empty):
    with psycopg.connect(empty, autocommit=True) as conn:
        schema.migrate(conn)
        conn.execute("UPDATE schema_migrations SET checksum = 'other' WHERE number = 1")

        with pytest.raises(ConfigurationError, match="migration 1 was applied with another text"):
            schema.migrate(conn)


def test_a_url_of_ones_own_is_used_instead_of_the_embedded_database(empty, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_DATABASE_URL", empty)
    settings.cache_clear()

    with connection() as conn:
        assert conn.info.dbname == "empty"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql://nobody:wrong@127.0.0.1:1/x", "Postgres does not answer"),
        ("not a url", "NIGHTSHIFT_DATABASE_URL"),
    ],
)
def test_a_url_that_does_not_work_is_one_clear_line(monkeypatch, url, message):
    monkeypatch.setenv("NIGHTSHIFT_DATABASE_URL", url)
    settings.cache_clear()

    with pytest.raises(Exception, match=message), connection():
        pass

"""A new data folder begins with Prefect's tables, and one that has a database keeps it."""

import sqlite3
from contextlib import closing

import pytest

from deployments.services import prefect_database

MIGRATED = "SELECT count(*) FROM alembic_version"
RUNS = "SELECT count(*) FROM flow_run"


@pytest.fixture
def empty(tmp_path, monkeypatch):
    path = tmp_path / "empty.db"
    monkeypatch.setattr(prefect_database, "empty_database", lambda: path)
    return path


def test_the_database_that_is_made_once_has_every_table_and_no_run(empty, tmp_path):
    prefect_database.main()
    folder = tmp_path / "prefect"
    folder.mkdir()
    prefect_database.begin(folder)

    assert [path.name for path in folder.iterdir()] == ["prefect.db"]
    with closing(sqlite3.connect(folder / "prefect.db")) as found:
        assert [found.execute(query).fetchone()[0] for query in (MIGRATED, RUNS)] == [1, 0]


def test_a_database_that_is_there_is_kept(empty, tmp_path):
    empty.write_bytes(b"new")
    own = tmp_path / "prefect.db"
    own.write_bytes(b"own")

    prefect_database.begin(tmp_path)

    assert own.read_bytes() == b"own"


def test_where_none_was_made_the_server_makes_its_own(empty, tmp_path):
    prefect_database.begin(tmp_path)

    assert list(tmp_path.iterdir()) == []

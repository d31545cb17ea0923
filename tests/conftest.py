"""Fixtures for every room: settings of their own, and one real Postgres for the session."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from models.settings import settings
from models.store import embedded, transaction

_FIXTURES = (
    "tests/fix_practice.py",
    "tests/fix_kubernetes.py",
    "tests/fix_devices.py",
    "tests/fix_frr.py",
    "tests/fix_vcsim.py",
    "tests/fix_llm.py",
    "tests/fix_prefect.py",
    "tests/fix_receivers.py",
)
_ROOT = Path(__file__).parent.parent
pytest_plugins = [
    name.removesuffix(".py").replace("/", ".") for name in _FIXTURES if (_ROOT / name).exists()
]


def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="also run the tests of minutes")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--slow"):
        skip = pytest.mark.skip(reason="takes minutes; run with --slow")
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(skip)


@pytest.fixture(autouse=True)
def _fresh_settings(monkeypatch):
    # A developer's own settings and credentials must not decide a test.
    for name in ("NIGHTSHIFT_DATABASE_URL", "NIGHTSHIFT_SOURCES", "NIGHTSHIFT_LLM_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in [name for name in os.environ if name.startswith("NIGHTSHIFT_NOTIFY_")]:
        monkeypatch.delenv(name)
    # Nor may a test that forgot to ask for a home write into the checkout's.
    if "NIGHTSHIFT_HOME" not in os.environ:
        monkeypatch.setenv("NIGHTSHIFT_HOME", "/proc/nightshift")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(scope="session")
def shared_home():
    """A short, passable folder: Postgres runs under another account where tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="ns-"))
    folder.chmod(0o755)
    yield folder
    embedded.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home(monkeypatch):
    """An empty installation of the test's own; its database, if it starts one, is stopped."""
    folder = Path(tempfile.mkdtemp(prefix="ns-"))
    folder.chmod(0o755)
    monkeypatch.setenv("NIGHTSHIFT_HOME", str(folder))
    settings.cache_clear()
    yield folder
    embedded.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _empty(conn):
    """Empty the tables that hold anything, and let every number begin at 1 again.

    Emptying one costs files of its own whether it holds anything or not, and there are dozens.
    """
    tables = [
        row[0]
        for row in conn.execute(
            "SELECT format('%I', tablename) FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename <> 'schema_migrations'"
        )
    ]
    looks = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables
    )
    if full := [row[0] for row in conn.execute(looks)]:
        conn.execute(f"TRUNCATE {', '.join(full)} CASCADE")
    conn.execute(
        "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
        " FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
    )


@pytest.fixture
def database(shared_home, monkeypatch):
    """The session's Postgres, with every table emptied and no documents; the settings point at it."""
    monkeypatch.setenv("NIGHTSHIFT_HOME", str(shared_home))
    settings.cache_clear()
    with transaction() as conn:
        _empty(conn)
    shutil.rmtree(shared_home / "documents", ignore_errors=True)
    return shared_home


@pytest.fixture
def conn(database):
    """A connection inside one transaction that is committed at the test's end."""
    with transaction() as connection:
        yield connection

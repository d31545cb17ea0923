"""`nightshift db`, and what every verb says where its database or its data folder is not there."""

from __future__ import annotations

import json
import os

import psycopg
import pytest

from deployments.services import state
from models.processes import start_time
from models.store import embedded, transaction
from tests.builders import a_site, a_vm, store

CANARY = "canary-4b1d"


@pytest.fixture
def empty(database, tmp_path, monkeypatch):
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names():
    with transaction() as conn:
        return {row[0] for row in conn.execute("SELECT name FROM assets WHERE deleted_at IS NULL")}


def test_the_url_opens_the_database_in_use(database, entry):
    store(a_site(1))

    status, out, err = entry("db", "url")

    assert (status, err) == (0, "")
    with psycopg.connect(out.strip()) as conn:
        assert conn.execute("SELECT count(*) FROM assets").fetchone() == (5,)


def test_migrating_again_changes_nothing_and_says_the_version(database, entry):
    status, out, _ = entry("db", "migrate", "--json")
    assert (status, json.loads(out)) == (0, json.loads(entry("db", "migrate", "--json")[1]))

    status, out, err = entry("db", "migrate")
    assert (status, out) == (0, "")
    assert "up to date" in err


def test_a_backup_brings_everything_back(home, entry, tmp_path):
    store(a_site(2))
    file = tmp_path / "copy.dump"

    status, out, err = entry("db", "backup", file)
    assert (status, out) == (0, "")
    assert str(file) in err.replace("\n", "")
    assert [path.name for path in tmp_path.iterdir()] == ["copy.dump"]

    before = names()
    store([a_vm(9)])
    assert names() != before
    status, _, _ = entry("db", "restore", file)
    assert (status, names()) == (0, before)


@pytest.mark.parametrize(
    ("arguments", "cure", "expected"),
    [
        pytest.param(("backup", "."), ". is a folder; name a file, such as", 2, id="a folder"),
        pytest.param(("backup", "no/copy"), "cannot write to the folder no", 2, id="no folder"),
        pytest.param(("restore", "no.dump"), "there is no backup at no.dump", 2, id="no file"),
        pytest.param(("restore", "."), "there is no backup at .", 2, id="restore a folder"),
        pytest.param(
            ("restore", "text"),
            "text is not a backup that `nightshift db backup` wrote",
            2,
            id="not a backup",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line(entry, empty, arguments, cure, expected):
    (empty / "text").write_text("not a dump")
    store([a_vm(1)])

    status, out, err = entry("db", *arguments)

    assert (status, out) == (expected, "")
    assert cure in err
    assert err.count("nightshift: ") == 1
    assert "Traceback" not in err
    assert names() == {"web-01"}
    assert [path.name for path in empty.iterdir()] == ["text"]


def test_a_backup_that_was_cut_short_changes_nothing(database, entry, tmp_path):
    store([a_vm(1)])
    file = tmp_path / "copy.dump"
    assert entry("db", "backup", file)[0] == 0
    file.write_bytes(file.read_bytes()[:2000])

    status, out, err = entry("db", "restore", file)

    assert (status, out) == (3, "")
    assert err.count("\n") == 1
    assert names() == {"web-01"}


def test_while_services_run_nothing_is_restored(database, entry, tmp_path):
    store([a_vm(1)])
    file = tmp_path / "copy.dump"
    assert entry("db", "backup", file)[0] == 0
    store([a_vm(2)])
    state.write_installation(
        state.Installation(
            mode=state.Mode.UP,
            supervisor_pid=os.getpid(),
            supervisor_started=start_time(os.getpid()),
            api_url="",
            ui_url="",
        )
    )
    try:
        status, out, err = entry("db", "restore", file)
    finally:
        state.forget_installation()

    assert (status, out) == (1, "")
    assert "run `nightshift down` first" in err
    assert names() == {"web-02"}


@pytest.mark.parametrize("days", ["0", "-3", "many"])
def test_retention_takes_days_from_one_up(database, entry, days):
    status, out, _ = entry("db", "retain", "--days", days)

    assert (status, out) == (2, "")


def test_retention_reports_rows_by_table(database, entry):
    status, out, _ = entry("db", "retain", "--days", "1", "--json")

    assert status == 0
    assert set(json.loads(out).values()) == {0}


VERBS = [
    ("db", "url"),
    ("db", "migrate"),
    ("stats", "--json"),
    ("assets", "list", "--json"),
    ("assets", "changes", "--since", "1h", "--json"),
    ("checks", "run", "--json"),
    ("docs", "list", "--json"),
    ("knowledge", "stats", "--json"),
    ("collect", "--accept-held", "vc1", "--json"),
]


@pytest.fixture
def one_source(tmp_path, monkeypatch):
    file = tmp_path / "sources.toml"
    file.write_text('[[source]]\nname = "vc1"\ncollector = "vmware"\n')
    monkeypatch.setenv("NIGHTSHIFT_SOURCES", str(file))


@pytest.mark.parametrize("verb", VERBS[1:], ids=" ".join)
def test_a_database_that_is_not_there_is_status_3(home, entry, monkeypatch, one_source, verb):
    url = f"postgresql://user:{CANARY}@127.0.0.1:1/nightshift"
    monkeypatch.setenv("NIGHTSHIFT_DATABASE_URL", url)

    status, out, err = entry(*verb)

    assert (status, out) == (3, "")
    assert err.startswith("nightshift: Postgres does not answer")
    assert err.count("\n") == 1
    assert CANARY not in err


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_data_folder_that_cannot_be_made_is_wrong_use_and_absent_for_who_only_reads(
    tmp_path, entry, monkeypatch, one_source, verb
):
    (tmp_path / "file").touch()
    monkeypatch.setenv("NIGHTSHIFT_HOME", str(tmp_path / "file" / "below"))

    status, out, err = entry(*verb)

    assert (status, out) == (2 if verb[0] in ("db", "collect") else 3, "")
    assert "set NIGHTSHIFT_HOME" in err
    assert err.count("\n") == 1


def test_a_wrong_password_of_the_database_is_named_and_not_shown(database, entry, monkeypatch):
    with transaction() as conn:
        conn.execute("DROP ROLE IF EXISTS tester")
        conn.execute("CREATE ROLE tester LOGIN PASSWORD 'right'")
    folder = embedded.Place(database).sockets
    url = f"postgresql://tester:{CANARY}@/nightshift?host={folder}"
    monkeypatch.setenv("NIGHTSHIFT_DATABASE_URL", url)

    status, out, err = entry("stats")

    assert (status, out) == (2, "")
    assert "Postgres refused the login" in err
    assert CANARY not in err


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql//user:{CANARY}@127.0.0.1/x",
        f"mysql://user:{CANARY}@127.0.0.1/x",
        f"postgresql://user:{CANARY}@127.0.0.1/x?nothing=1",
    ],
)
def test_a_url_that_cannot_be_read_is_named_without_its_password(home, entry, monkeypatch, url):
    monkeypatch.setenv("NIGHTSHIFT_DATABASE_URL", url)

    status, out, err = entry("stats", "--json")

    assert (status, out) == (2, "")
    assert "NIGHTSHIFT_DATABASE_URL" in err
    assert CANARY not in err
    assert err.count("\n") == 1

"""The embedded Postgres outlives its users' deaths, and stops when nobody is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import psycopg
import pytest

from models.errors import ConfigurationError, StoreUnavailable
from models.settings import settings
from models.store import database_url, embedded, transaction
from models.store.embedded import Place

CLIENT = "from models.store import transaction\nimport time\nwith transaction() as c:\n    c.execute('SELECT 1'); print('in', flush=True); time.sleep(60)\n"


def wait_until(condition, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def client():
    process = subprocess.Popen([sys.executable, "-c", CLIENT], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "in\n"
    process.stdout.close()
    return process


def test_it_starts_on_demand_and_stops_when_its_last_client_was_killed(home, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_DATABASE_IDLE_SECONDS", "2")
    settings.cache_clear()
    process = client()
    assert embedded.state(home)[0] == "running"

    process.kill()
    process.wait()

    wait_until(lambda: embedded.state(home) == ("stopped", None))
    assert not embedded.answers(Place(home))


def test_it_stays_up_while_a_client_only_waits(home, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_DATABASE_IDLE_SECONDS", "1")
    settings.cache_clear()
    process = client()

    time.sleep(3)

    assert embedded.state(home)[0] == "running"
    process.kill()
    process.wait()


def test_rows_survive_a_kill_of_the_keeper_and_of_the_server(home):
    with transaction() as conn:
        conn.execute("CREATE TABLE kept (n int)")
        conn.execute("INSERT INTO kept VALUES (1)")
    keeper = embedded.state(home)[1]
    server = int((Place(home).data / "postmaster.pid").read_text().split()[0])

    os.kill(keeper, signal.SIGKILL)
    os.kill(server, signal.SIGKILL)

    with transaction() as conn:
        assert conn.execute("SELECT n FROM kept").fetchall() == [(1,)]


def test_a_server_that_outlived_its_keeper_is_taken_over_and_stopped(home):
    with transaction() as conn:
        conn.execute("SELECT 1")
    keeper = embedded.state(home)[1]
    os.kill(keeper, signal.SIGKILL)
    wait_until(lambda: embedded.state(home)[0] == "stopped")
    assert embedded.answers(Place(home))

    second = subprocess.Popen([sys.executable, "-m", "models.store.keeper", str(home)])
    wait_until(lambda: embedded.state(home)[0] == "running")
    time.sleep(1.5)  # past its start, in which it could still start a server of its own

    assert embedded.stop(home) is True
    assert second.wait(timeout=30) == 0
    assert not embedded.answers(Place(home))
    assert keeper not in [one.pid for one in embedded._spawned]  # that it died was seen


def test_two_processes_that_start_it_at_once_share_one_server(home):
    first, second = client_started(), client_started()
    pids = {process.communicate(timeout=60)[0].strip() for process in (first, second)}

    assert len(pids) == 1


def client_started():
    code = "from models.store import transaction\nwith transaction() as c: print(c.execute('SELECT pg_postmaster_start_time()').fetchone()[0])"
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


def test_two_homes_are_two_databases(home, shared_home, monkeypatch):
    mine = database_url()
    monkeypatch.setenv("NIGHTSHIFT_HOME", str(shared_home))
    settings.cache_clear()

    assert database_url() != mine


def test_a_restart_in_the_middle_of_a_transaction_is_transient_and_the_next_one_works(database):
    def cut_off():
        with transaction() as conn:
            server = int((Place(database).data / "postmaster.pid").read_text().split()[0])
            os.kill(server, signal.SIGQUIT)  # what an immediate restart does
            conn.execute("SELECT pg_sleep(5)")

    with pytest.raises(StoreUnavailable):
        cut_off()

    with transaction() as conn:
        assert conn.execute("SELECT 1").fetchone() == (1,)


def test_a_home_that_cannot_be_written_is_one_clear_line(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NIGHTSHIFT_HOME", str(tmp_path / "file" / "home"))
    settings.cache_clear()

    with pytest.raises(ConfigurationError, match="set NIGHTSHIFT_HOME elsewhere"):
        database_url()


def test_only_its_owner_can_read_the_password_and_nothing_listens_on_the_network(database):
    place = Place(database)

    assert place.password.stat().st_mode & 0o077 == 0
    assert place.sockets.stat().st_mode & 0o077 == 0
    with transaction() as conn:
        assert conn.execute("SHOW listen_addresses").fetchone() == ("",)
        assert conn.execute("SHOW synchronous_commit").fetchone() == ("on",)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(
            host=str(place.sockets), user="nightshift", dbname="nightshift", password="x"
        )


def test_the_lock_file_names_the_keeper(database):
    with transaction():
        pid = json.loads(Place(database).lock.read_text())["pid"]

    assert embedded.state(database) == ("running", pid)


def test_a_crash_of_one_backend_is_one_outage_and_the_keeper_stays(home):
    def crash():
        with transaction() as conn:
            os.kill(conn.info.backend_pid, signal.SIGKILL)  # the server restarts all backends
            conn.execute("SELECT pg_sleep(5)")

    with transaction():
        keeper = embedded.state(home)[1]
    with pytest.raises(StoreUnavailable):
        crash()
    with transaction() as conn:
        assert conn.execute("SELECT 1").fetchone() == (1,)

    time.sleep(2)

    assert embedded.state(home) == ("running", keeper)

"""`nightshift stats`, and how the entry ends where the system fails it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.store import transaction
from tests.alerting import an_alert, an_incident
from tests.builders import a_site, a_vm, store

SCRIPT = Path(sys.executable).parent / "nightshift"


def test_what_is_stored_is_counted(database, entry):
    store(a_site(3))
    store([*a_site(2), a_vm(3, cpu_count=8)])

    status, out, err = entry("stats", "--json")

    found = json.loads(out)
    assert (status, err) == (0, "")
    assert found["assets"] == {"cluster": 1, "datastore": 1, "host": 2, "vm": 3}
    assert (found["documents"], found["chunks"]) == (0, 0)
    assert (found["relations"], found["versions"]) == (8, 8)
    assert found["database"]["bytes"] > 1_000_000
    assert found["database"]["growth_bytes_per_day"] is None


def test_alerts_and_incidents_are_counted(database, entry):
    with transaction() as conn:
        an_alert(conn, incident_id=an_incident(conn))
        an_incident(conn, status="resolved")

    found = json.loads(entry("stats", "--json")[1])

    assert (found["alerts"], found["incidents"], found["live_incidents"]) == (1, 2, 1)


def test_people_read_the_same_in_tables(database, entry):
    store(a_site(3))

    _, out, _ = entry("stats")

    lines = [line.split() for line in out.splitlines()]
    assert ["vm", "3"] in lines
    assert ["documents", "0"] in lines


def test_nothing_stored_is_no_error(database, entry):
    assert json.loads(entry("stats", "--json")[1])["assets"] == {}
    assert entry("stats")[0] == 0


@pytest.fixture(params=["", "1"], ids=["buffered", "unbuffered"])
def environment(request, database):
    """The installation of the session, with and without PYTHONUNBUFFERED."""
    store([a_vm(n) for n in range(1, 301)])
    return {**os.environ, "PYTHONUNBUFFERED": request.param}


LIST = [str(SCRIPT), "assets", "list", "--json"]


def test_a_full_disk_is_one_line_and_status_1(environment):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            LIST, stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=environment
        )

    assert (done.returncode, done.stderr) == (1, "nightshift: No space left on device\n")


def test_a_reader_who_has_seen_enough_is_not_told_of_an_error(environment):
    command = subprocess.Popen(
        LIST, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, bufsize=0
    )
    with command:
        command.stdout.read(10)
        command.stdout.close()

        assert command.stderr.read() == b""

    assert command.returncode == 1


def test_ctrl_c_is_one_line_and_status_130(database):
    ready = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it\n"
        "from deployments.cli import app, stats\n"
        "def wait(*_):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    time.sleep(60)\n"
        "stats.statistics.counts = wait\n"
        "app.main(['stats'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", ready], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "nightshift: interrupted\n")


def test_an_unknown_verb_is_wrong_use():
    done = subprocess.run([SCRIPT, "statz"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert "No such command 'statz'" in done.stderr


def test_results_alone_are_on_standard_output(database):
    store([a_vm(1)])

    done = subprocess.run([SCRIPT, "stats", "--json"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["assets"] == {"vm": 1}

import json
import os
import socket

import pytest

from deployments.cli.app import main
from deployments.services import state
from deployments.services.examination import unmended
from deployments.services.home import prepare_home
from deployments.services.ports import LOOPBACK
from deployments.services.state import Installation, Mode
from models.processes import start_time
from models.records.asset import Gap
from tests.builders import a_vm, store

SOURCES = """\
[[source]]
name = "vc1"
collector = "vmware"
url = "https://127.0.0.1:1/sdk"
username = "user"
password_env = "VC1_PASSWORD"
"""


@pytest.fixture
def nightshift(home, monkeypatch, capsys):
    """Run a verb as the entry does; returns its exit status and what it printed."""

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["nightshift", *arguments])
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out, printed.err

    return run


@pytest.fixture
def sources(home, monkeypatch):
    path = home / "sources.toml"
    path.write_text(SOURCES)
    monkeypatch.setenv("NIGHTSHIFT_SOURCES", str(path))
    return path


def runs_here():
    pid = os.getpid()
    prepare_home()
    line = state.ServiceStatus(name="gateway", state="running", pid=pid, started=start_time(pid))
    gone = state.ServiceStatus(name="worker-default", state="running", pid=pid, started="1")
    state.write_installation(
        Installation(
            mode=Mode.UP,
            supervisor_pid=pid,
            supervisor_started=start_time(pid),
            api_url="http://127.0.0.1:1/api",
            ui_url="http://127.0.0.1:1",
            gateway_url="http://127.0.0.1:2",
            services=(line, gone),
        )
    )


def test_status_of_a_home_where_nothing_runs_says_so(nightshift):
    status, out, _ = nightshift("status", "--json")

    assert status == 0
    found = json.loads(out)
    assert found["running"] is False
    assert found["ui_url"] is None
    assert [line["name"] for line in found["services"]] == ["database"]


def test_status_gives_addresses_and_a_line_a_service(nightshift):
    runs_here()

    _, out, _ = nightshift("status", "--json")

    found = json.loads(out)
    assert (found["ui_url"], found["gateway_url"]) == ("http://127.0.0.1:1", "http://127.0.0.1:2")
    assert {"name", "state", "pid"} <= set(found["services"][0])


def test_status_does_not_show_a_service_whose_process_is_gone_as_running(nightshift):
    runs_here()

    _, out, _ = nightshift("status", "--json")

    lines = {line["name"]: line for line in json.loads(out)["services"]}
    assert lines["gateway"]["state"] == "running"
    assert lines["worker-default"]["state"] == "restarting"
    assert lines["worker-default"]["pid"] is None


def test_status_imports_no_prefect(nightshift):
    import subprocess
    import sys

    check = (
        "import sys; sys.argv = ['nightshift', 'status']\n"
        "from deployments.cli.app import main\n"
        "try: main(['status'])\n"
        "except SystemExit: pass\n"
        "print([name for name in sys.modules if name.startswith('prefect')], file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True
    )

    assert ended.stderr.strip() == "[]"


def test_down_where_nothing_runs_is_no_error(nightshift):
    status, _, err = nightshift("down")

    assert status == 0
    assert "Nothing runs" in err


def test_up_without_a_sources_file_says_where_to_write_one(nightshift, home, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_SOURCES", str(home / "none.toml"))

    status, _, err = nightshift("up")

    assert status == 2
    assert "there is no sources file" in err


def test_up_names_a_password_that_is_not_set_before_it_starts(nightshift, sources, home):
    prepare_home()
    with state.supervising():
        status, _, err = nightshift("up", "--detach")

    assert status == 1
    assert "Source vc1: VC1_PASSWORD is empty; export VC1_PASSWORD=... and start again" in err


def test_up_on_a_taken_port_names_it_and_the_variable(nightshift, sources, monkeypatch):
    with socket.socket() as holder:
        holder.bind((LOOPBACK, 0))
        holder.listen()
        port = holder.getsockname()[1]
        monkeypatch.setenv("NIGHTSHIFT_PREFECT_PORT", str(port))

        status, _, err = nightshift("up")

    assert status == 2
    assert f"port {port} is taken; set NIGHTSHIFT_PREFECT_PORT" in err


def test_a_home_that_cannot_be_written_is_one_clear_line(nightshift, sources, home, monkeypatch):
    (home / "file").touch()
    monkeypatch.setenv("NIGHTSHIFT_HOME", str(home / "file" / "below"))

    status, _, err = nightshift("up")

    assert status == 2
    assert "is not writable" in err
    assert "set NIGHTSHIFT_HOME" in err
    assert len(err.strip().splitlines()) == 1


def test_a_second_demo_in_one_home_is_refused(nightshift):
    runs_here()

    with state.supervising():
        status, _, err = nightshift("demo", "--once", "--json")

    assert status == 1
    assert "services already run" in err


def test_faults_are_listed_without_a_demo(nightshift):
    status, out, _ = nightshift("demo", "faults")

    assert status == 0
    assert "datastore-full" in out


def test_break_without_a_fault_lists_them(nightshift):
    status, out, _ = nightshift("demo", "break")

    assert status == 0
    assert "datastore-full" in out


@pytest.mark.parametrize("verb", [("break", "datastore-full"), ("heal",), ("kill-worker",)])
def test_what_needs_a_demo_says_how_to_start_one(nightshift, verb):
    status, _, err = nightshift("demo", *verb)

    assert status == 2
    assert "start one with `nightshift demo`" in err


def test_an_unknown_fault_is_answered_with_the_known_ones(nightshift):
    status, _, err = nightshift("demo", "break", "coffee")

    assert status == 2
    assert "datastore-full" in err


def test_doctor_names_what_is_wrong_with_its_cure(nightshift, sources):
    status, out, _ = nightshift("doctor", "--json")

    found = json.loads(out)
    wrong = {line["subject"]: line for line in found["findings"] if line["verdict"] == "wrong"}
    assert status == 1
    assert found["ok"] is False
    assert wrong["sources"]["message"] == "vc1: VC1_PASSWORD is empty"
    assert wrong["sources"]["cure"] == "export VC1_PASSWORD=..."
    assert all(line["cure"] for line in wrong.values())
    assert not any(
        line["subject"] == "sources" and line["verdict"] == "ok" for line in found["findings"]
    )


def test_doctor_tells_what_to_grant_and_what_else_would_show_the_rest(database, nightshift):
    install = "install metrics-server in the cluster"
    gap = Gap(kind="node", field="cpu", reason="this cluster has no metrics API", cure=install)
    denied = Gap(kind="vm", field="disks", reason="not allowed", privilege="list disks")
    slow = Gap(kind="vm", field="*", reason="timed out")

    def told(*gaps):
        store([a_vm(1)], gaps=gaps)
        findings = json.loads(nightshift("doctor", "--json")[1])["findings"]
        (found,) = [one for one in findings if one["subject"] == "coverage"]
        return found["message"], found["cure"]

    unmeasured = "vc1: 1 thing could not be seen (this cluster has no metrics API)"
    assert told(gap) == (unmeasured, install)
    both = "vc1: 2 things could not be seen (this cluster has no metrics API)"
    assert told(gap, denied) == (both, f"grant list disks; {install}")
    assert told(slow) == ("vc1: 1 thing could not be seen (timed out)", None)


def test_an_error_is_forgotten_once_its_flow_has_succeeded():
    def run(flow, state_type):
        return {"flow_id": flow, "state_type": state_type}

    failed = run("a", "FAILED")

    assert unmended([run("b", "COMPLETED"), failed, run("a", "COMPLETED")]) is failed
    assert unmended([run("a", "COMPLETED"), failed]) is None


def test_doctor_reports_a_prefect_server_that_does_not_answer(nightshift, sources):
    runs_here()

    _, out, _ = nightshift("doctor", "--json")

    assert any(
        line["subject"] == "prefect" and "does not answer" in line["message"]
        for line in json.loads(out)["findings"]
    )

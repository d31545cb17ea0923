"""The practice datacenter as a process, and its control over HTTP."""

import json
import signal
import subprocess
import sys

import pytest

from deployments.practice import client as practice
from deployments.practice.control_http import ControlServer
from deployments.practice.controls import Controls
from models.errors import AccessDenied, Unavailable, WrongUse
from tests.deployments.practice.conftest import try_to_log_in

SECRETS = {
    "password",
    "write_password",
    "token",
    "kubernetes_tokens",
    "devices_password",
    "devices_write_password",
    "devices_enable_password",
}


def start(state_file, *more):
    command = [sys.executable, "-m", "deployments.practice", "--vms", "60"]
    return subprocess.Popen(
        [*command, "--state-file", str(state_file), *more], stdout=subprocess.PIPE, text=True
    )


def test_a_process_says_where_it_is_and_ends_on_sigterm(tmp_path):
    with start(tmp_path / "state.json") as process:
        printed = json.loads(process.stdout.readline())
        ready = json.loads((tmp_path / "state.json").read_text())
        port = int(ready["url"].split(":")[2].split("/")[0])
        session = try_to_log_in("127.0.0.1", port, ready["username"], ready["password"])
        assert session.userName == ready["username"]
        url, token = ready["control_url"], ready["token"]
        assert "is off" in practice.break_it(url, token, "vm-powered-off")
        assert practice.counters(url, token)["logins"] == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert set(ready) - set(printed) == SECRETS
    assert printed.items() <= ready.items()
    assert (tmp_path / "state.json").stat().st_mode & 0o077 == 0


def test_a_second_start_takes_dates_and_passwords_from_the_first(tmp_path):
    found = []
    for _ in range(2):
        with start(tmp_path / "state.json") as process:
            process.stdout.readline()
            found.append(json.loads((tmp_path / "state.json").read_text()))
            process.terminate()
    first, second = found
    for name in ("anchor", "seed", "device_ports", *SECRETS):
        assert first[name] == second[name]


def test_without_a_state_file_the_printed_line_is_the_only_place_of_the_passwords():
    command = [sys.executable, "-m", "deployments.practice", "--vms", "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        ready = json.loads(process.stdout.readline())
        assert practice.counters(ready["control_url"], ready["token"])["logins"] == 0
        assert ready["password"]
        process.terminate()


@pytest.fixture
def control(practice_vcenter):
    with ControlServer(Controls(practice_vcenter.control), "t0ken") as server:
        yield server.url


def test_changes_can_be_made_over_http(control, practice_vcenter):
    moid = practice_vcenter.site.vms[0].moid
    practice.call(control, "t0ken", "rename_vm", vm=moid, name="over-http")
    assert practice_vcenter.world.record(moid).name == "over-http"


def test_wrong_calls_are_refused_with_the_reason(control):
    with pytest.raises(WrongUse, match="no call"):
        practice.call(control, "t0ken", "record", moid="vm-1")
    with pytest.raises(WrongUse, match="no fault 'x'"):
        practice.break_it(control, "t0ken", "x")
    with pytest.raises(WrongUse, match="unexpected keyword"):
        practice.call(control, "t0ken", "counters", colour="red")


def test_a_wrong_token_is_refused(control):
    with pytest.raises(AccessDenied):
        practice.counters(control, "wrong")


def test_nothing_there_is_unavailable():
    with pytest.raises(Unavailable, match="is the demo running"):
        practice.counters("http://127.0.0.1:9", "t0ken")

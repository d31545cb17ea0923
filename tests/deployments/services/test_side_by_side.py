"""Two commands at once in one data folder where no services run: each gets a server in its turn."""

import itertools
import json
import os
import subprocess
import sys

import pytest

# As `_server` is, but for the server itself, which takes 10 s to start.
COMMAND = """
import json, sys, time
from pathlib import Path
from deployments import running
from deployments.services import home, stack, supervisor

def server_only():
    sleeper = supervisor.Service(
        name=stack.SERVER,
        arguments=(sys.executable, "-c", "import time; time.sleep(600)"),
        environment={},
    )
    here = stack._installation(stack.Mode.COMMAND, "http://127.0.0.1:1/api", None, None)
    return stack.Stack(installation=here, services=[sleeper])

running.server_only = server_only
home.prepare_home()
print("ready", flush=True)
sys.stdin.readline()
with running._server() as api:
    began = time.monotonic()
    time.sleep(1.0)
    print(json.dumps([api.url, began, time.monotonic()]))
"""


@pytest.mark.parametrize("count", [2, 3])
def test_commands_that_start_together_wait_for_each_other(home, count):
    commands = [
        subprocess.Popen(
            [sys.executable, "-c", COMMAND], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env=os.environ,
        )
        for _ in range(count)
    ]  # fmt: skip
    for command in commands:
        assert command.stdout.readline() == "ready\n"
    for command in commands:
        command.stdin.write("\n")
        command.stdin.flush()
    printed = [command.communicate(timeout=60)[0] for command in commands]

    assert [command.returncode for command in commands] == [0] * count
    spans = sorted(json.loads(text)[1:] for text in printed)
    assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(spans))


def test_a_command_uses_the_services_that_another_process_has_begun_to_start(home, monkeypatch):
    from deployments import running
    from deployments.services import state
    from deployments.services.home import prepare_home
    from deployments.services.state import Installation, Mode, ServiceState, ServiceStatus
    from models.processes import start_time

    prepare_home()
    pid = os.getpid()
    line = ServiceStatus(name="prefect-server", state=ServiceState.STARTING)
    state.write_installation(
        Installation(
            mode=Mode.UP, supervisor_pid=pid, supervisor_started=start_time(pid),
            api_url="http://127.0.0.1:1/api", ui_url="http://127.0.0.1:1", services=(line,),
        )
    )  # fmt: skip
    answers = iter([False, False, True])
    monkeypatch.setattr(running.PrefectApi, "is_ready", lambda _: next(answers))

    with state.supervising(), running._server() as api:
        assert api.url == "http://127.0.0.1:1/api"
    assert list(answers) == []

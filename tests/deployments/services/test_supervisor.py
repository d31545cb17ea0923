import os
import signal
import subprocess
import sys
import time

import pytest

from deployments.services import state
from deployments.services.home import prefect_credentials, prepare_home
from deployments.services.processes import launch, stop
from deployments.services.state import Installation, Mode, ServiceState
from deployments.services.supervisor import Service, end_leftovers, running
from models.errors import Busy, Unavailable
from models.processes import is_running, start_time

SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")
DIES = (sys.executable, "-c", "raise SystemExit(3)")


def installation():
    pid = os.getpid()
    return Installation(
        mode=Mode.UP,
        supervisor_pid=pid,
        supervisor_started=start_time(pid),
        api_url="http://127.0.0.1:1/api",
        ui_url="http://127.0.0.1:1",
    )


def service(arguments=SLEEPER, **options):
    return Service(name="one", arguments=arguments, environment=os.environ, **options)


def until(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def line(supervisor):
    return supervisor.installation.services[0]


@pytest.fixture
def place(home):
    prepare_home()
    return home


def test_a_service_that_dies_is_started_again_under_another_pid(place):
    with running(installation(), [service()]) as supervisor:
        supervisor.wait_for(["one"], 20)
        first = line(supervisor)
        os.kill(first.pid, signal.SIGKILL)
        until(lambda: line(supervisor).restarts == 1 and line(supervisor).state == "running")

        assert line(supervisor).pid != first.pid
        assert state.read_installation().services[0].restarts == 1


def test_a_service_that_keeps_dying_is_given_up_and_says_where_its_log_is(place, monkeypatch):
    monkeypatch.setattr("deployments.services.supervisor._FIRST_PAUSE_SECONDS", 0.0)
    with running(installation(), [service(DIES, ready=lambda: False)]) as supervisor:
        with pytest.raises(Unavailable, match=r"5 times within a minute; see .*one\.log"):
            supervisor.wait_for(["one"], 30)

        assert line(supervisor).state is ServiceState.FAILED


def test_what_a_dead_service_had_started_dies_with_it(place):
    # As a worker's flow run must, before the next worker starts it once more.
    nested = f"import subprocess; p = subprocess.Popen({list(SLEEPER)!r}); print(p.pid, flush=True); p.wait()"
    with running(installation(), [service((sys.executable, "-c", nested))]) as supervisor:
        log = place / "logs" / "one.log"
        until(lambda: log.exists() and log.read_text().strip())
        child = int(log.read_text().split()[0])
        started = start_time(child)
        os.kill(line(supervisor).pid, signal.SIGKILL)

        until(lambda: not is_running(child, started))


def test_stopping_ends_every_process_and_forgets_the_state_file(place):
    with running(installation(), [service()]) as supervisor:
        found = line(supervisor)

    assert not is_running(found.pid, found.started)
    assert state.read_installation() is None


def test_a_service_that_does_not_end_when_asked_is_ended_all_the_same(place):
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        " print('deaf', flush=True); time.sleep(600)"
    )
    log = place / "logs" / "deaf.log"
    process = launch((sys.executable, "-c", deaf), os.environ, log)
    until(lambda: log.read_text().strip() == "deaf")
    started = start_time(process.pid)

    stop(process.pid, started, grace_seconds=0.2)

    assert not is_running(process.pid, started)
    process.wait()


def test_services_of_a_supervisor_that_was_killed_are_ended_by_the_next(place):
    orphan = launch(SLEEPER, os.environ, place / "logs" / "one.log")
    started = start_time(orphan.pid)
    left = state.ServiceStatus(name="one", state="running", pid=orphan.pid, started=started)
    gone = Installation(
        mode=Mode.UP, supervisor_pid=os.getpid(), supervisor_started="1",
        api_url="", ui_url="", services=(left,),
    )  # fmt: skip
    state.write_installation(gone)

    assert state.running_installation() is None
    assert end_leftovers() == ["one"]
    assert not is_running(orphan.pid, started)
    orphan.wait()


def test_a_process_that_only_inherited_the_id_is_left_alone(place):
    other = subprocess.Popen(SLEEPER)
    left = state.ServiceStatus(name="one", state="running", pid=other.pid, started="1")
    gone = Installation(
        mode=Mode.UP, supervisor_pid=os.getpid(), supervisor_started="1",
        api_url="", ui_url="", services=(left,),
    )  # fmt: skip
    state.write_installation(gone)

    assert end_leftovers() == []
    assert other.poll() is None
    other.kill()
    other.wait()


def test_two_supervisors_of_one_home_are_refused_in_one_clear_line(place):
    with (
        running(installation(), [service()]),
        pytest.raises(Busy, match=r"already run in .*; see `nightshift status`"),
        running(installation(), [service()]),
    ):
        pass


def test_credentials_are_drawn_once_and_are_readable_by_their_owner_alone(place):
    first = prefect_credentials()

    assert first.get_secret_value().startswith("nightshift:")
    assert prefect_credentials() == first
    assert (place / "prefect" / "credentials").stat().st_mode & 0o777 == 0o600

"""The whole way through Prefect: a run that is killed in the middle is done once, by nobody."""

import json
import os
import re
import signal
import time

import httpx
import psutil
import pytest

from deployments.practice import client
from deployments.services import state
from deployments.services.api import TERMINAL, PrefectApi
from deployments.services.demo import running_demo, sources_path
from deployments.services.environment import client_environment
from deployments.services.processes import launch, stop
from deployments.services.stack import module
from models.processes import start_time
from models.settings import settings
from models.store import inventory, statistics, transaction, work

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(3600)]
MAIN_JOB = "document-datacenter/document-datacenter"


@pytest.fixture
def api(demo):
    return PrefectApi(demo.installation.api_url)


@pytest.fixture
def slow_reading(demo):
    """Every call to the practice vCenter takes a second longer until the test calms it."""
    _, control = running_demo()
    client.call(control.url, control.token, "delay", seconds=1.0)
    yield lambda: client.call(control.url, control.token, "delay", seconds=0.0)
    client.call(control.url, control.token, "delay", seconds=0.0)


def until(condition, seconds=900):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return found


def ended(api, run_id):
    return until(lambda: (run := api.flow_run(run_id))["state_type"] in TERMINAL and run)


def reading(api, run_id):
    return any((found["key"] or "").startswith("collect-") for found in api.artifacts(run_id))


def successors(api, run_id):
    runs = api.flow_runs("SCHEDULED", "PENDING", "RUNNING", "COMPLETED", "FAILED", "CRASHED")
    return [run for run in runs if run_id in (run["idempotency_key"] or "")]


def engine_of(run_id):
    """Return the process of a flow run, which is told its id by its environment."""
    for process in psutil.process_iter():
        try:
            if process.environ().get("PREFECT__FLOW_RUN_ID") == run_id:
                return process
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return None


@pytest.mark.slow
def test_the_main_job_runs_on_the_worker_and_shows_what_it_found(api):
    run_id = api.start_run(MAIN_JOB)
    run = ended(api, run_id)

    assert run["state_type"] == "COMPLETED"
    shown = {found["key"]: found["type"] for found in api.artifacts(run_id)}
    assert shown == {
        "main-job": "progress",
        "collect-practice": "progress",
        "collect-practice-k8s": "progress",
        "collect-practice-network": "progress",
        "collection": "table",
        "joins": "markdown",
        "validation": "markdown",
        "health-checks": "table",
        "documents": "table",
        "embed-chunks": "progress",
        "embed-pool": "markdown",  # says that no worker polls the pool gpu
    }
    with transaction() as conn:
        counts = statistics.counts(conn)
    assert counts["assets"]["vm"] == 60
    assert min(counts["assets"][kind] for kind in ("node", "pod", "device", "interface")) > 0
    assert counts["documents"] == 5
    assert counts["chunks"] > 0


@pytest.mark.slow
def test_each_source_can_be_collected_by_a_run_of_its_own(api):
    run_id = api.start_run(
        "collect-sources/collect-sources", {"sources": [], "at_once": 4, "spread": True}
    )
    run = ended(api, run_id)

    assert run["state_type"] == "COMPLETED"
    children = [
        found
        for found in api.flow_runs("COMPLETED")
        if (found["parameters"] or {}).get("source") and found["parent_task_run_id"]
    ]
    names = ("practice", "practice-k8s", "practice-network")
    assert sorted(found["parameters"]["source"] for found in children) == sorted(names)
    with transaction() as conn:
        newest = {taken.source: taken for taken in inventory.latest_snapshots(conn)}
    assert {newest[name].state.value for name in names} == {"stored"}


@pytest.mark.parametrize(
    ("number", "with_worker"),
    [
        pytest.param(signal.SIGKILL, False, id="the run"),
        pytest.param(signal.SIGTERM, False, id="the run, told to end"),
        pytest.param(signal.SIGKILL, True, id="the run and its worker", marks=pytest.mark.slow),
    ],
)
def test_a_killed_run_is_done_once_without_a_person(api, demo, slow_reading, number, with_worker):
    run_id = api.start_run(MAIN_JOB)
    until(lambda: reading(api, run_id))
    engine = engine_of(run_id)
    worker = state.running_installation().service("worker-default")

    if with_worker:
        os.kill(worker.pid, signal.SIGKILL)
    engine.send_signal(number)
    slow_reading()

    (again,) = until(lambda: successors(api, run_id))
    assert ended(api, again["id"])["state_type"] == "COMPLETED"
    assert api.flow_run(run_id)["state_type"] == "CRASHED"
    assert len(successors(api, run_id)) == 1
    assert work.find("flow", "document-datacenter").state == "done"
    with transaction() as conn:
        states = {taken.source: taken.state for taken in inventory.latest_snapshots(conn)}
    assert states == dict.fromkeys(("practice", "practice-k8s", "practice-network"), "stored")


@pytest.mark.slow
def test_a_second_run_beside_a_living_one_waits_for_its_turn(api, slow_reading):
    first = api.start_run(MAIN_JOB)
    until(lambda: reading(api, first))
    second = api.start_run(MAIN_JOB)
    time.sleep(3)

    assert not reading(api, second)
    slow_reading()
    assert ended(api, first)["state_type"] == "COMPLETED"
    assert ended(api, second)["state_type"] == "COMPLETED"


@pytest.fixture
def gpu_worker(demo, api):
    home = settings().home
    process = launch(
        module("deployments.services.worker", "gpu", "worker-gpu"),
        client_environment(api.url),
        home / "logs" / "worker-gpu.log",
    )
    until(lambda: api.online_workers("gpu"))
    yield
    stop(process.pid, start_time(process.pid), grace_seconds=10)
    process.wait()


@pytest.mark.slow
def test_embedding_runs_on_the_pool_gpu_where_a_worker_polls_it(api, gpu_worker):
    run_id = api.start_run(MAIN_JOB)

    assert ended(api, run_id)["state_type"] == "COMPLETED"
    shown = {found["key"]: found["data"] for found in api.artifacts(run_id)}
    assert shown["embed-pool"] == "`embed` ran on `gpu`."


@pytest.fixture
def a_source_that_is_down(demo):
    path = sources_path()
    before = path.read_text()
    first = before.split("[[source]]")[1]
    gone = first.replace('"practice"', '"gone"').replace(address(first), ":1/")
    path.write_text(f"{before}\n[[source]]{gone}")
    yield "gone"
    path.write_text(before)


def address(text):
    return re.search(r":\d+/", text).group()


@pytest.mark.slow
def test_a_source_that_is_down_fails_the_run_for_all_to_see_and_stops_nothing(
    api, a_source_that_is_down
):
    run_id = api.start_run(MAIN_JOB)
    run = ended(api, run_id)

    assert run["state_type"] == "FAILED"
    assert "1 of 4 sources: gone: " in run["state"]["message"]
    shown = {found["key"]: found["data"] for found in api.artifacts(run_id)}
    statuses = {row["source"]: row["status"] for row in json.loads(shown["collection"])}
    assert statuses.pop("gone") == "failed"
    assert set(statuses) == {"practice", "practice-k8s", "practice-network"}
    assert "failed" not in statuses.values()
    assert len(json.loads(shown["documents"])) == 5


@pytest.mark.slow
def test_the_server_refuses_who_has_no_credentials(api):
    answer = httpx.post(f"{api.url}/flow_runs/filter", json={}, trust_env=False)

    assert answer.status_code == 401


@pytest.mark.slow
def test_schedules_are_turned_into_runs(api):
    # They are not where SQLAlchemy is 2.1 or newer: Prefect's scheduler then fails every round.
    assert until(lambda: api.flow_runs("SCHEDULED"), seconds=90)

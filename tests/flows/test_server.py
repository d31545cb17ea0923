"""Flows against a real Prefect server: a collection, what becomes of dead runs, and the pool gpu."""

import contextlib
import json
import os
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deployments.services import state
from deployments.services.api import PrefectApi
from deployments.services.environment import client_environment
from deployments.services.stack import module
from models.settings import settings
from models.store import inventory, transaction, work
from tasks.maintenance.recovery import holder

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.prefect


@pytest.fixture
def api(prefect_server):
    return PrefectApi(prefect_server.installation.api_url)


@pytest.fixture
def sources(api, practice_vcenter):
    """The environment of a command that reads the practice vCenter."""
    path = settings().home / "sources.toml"
    path.write_text(
        f'[[source]]\nname = "practice"\ncollector = "vmware"\nurl = "{practice_vcenter.url}"\n'
        f'username = "{practice_vcenter.username}"\npassword_env = "PASSWORD"\nverify_tls = false\n'
    )
    return os.environ | {"NIGHTSHIFT_SOURCES": str(path), "PASSWORD": practice_vcenter.password}


def collecting(sources):
    return subprocess.Popen(
        module("deployments.cli", "collect", "--json"),
        env=sources, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def until(condition, seconds=240):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def reconcile(api):
    subprocess.run(
        module("flows.reconcile"), env=client_environment(api.url), check=True, capture_output=True
    )


def successors(api, run_id):
    runs = api.flow_runs("SCHEDULED", "PENDING", "RUNNING", "COMPLETED", "FAILED", "CRASHED")
    return [run for run in runs if run_id in (run["idempotency_key"] or "")]


def test_a_collection_is_a_completed_run_with_its_findings(api, sources):
    process = collecting(sources)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err

    (report,) = json.loads(out)["sources"]
    (run,) = api.flow_runs("COMPLETED")
    assert run["name"]
    assert run["tags"] == ["terminal"]
    shown = {found["key"]: found for found in api.artifacts(run["id"])}
    assert {key: found["type"] for key, found in shown.items()} == {
        "collect-practice": "progress",
        "collection": "table",
        "joins": "markdown",
        "validation": "markdown",
    }
    assert report["status"] == "complete"
    assert json.loads(shown["collection"]["data"])[0]["seen"] == report["seen"] > 60
    assert shown["validation"]["data"].startswith("## Validation of collection 1\n")
    with transaction() as conn:
        (newest,) = inventory.latest_snapshots(conn)
    assert (str(newest.id), newest.state) == (report["snapshot_id"], "stored")


def test_a_collection_that_a_person_ends_with_ctrl_c_is_cancelled_and_not_begun_again(
    api, sources, practice_vcenter
):
    practice_vcenter.control.delay(1.0)
    process = collecting(sources)
    (run,) = until(lambda: api.flow_runs("RUNNING"))
    until(lambda: api.artifacts(run["id"]))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=300)
    practice_vcenter.control.delay(0.0)

    assert process.returncode not in {0, None}
    assert api.flow_run(run["id"])["state_type"] == "CANCELLED"
    assert work.find("flow", "collect-sources").state == "running"
    reconcile(api)
    row = work.find("flow", "collect-sources")
    assert row.state == "failed"
    assert "cancelled" in row.error
    assert successors(api, run["id"]) == []


def died(key, run_id):
    """Leave a row as a process does that was killed: running, and nobody holds it."""
    gone = holder("embed", {}) | {"started": "1"}
    with (
        contextlib.suppress(KeyboardInterrupt),
        work.claim("flow", key, flow_run_id=run_id, payload=gone),
    ):
        raise KeyboardInterrupt


def through_prefect(what):
    """Do something of `through_prefect.py` in a process of its own; returns what it printed."""
    url = state.running_installation().api_url
    done = subprocess.run(
        module("tests.flows.through_prefect", what),
        env=client_environment(url) | {"PYTHONPATH": str(ROOT), "PREFECT_LOGGING_LEVEL": "ERROR"},
        check=True,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    return json.loads(done.stdout)


def test_only_a_dead_run_that_nobody_cancelled_and_nobody_awaits_is_started_again(api):
    alone, cancelled, awaited = through_prefect("dead-runs")
    api.set_state(cancelled, "CANCELLING", "by a person")
    for key, run_id in (("alone", alone), ("cancelled", cancelled), ("awaited", awaited)):
        died(key, run_id)

    reconcile(api)

    ended = {run_id: api.flow_run(run_id)["state_type"] for run_id in (alone, cancelled, awaited)}
    assert ended == {alone: "CRASHED", cancelled: "CANCELLED", awaited: "CRASHED"}
    assert [len(successors(api, run_id)) for run_id in (alone, cancelled, awaited)] == [1, 0, 0]
    assert work.find("flow", "alone").state == "running"  # its successor will take it
    assert work.find("flow", "cancelled").error.startswith("it was cancelled")
    assert work.find("flow", "awaited").error.startswith("the run that awaits it goes on")
    api.set_state(successors(api, alone)[0]["id"], "CANCELLED", "the test is over")
    work.finish("flow", "alone")


def test_a_run_whose_worker_died_before_it_began_is_scheduled_again_and_no_other(api):
    found = through_prefect("never-begun")

    assert found["early"] == []  # its worker may still be at it
    assert [one["run"] for one in found["late"]] == [found["taken"]]
    assert found["states"] == ["SCHEDULED", "SCHEDULED", "PENDING"]


def test_a_clock_that_steps_by_an_hour_schedules_no_run_twice(api):
    chosen = api._call("GET", "/deployments/name/triage-sweep/triage-sweep")
    assert chosen["schedules"]
    now = datetime.now(UTC)

    for hours in (0, 1, -1, 0):  # what the scheduler asks for after each step
        begin = now + timedelta(hours=hours)
        api._call("POST", f"/deployments/{chosen['id']}/schedule", {
            "start_time": begin.isoformat(), "end_time": (begin + timedelta(hours=2)).isoformat(),
            "min_runs": 100, "max_runs": 100,
        })  # fmt: skip

    of_it = {"deployments": {"id": {"any_": [chosen["id"]]}}, "limit": 200}
    due = [run["expected_start_time"] for run in api._call("POST", "/flow_runs/filter", of_it)]
    assert len(due) > 100  # it is due every minute
    assert len(set(due)) == len(due)


@pytest.fixture(scope="module")
def placed(prefect_server):
    """What became of work whose worker of gpu fell silent, by how far its run had come."""
    return through_prefect("placing")


@pytest.mark.parametrize(
    ("case", "reason", "end"),
    [
        ("waits", "was not taken up within 2 s", "CANCELLED"),
        ("is taken", "did not begin within 2 s", "CANCELLED"),
        ("runs", "did not end within 2 s", "CANCELLED"),
        ("crashes", "ended Crashed", "CRASHED"),
    ],
)
def test_a_run_whose_worker_of_gpu_dies_is_ended_and_done_here(placed, case, reason, end):
    found = placed[case]

    assert found["said"] == "here"
    assert found["state"] == end
    assert found["is_awaited"]  # hence left by the reconciler to the run that awaits it
    assert found["note"] == f"`embed` ran on `default`: its run on `gpu` {reason}."


def test_a_run_on_gpu_is_given_the_names_of_the_documents(placed):
    assert placed["has names"]["parameters"] == {"names": ["a"]}

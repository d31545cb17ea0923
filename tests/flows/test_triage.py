"""A webhook becomes an incident: real gateway, resident triage and Prefect server."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
import pytest

from deployments.services import state
from deployments.services.api import PrefectApi
from deployments.services.environment import client_environment
from deployments.services.stack import module
from models.records.maintenance import Heartbeat
from models.settings import settings
from models.store import transaction
from tasks.alerts.triage.heartbeats import expect, forget
from tests.fix_receivers import free_port

pytestmark = pytest.mark.prefect


@pytest.fixture(scope="module")
def api(prefect_server):
    return PrefectApi(prefect_server.installation.api_url)


@contextmanager
def running(*arguments, environment):
    with (settings().home / f"{arguments[0]}.log").open("ab") as log:
        process = subprocess.Popen(
            module(*arguments), env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


@pytest.fixture(scope="module")
def gateway(api):
    """The URL of a gateway beside a resident triage."""
    port = free_port()
    environment = client_environment(api.url) | {"NIGHTSHIFT_WEBHOOK_UNSIGNED": "alertmanager"}
    with (
        running("deployments.services.triage_worker", environment=environment),
        running("deployments.gateway", str(port), environment=environment),
    ):
        url = f"http://127.0.0.1:{port}"
        until(lambda: answers(url))
        yield url


def answers(url):
    try:
        return httpx.get(f"{url}/health").is_success
    except httpx.TransportError:
        return False


def until(condition, seconds=240):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def post(gateway, name, host, status="firing"):
    alert = {
        "status": status,
        "labels": {"alertname": name, "instance": host, "severity": "critical"},
        "annotations": {"summary": f"{name} on {host}"},
        "startsAt": "2026-11-27T10:00:00Z",
        "endsAt": "2026-11-27T11:00:00Z" if status == "resolved" else "0001-01-01T00:00:00Z",
        "fingerprint": f"{name}-{host}",
    }
    body = {"version": "4", "status": status, "groupKey": name, "receiver": "n", "alerts": [alert]}
    return httpx.post(f"{gateway}/webhook/alertmanager", content=json.dumps(body))


def incidents():
    with transaction() as conn:
        rows = conn.execute(
            "SELECT title, status, alert_count, flow_run_id FROM incidents ORDER BY id"
        )
        return {row[0].split(" on ")[-1].split(".")[0]: row[1:] for row in rows}


def test_a_webhook_becomes_an_incident_that_names_the_flow_run_which_shows_it(api, gateway):
    answer = post(gateway, "NodeDown", "node-1.example")

    assert answer.status_code == 202
    until(lambda: incidents().get("node-1"))
    run_id = until(lambda: incidents()["node-1"][2])
    run = until(lambda: finished(api, run_id))
    assert run["state_type"] == "COMPLETED"
    assert {artifact["key"] for artifact in api.artifacts(run_id)} >= {"triage", "incidents"}


def test_the_resolve_of_its_only_alert_resolves_it(gateway):
    post(gateway, "DiskFull", "node-2.example")
    until(lambda: incidents().get("node-2"))

    post(gateway, "DiskFull", "node-2.example", "resolved")

    until(lambda: incidents()["node-2"][0] == "resolved")


@pytest.mark.parametrize("seconds", [0, pytest.param(60, marks=pytest.mark.slow)])
def test_while_prefect_is_away_alerts_are_triaged_and_shown_once_it_is_back(api, gateway, seconds):
    first, last = f"away-{seconds}-a", f"away-{seconds}-b"
    server = state.running_installation().service("prefect-server").pid
    os.kill(server, signal.SIGSTOP)
    try:
        assert post(gateway, "LinkDown", f"{first}.example").status_code == 202
        until(lambda: incidents().get(first))
        time.sleep(seconds)
        assert post(gateway, "DiskFull", f"{last}.example").status_code == 202
        until(lambda: incidents().get(last))
        assert [incidents()[name][:2] for name in (first, last)] == [("open", 1)] * 2
    finally:
        os.kill(server, signal.SIGCONT)

    for name in (first, last):
        run_id = until(lambda name=name: incidents()[name][2], seconds=240)
        assert until(lambda run_id=run_id: finished(api, run_id))["state_type"] == "COMPLETED"
    assert [incidents()[name][:2] for name in (first, last)] == [("open", 1)] * 2


def test_a_sweep_finds_what_stayed_away_and_is_a_flow_run(api, gateway):
    with transaction() as conn:
        expect(conn, Heartbeat(name="backup", every_seconds=60))
        conn.execute("UPDATE heartbeats SET created_at = now() - interval '1 hour'")
    program = "import asyncio; from flows.triage_sweep import triage_sweep as f; asyncio.run(f())"

    subprocess.run(
        [sys.executable, "-c", program], env=client_environment(api.url), check=True,
        capture_output=True,
    )  # fmt: skip

    until(lambda: any(title.startswith("No sign of life") for title in incidents()))
    with transaction() as conn:
        forget(conn, "backup")


def finished(api, run_id):
    run = api.flow_run(run_id)
    return run if run["state_type"] in ("COMPLETED", "FAILED", "CRASHED") else None

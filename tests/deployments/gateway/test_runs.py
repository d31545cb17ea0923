"""Starting deployments over HTTP, against a real Prefect server."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from deployments.gateway.app import create_app
from deployments.services.api import PrefectApi
from models.records.person import Role
from models.settings import settings
from models.store import people, transaction
from tests.builders import a_vm, store
from tests.deployments.gateway.conftest import signature

pytestmark = pytest.mark.prefect


@pytest.fixture(scope="module")
def tokens(prefect_server):
    """A token a role, in the server's own home."""
    with transaction() as conn:
        people.add(conn, "root", Role.ADMIN)
        return {role: people.add(conn, str(role), role)[1] for role in Role}


@pytest.fixture
def client(prefect_server, tokens, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_WEBHOOK_CHANGE_SECRET", "change-secret")
    settings.cache_clear()
    with TestClient(create_app(), base_url="http://127.0.0.1:8420") as client:
        client.headers["Authorization"] = f"Bearer {tokens[Role.OPERATOR]}"
        yield client


@pytest.fixture
def api(prefect_server):
    return PrefectApi(prefect_server.installation.api_url)


@pytest.mark.parametrize("name", ["collect-source", "collect-source/collect-source"])
def test_a_deployment_is_started_by_its_name_with_its_parameters(client, api, tokens, name):
    answer = client.post(f"/run/{name}", json={"source": "vc1"})

    assert answer.status_code == 202
    run = api.flow_run(answer.json()["flow_run_id"])
    assert run["parameters"] == {"source": "vc1"}
    assert "by:operator" in run["tags"]


def test_the_same_idempotency_key_is_the_same_run_of_the_same_person(client, tokens):
    def start(role: Role) -> str:
        headers = {"Idempotency-Key": "k1", "Authorization": f"Bearer {tokens[role]}"}
        return client.post("/run/reconcile", headers=headers).json()["flow_run_id"]

    assert start(Role.OPERATOR) == start(Role.OPERATOR)
    assert start(Role.ADMIN) != start(Role.OPERATOR)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"source": ""},
        {"source": 12},
        {"source": "vc1", "other": True},
        {"source": {"__prefect_kind": "jinja", "template": "{{ 7 * 7 }}"}},
        {"source": {"__prefect_kind": "workspace_variable", "variable_name": "x"}},
    ],
)
def test_parameters_that_the_flow_does_not_take_are_one_clear_line(client, parameters):
    answer = client.post("/run/collect-source", json=parameters)

    assert answer.status_code == 422
    assert "\n" not in answer.json()["error"]
    assert len(answer.json()["error"]) > 10


@pytest.mark.parametrize(
    ("body", "status"), [(b"[]", 422), (b'"text"', 422), (b"{", 400), (b"\xff", 400)]
)
def test_parameters_are_a_json_object(client, body, status):
    answer = client.post(
        "/run/collect-source", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == status
    assert set(answer.json()) == {"error"}


@pytest.mark.parametrize("name", ["nothing", "collect-source/other", "../api/admin", "%2e%2e"])
def test_an_unknown_deployment_is_not_found(client, name):
    assert client.post(f"/run/{name}", json={}).status_code in (404, 405)


def test_who_may_start_runs_is_decided_by_role(client, tokens):
    def status(token: str | None) -> int:
        headers = {"Authorization": token} if token is not None else {"Authorization": ""}
        return client.post("/run/reconcile", headers=headers).status_code

    allowed = {role: status(f"Bearer {tokens[role]}") for role in Role}
    assert allowed == {Role.VIEWER: 403, Role.OPERATOR: 202, Role.APPROVER: 202, Role.ADMIN: 202}
    assert [status(None), status("Bearer ns_forged"), status("Basic eDp5")] == [401, 401, 401]


def test_a_change_collects_the_source_of_the_asset_once(client, api):
    store([a_vm(1)], source="vc9", covered=("vm",))

    first = client.post("/change", json={"asset": "web-01"})
    again = client.post("/change", json={"asset": "web-01"})

    assert (first.status_code, again.status_code) == (202, 202)
    run = api.flow_run(first.json()["flow_run_id"])
    assert run["parameters"] == {"source": "vc9"}


def test_a_change_may_be_signed_instead_of_told_by_a_person(client):
    body = b'{"source": "vc1"}'
    signed = {"X-Signature": signature(body, "change-secret"), "Authorization": ""}

    assert client.post("/change", content=body, headers=signed).status_code == 202
    wrong = {"X-Signature": signature(body, "another"), "Authorization": ""}
    assert client.post("/change", content=body, headers=wrong).status_code == 401


def test_a_signed_change_that_is_sent_again_starts_no_run_under_any_key(client, monkeypatch):
    monkeypatch.setattr("deployments.gateway.runs.time.time", lambda: 1_800_000_000.0)
    body = b'{"source": "vc2"}'
    signed = {"X-Signature": signature(body, "change-secret"), "Authorization": ""}

    def run(key: str, **headers: str) -> str:
        headers["Idempotency-Key"] = key
        return client.post("/change", content=body, headers=headers).json()["flow_run_id"]

    assert run("one", **signed) == run("two", **signed)
    assert run("one") == run("one") != run("two")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{}", 422),
        (b"[]", 422),
        (b'{"asset": 1}', 422),
        (b"no json", 400),
        (b'{"asset": "unheard-of"}', 404),
        (b'{"source": "' + b"x" * 70_000 + b'"}', 413),
    ],
)
def test_a_change_event_that_says_nothing_usable_is_refused(client, body, status):
    answer = client.post("/change", content=body)

    assert answer.status_code == status
    assert set(answer.json()) == {"error"}


def test_without_a_prefect_server_nothing_is_started(database):
    with transaction() as conn:
        _, token = people.add(conn, "root", Role.ADMIN)
    with TestClient(create_app(), base_url="http://127.0.0.1:8420") as client:
        answer = client.post("/run/reconcile", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 503

"""What is refused: a page for who reads pages, a line of JSON for programs."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from deployments.gateway.app import create_app
from models.records.person import Role
from models.settings import settings
from models.store import people, transaction

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


@pytest.mark.parametrize(
    ("path", "status", "line"),
    [
        ("/incidents/INC-2026-000099", 404, "There is no incident INC-2026-000099."),
        ("/documents/none", 404, "There is no 'none'; there are: none yet."),
        ("/nothing/here", 404, "There is nothing at this address."),
        (f"/incidents/{'x' * 41}", 422, "Name: String should have at most 40 characters."),
        ("/incidents?before=yesterday", 422, "Before: Input should be a valid integer"),
    ],
)
def test_who_reads_pages_gets_one_line_and_where_to_go(client, path, status, line):
    page = client.get(path, headers=BROWSER)

    assert page.status_code == status
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert f"<p>{line}" in page.text
    assert 'href="/incidents"' in page.text
    assert 'href="/"' in page.text
    assert "`" not in page.text


def test_a_page_that_needs_a_token_says_how_it_is_given(client):
    with transaction() as conn:
        people.add(conn, "Ada", Role.ADMIN)

    page = client.get("/incidents", headers=BROWSER)

    assert (page.status_code, page.headers["www-authenticate"][:5]) == (401, "Basic")
    assert "Give your token as the password, under any name" in page.text
    assert "`Authorization: Bearer TOKEN`" in client.get("/incidents").json()["error"]


def test_a_command_that_helps_stands_out(client):
    outside = TestClient(create_app(), base_url="http://127.0.0.1:8420", client=("10.0.0.9", 5))

    page = outside.get("/incidents", headers=BROWSER)

    assert "<code>nightshift people add NAME --role admin</code>" in page.text


def test_hostile_addresses_are_text(client):
    page = client.get("/incidents/%3Cscript%3E`[x](%5C%5Cevil)%3Cscript", headers=BROWSER)

    assert page.status_code == 404
    assert "<script" not in page.text
    assert "&lt;script&gt;`[x](" in page.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/incidents/99", 404),
        ("GET", "/api/nothing", 404),
        ("GET", "/api/incidents?limit=0", 422),
        ("POST", "/api/incidents/1/ack", 401),
        ("POST", "/nothing/here", 404),
    ],
)
def test_the_api_answers_json_whoever_asks(client, method, path, status):
    answer = client.request(method, path, headers=BROWSER, json={} if method == "POST" else None)

    assert answer.status_code == status
    assert answer.json().keys() == {"error"}


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("path", ["/api/chat", "/api/classify", "/webhook/plain"])
@pytest.mark.parametrize("body", [b"", b"{", b'{"question": ', b"\xff"])
def test_what_is_no_json_is_told_so_with_one_status_by_every_route(
    monkeypatch, database, path, body
):
    monkeypatch.setenv("NIGHTSHIFT_WEBHOOK_UNSIGNED", "plain")
    settings.cache_clear()
    with TestClient(
        create_app(), base_url="http://127.0.0.1:8420", client=("127.0.0.1", 50000)
    ) as client:
        answer = client.post(path, content=body, headers=JSON)

    assert answer.status_code == 400
    assert answer.json()["error"].startswith("the body is not JSON")


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"'])
def test_json_of_another_form_is_not_taken_for_no_json(client, body):
    answer = client.post("/api/chat", content=body, headers=JSON)

    assert (answer.status_code, answer.json()["error"][:25]) == (422, "the body is a JSON object")


def test_json_that_is_not_announced_as_such_is_told_which_header_to_send(client):
    answer = client.post("/api/chat", content=b'{"question": "a"}')

    assert answer.status_code == 400
    assert answer.json()["error"] == "send the body with Content-Type: application/json"

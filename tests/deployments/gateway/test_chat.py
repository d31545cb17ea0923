"""Questions over HTTP, whole and as events."""

import orjson
import pytest
from fastapi.testclient import TestClient

from deployments.gateway.app import create_app
from models.records.person import Role
from models.store import people, transaction
from tasks.knowledge.folder import add_paths


@pytest.fixture
def client(database, tmp_path):
    text = "# Queue\n\n## Queue grows\n\nThe queue holds 40,000 messages before it refuses more.\n"
    (tmp_path / "queue.md").write_text(text, encoding="utf-8")
    add_paths([tmp_path], "runbooks")
    with TestClient(
        create_app(), base_url="http://127.0.0.1:8420", client=("127.0.0.1", 50000)
    ) as client:
        yield client


QUESTION = {"question": "How many messages does the queue hold?"}


def test_an_answer_comes_with_its_citations(client):
    told = client.post("/api/chat", json=QUESTION).json()

    assert told["answered"] is True
    assert "40,000" in told["answer"]
    assert told["citations"][0]["document"] == "queue.md"


def test_what_is_not_answered_is_told_in_a_sentence(client):
    told = client.post("/api/chat", json={"question": "Who repairs the coffee machine?"}).json()

    assert told["answered"] is False
    assert "coffee" in told["answer"]
    assert told["answer"].endswith('Nearest is queue.md, under "Queue > Queue grows".')
    assert told["nearest"][0]["document"] == "queue.md"
    assert told["citations"] == []


def test_the_parts_of_an_answer_come_as_events_in_order(client):
    headers = {"Accept": "text/event-stream"}
    with client.stream("POST", "/api/chat", json=QUESTION, headers=headers) as reply:
        text = "".join(reply.iter_text())
    events = [block.split("\n", 1) for block in text.strip().split("\n\n")]
    names = [name.removeprefix("event: ") for name, _ in events]

    assert names[0] == "state"
    assert names[-2:] == ["citations", "done"]
    assert set(names[1:-2]) == {"statement"}
    assert orjson.loads(events[-1][1].removeprefix("data: "))["answered"] is True


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": ""},
        {"question": "x" * 2000},
        {"question": "a", "tool": "shell"},
        {"question": "a", "collection": "b\0"},
        {"question": "a", "earlier": ["b\0"]},
        {"question": "a", "earlier": ["b"] * 11},
    ],
)
def test_a_body_of_another_form_is_refused(client, body):
    assert client.post("/api/chat", json=body).status_code == 422


def test_where_people_are_registered_a_question_needs_a_token(client):
    with transaction() as conn:
        _, token = people.add(conn, "ada", Role.VIEWER)

    refused = client.post("/api/chat", json=QUESTION)
    assert refused.status_code == 401
    assert "`Authorization: Bearer TOKEN`" in refused.json()["error"]
    allowed = client.post("/api/chat", json=QUESTION, headers={"Authorization": f"Bearer {token}"})
    assert allowed.status_code == 200

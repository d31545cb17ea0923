"""Classification and extraction over HTTP, over a real store and a stand-in for the embedder."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from deployments.gateway import classify
from models.records.person import Role
from models.store import people, transaction
from tasks.alerts import asking
from tasks.alerts.classification import Classifier, Ownership
from tasks.alerts.classification.vectors import Vectors
from tasks.alerts.triage.surroundings import Surroundings
from tests.builders import a_site, store
from tests.tasks.alerts.classification import fakes


@pytest.fixture
def client(database, monkeypatch):
    model = fakes.a_model()
    classifier = Classifier(Ownership.load(), model, Vectors(fakes.Embedder, check=model.check))
    surroundings = Surroundings()
    monkeypatch.setattr(asking, "_classifier", lambda: classifier)
    monkeypatch.setattr(asking, "_surroundings", lambda: surroundings)
    app = FastAPI()
    app.include_router(classify.router)
    with TestClient(app, client=("127.0.0.1", 50000)) as client:
        yield client


def test_a_text_gets_severity_team_and_what_it_says(client):
    answer = client.post(
        "/api/classify",
        json={
            "title": "The queue of checkout is peculiar",
            "labels": {"squad": "shop", "env": "prod"},
        },
    ).json()

    assert answer["classification"]["severity"] == "high"
    assert answer["classification"]["method"] == "model"
    assert answer["classification"]["team"] == "shop"
    assert answer["extraction"]["environment"] == "prod"


def test_an_asset_of_the_inventory_is_recognised(client):
    store(a_site())
    answer = client.post("/api/extract", json={"title": "web-01 does not answer: HTTP 503"}).json()

    assert answer["entity_id"].startswith("vm-")
    assert answer["error_code"] == "HTTP 503"


def test_nothing_is_stored_of_what_is_asked(client):
    client.post("/api/classify", json={"title": "A peculiar thing"})

    with transaction() as conn:
        assert conn.execute("SELECT count(*) FROM alerts").fetchone() == (0,)


def test_a_viewer_may_ask_and_a_stranger_may_not(client):
    with transaction() as conn:
        people.add(conn, "Ada", Role.ADMIN)
        token = people.add(conn, "Vic", Role.VIEWER)[1]
    body = {"title": "odd"}

    assert client.post("/api/extract", json=body).status_code == 401
    signed = {"Authorization": f"Bearer {token}"}
    assert client.post("/api/extract", json=body, headers=signed).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": ""},
        {"title": "a\x00b"},
        {"title": "x" * 2_001},
        {"title": "x", "description": "y" * 20_001},
        {"title": "x", "labels": {str(number): "v" for number in range(65)}},
        {"title": "x", "labels": {"k": ["v"]}},
        {"title": "x", "severity": "info"},
        ["x"],
    ],
    ids=lambda body: str(body)[:40],
)
def test_what_is_out_of_bounds_is_refused(client, body):
    assert client.post("/api/classify", json=body).status_code == 422


def test_a_body_that_is_too_large_is_not_read(client):
    assert client.post("/api/extract", content=b"x" * 300_000).status_code == 413

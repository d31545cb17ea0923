"""What the door tells of its deliveries: counts, metrics, pages, and dead letters that come again."""

from __future__ import annotations

import json

from deployments.gateway.app import create_app
from models.store import transaction
from tests.deployments.gateway.conftest import (
    a_body,
    counts,
    rows,
    serving,
    settled,
    signature,
)


def test_every_delivery_is_counted_as_what_it_was_answered_with(gateway):
    for number in range(5):
        gateway.post(a_body(truncatedAlerts=number))
    gateway.post(a_body(truncatedAlerts=0))
    gateway.post(b'{"what": "is this"}')
    gateway.post(b"no json")
    gateway.post(a_body(), X_Other="1")

    assert settled(received=9) == {
        "received": 9,
        "accepted": 5,
        "duplicate": 1,
        "rejected": 2,
        "dead_letter": 1,
    }


def test_a_flood_of_refused_deliveries_leaves_one_row_of_counts(gateway):
    for number in range(50):
        gateway.post(a_body(), vendor=f"stranger-{number}", X_Other="1")

    assert settled(rejected=50)["rejected"] == 50
    with transaction() as conn:
        counted = conn.execute("SELECT vendor, outcome, reason FROM delivery_counts").fetchall()
    assert counted == [("other", "rejected", "signature")]


def test_rejections_are_in_the_counts_when_the_gateway_has_ended(database):
    with serving(create_app()) as gateway:
        for _ in range(3):
            gateway.post(a_body(), X_Other="1")

    assert counts()["rejected"] == 3


def test_a_door_comes_under_any_host_name_and_pages_only_under_ours(gateway):
    elsewhere = {"Host": "alerts.example", "X-Signature": signature(a_body())}

    posted = gateway.client.post("/webhook/alertmanager", content=a_body(), headers=elsewhere)
    page = gateway.client.get("/health", headers={"Host": "alerts.example"})

    assert (posted.status_code, page.status_code) == (202, 400)


def test_pages_answer_to_the_configured_name_too(start):
    gateway = start(gateway_url="https://nightshift.example/")

    page = gateway.client.get("/health", headers={"Host": "nightshift.example"})

    assert page.status_code == 200


def test_metrics_and_health_tell_what_happened(gateway):
    gateway.post(a_body())
    gateway.post(a_body(), X_Other="1")

    told = gateway.client.get("/metrics").text
    health = gateway.client.get("/health").json()

    one = 'nightshift_deliveries_total{outcome="accepted",reason="",vendor="alertmanager"} 1.0'
    assert one in told
    assert 'outcome="rejected",reason="signature",vendor="alertmanager"} 1.0' in told
    assert "nightshift_acknowledgement_seconds_count 1.0" in told
    assert "nightshift_inbox_waiting 1.0" in told
    assert (health["status"], health["writer"], health["queue"]) == ("ok", "connected", 0)


def test_the_description_lists_the_door_with_its_answers(gateway):
    described = gateway.client.get("/api/openapi.json").json()
    page = gateway.client.get("/api/docs").text

    answers = described["paths"]["/webhook/{vendor}"]["post"]["responses"]
    assert set(answers) == {"202", "400", "401", "404", "405", "408", "413", "415", "429", "503"}
    assert "/webhook/{vendor}" in page
    assert "/run/{deployment}" in page


def test_no_page_and_no_command_shows_a_raw_body(gateway, entry):
    gateway.post(b'{"secret": "raw-body-canary"}')

    status, out, _ = entry("alerts", "dead-letters", "--json")

    (dead,) = json.loads(out)
    assert status == 0
    assert dead["reason"] == "there is no list of alerts in it"
    assert set(dead) >= {"id", "vendor", "size_bytes", "sha256", "received_at"}
    for path in gateway.client.get("/api/openapi.json").json()["paths"]:
        assert "raw-body-canary" not in gateway.client.get(path).text
    for command in (["alerts", "dead-letters"], ["stats"], ["alerts", "list"]):
        assert "raw-body-canary" not in "".join(map(str, entry(*command)))


def test_a_dead_letter_is_delivered_again_by_its_id(gateway, entry):
    gateway.post(b'{"hello": "world"}')

    status, out, _ = entry("alerts", "redeliver", "1")
    assert (status, out.count("\n")) == (0, 1)
    assert out.startswith("delivery 1 waits for triage again; see `nightshift alerts dead-letters`")
    assert rows()[0][1:3] == ("accepted", "waiting")
    status, _, err = entry("alerts", "redeliver", "1")
    assert (status, "see `nightshift alerts dead-letters`" in err) == (2, True)
    assert entry("alerts", "redeliver", "1; DROP TABLE deliveries")[0] == 2


def test_what_a_large_body_lacks_is_not_worked_out_while_others_wait(gateway):
    gateway.post(json.dumps({"what": "x" * 20_000}).encode())

    settled(received=1)
    with transaction() as conn:
        ((error,),) = conn.execute("SELECT error FROM deliveries").fetchall()
    assert error == "no known shape of this sender's messages"

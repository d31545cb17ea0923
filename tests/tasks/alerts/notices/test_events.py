"""What CloudEvents and pages say of an incident."""

from __future__ import annotations

from datetime import UTC, datetime

from models.settings import settings
from tasks.alerts.notices.deliver import send_due
from tests.fix_receivers import KEY, SECRET
from tests.tasks.alerts.notices.test_deliver import actions, types
from tests.telling import (
    changed,
    opened,
    resolved,
)


def test_the_event_shows_the_incident_as_it_was_at_the_change(database, cloud_events):
    number = opened(severity="medium")
    changed(number, "severity", severity="critical")
    resolved(number)
    send_due()

    seen = [
        (body["data"]["incident"]["status"], body["data"]["incident"]["severity"])
        for body in cloud_events.bodies
    ]
    assert seen == [("open", "medium"), ("open", "critical"), ("resolved", "critical")]


def test_an_event_is_a_cloud_event_signed_over_its_bytes(database, cloud_events):
    from tasks.alerts.notices.senders.cloud_events import signature

    opened()
    send_due()

    (item,) = cloud_events.taken
    body, headers = item["body"], item["headers"]
    assert {"specversion", "id", "source", "type", "time", "dataschema", "subject"} <= body.keys()
    assert body["specversion"] == "1.0"
    assert datetime.fromisoformat(body["time"]).tzinfo == UTC
    assert headers["content-type"].startswith("application/cloudevents+json")
    assert headers["webhook-id"] == body["id"]
    stamp = float(headers["webhook-timestamp"])
    assert signature(SECRET, body["id"], item["raw"], stamp).items() <= headers.items()


def test_many_events_at_once_are_one_event_with_all_of_them(database, cloud_events, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_PER_MINUTE", "1")
    settings.cache_clear()
    for _ in range(4):
        opened()
    send_due()

    assert types(cloud_events) == ["opened", "rollup"]
    changes = cloud_events.bodies[1]["data"]["incidents"]
    assert [change["incident"]["reference"][-1] for change in changes] == ["2", "3", "4"]
    assert {tuple(change["changes"]) for change in changes} == {("opened",)}


def test_a_page_has_the_routing_key_the_mapped_severity_and_one_key_an_incident(
    database, pagerduty
):
    number = opened(severity="high", affected_services=["checkout"])
    changed(number, "acknowledged", status="acknowledged")
    resolved(number)
    send_due()

    bodies = pagerduty.bodies
    assert actions(pagerduty) == ["trigger", "resolve"]
    assert {body["routing_key"] for body in bodies} == {KEY}
    assert {body["dedup_key"] for body in bodies} == {"nightshift/INC-2026-000001"}
    assert bodies[0]["payload"]["severity"] == "error"
    assert bodies[0]["payload"]["source"] == "checkout"

"""From deliveries to messages: what the real triage makes of alerts is what people are told."""

from __future__ import annotations

import json

from tasks.alerts.notices.deliver import send_due
from tests.inbox import prometheus, triage
from tests.telling import make_due


def tell():
    make_due()
    send_due()


def actions(receiver):
    return [body["event_action"] for body in receiver.bodies]


def test_the_life_of_an_incident_is_one_message_and_its_thread(database, slack):
    triage(prometheus("NodeDown", "web-1", service="shop"))
    tell()
    triage(prometheus("PingFailed", "web-1", service="shop"), minute=1)
    tell()
    triage(prometheus("NodeDown", "web-1", resolved=5), minute=5)
    triage(prometheus("PingFailed", "web-1", resolved=6), minute=6)
    tell()

    (post,) = slack.posts
    assert "2 alerts, 0 firing" in json.dumps(post["blocks"])
    assert "✅" in post["text"]
    assert [reply["text"].rpartition(": ")[2] for reply in slack.replies] == ["resolved"]


def test_an_incident_that_fires_again_is_triggered_and_resolved_again(database, pagerduty):
    triage(prometheus("NodeDown", "web-1"))
    tell()
    triage(prometheus("NodeDown", "web-1", resolved=5), minute=5)
    tell()
    triage(prometheus("NodeDown", "web-1", 10), minute=10)
    tell()
    triage(prometheus("NodeDown", "web-1", 10, resolved=30), minute=30)
    tell()

    assert actions(pagerduty) == ["trigger", "resolve", "trigger", "resolve"]
    assert len({body["dedup_key"] for body in pagerduty.bodies}) == 1


def test_an_alert_that_comes_and_goes_pages_until_it_is_known_to_flap_and_once_it_is_calm(
    database, pagerduty
):
    triage(prometheus("NodeDown", "web-1"))
    send_due()
    for minute in range(1, 13):
        over = {"resolved": minute} if minute % 2 else {}
        began = minute - 1 if minute % 2 else minute
        triage(prometheus("NodeDown", "web-1", began, **over), minute=minute)
        send_due()

    assert actions(pagerduty) == ["trigger", "resolve"] * 2
    tell()
    assert actions(pagerduty)[4:] == ["trigger"]  # calm, and it fires


def test_many_alerts_of_one_failure_are_one_page(database, pagerduty):
    names = [f"Probe{number}Failed" for number in range(30)]
    triage(*[prometheus(name, "web-1", service="shop") for name in names])
    send_due()

    assert actions(pagerduty) == ["trigger"]

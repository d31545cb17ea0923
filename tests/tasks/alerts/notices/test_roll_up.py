"""A storm of incidents is told within the cap: some on their own, the rest in a roll-up that loses nobody."""

from __future__ import annotations

import json

from models.settings import settings
from tasks.alerts.notices import deliver
from tasks.alerts.notices.deliver import send_due
from tests.fix_receivers import Fault
from tests.telling import (
    a_minute_later,
    column,
    make_due,
    opened,
    resolved,
    storm,
)


def test_a_storm_is_the_cap_and_one_roll_up_that_lists_the_rest(database, slack, monkeypatch):
    monkeypatch.setattr(deliver, "ROUND_SECONDS", 600.0)  # in one round, however busy the machine
    storm(200)

    report = send_due()

    assert report.sent == 200
    assert len(slack.posts) == settings().notify_per_minute + 1
    listed = json.dumps(slack.posts[-1]["blocks"])
    assert "180 incidents at once: 180 new" in listed
    assert all(f"INC-2026-{number:06}" in listed for number in range(21, 201))


def test_the_worst_of_a_storm_are_told_on_their_own(database, slack, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_PER_MINUTE", "2")
    settings.cache_clear()
    for severity in ("low", "medium", "critical", "low", "high"):
        opened(severity=severity)

    send_due()

    assert ["000003" in slack.posts[0]["text"], "000005" in slack.posts[1]["text"]] == [True, True]
    assert "3 incidents at once" in slack.posts[2]["text"]


def test_after_the_roll_up_the_next_minute_goes_on(database, slack, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_PER_MINUTE", "1")
    settings.cache_clear()
    for _ in range(3):
        opened()
    send_due()
    opened()
    send_due()
    assert len(slack.posts) == 2

    a_minute_later()
    send_due()
    assert len(slack.posts) == 3


def test_the_end_of_a_rolled_up_incident_is_said_in_the_roll_ups_thread(
    database, slack, monkeypatch
):
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_PER_MINUTE", "1")
    settings.cache_clear()
    numbers = [opened() for _ in range(3)]
    send_due()
    a_minute_later()
    resolved(numbers[2])
    send_due()

    assert slack.replies[0]["thread_ts"] == slack.posts[1]["ts"]
    assert "INC-2026-000003: resolved" in slack.replies[0]["text"]


def test_the_message_of_an_incident_that_a_roll_up_ends_is_edited_as_well(
    database, slack, monkeypatch
):
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_PER_MINUTE", "2")
    settings.cache_clear()
    numbers = [opened() for _ in range(2)]
    send_due()
    for number in numbers:
        resolved(number)
    send_due()
    make_due()
    send_due()

    assert "2 incidents at once: 2 resolved" in slack.posts[-1]["text"]
    assert all("✅" in post["text"] for post in slack.posts[:2])


def test_a_pager_gets_every_incident_of_a_storm_only_later(database, pagerduty, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_PER_MINUTE", "2")
    settings.cache_clear()
    for _ in range(5):
        opened()
    for _ in range(3):
        send_due()
        a_minute_later()

    assert len({body["dedup_key"] for body in pagerduty.bodies}) == 5


def test_a_roll_up_that_was_not_taken_loses_nobody(database, slack, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_PER_MINUTE", "1")
    settings.cache_clear()
    slack.faults.extend([None, Fault.BUSY])
    for _ in range(4):
        opened()
    send_due()
    make_due()
    send_due()

    assert "3 incidents at once" in slack.posts[1]["text"]
    assert set(column("state")) == {"done"}


def test_a_roll_up_that_cannot_be_written_holds_up_nobody(database, slack, monkeypatch):
    from tasks.alerts.notices import rendering

    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_PER_MINUTE", "1")
    settings.cache_clear()
    monkeypatch.setattr(rendering.slack, "rollup", lambda items: items[99])
    for _ in range(3):
        opened()
    send_due()

    assert len(slack.posts) == 2

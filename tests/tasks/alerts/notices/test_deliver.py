"""The outbox over receivers that fail: nothing is lost, nobody is told twice, no channel waits for another."""

from __future__ import annotations

import json
import logging
import time

import pytest

from models.settings import settings
from models.store import notices, transaction
from tasks.alerts.notices import deliver
from tasks.alerts.notices.deliver import send_due
from tasks.alerts.notices.senders import http
from tests.alerting import an_alert
from tests.fix_receivers import KEY, PATH, SECRET, TOKEN, Fault
from tests.telling import (
    changed,
    column,
    make_due,
    opened,
    resolved,
    states,
    timeline,
)

TRANSIENT = [Fault.DOWN, Fault.BUSY, Fault.LOST, Fault.CUT]


FINAL = [Fault.REFUSED, Fault.FORBIDDEN, Fault.MISSING, Fault.REDIRECT]


SECRETS = (TOKEN, KEY, SECRET, PATH, "canary")


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(http.send, "__defaults__", (1.5,))


def actions(receiver):
    return [body["event_action"] for body in receiver.bodies]


def types(receiver):
    return [body["type"].rpartition(".")[2] for body in receiver.bodies]


def distinct(receiver):
    return {body["id"] for body in receiver.bodies}


@pytest.mark.parametrize("fault", TRANSIENT)
def test_what_may_pass_is_tried_again_and_arrives_once_by_its_id(database, cloud_events, fault):
    cloud_events.faults.append(fault)
    opened()

    assert send_due().retried == 1
    make_due()
    assert send_due().sent == 1
    assert len(distinct(cloud_events)) == 1


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.DRIP])
def test_a_receiver_that_holds_the_line_is_left_at_the_deadline(
    database, cloud_events, impatient, fault
):
    cloud_events.faults.append(fault)
    opened()

    assert send_due().retried == 1
    make_due()
    assert send_due().sent == 1


@pytest.mark.parametrize("fault", FINAL)
def test_what_will_not_pass_fails_at_once_with_one_reason(database, pagerduty, fault):
    pagerduty.faults.append(fault)
    number = opened()

    assert send_due().failed == 1
    assert column("state") == ["failed"]
    assert timeline(number)[-1].startswith("PagerDuty could not be told (opened): PagerDuty at")


def test_a_redirect_is_not_followed(database, cloud_events):
    cloud_events.faults.append(Fault.REDIRECT)
    opened()
    send_due()

    assert [item["path"] for item in cloud_events.asked] == [PATH]


def test_a_receiver_that_was_dead_for_an_hour_gets_it_all_in_order(database, cloud_events):
    cloud_events.always = Fault.DOWN
    number = opened()
    send_due()
    changed(number, "severity", severity="critical")
    changed(number, "acknowledged", status="acknowledged")
    resolved(number)
    cloud_events.always = None
    make_due()
    send_due()

    assert types(cloud_events) == ["opened", "severity", "acknowledged", "resolved"]
    assert len(distinct(cloud_events)) == 4


def test_later_notices_of_an_incident_wait_for_the_one_that_is_tried_again(database, pagerduty):
    pagerduty.faults.append(Fault.BUSY)
    number = opened()
    send_due()
    with transaction() as conn:
        conn.execute("UPDATE notice_channels SET rest_until = NULL")
    resolved(number)

    assert send_due().sent == 0
    make_due()
    send_due()
    assert actions(pagerduty) == ["trigger", "resolve"]


def test_what_fires_again_before_anybody_was_told_needs_no_words(database, pagerduty):
    number = opened()
    send_due()
    pagerduty.always = Fault.BUSY
    resolved(number)
    send_due()
    changed(number, "reopened", status="open", resolved_at=None)
    pagerduty.always = None
    make_due()
    report = send_due()

    assert (report.sent, report.dropped) == (0, 2)
    assert actions(pagerduty) == ["trigger"]


def test_an_incident_merged_before_it_was_told_pages_nobody(database, pagerduty):
    pagerduty.always = Fault.BUSY
    into, gone = opened(), opened()
    changed(gone, "merged", status="merged", merged_into=into)
    pagerduty.always = None
    make_due()
    send_due()

    assert [body["dedup_key"] for body in pagerduty.bodies] == ["nightshift/INC-2026-000001"]


def test_a_flapping_incident_is_told_its_end_once_it_is_calm(database, pagerduty):
    number = opened()
    send_due()
    for _ in range(3):
        changed(number, "resolved", status="resolved", flapping=True)
        changed(number, "reopened", status="open", flapping=True)
    resolved(number)
    send_due()
    assert actions(pagerduty) == ["trigger"]

    make_due()
    send_due()
    assert actions(pagerduty) == ["trigger", "resolve"]


def test_a_receiver_that_hangs_does_not_delay_the_others(database, slack, pagerduty, impatient):
    slack.always = Fault.HANG
    opened()
    deliver.wake()
    until = time.monotonic() + 30
    while not pagerduty.bodies and time.monotonic() < until:
        time.sleep(0.02)
    waiting = [state for channel, _, state in states() if channel == "slack"]
    deliver.end()

    assert actions(pagerduty) == ["trigger"]
    assert waiting != ["done"]


def test_a_notice_that_is_due_later_is_sent_without_a_further_call(database, pagerduty):
    pagerduty.faults.append(Fault.LOST)
    opened()
    deliver.wake()
    until = time.monotonic() + 60
    while column("state") != ["done"] and time.monotonic() < until:
        time.sleep(0.1)
    deliver.end()

    assert column("state") == ["done"]


def test_a_channel_that_keeps_failing_is_left_alone_until_its_rest_is_over(database, pagerduty):
    pagerduty.always = Fault.DOWN
    for _ in range(8):
        opened()
    for _ in range(12):
        send_due()

    assert len(pagerduty.asked) == 5
    with transaction() as conn:
        (health,) = notices.health(conn)
    assert (health.failures, health.resting, health.waiting) == (5, True, 8)

    pagerduty.always = None
    make_due()
    assert send_due().sent == 8
    with transaction() as conn:
        assert notices.health(conn) == []


def test_a_receiver_that_fails_many_times_is_tried_until_its_day_is_over(database, pagerduty):
    pagerduty.always = Fault.DOWN
    opened()
    for _ in range(12):
        send_due()
        make_due()
    assert column("state") == ["waiting"]

    pagerduty.always = None
    assert send_due().sent == 1


def test_after_a_day_in_vain_a_notice_has_failed_and_can_be_tried_anew(database, pagerduty):
    pagerduty.always = Fault.DOWN
    number = opened()
    send_due()
    with transaction() as conn:
        conn.execute("UPDATE notices SET deadline = now() - interval '1 second'")
    make_due()
    send_due()

    assert column("state") == ["failed"]
    assert "not taken within a day" in timeline(number)[-1]
    pagerduty.always = None
    with transaction() as conn:
        assert notices.retry(conn, 1) == [1]
        conn.execute("UPDATE notice_channels SET rest_until = NULL")
    assert send_due().sent == 1


def test_what_waited_while_nothing_ran_is_told_however_old_it_is(database, pagerduty):
    opened()
    with transaction() as conn:
        conn.execute("UPDATE notices SET deadline = now() - interval '3 days'")

    assert send_due().sent == 1


def test_a_message_that_cannot_be_written_fails_alone(database, slack, monkeypatch):
    from tasks.alerts.notices import rendering

    whole = rendering.slack.render

    def breaks(story, **options):
        if story.reference.endswith("2"):
            raise KeyError(story.reference)
        return whole(story, **options)

    monkeypatch.setattr(rendering.slack, "render", breaks)
    for _ in range(3):
        opened()
    report = send_due()

    assert (report.sent, column("state")) == (2, ["done", "failed", "done"])
    assert "cannot be written: KeyError" in timeline(2)[-1]


def test_a_sender_with_a_bug_fails_its_message_and_goes_on(database, pagerduty, monkeypatch):
    monkeypatch.setitem(deliver.SENDERS, deliver.Channel.PAGERDUTY, lambda outgoing: 1 / 0)
    opened()

    assert send_due().failed == 1


def test_two_senders_at_once_tell_it_once(database, pagerduty):
    from concurrent.futures import ThreadPoolExecutor

    for _ in range(6):
        opened()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: send_due(), range(4)))

    assert sorted(body["dedup_key"][-1] for body in pagerduty.bodies) == list("123456")


def test_the_timeline_says_who_was_told_of_what(database, slack, pagerduty):
    number = opened()
    send_due()
    changed(number, "updated", alert_count=3)
    make_due()
    send_due()

    assert sorted(timeline(number)) == ["PagerDuty was told (opened)", "Slack was told (opened)"]


def test_no_secret_stands_in_a_log_a_row_an_error_or_a_timeline(
    database, slack, cloud_events, monkeypatch, caplog
):
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_PAGERDUTY_URL", f"{cloud_events.url}/v2/enqueue")
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_PAGERDUTY_KEY", KEY)
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_SLACK_WEBHOOK_URL", cloud_events.url + PATH)
    settings.cache_clear()
    caplog.set_level(logging.DEBUG)
    numbers = []
    for fault in (*TRANSIENT, *FINAL, None):
        slack.always = cloud_events.always = fault
        numbers.append(opened())
        with transaction() as conn:
            conn.execute("UPDATE notice_channels SET rest_until = NULL, failures = 0")
        send_due()
    with transaction() as conn:
        rows = conn.execute(
            "SELECT n::text FROM notices n UNION ALL SELECT c::text FROM notice_channels c"
        ).fetchall()
    said = json.dumps([rows, [timeline(number) for number in numbers], caplog.text])

    assert "HTTP 403" in said
    assert not [secret for secret in SECRETS if secret in said]


def test_an_address_in_an_alert_is_never_spoken_to(database, slack, receiver):
    with transaction() as conn:
        number = opened()
        links = {"source": f"{receiver.url}/source", "runbook": f"{receiver.url}/runbook"}
        an_alert(conn, incident_id=number, links=links)
    send_due()

    assert len(slack.posts) == 1
    assert receiver.asked == []

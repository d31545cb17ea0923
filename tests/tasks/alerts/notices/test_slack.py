"""One message an incident in Slack, edited in place, with a thread."""

from __future__ import annotations

import json

from models.settings import settings
from models.store import transaction
from tasks.alerts.notices.deliver import send_due
from tests.alerting import an_alert
from tests.fix_receivers import Fault
from tests.telling import changed, make_due, opened, resolved, states, timeline


def test_an_incident_is_one_message_that_later_states_edit(database, slack):
    number = opened()
    send_due()
    changed(number, "acknowledged", status="acknowledged")
    send_due()
    resolved(number)
    send_due()

    (post,) = slack.posts
    assert "acknowledged" in slack.replies[0]["text"]
    assert "resolved" in slack.replies[1]["text"]
    assert {reply["thread_ts"] for reply in slack.replies} == {post["ts"]}
    assert "✅" in json.dumps(post["blocks"], ensure_ascii=False)


def test_the_message_holds_what_an_operator_asks_first(database, slack, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_GATEWAY_URL", "https://night.example.org")
    settings.cache_clear()
    number = opened(
        affected_services=["checkout"],
        region="eu-1",
        probable_cause={"text": "the disk is full", "confidence": 0.9, "evidence_ids": ["alert 1"]},
        alert_count=2,
        firing_count=1,
    )
    with transaction() as conn:
        links = {"source": "https://mon.example.org/a?x=1", "runbook": "https://wiki.example.org/r"}
        an_alert(conn, incident_id=number, vendor="datadog", host="esx-04", links=links)
        an_alert(conn, incident_id=number, vendor="sentry")
    send_due()

    text = json.dumps(slack.posts[0]["blocks"], ensure_ascii=False)
    for words in (
        "🟠 INC-2026-000001 Datastore ds-01 is full",
        "checkout",
        "eu-1",
        "2026-11-20 06:00 UTC",
        "2 alerts, 1 firing (datadog 1, sentry 1)",
        "Disk of ds-01 is full on esx-04 (datadog) (<https://mon.example.org/a?x=1|mon.example.org>)",
        "*Changes around its beginning* nothing known",
        "*Probable cause* the disk is full (high confidence) [alert 1]",
        "<https://night.example.org/incidents/INC-2026-000001|Open or acknowledge>",
        "<https://wiki.example.org/r|wiki.example.org>",
        "nightshift incidents ack INC-2026-000001",
        "nothing was collected yet",
    ):
        assert words in text


def test_updates_are_edits_without_words_in_the_thread(database, slack):
    number = opened()
    send_due()
    changed(number, "updated", alert_count=7)
    make_due()
    send_due()

    assert (slack.edits, slack.replies) == (1, [])
    assert "7 alerts" in json.dumps(slack.posts[0]["blocks"])


def test_a_worse_severity_is_seen_in_the_channel_and_a_better_one_only_in_the_thread(
    database, slack
):
    number = opened(severity="medium")
    send_due()
    changed(number, "severity", severity="critical")
    send_due()
    changed(number, "severity", severity="low")
    send_due()

    assert [reply["reply_broadcast"] for reply in slack.replies] == [True, False]


def test_what_was_not_told_in_time_is_told_as_it_is_now(database, slack):
    slack.always = Fault.BUSY
    number = opened()
    send_due()
    changed(number, "severity", severity="critical")
    resolved(number)
    slack.always = None
    make_due()
    send_due()

    assert len(slack.posts) == 1
    assert slack.replies == []
    assert "✅" in slack.posts[0]["text"]
    assert {state for _, _, state in states()} == {"done"}


def test_a_wait_that_slack_asks_for_is_kept(database, slack):
    slack.faults.append(Fault.BUSY)
    opened()

    assert (send_due().retried, send_due().sent) == (1, 0)
    make_due()
    assert send_due().sent == 1


def test_a_message_that_somebody_deleted_is_posted_anew(database, slack):
    number = opened()
    send_due()
    slack.messages.clear()
    changed(number, "severity", severity="critical")
    send_due()

    assert len(slack.posts) == 1
    assert "a new one was posted" in timeline(number)[-1]


def test_an_answer_that_was_lost_is_looked_for_before_it_is_posted_again(database, slack):
    slack.faults.append(Fault.CUT)
    opened()
    send_due()
    make_due()
    send_due()

    assert len(slack.posts) == 1
    assert states() == [("slack", "opened", "done")]


def test_a_reply_whose_answer_was_lost_is_not_said_twice(database, slack):
    number = opened()
    send_due()
    changed(number, "acknowledged", status="acknowledged")
    slack.faults.extend([None, Fault.CUT])
    send_due()
    make_due()
    send_due()

    assert len(slack.replies) == 1


def test_where_the_bot_may_not_read_a_lost_message_is_posted_again(database, slack):
    slack.may_read = False
    slack.faults.append(Fault.CUT)
    opened()
    send_due()
    make_due()
    send_due()

    assert len(slack.posts) == 2


def test_what_slack_will_never_take_fails_at_once_with_its_word(database, slack, monkeypatch):
    for word in ("channel_not_found", "invalid_blocks", "msg_too_long"):
        answer = (200, {"ok": False, "error": word})
        monkeypatch.setattr(slack, "take", lambda asked, answer=answer: answer)
        number = opened()

        assert send_due().failed == 1
        assert word in timeline(number)[-1]


def test_a_wrong_token_fails_at_once_and_is_named_nowhere(database, slack, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_SLACK_TOKEN", "xoxb-wrong")
    settings.cache_clear()
    number = opened()

    assert send_due().failed == 1
    assert "invalid_auth" in timeline(number)[-1]
    assert "xoxb" not in timeline(number)[-1]


def test_a_webhook_tells_changes_as_new_messages_and_says_so(database, slack_webhook):
    number = opened()
    send_due()
    changed(number, "updated", alert_count=9)
    changed(number, "acknowledged", status="acknowledged")
    resolved(number)
    send_due()

    first, last = slack_webhook.bodies
    assert "cannot edit" in json.dumps(first["blocks"])
    assert "Resolved" in json.dumps(last["blocks"])

"""`nightshift notices` and what doctor says of channels."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from deployments.cli.notices import app
from deployments.services import examination
from deployments.services.examination import Verdict
from models.errors import AccessDenied, Unavailable, WrongUse
from models.settings import settings
from tasks.alerts.notices.deliver import send_due
from tests.fix_receivers import TOKEN, Fault
from tests.telling import opened


def run(*arguments):
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def examined():
    return [(found.verdict, found.message) for found in examination._notices()]


def test_list_shows_what_was_told_and_why_something_was_not(database, pagerduty):
    pagerduty.faults.extend([None, Fault.REFUSED])
    for _ in range(2):
        opened()
    send_due()

    failed, done = json.loads(run("list", "--json"))
    assert (done["state"], done["kind"], done["channel"]) == ("done", "opened", "pagerduty")
    assert done["sent_at"]
    assert failed["error"].startswith("PagerDuty at 127.0.0.1")
    assert json.loads(run("list", "--state", "failed", "--json")) == [failed]
    assert "HTTP 400" in run("list").replace("\n", " ")


def test_retry_sends_a_failed_notice_anew(database, pagerduty):
    pagerduty.faults.append(Fault.MISSING)
    opened()
    send_due()

    assert json.loads(run("retry", "1", "--json")) == {"retried": ["1"]}
    assert send_due().sent == 1


def test_retry_takes_all_of_a_channel(database, pagerduty):
    pagerduty.always = Fault.MISSING
    for _ in range(3):
        opened()
    send_due()

    assert "3 notices" in run("retry", "--channel", "pagerduty")


def test_retry_says_what_it_cannot_take(database):
    for arguments in ([], ["1"], ["x"], ["1", "--channel", "slack"], ["9" * 30]):
        with pytest.raises(WrongUse):
            run("retry", *arguments)


def test_a_channel_can_be_tried(slack):
    ref = json.loads(run("test", "slack", "--json"))["ref"]

    assert ref == f"C0OPS/{slack.posts[0]['ts']}"
    assert "Nightshift can reach this channel" in slack.posts[0]["text"]


@pytest.mark.parametrize("name", ["pagerduty", "cloud_events", "slack_webhook", "email"])
def test_every_channel_can_be_tried(name, request):
    receiver = request.getfixturevalue(name)
    channel = {"cloud_events": "cloudevents", "slack_webhook": "slack-webhook"}.get(name, name)

    run("test", channel)

    assert len(receiver.messages if name == "email" else receiver.bodies) == 1


def test_a_channel_that_is_not_configured_is_told_what_it_lacks():
    with pytest.raises(WrongUse, match="NIGHTSHIFT_NOTIFY_SLACK_TOKEN"):
        run("test", "slack")


@pytest.mark.parametrize(
    ("fault", "error"), [(Fault.FORBIDDEN, AccessDenied), (Fault.DOWN, Unavailable)]
)
def test_a_channel_that_does_not_take_the_message_says_why(slack, fault, error):
    slack.always = fault

    with pytest.raises(error) as raised:
        run("test", "slack")
    assert TOKEN not in str(raised.value)


def test_doctor_names_a_channel_that_fails_and_one_that_is_half_configured(
    database, pagerduty, monkeypatch
):
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_SLACK_CHANNEL", "C1")
    settings.cache_clear()
    pagerduty.always = Fault.MISSING
    opened()
    send_due()

    found = examined()
    assert (Verdict.WRONG, "slack is half configured") in found
    assert any(
        verdict is Verdict.WRONG and "1 could not be told: PagerDuty" in message
        for verdict, message in found
    )
    assert (Verdict.OK, "to pagerduty") in found


def test_doctor_says_that_a_channel_is_tried_again(database, pagerduty):
    pagerduty.always = Fault.DOWN
    opened()
    send_due()

    assert "1 wait after 1 failures" in examined()[0][1]


def test_doctor_says_nothing_where_nobody_is_to_be_told(database):
    assert examined() == []

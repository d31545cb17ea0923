"""A sender that is killed between sending and recording: after a restart everybody was told once."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tasks.alerts.notices.deliver import send_due
from tests.fix_receivers import Fault
from tests.telling import changed, column, opened, timeline

SENDER = (
    "import os, sys; print(os.getpid(), flush=True); sys.stdin.readline();"
    "from tasks.alerts.notices.deliver import send_due; send_due()"
)


def send_and_die(arm):
    """Run a sender of its own that the receiver kills; `arm` gets the process id first."""
    process = subprocess.Popen(
        [sys.executable, "-c", SENDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        arm(int(process.stdout.readline()))
        process.communicate("go\n", timeout=120)
    assert process.returncode == -signal.SIGKILL


def arm_http(receiver, *faults):
    def arm(pid):
        receiver.kill = pid
        receiver.faults.extend(faults or (Fault.KILL,))

    return arm


def test_slack_got_one_message(database, slack):
    number = opened()
    send_and_die(arm_http(slack))
    assert column("state") == ["running"]

    assert send_due().sent == 1
    assert len(slack.posts) == 1
    assert timeline(number) == ["Slack was told (opened)"]


def test_a_thread_in_slack_got_one_reply(database, slack):
    number = opened()
    send_due()
    changed(number, "acknowledged", status="acknowledged")
    send_and_die(arm_http(slack, None, Fault.KILL))

    assert send_due().sent == 1
    assert (len(slack.posts), len(slack.replies)) == (1, 1)


@pytest.mark.parametrize("name", ["pagerduty", "cloud_events"])
def test_a_receiver_that_knows_a_message_by_its_id_has_one(database, name, request):
    receiver = request.getfixturevalue(name)
    opened()
    send_and_die(arm_http(receiver))

    assert send_due().sent == 1
    known = {body.get("dedup_key") or body["id"] for body in receiver.bodies}
    assert len(known) == 1
    assert receiver.bodies[0] == receiver.bodies[-1]


def test_mail_was_sent_under_one_message_id(database, email):
    def arm(pid):
        email.kill = pid
        email.answers.append("KILL")

    opened()
    send_and_die(arm)

    assert send_due().sent == 1
    assert len({message["Message-ID"] for message in email.messages}) == 1


def test_a_webhook_that_knows_no_ids_is_told_again_under_the_same_number(database, slack_webhook):
    opened()
    send_and_die(arm_http(slack_webhook))
    send_due()

    first, again = slack_webhook.bodies
    assert first == again


def test_a_message_that_kills_its_sender_every_time_is_given_up(database, pagerduty, monkeypatch):
    from tasks.alerts.notices import outbox

    monkeypatch.setattr(outbox, "_MOST_DEATHS", 0)
    number = opened()
    send_and_die(arm_http(pagerduty))

    send_due()
    assert column("state") == ["failed"]
    assert "its sender died" in timeline(number)[-1]

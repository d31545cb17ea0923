"""What comes to the same address and is no alert stays none."""

from __future__ import annotations

import orjson
import pytest

from collectors.alerts import normalize, recognizes

NOW = "2026-05-05T05:05:05Z"
OTHERS = {
    "a person": {"event": "user.created", "data": {"id": 1, "name": "Bob"}},
    "a person who is active": {"user": {"name": "Bob", "status": "active"}},
    "a paid invoice": {
        "id": "e-1", "object": "event", "type": "invoice.paid", "created": 1770000000,
        "data": {"object": {"id": "in-1", "status": "paid", "description": "A month"}}},
    "a push": {
        "ref": "refs/heads/main", "repository": {"id": 1, "name": "shop"}, "pusher": {"name": "bob"},
        "head_commit": {"id": "b", "message": "fix", "timestamp": NOW}},
    "a request to merge": {
        "action": "opened", "number": 3, "sender": {"login": "bob"}, "repository": {"name": "shop"},
        "pull_request": {"id": 1, "title": "Add x", "state": "open"}},
    "a star": {"action": "created", "starred_at": NOW, "repository": {"name": "shop"}},
    "an image": {
        "push_data": {"pushed_at": 1770000000, "tag": "latest"},
        "repository": {"name": "app", "repo_name": "bob/app", "status": "Active"}},
    "an order": {"order": {"id": 5, "name": "#1001", "status": "paid"}, "customer": {"name": "Ann"}},
    "metrics": {"metrics": [{"name": "cpu", "value": 5, "timestamp": 1770000000}]},
    "a reader who left": {"event": "subscriber.unsubscribed", "subscriber": {"name": "Ann"}},
    "the weather": {"city": "Bonn", "temp": 5, "status": "ok"},
    "a calendar entry":
        {"kind": "calendar#event", "id": "ev1", "status": "confirmed", "summary": "Planning of capacity",
        "description": "Room 5", "location": "Bonn", "start": {"dateTime": NOW}, "end": {"dateTime": NOW},
        "organizer": {"email": "ann@example.com"}, "attendees": [{"email": "bob@example.com",
        "responseStatus": "accepted"}], "created": NOW, "updated": NOW},
    "a plain calendar entry":
        {"title": "Team lunch", "start": NOW, "end": NOW, "location": "Canteen",
        "attendees": ["ann@example.com"], "description": "Bring a cake"},
    "a review of an outage in the calendar":
        {"event": "created", "summary": "Review of the outage of May", "organizer": "ann", "starttime": NOW,
        "endtime": NOW, "recurrence": ["RRULE:FREQ=WEEKLY"]},
    "an invitation":
        {"event": "invitee.created", "created_at": NOW, "payload": {"name": "Ann",
        "email": "ann@example.com", "status": "active", "event": "https://c.example/e",
        "scheduled_event": {"name": "30 minutes", "start_time": NOW, "end_time": NOW}}},
    "a contact form with a phone":
        {"form": "contact", "first_name": "Ann", "last_name": "Lee", "phone": "+49 228 1",
        "company": "Acme", "message": "Please call me back."},
    "gitlab push":
        {"object_kind": "push", "event_name": "push", "before": "95790bf8", "after": "da156088",
        "ref": "refs/heads/master", "checkout_sha": "da15", "user_id": 4, "user_name": "John",
        "user_username": "j", "user_email": "john@example.com", "project_id": 15, "project": {"id": 15,
        "name": "shop", "description": "The shop", "web_url": "https://gl.example/shop",
        "namespace": "Acme", "path_with_namespace": "acme/shop", "default_branch": "master"},
        "repository": {"name": "shop", "url": "git@gl.example:shop.git", "description": "The shop"},
        "commits": [{"id": "b6568", "message": "fix the failure of the cart",
        "title": "fix the failure of the cart", "timestamp": NOW, "url": "https://gl.example/c",
        "author": {"name": "J", "email": "j@example.com"}, "added": ["a"], "modified": ["b"],
        "removed": []}], "total_commits_count": 1},
    "gitlab tag":
        {"object_kind": "tag_push", "event_name": "tag_push", "before": "0000", "after": "82b3",
        "ref": "refs/tags/v1.0.0", "checkout_sha": "82b3", "message": "First release", "user_id": 1,
        "user_name": "John", "project_id": 1, "project": {"id": 1, "name": "shop"}, "commits": [],
        "total_commits_count": 0},
    "gitlab merge":
        {"object_kind": "merge_request", "event_type": "merge_request", "user": {"id": 1, "name": "Admin",
        "username": "root", "email": "a@example.com"}, "project": {"id": 1, "name": "shop",
        "description": "d"}, "repository": {"name": "shop", "url": "u"}, "object_attributes": {"id": 99,
        "iid": 1, "target_branch": "master", "source_branch": "ms-viewport",
        "title": "Critical fix of the failing cart", "description": "", "state": "opened",
        "merge_status": "unchecked", "detailed_merge_status": "mergeable", "created_at": NOW,
        "updated_at": NOW, "action": "open", "draft": False, "blocking_discussions_resolved": True,
        "last_commit": {"id": "da15", "message": "fixed readme", "title": "Update", "timestamp": NOW}},
        "labels": [], "changes": {}, "assignees": []},
    "gitlab note":
        {"object_kind": "note", "event_type": "note", "user": {"id": 1, "name": "Admin"}, "project_id": 5,
        "project": {"id": 5, "name": "shop"}, "object_attributes": {"id": 1243, "note": "Looks good to me",
        "noteable_type": "MergeRequest", "created_at": NOW, "url": "https://gl.example/n"},
        "merge_request": {"id": 7, "title": "Markdown", "state": "opened"}},
    "gitlab merge done":
        {"object_kind": "merge_request", "event_type": "merge_request", "user": {"name": "Admin"},
        "project": {"name": "shop"}, "object_attributes": {"id": 99, "title": "Raise the limits",
        "state": "merged", "action": "merge", "target_branch": "main", "source_branch": "x",
        "created_at": NOW}},
    "a page of a wiki":
        {"object_kind": "wiki_page", "user": {"name": "Admin"}, "project": {"name": "shop"},
        "wiki": {"web_url": "u"}, "object_attributes": {"title": "Runbook",
        "content": "When the disk is full", "format": "markdown", "message": "update", "slug": "runbook",
        "action": "create"}},
    "github issue comment":
        {"action": "created", "issue": {"id": 1, "number": 5, "title": "Search is slow", "state": "open",
        "user": {"login": "bob"}}, "comment": {"id": 2, "body": "Me too", "user": {"login": "ann"}},
        "repository": {"id": 1, "name": "shop"}, "sender": {"login": "ann"}},
    "github release":
        {"action": "published", "release": {"id": 1, "name": "1.2", "tag_name": "v1.2",
        "body": "Fixes a crash", "published_at": NOW}, "repository": {"name": "shop"},
        "sender": {"login": "bob"}},
    "bitbucket push":
        {"push": {"changes": [{"new": {"name": "main", "type": "branch"}}]},
        "actor": {"display_name": "Ann"}, "repository": {"name": "shop", "full_name": "acme/shop"}},
    "an order of a shop":
        {"id": 820982911946154508, "title": "Order #9999", "email": "jon@example.com", "currency": "EUR",
        "total_price": "403.00", "line_items": [{"name": "Socks", "quantity": 1}], "created_at": NOW},
    "an invoice":
        {"subject": "Invoice 2026-17", "amount": 120.5, "currency": "EUR", "due_date": NOW,
        "customer": "Acme"},
    "a card moved":
        {"action": {"type": "updateCard", "date": NOW, "data": {"card": {"name": "Write the docs",
        "id": "c1"}, "board": {"name": "Plan"}, "listBefore": {"name": "Doing"},
        "listAfter": {"name": "Done"}}, "memberCreator": {"fullName": "Ann"}}, "model": {"id": "m",
        "name": "Plan"}},
    "a survey":
        {"event_id": "LtWXD3crgy", "event_type": "form_response", "form_response": {"form_id": "f",
        "submitted_at": NOW, "definition": {"title": "How was it?"}, "answers": [{"type": "text",
        "text": "Fine"}]}},
    "an article":
        {"title": "Five ways to cook rice", "author": "Ann", "published_at": NOW, "content": "Take rice.",
        "tags": ["food"], "permalink": "https://blog.example/rice"},
    "a comment":
        {"comment": "Nice article", "author": {"name": "Ann"}, "post": {"title": "Rice", "id": 5},
        "text": "Nice article"},
    "an applicant":
        {"subject": "Application as an engineer", "first_name": "Ann", "email": "a@example.com",
        "resume": "https://x.example", "message": "I would like to join."},
    "a meeting that began":
        {"event": "meeting.started", "event_ts": 1770000000, "payload": {"account_id": "a",
        "object": {"id": "11", "topic": "Standup", "host_id": "h", "start_time": NOW, "duration": 60}}},
    "a booking":
        {"title": "Booking of meeting room 5", "guest": "Ann", "check_in": NOW, "check_out": NOW,
        "status": "confirmed", "price": 20},
    "an asset that was uploaded":
        {"event": "file.uploaded", "file": {"name": "plan.pdf", "size": 512, "mimetype": "application/pdf"},
        "user": {"name": "Ann"}},
}  # fmt: skip


TERSE = {
    "text": {"text": "db-1 does not answer"},
    "title": {"title": "Disk full"},
    "message": {"message": "Sauvegarde en panne"},
    "german": {"message": "Speicher voll auf sql-3"},
    "title and host": {"title": "Backup", "host": "bk-1"},
    "summary and severity": {"summary": "x", "severity": "high"},
    "alert": {"alert": "Door 5 open"},
    "content": {"content": "queue is long"},
    "subject and body": {"subject": "Nagios", "body": "web-1 is DOWN"},
    "from a mail gateway":
        {"from": "nagios@example.com", "to": "ops@example.com",
        "subject": "** PROBLEM Service Alert: web-1/HTTP is CRITICAL **", "text": "HTTP CRITICAL"},
    "mail without words for state":
        {"from": "ups@example.com", "to": "ops@example.com", "subject": "UPS on battery",
        "text": "Mains lost"},
    "owner's address": {"alert_name": "5xx", "owner_email": "ann@example.com"},
    "reported by a person":
        {"name": "Ann", "email": "a@example.com", "subject": "The shop is down",
        "message": "I cannot log in"},
    "failed build of a commit":
        {"text": "Build 7 failed", "commit": "b1", "branch": "main", "author": "ann"},
    "failed order job":
        {"job": "invoice export", "status": "failed", "customer": "Acme", "amount": 5},
    "payment errors":
        {"title": "Payment errors above 5 %", "metric": "payment.errors", "value": 7, "threshold": 5,
        "currency": "EUR"},
    "incident with an organizer":
        {"incident": "Fire alarm in hall 2", "organizer": "security", "start": NOW},
    "deploy":
        {"message": "Deployment of checkout failed", "commit": "a1b2", "repository": "shop", "user": "ann"},
    "host of a person":
        {"message": "login refused", "host": "ldap-2", "email": "ann@example.com"},
    "meeting room sensor":
        {"title": "CO2 in meeting room 5", "sensor": "co2-5", "value": 1900, "room": "5"},
    "level": {"msg": "cannot write", "level": "error", "user": "ann"},
    "slack person": {"text": "<!here> checkout is broken", "username": "ann", "channel": "#ops"},
    "ticket":
        {"title": "Printer jam", "priority": "high", "requester": {"name": "Ann", "email": "a@example.com"}},
    "vulnerability of a commit":
        {"alert": {"number": 2, "state": "open", "rule": {"severity": "error",
        "description": "SQL injection"}}, "action": "created", "repository": {"name": "shop"},
        "sender": {"login": "ann"}, "ref": "refs/heads/main", "commit_oid": "1"},
    "quality gate":
        {"taskId": "AV", "status": "SUCCESS", "project": {"key": "shop", "name": "shop"},
        "branch": {"name": "main"}, "qualityGate": {"name": "gate", "status": "ERROR"}},
}  # fmt: skip


# An address or one ordinary word tells nothing of what an alert is not.
MARKED = {
    "latency and an owner":
        {"message": "p99 latency 4.2s on checkout (SLO 1s)", "owner": "sre@example.com"},
    "load and an assignee": {"title": "CPU 99% on web-3", "assignee": "x@example.com"},
    "a job's mail":
        {"subject": "Backup job on nas01 did not finish", "from": "nas01@corp.example",
        "body": "see log"},
    "a mail of cron":
        {"subject": "Cron <root@db1> /usr/local/bin/backup.sh", "from": "root@db1.corp.example",
        "body": "rsync: connection unexpectedly closed"},
    "replicas and an author": {"title": "Replica count 1 of 3 for shop-api", "author": "prober"},
    "spending and its currency": {"title": "AWS spend 240% of forecast", "currency": "USD"},
    "spending, price and currency":
        {"title": "Unusual GPU spending in prod", "price": "1200", "currency": "USD"},
    "a calendar of those on duty": {"title": "Datacenter power outage in FRA1", "calendar": "ops"},
    "whom to call": {"title": "Generator 2 runs", "phone": "+49 228 1", "contact": "a@example.com"},
    "a job that recurs": {"title": "Job nightly-etl returned 137", "recurrence": "daily"},
    "a repository": {"title": "Pipeline deploy-prod red", "repository": {"name": "shop"}},
    "a comment": {"title": "Odd answers of shop", "comment": {"text": "look"}},
    "a login": {"title": "Root login from new country", "user": "root@corp.example"},
    "well again": {"title": "Site back online", "from": "mon@example.com"},
    "a deployment with its commits":
        {"title": "Deploy of shop failed", "body": "Fix it", "commits": [{"id": "b1"}],
        "repository": {"name": "shop"}},
    "changes that may be to blame":
        {"title": "VM shop-3 moved", "commits": 3, "pull_request": 42, "repository": "shop"},
    "an article that helps":
        {"title": "Third node of shop", "author": "prober", "article": "KB12",
        "permalink": "https://kb.example/12"},
    "an incident that a code host keeps":
        {"object_kind": "issue", "title": "Checkout in prod", "project": {"name": "shop"}},
}  # fmt: skip
# Beside what tells an appointment or a change, a figure or a failure says that it is an alert.
APPOINTED = {"attendees": ["ann@example.com"], "organizer": "ann", "calendar": "ops"}
PUSHED = {"commits": [{"id": "b1"}], "repository": {"name": "shop"}}
SAYING = (
    "Volume 97 % used", "1 of 3 replicas", "Replicas 1/3", "p99 > 4", "Answers after 4.2s",
    "Backup did not finish", "Review app at 97%", "The gate doesn't open", "Outage in FRA1", "Node rebooted",
)  # fmt: skip
# These were kept out by an address alone, by which alerts were lost: in doubt it is an alert.
DOUBTFUL = {
    "a contact form":
        {"name": "Ann", "email": "ann@example.com", "subject": "A question",
        "message": "What does the large plan cost?"},
    "a newsletter's reader":
        {"title": "New subscriber", "email": "ann@example.com", "list": "news", "timestamp": NOW},
    "a mail that came in":
        {"from": "ann@example.com", "to": "ops@example.com", "subject": "Minutes of Monday",
        "text": "Attached.", "html": "<p>Attached</p>"},
    "a customer":
        {"event": "customer.created", "data": {"title": "Dr", "name": "Ann", "email": "a@example.com",
        "phone": "1"}},
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_alert_is_none(name):
    found = normalize("homemade", orjson.dumps(OTHERS[name]))

    assert (found.outcome, found.alerts) == ("malformed", ())
    assert not recognizes("homemade", OTHERS[name])  # so that it is kept as a dead letter


@pytest.mark.parametrize("name", MARKED)
def test_an_address_or_one_ordinary_field_makes_no_alert_a_dead_letter(name):
    found = normalize("homemade", orjson.dumps(MARKED[name]))

    assert (found.outcome, len(found.alerts)) == ("alert", 1)
    assert recognizes("homemade", MARKED[name])


@pytest.mark.parametrize("beside", [APPOINTED, PUSHED], ids=["appointed", "pushed"])
@pytest.mark.parametrize("title", SAYING)
def test_what_says_that_something_is_wrong_is_an_alert_whatever_stands_beside_it(title, beside):
    assert normalize("homemade", orjson.dumps({"title": title, **beside})).outcome == "alert"


@pytest.mark.parametrize("beside", [APPOINTED, PUSHED], ids=["appointed", "pushed"])
@pytest.mark.parametrize("title", ["Plan for May", "Review of the outage", "Fix the failing cart"])
def test_what_says_nothing_of_it_or_looks_back_is_none(title, beside):
    assert normalize("homemade", orjson.dumps({"title": title, **beside})).outcome == "malformed"


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_is_in_doubt_is_an_alert(name):
    assert normalize("homemade", orjson.dumps(DOUBTFUL[name])).outcome == "alert"


@pytest.mark.parametrize("name", TERSE)
def test_what_says_little_is_an_alert_all_the_same(name):
    found = normalize("homemade", orjson.dumps(TERSE[name]))

    assert (found.outcome, len(found.alerts)) == ("alert", 1)
    assert recognizes("homemade", TERSE[name])


def test_a_list_of_both_has_its_alerts_and_says_what_is_left_out():
    appointment, sale = OTHERS["a plain calendar entry"], OTHERS["an invoice"]
    mixed = [appointment, appointment, sale, appointment, TERSE["title and host"]]

    found = normalize("homemade", orjson.dumps(mixed))

    assert [alert.title for alert in found.alerts] == ["Backup"]
    assert "no alerts, so left out: an appointment (3), a sale (1)" in found.alerts[0].notes


def test_a_list_loses_no_alert_for_an_address():
    several = [
        {"title": "CPU 99% on a1", "owner": "ops@example.com"},
        {"title": "CPU 98% on a2"},
    ]

    found = normalize("homemade", orjson.dumps(several))

    assert [alert.title for alert in found.alerts] == ["CPU 99% on a1", "CPU 98% on a2"]
    assert not any("left out" in note for alert in found.alerts for note in alert.notes)


def test_a_list_of_what_is_no_alert_is_told_why():
    several = [OTHERS["a plain calendar entry"], OTHERS["an invoice"]]

    found = normalize("homemade", orjson.dumps(several))

    assert (found.outcome, found.alerts) == ("malformed", ())
    assert found.reason is not None
    assert found.reason.startswith("it looks like an appointment and a sale: ")
    assert not recognizes("homemade", several)


def test_what_is_no_alert_is_told_why():
    found = normalize("homemade", orjson.dumps(OTHERS["a plain calendar entry"]))

    assert found.reason is not None
    assert found.reason.startswith("it looks like an appointment")


@pytest.mark.parametrize("body", ['{"title": 5}', '{"title": true}', '{"message": 500, "code": 3}'])
def test_a_number_alone_names_no_alert_and_the_reason_says_so(body):
    found = normalize("generic", body.encode())
    assert not recognizes("generic", orjson.loads(body))
    assert found.outcome == "malformed"
    assert "no text beside it says what is wrong" in (found.reason or "")


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ('{"title": 404, "host": "web-01"}', "404"),
        ('{"title": 5, "severity": "high"}', "5"),
        ('{"title": 5, "message": "Disk of web-01 is full"}', "Disk of web-01 is full"),
        ('{"alarm": true, "value": 97}', "alarm"),
    ],
)
def test_a_number_beside_a_text_or_a_flag_is_an_alert(body, title):
    found = normalize("generic", body.encode())
    assert recognizes("generic", orjson.loads(body))
    assert [alert.title for alert in found.alerts] == [title]

"""`nightshift maintenance` and `nightshift heartbeats`."""

from __future__ import annotations

import json

import pytest

from deployments.cli.times import span_words
from models.store import heartbeats, transaction, windows

pytestmark = pytest.mark.usefixtures("database")


def plan(entry, *options):
    return entry("maintenance", "add", "--reason", "patching", *options)


def test_a_window_is_planned_listed_and_ended(entry):
    status, out, _ = plan(entry, "--match", "service=shop", "--match", "service=cart",
                          "--for", "2h", "--json")  # fmt: skip
    assert (status, json.loads(out)) == (0, {"window_id": "1"})

    status, out, _ = entry("maintenance", "list", "--json")
    (found,) = json.loads(out)
    assert found["match"] == {"service": ["shop", "cart"]}
    assert found["owner"].startswith("local:")
    assert found["held"] == 0

    assert entry("maintenance", "end", "1")[0] == 0
    assert entry("maintenance", "end", "1")[0] == 2


def test_a_series_has_its_next_window(entry):
    status, out, _ = plan(
        entry, "--everything", "--from", "2026-03-01T02:00:00Z", "--for", "1h", "--rrule",
        "FREQ=WEEKLY;BYDAY=SU", "--time-zone", "Europe/Berlin", "--json",
    )  # fmt: skip
    assert (status, json.loads(out)) == (0, {"series_id": "1"})
    with transaction() as conn:
        (window,) = windows.listed(conn)
    assert window.series_id == 1

    assert entry("maintenance", "end", "--series", "1")[0] == 0
    with transaction() as conn:
        assert windows.series(conn) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--for", "2h"), "which alerts"),
        (("--everything",), "when it ends"),
        (("--everything", "--for", "2h", "--to", "2027-01-01"), "when it ends"),
        (("--everything", "--match", "a=b", "--for", "2h"), "which alerts"),
        (("--match", "service", "--for", "2h"), "FIELD=VALUE"),
        (("--everything", "--for", "soon"), "'soon' is no span, such as 30s, 5m or 1h"),
        (("--everything", "--for", "999999w"), "too long"),
        (("--everything", "--from", "2020-01-01", "--for", "1h"), "ended already"),
        (("--everything", "--for", "1h", "--rrule", "FREQ=NEVER"), "daily at most"),
        (("--everything", "--for", "1h", "--rrule", "FREQ=DAILY", "--time-zone", "../x"), "zone"),
    ],
)
def test_what_makes_no_sense_is_wrong_use_and_plans_nothing(entry, options, words):
    status, out, err = plan(entry, *options)

    assert (status, out) == (2, "")
    assert words in err
    with transaction() as conn:
        assert windows.listed(conn, ended=True) == []


@pytest.mark.parametrize("number", ["9", "x", "-1", "9" * 40])
def test_an_id_that_there_is_not_is_wrong_use(entry, number):
    assert entry("maintenance", "end", "--", number)[0] == 2


def test_a_heartbeat_is_expected_listed_and_removed(entry):
    assert entry("heartbeats", "add", "backup", "--every", "5m", "--grace", "30s")[0] == 0

    status, out, _ = entry("heartbeats", "list", "--json")
    (found,) = json.loads(out)
    assert (status, found["every_seconds"], found["grace_seconds"]) == (0, 300, 30)

    assert entry("heartbeats", "remove", "backup")[0] == 0
    assert entry("heartbeats", "remove", "backup")[0] == 2


def test_what_is_expected_is_told_in_hours_with_where_it_is_told(entry):
    _, _, err = entry("heartbeats", "add", "backup", "--every", "25h", "--grace", "90s")

    assert err == (
        "backup is expected every 25 hours, with 1 minute 30 seconds of grace: POST "
        "/heartbeat/backup on the gateway; silence is an alert of severity high\n"
    )
    assert "25 hours" in entry("heartbeats", "list")[1]


def test_a_window_says_what_it_holds_and_until_when(entry):
    _, out, err = plan(
        entry, "--match", "host=esx01*", "--from", "2099-03-01T02:00:00Z", "--for", "2h"
    )

    assert out == ""
    assert err == (
        "window 1: host=esx01* wakes nobody for 2 hours, from 2099-03-01T02:00:00Z to "
        "2099-03-01T04:00:00Z: patching; `nightshift maintenance end 1` ends it\n"
    )


def test_of_several_things_that_lack_the_alerts_are_asked_for_before_the_reason(entry):
    status, _, err = entry("maintenance", "add")
    assert (status, "which alerts" in err) == (2, True)

    status, _, err = entry("maintenance", "add", "--everything", "--for", "1h")
    assert (status, err) == (2, 'nightshift: say why with --reason "..."\n')

    for options in ((), ("--for", "1h"), ("--for", "1h", "--reason", "patching")):
        status, _, err = entry("maintenance", "add", "--match", "foo", *options)
        assert (status, err) == (2, "nightshift: 'foo' is no FIELD=VALUE, such as service=shop\n")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--to", "2020-01-01"), "it would end at 2020-01-01T00:00:00Z, which is not after"),
        (("--for", "1h", "--time-zone", "Europe/Berlin"), "--time-zone is of --rrule"),
        (("--for", "2x"), "'2x' is no span, such as 30s, 5m or 1h"),
    ],
)
def test_what_cannot_be_planned_is_told_with_its_reason(entry, options, words):
    status, _, err = entry("maintenance", "add", "--everything", "--reason", "patching", *options)

    assert (status, err.count("\n")) == (2, 1)
    assert words in err


@pytest.mark.parametrize(
    ("noun", "words"),
    [
        ("heartbeats", "No heartbeats yet; `nightshift heartbeats add NAME --every 25h` expects"),
        ("maintenance", "No maintenance windows yet; `nightshift maintenance add` plans one"),
        ("incidents", "No incidents yet; alerts that are posted to the gateway become some"),
        ("alerts", "No alerts yet; point your monitoring at the gateway"),
        ("people", "No people yet; `nightshift people add NAME` adds the first"),
        ("notices", "No notices yet; `nightshift notices test CHANNEL` tries a channel"),
    ],
)
def test_an_empty_list_says_what_would_fill_it(entry, noun, words):
    status, out, _ = entry(noun, "list")

    assert (status, out.count("\n")) == (0, 1)
    assert out.startswith(words)


def test_a_list_that_a_filter_empties_says_so(entry):
    assert entry("alerts", "list", "--service", "shop")[1] == (
        "No alerts that fit; leave out a filter\n"
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (90, "1 minute 30 seconds"),
        (86_400, "1 day"),
        (90_000, "25 hours"),
        (180_000, "2 days 2 hours"),
    ],
)
def test_a_span_is_said_exactly_as_people_say_it(seconds, words):
    assert span_words(seconds) == words


def test_an_alert_may_be_the_sign_of_life(entry):
    entry("heartbeats", "add", "dog", "--every", "5m", "--match", "alertname=Watchdog")

    with transaction() as conn:
        (found,) = heartbeats.listed(conn)
    assert found.match == {"alertname": ("Watchdog",)}


@pytest.mark.parametrize("options", [("--every", "often"), ("--every", "0s"), ("--every", "90d")])
def test_a_heartbeat_without_a_sensible_time_is_wrong_use(entry, options):
    assert entry("heartbeats", "add", "backup", *options)[0] == 2


@pytest.mark.parametrize(
    ("match", "told"),
    [("hots=esx01", "did you mean 'hosts'?"), ("titel=x", "did you mean 'title'?")],
)
def test_a_field_that_looks_misspelt_is_told(entry, match, told):
    status, _, err = plan(entry, "--match", match, "--for", "2h")

    assert status == 0
    assert told in err


def test_a_label_of_any_other_name_is_taken_without_a_word(entry):
    _, _, err = plan(entry, "--match", "rack=r01", "--match", "host=esx01", "--for", "2h")

    assert "did you mean" not in err

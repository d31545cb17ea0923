"""`nightshift alerts` as people and scripts call it: lists, exports, and why each stands where it does."""

from __future__ import annotations

import json

import pytest

from deployments.cli.output import words
from models.records.grouping import Window
from models.store import alert_list, connection, transaction, windows
from tasks.alerts.replay.files import read_events
from tasks.alerts.triage.draining import Triage
from tasks.alerts.triage.passing import pass_time
from tests.alerting import T0, an_alert
from tests.inbox import at, prometheus, storm, triage


def ok(entry, *arguments):
    status, out, err = entry(*arguments, "--json")
    assert status == 0, err
    return json.loads(out)


def test_alerts_are_listed_filtered_and_explained(entry, number):
    explanation = {
        "rule": "same_entity", "policy": "1-a", "sentence": "It joined: it names a thing.",
        "score": 0.8, "threshold": 0.5, "margin": 0.3,
        "chosen": {"incident": "1", "score": 0.8, "features": {"same_entity": 0.8}, "vetoes": []},
        "best_rejected": {"incident": "2", "score": 0.1, "features": {}, "vetoes": ["it is closed"]},
    }  # fmt: skip
    with transaction() as conn:
        an_alert(
            conn, status="resolved", severity=None, predicted_severity="low", service_name="mail"
        )
        conn.execute(
            "INSERT INTO alert_events (alert_id, delivery_id, position, status, timed, occurred_at,"
            " received_at, action, incident_id, explanation)"
            " VALUES (1, 1, 0, 'firing', true, %s, %s, 'group', 1, %s)",
            (T0, T0, json.dumps(explanation)),
        )

    def ids(*filters):
        return [one["id"] for one in ok(entry, "alerts", "list", *filters)]

    assert ids() == ["3", "2", "1"]
    assert (
        ids("--status", "resolved") == ids("--severity", "low") == ids("--service", "mail") == ["3"]
    )
    assert ids("--incident", "INC-2026-000001", "--limit", "1") == ["2"]
    told = ok(entry, "alerts", "why", "1")
    assert (told["rule"], told["score"], told["margin"]) == ("same_entity", 0.8, 0.3)
    assert told["chosen"]["features"] == {"same_entity": 0.8}
    assert told["best_rejected"]["reference"] == "INC-2026-000002"
    assert "It joined: it names a thing." in entry("alerts", "why", "1")[1]


def decided(conn, position, status, incident, **explanation):
    conn.execute(
        "INSERT INTO alert_events (alert_id, delivery_id, position, status, timed, occurred_at,"
        " received_at, action, incident_id, explanation)"
        " VALUES (1, 1, %s, %s, true, %s, %s, 'group', %s, %s)",
        (position, status, T0, T0, incident, json.dumps({"policy": "1-a", **explanation})),
    )


def test_why_begins_with_what_placed_the_alert_and_goes_on_with_what_came_later(entry, number):
    best = {"incident": "2", "score": 0.2, "features": {}, "vetoes": []}
    with transaction() as conn:
        decided(conn, 0, "firing", None, rule="occurrences", sentence="Not often enough.")
        decided(conn, 1, "firing", 1, rule="new-incident", sentence="No open incident fits it.",
                threshold=0.5, margin=0.3, chosen=None, best_rejected=best)  # fmt: skip
        for position in range(2, 30):
            decided(conn, position, "firing", 1, rule="same-key", sentence="Already here.")
        decided(conn, 30, "resolved", 1, rule="same-key", sentence="It resolves an alert.")

    found = ok(entry, "alerts", "why", "1")
    assert (found["rule"], found["threshold"], found["margin"]) == ("new-incident", 0.5, 0.3)
    assert found["best_rejected"]["reference"] == "INC-2026-000002"
    assert (found["later_count"], found["later"][0]["sentence"]) == (29, "It resolves an alert.")
    out = entry("alerts", "why", "1")[1]
    assert out.startswith("Alert 1: one (db-01), high, firing\nNo open incident fits it.")
    assert "Since then 29 more events" in out
    assert out.rstrip().endswith("(resolved): It resolves an alert.")


def test_why_of_an_alert_in_no_incident_is_the_last_decision(entry, number):
    with transaction() as conn:
        conn.execute("UPDATE alerts SET incident_id = NULL, action = 'ignore' WHERE id = 1")
        decided(conn, 0, "firing", None, rule="occurrences", sentence="Not often enough.")
        decided(conn, 1, "resolved", None, rule="resolve-of-ignored", sentence="It resolves.")

    found = ok(entry, "alerts", "why", "1")

    assert (found["rule"], found["later"], len(found["earlier"])) == ("resolve-of-ignored", [], 1)


def test_why_of_a_new_episode_in_its_old_incident_is_its_first_event(entry, number):
    with transaction() as conn:
        decided(conn, 0, "firing", 1, rule="reopened", sentence="It fired again.")
        decided(conn, 1, "firing", 1, rule="same-key", sentence="Already here.")

    found = ok(entry, "alerts", "why", "1")

    assert (found["rule"], found["later_count"]) == ("reopened", 1)


def test_an_alert_is_exported_in_the_forms_that_others_take(entry, number):
    with transaction() as conn:
        alert = an_alert(conn, title="Disk", host="db-01", labels={"rack": "r1"}, severity="high")

    status, out, _ = entry("alerts", "export", alert, "--format", "pd-cef")
    event = json.loads(out)
    assert (status, event["event_action"]) == (0, "trigger")
    assert (event["payload"]["summary"], event["payload"]["severity"]) == ("Disk", "error")
    status, out, _ = entry("alerts", "export", alert, "--format", "cloudevents")
    event = json.loads(out)
    assert (status, event["type"]) == (0, "dev.nightshift.alert.v1.firing")
    assert event["data"]["alert"]["labels"] == {"rack": "r1"}
    assert entry("alerts", "export", "99", "--format", "pd-cef")[0] == 2
    assert entry("alerts", "export", alert, "--format", "xml")[0] == 2


def test_why_not_compares_with_what_grouping_remembers(entry, number):
    memory = {
        "ref": "2", "stream": "", "title": "Mail is slow", "severity": None,
        "opened_at": T0.isoformat(), "started_at": T0.isoformat(), "last_event_at": T0.isoformat(),
        "environment": "staging",
    }  # fmt: skip
    with transaction() as conn:
        conn.execute("UPDATE incidents SET memory = %s WHERE id = 2", (json.dumps(memory),))
        conn.execute("UPDATE alerts SET environment = 'production' WHERE id = 1")

    forbidden, unlike = (
        ok(entry, "alerts", "why-not", "1", "2"),
        ok(entry, "alerts", "why-not", "2", "2"),
    )

    assert (forbidden["rule"], forbidden["score"]) == ("veto", 0.0)
    assert "environment production, not staging" in forbidden["vetoes"]
    assert (unlike["rule"], unlike["stands_in"]) == ("score", "INC-2026-000001")
    assert unlike["margin"] < 0
    assert ok(entry, "alerts", "why-not", "1", "1")["rule"] == "member"
    assert "INC-2026-000002" in entry("alerts", "why-not", "1", "2")[1]


def test_what_was_received_can_be_written_and_replayed(entry, database, tmp_path):
    triage(*storm(2))
    triage(prometheus("NodeDown", "host-0", resolved=9.0), minute=9.0)
    path = tmp_path / "events.jsonl"

    status, out, err = entry("alerts", "export", "--events")
    path.write_text(out)
    replayed = ok(entry, "triage", "replay", path)
    read = read_events(path)

    assert (status, err, len(read)) == (0, "7 events written\n", 7)
    with transaction() as conn:
        kept = list(alert_list.events(conn))
    assert read == kept
    assert [len(one["incidents"]) for one in replayed["scenarios"]] == [2]
    assert entry("alerts", "export", "--events", "--until", "2020-01-01")[1] == ""


@pytest.mark.parametrize(
    "arguments",
    [(), ("1",), ("1", "--events"), ("1", "--format", "pd-cef", "--since", "1h")],
)
def test_an_export_of_neither_or_both_is_wrong_use(entry, database, arguments):
    status, out, err = entry("alerts", "export", *arguments)

    assert (status, out, err.count("\n")) == (2, "", 1)


def test_a_replay_without_its_file_says_what_writes_one(entry, tmp_path):
    status, _, err = entry("triage", "replay", tmp_path / "events.jsonl")

    assert status == 2
    assert "`nightshift alerts export --events > FILE`" in err


def test_why_names_the_alert_and_says_what_its_figures_are(entry, database):
    triage(*storm(1), *storm(1))

    status, out, _ = entry("alerts", "why", "1")
    assert status == 0
    assert out.startswith("Alert 1: NodeDown (host-0), critical, firing\n")
    assert "the rule that decided" in " ".join(out.split())

    status, _, err = entry("alerts", "why", "99")
    assert (status, "see `nightshift alerts list`" in err) == (2, True)


def test_why_names_the_window_that_held_an_alert_and_the_incident_that_came_nearest(
    entry, database
):
    window = Window(
        id="", starts_at=at(-5), ends_at=at(40), match={"host": ("web-1",)}, reason="firmware",
        owner="ada",
    )  # fmt: skip
    with transaction() as conn:
        number = windows.add(conn, window)
    of = {"namespace": "shop"}
    triage(prometheus("NodeDown", "web-1", **of), prometheus("NodeDown", "web-2", 1, **of))
    held = f"Held by maintenance window {number} of ada (firmware) from {words(at(-5))} to {words(at(40))}"

    assert f"{held}.\n" in entry("alerts", "why", "1")[1]
    with connection() as conn:
        pass_time(Triage(), conn, at(41))

    _, out, _ = entry("alerts", "why", "1")
    assert f"{held}, handed back at {words(at(41))}.\n" in out
    assert "opened one.\n" in out
    told = ok(entry, "alerts", "why", "1")
    score, short = told["best_rejected"]["score"], told["margin"]
    assert 0 < score < 0.5
    nearest = f"{score:.2f}: {short:.2f} short of the 0.50 that joins"
    assert f"\nINC-2026-000001 came nearest, with {nearest}.\n" in out
    assert (told["rule"], told["best_rejected"]["reference"]) == ("handed-back", "INC-2026-000001")
    assert told["maintenance"][0] == {
        "id": str(number), "reason": "firmware", "owner": "ada", "match": {"host": ["web-1"]},
        "starts_at": words(at(-5)), "ends_at": words(at(40)),
    }  # fmt: skip
    again = ok(entry, "alerts", "why-not", "1", "INC-2026-000001")
    assert again["score"] == told["best_rejected"]["score"]


def test_the_id_of_an_event_is_told_from_that_of_its_alert(entry, database):
    triage(*storm(1))
    triage(prometheus("NodeDown", "host-0", resolved=9.0), minute=9.0)

    status, _, err = entry("alerts", "why", "4")

    assert (status, err) == (
        2, "nightshift: no alert '4'; but an event of alert 1 has that id: ask for 1\n",
    )  # fmt: skip


def test_why_tells_the_changes_that_stood_beside_the_decision(entry, number):
    before = {"asset": "esx01", "kind": "host", "change": "changed", "field": "power_state",
              "before": "on", "after": "off", "at": "2026-11-20T11:55:00+00:00"}  # fmt: skip
    seen = {**before, "asset": "sw-1", "kind": "switch", "unseen_at": "2026-11-20T11:00:00+00:00"}
    with transaction() as conn:
        decided(conn, 0, "firing", 1, rule="new-incident", sentence="It begins one.",
                facts={"changes": [before, seen, *[before] * 6]})  # fmt: skip

    out = entry("alerts", "why", "1")[1]

    assert "Before it: host esx01 changed power_state at 2026-11-20T11:55:00+00:00.\n" in out
    assert "switch sw-1 changed power_state; it happened after the collection at 2026" in out
    assert out.rstrip().endswith("and 3 more changes: --json has them")

"""`nightshift incidents` and `nightshift alerts` as people and scripts call them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from models.records.person import Role
from models.store import alert_list, people, transaction
from tasks.alerts.replay.files import read_events
from tests.alerting import T0, an_alert, an_incident
from tests.builders import a_site, store
from tests.inbox import prometheus, storm, triage

HOSTILE = "Disk full [bold]\x1b[31m <script>alert(1)</script> | `rm -rf` [x](javascript:alert(1))"


@pytest.fixture
def number(database, monkeypatch):
    monkeypatch.delenv("NIGHTSHIFT_TOKEN", raising=False)
    with transaction() as conn:
        number = an_incident(conn, title=HOSTILE, alert_count=2, firing_count=2)
        for title in ("one", HOSTILE):
            an_alert(conn, incident_id=number, title=title, host="db-01", service_name="shop")
        an_incident(conn, title="Mail is slow", severity=None, status="resolved")
    return number


def ok(entry, *arguments):
    status, out, err = entry(*arguments, "--json")
    assert status == 0, err
    return json.loads(out)


def test_incidents_are_listed_and_shown_by_id_and_reference(entry, number):
    listed = ok(entry, "incidents", "list")
    by_id, by_reference = (
        ok(entry, "incidents", "show", "1"),
        ok(entry, "incidents", "show", "INC-2026-000001"),
    )

    assert [one["reference"] for one in listed] == ["INC-2026-000002", "INC-2026-000001"]
    assert by_id == by_reference
    assert by_id.keys() > {"timeline", "alerts", "evidence", "severity", "status", "version"}
    assert all(isinstance(one["id"], str) for one in [*listed, *by_id["alerts"]])
    assert [one["id"] for one in ok(entry, "incidents", "list", "--status", "resolved")] == ["2"]
    assert [one["id"] for one in ok(entry, "incidents", "list", "--severity", "high")] == ["1"]
    assert ok(entry, "incidents", "list", "--since", "2026-11-21") == []


def test_an_incident_is_worked_on_from_ack_to_report(entry, number):
    assert ok(entry, "incidents", "ack", "1", "--reason", "on it")["status"] == "acknowledged"
    assert ok(entry, "incidents", "assign", "1", "Ada", "--team", "storage")["assignee"] == "Ada"
    ok(entry, "incidents", "comment", "1", "swapped the disk")
    assert ok(entry, "incidents", "severity", "1", "low", "--reason", "spare")["severity"] == "low"
    assert ok(entry, "incidents", "investigate", "1")["status"] == "investigating"
    assert ok(entry, "incidents", "mitigate", "1")["mitigated_at"]
    status, _, err = entry("incidents", "resolve", "1")
    assert (status, err.count("\n")) == (1, 1)
    assert "--force" in err
    forced = ok(entry, "incidents", "resolve", "1", "--force", "--reason", "sensor")
    assert forced["status"] == "resolved"
    assert ok(entry, "incidents", "reopen", "1")["status"] == "open"

    shown = ok(entry, "incidents", "show", "1")
    assert [line["kind"] for line in shown["timeline"]] == [
        "status", "assignment", "note", "severity", "status", "status", "status", "status"
    ]  # fmt: skip
    assert all(line["actor"].startswith("local:") for line in shown["timeline"])
    assert len({line["id"] for line in shown["timeline"]}) == 8


def test_with_people_registered_a_change_needs_a_token(entry, number, monkeypatch):
    with transaction() as conn:
        people.add(conn, "Ada", Role.ADMIN)
        _, viewer = people.add(conn, "Vic", Role.VIEWER)
        _, operator = people.add(conn, "Ben", Role.OPERATOR)

    status, _, err = entry("incidents", "ack", "1")
    assert (status, "NIGHTSHIFT_TOKEN" in err) == (1, True)
    monkeypatch.setenv("NIGHTSHIFT_TOKEN", viewer)
    assert "needs the role operator" in entry("incidents", "ack", "1")[2]
    assert entry("incidents", "list")[0] == 0
    monkeypatch.setenv("NIGHTSHIFT_TOKEN", operator)
    ok(entry, "incidents", "ack", "1")
    shown = ok(entry, "incidents", "show", "1")
    assert [line["actor"] for line in shown["timeline"]] == ["Ben"]


def test_merge_and_split_are_undone(entry, number):
    with transaction() as conn:
        conn.execute("UPDATE incidents SET status = 'open', resolved_at = NULL")
    assert ok(entry, "incidents", "merge", "2", "1", "--reason", "same disk")["id"] == "1"
    shown = ok(entry, "incidents", "show", "2")
    assert (shown["merged_into"], shown["merged_into_reference"]) == ("1", "INC-2026-000001")
    assert ok(entry, "incidents", "merge", "2", "--undo")["id"] == "2"
    new = ok(entry, "incidents", "split", "1", "2")
    assert (new["split_from"], new["reference"]) == ("1", "INC-2026-000003")
    assert ok(entry, "incidents", "split", "1", "--undo")["alert_count"] == 2
    for wrong in (
        ("merge", "1"),
        ("merge", "1", "2", "--undo"),
        ("split", "1"),
        ("split", "1", "x"),
    ):
        assert entry("incidents", *wrong)[0] == 2


def test_a_merged_incident_stays_in_the_list_and_names_the_one_it_lives_on_in(entry, number):
    with transaction() as conn:
        an_incident(conn, title="Also full", status="merged", merged_into=number)

    for arguments in (("incidents", "list"), ("incidents", "list", "--status", "merged")):
        lines = entry(*arguments)[1].splitlines()
        (line,) = [line for line in lines if line.startswith("INC-2026-000003")]
        assert "merged into INC-2026-000001" in line
    assert "merged into  INC-2026-000001" in entry("incidents", "show", "3")[1]
    assert "merged here  INC-2026-000003" in entry("incidents", "show", "1")[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("incidents", "show", "99"),
        ("incidents", "show", "INC-2026-9"),
        ("incidents", "ack", "x"),
        ("incidents", "list", "--status", "broken"),
        ("incidents", "list", "--since", "yesterday"),
        ("incidents", "severity", "1", "sev1"),
        ("incidents", "report", "99"),
        ("alerts", "why", "99"),
        ("alerts", "why-not", "1", "99"),
        ("alerts", "list", "--incident", "99"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(entry, number, arguments):
    status, out, err = entry(*arguments)

    assert (status, out) == (2, "")
    assert "Traceback" not in err


def test_people_read_a_page_in_which_hostile_text_is_text(entry, number):
    for arguments in (("incidents", "list"), ("incidents", "show", "1"), ("alerts", "list")):
        status, out, _ = entry(*arguments)

        assert status == 0
        assert "\x1b[31m" not in out
        assert "INC-2026-000001" in out


def test_a_report_is_markdown_and_one_page_without_anything_from_elsewhere(entry, number, tmp_path):
    page, text = tmp_path / "report.html", tmp_path / "report.md"

    status, out, _ = entry("incidents", "report", "1")
    assert status == 0
    assert out.startswith("# INC-2026-000001: Disk full")
    assert entry("incidents", "report", "1", "--html", page, "--out", text)[0] == 0
    html = page.read_text()
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "://" not in html
    assert text.read_text().splitlines()[0] == out.splitlines()[0]


def test_a_report_is_written_to_a_file_and_to_no_folder(entry, number, tmp_path):
    for option in ("--out", "--html"):
        status, out, err = entry("incidents", "report", "1", option, tmp_path)

        assert (status, out, err.count("\n")) == (2, "", 1)
        assert "give a file name" in err


def test_a_severity_that_nobody_sent_is_marked_wherever_people_read_it(entry, number):
    with transaction() as conn:
        only = an_incident(conn, title="Odd", severity="low", alert_count=1)
        an_alert(conn, incident_id=only, severity=None, predicted_severity="low")
        mixed = an_incident(conn, title="Mixed", severity="high", alert_count=2)
        an_alert(conn, incident_id=mixed, severity=None, predicted_severity="medium")
        an_alert(conn, incident_id=mixed, severity="high")

    lines = entry("incidents", "list")[1].splitlines()
    marked = {line[:15]: "(predicted)" in line for line in lines if line.startswith("INC-")}
    assert [name for name, is_marked in marked.items() if is_marked] == ["INC-2026-000003"]
    assert "low (predicted)" in entry("incidents", "show", "3")[1]
    assert "high (predicted)" not in entry("incidents", "show", "4")[1]
    assert "medium (predicted)" in entry("alerts", "list")[1]
    assert ok(entry, "incidents", "show", "3")["severity_predicted"] is True

    ok(entry, "incidents", "severity", "3", "high", "--reason", "seen it")
    assert "high (predicted)" not in entry("incidents", "list")[1]


def test_lists_have_one_line_a_row_and_fit_the_screen(entry, number):
    long = "The replication of the shop's database falls behind " * 3
    with transaction() as conn:
        only = an_incident(conn, title=long, status="investigating", assignee="Ada Lovelace")
        an_alert(conn, incident_id=only, severity=None, predicted_severity="critical", title=long,
                 host="db-with-a-long-name-01.rack-7.example.org")  # fmt: skip

    for verb, rows in (("incidents", 3), ("alerts", 3)):
        _, out, _ = entry(verb, "list")
        title, _, _, *lines = out.splitlines()
        assert "no room for" in title
        assert len(lines) == rows
        assert all(len(line) <= 80 for line in lines)
        assert "The replicati" in lines[0]
        assert "…" in lines[0]


def test_metrics_stand_beside_what_they_mean(entry, number):
    found = ok(entry, "incidents", "metrics")

    assert [one["name"] for one in found["measures"]] == ["TTD", "TTA", "TTM", "TTR"]
    out = entry("incidents", "metrics")[1]
    assert "from the arrival of the first alert until it was resolved" in out


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


def test_a_list_that_is_cut_says_so_and_stays_one_json_value(entry, number):
    with transaction() as conn:
        for _ in range(101):
            an_incident(conn)
            an_alert(conn)

    for verb in ("incidents", "alerts"):
        status, out, err = entry(verb, "list", "--json")
        assert (status, len(json.loads(out)), err) == (0, 103, "")
        status, out, err = entry(verb, "list", "--limit", "102", "--json")
        assert (status, len(json.loads(out))) == (0, 102)
        assert "only the latest 102 are listed" in err
        assert "only the latest 100 are listed" in entry(verb, "list")[2]
        assert entry(verb, "list", "--limit", "10001")[0] == 2


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


@pytest.mark.parametrize("wrong", ["0x1", "-1", "٣", "9" * 19, "9" * 5000])
def test_what_is_no_id_is_wrong_use_everywhere(entry, number, wrong):
    for verb in (
        ("incidents", "show"),
        ("alerts", "why"),
        ("alerts", "redeliver"),
        ("maintenance", "end"),
        ("notices", "retry"),
    ):
        assert entry(*verb, "--", wrong)[0] == 2, verb


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


def test_a_version_that_was_read_before_is_refused(entry, number):
    ok(entry, "incidents", "comment", "1", "seen")

    status, _, err = entry("incidents", "ack", "1", "--version", "1")

    assert (status, "meanwhile" in err) == (1, True)


def test_where_something_is_people_read_its_kind_and_name_and_never_an_id(entry, database):
    store(a_site(vms=1))
    with transaction() as conn:
        ((asset,),) = conn.execute("SELECT id FROM assets WHERE name = 'web-01'").fetchall()
        number = an_incident(conn, title="Full", affected_entities=[asset])
        an_alert(conn, incident_id=number, title="Full", entity_id=asset)

    for arguments in (("alerts", "list"), ("incidents", "show", "1")):
        _, out, _ = entry(*arguments)
        assert "vm web-01" in out
        assert asset not in out
    assert ok(entry, "alerts", "list")[0]["entity_id"] == asset


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
    assert read == [replace(signal, error_code=None, asset_id=None) for signal in kept]
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


def test_the_id_of_an_event_is_told_from_that_of_its_alert(entry, database):
    triage(*storm(1))
    triage(prometheus("NodeDown", "host-0", resolved=9.0), minute=9.0)

    status, _, err = entry("alerts", "why", "4")

    assert (status, err) == (
        2, "nightshift: no alert '4'; but an event of alert 1 has that id: ask for 1\n",
    )  # fmt: skip


def test_times_are_told_in_words_and_totals_by_what_they_are(entry, number):
    out = entry("incidents", "metrics")[1]

    assert "noise_ratio" not in out
    assert "alerts an incident" in out

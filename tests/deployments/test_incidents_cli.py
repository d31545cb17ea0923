"""`nightshift incidents` as people and scripts call it."""

from __future__ import annotations

import json

import pytest

from models.records.incident import EntryKind
from models.records.person import Role
from models.store import incidents, people, transaction
from tests.alerting import T0, an_alert, an_incident
from tests.builders import a_site, store


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


def test_each_change_is_answered_with_what_was_recorded(entry, number):
    _, out, _ = entry("incidents", "comment", "1", "swapped [the] disk")
    first, second = out.splitlines()
    assert first.startswith("INC-2026-000001 is open: ")
    assert second.startswith("  local:")
    assert second.endswith(" noted: swapped [the] disk")
    _, out, _ = entry("incidents", "severity", "1", "low", "--reason", "spare")
    assert out.splitlines()[1].endswith("changed the severity from high to low: spare")

    recorded = ok(entry, "incidents", "comment", "1", "and tested it")["recorded"]

    assert (recorded["kind"], recorded["text"]) == ("note", "and tested it")
    assert recorded == ok(entry, "incidents", "show", "1")["timeline"][-1]


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


def test_a_team_is_no_assignee(entry, number, monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")
    entry("incidents", "assign", "1", "--team", "storage")
    entry("incidents", "assign", "2", "Ada")

    _title, head, _rule, second, first = entry("incidents", "list")[1].splitlines()[:5]
    team, person = head.index("Team"), head.index("Assignee")
    assert (first[team:person].strip(), first[person:].strip()) == ("storage", "-")
    assert (second[team:person].strip(), second[person:].strip()) == ("-", "Ada")


def test_a_page_tells_what_fired_from_what_is_over_and_that_nothing_changed(entry, number):
    with transaction() as conn:
        for kind in (EntryKind.ALERT_FIRED, EntryKind.ALERT_RESOLVED):
            line = ("ours", kind, "nightshift", "Disk full", {}, ())
            incidents.add_entries(conn, [(number, T0, *line)])

    shown = entry("incidents", "show", "1")[1]

    timeline = shown.partition("Timeline")[2].splitlines()
    events = [line.split()[1] for line in timeline if line.endswith("Disk full")]
    assert events == ["fired", "resolved"]
    assert "Changes around its beginning\n  No change was recorded.\n" in shown


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


def test_times_are_told_in_words_and_totals_by_what_they_are(entry, number):
    out = entry("incidents", "metrics")[1]

    assert "noise_ratio" not in out
    assert "alerts an incident" in out

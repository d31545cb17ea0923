"""`nightshift triage replay`: what it reads, what it prints, what it refuses."""

from __future__ import annotations

import json

import pytest

from deployments.cli.app import main
from models.records.alert import AlertStatus
from models.records.severity import Severity
from tasks.alerts.grouping import Topology, read_topology, written
from tasks.alerts.grouping.topology import Node
from tasks.alerts.replay.files import read_events, read_windows

EVENT = {
    "event_id": "e1",
    "scenario": "s",
    "starts_at": "2025-03-04T12:00:00Z",
    "received_at": "2025-03-04T12:00:30Z",
    "source": "alertmanager",
    "status": "firing",
    "alertname": "DiskFull",
    "severity": "critical",
    "title": "Disk full",
    "description": "",
    "labels": {"host": "h1"},
}


@pytest.fixture
def run(tmp_path, capsys):
    def call(rows, *more):
        path = tmp_path / "events.jsonl"
        path.write_text(
            "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
        )
        status = 0
        try:
            main(["triage", "replay", str(path), *map(str, more)])
        except SystemExit as ended:
            status = ended.code or 0
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def test_it_prints_the_incidents_of_each_stream(run):
    rows = [
        EVENT,
        {
            **EVENT,
            "event_id": "e2",
            "alertname": "WriteErrors",
            "starts_at": "2025-03-04T12:02:00Z",
            "received_at": "2025-03-04T12:02:30Z",
        },
        {**EVENT, "event_id": "e3", "scenario": "other"},
    ]

    status, out, _ = run(rows, "--json")

    answer = json.loads(out)
    first, second = answer["scenarios"]
    assert status == 0
    assert answer["events"] == 3
    assert [one["events"] for one in first["incidents"]] == [["e1", "e2"]]
    assert {"id", "events", "root_event", "title", "severity", "services"} <= set(
        first["incidents"][0]
    )
    assert first["incidents"][0]["severity"] == "critical"
    assert first["incidents"][0]["root_event"] == "e1"
    assert [one["events"] for one in second["incidents"]] == [["e3"]]
    assert (first["ignored"], first["suppressed"], first["handed_back"]) == ([], [], [])
    assert "comparison" not in answer


def test_events_are_replayed_as_they_were_received_whatever_their_order_in_the_file(run):
    end = {
        **EVENT,
        "event_id": "e2",
        "status": "resolved",
        "received_at": "2025-03-04T12:30:00Z",
        "starts_at": "2025-03-04T12:29:00Z",
    }

    _, out, _ = run([end, EVENT], "--json")

    [scenario] = json.loads(out)["scenarios"]
    assert scenario["incidents"][0]["events"] == ["e1", "e2"]


def test_a_window_holds_and_hands_back_and_what_fires_later_is_an_alert(run, tmp_path):
    windows = tmp_path / "maintenance.jsonl"
    windows.write_text(
        json.dumps(
            {
                "scenario": "s",
                "starts_at": "2025-03-04T11:00:00Z",
                "ends_at": "2025-03-04T13:00:00Z",
                "match": {"host": ["h1"]},
                "reason": "patching",
            }
        )
        + "\n"
    )
    rows = [
        EVENT,
        {**EVENT, "event_id": "e2", "alertname": "Other", "labels": {"host": "h1", "x": "y"}},
        {
            **EVENT,
            "event_id": "e3",
            "alertname": "Other",
            "labels": {"host": "h1", "x": "y"},
            "status": "resolved",
            "starts_at": "2025-03-04T12:20:00Z",
            "received_at": "2025-03-04T12:20:05Z",
        },
        {
            **EVENT,
            "event_id": "e4",
            "starts_at": "2025-03-04T13:20:00Z",
            "received_at": "2025-03-04T13:20:05Z",
        },
    ]

    _, out, _ = run(rows, "--maintenance", windows, "--json")

    [scenario] = json.loads(out)["scenarios"]
    assert scenario["handed_back"] == ["e1"]
    assert scenario["suppressed"] == ["e2", "e3"]
    assert [one["events"] for one in scenario["incidents"]] == [["e4"]]


def test_another_policy_is_compared_with_the_one_in_force(run, tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text("version = 9\n[scores]\njoin = 1.0\n[occurrences]\nlow = 2\n")
    low = {
        **EVENT,
        "severity": "low",
        "labels": {"host": "q7"},
        "alertname": "Small",
        "scenario": "t",
    }
    rows = [
        EVENT,
        {
            **EVENT,
            "event_id": "e2",
            "alertname": "WriteErrors",
            "starts_at": "2025-03-04T12:02:00Z",
            "received_at": "2025-03-04T12:02:30Z",
        },
        {**low, "event_id": "e3"},
        {
            **low,
            "event_id": "e4",
            "starts_at": "2025-03-04T12:05:00Z",
            "received_at": "2025-03-04T12:05:30Z",
            "description": "again",
        },
        {**low, "event_id": "e5", "alertname": "Once", "labels": {"host": "z1"}, "scenario": "u"},
    ]

    _, out, _ = run(rows, "--policy", policy, "--json")

    comparison = json.loads(out)["comparison"]
    assert comparison["policy"].startswith("9-")
    assert comparison["counts"] == {
        "split": 1,
        "merged": 0,
        "delayed": 0,
        "notified": 0,
        "silenced": 1,
    }
    assert comparison["split"][0]["scenario"] == "s"
    assert comparison["incidents"] == [3, 3]


def test_the_policy_in_force_is_that_of_the_settings(run, tmp_path, monkeypatch):
    policy = tmp_path / "policy.toml"
    policy.write_text("version = 4\n")
    monkeypatch.setenv("NIGHTSHIFT_TRIAGE_POLICY", str(policy))

    _, out, _ = run([EVENT], "--json")

    assert json.loads(out)["policy"].startswith("4-")


def test_people_get_a_table(run):
    status, out, _ = run([EVENT])

    assert status == 0
    assert "1 incident out of 1 event\n" in out
    assert "Disk full on h1" in out
    assert "Scenario" in out
    assert "this home did not receive these events" in out


def test_a_column_of_scenarios_stands_only_where_there_are_some(run):
    _, out, _ = run([{name: value for name, value in EVENT.items() if name != "scenario"}])

    assert "Disk full on h1" in out
    assert "Scenario" not in out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# the same\nversion = 2\n", "Both policies have the same rules (2-"),
        ("version = 2\n[scores]\nplace = 0.84\n", "but group these events alike"),
    ],
)
def test_policies_that_do_not_differ_here_are_told_in_plain_words(run, tmp_path, text, said):
    policy = tmp_path / "policy.toml"
    policy.write_text(text)

    _, out, _ = run([EVENT], "--policy", policy)

    assert said in out
    assert "Seconds later" not in out
    comparison = json.loads(run([EVENT], "--policy", policy, "--json")[1])["comparison"]
    assert comparison["same_rules"] == ("same" in said)


def test_an_empty_file_is_no_error(run):
    status, out, _ = run([], "--json")

    assert status == 0
    assert json.loads(out) == {
        "scenarios": [],
        "events": 0,
        "seconds": json.loads(out)["seconds"],
        "policy": json.loads(out)["policy"],
        "topology": {"source": "none", "things": 0, "edges": 0},
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("{not json", "no JSON", id="no JSON"),
        pytest.param("[1]", "no JSON object", id="no object"),
        pytest.param("[" * 100_000, "no JSON", id="nested without end"),
        pytest.param(json.dumps({**EVENT, "event_id": ""}), "no event_id", id="no id"),
        pytest.param(json.dumps(EVENT), "there twice", id="an id twice"),
        pytest.param(
            json.dumps({**EVENT, "event_id": "e9", "starts_at": "yesterday"}),
            "is no time",
            id="no time",
        ),
        pytest.param(
            json.dumps({**EVENT, "event_id": "e9", "starts_at": 1e300}),
            "is no time",
            id="a time beyond time",
        ),
        pytest.param(
            json.dumps({**EVENT, "event_id": "e9", "status": "sideways"}),
            "status 'sideways'",
            id="an unknown status",
        ),
        pytest.param(
            json.dumps({"event_id": "e9"}), "neither starts_at nor received_at", id="no times"
        ),
    ],
)
def test_a_line_that_is_no_event_is_told_in_one_line_with_its_number(run, line, said):
    status, out, err = run([EVENT, line], "--json")

    assert status == 2
    assert out == ""
    assert "events.jsonl line 2" in err
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "window",
    [
        {"starts_at": "2025-03-04T11:00:00Z"},
        {"starts_at": "2025-03-04T11:00:00Z", "ends_at": "2025-03-04T10:00:00Z"},
        {"starts_at": "2025-03-04T11:00:00Z", "ends_at": "2025-03-04T12:00:00Z", "match": ["h1"]},
    ],
)
def test_a_window_that_is_none_is_told_with_its_line(run, tmp_path, window):
    path = tmp_path / "maintenance.jsonl"
    path.write_text(json.dumps(window))

    status, _, err = run([EVENT], "--maintenance", path)

    assert status == 2
    assert "maintenance.jsonl line 1" in err


def test_files_that_are_not_there_are_told(run, tmp_path):
    missing = tmp_path / "missing"

    for option in ("--topology", "--maintenance", "--policy"):
        status, _, err = run([EVENT], option, missing)
        assert status == 2
        assert str(missing) in err


def test_a_topology_that_was_exported_is_read_to_the_letter(run, tmp_path):
    nodes = [
        Node("n1", "Shop", "deployment", "prod-1", "web"),
        Node("n2", "shop", "service", "prod-2"),
        Node("n3", "esx01", "host"),
    ]
    made = Topology(nodes, [("n1", "n3"), ("n2", "n1")], named=("service", "deployment"))
    path = tmp_path / "topology.json"
    path.write_bytes(written(made))

    read = read_topology(path)

    assert (read.nodes, read.edges, read.named) == (made.nodes, made.edges, made.named)
    assert written(read) == path.read_bytes()
    assert read.resolve("shop") == "n2"
    assert read.within(1).upstream("n2") == {"n1": 1}
    _, out, _ = run([EVENT], "--topology", path, "--json")
    assert json.loads(out)["topology"] == {"source": "file", "things": 3, "edges": 2}


@pytest.mark.parametrize(
    "change", [{"nightshift_topology": 2}, {"nodes": [{"id": "n1"}]}, {"edges": [["n1"]]}]
)
def test_a_topology_that_says_it_was_exported_and_was_not_is_refused(run, tmp_path, change):
    path = tmp_path / "topology.json"
    path.write_text(json.dumps({"nightshift_topology": 1, "nodes": [], "edges": [], **change}))

    status, out, err = run([EVENT], "--topology", path)

    assert (status, out, err.count("\n")) == (2, "", 1)
    assert f"{path} is no topology that was exported" in err


def test_other_names_of_the_same_fields_are_understood(tmp_path):
    path = tmp_path / "events.jsonl"
    rows = [
        {
            "id": 7,
            "timestamp": 1741089600,
            "arrived_at": 1741089630000,
            "vendor": "zabbix",
            "state": "PROBLEM",
            "name": "Disk is full",
            "priority": "Disaster",
            "tags": ["host:h1", "env:prod"],
        },
        {
            "id": 8,
            "time": "2025-03-04T12:10:00",
            "state": "OK",
            "name": "Disk is full",
            "tags": ["host:h1", "env:prod"],
            "vendor": "zabbix",
        },
    ]
    path.write_text("\n".join(map(json.dumps, rows)))

    first, second = read_events(path)

    assert (first.event_id, first.status, first.severity) == (
        "7",
        AlertStatus.FIRING,
        Severity.CRITICAL,
    )
    assert first.labels["host"] == "h1"
    assert second.status is AlertStatus.RESOLVED
    assert (second.received_at - first.occurred_at).total_seconds() == 600
    assert first.dedup_key == second.dedup_key


def test_windows_may_be_of_all_streams_and_have_single_values(tmp_path):
    path = tmp_path / "maintenance.jsonl"
    path.write_text(
        json.dumps(
            {
                "start": "2025-03-04T11:00:00+01:00",
                "end": "2025-03-04T12:00:00+01:00",
                "match": {"env": "staging"},
            }
        )
    )

    [window] = read_windows(path)

    assert window.stream == ""
    assert window.match == {"env": ("staging",)}
    assert window.starts_at.hour == 10

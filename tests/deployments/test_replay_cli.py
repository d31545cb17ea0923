"""What a home grouped live is grouped alike by a replay of what it exports."""

from __future__ import annotations

import json

import pytest

from models.records.grouping import Window
from models.store import transaction, windows
from tests.builders import a_cluster, a_datastore, a_host, a_vm, store
from tests.inbox import at, plain, prometheus, rows, triage

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def export(entry, tmp_path):
    """Return the files of the events and of the topology of this home."""
    events, topology = tmp_path / "events.jsonl", tmp_path / "topology.json"

    def write():
        status, out, err = entry("alerts", "export", "--events", "--topology", topology)
        assert status == 0, err
        events.write_text(out)
        return events, topology

    return write


@pytest.fixture
def replayed(entry):
    """Replay a file; returns where the topology was from, and the incidents as sets of events."""

    def run(*arguments):
        status, out, err = entry("triage", "replay", *arguments, "--json")
        assert status == 0, err
        found = json.loads(out)
        groups = [one["events"] for each in found["scenarios"] for one in each["incidents"]]
        return found["topology"]["source"], sorted(map(sorted, groups))

    return run


def collect():
    """Store two hosts: VMs 1 to 4 stand on the first, 5 to 8 on the second."""
    vms = [
        a_vm(n, host=f"host-{1 + (n > 4)}", datastores=(f"datastore-{1 + (n > 4)}",))
        for n in range(1, 9)
    ]
    store([a_cluster(), a_host(1), a_host(2), a_datastore(1), a_datastore(2), *vms])


def tell():
    """Let both hosts fail, with alerts that come twice, late, without a time, and end."""
    triage(
        prometheus("HostDown", "esx01.example", 0),
        *(prometheus("AgentSilent", f"web-0{n}", 1) for n in (1, 2, 5)),
        minute=2,
    )
    triage(
        prometheus("HostDown", "esx02.example", 0.5),
        *(prometheus("AgentSilent", f"web-0{n}", 2) for n in (3, 6, 7)),
        prometheus("DiskFull", "mail-9", 2),
        minute=3,
    )
    triage(plain("VM is slow", host="web-04", dedup_key="slow"), vendor="acme", minute=4)
    triage(plain("VM is slow", host="web-04", dedup_key="slow", n=2), vendor="acme", minute=6)
    triage(plain("VM is slow", "resolved", dedup_key="slow"), vendor="acme", minute=7)
    triage(prometheus("DiskFull", "mail-9", 2, resolved=9), minute=9)


def live():
    """Return the events of each incident, as they are exported."""
    found = rows(
        "SELECT array_agg(id::text ORDER BY id::text) FROM alert_events"
        " WHERE incident_id IS NOT NULL GROUP BY incident_id"
    )
    return sorted(sorted(row[0]) for row in found)


def test_a_replay_of_what_was_received_here_groups_it_as_the_live_triage_did(export, replayed):
    collect()
    tell()
    events, topology = export()

    assert len(live()) == 3
    assert replayed(events) == ("home", live())
    assert replayed(events, "--topology", topology) == ("file", live())


def test_elsewhere_the_exported_topology_makes_the_difference(
    export, replayed, monkeypatch, tmp_path
):
    collect()
    tell()
    events, topology = export()
    alike = live()
    monkeypatch.setenv("NIGHTSHIFT_HOME", str(tmp_path / "elsewhere"))

    assert replayed(events, "--topology", topology) == ("file", alike)
    source, without = replayed(events)
    assert source == "none"
    assert without != alike
    assert not (tmp_path / "elsewhere").exists()


def test_events_of_elsewhere_are_not_looked_up_in_what_this_home_has_collected(export, replayed):
    collect()
    tell()
    events, _ = export()
    lines = map(json.loads, events.read_text().splitlines())
    moved = [{**line, "event_id": f"x{line['event_id']}"} for line in lines]
    events.write_text("".join(json.dumps(one) + "\n" for one in moved))

    assert replayed(events)[0] == "none"


def test_a_window_of_this_home_holds_in_the_replay_too_and_the_last_line_says_what_is_known(
    entry, export
):
    collect()
    window = Window(
        id="", starts_at=at(-5), ends_at=at(90), match={"host": ("mail-9",)}, reason="move",
        owner="ada",
    )  # fmt: skip
    with transaction() as conn:
        windows.add(conn, window)
    tell()
    events, topology = export()

    status, out, _ = entry("triage", "replay", events)

    assert (status, len(live())) == (0, 2)
    assert "2 incidents out of 13 events" in out
    assert "2 suppressed" in out
    last = out.splitlines()[-1]
    assert last == "Topology of this home: 13 things, 16 edges; held by its 1 maintenance window"
    out = entry("triage", "replay", events, "--topology", topology)[1]
    assert "3 incidents out of 13 events" in out
    assert out.splitlines()[-1] == f"Topology of {topology}: 13 things, 16 edges"


def test_where_nothing_is_collected_a_replay_says_so_and_no_topology_is_written(entry, tmp_path):
    triage(prometheus("HostDown", "esx01.example"))
    events, topology = tmp_path / "events.jsonl", tmp_path / "topology.json"
    events.write_text(entry("alerts", "export", "--events")[1])

    assert "nothing is collected in this home" in entry("triage", "replay", events)[1]
    status, out, err = entry("alerts", "export", "--topology", topology)

    assert (status, out, topology.exists()) == (1, "", False)
    assert err.startswith("nightshift: nothing is collected here")


def test_a_home_whose_database_does_not_answer_costs_the_replay_its_topology_only(
    entry, export, monkeypatch
):
    collect()
    tell()
    events, _ = export()
    monkeypatch.setenv("NIGHTSHIFT_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    status, out, err = entry("triage", "replay", events, "--json")

    assert (status, json.loads(out)["topology"]["source"]) == (0, "none")
    assert err.startswith("no topology of this home: ")


@pytest.mark.parametrize(
    "more", [("1",), ("--format", "pd-cef"), ("--since", "1h"), ("--events", "1")]
)
def test_a_topology_is_exported_whole(entry, tmp_path, more):
    status, out, err = entry("alerts", "export", "--topology", tmp_path / "t.json", *more)

    assert (status, out, err.count("\n")) == (2, "", 1)


def test_a_topology_is_not_written_over_a_folder(entry, tmp_path):
    status, _, err = entry("alerts", "export", "--topology", tmp_path)

    assert (status, err) == (
        2,
        f"nightshift: --topology {tmp_path} is a folder; give a file name\n",
    )

"""`nightshift assets` and `nightshift collect` as a person and as a script use them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.cells import cell_len

from deployments.cli import inventory as verbs
from models.kinds.device import Device
from models.kinds.interface import Interface
from models.kinds.kubernetes.pod import Pod
from models.records.asset import Gap, observe
from models.records.graph import Join, JoinReport
from models.store import graph, inventory, transaction
from models.store.embedded import stop
from tasks.inventory.collect import Tally
from tests.builders import a_datastore, a_site, a_vm, store

ASSET = {"id", "kind", "name", "source", "attributes", "first_seen", "last_seen", "deleted_at"}
REPORT = {
    *("source", "collector", "status", "seen", "created", "changed", "deleted", "quarantined"),
    *("seconds", "error"),
}
SOURCES = """\
[[source]]
name = "vc1"
collector = "vmware"
url = "{url}"
username = "{username}"
password_env = "PRACTICE_PASSWORD"
verify_tls = false
"""


@pytest.fixture
def listed(database, entry):
    """Ask `assets list --json`; returns the assets by name."""

    def ask(*arguments):
        status, out, err = entry("assets", "list", *arguments, "--json")
        assert (status, err) == (0, "")
        return {row["name"]: row for row in json.loads(out)}

    return ask


@pytest.fixture
def sources(database, tmp_path, monkeypatch, practice_vcenter):
    """A sources file of the session's installation that names the practice vCenter; returns a way to write another one."""
    file = tmp_path / "sources.toml"

    def write(text):
        file.write_text(text, encoding="utf-8")

    monkeypatch.setenv("NIGHTSHIFT_SOURCES", str(file))
    monkeypatch.setenv("PRACTICE_PASSWORD", practice_vcenter.password)
    write(SOURCES.format(url=practice_vcenter.url, username=practice_vcenter.username))
    return write


def hold(records, reason="8 of 10 VMs are gone", gaps=()):
    """Collect records and keep them for a person."""
    with transaction() as conn:
        taken = inventory.open_snapshot(conn, "vc1", "vmware")
        inventory.stage(conn, taken.id, (observe("vc1", record) for record in records))
        inventory.collected(
            conn, taken.id, covered=("vm",), gaps=gaps, counts={"vm": len(records)}, seconds=0.5
        )
        inventory.hold_snapshot(conn, taken.id, reason)
        return taken.id


def test_the_list_has_the_fields_of_the_contract(listed):
    store(a_site(2))

    rows = listed()

    assert list(rows) == ["cluster-1", "ds-1", "esx01.example", "esx02.example", "web-01", "web-02"]
    machine = rows["web-01"]
    assert machine.keys() == ASSET
    assert (machine["kind"], machine["source"], machine["deleted_at"]) == ("vm", "vc1", None)
    assert isinstance(machine["id"], str)
    assert machine["attributes"].items() >= {"power_state": "on", "memory_mib": 4096}.items()
    seen = datetime.fromisoformat(machine["first_seen"])
    assert machine["first_seen"].endswith("Z")
    assert seen.utcoffset().total_seconds() == 0
    assert machine["first_seen"] == machine["last_seen"]


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_where_nothing_was_collected_the_empty_list_says_so(database, entry, options):
    status, out, err = entry("assets", "list", *options)

    assert status == 0
    assert json.loads(out) == [] if options else out.startswith("0 assets")
    assert err == f"nothing has been collected in {database}; run `nightshift collect`\n"


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        pytest.param("power_state=suspended", ["web-02"], id="a choice"),
        pytest.param("memory_mib=8192", ["web-02"], id="a number"),
        pytest.param("memory_mib=8192.0", ["web-02"], id="a number, written otherwise"),
        pytest.param("memory_mib=many", [], id="no number"),
        pytest.param("template=TRUE", ["web-02"], id="a boolean"),
        pytest.param("ip_addresses=10.0.0.3", ["web-02"], id="one of a list"),
        pytest.param("ip_addresses=10.0.0", [], id="part of one of a list"),
        pytest.param("custom_attributes=retail=1", ["web-02"], id="a value with ="),
        pytest.param("name=web-02", ["web-02"], id="the name"),
        pytest.param("source=vc1", ["web-01", "web-02"], id="the source"),
        pytest.param("annotation=", [], id="an empty value is no wildcard"),
    ],
)
def test_where_reads_scalars_booleans_and_lists(listed, condition, names):
    other = a_vm(
        2,
        power_state="suspended",
        memory_mib=8192,
        template=True,
        ip_addresses=("10.0.0.2", "10.0.0.3"),
        custom_attributes=(("owner", "retail=1"),),
        annotation="note",
    )
    store([a_vm(1, annotation="other"), other])

    assert list(listed("--kind", "vm", "--where", condition)) == names


def test_conditions_add_up_and_need_no_kind(listed):
    store(a_site(3))

    assert list(listed("--where", "memory_mib=4096", "--where", "name=web-02")) == ["web-02"]
    assert list(listed("--where", "ha_enabled=true")) == ["cluster-1"]


def test_a_past_time_shows_what_was_there_then(listed):
    store([a_vm(1), a_vm(2)])
    before = datetime.now(UTC).isoformat()
    time.sleep(0.002)
    store([a_vm(1, cpu_count=8)])

    assert listed().keys() == {"web-01"}
    assert listed()["web-01"]["attributes"]["cpu_count"] == 8
    then = listed("--as-of", before)
    assert then.keys() == {"web-01", "web-02"}
    assert then["web-01"]["attributes"]["cpu_count"] == 2
    assert listed("--as-of", "2000-01-01") == {}


def test_show_adds_the_relations(database, entry, listed):
    store(a_site(1))
    rows = listed()

    status, out, _ = entry("assets", "show", rows["web-01"]["id"], "--json")

    found = json.loads(out)
    assert status == 0
    assert found.keys() == ASSET | {"relations"}
    assert found["relations"] == [
        {
            "asset_id": rows["esx01.example"]["id"],
            "confidence": None,
            "deleted_at": None,
            "direction": "out",
            "kind": "host",
            "name": "esx01.example",
            "reason": None,
            "type": "runs_on",
        },
        {
            "asset_id": rows["ds-1"]["id"],
            "confidence": None,
            "deleted_at": None,
            "direction": "out",
            "kind": "datastore",
            "name": "ds-1",
            "reason": None,
            "type": "stored_on",
        },
    ]
    host = json.loads(entry("assets", "show", rows["esx01.example"]["id"], "--json")[1])
    assert ("runs_on", "in", "web-01") in {
        (edge["type"], edge["direction"], edge["name"]) for edge in host["relations"]
    }


@pytest.fixture
def joined(database, listed):
    """A site in which one edge is joined; returns the assets by name."""
    store(a_site(1))
    rows = listed()
    ends = {"from_id": rows["web-01"]["id"], "to_id": rows["esx02.example"]["id"]}
    join = Join(type="connected_to", confidence=0.9, reason="Both say [so].", **ends)
    with transaction() as conn:
        graph.replace_joins(conn, [join], datetime.now(UTC))
    return rows


def test_show_tells_how_sure_a_joined_relation_is_and_why(entry, joined):
    found = json.loads(entry("assets", "show", "web-01", "--json")[1])

    (edge,) = [edge for edge in found["relations"] if edge["type"] == "connected_to"]
    assert (edge["kind"], edge["confidence"], edge["reason"]) == ("host", 0.9, "Both say [so].")
    assert "walk" not in found


@pytest.mark.parametrize(
    ("toward", "reached"),
    [
        ("ground", {"cluster-1"}),
        ("impact", {"web-01"}),
        ("both", {"cluster-1", "web-01"}),
    ],
)
def test_show_walks_the_way_that_is_asked(entry, joined, toward, reached):
    arguments = ("esx01.example", "--hops", "3", "--toward", toward, "--json")

    found = json.loads(entry("assets", "show", *arguments)[1])

    assert {hop["name"] for hop in found["walk"]} == reached
    assert found["walk"][0].keys() >= {"depth", "type", "direction", "from_id", "asset_id", "kind"}


def test_show_draws_a_tree_down_to_what_an_asset_stands_on(entry, joined):
    shown = entry("assets", "show", "web-01", "--toward", "ground")[1]

    tree = shown[shown.index("web-01 stands on") :]
    assert "runs on host esx01.example" in tree
    assert "member of cluster cluster-1" in tree
    assert "connected to host esx02.example  90% sure: Both say [so]." in tree
    assert "On web-01" not in shown


def test_show_counts_what_is_too_much_to_list(database, entry, listed):
    store([*a_site(0), *(a_vm(number) for number in range(1, 31))])

    shown = entry("assets", "show", "esx01.example")[1]

    assert "… and runs 26 more virtual machines" in shown
    assert shown.count("runs virtual") + shown.count("runs vm") == 4
    below = entry("assets", "show", "cluster-1")[1]
    assert "… and runs 26 more virtual machines" in below


@pytest.mark.parametrize("arguments", [("web-01", "--hops", "0"), ("web-01", "--toward", "heaven")])
def test_walks_that_make_no_sense_are_wrong_use(entry, joined, arguments):
    status, out, _ = entry("assets", "show", *arguments)

    assert (status, out) == (2, "")


@pytest.mark.parametrize("verb", ["show", "history"])
def test_an_asset_answers_to_its_name_where_only_one_has_it(database, entry, listed, verb):
    store([a_vm(1), a_vm(2, name="twin"), a_vm(3, name="twin")])
    asset = listed("--where", "name=web-01")["web-01"]["id"]
    twins = json.loads(entry("assets", "list", "--where", "name=twin", "--json")[1])

    by_name = entry("assets", verb, "web-01", "--json")

    assert by_name[0] == 0
    assert by_name == entry("assets", verb, asset, "--json")
    status, out, err = entry("assets", verb, "twin", "--json")
    assert (status, out) == (2, "")
    assert "2 assets have that name" in err
    assert [row["id"] for row in twins if row["id"] not in err] == []


def test_of_many_assets_of_one_name_ten_are_told_with_where_they_are(database, entry):
    pods = [
        Pod(key=f"pod-{number:02}", name="web", cluster="prod", namespace=f"shop-{number:02}")
        for number in range(11)
    ]
    store(pods, source="k1", covered=("pod",))
    ports = [Interface(key="sw1/web", name="web", device="sw1")]
    sw1 = Device(key="sw1", name="sw1", address="10.0.0.1", platform="arista_eos")
    store([sw1, *ports], source="net", covered=("device", "interface"))

    status, out, err = entry("assets", "show", "web")

    told = " ".join(err.split())
    assert (status, out) == (2, "")
    assert "12 assets have that name; give the id of one: interface-" in told
    assert "(interface of net in sw1)" in told
    assert told.count("(pod of k1 in shop-") == 9
    assert told.endswith("(pod of k1 in shop-08) and 2 more")


def test_what_is_gone_is_shown_as_gone(database, entry):
    store([a_vm(1, host=None), a_datastore(1)], covered=("vm", "datastore"))
    store([a_vm(1, host=None)], covered=("vm", "datastore"))

    shown = entry("assets", "show", "web-01")[1]
    found = json.loads(entry("assets", "show", "web-01", "--hops", "1", "--json")[1])

    assert shown.count("ds-1 (gone") == 2  # in the table, where it may wrap, and in the tree
    assert [edge["deleted_at"] is None for edge in found["relations"]] == [False]
    assert [hop["deleted_at"] is None for hop in found["walk"]] == [False]


def test_history_gives_versions_oldest_first_with_what_each_changed(entry, listed):
    store([a_vm(1)])
    store([a_vm(1, cpu_count=8)])

    _, out, _ = entry("assets", "history", listed()["web-01"]["id"], "--json")

    first, second = json.loads(out)
    assert first.keys() == {"valid_from", "valid_to", "recorded_at", "changes"}
    assert (first["changes"], first["valid_to"]) == ([], second["valid_from"])
    assert second["valid_to"] is None
    assert second["changes"] == [{"field": "cpu_count", "before": 2, "after": 8}]


def test_changes_tell_created_changed_and_deleted(database, entry):
    store([a_vm(1), a_vm(2)])
    since = datetime.now(UTC).isoformat()
    time.sleep(0.002)
    store([a_vm(1, cpu_count=8), a_vm(3)])

    _, out, _ = entry("assets", "changes", "--since", since, "--json")

    found = json.loads(out)
    fields = {"asset_id", "kind", "name", "change", "field", "before", "after", "at"}
    assert [change.keys() for change in found] == [fields] * 3
    told = {(c["name"], c["change"], c["field"], c["before"], c["after"]) for c in found}
    assert told == {
        ("web-01", "changed", "cpu_count", 2, 8),
        ("web-02", "deleted", None, None, None),
        ("web-03", "created", None, None, None),
    }
    assert json.loads(entry("assets", "changes", "--since", "2100-01-01", "--json")[1]) == []


@pytest.mark.parametrize(
    ("arguments", "cure"),
    [
        (("list", "--kind", "vmm"), "there are vcenter, datacenter"),
        (("list", "--kind", "vm", "--where", "colour=red"), "vm has no field 'colour'; it has key"),
        (("list", "--where", "colour=red"), "no kind has a field 'colour'"),
        (("list", "--where", "power_state"), "--where takes FIELD=VALUE, not 'power_state'"),
        (("list", "--where", "=on"), "--where takes FIELD=VALUE"),
        (("list", "--as-of", "soon"), "'soon' is no time; write 2026-11-20T06:00:00Z"),
        (("list", "--as-of", "2026-13-45"), "is no time"),
        (("changes", "--since", "999999w"), "is no time"),
        (("changes", "--since", "0001-01-01T00:00:00+01:00"), "is no time"),
        (("show", "vm-0"), "no asset has the id or name 'vm-0'; see `nightshift assets list`"),
        (("show", ""), "no asset has the id or name ''"),
        (("history", "vm-0"), "no asset has the id or name 'vm-0'"),
    ],
)
def test_wrong_use_of_assets_is_one_line_with_the_cure(database, entry, arguments, cure):
    status, out, err = entry("assets", *arguments, "--json")

    assert (status, out) == (2, "")
    assert err.startswith("nightshift: ")
    assert cure in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("width", [80, 120])
def test_tables_keep_ids_whole_and_times_short(database, entry, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    store([*a_site(1), a_vm(9, name="a-name-that-is-far-too-long-for-one-line-" * 3)])
    store([a_vm(1, cpu_count=8), *a_site(0)])
    rows = json.loads(entry("assets", "list", "--json")[1])
    machine = next(row["id"] for row in rows if row["name"] == "web-01")

    shown = entry("assets", "list")[1]
    assert [row["id"] for row in rows if row["id"] not in shown] == []
    assert rows[0]["last_seen"][:19] + "Z" in shown
    relations = entry("assets", "show", machine)[1]
    assert next(row["id"] for row in rows if row["name"] == "esx01.example") in relations
    for text in (shown, relations, entry("assets", "changes", "--since", "1h")[1]):
        assert max(map(cell_len, text.splitlines())) <= width


def test_a_terminal_that_is_too_narrow_still_gets_whole_ids(database, entry, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    store([a_vm(1)])

    (row,) = json.loads(entry("assets", "list", "--json")[1])

    assert row["id"] in entry("assets", "list")[1]


def test_names_with_brackets_are_text_and_no_markup(database, entry):
    store([a_vm(1, name="[bold]x[/bold] [/]")])

    assert "[bold]x[/bold] [/]" in entry("assets", "list")[1]


def test_people_get_two_hundred_rows_and_are_told_of_the_rest(database, entry):
    store([a_vm(n) for n in range(1, 204)])

    shown = entry("assets", "list")[1]
    assert shown.count("vm-") == 200
    assert "… and 3 more; --all shows and --json lists them" in shown
    assert entry("assets", "list", "--all")[1].count("vm-") == 203
    assert "… and 3 earlier ones" in entry("assets", "changes", "--since", "1h")[1]


def test_history_for_people_begins_with_when_it_was_first_seen(database, entry):
    store([a_vm(1)])
    (row,) = json.loads(entry("assets", "list", "--json")[1])

    assert "first seen" in entry("assets", "history", row["id"])[1]


def test_a_dry_run_counts_and_stores_nothing(entry, sources, practice_vcenter):
    status, out, _ = entry("collect", "--dry-run", "--json")

    found = json.loads(out)
    (report,) = found["sources"]
    assert status == 0
    assert found["snapshot_id"] is None
    assert report.keys() >= REPORT
    assert (report["status"], report["created"], report["error"]) == ("complete", 0, None)
    assert report["seen"] > 60
    with transaction() as conn:
        rows = "SELECT (SELECT count(*) FROM snapshots) + (SELECT count(*) FROM observations)"
        assert conn.execute(rows).fetchone() == (0,)
    assert practice_vcenter.control.counters()["mutating"] == 0


def test_a_dry_run_tells_people_what_was_seen_of_each_kind(entry, sources):
    status, out, _ = entry("collect", "--dry-run")

    assert status == 0
    assert out.startswith("Would be collected (nothing was stored)")
    assert "vm" in out
    assert "created" not in out


def _unread(number):
    names = (f"sw-{one:02}" for one in range(number))
    return [Gap(kind="device", field="*", reason=f"{name}: it did not answer") for name in names]


def test_a_dry_run_tells_people_why_a_part_could_not_be_seen(entry, sources, monkeypatch):
    gaps = [
        Gap(kind="device", field="*", reason="sw-b: the connection was refused"),
        *[Gap(kind="vm", field="disks", reason="no right to [read] disks", count=2)] * 2,
    ]
    tally = Tally(counts=Counter(vm=2), gaps=gaps)
    monkeypatch.setattr("tasks.inventory.collect.preview_source", lambda _: tally)

    status, out, _ = entry("collect", "--dry-run")

    assert status == 0
    assert out.splitlines()[-2:] == [
        "vc1: device: sw-b: the connection was refused (1)",
        "vc1: vm.disks: no right to [read] disks (4)",
    ]
    (report,) = json.loads(entry("collect", "--dry-run", "--json")[1])["sources"]
    assert report.keys() >= REPORT
    assert "gaps" not in report


def test_of_many_parts_that_could_not_be_seen_the_first_ten_are_told(entry, sources, monkeypatch):
    tally = Tally(counts=Counter(vm=2), gaps=_unread(13))
    monkeypatch.setattr("tasks.inventory.collect.preview_source", lambda _: tally)

    lines = entry("collect", "--dry-run")[1].splitlines()[-11:]

    assert lines[0] == "vc1: device: sw-00: it did not answer (1)"
    assert lines[-2:] == ["vc1: device: sw-09: it did not answer (1)", "vc1: 3 more"]


def test_what_is_stored_of_a_part_comes_with_the_reason_of_the_rest(entry, sources):
    store([a_vm(1), a_vm(2)])
    hold([a_vm(1)], gaps=_unread(1))

    status, out, _ = entry("collect", "vc1", "--accept-held")

    assert status == 0
    assert out.splitlines()[-1] == "vc1: device: sw-00: it did not answer (1)"


def test_a_source_that_is_down_is_a_failed_report_and_status_1(entry, sources):
    sources(SOURCES.format(url="https://127.0.0.1:1/sdk", username="user"))

    status, out, _ = entry("collect", "--dry-run", "--json")
    assert status == 1
    (report,) = json.loads(out)["sources"]
    assert report["status"] == "failed"
    assert "127.0.0.1:1" in report["error"]

    status, out, err = entry("collect", "--dry-run")
    assert (status, out) == (1, "")
    assert err.strip().splitlines()[-1].startswith("vc1: ")


def test_a_wrong_password_is_said_and_never_shown(entry, sources, monkeypatch, practice_vcenter):
    monkeypatch.setenv("PRACTICE_PASSWORD", "canary-9f2c")

    status, out, err = entry("collect", "--dry-run", "--json")

    (report,) = json.loads(out)["sources"]
    assert (status, report["status"]) == (1, "failed")
    assert practice_vcenter.username in report["error"] or "refused" in report["error"]
    assert "canary-9f2c" not in out + err


def test_one_source_that_fails_does_not_stop_the_others(entry, sources, practice_vcenter):
    good = SOURCES.format(url=practice_vcenter.url, username=practice_vcenter.username)
    bad = SOURCES.format(url="https://127.0.0.1:1/sdk", username="u").replace("vc1", "vc0")
    sources(bad + good)

    status, out, _ = entry("collect", "--dry-run", "--json")

    assert status == 1
    found = {each["source"]: each["status"] for each in json.loads(out)["sources"]}
    assert found == {"vc0": "failed", "vc1": "complete"}
    assert entry("collect", "vc1", "--dry-run", "--json")[0] == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(("vmware", "vmwar"), "no collector is called 'vmwar'; there are", id="kind"),
        pytest.param(
            ("PRACTICE_PASSWORD", "UNSET_PASSWORD"),
            "environment variable UNSET_PASSWORD is not set; export it",
            id="variable",
        ),
    ],
)
def test_what_one_source_lacks_is_its_report(entry, sources, practice_vcenter, change, message):
    text = SOURCES.format(url=practice_vcenter.url, username=practice_vcenter.username)
    sources(text.replace(*change))

    status, out, _ = entry("collect", "--dry-run", "--json")

    (report,) = json.loads(out)["sources"]
    assert (status, report["status"]) == (1, "failed")
    assert message in report["error"]
    assert practice_vcenter.password not in out


def test_an_error_of_a_source_names_it_once(entry, sources, monkeypatch):
    monkeypatch.setenv("PRACTICE_PASSWORD", "")

    err = entry("collect", "--dry-run")[2]

    line = "vc1: environment variable PRACTICE_PASSWORD is empty"
    assert err.strip().splitlines()[-1] == line


@pytest.mark.parametrize("flags", [(), ("--dry-run",), ("--accept-held",)])
@pytest.mark.parametrize(
    ("text", "names", "message"),
    [
        pytest.param(SOURCES, ("vc9",), "no source is called 'vc9'; there are vc1", id="unknown"),
        pytest.param("[[source]\nname", ("vc1",), "sources.toml: ", id="syntax"),
        pytest.param("", ("vc1",), "names no source; add a [[source]] table", id="empty"),
        pytest.param(SOURCES + SOURCES, ("vc1",), "two sources are called 'vc1'", id="twice"),
        pytest.param("source = 1", ("vc1",), "names no source", id="no tables"),
    ],
)
def test_a_sources_file_that_cannot_be_used_is_told_before_anything_starts(
    entry, sources, text, names, message, flags
):
    sources(text)

    status, out, err = entry("collect", *names, *flags, "--json")

    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_without_a_sources_file_the_cure_is_named(database, entry, monkeypatch, tmp_path):
    monkeypatch.setenv("NIGHTSHIFT_SOURCES", str(tmp_path / "none.toml"))

    status, _, err = entry("collect")

    assert status == 2
    assert "there is no sources file at" in err
    assert "NIGHTSHIFT_SOURCES" in err


def test_without_a_database_nothing_is_collected(entry, sources, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_DATABASE_URL", "postgresql://u:canary@127.0.0.1:1/x")

    status, out, err = entry("collect", "--json")

    assert (status, out) == (3, "")
    assert "Postgres does not answer" in err
    assert "canary" not in err


def test_a_held_collection_that_is_accepted_answers_as_collect_does(entry, sources):
    store([a_vm(1), a_vm(2)])
    held = hold([a_vm(1, cpu_count=8)])

    status, out, _ = entry("collect", "vc1", "--accept-held", "--json")

    found = json.loads(out)
    (report,) = found["sources"]
    assert status == 0
    assert found["snapshot_id"] == report["snapshot_id"] == str(held)
    assert report.keys() >= REPORT
    assert (report["status"], report["changed"], report["deleted"]) == ("complete", 1, 1)

    status, out, err = entry("collect", "vc1", "--accept-held", "--json")
    assert (status, out) == (2, "")
    assert "no held collection of 'vc1' waits" in err


@pytest.mark.parametrize(
    ("arguments", "cure"),
    [
        (("--accept-held",), "name the source whose held collection is right"),
        (("vc1", "--accept-held", "--dry-run"), "give one of them"),
    ],
)
def test_flags_of_collect_that_make_no_sense_are_wrong_use(entry, sources, arguments, cure):
    status, out, err = entry("collect", *arguments)

    assert (status, out) == (2, "")
    assert cure in err


def test_a_held_or_failed_source_is_status_1_and_the_newest_collection_names_the_call(
    entry, sources, monkeypatch
):
    reports = [
        verbs.SourceReport(source="a", collector="vmware", status="complete", snapshot_id="9"),
        verbs.SourceReport(source="b", collector="vmware", status="held", snapshot_id="10"),
    ]
    joins = JoinReport(edges=0, opened=0, closed=0, error="another process joins")
    collected = (reports, joins, "run")
    monkeypatch.setattr("deployments.running.collect_sources", lambda names: collected)

    status, out, _ = entry("collect", "--json")

    found = json.loads(out)
    assert (status, found["snapshot_id"], found["flow_run_id"]) == (1, "10", "run")
    assert found["joins"]["error"] == "another process joins"
    assert "not joined anew: another process joins" in entry("collect")[2]


def test_collect_through_the_entry_stores_and_leaks_no_password(sources, home, practice_vcenter):
    password = practice_vcenter.password
    script = Path(sys.executable).parent / "nightshift"
    command = [script, "collect", "vc1", "--json"]
    environment = {**os.environ, "NIGHTSHIFT_DATABASE_IDLE_SECONDS": "600"}

    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    (report,) = found["sources"]
    assert found.keys() >= {"snapshot_id", "sources"}
    assert report.keys() >= REPORT
    assert found["snapshot_id"] == report["snapshot_id"] == "1"
    assert (report["source"], report["collector"]) == ("vc1", "vmware")
    assert (report["status"], report["error"]) == ("complete", None)
    assert report["created"] == report["seen"] > 60
    assert practice_vcenter.control.counters()["mutating"] == 0
    assert practice_vcenter.control.counters()["sessions"] == 0

    with transaction() as conn:
        conn.execute("CHECKPOINT")
    stop(home)
    assert password not in done.stdout + done.stderr
    files = [path for path in home.rglob("*") if path.is_file()]
    assert len(files) > 1000  # with the data folder of Postgres
    contents = {path: path.read_bytes() for path in files}
    assert [path for path, content in contents.items() if password.encode() in content] == []
    assert any(b"esx01.fra1" in content for content in contents.values())  # facts are found so

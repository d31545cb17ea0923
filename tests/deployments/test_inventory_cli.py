"""`nightshift assets` and `nightshift collect` as a person and as a script use them."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from models.kinds.device import Device
from models.kinds.interface import Interface
from models.kinds.kubernetes.pod import Pod
from tests.builders import a_datastore, a_site, a_vm, store

ASSET = {"id", "kind", "name", "source", "attributes", "first_seen", "last_seen", "deleted_at"}


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

"""What becomes of rows that break a rule, and of a source that shrank."""

from __future__ import annotations

import subprocess
import sys
import warnings
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import pytest

from models.kinds import KINDS
from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, declare
from models.kinds.host import Host
from models.records.asset import asset_id, observe
from tasks.inventory.validation.report import report_markdown
from tasks.inventory.validation.tables import gather
from tasks.inventory.validation.verdict import validate_tables
from tests.builders import a_cluster, a_host, a_site, a_vm


def rows(records: list[Any]) -> list[tuple[Any, ...]]:
    seen = [observe("vc1", record) for record in records]
    return [
        (one.asset_id, one.kind, one.key, one.name, _read(one.attributes), _read(one.volatile))
        for one in seen
    ]


def _read(text: bytes) -> Any:
    return msgspec.json.decode(text)


def validate(records: list[Any], **known: Any):
    return validate_tables(1, gather(rows(records)), **known)


def validate_machines(machines: list[Any], **known: Any):
    """Only the kind vm, since every expectation costs some milliseconds; their places exist."""
    tables = gather(rows(machines), {"vm": KINDS["vm"]})
    stored = {asset_id("vc1", "host", "host-1"), asset_id("vc1", "datastore", "datastore-1")}
    return validate_tables(1, tables, stored=stored, **known)


def machines(count: int) -> list[Any]:
    return [a_vm(number) for number in range(1, count + 1)]


def test_a_sound_site_passes_without_a_word():
    report = validate(a_site(vms=20))

    assert (report.failed_expectations, report.quarantined, report.warnings) == (0, (), ())
    assert report.held is None
    assert report.expectations == len(report.results) > 100


BAD = {
    "too few processors": (
        {"cpu_count": 0},
        "vm.cpu_count: bounds",
        "cpu_count is below 1 or above 1024: 0",
    ),
    "too little memory": (
        {"memory_mib": 3},
        "vm.memory_mib: bounds",
        "memory_mib is below 4 or above 33554432: 3",
    ),
    "a text for a number": (
        {"memory_mib": "4096"},
        "vm.memory_mib: type",
        "memory_mib is not of type int: '4096'",
    ),
    "a state that there is not": (
        {"power_state": "blue"},
        "vm.power_state: choices",
        "power_state is none of on, off, suspended, unknown: 'blue'",
    ),
    "no guest tools state": (
        {"tools_state": None},
        "vm.tools_state: required",
        "tools_state is missing",
    ),
    "a time that is none": (
        {"created_at": "yesterday"},
        "vm.created_at: time",
        "created_at is not a time: 'yesterday'",
    ),
    "a volatile field": (
        {"storage_used_mib": -1},
        "vm.storage_used_mib: bounds",
        "storage_used_mib is below 0: -1",
    ),
}


def test_bad_rows_are_quarantined_with_their_reasons_and_the_others_pass():
    bad = [
        a_vm(number, name=sentence, **changes)
        for number, (sentence, (changes, *_)) in enumerate(BAD.items(), 10)
    ]

    report = validate_machines([a_vm(1), *bad, a_vm(2)])

    found = {row.name: (row.rule, row.reason) for row in report.quarantined}
    assert found == {sentence: (rule, reason) for sentence, (_, rule, reason) in BAD.items()}
    assert {row.asset_id for row in report.quarantined} == {
        asset_id("vc1", "vm", one.key) for one in bad
    }
    assert report.held is None


def test_bounds_are_still_asked_of_the_rows_whose_types_are_right():
    bad = [a_vm(2, memory_mib="much"), a_vm(3, cpu_count=0), a_vm(4, cpu_count=0)]

    report = validate_machines([a_vm(1), *bad])

    assert [(row.name, row.rule) for row in report.quarantined] == [
        ("web-02", "vm.memory_mib: type"),
        ("web-03", "vm.cpu_count: bounds"),
        ("web-04", "vm.cpu_count: bounds"),
    ]


def test_two_machines_under_one_key_are_both_set_aside():
    report = validate_machines([*machines(3), a_vm(9, key="5012-0001")])

    assert [(row.name, row.rule) for row in report.quarantined] == [
        ("web-01", "vm.key: unique"),
        ("web-09", "vm.key: unique"),
    ]


def test_two_machines_under_one_managed_object_id_are_both_set_aside():
    report = validate_machines([*machines(3), a_vm(9, moid="vm-2")])

    assert {row.rule for row in report.quarantined} == {"vm.moid: unique"}
    assert {row.name for row in report.quarantined} == {"web-02", "web-09"}


def test_a_reference_that_leads_nowhere_warns_and_the_row_is_kept():
    report = validate([*a_site(vms=2), a_vm(3, host="host-99", datastores=("d-1", "datastore-1"))])

    assert report.quarantined == ()
    assert report.warnings == (
        "host refers to a host that is not known (1 in all): web-03",
        "datastores refers to a datastore that is not known (1 in all): web-03",
    )


def test_many_dangling_references_are_one_warning():
    report = validate(
        [
            a_cluster(),
            a_host(),
            *(a_vm(number, datastores=()) for number in range(2, 9)),
            *(a_vm(number, host="host-99", datastores=()) for number in range(10, 20)),
        ]
    )

    assert report.warnings == (
        "host refers to a host that is not known (1 in all):"
        " web-10, web-11, web-12, web-13, web-14 and 5 more",
    )


def test_a_reference_to_what_the_source_is_known_to_have_resolves():
    known = {asset_id("vc1", "host", "host-99")}

    assert validate([*a_site(vms=2), a_vm(3, host="host-99")], stored=known).warnings == ()


@pytest.mark.parametrize(
    ("last_good", "left", "held"),
    [
        pytest.param({}, 3, None, id="the first collection ever is not held"),
        pytest.param({"vm": 100}, 51, None, id="more than half left is stored"),
        pytest.param(
            {"vm": 100},
            50,
            "50 virtual machines seen, at least 51 expected after 100 in the last good collection",
            id="half gone is held",
        ),
        pytest.param({"vm": 9}, 1, None, id="a small site may shrink"),
        pytest.param(
            {"vm": 2},
            0,
            "0 virtual machines seen, at least 1 expected after 2 in the last good collection",
            id="everything gone is held",
        ),
    ],
)
def test_a_collapse_holds_the_snapshot_for_a_person(last_good, left, held):
    assert validate_machines(machines(left), last_good=last_good).held == held


def test_what_could_not_be_seen_is_not_a_collapse():
    report = validate_machines([], last_good={"vm": 100}, uncovered={"vm"})

    assert report.held is None
    assert report.warnings == (
        "0 virtual machines seen, at least 51 expected after 100 in the last good collection"
        " (not all could be seen)",
    )


def test_nothing_at_all_seen_holds_with_each_kind_named():
    report = validate([], last_good={"vm": 3, "host": 2})

    assert report.held is not None
    assert "0 virtual machines" in report.held
    assert "0 hosts" in report.held


def test_bounds_of_a_field_that_was_just_added_are_enforced():
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Rack:
        key: Key
        name: Name
        height_units: Annotated[int | None, Fact(label="Height", low=1, high=60)] = None

    kind = declare(Rack, name="rack", title="Rack", plural="Racks")
    staged = [
        (f"rack-{number}", "rack", str(number), f"r{number}", {"height_units": height}, {})
        for number, height in enumerate((42, 61, None))
    ]

    report = validate_tables(1, gather(staged, {"rack": kind}))

    assert [(row.name, row.rule) for row in report.quarantined] == [
        ("r1", "rack.height_units: bounds")
    ]


def test_rules_that_are_alike_are_asked_as_one_and_answered_each_for_itself():
    records = [a_cluster(name=7), a_host(1, key="same"), a_vm(1, key="same"), a_vm(2, name=None)]

    report = validate(records)

    assert {(row.kind, row.rule) for row in report.quarantined} == {
        ("cluster", "cluster.name: type"),
        ("vm", "vm.name: required"),
    }
    results = {result["rule"]: result for result in report.results}
    assert results["vm.name: required"]["failed_rows"] == 1
    assert results["host.name: required"]["success"]
    assert results["vm.key: unique"]["success"]


def test_two_rows_of_one_key_are_found_in_their_own_kind_alone():
    report = validate([a_cluster(), a_host(1), a_host(1), a_vm(1), a_vm(2)])

    assert {(row.kind, row.rule) for row in report.quarantined} == {("host", "host.key: unique")}
    assert len(report.quarantined) == 2


def test_a_reference_to_a_kind_that_could_not_be_seen_is_no_second_complaint():
    site = [record for record in a_site(3) if not isinstance(record, Host)]

    assert "refers to a host" in str(validate(site).warnings)
    assert validate(site, uncovered={"host"}).warnings == ()


def test_great_expectations_leaves_the_warning_filters_as_they_were():
    before = list(warnings.filters)

    validate_machines(machines(1))

    assert warnings.filters == before


def test_the_report_shows_rules_failures_and_rows_as_tables():
    bad = a_vm(3, name="a|b<script>", cpu_count=0)

    text = report_markdown(validate_machines([*machines(2), bad]))

    assert "| vm.cpu\\_count: bounds | quarantine | 1 |" in text
    assert "a\\|b\\<script>" in text
    assert "1 in quarantine" in text


def test_the_report_of_a_held_snapshot_begins_with_why():
    text = report_markdown(validate_machines([], last_good={"vm": 5}))

    assert "**Held for a person:** 0 virtual machines seen" in text


def test_the_pure_parts_do_not_import_great_expectations():
    code = (
        "import sys, tasks.inventory.validate, tasks.inventory.health, deployments.cli.checks;"
        "sys.exit('great_expectations' in sys.modules or 'prefect' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from generators.documents.catalogue import DOCUMENTS, chosen
from generators.documents.changes import Risk, changes, in_words, risk_of
from generators.documents.coverage import collected_line, coverage_lines
from generators.documents.overview import overview
from generators.documents.section import assemble, input_hash, render
from generators.documents.virtualization import virtualization
from generators.prose.check import check_sentence
from models.errors import WrongUse
from models.kinds.datastore import Datastore
from models.records.asset import AssetChange, Gap, asset_id
from models.records.check import Severity
from models.records.document import Sentence
from models.records.snapshot import SnapshotState
from tests.generators.documents.site import (
    THEN,
    a_change_set,
    a_collection,
    a_finding,
    a_host,
    a_snapshot_of_a_vm,
    a_vm,
    facts,
    records,
)


def text_of(document, found):
    sections = [
        render(document.name, section, place) for place, section in enumerate(document.sections)
    ]
    return assemble(document.title, collected_line(found), sections, {})


def hashes(found):
    return {
        (name, section.key): input_hash(section)
        for name, make in DOCUMENTS.items()
        for section in make(found).sections
    }


def differing(before, after):
    old, new = hashes(before), hashes(after)
    return {key for key in old | new if old.get(key) != new.get(key)}


def section(document, key):
    found = next(each for each in document.sections if each.key == key)
    return render(document.name, found, 0).body


def test_equal_facts_at_another_time_differ_in_the_collected_line_alone():
    first = facts()
    second = facts(snapshots=(a_collection(taken_at=THEN + timedelta(hours=7), id=2),))

    for make in DOCUMENTS.values():
        before = text_of(make(first), first).splitlines()
        after = text_of(make(second), second).splitlines()
        changed = [line for line, other in zip(before, after, strict=True) if line != other]
        assert changed == ["Collected at: vc1 2026-11-20T06:00:00Z"]
    assert differing(first, second) == set()


def test_the_order_in_which_assets_are_loaded_decides_nothing():
    assert differing(facts(records()), facts(records()[::-1])) == set()


def test_a_vm_with_more_memory_touches_only_the_list_of_its_cluster():
    before = records()
    after = [replace(r, memory_mib=8192) if r.key == "vm-3" else r for r in before]

    touched = differing(facts(before), facts(after))

    cluster = asset_id("vc1", "cluster", "c-2")
    assert touched == {("virtualization", f"vms:{cluster}")}


def test_a_vm_switched_off_touches_its_list_and_the_totals():
    before = records()
    after = [replace(r, power_state="off") if r.key == "vm-1" else r for r in before]

    touched = differing(facts(before), facts(after))

    cluster = asset_id("vc1", "cluster", "c-1")
    assert touched == {
        ("virtualization", f"vms:{cluster}"),
        ("virtualization", "vms"),
        ("virtualization", "summary"),
        ("virtualization", "clusters"),
        ("overview", "summary"),
        ("overview", "capacity"),
    }


def test_usage_that_moves_a_little_touches_nothing():
    before = records()
    after = [replace(r, free_mib=r.free_mib - 3) if isinstance(r, Datastore) else r for r in before]

    assert differing(facts(before), facts(after)) == set()


def test_equal_host_settings_are_said_once_and_the_odd_one_is_named():
    hosts = [a_host(f"host-{number}") for number in range(1, 9)]
    odd = a_host("host-9", ntp_servers=())
    document = virtualization(facts([*records()[:4], *hosts, odd]))

    body = section(document, f"hosts:{asset_id('vc1', 'cluster', 'c-1')}")

    assert "All 9 hosts agree on" in body
    assert "| NTP servers | 10.0.0.1 | 8 hosts |" in body
    assert "| NTP servers | none | esx-9 |" in body


def test_what_is_not_known_is_called_unknown_and_never_ok():
    found = facts(
        findings=(
            a_finding(Severity.UNKNOWN, message="no free space seen", privilege="System.Read"),
        ),
        counts={"DS-01": {Severity.UNKNOWN: 1}},
        check_titles={"DS-01": "Datastore filling up"},
    )

    health = section(overview(found), "health")

    assert "1 result could not be decided" in health
    assert "| Datastore filling up | - | - | 1 | - | - | - |" in health
    assert "**ok**" not in health
    finding = section(virtualization(found), "findings:DS-01")
    assert "| **unknown** | ds-1 | no free space seen (needs System.Read) | free space |" in finding


def test_without_a_run_of_the_checks_nothing_is_called_healthy():
    health = section(overview(facts()), "health")

    assert "No check has run yet" in health
    assert "Health: no check has run yet." in section(overview(facts()), "summary")


def test_the_headroom_of_a_cluster_is_unknown_where_the_use_is():
    known = section(overview(facts()), "capacity")
    blind = [replace(r, memory_usage_mib=None) if r.key == "host-1" else r for r in records()]

    unknown = section(overview(facts(blind)), "capacity")

    assert "| prod | 2 of 2 | 2 | 128.0 GHz | 25 % | 0.1 | 512 GiB | 50 % | 0 GiB |" in known
    assert "| 512 GiB | unknown | unknown |" in unknown


def test_a_host_in_maintenance_counts_for_no_headroom():
    down = [replace(r, in_maintenance=True) if r.key == "host-2" else r for r in records()]

    assert "**short of 128 GiB**" in section(overview(facts(down)), "capacity")


def test_the_coverage_line_names_what_was_not_seen_and_the_privilege():
    gap = Gap(kind="vcenter", field="licences", reason="not permitted", privilege="Global.Licenses")

    line = coverage_lines([a_collection(gaps=(gap,))])

    assert line == [
        "vc1: **not seen**: Licences of vCenters (not permitted; needs Global.Licenses)."
        " Grant `Global.Licenses` to see it."
    ]
    assert "`Global.Licenses`" in section(
        virtualization(facts(snapshots=(a_collection(gaps=(gap,)),))), "coverage"
    )


def test_the_coverage_line_names_the_cure_where_no_privilege_would_do():
    gap = Gap(kind="node", field="cpu", reason="no metrics API", cure="install metrics-server")

    assert coverage_lines([a_collection(gaps=(gap,))])[0].endswith(
        " What would show it: install metrics-server."
    )


def test_a_source_that_is_behind_is_marked():
    old = a_collection("vc2", taken_at=THEN - timedelta(days=3))

    body = section(overview(facts(snapshots=(a_collection(), old))), "sources")

    assert "| vc1 | vmware | complete | current |" in body
    assert "| vc2 | vmware | complete | **3 days behind** |" in body


def test_a_source_whose_last_attempt_failed_is_behind_and_says_why_without_a_time():
    failed = a_collection(id=2, state=SnapshotState.FAILED, error="vc1 refused the [login]")
    later = replace(failed, id=3, taken_at=THEN + timedelta(days=2))

    found = facts(attempts=(failed,))

    why = "**last attempt failed**: vc1 refused the \\[login\\]"
    assert f"| vc1 | vmware | {why} | **behind** | 12 | 0 |" in section(overview(found), "sources")
    assert f"- vc1: {why}\n" in section(overview(found), "summary")
    assert f"- vc1: {why}\n" in section(virtualization(found), "coverage")
    assert not differing(found, facts(attempts=(later,)))


def test_a_held_collection_is_told_and_so_is_a_source_that_was_never_stored():
    held = a_collection(id=2, state=SnapshotState.HELD, error="half of it is missing")
    never = a_collection("vc9", id=3, state=SnapshotState.FAILED, completeness=None)

    body = section(overview(facts(attempts=(held, never))), "sources")

    assert "| **last attempt is held for a person**: half of it is missing | **behind** |" in body
    assert "| **last attempt failed**: no reason was recorded | **never stored** | 0 | - |" in body


def test_a_failed_attempt_stands_in_its_own_domain_alone():
    other = a_collection("k1", collector="kubernetes", state=SnapshotState.FAILED, error="no")

    assert "k1" not in section(virtualization(facts(attempts=(other,))), "coverage")


def test_earlier_changes_name_the_command_that_shows_their_details():
    body = section(changes(facts()), "earlier")

    assert "`nightshift docs show changes --since TIME` shows the details of each" in body


def test_every_table_says_where_it_comes_from():
    for name in ("overview", "virtualization"):
        text = text_of(DOCUMENTS[name](facts()), facts())
        tables = text.count("| --- |") + text.count("| --: |")
        assert tables
        for block in text.split("\n\n"):
            if block.startswith("| "):
                after = text.split(block, 1)[1].lstrip("\n")
                assert after.startswith("*Source: vc1; collected at the time given at the top.")


def test_children_of_snapshots_stand_below_their_parents():
    vm = a_vm(
        "vm-9",
        name="db",
        snapshots=(
            a_snapshot_of_a_vm("s3", "grandchild", "s2"),
            a_snapshot_of_a_vm("s1", "root"),
            a_snapshot_of_a_vm("s2", "child", "s1"),
        ),
        snapshot_count=3,
    )

    body = section(virtualization(facts([*records(), vm])), "snapshots")

    names = [line.split(" | ")[1] for line in body.splitlines() if line.startswith("| db ")]
    assert names == ["root", "\u2003\u2514 child", "\u2003\u2003\u2514 grandchild"]


def test_hostile_names_are_inert_in_every_document():
    name = "x|y <script>alert(1)</script> {{7*7}} [a](javascript:alert(1)) ```"
    hostile = [replace(r, name=name) for r in records()]
    finding = a_finding(asset_name=name, message=name, remedy=name)
    found = facts(hostile, findings=(finding,), counts={"DS-01": {Severity.CRIT: 1}})

    for make in DOCUMENTS.values():
        text = text_of(make(found), found)
        assert "<script" not in text
        assert "](javascript:" not in text
        assert "49" not in text.replace("&#49", "")
        assert "{{" not in text


def test_a_summary_holds_only_what_its_facts_bear_out():
    found = facts(
        findings=(a_finding(),),
        counts={"DS-01": {Severity.CRIT: 1, Severity.OK: 3}},
        change_sets=(a_change_set(a_change()),),
    )

    said = [
        (sentence, {fact.id: fact for fact in each.facts})
        for make in DOCUMENTS.values()
        for each in make(found).sections
        for sentence in each.summary
    ]

    assert len(said) >= 8
    for sentence, known in said:
        assert isinstance(sentence, Sentence)
        assert check_sentence(sentence, known) == ()


def a_change(**changed):
    values = {
        "asset_id": asset_id("vc1", "vm", "vm-1"),
        "kind": "vm",
        "name": "web-1",
        "change": "changed",
        "at": THEN,
        "field": "memory_mib",
        "before": 4096,
        "after": 8192,
    }
    return AssetChange(**{**values, **changed})


def test_a_change_is_told_in_units_and_names():
    moved = a_change(
        field="host",
        before=asset_id("vc1", "host", "host-1"),
        after=asset_id("vc1", "host", "host-9"),
    )
    found = facts(names={asset_id("vc1", "host", "host-9"): "esx-gone"})

    assert in_words(a_change(), found) == ("4 GiB", "8 GiB")
    assert in_words(moved, found) == ("esx-1", "esx-gone")


def test_a_changed_disk_shows_only_what_differs_in_it():
    disk = {"key": "2000", "label": "Hard disk 1", "capacity_mib": 40_960, "thin": True}
    other = {"key": "2001", "label": "Hard disk 2", "capacity_mib": 1024, "thin": True}
    grown = a_change(field="disks", before=[disk], after=[{**disk, "capacity_mib": 81_920}, other])

    assert in_words(grown, facts()) == (
        "Hard disk 1 (capacity_mib: 40960)",
        "Hard disk 1 (capacity_mib: 81920), Hard disk 2",
    )


def test_changes_are_grouped_by_risk_and_kind():
    renamed = a_change(field="annotation", before="", after="hello | world")
    gone = a_change(change="deleted", field=None, before=None, after=None, name="old")
    document = changes(facts(change_sets=(a_change_set(a_change(), renamed, gone),)))

    assert [risk_of(each) for each in (a_change(), renamed, gone)] == [
        Risk.RISKY,
        Risk.COSMETIC,
        Risk.RISKY,
    ]
    risky, cosmetic = section(document, "risky"), section(document, "cosmetic")
    assert "**Virtual machines**" in risky
    assert "| web-1 | Memory | 4 GiB | 8 GiB | 2026-11-20T06:00:00Z |" in risky
    assert "| old | **deleted** | - | - | 2026-11-20T06:00:00Z |" in risky
    assert "| web-1 | Notes | (empty) | hello \\| world |" in cosmetic


def test_a_document_that_there_is_not_is_refused_with_those_that_there_are():
    with pytest.raises(WrongUse, match="overview, virtualization, kubernetes, network, changes"):
        chosen(("overviw",))
    assert chosen(("changes", "overview")) == ("overview", "changes")

"""What storing a collection writes, and what it must not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.errors import WrongUse
from models.kinds.common import PowerState
from models.records.asset import Gap, asset_id
from models.store import assets, inventory, transaction
from tests.builders import a_datastore, a_host, a_site, a_vm, store

VM_1 = asset_id("vc1", "vm", "5012-0001")


def written() -> int:
    """Rows ever inserted, updated or deleted in the tables that hold the history."""
    with transaction() as conn:
        return conn.execute(
            "SELECT (SELECT count(*) FROM asset_versions) * 1000 + (SELECT count(*) FROM relations)"
        ).fetchone()[0]


def test_the_first_collection_creates_every_asset_and_its_relations(database):
    report = store(a_site(vms=3))

    assert (report.created, report.changed, report.deleted, report.versions) == (7, 0, 0, 7)
    with transaction() as conn:
        found = assets.current_assets(conn, kinds=["vm"])
        links = assets.relations(conn, VM_1)
    assert [a.name for a in found] == ["web-01", "web-02", "web-03"]
    assert found[0].record == replace(
        a_vm(1),
        host=asset_id("vc1", "host", "host-1"),
        datastores=(asset_id("vc1", "datastore", "datastore-1"),),
    )
    assert {(link.type, link.direction, link.name) for link in links} == {
        ("runs_on", "out", "esx01.example"),
        ("stored_on", "out", "ds-1"),
    }


def test_an_unchanged_collection_writes_nothing(database):
    store(a_site())
    before = written()

    report = store(a_site())

    assert (report.created, report.changed, report.deleted, report.versions) == (0, 0, 0, 0)
    assert (report.unchanged, report.volatile_updated) == (7, 0)
    assert written() == before


def test_seeing_an_asset_again_moves_its_last_seen_without_a_write(database):
    store(a_site())
    with transaction() as conn:
        first = assets.asset(conn, VM_1)

    store(a_site())

    with transaction() as conn:
        again = assets.asset(conn, VM_1)
    assert again.first_seen == first.first_seen
    assert again.last_seen > first.last_seen


def test_one_change_makes_exactly_one_entry(database):
    store(a_site())
    with transaction() as conn:
        since = inventory.latest_stored(conn)[0].taken_at
    changed = [a_vm(1, memory_mib=8192) if r == a_vm(1) else r for r in a_site()]

    report = store(changed)

    assert (report.changed, report.versions) == (1, 1)
    with transaction() as conn:
        (entry,) = assets.changes(conn, since)
        old, new = assets.history(conn, VM_1)
    assert (entry.asset_id, entry.change, entry.field) == (VM_1, "changed", "memory_mib")
    assert (entry.before, entry.after) == (4096, 8192)
    assert old.valid_to == new.valid_from
    assert [c.field for c in new.changes] == ["memory_mib"]


def test_a_rename_keeps_the_identity(database):
    store(a_site())

    store([a_vm(1, name="renamed") if r == a_vm(1) else r for r in a_site()])

    with transaction() as conn:
        assert assets.asset(conn, VM_1).name == "renamed"
        assert len(assets.current_assets(conn, kinds=["vm"])) == 3


def test_a_move_to_another_host_closes_one_relation_and_opens_one(database):
    store(a_site())

    report = store([a_vm(1, host="host-2") if r == a_vm(1) else r for r in a_site()])

    assert (report.relations_closed, report.relations_opened) == (1, 1)
    with transaction() as conn:
        assert [x.name for x in assets.relations(conn, VM_1) if x.type == "runs_on"] == [
            "esx02.example"
        ]


def test_volatile_fields_change_without_a_version(database):
    store([a_datastore(free_mib=500)])

    report = store([a_datastore(free_mib=400)])

    assert (report.versions, report.volatile_updated) == (0, 1)
    with transaction() as conn:
        assert assets.current_assets(conn, kinds=["datastore"])[0].record.free_mib == 400


def test_an_asset_that_a_complete_collection_did_not_see_is_gone(database):
    store(a_site(vms=3))
    with transaction() as conn:
        last = assets.asset(conn, asset_id("vc1", "vm", "5012-0003")).last_seen

    report = store(a_site(vms=2))

    assert report.deleted == 1
    with transaction() as conn:
        gone = assets.asset(conn, asset_id("vc1", "vm", "5012-0003"))
        assert len(assets.current_assets(conn, kinds=["vm"])) == 2
    assert gone.deleted_at is not None
    assert gone.last_seen == last


def test_a_kind_that_was_not_covered_loses_nothing(database):
    store(a_site(vms=3))

    report = store(
        a_site(vms=1),
        covered=("cluster", "host", "datastore"),
        gaps=(Gap(kind="vm", field="*", reason="cut off"),),
    )

    assert report.deleted == 0
    with transaction() as conn:
        assert len(assets.current_assets(conn, kinds=["vm"])) == 3


def test_another_source_is_left_alone(database):
    store(a_site(vms=3), source="vc1")

    assert store(a_site(vms=1), source="vc2").deleted == 0


def test_an_asset_that_comes_back_is_the_same_asset(database):
    store(a_site(vms=2))
    store(a_site(vms=1))
    with transaction() as conn:
        since = inventory.latest_stored(conn)[0].taken_at

    store(a_site(vms=2))

    with transaction() as conn:
        (entry,) = assets.changes(conn, since)
        back = assets.asset(conn, asset_id("vc1", "vm", "5012-0002"))
    assert (entry.change, entry.name) == ("created", "web-02")
    assert back.deleted_at is None


def test_as_of_shows_what_was_known_then(database):
    store(a_site(vms=2))
    with transaction() as conn:
        then = inventory.latest_stored(conn)[0].taken_at
    store([a_host(1), a_vm(1, power_state=PowerState.OFF)])

    with transaction() as conn:
        before = assets.current_assets(conn, kinds=["vm"], as_of=then)
        now = assets.current_assets(conn, kinds=["vm"])
    assert [(a.name, a.record.power_state) for a in before] == [
        ("web-01", PowerState.ON),
        ("web-02", PowerState.ON),
    ]
    assert [(a.name, a.record.power_state) for a in now] == [("web-01", PowerState.OFF)]


def test_storing_the_same_collection_twice_is_harmless(database):
    first = store(a_site())

    with transaction() as conn:
        again = inventory.store_snapshot(conn, first.snapshot_id)

    assert again == first


def test_an_older_collection_does_not_rewrite_the_past(database):
    with transaction() as conn:
        late = inventory.open_snapshot(conn, "vc1", "vmware")
        inventory.collected(conn, late.id, covered=("vm",), gaps=(), counts={}, seconds=1.0)
    store(a_site())

    with transaction() as conn:
        report = inventory.store_snapshot(conn, late.id)

    assert report.deleted == 0
    with transaction() as conn:
        assert len(assets.current_assets(conn)) == 7
        assert inventory.snapshot(conn, late.id).state == "abandoned"


def test_a_killed_collection_leaves_no_staged_rows_for_the_next(database):
    with transaction() as conn:
        dead = inventory.open_snapshot(conn, "vc1", "vmware")
        from models.records.asset import observe

        inventory.stage(conn, dead.id, [observe("vc1", a_vm(1))])

    store(a_site(vms=2))

    with transaction() as conn:
        assert inventory.snapshot(conn, dead.id).state == "abandoned"
        assert conn.execute("SELECT count(*) FROM observations").fetchone() == (0,)


def test_an_unknown_asset_is_wrong_use(conn):
    with pytest.raises(WrongUse, match="no asset has the id 'vm-0'"):
        assets.asset(conn, "vm-0")

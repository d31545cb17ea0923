"""Validating what is staged: quarantine, hold and what a repetition does."""

from __future__ import annotations

from typing import Any

import pytest

from models.errors import Refused
from models.records.asset import Gap, observe
from models.records.snapshot import SnapshotState
from models.store import assets, inventory, transaction
from tasks.inventory.store import accept_held, store_snapshot
from tasks.inventory.validate import validate_snapshot
from tests.builders import COVERED, a_site, a_vm, store


def stage(records: list[Any], gaps: tuple[Gap, ...] = ()) -> int:
    with transaction() as conn:
        taken = inventory.open_snapshot(conn, "vc1", "vmware")
        inventory.stage(conn, taken.id, [observe("vc1", record) for record in records])
        counts = {"vm": sum(type(record).__name__ == "Vm" for record in records)}
        covered = set(COVERED) - {gap.kind for gap in gaps}
        inventory.collected(conn, taken.id, covered=covered, gaps=gaps, counts=counts, seconds=0.1)
    return taken.id


def state(snapshot_id: int) -> SnapshotState:
    with transaction() as conn:
        return inventory.snapshot(conn, snapshot_id).state


def names(kind: str) -> list[str]:
    with transaction() as conn:
        return [one.name for one in assets.current_assets(conn, kinds=[kind])]


def test_good_rows_are_stored_and_a_bad_one_is_set_aside_with_its_reason(database):
    staged = stage([*a_site(vms=2), a_vm(3, cpu_count=0)])

    report = validate_snapshot(staged)
    store_snapshot(staged)

    assert state(staged) is SnapshotState.STORED
    assert names("vm") == ["web-01", "web-02"]
    with transaction() as conn:
        (row,) = conn.execute("SELECT name, rule, reason FROM quarantine").fetchall()
    assert row == ("web-03", "vm.cpu_count: bounds", "cpu_count is below 1 or above 1024: 0")
    assert report.held is None


def test_a_machine_in_quarantine_is_not_taken_for_gone(database):
    store(a_site(vms=3))
    staged = stage([*a_site(vms=2), a_vm(3, cpu_count=0)])

    validate_snapshot(staged)

    assert store_snapshot(staged).deleted == 0
    assert names("vm") == ["web-01", "web-02", "web-03"]


def test_half_the_machines_gone_holds_everything_until_a_person_accepts(database):
    store(a_site(vms=20))
    staged = stage(a_site(vms=10))

    report = validate_snapshot(staged)

    assert report.held is not None
    assert state(staged) is SnapshotState.HELD
    with pytest.raises(Refused, match=r"10 virtual machines seen.*--accept-held"):
        store_snapshot(staged)
    assert len(names("vm")) == 20

    accept_held("vc1")

    assert len(names("vm")) == 10


def test_the_first_collection_ever_is_not_held(database):
    staged = stage(a_site(vms=1))

    assert validate_snapshot(staged).held is None
    assert state(staged) is SnapshotState.VALIDATED


def test_machines_that_could_not_be_seen_do_not_hold(database):
    store(a_site(vms=20))
    staged = stage(a_site(vms=0), gaps=(Gap(kind="vm", field="*", reason="timed out"),))

    report = validate_snapshot(staged)

    assert report.held is None
    assert len(report.warnings) == 1


def test_validating_twice_gives_the_first_report_and_writes_nothing(database):
    staged = stage([*a_site(vms=2), a_vm(3, cpu_count=0)])
    first = validate_snapshot(staged)

    assert validate_snapshot(staged) == first
    with transaction() as conn:
        assert conn.execute("SELECT count(*) FROM quarantine").fetchone() == (1,)


def test_a_collection_that_was_not_read_to_its_end_is_refused(database):
    with transaction() as conn:
        opened = inventory.open_snapshot(conn, "vc1", "vmware")

    with pytest.raises(Refused, match="is collecting"):
        validate_snapshot(opened.id)

"""A held collection waits for a person, until a newer look takes its place."""

from __future__ import annotations

import pytest

from models.errors import Refused, WrongUse
from models.records.asset import observe
from models.records.snapshot import SnapshotState
from models.store import assets, inventory, transaction
from tasks.inventory.store import accept_held, store_snapshot
from tests.builders import COVERED, a_site, a_vm, store


def held(records, reason="half the machines are gone"):
    with transaction() as conn:
        taken = inventory.open_snapshot(conn, "vc1", "vmware")
        inventory.stage(conn, taken.id, [observe("vc1", record) for record in records])
        inventory.collected(
            conn, taken.id, covered=COVERED, gaps=(), counts={"vm": len(records)}, seconds=1.0
        )
        inventory.hold_snapshot(conn, taken.id, reason)
    return taken.id


def test_nothing_of_a_held_collection_is_stored_until_a_person_accepts_it(database):
    store(a_site(vms=3))
    snapshot_id = held([a_vm(1)])

    with pytest.raises(Refused, match="nightshift collect vc1 --accept-held"):
        store_snapshot(snapshot_id)

    with transaction() as conn:
        assert len(assets.current_assets(conn, kinds=["vm"])) == 3


def test_an_accepted_collection_is_stored_and_leaves_an_audit_record(database):
    store(a_site(vms=3))
    held([a_vm(1)])

    assert accept_held("vc1").deleted == 2  # cluster and datastore; the rest hung on them

    with transaction() as conn:
        actions = conn.execute("SELECT action FROM audit_log ORDER BY id").fetchall()
    assert ("accept-held-snapshot",) in actions


def test_a_newer_collection_takes_the_place_of_a_held_one(database):
    first = held([a_vm(1)])

    store(a_site(vms=3))

    with transaction() as conn:
        assert inventory.snapshot(conn, first).state is SnapshotState.ABANDONED
        assert conn.execute("SELECT count(*) FROM observations").fetchone() == (0,)
    with pytest.raises(WrongUse, match="no held collection of 'vc1'"):
        accept_held("vc1")

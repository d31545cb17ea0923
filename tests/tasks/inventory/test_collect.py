"""Collecting from the practice vCenter: what is stored, what is not, and what a failure leaves."""

from __future__ import annotations

import subprocess
import sys

import pytest

from models.errors import (
    AccessDenied,
    Busy,
    ConfigurationError,
    ExternalError,
    Refused,
    Unavailable,
)
from models.records.snapshot import SnapshotState
from models.settings import settings
from models.sources import Source
from models.store import inventory, transaction
from tasks.inventory.collect import RESUME_SECONDS, collect_source, preview_source
from tasks.inventory.store import store_snapshot
from tasks.inventory.validate import validate_snapshot

HOLDER = (
    "from models.store import work\n"
    "import time\n"
    "with work.claim('collection', 'vc1'):\n"
    "    print('held', flush=True); time.sleep(60)\n"
)
FACTS = ("assets", "asset_versions", "relations")


@pytest.fixture
def source(database, practice_vcenter, monkeypatch):
    """The practice vCenter as a source that is read in many pages."""
    monkeypatch.setenv("PRACTICE_PASSWORD", practice_vcenter.password)
    options = {
        "url": practice_vcenter.url,
        "username": practice_vcenter.username,
        "password_env": "PRACTICE_PASSWORD",
        "verify_tls": False,
        "page_size": 10,
    }
    return Source(name="vc1", collector="vmware", options=options)


def count(table):
    with transaction() as conn:
        return conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def state(snapshot_id):
    with transaction() as conn:
        found = inventory.snapshot(conn, snapshot_id)
    return found.state, found.error


def rows():
    """Every row of the facts with the transaction that wrote it last."""
    with transaction() as conn:
        return {
            table: sorted(conn.execute(f"SELECT xmin::text, ctid::text FROM {table}").fetchall())
            for table in FACTS
        }


def run(source):
    """Collect and store; returns the report of storing."""
    return store_snapshot(collect_source(source))


def is_as_if_nothing_had_happened(source, practice_vcenter):
    assert count("observations") == 0
    assert practice_vcenter.control.counters()["sessions"] == 0
    assert run(source).deleted == 0
    assert count("assets") > 60


def test_a_collection_is_staged_then_stored_and_changes_nothing_there(source, practice_vcenter):
    seen = []
    snapshot_id = collect_source(source, "run-1", lambda name, n: seen.append((name, n)))

    assert state(snapshot_id) == (SnapshotState.COLLECTED, None)
    assert seen == sorted(seen)
    assert seen[-1] == ("vc1", count("observations"))
    assert count("assets") == 0

    stored = store_snapshot(snapshot_id)

    assert stored.created == count("assets") == stored.versions
    assert count("observations") == 0
    assert practice_vcenter.control.counters()["mutating"] == 0


def test_two_runs_of_an_unchanged_site_write_no_row(source):
    run(source)
    before = rows()

    second_id = collect_source(source)
    assert validate_snapshot(second_id).held is None
    second = store_snapshot(second_id)

    assert (second.created, second.changed, second.deleted, second.versions) == (0, 0, 0, 0)
    assert (second.relations_opened, second.relations_closed) == (0, 0)
    assert rows() == before


def test_one_change_writes_one_version(source, practice_vcenter):
    run(source)
    vm = next(iter(practice_vcenter.control.names()))
    versions = count("asset_versions")

    practice_vcenter.control.reconfigure_vm(vm, annotation="changed")

    stored = run(source)
    assert (stored.created, stored.changed, stored.deleted, stored.versions) == (0, 1, 0, 1)
    assert count("asset_versions") == versions + 1


def test_a_preview_counts_and_stores_nothing(source):
    tally = preview_source(source)

    assert tally.counts["vm"] == 60
    assert count("snapshots") == 0


def test_a_run_that_died_after_reading_is_gone_on_with_and_nothing_is_read_again(
    source, practice_vcenter
):
    first = collect_source(source)
    practice_vcenter.control.reset_counters()

    assert collect_source(source) == first
    assert practice_vcenter.control.counters()["logins"] == 0

    store_snapshot(first)
    assert collect_source(source) > first


def test_facts_that_are_too_old_are_read_again(source):
    first = collect_source(source)
    with transaction() as conn:
        conn.execute(
            "UPDATE snapshots SET finished_at = finished_at - make_interval(secs => %s)",
            [RESUME_SECONDS + 3600],
        )

    second = collect_source(source)

    assert second > first
    assert state(first)[0] is SnapshotState.ABANDONED
    with transaction() as conn:
        staged = conn.execute("SELECT DISTINCT snapshot_id FROM observations").fetchall()
    assert staged == [(second,)]


def test_a_run_that_dies_while_it_reads_leaves_nothing_to_the_next(source, practice_vcenter):
    def die(_source, seen):
        if seen > 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        collect_source(source, on_progress=die)
    assert state(1)[0] in {SnapshotState.COLLECTING, SnapshotState.FAILED}
    assert practice_vcenter.control.counters()["sessions"] == 0

    second = collect_source(source)

    assert state(1)[0] in {SnapshotState.ABANDONED, SnapshotState.FAILED}
    with transaction() as conn:
        staged = conn.execute("SELECT DISTINCT snapshot_id FROM observations").fetchall()
    assert staged == [(second,)]


@pytest.mark.parametrize("after", [0, 3])
@pytest.mark.parametrize("kind", ["cut", "malformed"])
def test_an_answer_that_is_cut_off_half_way_leaves_nothing_staged(
    source, practice_vcenter, kind, after
):
    practice_vcenter.control.fail_next(kind, method="ContinueRetrievePropertiesEx", after=after)

    with pytest.raises(ExternalError) as failure:
        collect_source(source)

    assert state(1) == (SnapshotState.FAILED, str(failure.value))
    is_as_if_nothing_had_happened(source, practice_vcenter)


def test_an_inventory_that_is_cut_off_deletes_nothing(source, practice_vcenter):
    run(source)
    before = rows()
    practice_vcenter.control.fail_next("cut", method="ContinueRetrievePropertiesEx", after=2)

    with pytest.raises(Unavailable):
        collect_source(source)

    assert rows() == before


def test_half_of_the_machines_gone_is_held_and_deletes_nothing(source, practice_vcenter):
    run(source)
    before = rows()
    practice_vcenter.control.remove_half_the_vms()

    snapshot_id = collect_source(source)

    assert "30 virtual machines seen" in validate_snapshot(snapshot_id).held
    with pytest.raises(Refused, match="--accept-held"):
        store_snapshot(snapshot_id)
    assert rows() == before


def test_a_wrong_password_is_recorded_without_it(source, practice_vcenter, monkeypatch):
    monkeypatch.setenv("PRACTICE_PASSWORD", "canary-77aa")

    with pytest.raises(AccessDenied):
        collect_source(source)

    now, error = state(1)
    assert now is SnapshotState.FAILED
    assert "refused" in error
    assert "canary-77aa" not in error
    monkeypatch.setenv("PRACTICE_PASSWORD", practice_vcenter.password)
    is_as_if_nothing_had_happened(source, practice_vcenter)


def test_a_collection_that_takes_too_long_fails_and_names_the_setting(
    source, practice_vcenter, monkeypatch
):
    monkeypatch.setenv("NIGHTSHIFT_COLLECTION_DEADLINE_SECONDS", "0.001")
    settings.cache_clear()

    with pytest.raises(ExternalError, match="NIGHTSHIFT_COLLECTION_DEADLINE_SECONDS") as failure:
        collect_source(source)

    assert not failure.value.transient
    monkeypatch.delenv("NIGHTSHIFT_COLLECTION_DEADLINE_SECONDS")
    settings.cache_clear()
    is_as_if_nothing_had_happened(source, practice_vcenter)


def test_a_source_that_another_process_reads_is_busy_and_nothing_is_opened(
    source, practice_vcenter
):
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, text=True)
    with holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Busy, match="another process holds collection vc1"):
            collect_source(source)
        holder.kill()

    assert count("snapshots") == 0
    is_as_if_nothing_had_happened(source, practice_vcenter)


def test_a_collector_that_there_is_not_is_named(database):
    with pytest.raises(ConfigurationError, match="no collector is called 'vmwar'; there are"):
        collect_source(Source(name="vc1", collector="vmwar"))

    assert count("observations") == 0


def test_a_collection_of_one_source_leaves_those_of_another_alone(source, practice_vcenter):
    other = Source(name="vc2", collector="vmware", options=source.options)
    run(source)
    run(other)
    before = count("assets")
    practice_vcenter.control.remove_vm(next(iter(practice_vcenter.control.names())))

    assert run(source).deleted == 1

    with transaction() as conn:
        left = conn.execute(
            "SELECT source, count(*) FROM assets WHERE deleted_at IS NULL GROUP BY source"
        ).fetchall()
    assert dict(left) == {"vc1": before // 2 - 1, "vc2": before // 2}

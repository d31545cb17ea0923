"""The checks over stored facts: read, evaluated, kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.records.asset import Gap, asset_id
from models.records.check import Severity, Suppression
from models.store import checks, transaction
from tasks.inventory.health import run_checks
from tests.builders import a_cluster, a_datastore, a_host, a_site, a_vm, store

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DS_1 = asset_id("vc1", "datastore", "datastore-1")
VM_1 = asset_id("vc1", "vm", "5012-0001")


def test_findings_are_kept_with_since_and_what_is_ok_is_returned_too(database):
    store([a_datastore(1, free_mib=1000), a_datastore(2)])

    results = run_checks(NOW)

    space = {item.asset_name: item for item in results if item.check == "DS-01"}
    assert (space["ds-1"].result, space["ds-1"].since) == (Severity.CRIT, NOW)
    assert (space["ds-2"].result, space["ds-2"].since) == (Severity.OK, None)
    with transaction() as conn:
        assert [item for item in results if item.result is not Severity.OK] == (
            checks.current_results(conn)
        )


def test_an_unchanged_site_writes_nothing_and_keeps_every_date(database):
    store(a_site(vms=5))
    first = run_checks(NOW)
    with transaction() as conn:
        before = conn.execute("SELECT xmin::text, * FROM check_results ORDER BY 2, 3").fetchall()

    second = run_checks(NOW + timedelta(hours=1))

    assert second == first
    with transaction() as conn:
        after = conn.execute("SELECT xmin::text, * FROM check_results ORDER BY 2, 3").fetchall()
    assert after == before


def test_hosts_are_found_through_their_stored_cluster(database):
    hosts = [a_host(1), a_host(2, version="7.0.3")]
    store([a_cluster(), *hosts, a_datastore(), a_vm()])

    mixed = next(item for item in run_checks(NOW) if item.check == "CL-20")

    assert mixed.evidence == {"versions": {"7.0.3": 1, "8.0.3": 1}}


def test_a_gap_of_the_last_collection_makes_its_field_unknown(database):
    gap = Gap(kind="vm", field="snapshots", reason="no permission", privilege="Vm.Read")
    store(a_site(vms=1), gaps=(gap,))

    found = next(item for item in run_checks(NOW) if item.check == "VM-04")

    assert (found.result, found.privilege) == (Severity.UNKNOWN, "Vm.Read")


def test_a_suppression_holds_and_ends_by_itself(database):
    store([a_datastore(free_mib=1000)])
    silence = Suppression(
        check="DS-01", selector=DS_1, reason="being moved", until=NOW + timedelta(days=1)
    )
    with transaction() as conn:
        checks.suppress(conn, silence)

    during, after = run_checks(NOW), run_checks(NOW + timedelta(days=1))

    assert [item.result for item in during if item.check == "DS-01"] == ["suppressed"]
    assert [item.result for item in after if item.check == "DS-01"] == ["crit"]


def test_findings_of_an_asset_that_is_gone_go_with_it(database):
    store([a_datastore(), a_vm(1, cpu_limit_mhz=1000), a_vm(2)])
    run_checks(NOW)
    store([a_datastore(), a_vm(2)])

    assert VM_1 not in {item.asset_id for item in run_checks(NOW)}
    with transaction() as conn:
        assert VM_1 not in {item.asset_id for item in checks.current_results(conn)}

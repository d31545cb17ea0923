"""Gaps, suppressions and the order of results; whatever is not known is never ok."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.kinds import KINDS
from models.kinds.common import PowerState
from models.kinds.vm import ToolsState
from models.records.asset import Gap
from models.records.check import SEVERITIES, Severity, Suppression
from tasks.inventory.checks import CHECKS, evaluate_checks
from tasks.inventory.checks.policy import Policy
from tests.tasks.inventory.checks.site import (
    NOW,
    ago,
    ahead,
    asset,
    cluster,
    datastore,
    evaluate,
    find,
    healthy_site,
    host,
    network,
    snapshot,
    vcenter,
    vm,
)


def test_a_gap_over_a_field_makes_what_looks_empty_unknown_with_the_privilege():
    gap = Gap(kind="vm", field="snapshots", reason="no permission", privilege="Vm.Snapshots")

    found = find(evaluate([vm(snapshots=())], gaps=(gap,)), "VM-04")

    assert (found.result, found.privilege) == (Severity.UNKNOWN, "Vm.Snapshots")
    assert found.message == "snapshots could not be seen: no permission"


def test_the_remedy_of_what_is_unknown_is_the_missing_privilege_or_fact():
    gap = Gap(kind="vm", field="snapshots", reason="no permission", privilege="Vm.Snapshots")
    late = Gap(kind="vm", field="cpu_limit_mhz", reason="timed out")
    unseen = vm(guest_volumes=(), tools_state=ToolsState.NOT_RUNNING, consolidation_needed=None)

    results = evaluate([unseen], gaps=(gap, late))

    told = {
        name: (find(results, name).remedy, find(results, name).privilege)
        for name in CHECKS
        if any(item.check == name for item in results)
    }
    assert told["VM-04"] == ("Grant Vm.Snapshots to the account that collects.", "Vm.Snapshots")
    assert told["VM-08"] == (
        "Install or start the guest tools, so that the volumes are reported.",
        None,
    )
    assert told["VM-17"] == (
        "Mend what kept the collection from reading it, and collect again.",
        None,
    )
    assert told["VM-05"] == (
        "See that the account that collects has System.Read there.",
        "System.Read",
    )


def test_no_unknown_result_carries_the_cure_of_a_finding():
    bare = [vm(guest_volumes=(), power_state=PowerState.OFF), host(hyperthreading=None)]

    unseen = [item for item in evaluate(bare) if item.result is Severity.UNKNOWN]

    assert unseen
    assert [item.check for item in unseen if item.remedy == CHECKS[item.check].remedy] == []


def test_a_gap_over_a_field_does_not_hide_what_was_seen_all_the_same():
    gap = Gap(kind="vm", field="snapshots", reason="no permission", count=3)

    found = find(evaluate([vm(snapshots=(snapshot(20),))], gaps=(gap,)), "VM-04")

    assert found.result is Severity.CRIT


def test_a_limit_that_could_not_be_read_is_not_no_limit():
    gap = Gap(kind="vm", field="cpu_limit_mhz", reason="no permission")

    assert find(evaluate([vm()], gaps=(gap,)), "VM-17").result is Severity.UNKNOWN


def test_an_unknown_time_says_why_and_a_running_machine_does_not_mind():
    gap = Gap(kind="vm", field="powered_off_at", reason="no permission", privilege="System.View")
    off = vm(key="off", power_state=PowerState.OFF)

    results = evaluate([vm(), off], gaps=(gap,))

    assert find(results, "VM-09", "vm-5012-1").result is Severity.OK
    found = find(results, "VM-09", "vm-off")
    assert (found.result, found.privilege) == (Severity.UNKNOWN, "System.View")
    assert found.message == "powered off since an unknown time: no permission"


def test_a_gap_of_another_source_changes_nothing():
    gap = Gap(kind="vm", field="snapshots", reason="no permission")

    results = evaluate_checks([asset(vm())], {"vc2": (gap,)}, Policy(), (), NOW)

    assert find(results, "VM-04").result is Severity.OK


def test_a_kind_that_was_not_covered_has_nothing_ok_but_keeps_its_findings():
    gap = Gap(kind="datastore", field="*", reason="timed out")
    full = datastore(key="datastore-2", name="ds-2", free_mib=0)

    results = evaluate([datastore(), full], gaps=(gap,))

    assert find(results, "DS-01", "datastore-datastore-1").result is Severity.UNKNOWN
    assert find(results, "DS-01", "datastore-datastore-2").result is Severity.CRIT


def test_a_kind_of_which_nothing_could_be_seen_is_unknown_on_the_vcenter():
    gap = Gap(kind="host", field="*", reason="not permitted", privilege="System.View")

    results = evaluate([vcenter()], gaps=(gap,))

    found = find(results, "HO-09")
    assert (found.asset_id, found.result) == ("vcenter-vc", Severity.UNKNOWN)
    assert found.privilege == "System.View"


@pytest.mark.parametrize(
    ("check", "record", "field"),
    [
        pytest.param(check.id, record, field, id=f"{check.id} {asset(record).kind}.{field}")
        for check in CHECKS.values()
        for record in (vcenter(), cluster(), host(), datastore(), network(), vm())
        for field in (*check.needs, *check.reads)
        if asset(record).kind in check.kinds
    ],
)
def test_no_check_says_ok_where_a_field_that_it_reads_could_not_be_seen(check, record, field):
    unseen = replace(record, **{field: type(record).__dataclass_fields__[field].default})
    gap = Gap(kind=asset(record).kind, field=field, reason="no permission")

    found = [item.result for item in evaluate([unseen], gaps=(gap,)) if item.check == check]

    assert found == [Severity.UNKNOWN]


@pytest.mark.parametrize(
    ("selector", "result"),
    [
        pytest.param("vm-5012-1", Severity.SUPPRESSED, id="by its id"),
        pytest.param("web-01", Severity.SUPPRESSED, id="by its name"),
        pytest.param("web-*", Severity.SUPPRESSED, id="by a pattern of names"),
        pytest.param("db-*", Severity.WARN, id="by a pattern of other names"),
    ],
)
def test_a_suppression_silences_the_assets_that_it_names(selector, result):
    silence = Suppression(check="VM-17", selector=selector, reason="tuned", until=ahead(1))

    found = find(evaluate([vm(cpu_limit_mhz=1000)], suppressions=(silence,)), "VM-17")

    assert found.result is result


def test_a_suppressed_finding_says_what_it_was_why_and_until_when():
    silence = Suppression(
        check="VM-17", selector="web-01", reason="tuned", until=ahead(1), owner="ops"
    )

    found = find(evaluate([vm(cpu_limit_mhz=1000)], suppressions=(silence,)), "VM-17")

    assert found.message == "limited: CPU to 1000 MHz (until 2026-11-21: tuned)"
    assert found.evidence == {
        "cpu_limit_mhz": 1000,
        "suppressed": "warn",
        "reason": "tuned",
        "until": "2026-11-21T12:00:00+00:00",
        "owner": "ops",
    }


def test_a_suppression_ends_at_its_time_and_speaks_of_one_check_only():
    ended = Suppression(check="VM-17", selector="web-01", reason="tuned", until=NOW)
    other = Suppression(check="VM-05", selector="web-01", reason="known", until=ahead(9))
    limited = vm(cpu_limit_mhz=1000)

    found = find(evaluate([limited], suppressions=(ended, other)), "VM-17")

    assert found.result is Severity.WARN


def test_what_is_ok_stays_ok_and_what_is_unknown_is_suppressed():
    silences = tuple(
        Suppression(check=check, selector="*", reason="known", until=ahead(1)) for check in CHECKS
    )

    results = evaluate([vm(consolidation_needed=None)], suppressions=silences)

    assert find(results, "VM-05").result is Severity.SUPPRESSED
    assert find(results, "VM-10").result is Severity.OK


def test_the_worst_stand_first_and_equals_by_check_and_name():
    results = evaluate([*healthy_site(), datastore(key="b", name="b", free_mib=0), host(4)])

    ranks = [(SEVERITIES.index(item.result), item.check, item.asset_name) for item in results]
    assert ranks == sorted(ranks)
    assert results[0].check == "DS-01"


def test_assets_that_are_gone_are_not_checked():
    gone = asset(vm(cpu_limit_mhz=1000), deleted_at=ago(1))

    assert evaluate_checks([gone], {}, Policy(), (), NOW) == []


def test_the_same_facts_a_day_later_say_the_same_words():
    site = [vm(snapshots=(snapshot(20),)), host(certificate_not_after=ahead(30)), vcenter()]

    today = evaluate(site)
    tomorrow = evaluate(site, now=ahead(1))

    assert [item.message for item in today] == [item.message for item in tomorrow]


def test_every_check_declares_what_people_need_and_only_kinds_and_fields_that_there_are():
    for check in CHECKS.values():
        assert check.title
        assert check.remedy
        assert check.privilege
        assert check.levels
        for kind in check.kinds:
            missing = [name for name in (*check.needs, *check.reads) if not KINDS[kind].field(name)]
            assert missing == []


def test_findings_carry_their_remedy_and_a_level_that_their_check_declares():
    broken = [
        *healthy_site(),
        vm(key="2", cpu_limit_mhz=1, snapshots=(snapshot(20),)),
        host(4, ntp_servers=(), ssh_running=True),
    ]
    for item in evaluate(broken):
        if item.result in {Severity.OK, Severity.UNKNOWN}:
            continue
        assert item.remedy == CHECKS[item.check].remedy
        assert item.result in CHECKS[item.check].levels

"""Checks that look at a cluster's neighbours: its hosts, their datastores and machines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.kinds.common import PowerState
from models.records.check import Severity
from tests.tasks.inventory.checks.site import cluster, datastore, evaluate, find, host, vm

OFF = PowerState.OFF
CLUSTERS = {
    "CL-18": [
        ("two thirds used of what two hosts leave", {"memory_usage_mib": 250_000}, "ok"),
        ("90 % of what remains warns", {"memory_usage_mib": 314_573}, "warn"),
        ("all of what remains warns", {"memory_usage_mib": 349_525}, "warn"),
        ("more than what remains is critical", {"memory_usage_mib": 349_526}, "crit"),
        ("CPU alone warns", {"cpu_usage_mhz": 42_667}, "warn"),
        ("usage not said", {"memory_usage_mib": None}, "unknown"),
        ("capacity not said", {"cpu_mhz": None}, "unknown"),
        ("no host in service", {"in_maintenance": True}, "unknown"),
    ],
    "CL-20": [("of one version", {}, "ok"), ("not said", {"version": None}, "unknown")],
}


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        pytest.param(check, changes, expected, id=f"{check} {sentence}")
        for check, rows in CLUSTERS.items()
        for sentence, changes, expected in rows
    ],
)
def test_what_a_check_says_of_a_cluster_with_three_such_hosts(check, changes, expected):
    hosts = [host(number, **changes) for number in (1, 2, 3)]

    assert find(evaluate([cluster(), *hosts]), check).result == expected


def test_the_largest_host_is_the_one_that_must_be_dispensable():
    even = [host(number, memory_usage_mib=300_000) for number in (1, 2, 3)]
    uneven = [*even[:2], replace(even[2], memory_mib=2_000_000)]

    assert find(evaluate([cluster(), *even]), "CL-18").result is Severity.OK
    assert find(evaluate([cluster(), *uneven]), "CL-18").result is Severity.OK
    heavy = [replace(one, memory_usage_mib=400_000) for one in uneven]
    assert find(evaluate([cluster(), *heavy]), "CL-18").result is Severity.CRIT


def test_a_cluster_of_one_host_cannot_lose_it():
    assert find(evaluate([cluster(), host(1)]), "CL-18").result is Severity.CRIT


def test_a_host_in_maintenance_does_not_count_as_room():
    hosts = [host(number, memory_usage_mib=300_000) for number in (1, 2)]
    hosts.append(host(3, in_maintenance=True))

    assert find(evaluate([cluster(), *hosts]), "CL-18").result is Severity.CRIT


def test_two_builds_in_a_cluster_are_a_mix_and_the_evidence_counts_them():
    hosts = [host(1), host(2), host(3, build="1")]

    found = find(evaluate([cluster(), *hosts]), "CL-20")

    assert found.result is Severity.WARN
    assert found.evidence == {"versions": {"8.0.3 build 1": 1, "8.0.3 build 24022510": 2}}


def test_a_shared_datastore_that_one_host_lacks_is_named_with_that_host():
    found = find(evaluate([cluster(), host(1), host(2, datastores=()), datastore()]), "CL-19")

    assert found.result is Severity.WARN
    assert found.evidence == {"missing": {"ds-1": ["esx02"]}}


def test_a_local_datastore_may_be_on_one_host_only():
    site = [cluster(), host(1), host(2, datastores=()), datastore(shared=False)]

    assert find(evaluate(site), "CL-19").result is Severity.OK


def test_only_running_machines_count_against_the_cores():
    running = [vm(key=str(number), cpu_count=40) for number in range(4)]
    off = vm(key="off", cpu_count=40, power_state=OFF)

    assert find(evaluate([host(), *running, off]), "HO-16").result is Severity.OK
    more = vm(key="one more", cpu_count=1)
    assert find(evaluate([host(), *running, off, more]), "HO-16").result is Severity.WARN

"""Each network check on a network where one thing is wrong: what it finds, what it cannot know."""

from __future__ import annotations

import dataclasses

import pytest

from models.records.check import Severity, Suppression
from tasks.inventory.checks import CHECKS
from tasks.inventory.checks.domains import NETWORK
from tests.tasks.inventory.checks.fabric.cases import CASES
from tests.tasks.inventory.checks.fabric.racks import asset, judge, network, verdict
from tests.tasks.inventory.checks.site import ahead

NETWORK_CHECKS = [check.id for check in CHECKS.values() if check.domain is NETWORK]
FINDINGS = {"info", "warn", "crit"}
CONCERNED = {(one.check, one.asset_id) for one in judge()}


def test_a_healthy_network_has_nothing_but_ok_and_every_check_speaks():
    results = [one for one in judge() if CHECKS[one.check].domain is NETWORK]

    assert [one for one in results if one.result is not Severity.OK] == []
    assert {one.check for one in results} == set(NETWORK_CHECKS)


@pytest.mark.parametrize(
    ("check", "key", "changes", "expected", "given"),
    [
        pytest.param(check, key, changes, expected, given, id=f"{check} {sentence}")
        for check, rows in CASES.items()
        for sentence, key, changes, expected, given in rows
    ],
)
def test_what_a_network_check_says(check, key, changes, expected, given):
    found = verdict(judge(changes, **given), check, key)

    assert (found.result if found else None) == expected


@pytest.mark.parametrize("check", NETWORK_CHECKS)
def test_every_network_check_has_a_finding_and_an_unknown_among_its_cases(check):
    expected = {row[3] for row in CASES[check]}

    assert "unknown" in expected
    assert {level.value for level in CHECKS[check].levels} <= expected


@pytest.mark.parametrize("check", NETWORK_CHECKS)
def test_a_network_finding_can_be_suppressed_and_says_what_it_was(check):
    _, key, changes, expected, given = next(row for row in CASES[check] if row[3] in FINDINGS)
    silence = Suppression(check=check, selector="*", reason="known", until=ahead(1))

    found = verdict(judge(changes, suppressions=(silence,), **given), check, key)

    assert found is not None
    assert (found.result, found.evidence["suppressed"]) == (Severity.SUPPRESSED, expected)


def test_network_findings_have_a_level_that_their_check_declares_and_its_remedy():
    for check, rows in CASES.items():
        for _, key, changes, expected, given in rows:
            if expected in FINDINGS:
                found = verdict(judge(changes, **given), check, key)
                assert found is not None
                assert found.result in CHECKS[check].levels
                assert found.remedy == CHECKS[check].remedy


@pytest.mark.parametrize(
    ("check", "key", "field"),
    [
        pytest.param(check.id, key, field, id=f"{check.id} {key}.{field}")
        for check in CHECKS.values()
        for key, record in network().items()
        for field in check.needs
        if check.domain is NETWORK and (check.id, asset(record).id) in CONCERNED
    ],
)
def test_no_network_check_says_ok_where_a_field_that_it_needs_is_missing(check, key, field):
    default = type(network()[key]).__dataclass_fields__[field].default

    found = verdict(judge({key: {field: default}}), check, key)

    assert found is None or found.result is Severity.UNKNOWN


def test_a_device_of_which_nothing_is_known_is_unknown_and_breaks_nothing():
    bare = {
        key: _emptied(record)
        for key, record in network().items()
        if key.startswith(("leaf-01", "hq/"))
    }

    results = [one for one in judge(bare) if one.check in NETWORK_CHECKS]

    ok = {(one.check, one.asset_name) for one in results if one.result is Severity.OK}
    assert not {name for name in ok if name[1] == "leaf-01"} - {("NE-27", "leaf-01")}
    assert {one.result for one in results if one.asset_name == "spine-02"} <= {"ok", "unknown"}


def _emptied(record):
    kept = {"key", "name", "device", "address", "platform", "vlan_id"}
    changes = {
        item.name: item.default
        for item in dataclasses.fields(record)
        if item.name not in kept and item.default is not dataclasses.MISSING
    }
    return dataclasses.replace(record, **changes)

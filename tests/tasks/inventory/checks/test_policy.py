"""The policy file: thresholds that a site sets, and every way to get it wrong."""

from __future__ import annotations

import pytest

from models.errors import ConfigurationError
from models.records.check import Severity
from models.settings import settings
from tasks.inventory.checks import evaluate_checks
from tasks.inventory.checks.policy import Policy, load_policy, parse_policy
from tests.tasks.inventory.checks.site import NOW, asset, datastore, evaluate, find, snapshot, vm


def test_without_a_file_the_defaults_hold():
    assert load_policy() == Policy()


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path, monkeypatch):
    file = tmp_path / "policy.toml"
    file.write_text("[snapshots]\nwarn_days = 2\n", encoding="utf-8")
    monkeypatch.setenv("NIGHTSHIFT_CHECK_POLICY", str(file))
    settings.cache_clear()

    policy = load_policy()

    assert (policy.snapshots.warn_days, policy.snapshots.crit_days) == (2, 14)
    assert policy.datastores == Policy().datastores
    found = find(evaluate([vm(snapshots=(snapshot(3),))], policy=policy), "VM-04")
    assert found.result is Severity.WARN


def test_a_disabled_check_is_not_run():
    policy = parse_policy('disabled = ["DS-01"]')

    results = evaluate([datastore(free_mib=0)], policy=policy)

    assert "DS-01" not in {result.check for result in results}
    assert "DS-08" in {result.check for result in results}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "[snapshot]\nwarn_days = 1",
            r"the policy has no 'snapshot'; there are snapshots, datastores,",
            id="a table that there is not",
        ),
        pytest.param(
            "[snapshots]\nwarn = 1",
            r"\[snapshots\] has no 'warn'; there are warn_days, crit_days",
            id="a threshold that there is not",
        ),
        pytest.param(
            '[snapshots]\nwarn_days = "7"', r"snapshots\.warn_days", id="a text for a number"
        ),
        pytest.param("[snapshots]\nwarn_days = -1", r"snapshots\.warn_days", id="a negative age"),
        pytest.param("[datastores]\nwarn_percent = 101", r"warn_percent", id="more than all"),
        pytest.param(
            "[snapshots]\nwarn_days = 20", r"warn_days .* must not be above", id="warns after crit"
        ),
        pytest.param(
            "[interface_errors]\ninfo_count = 2000",
            r"info_count .* must not be above",
            id="tells errors after it warns",
        ),
        pytest.param(
            "[uplink_use]\nwarn_percent = 95",
            r"warn_percent .* must not be above",
            id="warns of a link after crit",
        ),
        pytest.param("snapshots = 3", r"snapshots", id="a number for a table"),
        pytest.param("[snapshots", r"at end of document", id="not TOML"),
    ],
)
def test_a_policy_that_cannot_be_used_is_refused_with_what_there_is(text, message):
    with pytest.raises(ConfigurationError, match=message):
        parse_policy(text)


def test_the_name_of_the_file_stands_in_the_complaint(tmp_path):
    file = tmp_path / "policy.toml"
    file.write_text("[snapshot]", encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"policy\.toml: the policy has no 'snapshot'"):
        load_policy(file)
    with pytest.raises(ConfigurationError, match=r"absent\.toml cannot be read"):
        load_policy(tmp_path / "absent.toml")


def test_disabling_a_check_that_there_is_not_is_refused():
    policy = parse_policy('disabled = ["VM-99"]')

    with pytest.raises(ConfigurationError, match=r"disables 'VM-99'; there are VC-02"):
        evaluate_checks([asset(vm())], {}, policy, (), NOW)

"""The thresholds of the health checks in the index, in words that people ask by."""

from dataclasses import replace

import pytest

from tasks.inventory.checks import CHECKS, Policy
from tasks.inventory.checks.policy import DatastoreSpace
from tasks.knowledge.answer import answer
from tasks.knowledge.datacenter import index_datacenter
from tasks.knowledge.folder import add_paths
from tasks.knowledge.index import embed_missing
from tasks.knowledge.limits import limit_texts


def texts(policy):
    return dict(limit_texts(CHECKS.values(), policy))


def test_a_threshold_is_told_in_words_with_what_is_measured_and_the_cure():
    assert texts(Policy())["checks#DS-01"] == (
        "# Health checks\n\n## Check DS-01: Datastore filling up\n\n"
        "Datastore filling up, threshold of datastores: a warning at 75 %, critical at 90 %; "
        "how full it is, the used share of its capacity; at the threshold it is reached.\n\n"
        "What to do: Free space (old snapshots, machines that are off) or enlarge the datastore.\n"
    )


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ("VM-08", "a warning at 10 % free, critical at 5 % free"),
        ("VM-09", "for information at 7 days, a warning at 30 days"),
        ("K8-75", "a warning at 85 % usage, critical at 95 % usage"),
        ("K8-30", "pending 10 minutes"),
        ("HO-11", "uplinks 2"),
    ],
)
def test_levels_and_units_are_named(check, words):
    assert words in texts(Policy())[f"checks#{check}"]


def test_the_thresholds_are_those_of_the_site_and_a_disabled_check_has_none():
    policy = Policy(datastores=DatastoreSpace(warn_percent=60), disabled=("VM-04",))

    assert "a warning at 60 %" in texts(policy)["checks#DS-01"]
    assert "checks#VM-04" not in texts(policy)
    assert texts(replace(policy, disabled=())).keys() >= {"checks#VM-04"}


def test_how_full_a_datastore_may_be_is_answered_by_its_check(database, tmp_path):
    checklist = "# Extending a datastore\n\nChecklist, used a datastore stays above 85 per cent.\n"
    (tmp_path / "extension.md").write_text(checklist, encoding="utf-8")
    add_paths([tmp_path], "runbooks")
    index_datacenter()
    embed_missing()

    found = answer("How full may a datastore be?", model=lambda: None)

    assert found.answered
    assert "a warning at 75 %, critical at 90 %" in found.statements[0].text
    assert found.citations[0].document == "checks#DS-01"

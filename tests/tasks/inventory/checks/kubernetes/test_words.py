"""What Kubernetes findings say: no numbers that change by themselves, no names of the program."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from models.records.asset import Gap
from models.records.check import Severity
from tasks.inventory.checks.kubernetes.pods import obstacles
from tests.tasks.inventory.checks.kubernetes.cases_cluster import TOWN
from tests.tasks.inventory.checks.kubernetes.test_kubernetes_checks import CASES
from tests.tasks.inventory.checks.kubernetes.town import broken, judge, said
from tests.tasks.inventory.checks.site import NOW


def told(changes, gaps=()):
    """Return all that a run would store, save for what is ok."""
    results = judge(broken(changes), gaps)
    return [
        (one.check, one.asset_id, one.result, one.message, one.evidence)
        for one in results
        if one.result is not Severity.OK
    ]


def pending(sentence):
    since = NOW - timedelta(hours=1)
    changes = {"phase": "Pending", "created_at": since, "unschedulable_reason": sentence}
    return told({"pod-web-1": {**changes, "node": None, "started_at": None, "ready": None}})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "0/3 nodes are available: 1 Insufficient cpu, 2 Too many pods.",
            "0/12 nodes are available: 2 Insufficient cpu, 10 Too many pods. preemption: 0/12 "
            "nodes are available: 12 No preemption victims found for incoming pod.",
            id="more nodes",
        ),
        pytest.param(
            "0/9 nodes are available: 4 Too many pods, 5 node(s) had untolerated taint {a: b, c}.",
            "0/9 nodes are available: 3 node(s) had untolerated taint {a: b, c}, 6 Too many pods.",
            id="another order",
        ),
    ],
)
def test_a_pod_that_no_node_takes_is_told_the_same_while_nodes_come_and_go(before, after):
    first = pending(before)

    assert first == pending(after)
    assert [one[2] for one in first if one[0] == "K8-30"] == [Severity.CRIT]
    assert "Too many pods" in str(first)


def test_numbers_within_names_stay_in_what_the_scheduler_says():
    sentence = "0/3 nodes are available: 3 node(s) didn't match topology.io/zone-2, 1 v1.5 is old."

    assert obstacles(sentence) == ["node(s) didn't match topology.io/zone-2", "v1.5 is old"]
    assert obstacles("no nodes") == ["no nodes"]


def test_an_autoscaler_s_numbers_are_in_no_finding():
    def scaled(replicas, there):
        return told({"deployment-web": {"replicas": replicas, "available_replicas": there}})

    assert scaled(10, 4) == scaled(12, 5)
    assert [one[3] for one in scaled(10, 4) if one[0] == "K8-20"] == [
        "fewer than half of its pods are available, not all"
    ]


@pytest.mark.parametrize("check", CASES)
def test_no_kubernetes_message_names_a_field_as_the_program_does(check):
    for _, about, changes, expected, gaps in CASES[check]:
        found = said(judge(broken(changes), gaps), check, about)
        if expected is not None:
            words = found.message if gaps else f"{found.message} {found.remedy}"
            assert re.findall(r"\b[a-z]+_[a-z_]+\b", words) == []


def test_nodes_that_nothing_measures_are_told_to_have_it_installed():
    gap = Gap(kind="node", field="cpu_usage_millicores", reason="no metrics API")
    bare = {"node-node-1": {"cpu_usage_millicores": None}, TOWN: {"metrics_available": False}}

    found = said(judge(broken(bare), (gap,)), "K8-75", "node-node-1")

    assert found.result is Severity.UNKNOWN
    assert (
        found.message == "CPU usage in millicores could not be seen: its cluster has no metrics API"
    )
    assert found.remedy == "Install metrics-server in its cluster: nothing measures its nodes."

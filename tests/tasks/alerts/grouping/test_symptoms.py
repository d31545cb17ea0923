"""Symptoms that no topology explains: what only one failure may have brought joins it."""

from __future__ import annotations

import pytest

from tasks.alerts.grouping import (
    topology_from,
)
from tests.tasks.alerts.grouping.making import a_context, a_signal, incidents_of, placed


def test_a_symptom_that_no_topology_explains_joins_the_one_fresh_cause():
    context = a_context(topology=topology_from({}))
    cause = a_signal("disk", host="p1", title="Disk is full")
    symptom = a_signal("errors", 3, service="billing", title="Error rate is high")

    placements, memory = placed([cause, symptom], context)

    assert incidents_of(placements, memory) == [{"disk", "errors"}]
    assert placements["errors"].explanation.rule == "company"


def test_a_symptom_that_could_be_of_two_causes_stays_alone():
    context = a_context(topology=topology_from({}))
    causes = [
        a_signal("disk", host="p1", title="Disk is full"),
        a_signal("fan", 1, host="q7", title="Fan failure"),
    ]

    placements, memory = placed(
        [*causes, a_signal("errors", 3, service="billing", title="Error rate is high")], context
    )

    assert len(incidents_of(placements, memory)) == 3


def test_three_services_that_only_suffer_are_three_incidents():
    context = a_context(topology=topology_from({}))

    placements, memory = placed(
        [
            a_signal(name, n, service=name, title="Error rate is high")
            for n, name in enumerate(("x", "y", "z"))
        ],
        context,
    )

    assert len(incidents_of(placements, memory)) == 3


@pytest.mark.parametrize(
    ("cause", "symptom"),
    [
        pytest.param(
            {"rule": "EtcdNoLeader"},
            {"rule": "DeploymentRolloutStuck", "service": "mail"},
            id="control plane",
        ),
        pytest.param(
            {"rule": "EtcdNoLeader"},
            {"title": "mail: ProgressDeadlineExceeded", "service": "mail"},
            id="a deployment's deadline",
        ),
        pytest.param(
            {"rule": "EtcdNoLeader"},
            {"title": "Deploy of mail stalled", "service": "mail"},
            id="a deployment that stalls",
        ),
        pytest.param(
            {"rule": "EtcdNoLeader", "labels": {"cluster": "c"}},
            {"title": "kube-scheduler lost its lease", "labels": {"cluster": "c"}},
            id="a part of the control plane with a hyphen",
        ),
        pytest.param(
            {"title": "Job dump-all failed", "labels": {"job_name": "dump-all", "cluster": "c"}},
            {"title": "Last backup is 38 h old", "service": "vault"},
            id="backup",
        ),
        pytest.param(
            {"title": "Job dump-all failed", "labels": {"job_name": "dump-all", "cluster": "c"}},
            {"title": "vault: backup did not finish", "service": "vault"},
            id="backup that did not finish",
        ),
        pytest.param(
            {
                "title": "Nightly import job failed",
                "labels": {"job_name": "import-nightly", "cluster": "c"},
            },
            {"title": "Newest row is older than 26 hours", "service": "reports"},
            id="batch job",
        ),
        pytest.param(
            {"title": "DNS queries time out"},
            {"title": "Lookup of db failed: no such host", "service": "mail"},
            id="name resolution",
        ),
        pytest.param(
            {"rule": "IngressControllerDown"},
            {"title": "Error rate is high", "service": "web"},
            id="ingress",
        ),
    ],
)
def test_trouble_that_is_known_to_bring_other_trouble_needs_no_common_name(cause, symptom):
    labels = {"cluster": "c"}
    signals = [
        a_signal("cause", **{"labels": labels, "title": cause.get("rule", ""), **cause}),
        a_signal("symptom", 5, **{"labels": labels, "title": symptom.get("rule", ""), **symptom}),
    ]

    placements, memory = placed(signals)

    assert incidents_of(placements, memory) == [{"cause", "symptom"}]


def test_trouble_with_a_cause_of_its_own_is_no_symptom_of_the_host_below():
    signals = [
        a_signal("host", host="h1", title="Host is unreachable"),
        a_signal("cert", 1, service="web", title="Certificate of web has expired"),
        a_signal("errors", 2, service="web", title="Error rate is high"),
    ]

    placements, memory = placed(signals)

    assert placements["cert"].opened
    assert incidents_of(placements, memory) == [{"cert", "errors"}, {"host"}]

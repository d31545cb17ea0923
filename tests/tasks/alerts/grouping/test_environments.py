"""What hangs below a failed host goes with it, also of another environment; nothing else does."""

from __future__ import annotations

import pytest

from tasks.alerts.grouping import (
    topology_from,
    topology_of,
)
from tasks.alerts.grouping.topology_graph import Edge, Thing
from tests.tasks.alerts.grouping.making import SHOP, a_context, a_signal, incidents_of, placed


def test_a_failed_host_takes_its_machines_of_every_environment_along_and_no_service_elsewhere():
    things = [
        Thing(name, kind, name)
        for name, kind in (("esx-1", "host"), ("shop-1", "vm"), ("shop-dev-1", "vm"))
    ]
    hosted = topology_of(
        things, [Edge("shop-1", "runs_on", "esx-1"), Edge("shop-dev-1", "runs_on", "esx-1")]
    )
    prod, dev = {"env": "prod"}, {"env": "dev"}
    signals = [
        a_signal("host", host="esx-1", labels=prod, title="Host is unreachable"),
        a_signal("prod", 1, host="shop-1", labels=prod, title="VM is unreachable"),
        a_signal("dev", 1.1, host="shop-dev-1", labels=dev, title="VM is unreachable"),
        a_signal("other", 1.2, service="portal", labels=dev, title="VM is unreachable"),
    ]

    placements, memory = placed(signals, a_context(topology=hosted))

    assert incidents_of(placements, memory) == [{"host", "prod", "dev"}, {"other"}]


HOSTED = topology_of(
    [
        Thing("esx-1", "host", "esx-1", "compute"),
        Thing("vm-1", "vm", "wrk-1", "compute"),
        Thing("node-1", "node", "wrk-1", "k8s-dev"),
        Thing("pod-1", "pod", "cart-6b5d8f9c7d-x2x4z", "k8s-dev"),
        Thing("claim-1", "pvc", "cart-data", "k8s-dev"),
        Thing("cart", "deployment", "cart", "k8s-dev"),
        Thing("cart-svc", "service", "cart-http", "k8s-dev"),
        Thing("shop", "ingress", "shop", "k8s-dev"),
        Thing("mail", "deployment", "mail", "k8s-dev"),
    ],
    [
        Edge("vm-1", "runs_on", "esx-1"),
        Edge("node-1", "runs_on", "vm-1"),
        Edge("pod-1", "runs_on", "node-1"),
        Edge("pod-1", "mounts", "claim-1"),
        Edge("pod-1", "owned_by", "cart"),
        Edge("cart-svc", "selects", "pod-1"),
        Edge("shop", "selects", "cart-svc"),
    ],
)


DEV = {"env": "dev", "cluster": "k8s-dev"}


@pytest.mark.parametrize(
    "below",
    [
        pytest.param({"labels": {**DEV, "node": "wrk-1"}}, id="node"),
        pytest.param({"labels": {**DEV, "pod": "cart-6b5d8f9c7d-x2x4z"}}, id="pod"),
        pytest.param(
            {"labels": {"env": "dev", "pod": "cart-6b5d8f9c7d-x2x4z"}, "asset_id": "pod-1"},
            id="a pod that the inventory knows",
        ),
        pytest.param({"labels": {**DEV, "deployment": "cart"}}, id="deployment"),
        pytest.param({"labels": DEV, "service": "cart-http"}, id="service"),
        pytest.param(
            {"labels": {"env": "dev", "service": "cart-http"}, "asset_id": "cart-svc"},
            id="a service of a cluster that is called like the environment",
        ),
    ],
)
def test_a_failed_host_takes_along_what_hangs_below_it_in_another_environment(below):
    signals = [
        a_signal("host", host="esx-1", labels={"env": "prod"}, title="Host is unreachable"),
        a_signal("below", 1, title="Not ready, timed out", **below),
    ]

    placements, memory = placed(signals, a_context(topology=HOSTED))

    assert incidents_of(placements, memory) == [{"host", "below"}]


def test_what_stands_on_a_member_hangs_below_the_failed_host_however_far_it_is():
    signals = [
        a_signal("host", host="esx-1", labels={"env": "prod"}, title="Host is unreachable"),
        a_signal("service", 1, service="cart-http", labels=DEV, title="Error rate"),
        a_signal("ingress", 2, labels={**DEV, "ingress": "shop"}, title="Error rate"),
    ]

    placements, memory = placed(signals, a_context(topology=HOSTED))

    assert incidents_of(placements, memory) == [{"host", "service", "ingress"}]


@pytest.mark.parametrize(
    "apart",
    [
        pytest.param({"labels": {**DEV, "deployment": "mail"}}, id="on no host that failed"),
        pytest.param(
            {"labels": {"env": "staging", "service": "cart-http"}},
            id="called so in another environment",
        ),
        pytest.param(
            {"labels": {"env": "staging", "service": "cart-http"}, "asset_id": "cart-svc"},
            id="taken for the one that is known",
        ),
    ],
)
def test_a_failed_host_takes_nothing_along_that_does_not_surely_hang_below_it(apart):
    signals = [
        a_signal("host", host="esx-1", labels={"env": "prod"}, title="Host is unreachable"),
        a_signal("apart", 1, title="Not ready, timed out", **apart),
    ]

    placements, memory = placed(signals, a_context(topology=HOSTED))

    assert incidents_of(placements, memory) == [{"apart"}, {"host"}]
    assert placements["apart"].explanation.best_rejected.vetoes


def test_a_topology_of_one_environment_places_nothing_of_another():
    told = topology_from({**SHOP, "environment": "prod"})
    signals = [
        a_signal("host", host="h2", labels={"env": "prod"}, title="Host is unreachable"),
        a_signal("prod", 1, service="api", labels={"env": "prod"}, title="Error rate"),
        a_signal("staging", 1.1, service="api", labels={"env": "staging"}, title="Error rate"),
    ]

    placements, memory = placed(signals, a_context(topology=told))

    assert incidents_of(placements, memory) == [{"host", "prod"}, {"staging"}]


def test_spellings_of_one_environment_are_one():
    signals = [
        a_signal("a", service="api", labels={"env": "prod"}),
        a_signal("b", 1, service="api", labels={"environment": "Production"}),
    ]

    placements, memory = placed(signals)

    assert len(incidents_of(placements, memory)) == 1


@pytest.mark.parametrize("order", [("dev", "host", "prod"), ("dev", "prod", "host")])
def test_what_was_told_lost_before_the_host_that_carries_it_is_one_with_it(order):
    things = [
        Thing(name, kind, name)
        for name, kind in (("esx-1", "host"), ("esx-2", "host"), ("shop-1", "vm"), ("dev-1", "vm"))
    ]
    hosted = topology_of(
        things, [Edge("shop-1", "runs_on", "esx-1"), Edge("dev-1", "runs_on", "esx-1")]
    )
    prod, dev = {"env": "prod"}, {"env": "dev"}
    told = {
        "dev": {"host": "dev-1", "labels": dev, "title": "VM is unreachable"},
        "host": {"host": "esx-1", "labels": prod, "title": "Host is unreachable"},
        "prod": {"host": "shop-1", "labels": prod, "title": "VM is unreachable"},
    }
    signals = [a_signal(name, place, **told[name]) for place, name in enumerate(order)]

    placements, memory = placed(signals, a_context(topology=hosted))

    assert incidents_of(placements, memory) == [{"dev", "host", "prod"}]


@pytest.mark.parametrize(
    ("dev", "host"),
    [
        pytest.param(
            {"host": "dev-1", "title": "Disk of dev-1 is 97 % full"},
            {"host": "esx-1", "title": "Host is unreachable"},
            id="the machine has a cause of its own",
        ),
        pytest.param(
            {"host": "dev-1", "title": "VM is unreachable"},
            {"host": "esx-1", "title": "CPU ready time of the host is high"},
            id="the host is there",
        ),
        pytest.param(
            {"host": "dev-1", "title": "VM is unreachable"},
            {"host": "esx-2", "title": "Host is unreachable"},
            id="another host",
        ),
        pytest.param(
            {"service": "portal", "title": "Portal is unreachable"},
            {"host": "esx-1", "title": "Host is unreachable"},
            id="a service that hangs nowhere",
        ),
    ],
)
def test_what_was_told_before_and_another_host_does_not_explain_stays_apart(dev, host):
    things = [
        Thing(name, kind, name)
        for name, kind in (("esx-1", "host"), ("esx-2", "host"), ("dev-1", "vm"))
    ]
    hosted = topology_of(things, [Edge("dev-1", "runs_on", "esx-1")])
    signals = [
        a_signal("dev", 0, labels={"env": "dev"}, **dev),
        a_signal("host", 1, labels={"env": "prod"}, **host),
    ]

    placements, memory = placed(signals, a_context(topology=hosted))

    assert incidents_of(placements, memory) == [{"dev"}, {"host"}]

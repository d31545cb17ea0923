"""The names of assets in results, and what a suppression covers by them."""

from __future__ import annotations

import pytest

from models.kinds.kubernetes.cluster import KubernetesCluster
from models.records.check import Severity, Suppression
from tasks.inventory.checks.naming import spellings
from tests.tasks.inventory.checks.fabric.racks import device, judge, port
from tests.tasks.inventory.checks.kubernetes import town
from tests.tasks.inventory.checks.site import ahead, asset, vm


def full_names(*records):
    assets = [asset(record) for record in records]
    return {
        one.id: names[-1] for one, names in zip(assets, spellings(assets).values(), strict=True)
    }


def a_cluster(name):
    return KubernetesCluster(key=name, name=name, server="https://k8s.example:6443")


def test_a_port_is_named_with_its_device_and_a_machine_as_it_is():
    names = full_names(device("leaf-01"), port("leaf-01/Ethernet1/1"), port("gone/Eth1"), vm())

    assert names["interface-leaf-01/Ethernet1/1"] == "leaf-01 Ethernet1/1"
    assert names["interface-gone/Eth1"] == "Eth1"
    assert names["vm-5012-1"] == vm().name


def test_an_object_is_named_with_its_namespace_and_its_cluster_where_there_are_several():
    pod, node = town.pod("pod-1"), town.node(1)
    one, two = a_cluster(pod.cluster), a_cluster("other")
    own = f"{pod.namespace}/{pod.name}"

    alone, among = full_names(one, pod, node), full_names(one, two, pod, node)

    assert (alone[f"pod-{pod.key}"], alone[f"node-{node.key}"]) == (own, node.name)
    assert among[f"pod-{pod.key}"] == f"{pod.cluster}/{own}"
    assert among[f"node-{node.key}"] == f"{node.cluster}/{node.name}"
    assert among["kubernetes_cluster-other"] == "other"


@pytest.mark.parametrize(
    ("selector", "covered"),
    [
        pytest.param("id-1", True, id="its id"),
        pytest.param("api", True, id="its own name"),
        pytest.param("web/api", True, id="with its namespace"),
        pytest.param("prod/web/api", True, id="with its cluster"),
        pytest.param("a*", True, id="a pattern of its own name"),
        pytest.param("web/*", True, id="all of its namespace"),
        pytest.param("prod/*", True, id="all of its cluster"),
        pytest.param("web*", False, id="a pattern of its namespace's name"),
        pytest.param("w/*", False, id="another namespace"),
    ],
)
def test_a_suppression_covers_by_every_name(selector, covered):
    silence = Suppression(check="K8-30", selector=selector, reason="known", until=ahead(1))

    assert silence.covers("id-1", "api", "web/api", "prod/web/api") is covered


def test_a_suppression_by_the_plain_name_of_a_port_holds_on_every_device_that_has_it():
    def silenced(selector):
        silence = Suppression(check="NE-16", selector=selector, reason="known", until=ahead(1))
        bad = {f"leaf-0{n}/Ethernet1/49": {"input_errors": 5000} for n in (1, 2)}
        found = judge(bad, suppressions=(silence,))
        return [one.asset_name for one in found if one.result is Severity.SUPPRESSED]

    both = ["leaf-01 Ethernet1/49", "leaf-02 Ethernet1/49"]
    assert silenced("Ethernet1/49") == both
    assert silenced("leaf-* Ethernet1/49") == both
    assert silenced("leaf-01 Ethernet1/49") == both[:1]

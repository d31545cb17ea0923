"""Which pods are selected."""

from __future__ import annotations

import pytest

from models.kinds.kubernetes.common import Requirement, Selector
from models.kinds.kubernetes.policies import PodDisruptionBudget
from models.kinds.kubernetes.traffic import NetworkPolicy, Service
from tests.tasks.inventory.joining.given import a_pod, joins, sureness

PODS = [
    a_pod("web-1", app="web", tier="front"),
    a_pod("web-2", app="web", tier="front", canary="yes"),
    a_pod("db-1", app="db", tier="back"),
    a_pod("bare"),
    a_pod("other", namespace="bank", app="web"),
]
ALL = {"web-1", "web-2", "db-1", "bare"}


def a_service(**selector):
    return Service(
        key="s", name="s", cluster="prod", namespace="shop", selector=tuple(selector.items())
    )


def a_policy(selector, kind=NetworkPolicy):
    return kind(key="p", name="p", cluster="prod", namespace="shop", selector=selector)


def requiring(*wanted, **labels):
    return Selector(
        labels=tuple(labels.items()),
        expressions=tuple(Requirement(key=k, operator=o, values=v) for k, o, v in wanted),
    )


def selected(owner, pods=PODS):
    return {pod for _, pod in sureness(k1=[owner, *pods])}


def test_a_service_selects_the_pods_of_its_namespace_with_all_its_labels():
    assert selected(a_service(app="web")) == {"web-1", "web-2"}
    assert selected(a_service(app="web", canary="yes")) == {"web-2"}
    assert selected(a_service(app="web", tier="back")) == set()


def test_a_service_without_a_selector_selects_nothing():
    assert selected(a_service()) == set()


@pytest.mark.parametrize("kind", [NetworkPolicy, PodDisruptionBudget])
def test_an_empty_selector_of_a_policy_means_every_pod_and_none_at_all_means_none(kind):
    assert selected(a_policy(Selector(), kind)) == ALL
    assert selected(a_policy(None, kind)) == set()


@pytest.mark.parametrize(
    ("wanted", "pods"),
    [
        ([("app", "In", ("web", "db"))], {"web-1", "web-2", "db-1"}),
        ([("app", "In", ())], set()),
        ([("canary", "Exists", ())], {"web-2"}),
        ([("canary", "DoesNotExist", ())], {"web-1", "db-1", "bare"}),
        ([("app", "NotIn", ("web",))], {"db-1", "bare"}),
        ([("app", "In", ("web",)), ("canary", "DoesNotExist", ())], {"web-1"}),
        ([("app", "Near", ("web",))], set()),
    ],
)
def test_expressions_select_as_the_cluster_does(wanted, pods):
    assert selected(a_policy(requiring(*wanted))) == pods


def test_labels_and_expressions_hold_together():
    assert selected(a_policy(requiring(("canary", "DoesNotExist", ()), app="web"))) == {"web-1"}


def test_the_selector_is_the_reason_and_it_is_certain():
    owner = a_policy(requiring(("canary", "NotIn", ("yes", "no")), app="web"), PodDisruptionBudget)

    (join,) = joins(k1=[owner, *PODS]).values()

    assert (join.type, join.confidence) == ("selects", 1.0)
    assert join.reason == (
        "The selector of p in namespace shop is app=web, canary NotIn (yes, no)."
    )


def test_a_cluster_of_the_same_name_in_another_source_is_another():
    assert sureness(k1=[a_service(app="web")], k2=PODS) == {}


def test_a_pod_whose_label_changed_is_selected_no_more():
    assert selected(a_service(app="web"), [a_pod("web-1", app="old")]) == set()
    assert selected(a_service(app="web"), []) == set()

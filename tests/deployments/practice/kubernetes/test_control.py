"""Scripted trouble and scripted changes of the practice clusters."""

import base64
import json
import stat
import time

import pytest
import urllib3
from kubernetes import client

from deployments.practice.kubernetes.server import PracticeKubernetes
from deployments.practice.site import KUBERNETES_CANARIES
from models.errors import WrongUse
from tests.deployments.practice.kubernetes.test_reading import EVERY_LIST, refused
from tests.deployments.practice.kubernetes.test_writing import eventually, is_ready, pods, ready


@pytest.fixture
def control(practice_kubernetes):
    return practice_kubernetes.control


def test_requests_fail_as_often_as_was_asked(connect, control):
    core = connect().core
    control.fail("pods", 429, times=2)
    for _ in range(2):
        error, body = refused(core.list_pod_for_all_namespaces)
        assert (error.status, body["reason"]) == (429, "TooManyRequests")
    assert core.list_pod_for_all_namespaces().items
    control.fail("pods/eviction", 500)
    assert core.list_pod_for_all_namespaces().items


def test_a_client_that_is_told_to_wait_waits(connect, control):
    # The official client's HTTP library heeds Retry-After of 429 and 503 by itself.
    control.fail("pods", 429, retry_after=1)
    began = time.monotonic()
    assert connect().core.list_pod_for_all_namespaces().items
    assert time.monotonic() - began >= 1


def test_a_failure_can_wait_for_the_second_page(connect, control):
    core = connect().core
    control.fail("pods", 503, later_pages=True)
    first = core.list_pod_for_all_namespaces(limit=10)
    error, _ = refused(core.list_pod_for_all_namespaces, _continue=first.metadata._continue)
    assert error.status == 503


def test_one_cluster_can_fail_without_the_other(connect, control):
    here, there = connect().core, connect(context="ber1-dev").core
    control.fail(status=500, cluster="ber1-dev")
    assert here.list_node().items
    assert refused(there.list_node)[0].status == 500


def test_discovery_can_fail(connect, control):
    control.fail("discovery", 503)
    assert refused(connect().version.get_code)[0].status == 503


def test_an_answer_can_be_cut_off_or_only_half(connect, control, raw):
    connection = connect().core
    control.drop("nodes")
    with pytest.raises(urllib3.exceptions.HTTPError):
        connection.list_node(_request_timeout=5)
    control.garble("nodes")
    with pytest.raises(json.JSONDecodeError):
        raw("/api/v1/nodes")
    assert raw("/api/v1/nodes")["kind"] == "NodeList"


def test_a_request_can_hang_until_the_client_gives_up(connect, control):
    control.hang("nodes", times=4)  # the client's HTTP library tries three times more
    with pytest.raises(urllib3.exceptions.HTTPError):
        connect().core.list_node(_request_timeout=0.3)
    control.calm()


def test_answers_can_be_slow(connect, control):
    core = connect().core
    control.delay(0.3)
    began = time.monotonic()
    core.list_node()
    assert time.monotonic() - began >= 0.3


def test_a_workload_can_crash_and_be_healed(connect, control):
    api = connect()
    addresses = [pod.status.pod_ip for pod in pods(api, "shop", "cart")]
    control.ail("fra1-prod/Deployment/shop/cart", "crash")

    def waiting():
        statuses = [one for pod in pods(api, "shop", "cart") for one in
                    pod.status.container_statuses or ()]  # fmt: skip
        return {one.state.waiting.reason for one in statuses if one.state.waiting}

    eventually(waiting, {"CrashLoopBackOff"})
    control.ail("fra1-prod/Deployment/shop/cart", "")
    eventually(lambda: ready(api, "shop", "cart"), 3)
    assert [pod.status.pod_ip for pod in pods(api, "shop", "cart")] == addresses


def test_a_node_that_is_not_ready_takes_its_pods_with_it(connect, control):
    api = connect()
    node = pods(api, "shop", "search")[0].spec.node_name
    control.set_node(f"fra1-prod/Node/{node}", ready=False)
    (condition,) = [
        one for one in api.core.read_node(node).status.conditions if one.type == "Ready"
    ]
    assert (condition.status, condition.reason) == ("Unknown", "NodeStatusUnknown")
    eventually(lambda: ready(api, "shop", "search"), 0)
    control.set_node(f"fra1-prod/Node/{node}")
    eventually(lambda: ready(api, "shop", "search"), 1)


def test_another_image_rolls_the_pods(connect, control):
    api = connect()
    control.set_image("fra1-prod/Deployment/shop/cart", "registry.example.net/shop/cart:latest")

    def images():
        return {p.spec.containers[0].image for p in pods(api, "shop", "cart") if is_ready(p)}

    eventually(images, {"registry.example.net/shop/cart:latest"})


def test_a_certificate_can_be_aged(connect, control):
    ends_at = control.age_certificate("fra1-prod/Certificate/billing/billing-tls", 2)
    custom = connect().custom
    found = custom.get_namespaced_custom_object(
        "cert-manager.io", "v1", "billing", "certificates", "billing-tls"
    )
    assert found["status"]["notAfter"] == ends_at


def test_touching_changes_versions_heartbeats_and_counters_but_nothing_real(connect, control):
    core = connect().core
    before = [core.list_node(), core.list_event_for_all_namespaces()]
    control.touch()
    nodes, events = core.list_node(), core.list_event_for_all_namespaces()
    for old, new in zip(before[0].items, nodes.items, strict=True):
        assert new.metadata.resource_version != old.metadata.resource_version
        assert new.spec == old.spec
    assert [one.count - 1 for one in events.items] == [one.count for one in before[1].items]


def test_unknown_places_and_ailments_are_refused_with_the_reason(control):
    with pytest.raises(WrongUse, match="nothing stands at"):
        control.get("fra1-prod/Deployment/shop/ghost")
    with pytest.raises(WrongUse, match="no cluster 'moon'"):
        control.names("moon", "Pod")
    with pytest.raises(WrongUse, match="ailments are"):
        control.ail("fra1-prod/Deployment/shop/cart", "flu")


def test_every_planted_fault_sits_on_something(control):
    places = [place for found in control.planted().values() for place in found]
    assert len(places) > 40
    assert all(control.get(place) for place in places)


def test_every_canary_secret_is_to_be_seen_in_the_api(connect, raw):
    api = connect().api
    text = ""
    for kind, method in EVERY_LIST:
        text += json.dumps(api.sanitize_for_serialization(getattr(kind(api), method)()))
    for where, secret in KUBERNETES_CANARIES.items():
        encoded = base64.b64encode(secret.encode()).decode()
        assert secret in text or encoded in text, where


def test_a_kubeconfig_names_every_cluster_and_trusts_only_their_authority(kubeconfig, connect):
    path = kubeconfig("limited")
    assert path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO) == 0
    text = path.read_text()
    assert "fra1-prod" in text
    assert "ber1-dev" in text
    assert "certificate-authority-data" in text
    assert isinstance(connect("limited").core, client.CoreV1Api)


def test_tokens_can_be_given(small_practice_site):
    with PracticeKubernetes(small_practice_site, tls=False, tokens={"reader": "known"}) as practice:
        assert practice.tokens["reader"] == "known"
        assert practice.url.startswith("http://")
        assert "certificate-authority-data" not in practice.kubeconfig()

"""The practice clusters, changed with the official client, and what they do by themselves."""

import time

import pytest
from kubernetes import client

from tests.deployments.practice.kubernetes.test_reading import refused

NAME = "app.kubernetes.io/name"


@pytest.fixture
def writer(connect):
    return connect("writer")


def eventually(look, wanted, seconds=10.0):
    """Return once a look gives what is wanted; the last look is what the failure shows."""
    deadline = time.monotonic() + seconds
    while (seen := look()) != wanted and time.monotonic() < deadline:
        time.sleep(0.05)
    assert seen == wanted


def pods(api, namespace, app):
    return api.core.list_namespaced_pod(namespace, label_selector=f"{NAME}={app}").items


def is_ready(pod):
    return any(one.type == "Ready" and one.status == "True" for one in pod.status.conditions)


def ready(api, namespace, app):
    return sum(is_ready(pod) for pod in pods(api, namespace, app))


def eviction(pod, **options):
    meta = client.V1ObjectMeta(name=pod.metadata.name, namespace=pod.metadata.namespace)
    return client.V1Eviction(metadata=meta, **options)


def evict(api, pod, **options):
    return api.core.create_namespaced_pod_eviction(
        pod.metadata.name, pod.metadata.namespace, eviction(pod, **options)
    )


def test_scaling_up_and_down_makes_and_deletes_pods(writer):
    scale = writer.apps.patch_namespaced_deployment_scale
    assert scale("web", "shop", {"spec": {"replicas": 8}}).spec.replicas == 8
    eventually(lambda: ready(writer, "shop", "web"), 8)
    scale("web", "shop", {"spec": {"replicas": 2}})
    eventually(lambda: len(pods(writer, "shop", "web")), 2)
    status = writer.apps.read_namespaced_deployment("web", "shop").status
    assert (status.replicas, status.ready_replicas) == (2, 2)


def test_the_cluster_says_what_it_does(writer):
    writer.apps.patch_namespaced_deployment_scale("web", "shop", {"spec": {"replicas": 7}})
    eventually(lambda: ready(writer, "shop", "web"), 7)
    writer.apps.patch_namespaced_deployment_scale("web", "shop", {"spec": {"replicas": 5}})
    eventually(lambda: len(pods(writer, "shop", "web")), 5)
    events = writer.core.list_namespaced_event("shop", field_selector="type=Normal").items
    said = {(event.involved_object.kind, event.reason) for event in events}
    assert said == {
        ("Deployment", "ScalingReplicaSet"),
        ("ReplicaSet", "SuccessfulCreate"),
        ("ReplicaSet", "SuccessfulDelete"),
        ("Pod", "Scheduled"),
    }


def test_a_scale_that_is_made_from_an_older_one_is_409(writer):
    old = writer.apps.read_namespaced_deployment_scale("web", "shop")
    writer.apps.patch_namespaced_deployment_scale("web", "shop", {"spec": {"replicas": 4}})
    old.spec.replicas = 9
    error, body = refused(writer.apps.replace_namespaced_deployment_scale, "web", "shop", old)
    assert (error.status, body["reason"]) == (409, "Conflict")


def test_replicas_below_zero_are_422(writer):
    scale = writer.apps.patch_namespaced_deployment_scale
    error, body = refused(scale, "web", "shop", {"spec": {"replicas": -1}})
    assert (error.status, body["reason"]) == (422, "Invalid")


def test_a_rollout_restart_makes_a_new_replica_set_and_new_pods(writer):
    before = {pod.metadata.name for pod in pods(writer, "shop", "web")}
    notes = {"annotations": {"kubectl.kubernetes.io/restartedAt": "2026-11-20T00:00:00Z"}}
    patch = {"spec": {"template": {"metadata": notes}}}
    writer.apps.patch_namespaced_deployment("web", "shop", patch)

    def rolled():
        names = {pod.metadata.name for pod in pods(writer, "shop", "web")}
        return ready(writer, "shop", "web") == len(names) == len(before) and not names & before

    eventually(rolled, wanted=True)
    sets = writer.apps.list_namespaced_replica_set("shop", label_selector=f"{NAME}=web").items
    assert sorted(one.spec.replicas for one in sets) == [0, len(before)]


def test_a_strategic_patch_merges_containers_by_name(writer):
    image = {"name": "web", "image": "registry.example.net/shop/web:9.9.9"}
    patch = {"spec": {"template": {"spec": {"containers": [image]}}}}
    done = writer.apps.patch_namespaced_deployment("web", "shop", patch)
    (container,) = done.spec.template.spec.containers
    assert container.image == image["image"]
    assert container.liveness_probe  # which the patch does not name


def test_a_json_patch_changes_and_tests(writer):
    patch = writer.apps.patch_namespaced_deployment
    path = "/spec/replicas"
    good = [{"op": "test", "path": path, "value": 6}, {"op": "replace", "path": path, "value": 5}]
    assert patch("web", "shop", good).spec.replicas == 5
    assert refused(patch, "web", "shop", good)[0].status == 422


def test_labels_can_be_set_and_removed(writer):
    patch = writer.core.patch_node
    node = writer.core.list_node().items[0].metadata.name
    assert patch(node, {"metadata": {"labels": {"rack": "r1"}}}).metadata.labels["rack"] == "r1"
    assert "rack" not in patch(node, {"metadata": {"labels": {"rack": None}}}).metadata.labels


def test_a_blocking_budget_refuses_eviction_and_says_its_name(writer):
    pod = pods(writer, "crm", "app")[0]
    error, body = refused(evict, writer, pod)
    assert error.status == 429
    assert "disruption budget app needs 2 healthy pods" in body["details"]["causes"][0]["message"]
    assert "Retry-After" not in error.headers
    assert len(pods(writer, "crm", "app")) == 2


def test_an_evicted_pod_comes_back_under_another_name(writer):
    before = pods(writer, "shop", "cart")
    assert isinstance(evict(writer, before[0]), client.V1Eviction)
    eventually(lambda: ready(writer, "shop", "cart"), len(before))
    assert before[0].metadata.name not in {p.metadata.name for p in pods(writer, "shop", "cart")}


def test_a_budget_lets_one_pod_go_at_a_time(writer):
    first, second, _ = pods(writer, "shop", "cart")
    evict(writer, first)
    assert refused(evict, writer, second)[0].status == 429
    eventually(lambda: ready(writer, "shop", "cart"), 3)
    evict(writer, second)


def test_dry_runs_say_what_would_be_and_change_nothing(writer, practice_kubernetes):
    pod = pods(writer, "shop", "cart")[0]
    writer.core.delete_namespaced_pod(pod.metadata.name, "shop", dry_run="All")
    evict(writer, pod, delete_options=client.V1DeleteOptions(dry_run=["All"]))
    scaled = writer.apps.patch_namespaced_deployment_scale(
        "cart", "shop", {"spec": {"replicas": 9}}, dry_run="All"
    )
    assert scaled.spec.replicas == 9
    assert writer.apps.read_namespaced_deployment("cart", "shop").spec.replicas == 3
    assert pod.metadata.name in {p.metadata.name for p in pods(writer, "shop", "cart")}
    counted = practice_kubernetes.control.counters()
    assert (counted["mutating"], counted["dry_runs"]) == (0, 3)


def test_a_deleted_pod_is_made_again_and_an_unknown_one_is_404(writer):
    pod = pods(writer, "shop", "search")[0]
    gone = writer.core.delete_namespaced_pod(pod.metadata.name, "shop")
    assert gone.metadata.deletion_timestamp
    eventually(lambda: ready(writer, "shop", "search"), 1)
    error, _ = refused(writer.core.delete_namespaced_pod, pod.metadata.name, "shop")
    assert error.status == 404


def test_a_cordoned_node_gets_no_new_pods(writer):
    free = [
        node.metadata.name
        for node in writer.core.list_node().items
        if not node.spec.taints and not node.spec.unschedulable
    ]
    cordoned = writer.core.patch_node(free[0], {"spec": {"unschedulable": True}})
    assert cordoned.spec.taints[0].key == "node.kubernetes.io/unschedulable"
    writer.apps.patch_namespaced_deployment_scale("web", "shop", {"spec": {"replicas": 30}})
    before = {pod.metadata.name for pod in pods(writer, "shop", "web")}
    eventually(lambda: ready(writer, "shop", "web"), 30)
    new = [pod for pod in pods(writer, "shop", "web") if pod.metadata.name not in before]
    assert free[0] not in {pod.spec.node_name for pod in new}
    back = writer.core.patch_node(free[0], {"spec": {"unschedulable": False}})
    assert not back.spec.taints


def test_an_update_from_an_older_version_is_409(writer):
    old = writer.core.read_namespaced_config_map("web", "shop")
    old.data["THEME"] = "winter"
    writer.core.replace_namespaced_config_map("web", "shop", old)
    error, body = refused(writer.core.replace_namespaced_config_map, "web", "shop", old)
    assert (error.status, body["reason"]) == (409, "Conflict")


def test_what_changes_nothing_keeps_its_version(writer):
    before = writer.core.read_namespaced_config_map("web", "shop")
    after = writer.core.patch_namespaced_config_map("web", "shop", {"data": before.data})
    assert after.metadata.resource_version == before.metadata.resource_version


def test_objects_can_be_made_and_deleted_with_what_they_own(writer):
    labels = {NAME: "new"}
    template = client.V1PodTemplateSpec(
        metadata=client.V1ObjectMeta(labels=labels),
        spec=client.V1PodSpec(containers=[client.V1Container(name="new", image="new:1")]),
    )
    spec = client.V1DeploymentSpec(
        replicas=2, selector=client.V1LabelSelector(match_labels=labels), template=template
    )
    body = client.V1Deployment(metadata=client.V1ObjectMeta(name="new"), spec=spec)
    writer.apps.create_namespaced_deployment("sandbox", body)
    eventually(lambda: ready(writer, "sandbox", "new"), 2)
    error, reply = refused(writer.apps.create_namespaced_deployment, "sandbox", body)
    assert (error.status, reply["reason"]) == (409, "AlreadyExists")
    error, _ = refused(writer.apps.create_namespaced_deployment, "nowhere", body)
    assert error.status == 404
    writer.apps.delete_namespaced_deployment("new", "sandbox")
    eventually(lambda: pods(writer, "sandbox", "new"), [])


def test_a_service_follows_its_pods(writer):
    slices = client.DiscoveryV1Api(writer.api)

    def endpoints():
        label = "kubernetes.io/service-name=web"
        (found,) = slices.list_namespaced_endpoint_slice("shop", label_selector=label).items
        return sum(bool(one.conditions.ready) for one in found.endpoints)

    assert endpoints() == 6
    writer.apps.patch_namespaced_deployment_scale("web", "shop", {"spec": {"replicas": 3}})
    eventually(endpoints, 3)

"""The practice clusters, read with the official client: each row of the contract table."""

import json

import pytest
import yaml
from kubernetes import client, config

from tests.deployments.practice.kubernetes.conftest import DEVELOPMENT

EVERY_LIST = [
    (client.CoreV1Api, "list_node"),
    (client.CoreV1Api, "list_namespace"),
    (client.CoreV1Api, "list_pod_for_all_namespaces"),
    (client.CoreV1Api, "list_service_for_all_namespaces"),
    (client.CoreV1Api, "list_config_map_for_all_namespaces"),
    (client.CoreV1Api, "list_secret_for_all_namespaces"),
    (client.CoreV1Api, "list_service_account_for_all_namespaces"),
    (client.CoreV1Api, "list_persistent_volume"),
    (client.CoreV1Api, "list_persistent_volume_claim_for_all_namespaces"),
    (client.CoreV1Api, "list_event_for_all_namespaces"),
    (client.CoreV1Api, "list_resource_quota_for_all_namespaces"),
    (client.CoreV1Api, "list_limit_range_for_all_namespaces"),
    (client.AppsV1Api, "list_deployment_for_all_namespaces"),
    (client.AppsV1Api, "list_stateful_set_for_all_namespaces"),
    (client.AppsV1Api, "list_daemon_set_for_all_namespaces"),
    (client.AppsV1Api, "list_replica_set_for_all_namespaces"),
    (client.BatchV1Api, "list_job_for_all_namespaces"),
    (client.BatchV1Api, "list_cron_job_for_all_namespaces"),
    (client.NetworkingV1Api, "list_ingress_for_all_namespaces"),
    (client.NetworkingV1Api, "list_network_policy_for_all_namespaces"),
    (client.PolicyV1Api, "list_pod_disruption_budget_for_all_namespaces"),
    (client.AutoscalingV2Api, "list_horizontal_pod_autoscaler_for_all_namespaces"),
    (client.StorageV1Api, "list_storage_class"),
    (client.DiscoveryV1Api, "list_endpoint_slice_for_all_namespaces"),
    (client.RbacAuthorizationV1Api, "list_role_for_all_namespaces"),
    (client.RbacAuthorizationV1Api, "list_role_binding_for_all_namespaces"),
    (client.RbacAuthorizationV1Api, "list_cluster_role"),
    (client.RbacAuthorizationV1Api, "list_cluster_role_binding"),
    (client.CoordinationV1Api, "list_lease_for_all_namespaces"),
]


def refused(call, *arguments, **options):
    """Return the status code and the Status object of a refusal."""
    with pytest.raises(client.ApiException) as caught:
        call(*arguments, **options)
    return caught.value, json.loads(caught.value.body)


def test_the_official_clients_models_take_every_list(connect):
    api = connect().api
    for kind, method in EVERY_LIST:
        assert getattr(kind(api), method)().items, method


def test_discovery_names_what_is_served_and_versions_differ(connect):
    here, there = connect(), connect(context=DEVELOPMENT)
    assert here.version.get_code().git_version == "v1.34.3"
    assert there.version.get_code().git_version == "v1.36.0"
    named = {group.name for group in here.groups.get_api_versions().groups}
    assert {"apps", "metrics.k8s.io", "cert-manager.io"} <= named
    fewer = {group.name for group in there.groups.get_api_versions().groups}
    assert named - fewer == {"metrics.k8s.io", "cert-manager.io"}
    resources = {one.name for one in client.AppsV1Api(here.api).get_api_resources().resources}
    assert {"deployments", "deployments/scale"} <= resources


def test_an_api_that_a_cluster_lacks_is_404(connect):
    there = connect(context=DEVELOPMENT).custom
    error, body = refused(there.list_cluster_custom_object, "metrics.k8s.io", "v1beta1", "nodes")
    assert (error.status, body["kind"], body["reason"]) == (404, "Status", "NotFound")


def test_pages_together_hold_every_pod_once(connect):
    core = connect().core
    whole = [pod.metadata.uid for pod in core.list_pod_for_all_namespaces().items]
    seen, token = [], None
    while token != "":
        page = core.list_pod_for_all_namespaces(limit=25, _continue=token)
        seen += [pod.metadata.uid for pod in page.items]
        assert len(page.items) <= 25
        token = page.metadata._continue or ""
    assert seen == whole


def test_all_pages_show_the_version_of_the_first(connect, practice_kubernetes):
    core = connect().core
    first = core.list_namespaced_pod("shop", limit=5)
    names = [pod.metadata.name for pod in core.list_namespaced_pod("shop").items]
    practice_kubernetes.control.remove(f"fra1-prod/Pod/shop/{names[-1]}")
    rest = core.list_namespaced_pod("shop", _continue=first.metadata._continue)
    assert [pod.metadata.name for pod in (*first.items, *rest.items)] == names
    assert rest.metadata.resource_version == first.metadata.resource_version


def test_an_expired_token_is_410_and_its_successor_goes_on(connect, practice_kubernetes):
    core = connect().core
    first = core.list_pod_for_all_namespaces(limit=50)
    practice_kubernetes.control.expire_continue("pods")
    error, body = refused(
        core.list_pod_for_all_namespaces, limit=50, _continue=first.metadata._continue
    )
    assert (error.status, body["reason"]) == (410, "Expired")
    rest = core.list_pod_for_all_namespaces(_continue=body["metadata"]["continue"])
    whole = core.list_pod_for_all_namespaces()
    assert len(first.items) + len(rest.items) == len(whole.items)


def test_a_token_can_expire_in_the_middle_of_a_list(connect, practice_kubernetes):
    core = connect().core
    practice_kubernetes.control.expire_next_page("pods")
    first = core.list_pod_for_all_namespaces(limit=50)
    token = first.metadata._continue
    error, _ = refused(core.list_pod_for_all_namespaces, limit=50, _continue=token)
    assert error.status == 410


def test_a_garbage_token_is_400(connect):
    error, body = refused(connect().core.list_node, limit=5, _continue="garbage")
    assert (error.status, body["reason"]) == (400, "BadRequest")


def test_the_watch_cache_ignores_the_limit(connect):
    core = connect().core
    cached = core.list_pod_for_all_namespaces(limit=10, resource_version="0")
    assert len(cached.items) > 100
    assert not cached.metadata._continue


def test_a_version_from_the_future_is_504_with_a_wait(connect):
    error, body = refused(connect().core.list_node, resource_version="99999999")
    assert error.status == 504
    assert "Too large resource version" in body["message"]
    assert error.headers["Retry-After"] == "1"


def test_selectors_choose_by_label_and_field(connect):
    core = connect().core
    name = "app.kubernetes.io/name"
    web = core.list_namespaced_pod("shop", label_selector=f"{name}=web").items
    assert {pod.metadata.labels[name] for pod in web} == {"web"}
    both = core.list_namespaced_pod("shop", label_selector=f"{name} in (web, cart)").items
    assert len(both) > len(web)
    others = core.list_namespaced_pod("shop", label_selector=f"{name} notin (web,cart)").items
    assert not {pod.metadata.name for pod in others} & {pod.metadata.name for pod in both}
    assert not core.list_namespaced_pod("shop", label_selector=f"!{name}").items
    pending = core.list_pod_for_all_namespaces(field_selector="status.phase=Pending").items
    assert {pod.status.phase for pod in pending} == {"Pending"}
    node = web[0].spec.node_name
    here = core.list_pod_for_all_namespaces(field_selector=f"spec.nodeName={node}").items
    assert {pod.spec.node_name for pod in here} == {node}
    tls = core.list_secret_for_all_namespaces(field_selector="type=kubernetes.io/tls").items
    assert {secret.type for secret in tls} == {"kubernetes.io/tls"}
    error, _ = refused(core.list_node, field_selector="spec.colour=red")
    assert error.status == 400


def test_list_items_have_no_kind_but_custom_ones_do(raw):
    pods = raw("/api/v1/pods?limit=2")
    assert pods["kind"] == "PodList"
    assert "kind" not in pods["items"][0]
    certificates = raw("/apis/cert-manager.io/v1/certificates")
    assert certificates["items"][0]["kind"] == "Certificate"
    name = pods["items"][0]["metadata"]["name"]
    namespace = pods["items"][0]["metadata"]["namespace"]
    assert raw(f"/api/v1/namespaces/{namespace}/pods/{name}")["kind"] == "Pod"


def test_metadata_and_tables_hold_no_contents(raw):
    accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
    partial = raw("/api/v1/secrets?limit=2", accept)
    assert partial["kind"] == "PartialObjectMetadataList"
    assert partial["metadata"]["continue"]
    assert {tuple(item) for item in partial["items"]} == {("kind", "apiVersion", "metadata")}
    accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
    table = raw("/api/v1/secrets?limit=2", accept)
    names = [column["name"] for column in table["columnDefinitions"]]
    assert (table["kind"], names) == ("Table", ["Name", "Type", "Data", "Age"])
    assert all(len(row["cells"]) == len(names) for row in table["rows"])
    assert "data" not in table["rows"][0]["object"]
    assert table["metadata"]["continue"]


def test_a_form_that_is_not_served_is_406(raw):
    assert raw("/api/v1/nodes", "application/yaml")["code"] == 406
    assert raw("/api/v1/nodes", "application/yaml, */*")["kind"] == "NodeList"


def test_metrics_differ_at_every_look(connect):
    custom = connect().custom
    looks = [
        custom.list_cluster_custom_object("metrics.k8s.io", "v1beta1", "pods")["items"]
        for _ in range(2)
    ]
    assert [pod["metadata"]["name"] for pod in looks[0]] == [
        pod["metadata"]["name"] for pod in looks[1]
    ]
    assert looks[0] != looks[1]


def test_wrong_and_missing_tokens_are_401(raw, practice_kubernetes):
    text = practice_kubernetes.kubeconfig().replace(practice_kubernetes.tokens["reader"], "wrong")
    api = config.new_client_from_config_dict(yaml.safe_load(text), "fra1-prod")
    error, body = refused(client.CoreV1Api(api).list_node)
    assert (error.status, body["reason"]) == (401, "Unauthorized")
    assert raw("/api/v1/nodes", token="")["code"] == 401
    assert raw("/version", token="")["major"] == "1"  # which anybody may see


def test_users_see_what_their_rights_allow(connect):
    error, body = refused(connect("nosecrets").core.list_secret_for_all_namespaces)
    assert error.status == 403
    assert 'cannot list resource "secrets"' in body["message"]
    limited = connect("limited").core
    assert limited.list_namespaced_pod("shop").items
    for call in (limited.list_node, limited.list_pod_for_all_namespaces):
        assert refused(call)[0].status == 403
    assert refused(connect().core.delete_namespaced_pod, "x", "shop")[0].status == 403


def test_a_right_can_be_taken_away_and_given_back(connect, practice_kubernetes):
    core = connect().core
    practice_kubernetes.control.deny("events")
    assert refused(core.list_event_for_all_namespaces)[0].status == 403
    practice_kubernetes.control.allow("events")
    assert core.list_event_for_all_namespaces().items


def test_what_is_not_there_is_404_with_its_name(connect):
    error, body = refused(connect().core.read_namespaced_pod, "ghost", "shop")
    assert (error.status, body["details"]["name"]) == (404, "ghost")


def test_reading_counts_but_changes_nothing(connect, practice_kubernetes):
    core = connect().core
    core.list_node()
    refused(core.delete_namespaced_pod, "x", "shop")
    counted = practice_kubernetes.control.counters()
    assert counted["verbs"] == {"list": 1, "delete": 1}
    assert counted["mutating"] == 1  # the attempt, though it was refused

"""What only fills fields of other objects: events, usage, endpoints, quotas, replica sets."""

from datetime import UTC, datetime
from typing import ClassVar

import pytest

from collectors.kubernetes.reading import COVERED
from tests.collectors.kubernetes.conftest import DROP, a_pod, meta, objects

METRICS = "/apis/metrics.k8s.io/v1beta1"
SLICES = "/apis/discovery.k8s.io/{}/endpointslices"
UID = "uid-shop-web"


def only(records, kind):
    (found,) = records[kind].values()
    return found


SERVICE = {"metadata": meta("web", "shop"), "spec": {"type": "ClusterIP"}}


class TestWarnings:
    def an_event(self, name, message="no", minute=0, uid=UID, kind="Pod", **more):
        return {
            "metadata": meta(name, "shop"),
            "involvedObject": {"kind": kind, "name": "web", "uid": uid},
            "reason": "Failed",
            "message": message,
            "type": "Warning",
            "lastTimestamp": f"2026-11-20T10:{minute:02}:00Z",
            **more,
        }

    def test_the_newest_five_of_an_object_are_kept(self, api, read):
        api.say("/api/v1/pods", objects(a_pod("web")))
        events = [self.an_event(f"e{n}", f"message {n}", n, count=n + 1) for n in range(40)]
        api.say("/api/v1/events", objects(*events))

        records, _, _ = read()

        warnings = only(records, "pod").warnings
        assert [one.message for one in warnings] == [f"message {n}" for n in range(39, 34, -1)]
        assert (warnings[0].count, warnings[0].last_at.minute) == (40, 39)
        assert api.asked("/api/v1/events")[0]["fieldSelector"] == "type=Warning"

    def test_an_event_of_the_newer_kind_has_its_time_elsewhere(self, api, read):
        newer = {"lastTimestamp": None, "series": {"count": 7}, "count": None}
        newer["eventTime"] = "2026-11-20T11:00:00.123456Z"
        api.say("/api/v1/pods", objects(a_pod("web")))
        api.say("/api/v1/events", objects(self.an_event("e", **newer)))

        (found,) = only(read()[0], "pod").warnings

        assert found.count == 7
        assert found.last_at == datetime(2026, 11, 20, 11, 0, 0, 123456, tzinfo=UTC)

    def test_what_a_replica_set_met_is_its_deployments(self, api, read):
        owner = {"kind": "Deployment", "name": "web", "uid": UID, "controller": True}
        api.say(
            "/apis/apps/v1/replicasets",
            objects({"metadata": meta("web-1", "shop", ownerReferences=[owner])}),
        )
        api.say("/apis/apps/v1/deployments", objects({"metadata": meta("web", "shop"), "spec": {}}))
        event = self.an_event("e", "exceeded quota", uid="uid-shop-web-1", kind="ReplicaSet")
        api.say("/api/v1/events", objects(event))

        (found,) = only(read()[0], "deployment").warnings

        assert found.message == "exceeded quota"

    def test_a_nodes_events_carry_its_name_for_a_uid(self, api, read):
        api.say("/api/v1/nodes", objects({"metadata": meta("web")}))
        api.say("/api/v1/events", objects(self.an_event("e", uid="web", kind="Node")))

        assert only(read()[0], "node").warnings

    def test_secrets_in_a_message_are_removed(self, api, read):
        api.say("/api/v1/pods", objects(a_pod("web")))
        api.say("/api/v1/events", objects(self.an_event("e", "login with password=canary failed")))

        (found,) = only(read()[0], "pod").warnings

        assert "canary" not in found.message

    def test_of_very_many_the_first_are_read(self, api, read, monkeypatch):
        monkeypatch.setattr("collectors.kubernetes.feeds._MOST_EVENTS", 2)
        api.say("/api/v1/pods", objects(a_pod("web")))
        page = objects(self.an_event("a"), self.an_event("b"), token="more")
        api.say("/api/v1/events", page)

        records, gaps, _ = read()

        assert len(api.asked("/api/v1/events")) == 1
        assert len(only(records, "pod").warnings) == 2
        gap = next(gap for gap in gaps if (gap.kind, gap.field) == ("pod", "warnings"))
        assert gap.reason == "only the first 2 of the events were read"

    def test_without_the_right_to_read_them_the_kinds_are_covered(self, api, read):
        api.say("/api/v1/events", (403, {}))

        _, gaps, covered = read()

        gap = next(gap for gap in gaps if (gap.kind, gap.field) == ("pod", "warnings"))
        assert (gap.reason, gap.privilege) == ("not permitted", "list events")
        assert {"pod", "node", "deployment"} <= covered


class TestUsage:
    def test_nodes_and_pods_know_what_they_use(self, api, read):
        api.say("/api/v1/nodes", objects({"metadata": meta("n1")}))
        api.say("/api/v1/pods", objects(a_pod("web"), a_pod("new")))
        usage = {"cpu": "156340331n", "memory": "1263148Ki"}
        api.say(f"{METRICS}/nodes", objects({"metadata": {"name": "n1"}, "usage": usage}))
        pod = {"metadata": {"name": "web", "namespace": "shop"}, "containers": [{"usage": usage}]}
        pod["containers"].append({"usage": {"cpu": "0", "memory": "1Mi"}})
        api.say(f"{METRICS}/pods", objects(pod))

        records, _, _ = read()

        node = only(records, "node")
        assert (node.cpu_usage_millicores, node.memory_usage_mib) == (157, 1233)
        used = {one.name: one.memory_usage_mib for one in records["pod"].values()}
        assert used == {"web": 1234, "new": None}
        assert only(records, "kubernetes_cluster").node_metrics is True

    @pytest.mark.parametrize(
        ("answer", "says", "readable"),
        [
            ((404, {}), "this cluster has no metrics API", None),
            ((403, {}), "not permitted", False),
            ((503, {}), "metrics.k8s.io/v1beta1 does not answer: HTTP 503", None),
        ],
    )
    def test_without_a_metrics_api_usage_is_a_gap(
        self, api, read, answer, says, readable, monkeypatch
    ):
        monkeypatch.setattr("collectors.kubernetes.transport._FIRST_WAIT_SECONDS", 0.001)
        api.say(f"{METRICS}/nodes", answer)
        api.say("/api/v1/nodes", objects({"metadata": meta("n1")}))

        records, gaps, covered = read()

        node = only(records, "node")
        assert node.cpu_usage_millicores is None
        reasons = {gap.reason for gap in gaps if gap.kind == "node"}
        assert len(reasons) == 1
        assert reasons.pop().startswith(says)
        cures = {gap.cure for gap in gaps if gap.kind == "node"}
        assert cures == {"install metrics-server in the cluster" if answer[0] == 404 else None}
        assert "node" in covered
        assert only(records, "kubernetes_cluster").node_metrics is readable


class TestEndpoints:
    def a_slice(self, *endpoints, service="web"):
        labels = {"kubernetes.io/service-name": service}
        return {"metadata": meta("web-x", "shop", labels=labels), "endpoints": list(endpoints)}

    def an_endpoint(self, uid, **conditions):
        return {"addresses": [f"10.0.0.{uid}"], "conditions": conditions, "targetRef": {"uid": uid}}

    def numbers(self, read):
        records, _, _ = read()
        service = only(records, "service")
        return service.ready_endpoints, service.unready_endpoints

    @pytest.mark.parametrize("version", ["v1", "v1beta1"])
    def test_ready_ones_are_counted(self, api, read, version):
        api.say("/api/v1/services", objects(SERVICE))
        api.say(SLICES.format("v1"), (404, {}))
        found = self.a_slice(
            self.an_endpoint("1", ready=True),
            self.an_endpoint("2"),  # not said is ready
            self.an_endpoint("3", ready=False),
            self.an_endpoint("4", ready=False, terminating=True),
        )
        api.say(SLICES.format(version), objects(found))

        assert self.numbers(read) == (2, 1)

    def test_a_pod_with_two_address_families_counts_once(self, api, read):
        api.say("/api/v1/services", objects(SERVICE))
        both = [self.a_slice(self.an_endpoint("1", ready=True)) for _ in range(2)]
        api.say(SLICES.format("v1"), objects(*both))

        assert self.numbers(read) == (1, 0)

    def test_a_service_without_slices_has_none(self, api, read):
        api.say("/api/v1/services", objects(SERVICE))

        assert self.numbers(read) == (0, 0)

    def test_a_name_elsewhere_has_no_endpoints_to_count(self, api, read):
        spec = {"type": "ExternalName", "externalName": "db.example"}
        api.say("/api/v1/services", objects({**SERVICE, "spec": spec}))

        assert self.numbers(read) == (None, None)

    def test_an_old_cluster_has_one_object_for_each_service(self, api, read):
        api.say("/api/v1/services", objects(SERVICE))
        for version in ("v1", "v1beta1"):
            api.say(SLICES.format(version), (404, {}))
            api.say(f"/apis/discovery.k8s.io/{version}", (404, {}))
        ready = [{"ip": "10.0.0.1", "targetRef": {"uid": "1"}}, {"ip": "10.0.0.2"}]
        old = {"metadata": meta("web", "shop"), "subsets": [{"addresses": ready}]}
        old["subsets"].append({"notReadyAddresses": [{"ip": "10.0.0.3"}]})
        api.say("/api/v1/endpoints", objects(old))

        assert self.numbers(read) == (2, 1)

    def test_those_that_may_not_be_read_are_unknown(self, api, read):
        api.say("/api/v1/services", objects(SERVICE))
        api.say(SLICES.format("v1"), (403, {}))

        records, gaps, covered = read()

        assert only(records, "service").ready_endpoints is None
        assert {gap.field for gap in gaps if gap.kind == "service"} == {
            "ready_endpoints",
            "unready_endpoints",
        }
        assert "service" in covered


class TestLimits:
    def test_a_namespace_knows_its_quotas_and_limit_ranges(self, api, read):
        api.say("/api/v1/namespaces", objects({"metadata": meta("shop")}))
        api.say("/api/v1/limitranges", objects({"metadata": meta("defaults", "shop")}))
        amounts = {"hard": {"pods": "10", "memory": "8Gi"}, "used": {"pods": "3"}}
        quota = {"metadata": meta("team", "shop"), "spec": {}, "status": amounts}
        api.say("/api/v1/resourcequotas", objects(quota))

        found = only(read()[0], "namespace")

        assert found.limit_ranges == ("defaults",)
        quotas = [(one.resource, one.hard, one.used) for one in found.quotas]
        assert quotas == [("memory", "8Gi", None), ("pods", "10", "3")]

    def test_those_that_may_not_be_read_are_unknown_and_not_none(self, api, read):
        api.say("/api/v1/namespaces", objects({"metadata": meta("shop")}))
        api.say("/api/v1/limitranges", (403, {}))
        api.say("/api/v1/resourcequotas", (403, {}))

        records, gaps, _ = read()

        found = only(records, "namespace")
        assert (found.limit_ranges, found.quotas) == (None, None)
        assert {gap.privilege for gap in gaps if gap.kind == "namespace"} == {
            "list limitranges",
            "list resourcequotas",
        }


SETS = "/apis/apps/v1/replicasets"


class TestWithoutReplicaSets:
    OWNER: ClassVar = {"kind": "ReplicaSet", "name": "web-7f9c", "uid": "rs", "controller": True}

    @pytest.fixture(autouse=True)
    def _refused(self, api):
        api.say(SETS, (403, {}))

    def read_pod(self, api, read, **labels):
        pod = a_pod("web-7f9c-x", ownerReferences=[self.OWNER], labels=labels)
        api.say("/api/v1/pods", objects(pod))
        records, gaps, covered = read()
        assert "pod" in covered
        return only(records, "pod"), [gap for gap in gaps if gap.field == "deployment"]

    def test_a_pods_deployment_follows_from_the_hash_of_its_template(self, api, read):
        deployment = {"metadata": meta("web", "shop"), "spec": {}}
        api.say("/apis/apps/v1/deployments", objects(deployment))

        pod, gaps = self.read_pod(api, read, **{"pod-template-hash": "7f9c"})

        assert (pod.owner, pod.deployment) == ("ReplicaSet/web-7f9c", UID)
        assert gaps == []

    @pytest.mark.parametrize("labels", [{}, {"pod-template-hash": "7f9c"}])
    def test_where_no_deployment_is_called_so_it_is_a_gap(self, api, read, labels):
        pod, (gap,) = self.read_pod(api, read, **labels)

        assert pod.deployment is None
        assert (gap.privilege, gap.count) == ("list replicasets.apps", 1)

    def test_the_warnings_of_deployments_lack_those_of_replica_sets(self, read):
        _, gaps, covered = read()

        assert [gap.field for gap in gaps if gap.kind == "deployment"] == ["warnings"]
        assert "deployment" in covered


def test_a_replica_set_that_nothing_owns_makes_no_deployment(api, read):
    alone = {"metadata": meta("web-7f9c", "shop")}
    api.say(SETS, objects(alone))
    api.say("/apis/apps/v1/deployments", objects({"metadata": meta("web", "shop"), "spec": {}}))
    owner = {**TestWithoutReplicaSets.OWNER, "uid": alone["metadata"]["uid"]}
    labels = {"pod-template-hash": "7f9c"}
    api.say("/api/v1/pods", objects(a_pod("x", ownerReferences=[owner], labels=labels)))

    assert only(read()[0], "pod").deployment is None


FED = {
    "/api/v1/events": {"pod.warnings", "node.warnings", "deployment.warnings"},
    SETS: {"deployment.warnings"},
    SLICES.format("v1"): {"service.ready_endpoints", "service.unready_endpoints"},
    "/api/v1/limitranges": {"namespace.limit_ranges"},
    "/api/v1/resourcequotas": {"namespace.quotas"},
    f"{METRICS}/pods": {"pod.cpu_usage_millicores", "pod.memory_usage_mib"},
}


@pytest.mark.parametrize("answer", [(500, {}), (200, b"<html>"), (410, {}), DROP])
@pytest.mark.parametrize("path", FED)
def test_a_list_that_only_fills_fields_costs_these_and_no_kind(
    api, read, path, answer, monkeypatch
):
    monkeypatch.setattr("collectors.kubernetes.transport._FIRST_WAIT_SECONDS", 0.001)
    api.say(path, answer)
    api.say("/api/v1/pods", objects(a_pod("web")))

    records, gaps, covered = read()

    assert only(records, "pod").name == "web"
    assert FED[path] <= {f"{gap.kind}.{gap.field}" for gap in gaps}
    assert covered == COVERED


@pytest.mark.parametrize("wrong", [{"count": 10**30}, {"eventTime": "9999-99-01T00:00:00Z"}])
def test_one_event_that_cannot_be_read_hides_no_other(api, read, wrong):
    event = TestWarnings().an_event("e")
    api.say("/api/v1/events", objects({**event, **wrong}, event, {**event, **wrong}))
    api.say("/api/v1/pods", objects(a_pod("web")))

    records, gaps, covered = read()

    assert len(only(records, "pod").warnings) == 1
    (gap,) = [gap for gap in gaps if (gap.kind, gap.field) == ("pod", "warnings")]
    assert gap.reason.startswith("one of the events cannot be read: ")
    assert gap.count == 2
    assert covered == COVERED

"""Pods: what belongs to what, what ails them, and what is never read."""

import msgspec
import pytest

from collectors.kubernetes.parse_pod import parse_pod
from collectors.kubernetes.resources import PODS
from collectors.kubernetes.surroundings import Surroundings
from tests.collectors.kubernetes.conftest import a_pod, objects

APP = {"name": "app", "image": "app:1"}


def parsed(around=None, **said):
    page = PODS.forms[0].parse(msgspec.json.encode(objects(a_pod("web", **said))))
    return parse_pod(page.items[0], around or Surroundings(cluster="prod"))


def owned(kind, uid="w", name="web-1"):
    return [
        {"kind": "Other", "name": "x", "uid": "x"},
        {"kind": kind, "name": name, "uid": uid, "controller": True},
    ]


class TestOwners:
    @pytest.mark.parametrize(
        ("kind", "field"),
        [("StatefulSet", "statefulset"), ("DaemonSet", "daemonset"), ("Job", "job")],
    )
    def test_a_workload_that_was_seen_is_referred_to(self, kind, field):
        around = Surroundings(cluster="prod", workloads={"w": kind})

        pod = parsed(around, ownerReferences=owned(kind))

        assert getattr(pod, field) == "w"
        assert pod.owner == f"{kind}/web-1"

    def test_a_replica_set_leads_to_its_deployment(self):
        around = Surroundings(
            cluster="prod", workloads={"d": "Deployment"}, replica_sets={"rs": "d"}
        )

        pod = parsed(around, ownerReferences=owned("ReplicaSet", "rs"))

        assert pod.deployment == "d"

    def test_one_that_was_not_seen_is_no_reference(self):
        around = Surroundings(cluster="prod", replica_sets={"rs": "gone"})

        pod = parsed(around, ownerReferences=owned("ReplicaSet", "rs"))

        assert (pod.owner, pod.deployment) == ("ReplicaSet/web-1", None)

    def test_another_kind_with_the_same_uid_is_no_reference(self):
        around = Surroundings(cluster="prod", workloads={"w": "Job"})

        assert parsed(around, ownerReferences=owned("StatefulSet")).statefulset is None

    def test_what_names_the_node_and_claims_is_resolved_where_it_was_seen(self):
        claim = {"persistentVolumeClaim": {"claimName": "data"}}
        spec = {
            "nodeName": "n1",
            "volumes": [
                {"name": "data", **claim},
                {"name": "gone", "persistentVolumeClaim": {"claimName": "gone"}},
                {"name": "scratch", "ephemeral": {"volumeClaimTemplate": {}}},
            ],
        }
        around = Surroundings(
            cluster="prod",
            nodes={"n1": "node-uid"},
            namespaces={"shop": "ns-uid"},
            claims={("shop", "data"): "c1", ("shop", "web-scratch"): "c2", ("crm", "gone"): "c3"},
        )

        pod = parsed(around, spec=spec)

        assert (pod.node, pod.namespace_id) == ("node-uid", "ns-uid")
        assert pod.claim_names == ("data", "gone", "web-scratch")
        assert pod.claims == ("c1", "c2")


class TestContainers:
    def test_a_pod_that_nothing_made_declares_its_own(self):
        spec = {"containers": [APP], "initContainers": [{"name": "first", "image": "init:1"}]}

        pod = parsed(spec=spec)

        assert [(one.name, one.init) for one in pod.containers] == [("first", True), ("app", False)]
        assert pod.images == ("init:1", "app:1")

    def test_that_of_a_template_is_told_by_the_workload(self):
        assert parsed(ownerReferences=owned("ReplicaSet")).containers == ()

    def test_a_static_pod_of_a_node_has_no_template_elsewhere(self):
        assert parsed(ownerReferences=owned("Node")).containers != ()


def test_values_arguments_and_commands_are_nowhere():
    container = {
        **APP,
        "command": ["canary"],
        "args": ["--password=canary"],
        "env": [
            {"name": "PLAIN", "value": "canary"},
            {"name": "REF", "valueFrom": {"secretKeyRef": {"name": "db", "key": "canary"}}},
        ],
    }

    pod = parsed(spec={"containers": [container]}, annotations={"note": "canary"})

    assert pod.containers[0].env_names == ("PLAIN", "REF")
    assert pod.secret_names == ("db",)
    assert pod.annotations == (("note", ""),)
    assert b"canary" not in msgspec.json.encode(pod)


def test_labels_that_speak_of_secrets_are_redacted():
    pod = parsed(labels={"app": "web", "db-password": "canary"})

    assert pod.labels == (("app", "web"), ("db-password", "[redacted]"))


def test_every_way_to_use_a_config_map_or_secret_counts():
    container = {
        **APP,
        "env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "by-key", "key": "k"}}}],
        "envFrom": [{"configMapRef": {"name": "whole"}}, {"secretRef": {"name": "s-whole"}}],
    }
    projected = {"sources": [{"configMap": {"name": "proj"}}, {"secret": {"name": "s-proj"}}]}
    volumes = [
        {"name": "1", "configMap": {"name": "vol"}},
        {"name": "2", "secret": {"secretName": "s-vol"}},
        {"name": "3", "projected": projected},
    ]

    pod = parsed(spec={"initContainers": [container], "volumes": volumes})

    assert pod.config_map_names == ("by-key", "proj", "vol", "whole")
    assert pod.secret_names == ("s-proj", "s-vol", "s-whole")


def test_what_need_not_exist_is_named_only_where_it_does():
    volumes = [
        {"name": name, "configMap": {"name": name, "optional": True}} for name in ("here", "gone")
    ]
    around = Surroundings(cluster="prod", config_maps={("shop", "here")})

    assert parsed(around, spec={"volumes": volumes}).config_map_names == ("here",)


@pytest.mark.parametrize(
    ("volume", "mounted"),
    [
        ({"projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}}, True),
        ({"secret": {"secretName": "default-token-x7k2p"}}, True),
        ({"secret": {"secretName": "tls"}}, False),
        ({"emptyDir": {}}, False),
    ],
)
def test_a_mounted_token_is_seen_by_its_volume(volume, mounted):
    assert parsed(spec={"volumes": [{"name": "v", **volume}]}).token_mounted is mounted


class TestStatus:
    def a_status(self, *containers, conditions=(), init=()):
        return {
            "phase": "Running",
            "conditions": list(conditions),
            "containerStatuses": list(containers),
            "initContainerStatuses": list(init),
        }

    def a_container(self, *, waiting=None, ended=None, last=None, restarts=0):
        state = {"waiting": {"reason": waiting}} if waiting else {"running": {}}
        state = {"terminated": {"reason": ended, "exitCode": 1}} if ended else state
        before = {"terminated": {"reason": last, "exitCode": 137}} if last else {}
        return {"name": "c", "restartCount": restarts, "state": state, "lastState": before}

    def test_the_container_that_is_worst_off_speaks(self):
        status = self.a_status(
            self.a_container(waiting="ContainerCreating"),
            self.a_container(waiting="CrashLoopBackOff", last="Error", restarts=4),
            self.a_container(last="OOMKilled", restarts=1),
            init=[self.a_container(ended="Completed")],
        )

        pod = parsed(status=status)

        assert (pod.waiting_reason, pod.terminated_reason) == ("CrashLoopBackOff", "OOMKilled")
        assert pod.restart_count == 5

    def test_a_pod_that_only_starts_says_so(self):
        pod = parsed(status=self.a_status(self.a_container(waiting="PodInitializing")))

        assert pod.waiting_reason == "PodInitializing"

    def test_a_reason_that_nobody_listed_is_told_too(self):
        status = self.a_status(self.a_container(waiting="Novel"), self.a_container(ended="New"))

        pod = parsed(status=status)

        assert (pod.waiting_reason, pod.terminated_reason) == ("Novel", "New")

    @pytest.mark.parametrize(
        ("said", "ready"), [("True", True), ("False", False), ("Unknown", None)]
    )
    def test_what_nobody_knows_is_not_ready_nor_unready(self, said, ready):
        conditions = [{"type": "Ready", "status": said}]

        assert parsed(status=self.a_status(conditions=conditions)).ready is ready

    def test_why_it_cannot_be_scheduled_is_told(self):
        message = "0/3 nodes are available: 3 Insufficient cpu."
        scheduled = {"type": "PodScheduled", "status": "False", "message": message}

        assert parsed(status=self.a_status(conditions=[scheduled])).unschedulable_reason == message

    def test_both_addresses_of_a_pod_are_kept(self):
        ips = [{"ip": "10.1.2.3"}, {"ip": "fd00::3"}]

        assert parsed(status={"podIPs": ips, "podIP": "10.1.2.3"}).ip_addresses == (
            "10.1.2.3",
            "fd00::3",
        )
        assert parsed(status={"podIP": "10.1.2.3"}).ip_addresses == ("10.1.2.3",)

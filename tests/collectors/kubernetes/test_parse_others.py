"""Nodes, workloads, traffic and policies, as one small cluster of each."""

from datetime import UTC, datetime

from models.kinds.kubernetes.common import Port, Requirement, Selector
from models.kinds.kubernetes.identity import Rule, Subject
from models.kinds.kubernetes.node import Taint
from models.kinds.kubernetes.traffic import Route
from tests.collectors.kubernetes.conftest import meta, objects

TEMPLATE = {
    "metadata": {"labels": {"app": "web"}},
    "spec": {
        "serviceAccountName": "web",
        "automountServiceAccountToken": False,
        "hostNetwork": True,
        "nodeSelector": {"disk": "ssd"},
        "imagePullSecrets": [{"name": "pull"}],
        "securityContext": {"runAsNonRoot": True, "runAsUser": 1000},
        "containers": [
            {
                "name": "app",
                "image": "app:1",
                "ports": [{"containerPort": 8080, "name": "http"}],
                "resources": {
                    "requests": {"cpu": "100m", "memory": "128Mi"},
                    "limits": {"memory": "256Mi", "nvidia.com/gpu": 1},
                },
                "livenessProbe": {"httpGet": {"path": "/", "port": 8080}},
                "securityContext": {"privileged": True, "runAsUser": 0},
                "imagePullPolicy": "Always",
            }
        ],
    },
}
SELECTOR = {
    "matchLabels": {"app": "web"},
    "matchExpressions": [{"key": "tier", "operator": "In", "values": ["a", "b"]}],
}


class TestNode:
    def a_node(self, **status):
        spec = {
            "podCIDRs": ["10.244.0.0/24"],
            "providerID": "vsphere://4220",
            "unschedulable": True,
            "taints": [{"key": "gpu", "effect": "NoSchedule", "value": "yes"}],
        }
        labels = {"node-role.kubernetes.io/worker": "", "node-role.kubernetes.io/gpu": ""}
        return {"metadata": meta("n1", labels=labels), "spec": spec, "status": status}

    def test_it_says_what_it_is_and_has(self, one):
        amounts = {"cpu": "8", "memory": "32Gi", "pods": "110", "nvidia.com/gpu": "2"}
        addresses = [
            {"type": "InternalIP", "address": "10.0.0.1"},
            {"type": "Hostname", "address": "n1.example"},
            {"type": "InternalDNS", "address": "n1.internal"},
            {"type": "ExternalIP", "address": "192.0.2.1"},
        ]
        info = {"systemUUID": "4220-UUID", "kubeletVersion": "v1.34.3", "osImage": "Linux"}
        node = one(
            "node",
            "/api/v1/nodes",
            self.a_node(addresses=addresses, capacity=amounts, allocatable=amounts, nodeInfo=info),
        )

        assert node.roles == ("gpu", "worker")
        assert node.ip_addresses == ("10.0.0.1", "192.0.2.1")
        assert (node.host_name, node.system_uuid) == ("n1.example", "4220-UUID")
        assert (node.cpu_capacity_millicores, node.memory_allocatable_mib) == (8000, 32768)
        assert (node.pod_capacity, node.gpu_allocatable) == (110, 2)
        assert node.taints == (Taint(key="gpu", effect="NoSchedule", value="yes"),)
        assert (node.unschedulable, node.provider_id) == (True, "vsphere://4220")
        assert node.cluster_id == "cluster-1"

    def test_what_the_kubelet_no_longer_says_is_unknown(self, one):
        conditions = [
            {"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown"},
            {"type": "DiskPressure", "status": "False"},
        ]
        node = one("node", "/api/v1/nodes", self.a_node(conditions=conditions))

        assert (node.ready, node.ready_reason) == (None, "NodeStatusUnknown")
        assert (node.disk_pressure, node.memory_pressure) == (False, None)

    def test_a_node_that_said_nothing_yet_has_no_figures(self, one):
        node = one("node", "/api/v1/nodes", {"metadata": meta("n1")})

        assert (node.ready, node.cpu_capacity_millicores, node.gpu_allocatable) == (None,) * 3


class TestWorkload:
    def test_a_deployment_declares_its_pods(self, one):
        written = [{"apiVersion": "apps/v1"}, {"apiVersion": "apps/v1"}, {"apiVersion": "v1beta1"}]
        item = {
            "metadata": meta("web", "shop", managedFields=written),
            "spec": {
                "replicas": 3,
                "strategy": {"type": "Recreate"},
                "selector": SELECTOR,
                "template": TEMPLATE,
            },
            "status": {"replicas": 3, "readyReplicas": 2},
        }

        found = one("deployment", "/apis/apps/v1/deployments", item)

        (app,) = found.containers
        assert (app.cpu_request_millicores, app.memory_request_mib) == (100, 128)
        assert (app.cpu_limit_millicores, app.memory_limit_mib, app.gpu_limit) == (None, 256, 1)
        assert (app.liveness_probe, app.readiness_probe, app.privileged) == (True, False, True)
        assert (app.run_as_non_root, app.run_as_user) == (True, 0)
        assert app.ports == (Port(number=8080, name="http"),)
        assert found.selector == Selector(
            labels=(("app", "web"),),
            expressions=(Requirement(key="tier", operator="In", values=("a", "b")),),
        )
        assert (found.token_mounted, found.host_network) == (False, True)
        assert found.pull_secret_names == ("pull",)
        assert found.api_versions == ("apps/v1", "v1beta1")
        assert (found.ready_replicas, found.available_replicas) == (2, 0)

    def test_one_that_nobody_looked_at_yet_has_no_numbers(self, one):
        item = {"metadata": meta("web", "shop"), "spec": {"replicas": 1}}

        assert one("deployment", "/apis/apps/v1/deployments", item).ready_replicas is None

    def test_a_stateful_set_names_its_service_and_claims(self, one):
        spec = {
            "serviceName": "db",
            "updateStrategy": {"type": "OnDelete"},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}}],
            "template": TEMPLATE,
        }

        found = one(
            "statefulset",
            "/apis/apps/v1/statefulsets",
            {"metadata": meta("db", "shop"), "spec": spec},
        )

        assert (found.service_name, found.strategy) == ("db", "OnDelete")
        assert found.claim_templates == ("data",)

    def test_a_daemon_set_counts_what_the_nodes_ask_for(self, one):
        status = {"desiredNumberScheduled": 4, "numberReady": 3}

        found = one(
            "daemonset",
            "/apis/apps/v1/daemonsets",
            {"metadata": meta("agent", "shop"), "spec": {}, "status": status},
        )

        assert (found.desired_pods, found.ready_pods, found.available_pods) == (4, 3, 0)

    def test_a_job_belongs_to_its_cron_job_and_says_how_it_ended(self, api, read):
        cron = {
            "metadata": meta("nightly", "shop"),
            "spec": {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": TEMPLATE}}},
            "status": {"active": [{"name": "x"}], "lastScheduleTime": "2026-11-20T03:00:00Z"},
        }
        owner = {
            "kind": "CronJob",
            "name": "nightly",
            "uid": "uid-shop-nightly",
            "controller": True,
        }
        failed = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}
        conditions = [
            {"type": "Complete", "status": "False"},
            {**failed, "message": "token=canary"},
        ]
        job = {
            "metadata": meta("nightly-1", "shop", ownerReferences=[owner]),
            "spec": {"backoffLimit": 3, "template": TEMPLATE},
            "status": {"failed": 4, "conditions": conditions},
        }
        api.say("/apis/batch/v1/cronjobs", objects(cron))
        api.say("/apis/batch/v1/jobs", objects(job))

        records, _, _ = read()

        (made,), (found,) = records["cronjob"].values(), records["job"].values()
        assert (made.active_jobs, made.schedule) == (1, "0 3 * * *")
        assert made.last_scheduled_at == datetime(2026, 11, 20, 3, tzinfo=UTC)
        assert (found.cronjob, found.outcome, found.failed_pods) == (made.key, "Failed", 4)
        assert found.outcome_reason == "BackoffLimitExceeded: token=[redacted]"
        assert [one.name for one in found.containers] == ["app"]


class TestTraffic:
    def test_an_ingress_leads_to_the_services_that_exist(self, api, read):
        api.say("/api/v1/services", objects({"metadata": meta("web", "shop"), "spec": {}}))
        backends = [("/", "web", {"number": 80}), ("/old", "gone", {"name": "http"})]
        paths = [
            {"path": path, "backend": {"service": {"name": name, "port": port}}}
            for path, name, port in backends
        ]
        item = {
            "metadata": meta("shop", "shop"),
            "spec": {
                "ingressClassName": "nginx",
                "defaultBackend": {"service": {"name": "web", "port": {"number": 80}}},
                "rules": [{"host": "shop.example", "http": {"paths": paths}}],
                "tls": [{"hosts": ["shop.example"], "secretName": "tls"}],
            },
            "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.5"}, {"hostname": "lb"}]}},
        }
        api.say("/apis/networking.k8s.io/v1/ingresses", objects(item))

        (found,) = read()[0]["ingress"].values()

        assert found.routes == (
            Route(host=None, path=None, service="web", port="80"),
            Route(host="shop.example", path="/", service="web", port="80"),
            Route(host="shop.example", path="/old", service="gone", port="http"),
        )
        assert found.services == ("uid-shop-web",)
        assert (found.tls_secret_names, found.addresses) == (("tls",), ("192.0.2.5", "lb"))

    def test_a_service_keeps_its_ports_as_they_were_written(self, one):
        ports = [
            {"port": 80, "targetPort": "http", "nodePort": 30080, "name": "web"},
            {"port": 53, "targetPort": 5353, "protocol": "UDP"},
        ]
        spec = {"type": "NodePort", "clusterIPs": ["10.96.0.1"], "ports": ports}

        found = one("service", "/api/v1/services", {"metadata": meta("web", "shop"), "spec": spec})

        assert found.ports == (
            Port(number=80, name="web", target="http", node_port=30080),
            Port(number=53, protocol="UDP", target="5353"),
        )

    def test_a_headless_service_has_no_address(self, one):
        item = {"metadata": meta("db", "shop"), "spec": {"clusterIPs": ["None"]}}

        assert one("service", "/api/v1/services", item).cluster_ips == ()

    def test_a_policy_that_selects_everything_is_told_from_none(self, one):
        item = {
            "metadata": meta("deny", "shop"),
            "spec": {"podSelector": {}, "policyTypes": ["Ingress"], "egress": [{}, {}]},
        }

        found = one("network_policy", "/apis/networking.k8s.io/v1/networkpolicies", item)

        assert found.selector == Selector()
        assert (found.ingress_rules, found.egress_rules) == (0, 2)


class TestPolicies:
    def test_an_autoscaler_refers_to_what_it_scales(self, api, read):
        api.say("/apis/apps/v1/deployments", objects({"metadata": meta("web", "shop"), "spec": {}}))
        active = {"type": "ScalingActive", "status": "False", "reason": "FailedGetResourceMetric"}
        item = {
            "metadata": meta("web", "shop"),
            "spec": {
                "scaleTargetRef": {"kind": "Deployment", "name": "web"},
                "minReplicas": 2,
                "maxReplicas": 9,
            },
            "status": {"conditions": [active], "desiredReplicas": 0},
        }
        api.say("/apis/autoscaling/v2/horizontalpodautoscalers", objects(item))

        (found,) = read()[0]["horizontal_pod_autoscaler"].values()

        assert (found.target, found.deployment) == ("Deployment/web", "uid-shop-web")
        assert (found.scaling_active, found.scaling_reason) == (False, "FailedGetResourceMetric")

    def test_limits_of_a_budget_stay_as_they_were_written(self, one):
        item = {
            "metadata": meta("web", "shop"),
            "spec": {"minAvailable": 0, "maxUnavailable": "50%", "selector": {}},
            "status": {"currentHealthy": 2, "expectedPods": 2, "disruptionsAllowed": 0},
        }

        path = "/apis/policy/v1/poddisruptionbudgets"
        found = one("pod_disruption_budget", path, item)

        assert (found.min_available, found.max_unavailable) == ("0", "50%")
        assert (found.healthy_pods, found.disruptions_allowed) == (2, 0)

    def test_cluster_roles_belong_to_the_cluster(self, api, read):
        rbac = "/apis/rbac.authorization.k8s.io/v1"
        rules = [{"verbs": ["get"], "nonResourceURLs": ["/metrics"]}]
        api.say(f"{rbac}/clusterroles", objects({"metadata": meta("viewer"), "rules": rules}))
        binding = {
            "metadata": meta("viewers", "shop"),
            "roleRef": {"kind": "ClusterRole", "name": "viewer"},
            "subjects": [{"kind": "ServiceAccount", "name": "web", "namespace": "shop"}],
        }
        api.say(f"{rbac}/rolebindings", objects(binding))

        records, _, _ = read()

        (role,), (bound,) = records["role"].values(), records["role_binding"].values()
        assert (role.namespace, role.cluster_id) == (None, "cluster-1")
        assert role.rules == (Rule(verbs=("get",), urls=("/metrics",)),)
        assert (bound.role_kind, bound.role_name) == ("ClusterRole", "viewer")
        assert bound.subjects == (Subject(kind="ServiceAccount", name="web", namespace="shop"),)


class TestCluster:
    def test_it_says_its_version_and_what_it_serves(self, api, read):
        (found,) = read()[0]["kubernetes_cluster"].values()

        assert (found.key, found.name, found.server) == ("cluster-1", "prod", api.url)
        assert (found.version, found.platform) == ("v1.34.3", "linux/amd64")
        assert found.api_versions == ("apps/v1", "v1")
        assert found.metrics_available is False

    def test_what_it_may_not_say_is_a_gap(self, api, read):
        for path in ("/version", "/apis", "/api/v1/namespaces/kube-system"):
            api.say(path, (403, {}))

        records, gaps, covered = read()

        (found,) = records["kubernetes_cluster"].values()
        assert found.key == f"server:{api.url.removeprefix('http://')}"
        assert (found.version, found.metrics_available) == (None, None)
        fields = {gap.field for gap in gaps if gap.kind == "kubernetes_cluster"}
        assert fields == {"*", "version", "platform", "api_versions"}
        assert "kubernetes_cluster" not in covered

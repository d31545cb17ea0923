"""What each check of traffic, scaling, nodes, clusters, storage, namespaces and roles says.

Cases are as in `cases_workloads`.
"""

from __future__ import annotations

from models.kinds.kubernetes.common import Requirement, Selector
from models.kinds.kubernetes.identity import Rule, Subject
from models.kinds.kubernetes.namespace import Namespace
from models.kinds.kubernetes.storage import StorageClass
from models.kinds.kubernetes.traffic import Route
from tests.tasks.inventory.checks.kubernetes.cases_workloads import Case, denied
from tests.tasks.inventory.checks.kubernetes.town import CLUSTER, WEB, with_container
from tests.tasks.inventory.checks.site import NOW, ago, ahead

SERVICE, INGRESS, TLS = "service-web", "ingress-web", "secret-web-tls"
BUDGET, SCALER = "pod_disruption_budget-web", "horizontal_pod_autoscaler-web"
NODE, TOWN, SPACE = "node-node-1", "kubernetes_cluster-prod", "namespace-shop"
PV, PVC, ROLE, BINDING = "pv-pv-1", "pvc-data", "role-reader", "role_binding-reader"
MISSING = Selector(labels=(("app", "gone"),))


def _route(service: str | None, port: str | None) -> dict[str, object]:
    return {"routes": (Route(host=None, path="/", service=service, port=port),)}


def _expressions(*found: tuple[str, str, tuple[str, ...]]) -> dict[str, object]:
    expressions = tuple(Requirement(key=k, operator=o, values=v) for k, o, v in found)
    return {"selector": Selector(expressions=expressions)}


def _rule(*, verbs=("*",), groups=("*",), resources=("*",), names=()):
    return Rule(verbs=verbs, api_groups=groups, resources=resources, resource_names=names)


def _admin(*subjects: Subject, **changes: object) -> dict[str, object]:
    return {"role_name": "cluster-admin", "subjects": subjects, **changes}


ROBOT = Subject(kind="ServiceAccount", name="robot", namespace="shop")
ANYBODY = Subject(kind="Group", name="system:authenticated")

TRAFFIC_CASES: dict[str, list[Case]] = {
    "K8-40": [
        ("none", SERVICE, {SERVICE: {"ready_endpoints": 0}}, "crit", ()),
        ("none is ready", SERVICE, {SERVICE: {"ready_endpoints": 0, "unready_endpoints": 2}}, "crit", ()),
        ("not said", SERVICE, {SERVICE: {"ready_endpoints": None}}, "unknown", ()),
        ("not permitted", SERVICE, {SERVICE: {"ready_endpoints": None}}, "unknown", denied("service", "ready_endpoints")),
        ("somebody else keeps them", SERVICE, {SERVICE: {"selector": (), "ready_endpoints": 0}}, None, ()),
        ("a name elsewhere", SERVICE, {SERVICE: {"type": "ExternalName", "ready_endpoints": 0}}, None, ()),
    ],
    "K8-41": [
        ("one", SERVICE, {SERVICE: {"ready_endpoints": 1}}, "info", ()),
        ("none is another check's", SERVICE, {SERVICE: {"ready_endpoints": 0}}, "ok", ()),
        ("not said", SERVICE, {SERVICE: {"ready_endpoints": None}}, "unknown", ()),
    ],
    "K8-42": [
        ("a label that no pod has", SERVICE, {SERVICE: {"selector": (("app", "gone"),)}}, "warn", ()),
        ("a label too many", SERVICE, {SERVICE: {"selector": (*WEB, ("tier", "front"))}}, "warn", ()),
        ("in another namespace", SERVICE, {SERVICE: {"namespace": "crm"}}, "warn", ()),
        ("in another cluster", SERVICE, {SERVICE: {"cluster": "dev"}}, "warn", ()),
        ("pods may not be listed", SERVICE, {}, "unknown", denied("pod")),
    ],
    "K8-43": [
        ("no such service", INGRESS, {INGRESS: _route("gone", "80")}, "crit", ()),
        ("in another namespace", INGRESS, {INGRESS: {"namespace": "crm"}}, "crit", ()),
        ("no such port", INGRESS, {INGRESS: _route("web", "81")}, "crit", ()),
        ("no port of that name", INGRESS, {INGRESS: _route("web", "https")}, "crit", ()),
        ("a port by its number", INGRESS, {INGRESS: _route("web", "80")}, "ok", ()),
        ("no port", INGRESS, {INGRESS: _route("web", None)}, "ok", ()),
        ("no service", INGRESS, {INGRESS: _route(None, None)}, None, ()),
        ("services may not be listed", INGRESS, {"service-web": None}, "unknown", denied("service")),
    ],
    "K8-44": [
        ("gone", INGRESS, {TLS: None}, "warn", ()),
        ("none named", INGRESS, {INGRESS: {"tls_secret_names": ()}}, None, ()),
        ("may not be listed", INGRESS, {TLS: None}, "unknown", denied("secret")),
    ],
    "K8-45": [
        ("in 21 days", TLS, {TLS: {"certificate_not_after": ahead(21)}}, "ok", ()),
        ("in less", TLS, {TLS: {"certificate_not_after": ahead(20.9)}}, "warn", ()),
        ("in 7 days", TLS, {TLS: {"certificate_not_after": ahead(7)}}, "warn", ()),
        ("in less than that", TLS, {TLS: {"certificate_not_after": ahead(6.9)}}, "crit", ()),
        ("at this moment", TLS, {TLS: {"certificate_not_after": NOW}}, "crit", ()),
        ("nobody knows", TLS, {TLS: {"certificate_not_after": None}}, "unknown", ()),
        ("not even whether it is one", TLS, {TLS: {"type": None}}, "unknown", ()),
        ("a password has none", "secret-password", {}, None, ()),
    ],
    "K8-50": [
        ("all are well", BUDGET, {BUDGET: {"disruptions_allowed": 0}}, "warn", ()),
        ("one is ill", BUDGET, {BUDGET: {"disruptions_allowed": 0, "healthy_pods": 1}}, "info", ()),
        ("none expected", BUDGET, {BUDGET: {"disruptions_allowed": 0, "expected_pods": 0}}, None, ()),
        ("not said", BUDGET, {BUDGET: {"disruptions_allowed": None}}, "unknown", ()),
        ("health not said", BUDGET, {BUDGET: {"healthy_pods": None}}, "unknown", ()),
    ],
    "K8-51": [
        ("a label that no pod has", BUDGET, {BUDGET: {"selector": MISSING}}, "warn", ()),
        ("no selector", BUDGET, {BUDGET: {"selector": None}}, "warn", ()),
        ("the empty selector", BUDGET, {BUDGET: {"selector": Selector()}}, "ok", ()),
        ("In", BUDGET, {BUDGET: _expressions(("app", "In", ("web", "api")))}, "ok", ()),
        ("In others", BUDGET, {BUDGET: _expressions(("app", "In", ("api",)))}, "warn", ()),
        ("NotIn others", BUDGET, {BUDGET: _expressions(("app", "NotIn", ("api",)))}, "ok", ()),
        ("NotIn these", BUDGET, {BUDGET: _expressions(("app", "NotIn", ("web",)))}, "warn", ()),
        ("Exists", BUDGET, {BUDGET: _expressions(("app", "Exists", ()))}, "ok", ()),
        ("Exists not", BUDGET, {BUDGET: _expressions(("tier", "Exists", ()))}, "warn", ()),
        ("DoesNotExist", BUDGET, {BUDGET: _expressions(("tier", "DoesNotExist", ()))}, "ok", ()),
        ("an operator of the future", BUDGET, {BUDGET: _expressions(("app", "Gt", ("1",)))}, "warn", ()),
        ("pods may not be listed", BUDGET, {}, "unknown", denied("pod")),
    ],
    "K8-52": [
        ("all that it may have", SCALER, {SCALER: {"desired_replicas": 4}}, "warn", ()),
        ("one less", SCALER, {SCALER: {"desired_replicas": 3}}, "ok", ()),
        ("always as many", SCALER, {SCALER: {"min_replicas": 4, "desired_replicas": 4}}, None, ()),
        ("not said", SCALER, {SCALER: {"desired_replicas": None}}, "unknown", ()),
    ],
    "K8-53": [
        ("its target is gone", SCALER, {"deployment-web": None}, "crit", ()),
        ("its target never was", SCALER, {SCALER: {"deployment": None}}, "crit", ()),
        ("a target of a kind that is not listed", SCALER, {SCALER: {"target": "Rollout/web", "deployment": None}}, "ok", ()),
        ("cannot", SCALER, {SCALER: {"scaling_active": False, "scaling_reason": "FailedGetResourceMetric"}}, "warn", ()),
        ("cannot and does not say why", SCALER, {SCALER: {"scaling_active": False}}, "warn", ()),
        ("its target is scaled to zero", SCALER, {SCALER: {"scaling_active": False, "scaling_reason": "ScalingDisabled: zero"}}, "info", ()),
        ("not said", SCALER, {SCALER: {"scaling_active": None}}, "unknown", ()),
        ("targets may not be listed", SCALER, {"deployment-web": None}, "unknown", denied("deployment")),
    ],
}  # fmt: skip

CLUSTER_CASES: dict[str, list[Case]] = {
    "K8-70": [
        ("not ready", NODE, {NODE: {"ready": False, "ready_reason": "KubeletNotReady"}}, "crit", ()),
        ("silent", NODE, {NODE: {"ready": None, "ready_reason": "NodeStatusUnknown"}}, "crit", ()),
        ("not said", NODE, {NODE: {"ready": None}}, "unknown", ()),
    ],
    "K8-71": [
        ("memory", NODE, {NODE: {"memory_pressure": True}}, "warn", ()),
        ("disk", NODE, {NODE: {"disk_pressure": True}}, "warn", ()),
        ("process ids", NODE, {NODE: {"pid_pressure": True}}, "warn", ()),
        ("no network", NODE, {NODE: {"network_unavailable": True}}, "crit", ()),
        ("a network that says nothing", NODE, {NODE: {"network_unavailable": None}}, "ok", ()),
        ("not said", NODE, {NODE: {"disk_pressure": None}}, "unknown", ()),
        ("one of them not said", NODE, {NODE: {"disk_pressure": None, "pid_pressure": True}}, "warn", ()),
    ],
    "K8-72": [
        ("cordoned", NODE, {NODE: {"unschedulable": True}}, "warn", ()),
        ("a list that broke off", NODE, {}, "unknown", denied("node")),
    ],
    "K8-73": [
        ("two behind", NODE, {NODE: {"kubelet_version": "v1.32.9"}}, "ok", ()),
        ("three behind", NODE, {NODE: {"kubelet_version": "v1.31.9"}}, "warn", ()),
        ("four behind", NODE, {NODE: {"kubelet_version": "v1.30.14"}}, "crit", ()),
        ("one ahead", NODE, {NODE: {"kubelet_version": "v1.35.0"}}, "crit", ()),
        ("a provider's version", NODE, {NODE: {"kubelet_version": "v1.34.1-eks-1"}}, "ok", ()),
        ("not said", NODE, {NODE: {"kubelet_version": None}}, "unknown", ()),
        ("no version", NODE, {NODE: {"kubelet_version": "unknown"}}, "unknown", ()),
        ("the cluster's not said", NODE, {TOWN: {"version": None}}, "unknown", ()),
        ("no cluster", NODE, {TOWN: None}, "unknown", ()),
    ],
    "K8-74": [
        ("all memory and more", NODE, {NODE: {"memory_allocatable_mib": 600}}, "warn", ()),
        ("95 % of its CPU", NODE, {NODE: {"cpu_allocatable_millicores": 1578}}, "info", ()),
        ("just less", NODE, {NODE: {"cpu_allocatable_millicores": 1579}}, "ok", ()),
        ("of a node that offers nothing", NODE, {NODE: {"cpu_allocatable_millicores": 0}}, "warn", ()),
        ("of a pod on its own", NODE, {"pod-lone": with_container(cpu_request_millicores=9000)}, "warn", ()),
        ("of its workload", NODE, {"deployment-web": with_container(cpu_request_millicores=9000)}, "warn", ()),
        ("of pods that are done", NODE, {"pod-lone": {**with_container(cpu_request_millicores=9000), "phase": "Succeeded"}}, "ok", ()),
        ("not said", NODE, {NODE: {"cpu_allocatable_millicores": None}}, "unknown", ()),
        ("pods may not be listed", NODE, {}, "unknown", denied("pod")),
    ],
    "K8-75": [
        ("84 % of its CPU", NODE, {NODE: {"cpu_usage_millicores": 6799}}, "ok", ()),
        ("85 % of its CPU", NODE, {NODE: {"cpu_usage_millicores": 6800}}, "warn", ()),
        ("95 % of its memory", NODE, {NODE: {"memory_usage_mib": 15_565}}, "crit", ()),
        ("not said", NODE, {NODE: {"cpu_usage_millicores": None}}, "unknown", ()),
    ],
    "K8-80": [
        ("deprecated", TOWN, {TOWN: {"version": "v1.21.3"}, "cronjob-report": {"api_versions": ("batch/v1beta1",)}}, "warn", ()),
        ("not yet deprecated", TOWN, {TOWN: {"version": "v1.20.3"}, "cronjob-report": {"api_versions": ("batch/v1beta1",)}}, "ok", ()),
        ("removed in the version after next", TOWN, {TOWN: {"version": "v1.23.3"}, "cronjob-report": {"api_versions": ("batch/v1beta1",)}}, "warn", ()),
        ("removed in the next version", TOWN, {TOWN: {"version": "v1.24.3"}, "cronjob-report": {"api_versions": ("batch/v1beta1",)}}, "crit", ()),
        ("removed long ago", TOWN, {"cronjob-report": {"api_versions": ("batch/v1", "batch/v1beta1")}}, "warn", ()),
        ("of another cluster", TOWN, {"cronjob-report": {"api_versions": ("batch/v1beta1",), "cluster": "dev"}}, "ok", ()),
        ("a version of nobody's", TOWN, {"cronjob-report": {"api_versions": ("example.com/v1beta1",)}}, "ok", ()),
        ("the last that the table knows", TOWN, {TOWN: {"version": "1.36+"}}, "ok", ()),
        ("beyond the table", TOWN, {TOWN: {"version": "v1.37.0"}}, "unknown", ()),
        ("beyond the table and gone", TOWN, {TOWN: {"version": "v1.38.0"}, "cronjob-report": {"api_versions": ("batch/v1beta1",)}}, "warn", ()),
        ("not said", TOWN, {TOWN: {"version": None}}, "unknown", ()),
        ("not a version", TOWN, {TOWN: {"version": "next"}}, "unknown", ()),
        ("may not be listed", TOWN, {}, "unknown", denied("ingress")),
        ("seen though not all may be listed", TOWN, {"cronjob-report": {"api_versions": ("batch/v1beta1",)}}, "warn", denied("ingress")),
    ],
    "K8-81": [
        ("none", TOWN, {TOWN: {"metrics_available": False}}, "info", ()),
        ("not said", TOWN, {TOWN: {"metrics_available": None}}, "unknown", ()),
    ],
    "K8-82": [
        ("one", TOWN, {"node-node-2": {"roles": ("worker",)}, "node-node-3": {"roles": ()}}, "warn", ()),
        ("two", TOWN, {"node-node-2": {"roles": ("worker",)}}, "info", ()),
        ("by the old name", TOWN, {"node-node-2": {"roles": ("master",)}}, "ok", ()),
        ("a provider's", TOWN, {f"node-node-{n}": {"roles": ()} for n in (1, 2, 3)}, "unknown", ()),
        ("of another cluster", TOWN, {"node-node-2": {"cluster": "dev"}}, "info", ()),
        ("may not be listed", TOWN, {}, "unknown", denied("node")),
    ],
    "K8-83": [
        ("of two patches", TOWN, {NODE: {"kubelet_version": "v1.34.1"}}, "info", ()),
        ("of two minors", TOWN, {NODE: {"kubelet_version": "v1.33.1"}}, "warn", ()),
        ("of another cluster", TOWN, {NODE: {"kubelet_version": "v1.33.1", "cluster": "dev"}}, "ok", ()),
        ("one not said", TOWN, {NODE: {"kubelet_version": None}}, "unknown", ()),
        ("no node", TOWN, {f"node-node-{n}": None for n in (1, 2, 3)}, "unknown", ()),
    ],
    "K8-84": [
        ("none is", TOWN, {"storage_class-fast": {"default": False}}, "warn", ()),
        ("two are", TOWN, {"storage_class-slow": StorageClass(key="slow", name="slow", cluster=CLUSTER, default=True)}, "warn", ()),
        ("no class", TOWN, {"storage_class-fast": None}, "info", ()),
        ("may not be listed", TOWN, {"storage_class-fast": None}, "unknown", denied("storage_class")),
    ],
    "K8-90": [
        ("released", PV, {PV: {"phase": "Released"}}, "warn", ()),
        ("failed", PV, {PV: {"phase": "Failed"}}, "crit", ()),
        ("available for 6 days", PV, {PV: {"phase": "Available", "created_at": ago(6.9)}}, "ok", ()),
        ("available for 7 days", PV, {PV: {"phase": "Available", "created_at": ago(7)}}, "info", ()),
        ("available since nobody knows when", PV, {PV: {"phase": "Available"}}, "unknown", ()),
        ("not said", PV, {PV: {"phase": None}}, "unknown", ()),
    ],
    "K8-91": [
        ("lost", PVC, {PVC: {"phase": "Lost"}}, "crit", ()),
        ("for 9 minutes", PVC, {PVC: {"phase": "Pending", "created_at": ago(9.9 / 1440)}}, "ok", ()),
        ("for 10 minutes", PVC, {PVC: {"phase": "Pending", "created_at": ago(10 / 1440)}}, "warn", ()),
        (
            "until a pod uses it, and one does",
            PVC,
            {PVC: {"phase": "Pending", "created_at": ago(1)}, "storage_class-fast": {"binding_mode": "WaitForFirstConsumer"}},
            "warn",
            (),
        ),
        (
            "until a pod uses it, and none does",
            PVC,
            {
                PVC: {"phase": "Pending", "created_at": ago(1), "name": "spare"},
                "storage_class-fast": {"binding_mode": "WaitForFirstConsumer"},
            },
            "info",
            (),
        ),
        (
            "until a pod uses it, and nobody knows",
            PVC,
            {
                PVC: {"phase": "Pending", "created_at": ago(1), "name": "spare"},
                "storage_class-fast": {"binding_mode": "WaitForFirstConsumer"},
            },
            "warn",
            denied("pod"),
        ),
        ("a class that there is not", PVC, {PVC: {"phase": "Pending", "created_at": ago(1), "storage_class": "gone"}}, "warn", ()),
        ("since nobody knows when", PVC, {PVC: {"phase": "Pending"}}, "unknown", ()),
        ("not said", PVC, {PVC: {"phase": None}}, "unknown", ()),
    ],
    "K8-92": [
        ("terminating", SPACE, {SPACE: {"phase": "Terminating"}}, "warn", ()),
        ("not said", SPACE, {SPACE: {"phase": None}}, "unknown", ()),
    ],
    "K8-93": [
        ("none", SPACE, {"network_policy-deny": None}, "warn", ()),
        ("in another namespace", SPACE, {"network_policy-deny": {"namespace": "crm"}}, "warn", ()),
        ("in another cluster", SPACE, {"network_policy-deny": {"cluster": "dev"}}, "warn", ()),
        ("with no pod in it", "namespace-crm", {"namespace-crm": Namespace(key="crm", name="crm", cluster=CLUSTER)}, "ok", ()),
        ("the cluster's own", SPACE, {SPACE: {"name": "kube-system"}}, None, ()),
        ("may not be listed", SPACE, {"network_policy-deny": None}, "unknown", denied("network_policy")),
    ],
    "K8-94": [
        ("no quota", SPACE, {SPACE: {"quotas": ()}}, "info", ()),
        ("no limit range", SPACE, {SPACE: {"limit_ranges": ()}}, "info", ()),
        ("the cluster's own", SPACE, {SPACE: {"quotas": (), "name": "kube-system"}}, None, ()),
        ("not said", SPACE, {SPACE: {"quotas": None}}, "unknown", ()),
    ],
    "K8-95": [
        ("a service account", BINDING, {BINDING: _admin(ROBOT)}, "warn", ()),
        ("in one namespace", BINDING, {BINDING: _admin(ROBOT, namespace="shop")}, "warn", ()),
        ("everybody", BINDING, {BINDING: _admin(ANYBODY)}, "crit", ()),
        ("a person", BINDING, {BINDING: _admin(Subject(kind="User", name="alice"))}, "ok", ()),
        ("a role of that name", BINDING, {BINDING: _admin(ROBOT, role_kind="Role")}, "ok", ()),
        ("the role not said", BINDING, {BINDING: {"role_name": None}}, "unknown", ()),
        ("whom not said", BINDING, {BINDING: {"subjects": ()}}, "unknown", denied("role_binding", "subjects")),
    ],
    "K8-96": [
        ("everything", ROLE, {ROLE: {"rules": (_rule(),)}}, "crit", ()),
        ("everything in a namespace", ROLE, {ROLE: {"rules": (_rule(),), "namespace": "shop"}}, "warn", ()),
        ("everything of a group", ROLE, {ROLE: {"rules": (_rule(groups=("apps",)),)}}, "warn", ()),
        ("every verb on some", ROLE, {ROLE: {"rules": (_rule(groups=("apps",), resources=("deployments",)),)}}, "info", ()),
        ("reading everything", ROLE, {ROLE: {"rules": (_rule(verbs=("get", "list")),)}}, "ok", ()),
        ("every verb on one object", ROLE, {ROLE: {"rules": (_rule(resources=("configmaps",), names=("lock",)),)}}, "ok", ()),
        ("Kubernetes' own", ROLE, {ROLE: {"rules": (_rule(),), "labels": (("kubernetes.io/bootstrapping", "rbac-defaults"),)}}, None, ()),
        ("cluster-admin", ROLE, {ROLE: {"rules": (_rule(),), "name": "cluster-admin"}}, None, ()),
        ("rules not seen", ROLE, {ROLE: {"rules": ()}}, "unknown", denied("role", "rules")),
    ],
    "K8-97": [
        ("gone", BINDING, {ROLE: None}, "warn", ()),
        ("a role of one namespace", BINDING, {BINDING: {"role_kind": "Role", "namespace": "shop"}, ROLE: {"namespace": "shop"}}, "ok", ()),
        ("a role of another namespace", BINDING, {BINDING: {"role_kind": "Role", "namespace": "shop"}, ROLE: {"namespace": "crm"}}, "warn", ()),
        ("of another cluster", BINDING, {ROLE: {"cluster": "dev"}}, "warn", ()),
        ("may not be listed", BINDING, {ROLE: None}, "unknown", denied("role")),
    ],
}  # fmt: skip

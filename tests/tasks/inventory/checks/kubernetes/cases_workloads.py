"""What each check of templates, references, workloads and jobs says of one changed thing.

A case is a sentence, the asset that is looked at, the changes by asset, the expected result (None
where the check does not concern it), and the gaps of the collection.
"""

from __future__ import annotations

from typing import Any

from models.kinds.kubernetes.common import Selector
from models.records.asset import Gap
from tests.tasks.inventory.checks.kubernetes.town import HOUR, container, with_container
from tests.tasks.inventory.checks.site import ago

Case = tuple[str, str, dict[str, Any], str | None, tuple[Gap, ...]]

WEB, AGENT, REPORT, LONE = "deployment-web", "daemonset-agent", "cronjob-report", "pod-lone"


def denied(kind: str, field: str = "*") -> tuple[Gap, ...]:
    return (Gap(kind=kind, field=field, reason="not permitted", privilege=f"list {kind}s"),)


def _template(finding: str, **changes: Any) -> list[Case]:
    """What holds of every check of a container: whose template it looks at, and what it lacks."""
    bad = with_container(**changes)
    return [
        ("of a deployment", WEB, {WEB: bad}, finding, ()),
        ("of a daemon set", AGENT, {AGENT: bad}, finding, ()),
        ("of a pod that no workload made", LONE, {LONE: bad}, finding, ()),
        ("of a pod that its workload declares", "pod-web-1", {"pod-web-1": bad}, None, ()),
        ("containers not seen", WEB, {WEB: {"containers": ()}}, "unknown", ()),
        (
            "containers not permitted",
            WEB,
            {WEB: {"containers": ()}},
            "unknown",
            denied("deployment", "containers"),
        ),
        (
            "a list that broke off",
            WEB,
            {},
            "unknown",
            denied("deployment"),
        ),
    ]


def _system(**changes: Any) -> dict[str, Any]:
    return {WEB: {**with_container(**changes), "namespace": "kube-system"}}


_INIT = container(name="prepare", init=True)
_BARE_INIT = container(
    name="prepare", init=True, memory_limit_mib=None, cpu_request_millicores=None,
    liveness_probe=False, readiness_probe=False,
)  # fmt: skip

WORKLOAD_CASES: dict[str, list[Case]] = {
    "K8-01": [
        *_template("warn", memory_limit_mib=None),
        ("no CPU limit", WEB, {WEB: with_container(cpu_limit_millicores=None)}, "info", ()),
        ("a limit of 0", WEB, {WEB: with_container(memory_limit_mib=0)}, "ok", ()),
        ("the cluster's own", WEB, _system(memory_limit_mib=None), None, ()),
        ("init containers end", WEB, {WEB: {"containers": (_BARE_INIT, container())}}, "ok", ()),
        (
            "of a cron job",
            REPORT,
            {REPORT: with_container(memory_limit_mib=None)},
            "warn",
            (),
        ),
    ],
    "K8-02": [
        *_template("warn", memory_request_mib=None),
        ("no CPU request", WEB, {WEB: with_container(cpu_request_millicores=None)}, "warn", ()),
        ("a request of 0", WEB, {WEB: with_container(cpu_request_millicores=0)}, "ok", ()),
    ],
    "K8-03": [
        *_template("warn", liveness_probe=False, readiness_probe=False),
        ("no readiness probe", WEB, {WEB: with_container(readiness_probe=False)}, "warn", ()),
        ("no liveness probe", WEB, {WEB: with_container(liveness_probe=False)}, "info", ()),
        (
            "init containers need none",
            WEB,
            {WEB: {"containers": (_BARE_INIT, container())}},
            "ok",
            (),
        ),
        ("init containers alone", WEB, {WEB: {"containers": (_INIT,)}}, "unknown", ()),
        (
            "a cron job needs none",
            REPORT,
            {REPORT: with_container(readiness_probe=False)},
            None,
            (),
        ),
    ],
    "K8-04": [
        *_template("warn", image="shop/web:latest"),
        ("no tag", WEB, {WEB: with_container(image="shop/web")}, "warn", ()),
        ("a registry's port is no tag", WEB, {WEB: with_container(image="r:5000/web")}, "warn", ()),
        ("a digest", WEB, {WEB: with_container(image="r:5000/web@sha256:1234")}, "ok", ()),
        ("a tag and a digest", WEB, {WEB: with_container(image="web:latest@sha256:12")}, "ok", ()),
        ("a tag that begins so", WEB, {WEB: with_container(image="web:latest-2")}, "ok", ()),
        ("no image", WEB, {WEB: with_container(image="")}, "warn", ()),
        ("of the cluster's own too", WEB, _system(image="web:latest"), "warn", ()),
    ],
    "K8-05": [
        *_template("warn", privileged=True),
        (
            "an init container too",
            WEB,
            {WEB: {"containers": (container(init=True, privileged=True), container())}},
            "warn",
            (),
        ),
        ("the cluster's own", WEB, _system(privileged=True), None, ()),
    ],
    "K8-06": [
        *_template("info", run_as_non_root=None),
        ("user 0", WEB, {WEB: with_container(run_as_non_root=None, run_as_user=0)}, "warn", ()),
        ("user 1000", WEB, {WEB: with_container(run_as_non_root=None, run_as_user=1000)}, "ok", ()),
        ("allowed to", WEB, {WEB: with_container(run_as_non_root=False)}, "info", ()),
    ],
    "K8-07": [
        ("not named", WEB, {WEB: {"service_account": None}}, "warn", ()),
        ("named default", WEB, {WEB: {"service_account": "default"}}, "warn", ()),
        (
            "not mounted by the template",
            WEB,
            {WEB: {"service_account": None, "token_mounted": False}},
            "ok",
            (),
        ),
        (
            "not mounted by the account",
            WEB,
            {WEB: {"service_account": None}, "service_account-default": {"automount": False}},
            "ok",
            (),
        ),
        (
            "mounted by the template all the same",
            WEB,
            {
                WEB: {"service_account": None, "token_mounted": True},
                "service_account-default": {"automount": False},
            },
            "warn",
            (),
        ),
        (
            "an account that was not seen",
            WEB,
            {WEB: {"service_account": None}, "service_account-default": None},
            "unknown",
            denied("service_account"),
        ),
        ("accounts do not matter to one of its own", WEB, {}, "ok", denied("service_account")),
    ],
    "K8-08": [
        ("used", WEB, {WEB: {"host_network": True}}, "warn", ()),
        ("a list that broke off", WEB, {}, "unknown", denied("deployment")),
        (
            "the cluster's own",
            WEB,
            {WEB: {"host_network": True, "namespace": "kube-system"}},
            None,
            (),
        ),
    ],
    "K8-10": [
        ("gone", WEB, {"config_map-settings": None}, "warn", ()),
        ("of a cron job", REPORT, {"config_map-settings": None}, "warn", ()),
        (
            "of another namespace",
            WEB,
            {"config_map-settings": {"namespace": "crm"}},
            "warn",
            (),
        ),
        ("of another cluster", WEB, {"config_map-settings": {"cluster": "dev"}}, "warn", ()),
        ("none named", WEB, {WEB: {"config_map_names": ()}}, None, ()),
        ("may not be listed", WEB, {"config_map-settings": None}, "unknown", denied("config_map")),
    ],
    "K8-11": [
        ("gone", WEB, {"secret-password": None}, "warn", ()),
        ("for pulling images", WEB, {WEB: {"pull_secret_names": ("registry",)}}, "warn", ()),
        ("none named", WEB, {WEB: {"secret_names": ()}}, None, ()),
        ("may not be listed", WEB, {"secret-password": None}, "unknown", denied("secret")),
    ],
    "K8-12": [
        ("gone", WEB, {"service_account-web": None}, "warn", ()),
        (
            "the default's gone",
            WEB,
            {WEB: {"service_account": None}, "service_account-default": None},
            "warn",
            (),
        ),
        (
            "may not be listed",
            WEB,
            {"service_account-web": None},
            "unknown",
            denied("service_account"),
        ),
    ],
    "K8-13": [
        ("gone", WEB, {"pvc-data": None}, "warn", ()),
        ("none named", WEB, {WEB: {"claim_names": ()}}, None, ()),
        ("may not be listed", WEB, {"pvc-data": None}, "unknown", denied("pvc")),
    ],
    "K8-14": [
        (
            "none on any node",
            "statefulset-db",
            {"node-node-1": {"gpu_allocatable": None}},
            "crit",
            (),
        ),
        ("more than one node has", WEB, {WEB: with_container(gpu_limit=3)}, "crit", ()),
        ("as many as a node has", WEB, {WEB: with_container(gpu_limit=2)}, "ok", ()),
        ("none asked for", WEB, {}, None, ()),
        (
            "a node that says nothing",
            "statefulset-db",
            {"node-node-1": {"gpu_allocatable": None, "cpu_allocatable_millicores": None}},
            "unknown",
            (),
        ),
        ("nodes may not be listed", "statefulset-db", {}, "unknown", denied("node")),
    ],
    "K8-20": [
        ("one of two", WEB, {WEB: {"available_replicas": 1}}, "warn", ()),
        ("none of two", WEB, {WEB: {"available_replicas": 0}}, "crit", ()),
        ("scaled to zero", WEB, {WEB: {"replicas": 0, "available_replicas": 0}}, "ok", ()),
        ("more than wanted, in a rollout", WEB, {WEB: {"available_replicas": 3}}, "ok", ()),
        ("available not said", WEB, {WEB: {"available_replicas": None}}, "unknown", ()),
        ("wanted not said", WEB, {WEB: {"replicas": None}}, "unknown", ()),
        ("a daemon set's", AGENT, {AGENT: {"available_pods": 2}}, "warn", ()),
        ("a daemon set's not said", AGENT, {AGENT: {"desired_pods": None}}, "unknown", ()),
        (
            "a daemon set without nodes",
            AGENT,
            {AGENT: {"desired_pods": 0, "available_pods": 0}},
            "ok",
            (),
        ),
    ],
    "K8-21": [
        ("to zero", WEB, {WEB: {"replicas": 0}}, "info", ()),
        ("not said", WEB, {WEB: {"replicas": None}}, "unknown", ()),
    ],
    "K8-22": [
        ("one without", WEB, {WEB: {"replicas": 1}, "pod_disruption_budget-web": None}, "warn", ()),
        ("two without", WEB, {"pod_disruption_budget-web": None}, "info", ()),
        ("one under a budget", WEB, {WEB: {"replicas": 1}}, "ok", ()),
        (
            "a budget over others",
            WEB,
            {"pod_disruption_budget-web": {"selector": Selector(labels=(("app", "api"),))}},
            "info",
            (),
        ),
        (
            "a budget of another cluster",
            WEB,
            {"pod_disruption_budget-web": {"cluster": "dev"}},
            "info",
            (),
        ),
        (
            "a budget without a selector",
            WEB,
            {"pod_disruption_budget-web": {"selector": None}},
            "info",
            (),
        ),
        ("scaled to zero", WEB, {WEB: {"replicas": 0}}, None, ()),
        ("not said", WEB, {WEB: {"replicas": None}}, "unknown", ()),
        ("may not be listed", WEB, {}, "unknown", denied("pod_disruption_budget")),
    ],
    "K8-23": [
        ("on one", WEB, {"pod-web-2": {"node": "node-node-1"}}, "warn", ()),
        ("a single replica", WEB, {WEB: {"replicas": 1}}, None, ()),
        ("not said", WEB, {WEB: {"replicas": None}}, "unknown", ()),
        ("pods may not be listed", WEB, {}, "unknown", denied("pod")),
    ],
    "K8-60": [
        ("suspended", REPORT, {REPORT: {"suspended": True}}, "warn", ()),
        ("a list that broke off", REPORT, {}, "unknown", denied("cronjob")),
    ],
    "K8-61": [
        ("suspended is another check's", REPORT, {REPORT: {"suspended": True}}, None, ()),
        ("never succeeded", REPORT, {REPORT: {"last_succeeded_at": None}}, "warn", ()),
        (
            "succeeded 23 hours before its last run",
            REPORT,
            {REPORT: {"last_succeeded_at": ago(24 * HOUR)}},
            "ok",
            (),
        ),
        (
            "succeeded 24 hours before its last run",
            REPORT,
            {REPORT: {"last_succeeded_at": ago(25 * HOUR)}},
            "warn",
            (),
        ),
        (
            "a weekly one that is at it",
            REPORT,
            {REPORT: {"last_succeeded_at": ago(7), "active_jobs": 1}},
            "ok",
            (),
        ),
        (
            "one that is at it for a day",
            REPORT,
            {REPORT: {"last_scheduled_at": ago(1), "last_succeeded_at": ago(2), "active_jobs": 1}},
            "warn",
            (),
        ),
        (
            "a first run of a new one",
            REPORT,
            {REPORT: {"last_succeeded_at": None, "created_at": ago(2 * HOUR)}},
            "ok",
            (),
        ),
        (
            "not run for 6 days",
            REPORT,
            {REPORT: {"last_scheduled_at": None, "created_at": ago(6.9)}},
            "ok",
            (),
        ),
        (
            "not run for 7 days",
            REPORT,
            {REPORT: {"last_scheduled_at": None, "created_at": ago(7)}},
            "info",
            (),
        ),
        (
            "not run since nobody knows when",
            REPORT,
            {REPORT: {"last_scheduled_at": None, "created_at": None}},
            "unknown",
            (),
        ),
        (
            "not succeeded since nobody knows when",
            REPORT,
            {REPORT: {"last_succeeded_at": None, "created_at": None}},
            "unknown",
            (),
        ),
    ],
    "K8-62": [
        (
            "and no run since has succeeded",
            "job-run",
            {"job-run": {"outcome": "Failed", "started_at": ago(HOUR / 4)}},
            "warn",
            (),
        ),
        (
            "and a later run has succeeded",
            "job-run",
            {"job-run": {"outcome": "Failed", "started_at": ago(1)}},
            "info",
            (),
        ),
        ("of nobody's", "job-run", {"job-run": {"outcome": "Failed", "cronjob": None}}, "warn", ()),
        ("still running", "job-run", {"job-run": {"outcome": None}}, "ok", ()),
        ("a list that broke off", "job-run", {}, "unknown", denied("job")),
    ],
}

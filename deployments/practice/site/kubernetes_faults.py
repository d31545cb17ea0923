"""The Kubernetes faults worth finding, and the secrets that must never leave a collector."""

from __future__ import annotations

from deployments.practice.site import kubernetes_records as kube
from deployments.practice.site.kubernetes_apps import certificate, config, cron, ingress
from deployments.practice.site.kubernetes_draft import REGISTRY, KubeDraft
from deployments.practice.site.kubernetes_storage import STORAGE_CANARY, orphan

# Planted where free text and values stand; none may ever leave a collector. Those of secrets stand
# in the API's replies in base64.
KUBERNETES_CANARIES = {
    "annotation": "k8s-c4nary-annotation-9f27",
    "env": "k8s-c4nary-env-pgpassw0rd-31",
    "args": "k8s-c4nary-args-t0ken-77",
    "config_map": "k8s-c4nary-configmap-5501",
    "secret": "k8s-c4nary-secret-data-8840",
    "tls_key": "k8s-c4nary-tls-privatekey-62",
    "event": "k8s-c4nary-event-message-13",
    "cronjob": "k8s-c4nary-cronjob-arg-95",
    "namespace": "k8s-c4nary-namespace-note-48",
    "class": STORAGE_CANARY,
}


def plant(draft: KubeDraft) -> None:
    """Plant every fault that production has."""
    for step in (_templates, _troubles, _traffic, _policies, _storage, _jobs, _access, _secrets):
        step(draft)
    draft.namespace("old-portal", "office-it", governed=False, terminating=True)
    draft.plant("namespace_terminating", "Namespace", "old-portal")


def _templates(draft: KubeDraft) -> None:
    """Workloads that run, but are declared badly."""
    draft.namespace("sandbox", "office-it", governed=False)
    draft.plant("namespace_ungoverned", "Namespace", "sandbox")
    bare = {"requests": None, "limits": None}
    draft.fault("no_limits", draft.app("shop", "recommender", 2, container=bare))
    unprobed = {"liveness": False, "readiness": False}
    draft.fault("no_probes", draft.app("shop", "legacy-api", 2, container=unprobed))
    latest = f"{REGISTRY}/crm/mailer:latest"
    draft.fault("image_latest", draft.app("crm", "mailer", 2, image=latest))
    draft.fault("default_service_account", draft.app("crm", "web", 2, account=None))
    single = draft.app("shop", "search", 1)
    draft.fault("single_replica", single)
    draft.plant("single_endpoint", "Service", "search", "shop")
    rooted = {"privileged": True, "non_root": False}
    draft.fault("privileged", draft.app("sandbox", "net-debug", 1, container=rooted))
    draft.fault("host_network", draft.app("sandbox", "sniffer", 1, host_network=True))
    draft.fault("scaled_to_zero", draft.app("shop", "feedback", 0, service=False))
    draft.fault("account_missing", draft.app("crm", "forms", 2, account="forms-old"))
    draft.fault("one_node", draft.app("billing", "ledger", 3, pinned=True))
    pod = draft.app("sandbox", "toolbox", 1, kind="Pod", service=False, account=None)
    draft.fault("bare_pod", pod)


def _troubles(draft: KubeDraft) -> None:
    """Workloads whose pods do not run as they should."""
    crash = draft.app("billing", "exporter", 1, ailment="crash", service=False)
    draft.fault("crash_loop", crash)
    draft.event(
        "Pod", "billing", "exporter", "BackOff", "Back-off restarting failed container exporter"
    )
    draft.fault("oom_killed", draft.app("billing", "rating", 2, ailment="oom"))
    draft.fault("image_pull", draft.app("crm", "preview", 1, ailment="image", service=False))
    big = {"requests": (64000, 262144), "limits": (64000, 262144)}
    pending = draft.app("crm", "training", 1, ailment="pending", container=big, service=False)
    draft.fault("pod_pending", pending)
    text = "0/7 nodes are available: 7 Insufficient cpu, 7 Insufficient memory."
    draft.event("Pod", "crm", "training", "FailedScheduling", text)
    unclaimed = draft.app("crm", "importer", 1, claim="imports", service=False)
    draft.fault("claim_missing", unclaimed)
    missing = draft.app(
        "billing", "reminder", 1, ailment="config", service=False, container={"config_map": "gone"}
    )
    draft.fault("config_map_missing", missing)
    draft.fault("not_available", draft.app("shop", "reviews", 2, ailment="unready"))
    evicted = draft.app(
        "sandbox", "scratch", 1, kind="Pod", service=False, account=None, ailment="evicted"
    )
    draft.fault("pod_evicted", evicted)


def _traffic(draft: KubeDraft) -> None:
    draft.add(
        kube.KubeService, namespace="shop", name="payments-legacy", app="payments-v1",
        cluster_ip=draft.service_address(),
    )  # fmt: skip
    draft.plant("service_without_endpoints", "Service", "payments-legacy", "shop")
    draft.add(
        kube.KubeService, namespace="crm", name="web-nodeport", app="web", type="NodePort",
        cluster_ip=draft.service_address(),
    )  # fmt: skip
    ingress(draft, "crm", "portal", "portal.example.net", "portal", None)
    draft.plant("ingress_without_service", "Ingress", "portal", "crm")
    ingress(draft, "crm", "web", "crm.example.net", "web", "crm-tls-missing")
    draft.plant("tls_secret_missing", "Ingress", "web", "crm")
    certificate(draft, "shop", "shop-tls", "shop.example.net", 9)
    draft.plant("certificate_expiring", "Secret", "shop-tls", "shop")
    certificate(draft, "billing", "billing-tls", "billing.example.net", 74)


def _policies(draft: KubeDraft) -> None:
    draft.add(kube.KubeBudget, namespace="crm", name="app", app="app", min_available="2")
    draft.plant("budget_blocks", "PodDisruptionBudget", "app", "crm")
    draft.add(kube.KubeBudget, namespace="shop", name="old-web", app="old-web", max_unavailable="1")
    draft.plant("budget_selects_nothing", "PodDisruptionBudget", "old-web", "shop")
    draft.add(
        kube.KubeScaler, namespace="shop", name="web", target="web", minimum=2, maximum=6,
        current=6,
    )  # fmt: skip
    draft.plant("autoscaler_at_limit", "HorizontalPodAutoscaler", "web", "shop")
    draft.add(
        kube.KubeScaler, namespace="shop", name="checkout", target="checkout", minimum=2,
        maximum=5, current=3, written_by="autoscaling/v2beta2",
    )  # fmt: skip
    draft.plant("deprecated_api", "HorizontalPodAutoscaler", "checkout", "shop")
    draft.add(
        kube.KubeScaler, namespace="billing", name="batch", target="batch-gone", minimum=1,
        maximum=4, current=0, active=False,
    )  # fmt: skip
    draft.plant("autoscaler_inactive", "HorizontalPodAutoscaler", "batch", "billing")


def _storage(draft: KubeDraft) -> None:
    orphan(draft)
    draft.add(
        kube.KubeClaim, namespace="crm", name="exports", storage_class="premium",
        requested_mib=5120, volume=None,
    )  # fmt: skip
    draft.plant("claim_unbound", "PersistentVolumeClaim", "exports", "crm")
    text = 'storageclass.storage.k8s.io "premium" not found'
    draft.event("PersistentVolumeClaim", "crm", "exports", "ProvisioningFailed", text)


def _jobs(draft: KubeDraft) -> None:
    nightly = cron(draft, "shop", "nightly-report", "30 2 * * *", suspended=True)
    draft.fault("cronjob_suspended", nightly)
    draft.fault("cronjob_failing", cron(draft, "billing", "reconcile", "0 5 * * *", failed=True))
    draft.fault(
        "deprecated_api", cron(draft, "crm", "cleanup", "0 4 * * 0", written_by="batch/v1beta1")
    )
    failed = draft.app(
        "billing", "migrate-2026-10", 1, kind="Job", service=False, failed=True,
        container={"port": None, "liveness": False, "readiness": False},
    )  # fmt: skip
    draft.fault("job_failed", failed)
    draft.app(
        "shop", "import-catalogue", 1, kind="Job", service=False,
        container={"port": None, "liveness": False, "readiness": False},
    )  # fmt: skip


def _access(draft: KubeDraft) -> None:
    draft.add(
        kube.KubeBinding, name="sandbox-admin", namespace=None, role="cluster-admin",
        subjects=(("ServiceAccount", "default", "sandbox"),),
    )  # fmt: skip
    draft.plant("cluster_admin", "ClusterRoleBinding", "sandbox-admin")
    draft.add(
        kube.KubeBinding, name="auditors", namespace="billing", role="auditor", role_kind="Role",
        subjects=(("Group", "oidc:auditors", None),),
    )  # fmt: skip
    draft.plant("binding_without_role", "RoleBinding", "auditors", "billing")
    rules = ((("get", "list"), ("",), ("configmaps",)), (("*",), ("apps",), ("deployments",)))
    draft.add(kube.KubeRole, name="deployer", namespace="shop", rules=rules)
    draft.add(
        kube.KubeBinding, name="deployer", namespace="shop", role="deployer", role_kind="Role",
        subjects=(("ServiceAccount", "default", "shop"),),
    )  # fmt: skip


def _secrets(draft: KubeDraft) -> None:
    """Put a secret into each place where people put them."""
    found = KUBERNETES_CANARIES
    note = (("example.net/bootstrap", f"password={found['annotation']}"),)
    draft.fault("secret_in_annotation", draft.app("billing", "gateway", 2, annotations=note))
    env = {"env": (("PGHOST", "postgres"), ("PGPASSWORD", found["env"]))}
    draft.fault("secret_in_env", draft.app("shop", "stock", 2, container=env))
    args = {"args": ("--listen=:8080", f"--api-token={found['args']}")}
    draft.fault("secret_in_args", draft.app("crm", "sync", 2, container=args))
    config(draft, "shop", "legacy-settings", (("db.ini", f"password = {found['config_map']}"),))
    draft.plant("secret_in_config_map", "ConfigMap", "legacy-settings", "shop")
    data = (("username", "svc"), ("password", found["secret"]))
    config(draft, "shop", "postgres", data, type="Opaque")
    draft.plant("secret_in_secret", "Secret", "postgres", "shop")
    config(
        draft, "crm", "internal-tls", (("tls.crt", "internal"), ("tls.key", found["tls_key"])),
        type="kubernetes.io/tls",
        annotations=(("service.beta.openshift.io/expiry", "2031-01-01T00:00:00Z"),),
    )  # fmt: skip
    draft.plant("secret_in_secret", "Secret", "internal-tls", "crm")
    text = f"login to postgres failed: user=svc password={found['event']}"
    draft.event("Pod", "shop", "stock", "Unhealthy", text)
    draft.plant("secret_in_event", "Deployment", "stock", "shop")
    job = draft.app(
        "crm", "backup", 1, kind="CronJob", service=False, schedule="0 1 * * *",
        container={"args": (f"--password={found['cronjob']}",), "port": None, "liveness": False},
    )  # fmt: skip
    draft.fault("secret_in_cronjob", job)
    notes = (("example.net/contact", f"admin / password: {found['namespace']}"),)
    draft.namespace("vault-test", "finance", annotations=notes)
    draft.plant("secret_in_namespace", "Namespace", "vault-test")

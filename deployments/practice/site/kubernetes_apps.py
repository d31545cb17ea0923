"""What runs on a cluster when all is well: its own services, applications, and more of them."""

from __future__ import annotations

from typing import Any

from deployments.practice.site import kubernetes_records as kube
from deployments.practice.site.kubernetes_draft import REGISTRY, KubeDraft
from deployments.practice.site.kubernetes_storage import claim, legacy_claim, nfs_claim
from deployments.practice.site.records import Datastore
from deployments.practice.site.words import OWNERS

FILLER_REPLICAS = 4
FILLER_APPS = 40  # a namespace
UPSTREAM = "registry.k8s.io"


def add_system(draft: KubeDraft) -> None:
    """Add the namespaces and workloads that the cluster itself needs."""
    draft.namespace("kube-system", "platform", governed=False)
    draft.namespace("default", "platform", governed=False)
    draft.app("kube-system", "coredns", image=f"{UPSTREAM}/coredns/coredns:v1.12.1")
    draft.app("kube-system", "vsphere-csi-controller", 1, service=False)
    for name in ("calico-node", "kube-proxy", "vsphere-csi-node"):
        draft.app(
            "kube-system",
            name,
            kind="DaemonSet",
            service=False,
            host_network=name != "vsphere-csi-node",
            container={"privileged": True, "non_root": False, "port": None},
        )
    for name in ("kube-root-ca.crt", "coredns", "cluster-info"):
        draft.add(kube.KubeConfig, namespace="kube-system", name=name, data=(("ca.crt", "PEM"),))
    _add_roles(draft)
    draft.namespace("monitoring", "platform")
    draft.app("monitoring", "node-exporter", kind="DaemonSet", host_network=True)
    draft.app("monitoring", "prometheus", 1, kind="StatefulSet", claim="data")
    claim(draft, "monitoring", "data-prometheus-0", 100, 1)
    draft.app("monitoring", "grafana", 2)


def _add_roles(draft: KubeDraft) -> None:
    every = (("*",), ("*",), ("*",))
    read = (("get", "list", "watch"), ("", "apps", "batch"), ("*",))
    draft.add(kube.KubeRole, name="cluster-admin", namespace=None, rules=(every,))
    draft.add(kube.KubeRole, name="view", namespace=None, rules=(read,))
    masters = (("Group", "system:masters", None),)
    draft.add(
        kube.KubeBinding, name="cluster-admin", namespace=None, role="cluster-admin",
        subjects=masters,
    )  # fmt: skip
    operators = (("Group", "oidc:operators", None),)
    draft.add(
        kube.KubeBinding, name="operators-view", namespace=None, role="view", subjects=operators
    )


def add_applications(draft: KubeDraft, stores: list[Datastore], share: Datastore) -> None:
    """Add the applications of production: shop, billing, crm and data."""
    for name, team in (("shop", "retail"), ("billing", "payments"), ("crm", "data")):
        draft.namespace(name, team)
    draft.namespace("ingress-nginx", "platform")
    _add_shop(draft)
    config(draft, "billing", "api", (("MODE", "live"), ("REGION", "eu")))
    draft.app("billing", "api", 3, claim="archive", container={"config_map": "api"})
    draft.app("billing", "queue", 1, kind="StatefulSet", claim="data")
    claim(draft, "billing", "data-queue-0", 20)
    cron(draft, "billing", "invoice-run", "0 3 * * *")
    draft.app("crm", "app", 2, claim="documents")
    legacy_claim(draft, "billing", "archive", stores[0])
    legacy_claim(draft, "crm", "documents", stores[1])
    nfs_claim(draft, "shop", "media", share)
    draft.app("ingress-nginx", "ingress-nginx-controller", 2, service=False)
    draft.add(
        kube.KubeService, namespace="ingress-nginx", name="ingress-nginx-controller",
        app="ingress-nginx-controller", type="LoadBalancer", external_ip="10.24.250.10",
        cluster_ip=draft.service_address(),
    )  # fmt: skip


def _add_shop(draft: KubeDraft) -> None:
    config(draft, "shop", "web", (("LOG_LEVEL", "info"), ("THEME", "autumn")))
    draft.app("shop", "web", 6, claim="media", container={"config_map": "web"})
    draft.app("shop", "cart", 3)
    draft.app("shop", "checkout", 3)
    draft.app("shop", "postgres", 2, kind="StatefulSet", claim="data")
    for number in range(2):
        claim(draft, "shop", f"data-postgres-{number}", 50, number)
    draft.add(kube.KubeBudget, namespace="shop", name="cart", app="cart", max_unavailable="1")
    draft.add(
        kube.KubeScaler, namespace="shop", name="cart", target="cart", minimum=2, maximum=8,
        current=3,
    )  # fmt: skip
    cron(draft, "shop", "sitemap", "15 * * * *")
    ingress(draft, "shop", "web", "shop.example.net", "web", "shop-tls")


def add_development(draft: KubeDraft) -> None:
    """Add what the smaller cluster runs."""
    draft.namespace("shop-dev", "retail")
    draft.app("shop-dev", "web", 2)
    draft.app("shop-dev", "postgres", 1, kind="StatefulSet", claim="data")
    claim(draft, "shop-dev", "data-postgres-0", 10)
    draft.namespace("ci", "platform")
    draft.app("ci", "runner", 2, service=False)


def config(draft: KubeDraft, namespace: str, name: str, data: kube.Pairs, **values: Any) -> None:
    """Add a config map, or a secret where a type is given."""
    draft.add(kube.KubeConfig, namespace=namespace, name=name, data=data, **values)


def cron(
    draft: KubeDraft, namespace: str, name: str, schedule: str, **values: Any
) -> kube.KubeWorkload:
    """Add a cron job."""
    return draft.app(
        namespace, name, 1, kind="CronJob", service=False, schedule=schedule,
        container={"port": None, "liveness": False, "readiness": False}, **values,
    )  # fmt: skip


def ingress(
    draft: KubeDraft, namespace: str, name: str, host: str, service: str, secret: str | None
) -> None:
    """Add an ingress of one rule."""
    draft.add(
        kube.KubeIngress, namespace=namespace, name=name, host=host, service=service,
        tls_secret=secret, address="10.24.250.10",
    )  # fmt: skip


def certificate(draft: KubeDraft, namespace: str, name: str, host: str, days: float) -> None:
    """Add a certificate that ends in that many days, with the secret it is kept in."""
    from datetime import timedelta

    ends_at = draft.draw.anchor + timedelta(days=days, hours=5)
    draft.add(
        kube.KubeCertificate, namespace=namespace, name=name, secret=name, host=host,
        ends_at=ends_at,
    )  # fmt: skip
    notes = (("cert-manager.io/certificate-name", name), ("cert-manager.io/common-name", host))
    config(
        draft, namespace, name, (("tls.crt", f"certificate of {host}"), ("tls.key", "key")),
        type="kubernetes.io/tls", annotations=notes,
    )  # fmt: skip


def fill(draft: KubeDraft, pods: int) -> None:
    """Add healthy applications until they have that many pods."""
    for number in range(-(-pods // FILLER_REPLICAS)):
        namespace = f"team-{number // FILLER_APPS + 1:02d}"
        if number % FILLER_APPS == 0:
            draft.namespace(namespace, OWNERS[number // FILLER_APPS % len(OWNERS)])
        name = f"svc-{number + 1:04d}"
        replicas = min(FILLER_REPLICAS, pods - number * FILLER_REPLICAS)
        draft.app(namespace, name, replicas, image=f"{REGISTRY}/{namespace}/{name}:2.{number}.0")

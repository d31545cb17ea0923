"""The site's Kubernetes clusters: production in Frankfurt, a smaller one in Berlin.

They are drawn from a stream of their own, so that nothing else of a site depends on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deployments.practice.site import kubernetes_records as kube
from deployments.practice.site.draw import Draw
from deployments.practice.site.kubernetes_apps import (
    add_applications,
    add_development,
    add_system,
    fill,
)
from deployments.practice.site.kubernetes_draft import KubeDraft
from deployments.practice.site.kubernetes_faults import plant
from deployments.practice.site.kubernetes_nodes import (
    PODS_PER_NODE,
    Machine,
    add_nodes,
    choose,
    suitable,
)
from deployments.practice.site.kubernetes_storage import add_classes
from deployments.practice.site.plan import BERLIN, FRANKFURT
from deployments.practice.site.records import Cluster, Datastore, Host, VirtualMachine

PRODUCTION, DEVELOPMENT = "fra1-prod", "ber1-dev"
DEVELOPMENT_SHARE = 0.2
FEWEST = (8, 4)  # nodes of the two clusters where the fleet has as many suitable VMs
_STREAM = 0x6B38  # keeps this stream apart from the fleet's, which takes the bare seed


def build_kubernetes(  # noqa: PLR0913 - what a cluster stands on, all by name
    *,
    draw: Draw,
    vms: Sequence[VirtualMachine],
    hosts: Iterable[Host],
    clusters: Iterable[Cluster],
    datastores: Sequence[Datastore],
    pod_count: int,
    avoid: Iterable[str],
) -> tuple[tuple[kube.KubeCluster, ...], dict[str, tuple[str, ...]]]:
    """Build the clusters on the fleet's VMs, and say where their faults sit.

    Args:
        draw: A stream of its own; see `own_stream`.
        vms: The fleet; VMs whose ids are in `avoid` stay out.
        hosts: Of the fleet.
        clusters: Of the fleet.
        datastores: Of the site.
        pod_count: Pods of both clusters, at least as many as the planted faults need.
        avoid: Ids of VMs that do not become nodes.

    Returns:
        No cluster at all where fewer than four VMs suit.
    """
    machines = _machines(vms, list(hosts), {c.moid: c.name for c in clusters}, set(avoid))
    if len(machines) < FEWEST[1]:
        return (), {}
    drafts = [
        _draft(draw, PRODUCTION, FRANKFURT, "prod", 244, "10.96"),
        _draft(draw, DEVELOPMENT, BERLIN, "dev", 252, "10.100"),
    ]
    _settle(drafts, machines, datastores, pod_count)
    built = (_finish(drafts[0], "v1.34.3"), _finish(drafts[1], "v1.36.0"))
    planted = {f: tuple(places) for draft in drafts for f, places in draft.planted.items()}
    return built, planted


def own_stream(draw: Draw, seed: int) -> Draw:
    """Return a stream for Kubernetes, dated as the site's is."""
    return Draw(seed << 16 ^ _STREAM, draw.anchor)


def _draft(
    draw: Draw, name: str, datacenter: str, environment: str, pods: int, services: str
) -> KubeDraft:
    return KubeDraft(
        draw=draw,
        name=name,
        datacenter=datacenter,
        environment=environment,
        pod_network=f"10.{pods}",
        service_network=services,
    )


def _machines(
    vms: Sequence[VirtualMachine], hosts: list[Host], names: dict[str, str], avoid: set[str]
) -> list[Machine]:
    places = {host.moid: (host.datacenter, names[host.cluster].split("-")[1]) for host in hosts}
    found = [
        Machine(vm=vm, datacenter=places[vm.host][0], environment=places[vm.host][1])
        for vm in vms
        if vm.moid not in avoid
    ]
    return [machine for machine in found if suitable(machine)]


def _settle(
    drafts: list[KubeDraft], machines: list[Machine], stores: Sequence[Datastore], pods: int
) -> None:
    """Give both clusters their nodes, storage and workloads."""
    production, development = drafts
    smaller = int(pods * DEVELOPMENT_SHARE)
    here = min(max(FEWEST[1], -(-smaller // PODS_PER_NODE) + 1), len(machines) // 3)
    small = choose(machines, BERLIN, "dev", max(1, here))
    large = choose(machines, FRANKFURT, "prod", max(FEWEST[0], -(-pods // PODS_PER_NODE) + 3))
    add_nodes(production, large, "v1.34.3")
    add_nodes(development, small, "v1.36.0")
    for draft in drafts:
        local = [store for store in stores if store.datacenter == draft.datacenter]
        chosen = add_classes(draft, local)
        add_system(draft)
        if draft is production:
            share = next(store for store in local if store.kind == "NFS")
            add_applications(draft, chosen, share)
            plant(draft)
        else:
            add_development(draft)
    fill(production, max(0, pods - smaller - _pods(production)))
    fill(development, max(0, smaller - _pods(development)))


def _pods(draft: KubeDraft) -> int:
    """Return how many pods a cluster's workloads make."""
    workloads = draft.of(kube.KubeWorkload)
    counts = {"DaemonSet": len(draft.nodes), "CronJob": 1}
    return sum(counts.get(workload.kind, workload.replicas) for workload in workloads)


def _finish(draft: KubeDraft, version: str) -> kube.KubeCluster:
    extended = draft.environment == "prod"
    return kube.KubeCluster(
        name=draft.name,
        datacenter=draft.datacenter,
        environment=draft.environment,
        version=version,
        pod_network=draft.pod_network,
        service_network=draft.service_network,
        extensions=("cert-manager.io", "metrics.k8s.io") if extended else (),
        created_at=min(node.created_at for node in draft.nodes),
        anchor=draft.draw.anchor,
        nodes=tuple(draft.nodes),
        namespaces=draft.of(kube.KubeNamespace),
        workloads=draft.of(kube.KubeWorkload),
        services=draft.of(kube.KubeService),
        ingresses=draft.of(kube.KubeIngress),
        policies=draft.of(kube.KubePolicy),
        classes=draft.of(kube.KubeClass),
        volumes=draft.of(kube.KubeVolume),
        claims=draft.of(kube.KubeClaim),
        configs=draft.of(kube.KubeConfig),
        certificates=draft.of(kube.KubeCertificate) if extended else (),
        budgets=draft.of(kube.KubeBudget),
        scalers=draft.of(kube.KubeScaler),
        accounts=draft.of(kube.KubeAccount),
        roles=draft.of(kube.KubeRole),
        bindings=draft.of(kube.KubeBinding),
        events=draft.of(kube.KubeEvent),
    )

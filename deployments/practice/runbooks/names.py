"""The site's own names that stand in its runbooks."""

from __future__ import annotations

from typing import Any

from deployments.practice.alerting.scene import Scene
from deployments.practice.faults_kubernetes import CLUSTER
from deployments.practice.faults_network import PORT, SWITCH
from deployments.practice.site import Site


def names_of(site: Site) -> dict[str, Any]:
    """Return what the texts name: assets that the stories of the alerting speak of, and counts."""
    scene = Scene(site)
    clusters = [cluster.name for cluster in site.kubernetes] or [CLUSTER]
    hosts = [ingress.host for cluster in site.kubernetes for ingress in cluster.ingresses]
    databases = sorted(vm.name for vm in site.vms if "iam-db" in vm.name)
    crowded = set(site.planted.get("n_plus_1", ()))
    return {
        "host": scene.with_most_nodes().name,
        "hosts": len(site.hosts),
        "clusters": len(site.clusters),
        "full_cluster": next(
            (one.name for one in site.clusters if one.moid in crowded), site.clusters[-1].name
        ),
        "datacenters": " and ".join(one.name for one in site.datacenters),
        "vcenter": site.settings["VirtualCenter.FQDN"],
        "kube": clusters[0],
        "kube_dev": clusters[-1],
        "node": scene.nodes[-1].name if scene.nodes else "k8s-worker-prod-01",
        "datastore": site.datastores[0].name,
        "datastores": len(site.datastores),
        "switch": SWITCH,
        "port": PORT,
        "switches": len(site.switches),
        "border": next(one.name for one in site.switches if one.role == "border"),
        "shop_host": hosts[0] if hosts else "shop.example.net",
        "database": databases[0] if databases else "iam-db-prod-01",
    }

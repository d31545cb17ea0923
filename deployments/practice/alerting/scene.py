"""The practice site as a story needs it: what stands on what, by the names that monitors use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from deployments.practice.site import Site
from deployments.practice.site.kubernetes_records import KubeCertificate, KubeNode
from deployments.practice.site.records import Datastore, Host, Switch, VirtualMachine
from models.errors import WrongUse

Found = TypeVar("Found")
_NAME_PARTS = 2  # application and tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod that is on a node; `app` is the workload that it belongs to."""

    cluster: str
    namespace: str
    name: str
    app: str
    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node with its cluster's name."""

    cluster: str
    name: str
    vm: str


class Scene:
    """Looks things up in a site; it changes nothing there."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes, in the order of their clusters."""
        return tuple(
            Node(cluster=cluster.name, name=node.name, vm=node.vm)
            for cluster in self.site.kubernetes
            for node in cluster.nodes
        )

    @cached_property
    def pods(self) -> tuple[Pod, ...]:
        """The running pods, as the practice clusters place them."""
        from deployments.practice.kubernetes.load import load
        from deployments.practice.kubernetes.world import POD

        found = []
        for cluster in self.site.kubernetes:
            world, _ = load(cluster)
            for stored in world.store.all(POD):
                meta, spec = stored.value["metadata"], stored.value["spec"]
                if stored.value["status"].get("phase") == "Running" and spec.get("nodeName"):
                    found.append(
                        Pod(
                            cluster=cluster.name,
                            namespace=meta["namespace"],
                            name=meta["name"],
                            app=meta["labels"]["app.kubernetes.io/name"],
                            node=spec["nodeName"],
                        )
                    )
        return tuple(found)

    @cached_property
    def _vms(self) -> dict[str, list[VirtualMachine]]:
        found = defaultdict(list)
        for vm in self.site.vms:
            if vm.power == "poweredOn" and not vm.template:
                found[vm.host].append(vm)
        return found

    def vms_on(self, host: Host) -> list[VirtualMachine]:
        """Return the VMs that run on a host."""
        return self._vms[host.moid]

    def vms_stored_on(self, store: Datastore) -> list[VirtualMachine]:
        """Return the running VMs whose files a datastore holds."""
        running = [vm for vms in self._vms.values() for vm in vms]
        return [vm for vm in running if vm.datastore == store.moid]

    def vm(self, suffix: str) -> VirtualMachine:
        """Return the first running VM whose name ends so; of no such VM the first that runs."""
        running = [vm for host in self.site.hosts for vm in self._vms[host.moid]]
        return first([vm for vm in running if vm.name.endswith(suffix)] or running)

    def database_away_from(self, host: Host) -> VirtualMachine:
        """Return a running database machine that shares as little as may be with a host."""
        running = [(vm, one) for one in self.site.hosts for vm in self._vms[one.moid]]

        def nearness(place: tuple[VirtualMachine, Host]) -> tuple[bool, bool, bool, bool]:
            vm, other = place
            near = (other.moid == host.moid, other.cluster == host.cluster)
            return (*near, "-db-" not in vm.name, other.datacenter == host.datacenter)

        return first(sorted(running, key=nearness))[0]

    def nodes_on(self, host: Host) -> list[Node]:
        """Return the nodes whose VMs run on a host."""
        here = {vm.moid for vm in self.vms_on(host)}
        return [node for node in self.nodes if node.vm in here]

    def pods_on(self, nodes: Iterable[Node]) -> list[Pod]:
        """Return the pods of applications on some nodes; those that every node has are left out."""
        wanted = {(node.cluster, node.name) for node in nodes}
        return [
            pod
            for pod in self.pods
            if (pod.cluster, pod.node) in wanted and pod.namespace not in {"kube-system", "sandbox"}
            if pod.app != "node-exporter"
        ]

    def pods_of(self, cluster: str, namespace: str, app: str) -> list[Pod]:
        """Return the pods of a workload."""
        wanted = (cluster, namespace, app)
        return [pod for pod in self.pods if (pod.cluster, pod.namespace, pod.app) == wanted]

    def certificate(self, namespace: str) -> tuple[str, KubeCertificate]:
        """Return a cluster's name and a certificate of it, that of a namespace if it has one."""
        found = [(one.name, kept) for one in self.site.kubernetes for kept in one.certificates]
        return first([one for one in found if one[1].namespace == namespace] or found)

    def node_records(self, cluster: str) -> list[KubeNode]:
        """Return the nodes of a cluster as they are declared."""
        return [n for c in self.site.kubernetes if c.name == cluster for n in c.nodes]

    def switch(self, name: str) -> Switch:
        """Return a network device by its name."""
        return next(switch for switch in self.site.switches if switch.name == name)

    def host_behind(self, switch: Switch, port: str) -> Host | None:
        """Return the host that is cabled to a port."""
        far = {one.name: one.neighbour for one in switch.ports}.get(port)
        return next((host for host in self.site.hosts if host.name == far), None)

    def with_most_nodes(self) -> Host:
        """Return the host whose loss a Kubernetes cluster feels most."""
        return max(self.site.hosts, key=lambda host: len(self.nodes_on(host)))


def first(found: Sequence[Found]) -> Found:
    """Return the first of what was found.

    Raises:
        WrongUse: There is nothing: the site was made too small for the story.
    """
    if not found:
        raise WrongUse("the practice site is too small for this story; start one with more VMs")
    return found[0]


def service_of(vm: VirtualMachine) -> str:
    """Return the service that a VM belongs to, such as shop-web of ber1-shop-web-prod-01."""
    parts = [part for part in vm.name.split("-") if part not in {"fra1", "ber1"}]
    return "-".join(parts[:_NAME_PARTS])


def environment_of(vm: VirtualMachine) -> str:
    """Return the environment that stands in a VM's name."""
    return "dev" if "-dev-" in vm.name else "prod"

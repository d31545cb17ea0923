"""The facts that documents are made from, as records in memory with the look-ups they need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from generators.documents.kubernetes.view import View as KubernetesView
from generators.documents.network.view import View as NetworkView
from models.kinds.kubernetes import KUBERNETES_KINDS
from models.records.asset import Asset, AssetChange, asset_id
from models.records.check import CheckResult, Severity
from models.records.graph import Join, grouped_joins
from models.records.snapshot import Snapshot

NO_CLUSTER = ""
FIGURES = 0.7  # how sure a join has to be to be counted; a name alone is a convention of people
_NAMESPACED = frozenset(kind.name for kind in KUBERNETES_KINDS if kind.field("namespace"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """What one collection of a source changed; `changes` are filled for the newest alone."""

    at: datetime
    source: str
    created: int
    changed: int
    deleted: int
    baseline: bool = False
    changes: tuple[AssetChange, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything that documents are made from, at one time.

    Attributes:
        assets: Those that exist, of every kind; records hold references as asset ids.
        snapshots: The newest stored collection of each source.
        attempts: The newest collection of each source whose newest one failed or is held.
        findings: Results of health checks that are not ok.
        counts: For each check, how many assets had which result, ok included.
        check_titles: What each check is called, those without findings included.
        check_kinds: The kind that each check is about, those without findings included.
        change_sets: The newest collections that changed anything, newest first.
        names: Names of assets that are gone, for changes and relations that speak of them.
        joins: Edges that were joined from facts of two assets, with how sure they are and why.
        config_times: When the running configuration of a device became what it is, by asset id.
    """

    assets: tuple[Asset, ...]
    snapshots: tuple[Snapshot, ...]
    attempts: tuple[Snapshot, ...] = ()
    findings: tuple[CheckResult, ...] = ()
    counts: dict[str, dict[Severity, int]] = field(default_factory=dict)
    check_titles: dict[str, str] = field(default_factory=dict)
    check_kinds: dict[str, str] = field(default_factory=dict)
    change_sets: tuple[ChangeSet, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    joins: tuple[Join, ...] = ()
    config_times: dict[str, datetime] = field(default_factory=dict)

    @cached_property
    def joins_from(self) -> dict[str, tuple[Join, ...]]:
        """The joined edges by the id that they start from, the surest first."""
        return grouped_joins(self.joins, lambda join: join.from_id)

    @cached_property
    def joins_to(self) -> dict[str, tuple[Join, ...]]:
        """The joined edges by the id that they lead to, the surest first."""
        return grouped_joins(self.joins, lambda join: join.to_id)

    def joined(
        self, reference: str, kind: str, least: float = 0.0
    ) -> tuple[tuple[Join, Asset], ...]:
        """Return the assets of a kind that are joined with an asset, either way, the surest first.

        An asset that several edges lead to stands once, by its surest edge. `least` is how sure an
        edge has to be.
        """
        edges = [(join, join.to_id) for join in self.joins_from.get(reference, ())]
        edges += [(join, join.from_id) for join in self.joins_to.get(reference, ())]
        found: dict[str, tuple[Join, Asset]] = {}
        for join, end in sorted(edges, key=lambda edge: (-edge[0].confidence, edge[1])):
            asset = self.by_id.get(end)
            if asset is not None and asset.kind == kind and join.confidence >= least:
                found.setdefault(end, (join, asset))
        return tuple(found.values())

    @cached_property
    def by_id(self) -> dict[str, Asset]:
        """The assets by their id."""
        return {asset.id: asset for asset in self.assets}

    @cached_property
    def _by_kind(self) -> dict[str, tuple[Asset, ...]]:
        found = defaultdict(list)
        for asset in self.assets:
            found[asset.kind].append(asset)
        # By source first, so that the tables of one vCenter stay together; the id breaks ties.
        order = {kind: sorted(these, key=_order) for kind, these in found.items()}
        return {kind: tuple(these) for kind, these in order.items()}

    def of(self, kind: str) -> tuple[Asset, ...]:
        """Return the assets of a kind, by source and name."""
        return self._by_kind.get(kind, ())

    def name(self, reference: str | None) -> str:
        """Return the name of the asset with that id; "" for none, the id for a stranger.

        What is gone is said to be gone: a relation may point at it for longer than it is there.
        """
        if not reference:
            return ""
        if found := self.by_id.get(reference):
            return found.name
        gone = self.names.get(reference)
        return f"{gone} (gone)" if gone else reference

    def full_name(self, reference: str, name: str) -> str:
        """Return an asset's name with what it takes to find it among others of that name.

        A port is named with its device, an object of Kubernetes with its namespace, and with its
        cluster where there are several. What is gone keeps the name alone.
        """
        asset = self.by_id.get(reference)
        if asset is None:
            return name
        if asset.kind == "interface":
            return f"{self.name(asset.record.device)} {name}".strip()
        if asset.kind in _NAMESPACED and asset.record.namespace:
            several = len(self.kubernetes.scopes) > 1
            cluster = f"{asset.record.cluster}/" if several else ""
            return f"{cluster}{asset.record.namespace}/{name}"
        return name

    def keyed(self, owner: Asset, kind: str, key: str | None) -> Asset | None:
        """Return the asset of the owner's source that a nested record names by its key."""
        return self.by_id.get(asset_id(owner.source, kind, key)) if key else None

    @cached_property
    def kubernetes(self) -> KubernetesView:
        """Look-ups over the Kubernetes facts."""
        return KubernetesView(self)

    @cached_property
    def network(self) -> NetworkView:
        """Look-ups over the facts of network devices."""
        return NetworkView(self)

    @cached_property
    def cluster_of_host(self) -> dict[str, str]:
        """The cluster's id of each host's id."""
        return {host.id: host.record.cluster or NO_CLUSTER for host in self.of("host")}

    @cached_property
    def vms_by_cluster(self) -> dict[str, tuple[Asset, ...]]:
        """The VMs of each cluster's id, by name; those on no cluster under `NO_CLUSTER`."""
        found = defaultdict(list)
        for vm in self.of("vm"):
            found[self.cluster_of_vm(vm)].append(vm)
        return {cluster: tuple(vms) for cluster, vms in found.items()}

    def cluster_of_vm(self, vm: Asset) -> str:
        """Return the id of the cluster that a VM runs in, from its host or its resource pool."""
        if vm.record.host in self.cluster_of_host:
            return self.cluster_of_host[vm.record.host]
        pool = self.by_id.get(vm.record.resource_pool or "")
        return (pool.record.cluster if pool else None) or NO_CLUSTER

    @cached_property
    def hosts_by_cluster(self) -> dict[str, tuple[Asset, ...]]:
        """The hosts of each cluster's id, by name; those on no cluster under `NO_CLUSTER`."""
        found = defaultdict(list)
        for host in self.of("host"):
            found[host.record.cluster or NO_CLUSTER].append(host)
        return {cluster: tuple(hosts) for cluster, hosts in found.items()}

    @property
    def collected_at(self) -> datetime:
        """The time of the newest facts."""
        return max(snapshot.taken_at for snapshot in self.snapshots)

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The names of the sources."""
        return tuple(sorted({snapshot.source for snapshot in self.snapshots}))

    def worst(self, *results: Severity) -> list[CheckResult]:
        """Return the findings with these results, in the order given."""
        return [
            finding for wanted in results for finding in self.findings if finding.result is wanted
        ]


def sources_of(assets: Iterable[Asset]) -> tuple[str, ...]:
    """Return the names of the sources that assets come from."""
    return tuple(sorted({asset.source for asset in assets}))


def _order(asset: Asset) -> tuple[str, str, str]:
    return asset.source, asset.name, asset.id

"""The assets of the inventory by every word that an alert may call them.

Names are looked up, never searched for: the cost of an alert does not grow with the inventory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tasks.alerts.common_names import Signs
from tasks.alerts.extraction.words import address_of, bare_host, workload_of

HOSTS = ("node", "vm", "host", "device")
WORKLOADS = ("deployment", "statefulset", "daemonset", "cronjob", "job")
SERVICES = ("service", *WORKLOADS, "ingress", "vm")
ANY = (
    *HOSTS, "pod", *WORKLOADS, "service", "datastore", "pvc", "pv", "cluster", "kubernetes_cluster",
    "vcenter", "distributed_switch", "ingress",
)  # fmt: skip
SURE = 0.5  # below it nothing is said of the asset but the words it was looked up by

_EXACT, _BY_ADDRESS, _SHORT, _OF_WORKLOAD = 0.95, 1.0, 0.85, 0.75
_AMONG_KINDS = 0.9  # factor where the same name stands for assets of several kinds


class Entity(NamedTuple):
    """One asset as alerts may name it.

    `namespace` is that of Kubernetes, or of an interface the name of its device. `addresses` are
    its IP and MAC addresses, UIDs, serial numbers and further host names.
    """

    id: str
    kind: str
    name: str
    namespace: str | None = None
    cluster: str | None = None
    addresses: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an alert says its entity lives; None where it does not say.

    `signs` are what has to tell that an asset is meant whose name is a common word; without them
    the name is enough.
    """

    namespace: str | None = None
    cluster: str | None = None
    signs: Signs | None = None


NOWHERE = Scope()
Index = Mapping[str, Sequence[Entity]]


@dataclass(frozen=True, slots=True)
class KnownEntities:
    """What is known of the inventory; build it once and use it for many alerts."""

    _names: Index = field(default_factory=dict, repr=False)
    _short_names: Index = field(default_factory=dict, repr=False)
    _addresses: Index = field(default_factory=dict, repr=False)
    _clusters: frozenset[str] = frozenset()
    _kinds: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def empty(cls) -> KnownEntities:
        """Return an inventory in which nothing is found."""
        return cls()

    @classmethod
    def from_assets(cls, assets: Iterable[Entity]) -> KnownEntities:
        """Index assets, in about 10 µs each."""
        names, shorts, addresses = (defaultdict[str, list[Entity]](list) for _ in range(3))
        clusters, kinds = set(), {}
        for asset in assets:
            name = asset.name.lower()
            names[name].append(asset)
            kinds[asset.id] = asset.kind
            if asset.kind in HOSTS and "." in name and not address_of(name):
                shorts[name.partition(".")[0]].append(asset)
            for address in asset.addresses:
                addresses[address_of(address) or address.lower()].append(asset)
            if asset.cluster:
                clusters.add(asset.cluster.lower())
        return cls(names, shorts, addresses, frozenset(clusters), kinds)

    def __len__(self) -> int:
        return len(self._kinds)

    def kind_of(self, asset_id: str) -> str | None:
        """Return the kind of an asset; None where it is not known."""
        return self._kinds.get(asset_id)

    def find(
        self, word: str, kinds: Sequence[str] = ANY, scope: Scope = NOWHERE
    ) -> tuple[Entity, float] | None:
        """Return the asset that a word stands for and how sure that is (0 to 1).

        None where nothing is called so, or several are and the scope does not tell them apart.

        Args:
            word: A name, host name with or without domain and port, URL, IP, MAC or UID.
            kinds: Which kinds it may be, the likeliest first.
            scope: Namespace and cluster that the alert names; an asset of another is not meant.
        """
        host = bare_host(word)
        if not self._may_know(word.lower(), host, kinds):
            return None
        for index, key, confidence in self._ways(word.lower(), host):
            found = self._pick(key, index.get(key, ()), kinds, scope)
            if found is not None:
                return found[0], confidence * found[1]
        if "pod" in kinds and (workload := workload_of(host)):
            found = self._pick(workload, self._names.get(workload, ()), WORKLOADS, scope)
            return (found[0], _OF_WORKLOAD * found[1]) if found is not None else None
        return None

    def _may_know(self, word: str, host: str, kinds: Sequence[str]) -> bool:
        """Tell quickly that nothing can be called so; most words of a text are no names."""
        if word in self._names or host in self._names or host in self._short_names:
            return True
        short = host.partition(".")[0]
        if short in self._names or short in self._short_names or word in self._addresses:
            return True
        if (address_of(host) or host) in self._addresses:
            return True
        return "pod" in kinds and (workload_of(host) or "") in self._names

    def _ways(self, word: str, host: str) -> Iterable[tuple[Index, str, float]]:
        """Yield where to look, the surest first."""
        yield self._addresses, address_of(host) or word, _BY_ADDRESS
        yield self._names, word, _EXACT
        if host != word:
            yield self._names, host, _EXACT
            yield self._addresses, host, _BY_ADDRESS
        yield self._short_names, host, _SHORT
        short = host.partition(".")[0]
        if short != host and not address_of(host):
            yield self._names, short, _SHORT
            yield self._short_names, short, _AMONG_KINDS * _SHORT

    def _pick(
        self, called: str, named: Sequence[Entity], kinds: Sequence[str], scope: Scope
    ) -> tuple[Entity, float] | None:
        """Return the one asset meant of those of the same name, and a factor of its confidence."""
        meant = [one for one in named if one.kind in kinds and self._fits(called, one, scope)]
        if len(meant) < 2:  # noqa: PLR2004
            return (meant[0], 1.0) if meant else None
        meant = _in_namespace(meant, scope) or meant
        for kind in kinds:
            alike = [asset for asset in meant if asset.kind == kind]
            if alike:
                several = len({asset.kind for asset in meant}) > 1
                return (alike[0], _AMONG_KINDS if several else 1.0) if len(alike) == 1 else None
        return None

    def _fits(self, called: str, asset: Entity, scope: Scope) -> bool:
        """Tell whether an asset can be what is called so there; what is not known fits."""
        if scope.namespace and asset.namespace and scope.namespace != asset.namespace:
            return False
        own = (asset.cluster or "").lower()
        if scope.signs and not scope.signs.mean(asset.kind, called, asset.namespace or "", own):
            return False
        cluster = scope.cluster.lower() if scope.cluster else None
        return cluster not in self._clusters or own in ("", cluster)


def _in_namespace(assets: Sequence[Entity], scope: Scope) -> list[Entity]:
    return [asset for asset in assets if scope.namespace and asset.namespace == scope.namespace]

"""The assets as a graph: what a check of one asset asks about its neighbours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from models.kinds.common import PowerState
from models.kinds.host import Host
from models.records.asset import Asset, Gap
from models.records.graph import Join, grouped_joins
from tasks.inventory.checks.coverage import Blindness, Gaps, blindness, old_facts
from tasks.inventory.checks.naming import Spellings, spellings

# An edge that is less sure than this is a guess, such as one where only names agree: no ground for
# a verdict.
SURE_ENOUGH = 0.7
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All present assets; `hosts` by cluster id, `running_vcpus` by host id.

    `by_kind` holds every kind that there is; `joins_from` and `joins_to` the edges that were joined
    from facts and are sure enough, by either end, the surest first. `blind` is what could not be
    seen of each source, `old` the assets whose facts may be old and why, `taken_at` when each
    source was last collected. `spelled` are the names of each asset, the last says where it is.
    """

    assets: dict[str, Asset] = field(default_factory=dict)
    hosts: dict[str, list[Asset]] = field(default_factory=dict)
    running_vcpus: dict[str, int] = field(default_factory=dict)
    by_kind: dict[str, tuple[Asset, ...]] = field(default_factory=dict)
    joins_from: dict[str, tuple[Join, ...]] = field(default_factory=dict)
    joins_to: dict[str, tuple[Join, ...]] = field(default_factory=dict)
    blind: Mapping[str, Blindness] = field(default_factory=dict)
    old: Mapping[str, Gap] = field(default_factory=dict)
    taken_at: Mapping[str, datetime] = field(default_factory=dict)
    spelled: Spellings = field(default_factory=dict)
    _made: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, build: Callable[..., Made], *of: Hashable) -> Made:
        """Return `build(site, *of)`, made once however many checks on however many assets ask."""
        asked = (build, of)
        if asked not in self._made:
            self._made[asked] = build(self, *of)
        made: Made = self._made[asked]
        return made

    def hosts_of(self, cluster: Asset) -> list[Host]:
        """Return the hosts of a cluster, in the order of their names."""
        found = sorted(self.hosts.get(cluster.id, ()), key=lambda asset: (asset.name, asset.id))
        return [asset.record for asset in found]

    def full_name(self, asset: Asset) -> str:
        """Return the name that tells an asset from others of its name."""
        return self.spelled[asset.id][-1]

    def name_of(self, asset_id: str) -> str:
        """Return an asset's name, or its id where it is not known."""
        found = self.assets.get(asset_id)
        return found.name if found else asset_id


def survey(
    assets: Iterable[Asset],
    joins: Iterable[Join] = (),
    *,
    gaps: Gaps | None = None,
    taken_at: Mapping[str, datetime] | None = None,
) -> Site:
    """Index the present assets; those that are gone are left out."""
    present = {asset.id: asset for asset in assets if asset.deleted_at is None}
    edges = tuple(join for join in joins if join.confidence >= SURE_ENOUGH)
    blind = blindness(present, gaps or {})
    kinds: dict[str, list[Asset]] = defaultdict(list)
    for asset in present.values():
        kinds[asset.kind].append(asset)
    hosts: dict[str, list[Asset]] = defaultdict(list)
    vcpus: dict[str, int] = defaultdict(int)
    for asset in present.values():
        if asset.kind == "host" and asset.record.cluster:
            hosts[asset.record.cluster].append(asset)
        elif asset.kind == "vm" and asset.record.power_state is PowerState.ON and asset.record.host:
            vcpus[asset.record.host] += asset.record.cpu_count or 0
    return Site(
        assets=present,
        hosts=dict(hosts),
        running_vcpus=dict(vcpus),
        by_kind={kind: tuple(these) for kind, these in kinds.items()},
        joins_from=grouped_joins(edges, lambda join: join.from_id),
        joins_to=grouped_joins(edges, lambda join: join.to_id),
        blind=blind,
        old=old_facts(present, blind, taken_at or {}),
        taken_at=taken_at or {},
        spelled=spellings(present.values()),
    )

"""Hosts, by cluster: their inventory, what they agree on, and where one differs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from generators.documents.facts import NO_CLUSTER, Facts, sources_of
from generators.documents.section import Section
from generators.documents.table import (
    Table,
    agreement,
    few,
    inventory_table,
    is_shown_in_a_cell,
    tally,
)
from generators.documents.text import UNKNOWN, counted, escape
from models.kinds import KINDS, Field
from models.kinds.host import PhysicalNic, StoragePaths, VirtualSwitch
from models.records.asset import Asset

_HOST = KINDS["host"]
_IDENTITY = frozenset(("uuid", "serial_number"))  # differ on every host, by their meaning


def sections(facts: Facts) -> list[Section]:
    """Return the fleet's section and one per cluster."""
    return [_fleet(facts), *(_of_cluster(cluster, facts) for cluster in clusters(facts, "host"))]


def clusters(facts: Facts, kind: str) -> list[str]:
    """Return the ids of the clusters that have hosts or VMs, by source and name, none last."""
    found = facts.hosts_by_cluster if kind == "host" else facts.vms_by_cluster
    named = [cluster.id for cluster in facts.of("cluster") if cluster.id in found]
    strangers = sorted(set(found) - set(named) - {NO_CLUSTER})
    return [*named, *strangers, *([NO_CLUSTER] if NO_CLUSTER in found else [])]


def cluster_title(cluster: str, facts: Facts, noun: str) -> str:
    """Return the heading for what belongs to a cluster; the source tells equal names apart."""
    asset = facts.by_id.get(cluster)
    if asset is None:
        return f"{noun} outside clusters"
    several = len(facts.sources) > 1
    return f"{noun} of cluster {asset.name}" + (f" ({asset.source})" if several else "")


def compared_fields() -> tuple[Field, ...]:
    """Return the host settings that are worth comparing: no identity, no dates, no records."""
    return tuple(
        field
        for field in _HOST.stable
        if is_shown_in_a_cell(field)
        and field.scalar is not datetime
        and not field.fact.unique
        and not field.fact.reference
        and field.name not in _IDENTITY | {"name"}
    )


def _fleet(facts: Facts) -> Section:
    hosts = facts.of("host")
    sources = sources_of(hosts) or facts.sources
    return Section(
        key="hosts",
        title="Hosts",
        template="tallies",
        input={
            "intro": f"{counted(len(hosts), 'host')}, described by cluster below.",
            "tallies": [
                tally((_release(host) for host in hosts), sources, ("Version and build", "Hosts")),
                tally((host.record.model for host in hosts), sources, ("Model", "Hosts")),
            ],
        },
        about=tuple(host.id for host in hosts),
    )


def _release(host: Asset) -> str | None:
    parts = [part for part in (host.record.version, host.record.build) if part]
    return " build ".join(parts) or None


def _of_cluster(cluster: str, facts: Facts) -> Section:
    hosts = facts.hosts_by_cluster[cluster]
    common = agreement(compared_fields(), hosts, facts, "host")
    return Section(
        key=f"hosts:{cluster or 'none'}",
        title=cluster_title(cluster, facts, "Hosts"),
        template="virtualization_hosts",
        input={
            "hosts": inventory_table(_HOST, hosts, facts, omit=("cluster",)),
            "count": len(hosts),
            "same": common.same,
            "unseen": common.unseen,
            "differing": common.differing,
            "wiring": _wiring(hosts),
        },
        about=tuple(host.id for host in hosts),
        level=3,
    )


def _wiring(hosts: Sequence[Asset]) -> Table:
    """Return uplinks, switches, own addresses and storage paths of each host."""
    return Table(
        columns=("Host", "Uplinks up", "Virtual switches", "VMkernel adapters", "Storage paths"),
        rows=tuple(
            (
                escape(host.name),
                _uplinks(host.record.physical_nics),
                _switches(host.record.virtual_switches),
                _adapters(host),
                _paths(host.record.storage_paths),
            )
            for host in hosts
        ),
        sources=sources_of(hosts),
    )


def _uplinks(nics: Sequence[PhysicalNic] | None) -> str:
    if nics is None:
        return UNKNOWN
    return f"{sum(nic.speed_mbps is not None for nic in nics)} of {len(nics)}"


def _switches(switches: Sequence[VirtualSwitch] | None) -> str:
    if switches is None:
        return UNKNOWN
    return few(
        [f"{escape(item.name)} ({counted(len(item.uplinks), 'uplink')})" for item in switches]
    )


def _adapters(host: Asset) -> str:
    adapters = host.record.kernel_adapters
    if adapters is None:
        return UNKNOWN
    return few([escape(f"{item.name} {item.ip_address or UNKNOWN}") for item in adapters])


def _paths(paths: Sequence[StoragePaths] | None) -> str:
    if paths is None:
        return UNKNOWN
    dead = sum(path.dead for path in paths)
    single = sum(path.active + path.standby == 1 and not path.local for path in paths)
    parts = [counted(len(paths), "logical unit")]
    parts += [f"**{dead} dead**"] if dead else []
    parts += [f"**{single} on a single path**"] if single else []
    return ", ".join(parts)

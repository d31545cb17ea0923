"""Capacity: what clusters and datastores have, use, and would have with one host less."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from generators.documents.facts import Facts, sources_of
from generators.documents.table import Table, inventory_table
from generators.documents.text import UNKNOWN, escape, memory, percent, quantity
from models.kinds import KINDS
from models.kinds.common import PowerState
from models.kinds.host import ConnectionState
from models.records.asset import Asset


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterCapacity:
    """Sums over the hosts of a cluster that can run machines; None where one of them is unknown.

    `memory_headroom_mib` is what is free after the largest host is lost (N+1); below zero not all
    machines that use memory now would find room.
    """

    cluster: Asset
    hosts: int
    usable_hosts: int
    vms_on: int
    cores: int | None
    vcpus_on: int | None
    cpu_mhz: int | None
    cpu_used_mhz: int | None
    memory_mib: int | None
    memory_used_mib: int | None
    memory_headroom_mib: int | None


def cluster_capacity(cluster: Asset, facts: Facts) -> ClusterCapacity:
    """Return what a cluster has and uses."""
    hosts = facts.hosts_by_cluster.get(cluster.id, ())
    usable = [host for host in hosts if _usable(host)]
    running = [
        vm
        for vm in facts.vms_by_cluster.get(cluster.id, ())
        if vm.record.power_state is PowerState.ON
    ]
    installed = total(host.record.memory_mib for host in usable)
    used = total(host.record.memory_usage_mib for host in usable)
    return ClusterCapacity(
        cluster=cluster,
        hosts=len(hosts),
        usable_hosts=len(usable),
        vms_on=len(running),
        cores=total(host.record.cpu_cores for host in usable),
        vcpus_on=total(vm.record.cpu_count for vm in running),
        cpu_mhz=total(_clock(host) for host in usable),
        cpu_used_mhz=total(host.record.cpu_usage_mhz for host in usable),
        memory_mib=installed,
        memory_used_mib=used,
        memory_headroom_mib=_headroom(usable, installed, used),
    )


def cluster_table(facts: Facts) -> Table:
    """Return the capacity of every cluster, the headroom with one host less included."""
    clusters = facts.of("cluster")
    return Table(
        columns=(
            "Cluster",
            "Hosts usable",
            "VMs on",
            "CPU",
            "CPU used",
            "vCPU per core",
            "Memory",
            "Memory used",
            "Free at N+1",
        ),
        rows=tuple(_row(cluster_capacity(cluster, facts)) for cluster in clusters),
        sources=sources_of(clusters) or facts.sources,
        right=tuple(range(1, 9)),
    )


def datastore_table(datastores: Sequence[Asset], facts: Facts) -> Table:
    """Return the inventory of datastores with their use, the fullest first."""
    by_use = sorted(datastores, key=lambda store: (-_share(store), store.name, store.id))
    inventory = inventory_table(KINDS["datastore"], by_use, facts)
    return replace(
        inventory,
        columns=(*inventory.columns, "Used"),
        rows=tuple((*row, _used(store)) for row, store in zip(inventory.rows, by_use, strict=True)),
        right=(*inventory.right, len(inventory.columns)),
        note="Free space is as vCenter last refreshed it.",
    )


def total(values: Iterable[int | None]) -> int | None:
    """Return the sum; None where there is nothing, or something is not known."""
    known = list(values)
    numbers = [value for value in known if value is not None]
    return sum(numbers) if known and len(numbers) == len(known) else None


def _usable(host: Asset) -> bool:
    record = host.record
    return record.connection_state is ConnectionState.CONNECTED and record.in_maintenance is False


def _clock(host: Asset) -> int | None:
    cores, mhz = host.record.cpu_cores, host.record.cpu_mhz
    return cores * mhz if cores is not None and mhz is not None else None


def _headroom(usable: Sequence[Asset], installed: int | None, used: int | None) -> int | None:
    if installed is None or used is None:
        return None
    largest = max(host.record.memory_mib for host in usable)
    return int(installed - largest - used)


def _row(capacity: ClusterCapacity) -> tuple[str, ...]:
    return (
        escape(capacity.cluster.name),
        f"{capacity.usable_hosts} of {capacity.hosts}",
        f"{capacity.vms_on:,}",
        UNKNOWN if capacity.cpu_mhz is None else quantity(capacity.cpu_mhz, "MHz"),
        percent(capacity.cpu_used_mhz, capacity.cpu_mhz),
        _ratio(capacity.vcpus_on, capacity.cores),
        memory(capacity.memory_mib),
        percent(capacity.memory_used_mib, capacity.memory_mib),
        _spare(capacity.memory_headroom_mib),
    )


def _spare(mib: int | None) -> str:
    """Return headroom to the whole GiB, since the use below it moves all the time."""
    if mib is None:
        return UNKNOWN
    gib = round(mib / 1024)
    return f"{gib:,} GiB" if mib >= 0 else f"**short of {-gib:,} GiB**"


def _ratio(part: int | None, whole: int | None) -> str:
    return f"{part / whole:.1f}" if part is not None and whole else UNKNOWN


def _share(store: Asset) -> float:
    capacity, free = store.record.capacity_mib, store.record.free_mib
    return 1 - free / capacity if capacity and free is not None else -1.0


def _used(store: Asset) -> str:
    capacity, free = store.record.capacity_mib, store.record.free_mib
    return percent(None if capacity is None or free is None else capacity - free, capacity)

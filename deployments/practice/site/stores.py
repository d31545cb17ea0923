"""Datastores: shared ones a cluster, a local one a host, and one NFS share a datacenter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deployments.practice.site.draw import Draw
from deployments.practice.site.fabric import GIB
from deployments.practice.site.fleet import Home
from deployments.practice.site.records import Datastore, Host, Snapshot, VirtualMachine

FULL, FILLING = 0.945, 0.82  # used shares of the two planted ones: over 90 %, and 75 to 90 %


def vm_bytes(vm: VirtualMachine) -> int:
    """Return what a VM takes on its datastore: disks, snapshots and its swap file."""
    disks = sum(disk.used_bytes if disk.thin else disk.capacity_bytes for disk in vm.disks)
    swap = vm.memory_mib << 20 if vm.power == "poweredOn" else 0
    return disks + swap + sum(snapshot_bytes(vm.snapshots))


def snapshot_bytes(snapshots: Iterable[Snapshot]) -> Iterator[int]:
    """Yield the size of every snapshot of the trees."""
    for snapshot in snapshots:
        yield snapshot.size_bytes
        yield from snapshot_bytes(snapshot.children)


def shared_datastores(
    draw: Draw, home: Home, used: dict[str, int], shares: dict[str, float]
) -> list[Datastore]:
    """Return a cluster's LUNs; `shares` gives the used share where one is planted."""
    hosts = tuple(slot.moid for slot in home.slots)
    found = []
    for moid, name in home.datastores:
        share = shares.get(moid, draw.between(0.42, 0.66))
        capacity = max(512 * GIB, -(-int(used.get(moid, 0) / (share - 0.02)) // GIB) * GIB)
        found.append(
            Datastore(
                moid=moid,
                name=name,
                datacenter=home.plan.datacenter,
                kind="VMFS",
                uuid=draw.uuid()[:35],
                capacity_bytes=capacity,
                other_bytes=max(0, int(capacity * share) - used.get(moid, 0)),
                hosts=hosts,
                local=False,
                naa=f"naa.624a9370{draw.random.getrandbits(96):024x}",
                remote=None,
            )
        )
    return found


def local_datastore(draw: Draw, host: Host) -> Datastore:
    """Return the datastore on a host's own boot device."""
    short = host.name.split(".")[0]
    return Datastore(
        moid=draw.moid("datastore-"),
        name=f"local-{host.name.split('.')[1]}-{short}",
        datacenter=host.datacenter,
        kind="VMFS",
        uuid=draw.uuid()[:35],
        capacity_bytes=360 * GIB,
        other_bytes=int(draw.between(4, 30) * GIB),
        hosts=(host.moid,),
        local=True,
        naa=f"naa.5002538{draw.random.getrandbits(36):09x}",
        remote=None,
    )


def nfs_share(draw: Draw, datacenter: str, hosts: Iterable[Host]) -> Datastore:
    """Return the datacenter's share for images and templates."""
    return Datastore(
        moid=draw.moid("datastore-"),
        name=f"{datacenter}-nfs-iso",
        datacenter=datacenter,
        kind="NFS",
        uuid=draw.uuid()[:17],
        capacity_bytes=8192 * GIB,
        other_bytes=int(draw.between(2000, 4500) * GIB),
        hosts=tuple(host.moid for host in hosts),
        local=False,
        naa=None,
        remote=f"nfs.{datacenter}.example.net:/export/iso",
    )

"""What a VM has on its datastores: snapshots, files and the space they take."""

from __future__ import annotations

from typing import Any

from deployments.practice.site.records import Snapshot, VirtualMachine
from deployments.practice.site.stores import vm_bytes
from deployments.practice.vcenter.types import data, reference, vim
from deployments.practice.vcenter.world import Entity, World


def vmx_path(world: World, vm: VirtualMachine) -> str:
    """Return the path of a VM's configuration file; its folder keeps the first name."""
    store = world.record(vm.datastore).name
    folder = vm.disks[0].file.split("] ")[1].split("/")[0] if vm.disks else vm.name
    return f"[{store}] {folder}/{folder}.vmx"


def snapshot_reference(vm: VirtualMachine, number: int) -> Any:
    """Return the managed object of a VM's snapshot."""
    return reference("VirtualMachineSnapshot", f"snapshot-{vm.moid.removeprefix('vm-')}-{number}")


def _tree(vm: VirtualMachine, snapshot: Snapshot) -> Any:
    return data(
        vim.vm.SnapshotTree,
        snapshot=snapshot_reference(vm, snapshot.id),
        vm=reference("VirtualMachine", vm.moid),
        name=snapshot.name,
        description=snapshot.description,
        id=snapshot.id,
        createTime=snapshot.created_at,
        state=snapshot.power_state,
        quiesced=snapshot.quiesced,
        childSnapshotList=[_tree(vm, child) for child in snapshot.children],
        replaySupported=False,
    )


def snapshot_info(_: World, entity: Entity) -> Any:
    """Return `snapshot`, none where there are none."""
    vm: VirtualMachine = entity.record
    if not vm.snapshots:
        return None
    current = vm.current_snapshot
    return data(
        vim.vm.SnapshotInfo,
        currentSnapshot=snapshot_reference(vm, current) if current else None,
        rootSnapshotList=[_tree(vm, snapshot) for snapshot in vm.snapshots],
    )


def walk(snapshots: tuple[Snapshot, ...]) -> list[Snapshot]:
    """Return every snapshot of the trees, parents first."""
    return [one for root in snapshots for one in (root, *walk(root.children))]


def layout(world: World, entity: Entity) -> Any:
    """Return `layoutEx`: the files with their sizes, and which belong to which snapshot."""
    vm: VirtualMachine = entity.record
    path = vmx_path(world, vm)
    files = [(path, "config", 3000), (path.replace(".vmx", ".nvram"), "nvram", 270840)]
    for disk in vm.disks:
        flat = disk.file.replace(".vmdk", "-flat.vmdk")
        used = disk.used_bytes if disk.thin else disk.capacity_bytes
        files += [(disk.file, "diskDescriptor", 600), (flat, "diskExtent", used)]
    snapshots = walk(vm.snapshots)
    first_of_snapshots = len(files)
    files += [
        (path.replace(".vmx", f"-Snapshot{one.id}.vmsn"), "snapshotData", one.size_bytes)
        for one in snapshots
    ]
    return data(
        vim.vm.FileLayoutEx,
        file=[
            data(
                vim.vm.FileLayoutEx.FileInfo,
                key=key,
                name=name,
                type=kind,
                size=size,
                uniqueSize=size,
                accessible=True,
            )
            for key, (name, kind, size) in enumerate(files)
        ],
        snapshot=[
            data(
                vim.vm.FileLayoutEx.SnapshotLayout,
                key=snapshot_reference(vm, one.id),
                dataKey=first_of_snapshots + offset,
                memoryKey=-1,
            )
            for offset, one in enumerate(snapshots)
        ],
        timestamp=world.site.anchor,
    )


def storage_summary(world: World, vm: VirtualMachine) -> Any:
    """Return `summary.storage`."""
    used = vm_bytes(vm)
    thin = sum(d.capacity_bytes - d.used_bytes for d in vm.disks if d.thin)
    return data(
        vim.vm.Summary.StorageSummary,
        committed=used,
        uncommitted=thin,
        unshared=used,
        timestamp=world.site.anchor,
    )


def usage(world: World, entity: Entity) -> Any:
    """Return `storage`."""
    whole = storage_summary(world, entity.record)
    usage = data(
        vim.vm.StorageInfo.UsageOnDatastore,
        datastore=reference("Datastore", entity.record.datastore),
        committed=whole.committed,
        uncommitted=whole.uncommitted,
        unshared=whole.unshared,
    )
    return data(vim.vm.StorageInfo, perDatastoreUsage=[usage], timestamp=whole.timestamp)

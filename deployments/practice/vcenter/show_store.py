"""Datastores as vCenter shows them."""

from __future__ import annotations

from typing import Any

from deployments.practice.site.records import Datastore
from deployments.practice.site.stores import vm_bytes
from deployments.practice.vcenter.show_common import ENTITY, Show
from deployments.practice.vcenter.types import data, reference, vim
from deployments.practice.vcenter.world import Entity, World

MAX_FILE_BYTES = 70_368_744_177_664


def free_bytes(world: World, store: Datastore) -> int:
    """Return the free space: capacity less VMs and other files, never below zero."""
    used = sum(vm_bytes(vm) for vm in world.index.vms_by_datastore.get(store.moid, ()))
    return max(0, store.capacity_bytes - used - store.other_bytes)


def _url(store: Datastore) -> str:
    return f"ds:///vmfs/volumes/{store.uuid}/"


def _uncommitted(world: World, store: Datastore) -> int:
    vms = world.index.vms_by_datastore.get(store.moid, ())
    return sum(d.capacity_bytes - d.used_bytes for vm in vms for d in vm.disks if d.thin)


def _summary(world: World, entity: Entity) -> Any:
    store: Datastore = entity.record
    return data(
        vim.Datastore.Summary,
        datastore=entity.reference,
        name=store.name,
        url=_url(store),
        capacity=store.capacity_bytes,
        freeSpace=free_bytes(world, store),
        uncommitted=_uncommitted(world, store),
        accessible=store.accessible,
        multipleHostAccess=len(store.hosts) > 1,
        type=store.kind,
        maintenanceMode=store.maintenance,
    )


def _info(world: World, entity: Entity) -> Any:
    store: Datastore = entity.record
    shared = {
        "name": store.name,
        "url": _url(store),
        "freeSpace": free_bytes(world, store),
        "maxFileSize": MAX_FILE_BYTES,
        "maxVirtualDiskCapacity": MAX_FILE_BYTES,
        "maxMemoryFileSize": MAX_FILE_BYTES,
        "timestamp": world.site.anchor,
    }
    if store.kind == "NFS":
        return data(vim.host.NasDatastoreInfo, nas=_nas(store), **shared)
    return data(
        vim.host.VmfsDatastoreInfo,
        maxPhysicalRDMFileSize=MAX_FILE_BYTES,
        maxVirtualRDMFileSize=MAX_FILE_BYTES,
        vmfs=_vmfs(store),
        **shared,
    )


def _nas(store: Datastore) -> Any:
    host, _, path = (store.remote or "").partition(":")
    return data(
        vim.host.NasVolume,
        type="NFS",
        name=store.name,
        capacity=store.capacity_bytes,
        remoteHost=host,
        remotePath=path,
        remoteHostNames=[host],
    )


def _vmfs(store: Datastore) -> Any:
    return data(
        vim.host.VmfsVolume,
        type="VMFS",
        name=store.name,
        capacity=store.capacity_bytes,
        blockSizeMb=1,
        blockSize=1024,
        maxBlocks=63963136,
        majorVersion=6,
        version="6.82",
        uuid=store.uuid,
        extent=[data(vim.host.ScsiDisk.Partition, diskName=store.naa or "", partition=1)],
        vmfsUpgradable=False,
        ssd=True,
        local=store.local,
    )


def _mounts(_: World, entity: Entity) -> list[Any]:
    store: Datastore = entity.record
    return [
        data(
            vim.Datastore.HostMount,
            key=reference("HostSystem", host),
            mountInfo=data(
                vim.host.MountInfo,
                path=f"/vmfs/volumes/{store.uuid}",
                accessMode="readWrite",
                mounted=True,
                accessible=store.accessible,
            ),
        )
        for host in store.hosts
    ]


def _iorm(_: World, entity: Entity) -> Any:
    return data(
        vim.StorageResourceManager.IORMConfigInfo,
        enabled=not entity.record.local,
        congestionThresholdMode="automatic",
        congestionThreshold=30,
        percentOfPeakThroughput=90,
        statsCollectionEnabled=True,
        reservationEnabled=False,
    )


def _capability(_: World, entity: Entity) -> Any:
    return data(
        vim.Datastore.Capability,
        directoryHierarchySupported=True,
        rawDiskMappingsSupported=entity.record.kind == "VMFS",
        perFileThinProvisioningSupported=True,
        storageIORMSupported=True,
        nativeSnapshotSupported=False,
    )


DATASTORE: dict[str, Show] = {
    **ENTITY,
    "info": _info,
    "summary": _summary,
    "host": _mounts,
    "vm": lambda world, e: [
        reference("VirtualMachine", vm.moid) for vm in world.index.vms_by_datastore.get(e.moid, ())
    ],
    "browser": lambda _, e: reference("HostDatastoreBrowser", f"datastoreBrowser-{e.moid}"),
    "capability": _capability,
    "iormConfiguration": _iorm,
}

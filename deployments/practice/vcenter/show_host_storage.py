"""A host's storage: adapters, the disks it sees and the paths to them."""

from __future__ import annotations

from typing import Any

from deployments.practice.site.records import Datastore, Host
from deployments.practice.vcenter.types import data, vim
from deployments.practice.vcenter.world import World

FC_ADAPTERS = ("vmhba2", "vmhba3")
BLOCK_BYTES = 512


def storage_device(world: World, host: Host) -> Any:
    """Return `config.storageDevice`."""
    stores = [
        entity.record
        for entity in world.of_kind("Datastore")
        if host.moid in entity.record.hosts and entity.record.naa
    ]
    return data(
        vim.host.StorageDeviceInfo,
        hostBusAdapter=_adapters(host),
        scsiLun=[_disk(store) for store in stores],
        multipathInfo=data(
            vim.host.MultipathInfo, lun=[_logical_unit(host, store) for store in stores]
        ),
        softwareInternetScsiEnabled=False,
    )


def _wwn(host: Host, number: int) -> int:
    return 0x2100_0000_0000_0000 + (int(host.uuid[:8], 16) << 8) + number


def _adapters(host: Host) -> list[Any]:
    local = data(
        vim.host.BlockHba,
        key="key-vim.host.BlockHba-vmhba0",
        device="vmhba0",
        bus=0,
        status="unknown",
        model="Lewisburg SATA AHCI Controller",
        driver="vmw_ahci",
        pci="0000:00:17.0",
        storageProtocol="scsi",
    )
    fabric = [
        data(
            vim.host.FibreChannelHba,
            key=f"key-vim.host.FibreChannelHba-{name}",
            device=name,
            bus=59,
            status="online",
            model="LPe35002-M2 2-Port 32Gb Fibre Channel Adapter",
            driver="lpfc",
            pci=f"0000:3b:00.{number}",
            storageProtocol="scsi",
            portWorldWideName=_wwn(host, number + 1),
            nodeWorldWideName=_wwn(host, 0),
            portType="fabric",
            speed=32,
        )
        for number, name in enumerate(FC_ADAPTERS)
    ]
    return [local, *fabric]


def _lun_key(store: Datastore) -> str:
    return f"key-vim.host.ScsiDisk-{store.naa}"


def _disk(store: Datastore) -> Any:
    return data(
        vim.host.ScsiDisk,
        deviceName=f"/vmfs/devices/disks/{store.naa}",
        deviceType="disk",
        key=_lun_key(store),
        uuid=f"02000000{(store.naa or '')[4:]}",
        canonicalName=store.naa,
        displayName=f"{'Local ATA' if store.local else 'PURE Fibre Channel'} Disk ({store.naa})",
        lunType="disk",
        vendor="ATA" if store.local else "PURE",
        model="SSD 480GB" if store.local else "FlashArray",
        revision="8888",
        operationalState=["ok"],
        capacity=data(
            vim.host.DiskDimensions.Lba,
            blockSize=BLOCK_BYTES,
            block=store.capacity_bytes // BLOCK_BYTES,
        ),
        devicePath=f"/vmfs/devices/disks/{store.naa}",
        ssd=True,
        localDisk=store.local,
    )


def _logical_unit(host: Host, store: Datastore) -> Any:
    paths = [
        _path(host, store, number) for number in range(1 if store.local else host.storage_paths)
    ]
    policy = "VMW_PSP_FIXED" if store.local else "VMW_PSP_RR"
    return data(
        vim.host.MultipathInfo.LogicalUnit,
        key=f"key-vim.host.MultipathInfo.LogicalUnit-{store.naa}",
        id=f"02000000{(store.naa or '')[4:]}",
        lun=_lun_key(store),
        path=paths,
        policy=data(vim.host.MultipathInfo.LogicalUnitPolicy, policy=policy),
        storageArrayTypePolicy=data(
            vim.host.MultipathInfo.LogicalUnitStorageArrayTypePolicy,
            policy="VMW_SATP_LOCAL" if store.local else "VMW_SATP_ALUA",
        ),
    )


def _path(host: Host, store: Datastore, number: int) -> Any:
    adapter = "vmhba0" if store.local else FC_ADAPTERS[number % 2]
    kind = "BlockHba" if store.local else "FibreChannelHba"
    name = f"{adapter}:C0:T{number // 2}:L{int(store.moid.split('-')[1]) % 256}"
    transport = data(
        vim.host.FibreChannelTargetTransport,
        portWorldWideName=0x524A_9370_0000_0000 + number,
        nodeWorldWideName=0x524A_9370_0000_0000,
    )
    return data(
        vim.host.MultipathInfo.Path,
        key=f"key-vim.host.MultipathInfo.Path-{name}-{host.serial}",
        name=name,
        pathState="active",
        state="active",
        isWorkingPath=number == 0 or not store.local,
        adapter=f"key-vim.host.{kind}-{adapter}",
        lun=_lun_key(store),
        transport=None if store.local else transport,
    )

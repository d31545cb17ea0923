"""The virtual hardware of a VM: controllers, disks, network cards, drives."""

from __future__ import annotations

from typing import Any

from deployments.practice.site.records import Disk, Nic, VirtualMachine
from deployments.practice.vcenter.types import data, reference, vim
from deployments.practice.vcenter.world import World

SCSI_KEY, PCI_KEY, IDE_KEY, CDROM_KEY, VIDEO_KEY = 1000, 100, 200, 3000, 500
DISK_SHARES, CONTROLLER_UNIT = 1000, 7


def devices(world: World, vm: VirtualMachine) -> list[Any]:
    """Return the devices in the order that vCenter lists them: controllers first."""
    disks = [_disk(vm, disk, unit) for unit, disk in enumerate(vm.disks)]
    nics = [_nic(world, nic, unit) for unit, nic in enumerate(vm.nics)]
    return [*_controllers(disks, nics), _cdrom(), *disks, *nics]


def _label(label: str, summary: str) -> Any:
    return data(vim.Description, label=label, summary=summary)


def _controllers(disks: list[Any], nics: list[Any]) -> list[Any]:
    ide = data(
        vim.vm.device.VirtualIDEController,
        key=IDE_KEY,
        deviceInfo=_label("IDE 0", "IDE 0"),
        busNumber=0,
        device=[CDROM_KEY],
    )
    pci = data(
        vim.vm.device.VirtualPCIController,
        key=PCI_KEY,
        deviceInfo=_label("PCI controller 0", "PCI controller 0"),
        busNumber=0,
        device=[VIDEO_KEY, SCSI_KEY, *(nic.key for nic in nics)],
    )
    video = data(
        vim.vm.device.VirtualVideoCard,
        key=VIDEO_KEY,
        deviceInfo=_label("Video card ", "Video card"),
        controllerKey=PCI_KEY,
        unitNumber=0,
        videoRamSizeInKB=4096,
        numDisplays=1,
    )
    scsi = data(
        vim.vm.device.ParaVirtualSCSIController,
        key=SCSI_KEY,
        deviceInfo=_label("SCSI controller 0", "VMware paravirtual SCSI"),
        controllerKey=PCI_KEY,
        unitNumber=3,
        busNumber=0,
        device=[disk.key for disk in disks],
        hotAddRemove=True,
        sharedBus="noSharing",
        scsiCtlrUnitNumber=CONTROLLER_UNIT,
    )
    return [ide, pci, video, scsi]


def _cdrom() -> Any:
    return data(
        vim.vm.device.VirtualCdrom,
        key=CDROM_KEY,
        deviceInfo=_label("CD/DVD drive 1", "Remote device"),
        backing=data(
            vim.vm.device.VirtualCdrom.RemotePassthroughBackingInfo,
            deviceName="",
            useAutoDetect=False,
            exclusive=False,
        ),
        connectable=_connection(connected=False, at_start=False),
        controllerKey=IDE_KEY,
        unitNumber=0,
    )


def _connection(*, connected: bool, at_start: bool) -> Any:
    return data(
        vim.vm.device.VirtualDevice.ConnectInfo,
        startConnected=at_start,
        allowGuestControl=True,
        connected=connected,
        status="ok" if connected else "untried",
    )


def _disk(vm: VirtualMachine, disk: Disk, unit: int) -> Any:
    kib = disk.capacity_bytes // 1024
    return data(
        vim.vm.device.VirtualDisk,
        key=disk.key,
        deviceInfo=_label(disk.label, f"{kib:,} KB"),
        backing=data(
            vim.vm.device.VirtualDisk.FlatVer2BackingInfo,
            fileName=disk.file,
            datastore=reference("Datastore", disk.datastore),
            diskMode="persistent",
            split=False,
            writeThrough=False,
            thinProvisioned=disk.thin,
            eagerlyScrub=not disk.thin,
            uuid=disk.uuid,
            sharing="sharingNone",
        ),
        controllerKey=SCSI_KEY,
        unitNumber=unit + (unit >= CONTROLLER_UNIT),
        capacityInKB=kib,
        capacityInBytes=disk.capacity_bytes,
        shares=data(vim.SharesInfo, shares=DISK_SHARES, level="normal"),
        diskObjectId=f"{vm.moid.removeprefix('vm-')}-{disk.key}",
        nativeUnmanagedLinkedClone=False,
    )


def _nic(world: World, nic: Nic, unit: int) -> Any:
    kind = getattr(vim.vm.device, f"Virtual{nic.kind}")
    return data(
        kind,
        key=nic.key,
        deviceInfo=_label(nic.label, world.record(nic.network).name),
        backing=_nic_backing(world, nic),
        connectable=_connection(connected=nic.connected, at_start=True),
        controllerKey=PCI_KEY,
        unitNumber=CONTROLLER_UNIT + unit,
        addressType="assigned",
        macAddress=nic.mac,
        wakeOnLanEnabled=True,
    )


def _nic_backing(world: World, nic: Nic) -> Any:
    network = world.record(nic.network)
    if network.dvs is None:
        return data(
            vim.vm.device.VirtualEthernetCard.NetworkBackingInfo,
            deviceName=network.name,
            useAutoDetect=False,
            network=reference("Network", network.moid),
        )
    return data(
        vim.vm.device.VirtualEthernetCard.DistributedVirtualPortBackingInfo,
        port=data(
            vim.dvs.PortConnection,
            switchUuid=world.record(network.dvs).uuid,
            portgroupKey=network.moid,
            portKey=str(nic.key % 1000 + int(nic.mac[-2:], 16)),
        ),
    )

"""A virtual machine as vCenter shows it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from deployments.practice.site.records import VirtualMachine
from deployments.practice.vcenter.show_common import ENTITY, Show, custom_values, status
from deployments.practice.vcenter.show_device import devices
from deployments.practice.vcenter.show_vm_storage import (
    layout,
    snapshot_info,
    snapshot_reference,
    storage_summary,
    usage,
    vmx_path,
)
from deployments.practice.vcenter.types import data, reference, vim
from deployments.practice.vcenter.world import Entity, World

SHARES_PER_CPU, SHARES_PER_MIB = 1000, 10
TOOLS_STATUS = {
    "current": ("toolsOk", "guestToolsCurrent", "guestToolsRunning"),
    "old": ("toolsOld", "guestToolsSupportedOld", "guestToolsRunning"),
    "stopped": ("toolsNotRunning", "guestToolsCurrent", "guestToolsNotRunning"),
    "none": ("toolsNotInstalled", "guestToolsNotInstalled", "guestToolsNotRunning"),
}


def tools(vm: VirtualMachine) -> tuple[str, str, str]:
    """Return toolsStatus, toolsVersionStatus2 and toolsRunningStatus."""
    shown, version, running = TOOLS_STATUS[vm.tools]
    if vm.power == "poweredOn" or vm.tools == "none":
        return shown, version, running
    return "toolsNotRunning", version, "guestToolsNotRunning"


def runs_tools(vm: VirtualMachine) -> bool:
    """Return whether the guest answers through its tools."""
    return vm.power == "poweredOn" and vm.tools in {"current", "old"}


def allocation(reservation: int, limit: int, shares: int) -> Any:
    """Return a resource allocation with normal shares."""
    return data(
        vim.ResourceAllocationInfo,
        reservation=reservation,
        expandableReservation=False,
        limit=limit,
        shares=data(vim.SharesInfo, shares=shares, level="normal"),
    )


def _allocations(vm: VirtualMachine) -> tuple[Any, Any]:
    held = vm.limits
    return (
        allocation(held.cpu_reservation_mhz, held.cpu_limit_mhz, vm.cpu_count * SHARES_PER_CPU),
        allocation(
            held.memory_reservation_mib, held.memory_limit_mib, vm.memory_mib * SHARES_PER_MIB
        ),
    )


def config(world: World, entity: Entity) -> Any:
    """Return `config`."""
    vm: VirtualMachine = entity.record
    cpu, memory = _allocations(vm)
    path = vmx_path(world, vm)
    return data(
        vim.vm.ConfigInfo,
        changeVersion=f"{vm.created_at:%Y-%m-%dT%H:%M:%S.%fZ}",
        modified=vm.powered_off_at or vm.booted_at or vm.created_at,
        name=vm.name,
        guestFullName=vm.guest_os,
        version=vm.hardware,
        uuid=vm.bios_uuid,
        createDate=vm.created_at,
        instanceUuid=vm.instance_uuid,
        template=vm.template,
        guestId=vm.guest_id,
        alternateGuestName="",
        annotation=vm.annotation,
        files=_files(path),
        tools=_tools_config(vm),
        flags=data(vim.vm.FlagInfo, enableLogging=True, diskUuidEnabled=False, vbsEnabled=False),
        defaultPowerOps=data(vim.vm.DefaultPowerOpInfo, powerOffType="soft", resetType="soft"),
        hardware=_hardware(world, vm),
        cpuAllocation=cpu,
        memoryAllocation=memory,
        memoryHotAddEnabled=vm.memory_hot_add,
        cpuHotAddEnabled=vm.cpu_hot_add,
        cpuHotRemoveEnabled=False,
        extraConfig=[data(vim.option.OptionValue, key=key, value=value) for key, value in vm.extra],
        swapPlacement="inherit",
        bootOptions=data(vim.vm.BootOptions, efiSecureBootEnabled="win" in vm.guest_id),
        firmware="efi",
        changeTrackingEnabled=vm.change_tracking,
        maxMksConnections=40,
        memoryReservationLockedToMax=False,
        nestedHVEnabled=False,
    )


def _hardware(world: World, vm: VirtualMachine) -> Any:
    return data(
        vim.vm.VirtualHardware,
        numCPU=vm.cpu_count,
        numCoresPerSocket=vm.cores_per_socket,
        autoCoresPerSocket=False,
        memoryMB=vm.memory_mib,
        device=devices(world, vm),
    )


def _files(path: str) -> Any:
    folder = path.rsplit("/", 1)[0] + "/"
    return data(
        vim.vm.FileInfo,
        vmPathName=path,
        snapshotDirectory=folder,
        suspendDirectory=folder,
        logDirectory=folder,
    )


def _tools_config(vm: VirtualMachine) -> Any:
    return data(
        vim.vm.ToolsConfigInfo,
        toolsVersion=vm.tools_version,
        toolsInstallType="guestToolsTypeOpenVMTools" if vm.tools_version else None,
        afterPowerOn=True,
        afterResume=True,
        beforeGuestStandby=True,
        beforeGuestShutdown=True,
        toolsUpgradePolicy="manual",
        syncTimeWithHost=False,
    )


def addresses(vm: VirtualMachine) -> list[str]:
    """Return the addresses that the guest reports, first one first; none without tools."""
    return [a for nic in vm.nics for a in nic.addresses] if runs_tools(vm) else []


def guest(world: World, entity: Entity) -> Any:
    """Return `guest`."""
    vm: VirtualMachine = entity.record
    shown, version, running = tools(vm)
    found = addresses(vm)
    answers = runs_tools(vm)
    return data(
        vim.vm.GuestInfo,
        toolsStatus=shown,
        toolsVersionStatus="guestToolsNeedUpgrade" if vm.tools == "old" else version,
        toolsVersionStatus2=version,
        toolsRunningStatus=running,
        toolsVersion=str(vm.tools_version),
        toolsInstallType="guestToolsTypeOpenVMTools" if vm.tools_version else None,
        guestId=vm.guest_id if answers else None,
        guestFamily=_family(vm) if answers else None,
        guestFullName=vm.guest_os if answers else None,
        hostName=vm.host_name if answers else None,
        ipAddress=found[0] if found else None,
        net=_guest_nics(world, vm) if answers else [],
        disk=_guest_disks(vm) if answers else [],
        guestState="running" if vm.power == "poweredOn" else "notRunning",
        appHeartbeatStatus="appStatusGray",
        guestOperationsReady=answers,
        interactiveGuestOperationsReady=False,
        guestStateChangeSupported=answers,
        hwVersion=vm.hardware,
    )


def _family(vm: VirtualMachine) -> str:
    return "windowsGuest" if "win" in vm.guest_id else "linuxGuest"


def _guest_nics(world: World, vm: VirtualMachine) -> list[Any]:
    return [
        data(
            vim.vm.GuestInfo.NicInfo,
            network=world.record(nic.network).name,
            ipAddress=list(nic.addresses),
            macAddress=nic.mac,
            connected=nic.connected,
            deviceConfigId=nic.key,
            ipConfig=data(
                vim.net.IpConfigInfo,
                ipAddress=[
                    data(
                        vim.net.IpConfigInfo.IpAddress,
                        ipAddress=address,
                        prefixLength=16,
                        state="preferred",
                    )
                    for address in nic.addresses
                ],
            ),
        )
        for nic in vm.nics
    ]


def _guest_disks(vm: VirtualMachine) -> list[Any]:
    kind = "NTFS" if "win" in vm.guest_id else "xfs"
    return [
        data(
            vim.vm.GuestInfo.DiskInfo,
            diskPath=volume.path,
            capacity=volume.capacity_bytes,
            freeSpace=volume.free_bytes,
            filesystemType=kind,
        )
        for volume in vm.volumes
    ]


def runtime(world: World, entity: Entity) -> Any:
    """Return `runtime`."""
    vm: VirtualMachine = entity.record
    host = world.record(vm.host)
    on = vm.power == "poweredOn"
    lost = host.connection == "notResponding"
    return data(
        vim.vm.RuntimeInfo,
        host=reference("HostSystem", vm.host),
        connectionState="disconnected" if lost else vm.connection,
        powerState=vm.power,
        faultToleranceState="notConfigured",
        toolsInstallerMounted=False,
        suspendTime=vm.powered_off_at if vm.power == "suspended" else None,
        bootTime=vm.booted_at,
        maxCpuUsage=vm.cpu_count * host.cpu_mhz,
        maxMemoryUsage=vm.memory_mib,
        numMksConnections=0,
        recordReplayState="inactive",
        cleanPowerOff=None if on else True,
        onlineStandby=False,
        minRequiredEVCModeKey="intel-icelake" if on else None,
        consolidationNeeded=vm.consolidation_needed,
        paused=False,
        snapshotInBackground=False,
        cryptoState="notEncrypted",
    )


def consumed_mib(vm: VirtualMachine) -> int:
    """Return the host memory a VM holds: most of what it was given, once it has run a while."""
    return int(vm.memory_mib * (0.8 + 0.2 * vm.memory_demand)) if vm.power == "poweredOn" else 0


def quick_stats(world: World, vm: VirtualMachine) -> Any:
    """Return `summary.quickStats`."""
    mhz = int(vm.cpu_demand * vm.cpu_count * world.record(vm.host).cpu_mhz)
    active = int(vm.memory_mib * vm.memory_demand * 0.4)
    since = world.now() - vm.booted_at if vm.booted_at else timedelta()
    return data(
        vim.vm.Summary.QuickStats,
        overallCpuUsage=mhz,
        overallCpuDemand=mhz,
        guestMemoryUsage=active,
        hostMemoryUsage=consumed_mib(vm),
        guestHeartbeatStatus="green" if runs_tools(vm) else "gray",
        grantedMemory=consumed_mib(vm),
        privateMemory=consumed_mib(vm),
        sharedMemory=0,
        swappedMemory=0,
        balloonedMemory=0,
        consumedOverheadMemory=64 if vm.power == "poweredOn" else 0,
        activeMemory=active,
        uptimeSeconds=int(since.total_seconds()),
    )


def summary(world: World, entity: Entity) -> Any:
    """Return `summary`."""
    vm: VirtualMachine = entity.record
    return data(
        vim.vm.Summary,
        vm=entity.reference,
        runtime=runtime(world, entity),
        guest=_guest_summary(vm),
        config=_config_summary(world, vm),
        storage=storage_summary(world, vm),
        quickStats=quick_stats(world, vm),
        overallStatus=status(world, entity),
        customValue=custom_values(entity),
    )


def _guest_summary(vm: VirtualMachine) -> Any:
    shown, version, running = tools(vm)
    found = addresses(vm)
    return data(
        vim.vm.Summary.GuestSummary,
        toolsStatus=shown,
        toolsVersionStatus2=version,
        toolsRunningStatus=running,
        hostName=vm.host_name if runs_tools(vm) else None,
        ipAddress=found[0] if found else None,
    )


def _config_summary(world: World, vm: VirtualMachine) -> Any:
    return data(
        vim.vm.Summary.ConfigSummary,
        name=vm.name,
        template=vm.template,
        vmPathName=vmx_path(world, vm),
        memorySizeMB=vm.memory_mib,
        cpuReservation=vm.limits.cpu_reservation_mhz,
        memoryReservation=vm.limits.memory_reservation_mib,
        numCpu=vm.cpu_count,
        numEthernetCards=len(vm.nics),
        numVirtualDisks=len(vm.disks),
        uuid=vm.bios_uuid,
        instanceUuid=vm.instance_uuid,
        guestId=vm.guest_id,
        guestFullName=vm.guest_os,
        annotation=vm.annotation,
        hwVersion=vm.hardware,
    )


def _networks(world: World, entity: Entity) -> list[Any]:
    moids = dict.fromkeys(nic.network for nic in entity.record.nics)
    return [world.entities[moid].reference for moid in moids]


def _capability(_world: World, _entity: Entity) -> Any:
    return data(vim.vm.Capability, snapshotOperationsSupported=True, changeTrackingSupported=True)


def _resource_config(_: World, entity: Entity) -> Any:
    cpu, memory = _allocations(entity.record)
    return data(
        vim.ResourceConfigSpec,
        entity=entity.reference,
        changeVersion="1",
        cpuAllocation=cpu,
        memoryAllocation=memory,
    )


VM: dict[str, Show] = {
    **ENTITY,
    "capability": _capability,
    "config": config,
    "guest": guest,
    "runtime": runtime,
    "snapshot": snapshot_info,
    "rootSnapshot": lambda _, entity: [
        snapshot_reference(entity.record, one.id) for one in entity.record.snapshots
    ],
    "layoutEx": layout,
    "storage": usage,
    "summary": summary,
    "environmentBrowser": lambda _, e: reference("EnvironmentBrowser", f"envbrowser-{e.moid}"),
    "resourceConfig": _resource_config,
    "resourcePool": lambda _, e: (
        reference("ResourcePool", e.record.pool) if e.record.pool else None
    ),
    "datastore": lambda _, e: [reference("Datastore", e.record.datastore)],
    "network": _networks,
    "guestHeartbeatStatus": lambda _, e: "green" if runs_tools(e.record) else "gray",
}

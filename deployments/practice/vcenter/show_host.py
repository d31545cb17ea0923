"""An ESXi host as vCenter shows it."""

from __future__ import annotations

from typing import Any

from deployments.practice.site.records import Host
from deployments.practice.vcenter.certificate import host_certificate
from deployments.practice.vcenter.show_common import ENTITY, Show, status
from deployments.practice.vcenter.show_host_network import network_info, nic_manager_info
from deployments.practice.vcenter.show_host_storage import storage_device
from deployments.practice.vcenter.show_vm import consumed_mib
from deployments.practice.vcenter.types import data, reference, vim, vmodl
from deployments.practice.vcenter.world import HOST_SYSTEMS, Entity, World

KIB_MIB = 1 << 20
HYPERVISOR_MIB = 6 * 1024  # what ESXi itself takes


def product(host: Host) -> Any:
    """Return `config.product`."""
    return data(
        vim.AboutInfo,
        name="VMware ESXi",
        fullName=f"VMware ESXi {host.esxi_version} build-{host.esxi_build}",
        vendor="VMware, Inc.",
        version=host.esxi_version,
        patchLevel="0.35",
        build=host.esxi_build,
        localeVersion="INTL",
        localeBuild="000",
        osType="vmnix-x86",
        productLineId="embeddedEsx",
        apiType="HostAgent",
        apiVersion=f"{host.esxi_version}.0",
        licenseProductName="VMware ESX Server",
        licenseProductVersion="8.0",
    )


def hardware(_: World, entity: Entity) -> Any:
    """Return `hardware`."""
    host: Host = entity.record
    hertz = host.cpu_mhz * 1_000_000
    return data(
        vim.host.HardwareInfo,
        systemInfo=_system(host),
        cpuPowerManagementInfo=data(
            vim.host.CpuPowerManagementInfo,
            currentPolicy="Balanced",
            hardwareSupport="ACPI P-states | ACPI C-states",
        ),
        cpuInfo=data(
            vim.host.CpuInfo,
            numCpuPackages=host.cpu_sockets,
            numCpuCores=host.cpu_cores,
            numCpuThreads=host.cpu_threads,
            hz=hertz,
        ),
        cpuPkg=[_package(host, index) for index in range(host.cpu_sockets)],
        memorySize=host.memory_bytes,
        numaInfo=data(
            vim.host.NumaInfo,
            type="NUMA",
            numNodes=host.cpu_sockets,
            numaNode=[_numa_node(host, index) for index in range(host.cpu_sockets)],
        ),
        smcPresent=False,
        biosInfo=data(
            vim.host.BIOSInfo,
            biosVersion=host.bios_version,
            releaseDate=host.bios_released_at,
            vendor=host.vendor,
            firmwareType="UEFI",
        ),
    )


def _system(host: Host) -> Any:
    return data(
        vim.host.SystemInfo,
        vendor=host.vendor,
        model=host.model,
        uuid=host.uuid,
        serialNumber=host.serial,
        otherIdentifyingInfo=_identification(host),
    )


def _identification(host: Host) -> list[Any]:
    pairs = (("ServiceTag", "Service tag of the system", host.serial),)
    return [
        data(
            vim.host.SystemIdentificationInfo,
            identifierValue=value,
            identifierType=data(vim.ElementDescription, key=key, label=label, summary=label),
        )
        for key, label, value in pairs
    ]


def _threads(host: Host, index: int) -> list[int]:
    each = host.cpu_threads // host.cpu_sockets
    return list(range(index * each, (index + 1) * each))


def _package(host: Host, index: int) -> Any:
    return data(
        vim.host.CpuPackage,
        index=index,
        vendor="intel",
        hz=host.cpu_mhz * 1_000_000,
        busHz=100_000_000,
        description=host.cpu_model,
        threadId=_threads(host, index),
    )


def _numa_node(host: Host, index: int) -> Any:
    each = host.memory_bytes // host.cpu_sockets
    return data(
        vim.host.NumaNode,
        typeId=index,
        cpuID=_threads(host, index),
        memorySize=each,
        memoryRangeBegin=index * each,
        memoryRangeLength=each,
    )


def config(world: World, entity: Entity) -> Any:
    """Return `config`, none while the host does not answer."""
    host: Host = entity.record
    if host.connection != "connected":
        return None
    return data(
        vim.host.ConfigInfo,
        host=entity.reference,
        product=product(host),
        hyperThread=data(
            vim.host.CpuSchedulerSystem.HyperThreadScheduleInfo,
            available=True,
            active=True,
            config=True,
        ),
        storageDevice=storage_device(world, host),
        network=network_info(world, host),
        virtualNicManagerInfo=nic_manager_info(host),
        service=services(host),
        firewall=_firewall(),
        option=_options(host),
        dateTimeInfo=date_time(host),
        adminDisabled=False,
        lockdownMode=host.lockdown,
        certificate=list(host_certificate(host)),
        powerSystemInfo=data(
            vim.host.PowerSystem.Info,
            currentPolicy=data(
                vim.host.PowerSystem.PowerPolicy,
                key=2,
                name="PowerPolicy.dynamic.name",
                shortName="dynamic",
                description="PowerPolicy.dynamic.description",
            ),
        ),
    )


def date_time(host: Host) -> Any:
    """Return `config.dateTimeInfo`."""
    return data(
        vim.host.DateTimeInfo,
        timeZone=data(
            vim.host.DateTimeSystem.TimeZone,
            key="UTC",
            name="UTC",
            description="UTC",
            gmtOffset=0,
        ),
        systemClockProtocol="ntp",
        ntpConfig=data(
            vim.host.NtpConfig,
            server=list(host.ntp_servers),
            configFile=[f"server {server}" for server in host.ntp_servers],
        ),
        enabled=host.ntp_running,
        serviceSync=host.ntp_running and bool(host.ntp_servers),
    )


def services(host: Host) -> Any:
    """Return `config.service`."""
    known = (
        ("ntpd", "NTP Daemon", host.ntp_running, host.ntp_at_boot),
        ("TSM", "ESXi Shell", False, "off"),
        ("TSM-SSH", "SSH", host.ssh_running, host.ssh_at_boot),
        ("vpxa", "VMware vCenter Agent", True, "on"),
        ("vmsyslogd", "Syslog Server", True, "on"),
        ("snmpd", "SNMP Server", False, "off"),
        ("lwsmd", "Active Directory Service", False, "off"),
    )
    return data(
        vim.host.ServiceInfo,
        service=[
            data(
                vim.host.Service,
                key=key,
                label=label,
                required=key == "vmsyslogd",
                uninstallable=False,
                running=running,
                policy=policy,
                ruleset=[],
            )
            for key, label, running, policy in known
        ],
    )


def _firewall() -> Any:
    return data(
        vim.host.FirewallInfo,
        defaultPolicy=data(
            vim.host.FirewallInfo.DefaultPolicy, incomingBlocked=True, outgoingBlocked=True
        ),
        ruleset=[],
    )


def _options(host: Host) -> list[Any]:
    pairs = {
        "Syslog.global.logHost": host.syslog,
        "Syslog.global.logDir": "[] /scratch/log",
        "ScratchConfig.CurrentScratchLocation": f"/vmfs/volumes/{host.uuid[:8]}/.locker",
        "Mem.ShareForceSalting": "2",
        "UserVars.SuppressShellWarning": "0",
        "Config.HostAgent.log.level": "info",
    }
    return [data(vim.option.OptionValue, key=key, value=value) for key, value in pairs.items()]


def usage(world: World, host: Host) -> tuple[int, int]:
    """Return the MHz and MiB in use on a host."""
    vms = world.index.vms_by_host.get(host.moid, ())
    mhz = sum(vm.cpu_demand * vm.cpu_count for vm in vms if vm.power == "poweredOn") * host.cpu_mhz
    mib = sum(consumed_mib(vm) for vm in vms)
    whole_mhz, whole_mib = host.cpu_cores * host.cpu_mhz, host.memory_bytes >> 20
    return min(int(mhz) + 400, whole_mhz), min(mib + HYPERVISOR_MIB, whole_mib)


def quick_stats(world: World, host: Host) -> Any:
    """Return `summary.quickStats`; all unset while the host does not answer."""
    if host.connection != "connected":
        return data(vim.host.Summary.QuickStats)
    mhz, mib = usage(world, host)
    up = world.now() - host.booted_at
    return data(
        vim.host.Summary.QuickStats,
        overallCpuUsage=mhz,
        overallMemoryUsage=mib,
        distributedCpuFairness=1000,
        distributedMemoryFairness=1000,
        availablePMemCapacity=0,
        uptime=int(up.total_seconds()),
    )


def summary(world: World, entity: Entity) -> Any:
    """Return `summary`."""
    host: Host = entity.record
    return data(
        vim.host.Summary,
        host=entity.reference,
        hardware=_hardware_summary(host),
        runtime=runtime(world, entity),
        config=data(
            vim.host.Summary.ConfigSummary,
            name=host.name,
            port=443,
            product=product(host),
            vmotionEnabled=True,
            faultToleranceEnabled=False,
        ),
        quickStats=quick_stats(world, host),
        overallStatus=status(world, entity),
        rebootRequired=host.reboot_required,
        managementServerIp="10.16.0.30",
        maxEVCModeKey="intel-sapphirerapids",
        currentEVCModeKey="intel-icelake",
    )


def _hardware_summary(host: Host) -> Any:
    return data(
        vim.host.Summary.HardwareSummary,
        vendor=host.vendor,
        model=host.model,
        uuid=host.uuid,
        otherIdentifyingInfo=_identification(host),
        memorySize=host.memory_bytes,
        cpuModel=host.cpu_model,
        cpuMhz=host.cpu_mhz,
        numCpuPkgs=host.cpu_sockets,
        numCpuCores=host.cpu_cores,
        numCpuThreads=host.cpu_threads,
        numNics=len(host.pnics),
        numHBAs=3,
    )


def runtime(world: World, entity: Entity) -> Any:
    """Return `runtime`."""
    host: Host = entity.record
    protected = world.record(host.cluster).ha_enabled
    return data(
        vim.host.RuntimeInfo,
        connectionState=host.connection,
        powerState=host.power if host.connection == "connected" else "unknown",
        standbyMode="none",
        inMaintenanceMode=host.maintenance,
        inQuarantineMode=False,
        bootTime=host.booted_at if host.connection == "connected" else None,
        dasHostState=data(vim.cluster.DasFdmHostState, state="connectedToMaster")
        if protected
        else None,
        cryptoState="incapable",
    )


def _licensable(_: World, entity: Entity) -> Any:
    packages = data(vmodl.KeyAnyValue, key="numCpuPackages", value=entity.record.cpu_sockets)
    return data(vim.LicenseManager.LicensableResourceInfo, resource=[packages])


def _config_manager(_: World, entity: Entity) -> Any:
    number = entity.moid.removeprefix("host-")
    return data(
        vim.host.ConfigManager,
        **{name: reference(kind, f"{name}-{number}") for name, kind in HOST_SYSTEMS.items()},
    )


def _datastores(world: World, entity: Entity) -> list[Any]:
    return [s.reference for s in world.of_kind("Datastore") if entity.moid in s.record.hosts]


def _networks(world: World, entity: Entity) -> list[Any]:
    kinds = ("DistributedVirtualPortgroup", "Network")
    found = [n for kind in kinds for n in world.of_kind(kind)]
    return [n.reference for n in found if n.record.datacenter == entity.record.datacenter]


HOST: dict[str, Show] = {
    **ENTITY,
    "runtime": runtime,
    "summary": summary,
    "hardware": hardware,
    "licensableResource": _licensable,
    "configManager": _config_manager,
    "config": config,
    "vm": lambda world, e: [
        reference("VirtualMachine", vm.moid) for vm in world.index.vms_by_host.get(e.moid, ())
    ],
    "datastore": _datastores,
    "network": _networks,
    "datastoreBrowser": lambda _, e: reference(
        "HostDatastoreBrowser", f"datastoreBrowser-{e.moid}"
    ),
}

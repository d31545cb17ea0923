"""Clusters and resource pools as vCenter shows them."""

from __future__ import annotations

from typing import Any

from deployments.practice.site.records import Cluster, Host, ResourcePool
from deployments.practice.vcenter.show_common import ENTITY, Show, references, status
from deployments.practice.vcenter.show_host import usage
from deployments.practice.vcenter.show_vm import consumed_mib
from deployments.practice.vcenter.types import data, reference, vim
from deployments.practice.vcenter.world import Entity, World

SHARES = {"low": (2000, 81920), "normal": (4000, 163840), "high": (8000, 327680)}


def _das(cluster: Cluster) -> Any:
    return data(
        vim.cluster.DasConfigInfo,
        enabled=cluster.ha_enabled,
        vmMonitoring="vmMonitoringDisabled",
        hostMonitoring="enabled",
        vmComponentProtecting="enabled",
        failoverLevel=cluster.host_failures_tolerated,
        admissionControlPolicy=data(
            vim.cluster.FailoverLevelAdmissionControlPolicy,
            failoverLevel=cluster.host_failures_tolerated,
            resourceReductionToToleratePercent=100,
        ),
        admissionControlEnabled=cluster.admission_control,
        defaultVmSettings=data(
            vim.cluster.DasVmSettings,
            restartPriority="medium",
            restartPriorityTimeout=600,
            isolationResponse="powerOff",
            vmComponentProtectionSettings=data(
                vim.cluster.VmComponentProtectionSettings,
                vmStorageProtectionForAPD="restartConservative",
                vmTerminateDelayForAPDSec=180,
                vmReactionOnAPDCleared="none",
                vmStorageProtectionForPDL="restartAggressive",
            ),
        ),
        hBDatastoreCandidatePolicy="allFeasibleDsWithUserPreference",
    )


def _drs(cluster: Cluster) -> Any:
    return data(
        vim.cluster.DrsConfigInfo,
        enabled=cluster.drs_enabled,
        enableVmBehaviorOverrides=True,
        defaultVmBehavior=cluster.drs_behavior,
        vmotionRate=3,
        scaleDescendantsShares="disabled",
    )


def _configuration_ex(_: World, entity: Entity) -> Any:
    return data(
        vim.cluster.ConfigInfoEx,
        vmSwapPlacement="vmDirectory",
        spbmEnabled=False,
        systemVMsConfig=data(vim.cluster.SystemVMsConfigInfo, allowedDatastores=[]),
        dasConfig=_das(entity.record),
        drsConfig=_drs(entity.record),
        dpmConfigInfo=data(
            vim.cluster.DpmConfigInfo,
            enabled=False,
            defaultDpmBehavior="manual",
            hostPowerActionRate=3,
        ),
        proactiveDrsConfig=data(vim.cluster.ProactiveDrsConfigInfo, enabled=False),
        infraUpdateHaConfig=data(vim.cluster.InfraUpdateHaConfigInfo, enabled=False),
    )


def _configuration(_: World, entity: Entity) -> Any:
    return data(
        vim.cluster.ConfigInfo, dasConfig=_das(entity.record), drsConfig=_drs(entity.record)
    )


def _works(host: Host) -> bool:
    return host.connection == "connected" and not host.maintenance


def _summary(world: World, entity: Entity) -> Any:
    hosts = world.hosts_of(entity.moid)
    working = [host for host in hosts if _works(host)]
    used = [usage(world, host) for host in working]
    return data(
        vim.ClusterComputeResource.Summary,
        totalCpu=sum(h.cpu_cores * h.cpu_mhz for h in hosts),
        totalMemory=sum(h.memory_bytes for h in hosts),
        numCpuCores=sum(h.cpu_cores for h in hosts),
        numCpuThreads=sum(h.cpu_threads for h in hosts),
        effectiveCpu=sum(h.cpu_cores * h.cpu_mhz for h in working),
        effectiveMemory=sum(h.memory_bytes >> 20 for h in working),
        numHosts=len(hosts),
        numEffectiveHosts=len(working),
        overallStatus=status(world, entity),
        currentFailoverLevel=_failover_level(working, sum(mib for _, mib in used)),
        numVmotions=17 * len(hosts),
        drsScore=92,
        usageSummary=_usage_summary(world, working, used),
        currentEVCModeKey=entity.record.evc_mode,
    )


def _usage_summary(world: World, hosts: list[Host], used: list[tuple[int, int]]) -> Any:
    vms = [vm for host in hosts for vm in world.index.vms_by_host.get(host.moid, ())]
    on = [vm for vm in vms if vm.power == "poweredOn"]
    return data(
        vim.cluster.UsageSummary,
        totalCpuCapacityMhz=sum(h.cpu_cores * h.cpu_mhz for h in hosts),
        totalMemCapacityMB=sum(h.memory_bytes >> 20 for h in hosts),
        cpuReservationMhz=sum(vm.limits.cpu_reservation_mhz for vm in on),
        memReservationMB=sum(vm.limits.memory_reservation_mib for vm in on),
        poweredOffVmCount=len(vms) - len(on),
        poweredOnVmCount=len(on),
        cpuDemandMhz=sum(mhz for mhz, _ in used),
        memDemandMB=sum(mib for _, mib in used),
        poweredOffCpuReservationMhz=0,
        poweredOffMemReservationMB=0,
        cpuEntitledMhz=sum(mhz for mhz, _ in used),
        memEntitledMB=sum(mib for _, mib in used),
        statsGenNumber=1,
        totalVmCount=len(vms),
    )


def _failover_level(hosts: list[Host], used_mib: int) -> int:
    """Return how many of the largest hosts may be lost before memory in use does not fit."""
    left = sorted(host.memory_bytes >> 20 for host in hosts)
    lost = 0
    while left and sum(left[:-1]) >= used_mib:
        left.pop()
        lost += 1
    return lost


def _datastores(world: World, entity: Entity) -> list[Any]:
    here = {host.moid for host in world.hosts_of(entity.moid)}
    return references(s for s in world.of_kind("Datastore") if here & set(s.record.hosts))


def _networks(world: World, entity: Entity) -> list[Any]:
    kinds = ("DistributedVirtualPortgroup", "Network")
    found = [network for kind in kinds for network in world.of_kind(kind)]
    return references(n for n in found if n.record.datacenter == entity.record.datacenter)


CLUSTER: dict[str, Show] = {
    **ENTITY,
    "resourcePool": lambda _, e: reference("ResourcePool", e.record.root_pool),
    "host": lambda world, e: [
        reference("HostSystem", host.moid) for host in world.hosts_of(e.moid)
    ],
    "datastore": _datastores,
    "network": _networks,
    "summary": _summary,
    "summaryEx": _summary,
    "environmentBrowser": lambda _, e: reference("EnvironmentBrowser", f"envbrowser-{e.moid}"),
    "configuration": _configuration,
    "configurationEx": _configuration_ex,
    "lifecycleManaged": lambda _w, _e: False,
}


def _pool_config(_: World, entity: Entity) -> Any:
    pool: ResourcePool = entity.record
    cpu, memory = SHARES[pool.shares]
    values = (
        (pool.cpu_reservation_mhz, pool.cpu_limit_mhz, cpu),
        (pool.memory_reservation_mib, pool.memory_limit_mib, memory),
    )
    allocations = [
        data(
            vim.ResourceAllocationInfo,
            reservation=reservation,
            expandableReservation=True,
            limit=limit,
            shares=data(vim.SharesInfo, shares=shares, level=pool.shares),
        )
        for reservation, limit, shares in values
    ]
    return data(
        vim.ResourceConfigSpec,
        entity=entity.reference,
        changeVersion="1",
        cpuAllocation=allocations[0],
        memoryAllocation=allocations[1],
    )


def _pool_vms(world: World, moid: str) -> list[Any]:
    found = list(world.index.vms_by_pool.get(moid, ()))
    for child in world.children(moid):
        if child.kind == "ResourcePool":
            found += _pool_vms(world, child.moid)
    return found


def _pool_runtime(world: World, entity: Entity) -> Any:
    vms = [vm for vm in _pool_vms(world, entity.moid) if vm.power == "poweredOn"]
    hosts = world.hosts_of(entity.record.cluster)
    mhz = int(sum(vm.cpu_demand * vm.cpu_count for vm in vms) * (hosts[0].cpu_mhz if hosts else 0))
    reserved = (
        sum(vm.limits.cpu_reservation_mhz for vm in vms),
        sum(vm.limits.memory_reservation_mib for vm in vms) << 20,
    )
    whole = (
        sum(host.cpu_cores * host.cpu_mhz for host in hosts),
        sum(host.memory_bytes for host in hosts),
    )
    used = (mhz, sum(consumed_mib(vm) for vm in vms) << 20)
    cpu, memory = (
        data(
            vim.ResourcePool.ResourceUsage,
            reservationUsed=reserved[n],
            reservationUsedForVm=reserved[n],
            unreservedForPool=whole[n] - reserved[n],
            unreservedForVm=whole[n] - reserved[n],
            overallUsage=used[n],
            maxUsage=whole[n],
        )
        for n in (0, 1)
    )
    return data(
        vim.ResourcePool.RuntimeInfo, memory=memory, cpu=cpu, overallStatus=status(world, entity)
    )


def _pool_summary(world: World, entity: Entity) -> Any:
    return data(
        vim.ResourcePool.Summary,
        name=entity.record.name,
        config=_pool_config(world, entity),
        runtime=_pool_runtime(world, entity),
        configuredMemoryMB=sum(vm.memory_mib for vm in _pool_vms(world, entity.moid)),
    )


POOL: dict[str, Show] = {
    **ENTITY,
    "summary": _pool_summary,
    "runtime": _pool_runtime,
    "owner": lambda _, e: reference("ClusterComputeResource", e.record.cluster),
    "resourcePool": lambda world, e: references(
        c for c in world.children(e.moid) if c.kind == "ResourcePool"
    ),
    "vm": lambda world, e: [
        reference("VirtualMachine", vm.moid) for vm in world.index.vms_by_pool.get(e.moid, ())
    ],
    "config": _pool_config,
}

"""Clusters and resource pools: from vSphere's properties to the kinds of those names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.vmware.reply import Properties
from collectors.vmware.surroundings import Surroundings
from collectors.vmware.values import (
    MIB,
    alarms,
    amount,
    flag,
    health,
    integer,
    many,
    name_of,
    record,
    text,
)
from models.kinds.cluster import Cluster
from models.kinds.resource_pool import ResourcePool
from models.redaction import redact

# Source: vSphere API reference, ClusterComputeResource. What lies behind configurationEx is only
# known of its subtype, so that a path cannot lead into it.
CLUSTER_PATHS: Mapping[str, str] = {
    "name": "name",
    "parent": "datacenter",
    "configurationEx": "ha_enabled ha_host_monitoring ha_vm_monitoring admission_control"
    " admission_policy drs_enabled drs_automation drs_migration_threshold vsan_enabled"
    " swap_placement",
    "summary": "evc_mode host_count effective_host_count cpu_total_mhz memory_total_mib",
    "configIssue": "config_issues",
    "overallStatus": "status",
    "triggeredAlarmState": "triggered_alarms",
}
# Source: vSphere API reference, ResourcePool.
POOL_PATHS: Mapping[str, str] = {
    "name": "name",
    "parent": "parent",
    "owner": "cluster",
    "config.cpuAllocation": "cpu_reservation_mhz cpu_limit_mhz cpu_shares cpu_expandable",
    "config.memoryAllocation": "memory_reservation_mib memory_limit_mib memory_shares"
    " memory_expandable",
}


def parse_cluster(moid: str, found: Properties, around: Surroundings) -> Cluster:
    """Return the cluster."""
    summary = record(found.get("summary"))
    return Cluster(
        key=moid,
        name=name_of(found.get("name"), moid),
        datacenter=around.datacenter(text(found.get("parent"))),
        evc_mode=text(summary.get("currentEVCModeKey")),
        host_count=integer(summary.get("numHosts")),
        effective_host_count=integer(summary.get("numEffectiveHosts")),
        cpu_total_mhz=integer(summary.get("totalCpu")),
        memory_total_mib=amount(summary.get("totalMemory"), MIB),
        config_issues=_issues(found.get("configIssue")),
        status=health(found.get("overallStatus")),
        triggered_alarms=alarms(found.get("triggeredAlarmState"), moid, around.alarms),
        **_configuration(record(found.get("configurationEx"))),
    )


def _configuration(found: Properties) -> dict[str, Any]:
    ha = record(found.get("dasConfig"))
    drs = record(found.get("drsConfig"))
    return {
        "ha_enabled": flag(ha.get("enabled")),
        "ha_host_monitoring": text(ha.get("hostMonitoring")),
        "ha_vm_monitoring": text(ha.get("vmMonitoring")),
        "admission_control": flag(ha.get("admissionControlEnabled")),
        "admission_policy": _admission_policy(record(ha.get("admissionControlPolicy"))),
        "drs_enabled": flag(drs.get("enabled")),
        "drs_automation": text(drs.get("defaultVmBehavior")),
        "drs_migration_threshold": integer(drs.get("vmotionRate")),
        "vsan_enabled": flag(record(found.get("vsanConfigInfo")).get("enabled")),
        "swap_placement": text(found.get("vmSwapPlacement")),
    }


def _admission_policy(policy: Properties) -> str | None:
    kind = policy.get("xsi:type", "")
    if kind == "ClusterFailoverLevelAdmissionControlPolicy":
        return f"host failures tolerated: {policy.get('failoverLevel')}"
    if kind == "ClusterFailoverResourcesAdmissionControlPolicy":
        cpu = policy.get("cpuFailoverResourcesPercent")
        memory = policy.get("memoryFailoverResourcesPercent")
        return f"reserved: CPU {cpu} %, memory {memory} %"
    if kind == "ClusterFailoverHostAdmissionControlPolicy":
        return f"failover hosts: {len(many(policy.get('failoverHosts')))}"
    return kind or None


def _issues(value: Any) -> tuple[str, ...]:
    said = (text(record(item).get("fullFormattedMessage")) for item in many(value))
    return tuple(sorted(redact(issue) for issue in said if issue))


def parse_pool(moid: str, found: Properties, around: Surroundings) -> ResourcePool:
    """Return the resource pool; a cluster's own root pool has no parent pool."""
    parent = text(found.get("parent"))
    cpu = record(found.get("config.cpuAllocation"))
    memory = record(found.get("config.memoryAllocation"))
    return ResourcePool(
        key=moid,
        name=name_of(found.get("name"), moid),
        cluster=around.cluster(text(found.get("owner"))),
        parent=None if parent in around.places else parent,
        cpu_reservation_mhz=integer(cpu.get("reservation")),
        cpu_limit_mhz=amount(cpu.get("limit")),
        cpu_shares=_shares(record(cpu.get("shares"))),
        cpu_expandable=flag(cpu.get("expandableReservation")),
        memory_reservation_mib=integer(memory.get("reservation")),
        memory_limit_mib=amount(memory.get("limit")),
        memory_shares=_shares(record(memory.get("shares"))),
        memory_expandable=flag(memory.get("expandableReservation")),
    )


def _shares(shares: Properties) -> str | None:
    level = text(shares.get("level"))
    return f"custom ({shares.get('shares')})" if level == "custom" else level

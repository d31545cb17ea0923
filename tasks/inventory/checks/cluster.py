"""Health checks of clusters: availability, balance and whether a host may fail."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from models.kinds.cluster import Cluster
from models.kinds.host import ConnectionState, Host
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import (
    Context,
    Verdict,
    check,
    crit,
    info,
    ok,
    plural,
    unknown,
    warn,
)

INFO, WARN, CRIT = Severity.INFO, Severity.WARN, Severity.CRIT
WHOLE = 100.0


def _has_ha(cluster: Cluster) -> bool:
    return cluster.ha_enabled is not False


@check(
    "CL-01",
    "HA off",
    kinds=("cluster",),
    levels=(WARN,),
    needs=("ha_enabled",),
    remedy="Switch vSphere HA on, so that machines restart elsewhere when a host fails.",
)
def ha(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Whether machines restart elsewhere when their host fails."""
    if asset.record.ha_enabled:
        return ok("HA is on", ha_enabled=True)
    return warn("HA is off", ha_enabled=False)


@check(
    "CL-02",
    "Admission control off",
    kinds=("cluster",),
    levels=(WARN,),
    when=_has_ha,
    needs=("ha_enabled", "admission_control"),
    remedy="Switch admission control on, so that HA keeps the room that a failed host needs.",
)
def admission_control(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Only where HA is on; without it CL-01 speaks."""
    if asset.record.admission_control:
        return ok("admission control is on", admission_control=True)
    return warn("admission control is off", admission_control=False)


@check(
    "CL-03",
    "HA host monitoring off",
    kinds=("cluster",),
    levels=(WARN,),
    when=_has_ha,
    needs=("ha_enabled", "ha_host_monitoring"),
    remedy="Switch host monitoring on again; it is often left off after network work.",
)
def host_monitoring(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """ClusterDasConfigInfoServiceState: enabled or disabled."""
    state = asset.record.ha_host_monitoring
    if state == "disabled":
        return warn("host monitoring is off", ha_host_monitoring=state)
    return ok("host monitoring is on", ha_host_monitoring=state)


@check(
    "CL-10",
    "DRS off or not fully automated",
    kinds=("cluster",),
    levels=(INFO, WARN),
    needs=("drs_enabled",),
    remedy="Switch DRS on, fully automated, or suppress this where it is policy.",
)
def drs(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Without DRS nobody evacuates a host or evens out the load."""
    cluster: Cluster = asset.record
    evidence: dict[str, Any] = {
        "drs_enabled": cluster.drs_enabled,
        "drs_automation": cluster.drs_automation,
    }
    if not cluster.drs_enabled:
        return warn("DRS is off", **evidence)
    if cluster.drs_automation is None:
        return unknown("the automation level of DRS is not known", **evidence)
    # DrsBehavior: manual, partiallyAutomated or fullyAutomated.
    if cluster.drs_automation.lower().replace("_", "") != "fullyautomated":
        return info("DRS is not fully automated", **evidence)
    return ok("DRS is fully automated", **evidence)


@check(
    "CL-16",
    "Configuration issues",
    kinds=("cluster",),
    levels=(WARN,),
    needs=("config_issues",),
    remedy="Open the cluster's Monitor tab in vCenter and mend what it lists.",
)
def config_issues(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """What vCenter itself finds wrong."""
    issues = list(asset.record.config_issues)
    if issues:
        return warn(plural(len(issues), "configuration issue"), config_issues=issues)
    return ok("no configuration issues")


@dataclass(frozen=True, slots=True, kw_only=True)
class Headroom:
    """Demand of a cluster and what remains when its largest host is gone, of one resource."""

    demand: int
    remaining: int

    @property
    def percent(self) -> float:
        """Demand in percent of what remains; infinite when nothing does."""
        return 100 * self.demand / self.remaining if self.remaining else float("inf")


@check(
    "CL-18",
    "Host out of N+1",
    kinds=("cluster",),
    levels=(WARN, CRIT),
    thresholds=("capacity.n_plus_one_warn_percent",),
    remedy="Add a host, move machines elsewhere or shrink them before a host fails.",
)
def n_plus_one(asset: Asset, context: Context) -> Verdict:
    """Whether the cluster can lose its largest host: demand against what would remain."""
    hosts = [host for host in context.site.hosts_of(asset) if _in_service(host)]
    if not hosts:
        return unknown(
            "the cluster has no host in service",
            cure="Add a host to the cluster or end the maintenance of one.",
            hosts=0,
        )
    memory = _headroom([(host.memory_usage_mib, host.memory_mib) for host in hosts])
    cpu = _headroom([(host.cpu_usage_mhz, _cpu_capacity_mhz(host)) for host in hosts])
    if memory is None or cpu is None:
        return unknown("usage or capacity of a host is not known", hosts=len(hosts))
    if len(hosts) == 1:
        return crit("the only host in service cannot be lost", hosts=1)
    evidence = {
        "hosts": len(hosts),
        "memory_percent": int(memory.percent),
        "cpu_percent": int(cpu.percent),
    }
    message = (
        f"without its largest host: memory at {int(memory.percent)} %, CPU at {int(cpu.percent)} %"
    )
    # Processors can be shared out more thinly, at a price; memory cannot.
    if memory.percent > WHOLE:
        return crit(message, **evidence)
    limit = context.policy.capacity.n_plus_one_warn_percent
    worst = max(memory.percent, cpu.percent)
    return (warn if worst >= limit else ok)(message, **evidence)


def _in_service(host: Host) -> bool:
    return host.connection_state is ConnectionState.CONNECTED and not host.in_maintenance


def _cpu_capacity_mhz(host: Host) -> int | None:
    if host.cpu_cores is None or host.cpu_mhz is None:
        return None
    return host.cpu_cores * host.cpu_mhz


def _headroom(hosts: list[tuple[int | None, int | None]]) -> Headroom | None:
    demand = capacity = largest = 0
    for used, size in hosts:
        if used is None or size is None:
            return None
        demand, capacity, largest = demand + used, capacity + size, max(largest, size)
    return Headroom(demand=demand, remaining=capacity - largest)


@check(
    "CL-19",
    "Datastore not on every host",
    kinds=("cluster",),
    levels=(WARN,),
    remedy="Mount the datastore on the hosts named, or machines on it cannot restart there.",
)
def datastore_mounts(asset: Asset, context: Context) -> Verdict:
    """Shared datastores that some hosts of the cluster mount and others do not."""
    hosts = context.site.hosts_of(asset)
    mounts = Counter(datastore for host in hosts for datastore in set(host.datastores))
    missing = {
        context.site.name_of(datastore): [
            host.name for host in hosts if datastore not in host.datastores
        ]
        for datastore, count in mounts.items()
        if count < len(hosts) and _shared(context, datastore)
    }
    if missing:
        names = sorted(missing)
        return warn(
            f"not mounted on every host: {', '.join(names)}",
            missing={name: missing[name] for name in names},
        )
    return ok("shared datastores are mounted on every host", hosts=len(hosts))


def _shared(context: Context, datastore: str) -> bool:
    found = context.site.assets.get(datastore)
    return found is not None and bool(found.record.shared)


@check(
    "CL-20",
    "Mixed host versions",
    kinds=("cluster",),
    levels=(WARN,),
    remedy="Bring every host of the cluster to the same version and build.",
)
def version_mix(asset: Asset, context: Context) -> Verdict:
    """Version and build of the cluster's hosts."""
    hosts = context.site.hosts_of(asset)
    if any(host.version is None for host in hosts):
        return unknown("the version of a host is not known", hosts=len(hosts))
    versions = Counter(_version(host) for host in hosts)
    evidence = {"versions": dict(sorted(versions.items()))}
    if len(versions) > 1:
        return warn(f"{len(versions)} versions: {', '.join(sorted(versions))}", **evidence)
    return ok("every host runs the same version", **evidence)


def _version(host: Host) -> str:
    return f"{host.version} build {host.build}" if host.build else str(host.version)

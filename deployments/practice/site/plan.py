"""How many clusters, hosts and VMs a site of a given size has, and which clusters are at fault."""

from __future__ import annotations

from dataclasses import dataclass

VMS_PER_HOST = 27
HOSTS_PER_CLUSTER = 16
FRANKFURT, BERLIN = "fra1", "ber1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterPlan:
    """One cluster to build; the flags say what is wrong with it."""

    name: str
    datacenter: str
    environment: str
    host_count: int
    vm_count: int
    fault: str | None = None


# The four clusters that every site has: name, datacenter, environment, hosts, share of VMs, fault.
BASE = (
    ("fra1-prod-01", FRANKFURT, "prod", 3, 0.35, None),
    ("fra1-prod-02", FRANKFURT, "prod", 3, 0.33, "n_plus_1"),
    ("fra1-dev-01", FRANKFURT, "dev", 2, 0.20, "ha_disabled"),
    ("ber1-edge-01", BERLIN, "prod", 2, 0.12, "admission_control_off"),
)
BASE_VMS = sum(hosts for _, _, _, hosts, _, _ in BASE) * VMS_PER_HOST


def plan_clusters(vm_count: int) -> list[ClusterPlan]:
    """Spread the VMs: first over the four base clusters, then over further ones of 16 hosts."""
    in_base = min(vm_count, BASE_VMS)
    plans = [
        ClusterPlan(
            name=name,
            datacenter=datacenter,
            environment=environment,
            host_count=hosts,
            vm_count=int(in_base * share),
            fault=fault,
        )
        for name, datacenter, environment, hosts, share, fault in BASE
    ]
    spare = in_base - sum(plan.vm_count for plan in plans)
    plans[0] = _with_vms(plans[0], plans[0].vm_count + spare)
    return plans + _further(vm_count - in_base)


def _with_vms(plan: ClusterPlan, vm_count: int) -> ClusterPlan:
    return ClusterPlan(
        name=plan.name,
        datacenter=plan.datacenter,
        environment=plan.environment,
        host_count=plan.host_count,
        vm_count=vm_count,
        fault=plan.fault,
    )


def _further(vm_count: int) -> list[ClusterPlan]:
    plans: list[ClusterPlan] = []
    while vm_count > 0:
        here = min(vm_count, VMS_PER_HOST * HOSTS_PER_CLUSTER)
        number = len(plans) + 3
        datacenter = (FRANKFURT, BERLIN)[number % 2 == 0]
        environment = ("prod", "prod", "test")[number % 3]
        plans.append(
            ClusterPlan(
                name=f"{datacenter}-{environment}-{number:02d}",
                datacenter=datacenter,
                environment=environment,
                host_count=max(3, -(-here // VMS_PER_HOST)),
                vm_count=here,
            )
        )
        vm_count -= here
    return plans

"""The kind `cluster`: hosts under one HA and DRS policy. The key is its managed object id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from models.kinds.common import Alarms, Health, Key, Name
from models.kinds.declaration import Fact, Reference, declare


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A cluster; capacities are of its available hosts.

    Source of the property paths: vSphere Web Services API, `ClusterComputeResource`.
    """

    key: Key
    name: Name
    datacenter: Annotated[
        str | None,
        Fact(
            label="Datacenter",
            table=True,
            reference=Reference(kind="datacenter", relation="part_of"),
        ),
    ] = None
    ha_enabled: Annotated[bool | None, Fact(label="HA", table=True)] = None
    ha_host_monitoring: Annotated[str | None, Fact(label="HA host monitoring")] = None
    ha_vm_monitoring: Annotated[str | None, Fact(label="HA VM monitoring")] = None
    admission_control: Annotated[bool | None, Fact(label="Admission control", table=True)] = None
    admission_policy: Annotated[str | None, Fact(label="Admission policy")] = None
    drs_enabled: Annotated[bool | None, Fact(label="DRS", table=True)] = None
    drs_automation: Annotated[str | None, Fact(label="DRS automation", table=True)] = None
    drs_migration_threshold: Annotated[int | None, Fact(label="DRS threshold", low=1, high=5)] = (
        None
    )
    evc_mode: Annotated[str | None, Fact(label="EVC mode")] = None
    vsan_enabled: Annotated[bool | None, Fact(label="vSAN")] = None
    swap_placement: Annotated[str | None, Fact(label="Swap placement")] = None
    host_count: Annotated[int | None, Fact(label="Hosts", table=True, low=0)] = None
    effective_host_count: Annotated[int | None, Fact(label="Hosts available", volatile=True)] = None
    cpu_total_mhz: Annotated[int | None, Fact(label="CPU", unit="MHz", low=0)] = None
    memory_total_mib: Annotated[int | None, Fact(label="Memory", unit="MiB", low=0)] = None
    config_issues: Annotated[
        tuple[str, ...], Fact(label="Configuration issues", volatile=True)
    ] = ()
    status: Annotated[Health, Fact(label="Status", volatile=True)] = Health.GRAY
    triggered_alarms: Alarms = ()


CLUSTER = declare(Cluster, name="cluster", title="Cluster", plural="Clusters", filtered=True)

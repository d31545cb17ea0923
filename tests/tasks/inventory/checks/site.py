"""A healthy practice site in memory: every check finds it ok. Tests break one thing of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from models.kinds import kind_of
from models.kinds.cluster import Cluster
from models.kinds.common import Health, PowerState, TriggeredAlarm
from models.kinds.datastore import Datastore
from models.kinds.host import ConnectionState, Host, PhysicalNic, StoragePaths, VirtualSwitch
from models.kinds.network import Network, NetworkType
from models.kinds.vcenter import Licence, VCenter
from models.kinds.vm import Nic, ToolsState, Vm, VmSnapshot, Volume
from models.records.asset import Asset
from models.records.check import CheckResult, Suppression
from tasks.inventory.checks import Policy, evaluate_checks

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def ahead(days: float) -> datetime:
    return NOW + timedelta(days=days)


def vcenter(**changes: Any) -> VCenter:
    licence = Licence(name="vSphere 8", masked_key="*-AAAAA", total=64, used=32)
    healthy = VCenter(
        key="vc", name="vc.example", certificate_not_after=ahead(400), licences=(licence,)
    )
    return replace(healthy, **changes)


def cluster(**changes: Any) -> Cluster:
    healthy = Cluster(
        key="domain-c1",
        name="cluster-1",
        ha_enabled=True,
        ha_host_monitoring="enabled",
        admission_control=True,
        drs_enabled=True,
        drs_automation="fullyAutomated",
    )
    return replace(healthy, **changes)


def host(number: int = 1, **changes: Any) -> Host:
    healthy = Host(
        key=f"host-{number}",
        name=f"esx{number:02}",
        connection_state=ConnectionState.CONNECTED,
        power_state=PowerState.ON,
        in_maintenance=False,
        cluster="cluster-domain-c1",
        cpu_cores=32,
        cpu_mhz=2000,
        memory_mib=524_288,
        cpu_usage_mhz=8_000,
        memory_usage_mib=100_000,
        hyperthreading=True,
        version="8.0.3",
        build="24022510",
        booted_at=ago(30),
        ntp_servers=("ntp1", "ntp2"),
        ntp_running=True,
        ntp_policy="on",
        ssh_running=False,
        lockdown_mode="lockdownNormal",
        dns_servers=("10.0.0.2", "10.0.0.3"),
        syslog_target="udp://log.example:514",
        certificate_not_after=ahead(400),
        physical_nics=(
            PhysicalNic(name="vmnic0", mac=None, speed_mbps=10_000),
            PhysicalNic(name="vmnic1", mac=None, speed_mbps=10_000),
        ),
        virtual_switches=(
            VirtualSwitch(name="vSwitch0", type="standard", uplinks=("vmnic0", "vmnic1")),
        ),
        storage_paths=(StoragePaths(lun="naa.1", policy="VMW_PSP_RR", active=4),),
        datastores=("datastore-datastore-1",),
        reboot_required=False,
    )
    return replace(healthy, **changes)


def vm(**changes: Any) -> Vm:
    healthy = Vm(
        key="5012-1",
        name="web-01",
        moid="vm-1",
        power_state=PowerState.ON,
        connection_state="connected",
        cpu_count=4,
        memory_mib=8192,
        tools_state=ToolsState.OK,
        host="host-host-1",
        consolidation_needed=False,
        nics=(nic(),),
        guest_volumes=(Volume(path="/", capacity_mib=10_000, free_mib=5_000),),
    )
    return replace(healthy, **changes)


def nic(**changes: Any) -> Nic:
    plugged = Nic(
        key="4000",
        label="Network adapter 1",
        type="VirtualVmxnet3",
        mac="00:50:56:00:00:01",
        network="dvportgroup-1",
        connected=True,
    )
    return replace(plugged, **changes)


def snapshot(days: float | None, key: str = "s1", parent: str | None = None) -> VmSnapshot:
    return VmSnapshot(
        key=key,
        name="before the patch",
        description="",
        created_at=None if days is None else ago(days),
        power_state=PowerState.OFF,
        parent=parent,
    )


def datastore(**changes: Any) -> Datastore:
    healthy = Datastore(
        key="datastore-1",
        name="ds-1",
        accessible=True,
        shared=True,
        maintenance_mode="normal",
        capacity_mib=1_000_000,
        free_mib=500_000,
        uncommitted_mib=0,
    )
    return replace(healthy, **changes)


def network(**changes: Any) -> Network:
    healthy = Network(
        key="dvportgroup-1",
        name="prod",
        type=NetworkType.DISTRIBUTED,
        promiscuous=False,
        forged_transmits=False,
        mac_changes=False,
    )
    return replace(healthy, **changes)


def alarm(status: Health, *, acknowledged: bool = False) -> TriggeredAlarm:
    return TriggeredAlarm(name="Host memory usage", status=status, acknowledged=acknowledged)


def asset(record: Any, source: str = "vc1", **changes: Any) -> Asset:
    """The asset of a record; its id is the kind and the key, so that references are readable."""
    kind = kind_of(record).name
    stored = Asset(
        id=f"{kind}-{record.key}",
        kind=kind,
        name=record.name,
        source=source,
        record=record,
        first_seen=ago(100),
        last_seen=NOW,
    )
    return replace(stored, **changes)


def healthy_site() -> list[Any]:
    return [vcenter(), cluster(), host(1), host(2), host(3), vm(), datastore(), network()]


def evaluate(
    records: list[Any],
    gaps: Any = (),
    policy: Policy | None = None,
    suppressions: tuple[Suppression, ...] = (),
    now: datetime = NOW,
) -> list[CheckResult]:
    assets = [asset(record) for record in records]
    return evaluate_checks(assets, {"vc1": gaps}, policy or Policy(), suppressions, now)


def find(results: list[CheckResult], check: str, asset_id: str | None = None) -> CheckResult:
    (found,) = [
        result
        for result in results
        if result.check == check and asset_id in (None, result.asset_id)
    ]
    return found

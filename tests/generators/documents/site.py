"""Facts in memory for tests of the documents: a small site whose parts tests change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from generators.documents.facts import ChangeSet, Facts
from models.kinds import kind_of
from models.kinds.cluster import Cluster
from models.kinds.common import PowerState
from models.kinds.datacenter import Datacenter
from models.kinds.datastore import Datastore
from models.kinds.host import ConnectionState, Host
from models.kinds.network import Network, NetworkType
from models.kinds.vcenter import VCenter
from models.kinds.vm import Disk, Nic, ToolsState, Vm, VmSnapshot
from models.records.asset import Asset, AssetChange, asset_id, observe, restore
from models.records.check import CheckResult, Severity
from models.records.snapshot import Completeness, Snapshot, SnapshotState

THEN = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


def an_asset(record: Any, source: str = "vc1") -> Asset:
    seen = observe(source, record)
    found = restore(
        kind_of(record),
        msgspec.json.decode(seen.attributes),
        msgspec.json.decode(seen.volatile),
    )
    return Asset(
        id=seen.asset_id,
        kind=seen.kind,
        name=seen.name,
        source=source,
        record=found,
        first_seen=THEN,
        last_seen=THEN,
    )


def a_host(key: str = "host-1", **changes: Any) -> Host:
    values = {
        "key": key,
        "name": f"esx-{key[5:]}",
        "connection_state": ConnectionState.CONNECTED,
        "in_maintenance": False,
        "cluster": "c-1",
        "datacenter": "dc-1",
        "cpu_cores": 32,
        "cpu_mhz": 2000,
        "memory_mib": 262_144,
        "memory_usage_mib": 131_072,
        "cpu_usage_mhz": 16_000,
        "version": "8.0.3",
        "ntp_servers": ("10.0.0.1",),
        "ntp_running": True,
    }
    return Host(**{**values, **changes})


def a_vm(key: str = "vm-1", **changes: Any) -> Vm:
    values = {
        "key": key,
        "name": key.replace("vm", "web"),
        "moid": key,
        "power_state": PowerState.ON,
        "cpu_count": 2,
        "memory_mib": 4096,
        "guest_os": "Debian GNU/Linux 12",
        "tools_state": ToolsState.OK,
        "host": "host-1",
        "datastores": ("ds-1",),
        "networks": ("net-1",),
        "disks": (Disk(key="2000", label="Hard disk 1", capacity_mib=40_960, datastore="ds-1"),),
        "nics": (
            Nic(
                key="4000",
                label="Network adapter 1",
                type="vmxnet3",
                mac="00:50:56:00:00:01",
                network="net-1",
                connected=True,
            ),
        ),
    }
    return Vm(**{**values, **changes})


def a_snapshot_of_a_vm(key: str, name: str, parent: str | None = None) -> VmSnapshot:
    return VmSnapshot(
        key=key,
        name=name,
        description="",
        created_at=THEN,
        power_state=PowerState.ON,
        parent=parent,
    )


def records() -> list[Any]:
    return [
        VCenter(key="vc", name="vc.example", version="8.0.3", licences=None),
        Datacenter(key="dc-1", name="Frankfurt", vcenter="vc"),
        Cluster(key="c-1", name="prod", datacenter="dc-1", ha_enabled=True, host_count=2),
        Cluster(key="c-2", name="test", datacenter="dc-1", ha_enabled=False, host_count=1),
        a_host("host-1"),
        a_host("host-2"),
        a_host("host-3", cluster="c-2", ntp_running=None),
        Datastore(key="ds-1", name="ds-1", capacity_mib=1_048_576, free_mib=524_288),
        Network(key="net-1", name="pg-10", type=NetworkType.STANDARD, vlan="10"),
        a_vm("vm-1"),
        a_vm("vm-2", host="host-2"),
        a_vm("vm-3", host="host-3", power_state=PowerState.OFF),
    ]


def a_collection(source: str = "vc1", **changes: Any) -> Snapshot:
    values = {
        "id": 1,
        "source": source,
        "collector": "vmware",
        "state": SnapshotState.STORED,
        "taken_at": THEN,
        "completeness": Completeness.COMPLETE,
    }
    return Snapshot(**{**values, **changes})


def a_finding(result: Severity = Severity.CRIT, **changes: Any) -> CheckResult:
    values = {
        "check": "DS-01",
        "title": "Datastore filling up",
        "asset_id": asset_id("vc1", "datastore", "ds-1"),
        "asset_name": "ds-1",
        "kind": "datastore",
        "result": result,
        "message": "94 % used",
        "remedy": "free space",
    }
    return CheckResult(**{**values, **changes})


def facts(assets: list[Any] | None = None, **changes: Any) -> Facts:
    values: dict[str, Any] = {
        "assets": tuple(an_asset(record) for record in (assets or records())),
        "snapshots": (a_collection(),),
    }
    return Facts(**{**values, **changes})


def a_change_set(*changes: AssetChange) -> ChangeSet:
    return ChangeSet(
        at=THEN, source="vc1", created=0, changed=len(changes), deleted=0, changes=changes
    )

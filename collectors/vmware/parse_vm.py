"""Virtual machines: from the properties of a `VirtualMachine` to the kind `vm`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from collectors.vmware.parse_device import parse_disks, parse_nics
from collectors.vmware.reply import Properties
from collectors.vmware.surroundings import Surroundings
from collectors.vmware.values import (
    MIB,
    alarms,
    amount,
    flag,
    integer,
    many,
    moment,
    name_of,
    power,
    record,
    references,
    text,
    texts,
)
from models.kinds.common import PowerState
from models.kinds.vm import ToolsState, Vm, VmSnapshot, Volume

# Leaf paths, each with the fields that it fills. Source: vSphere API reference, VirtualMachine.
PATHS: Mapping[str, str] = {
    "name": "name",
    "parent": "folder",
    "config.instanceUuid": "key",
    # vCenter keeps it in the summary of a machine whose configuration cannot be read now.
    "summary.config.instanceUuid": "",
    "config.uuid": "bios_uuid",
    "config.template": "template",
    "config.guestFullName": "guest_os",
    "config.guestId": "guest_id",
    "config.version": "hardware_version",
    "config.firmware": "firmware",
    "config.annotation": "annotation",
    "config.createDate": "created_at",
    "config.files.vmPathName": "file_path",
    "config.changeTrackingEnabled": "change_tracking",
    "config.cpuHotAddEnabled": "cpu_hot_add",
    "config.memoryHotAddEnabled": "memory_hot_add",
    "config.cpuAllocation.reservation": "cpu_reservation_mhz",
    "config.cpuAllocation.limit": "cpu_limit_mhz",
    "config.memoryAllocation.reservation": "memory_reservation_mib",
    "config.memoryAllocation.limit": "memory_limit_mib",
    "config.hardware.numCPU": "cpu_count",
    "config.hardware.numCoresPerSocket": "cores_per_socket",
    "config.hardware.memoryMB": "memory_mib",
    "config.hardware.device": "disks nics",
    "runtime.powerState": "power_state",
    "runtime.connectionState": "connection_state",
    "runtime.host": "host",
    "runtime.bootTime": "booted_at",
    "runtime.consolidationNeeded": "consolidation_needed",
    "runtime.question": "question",
    "resourcePool": "resource_pool",
    "datastore": "datastores",
    "network": "networks",
    "snapshot.rootSnapshotList": "snapshots snapshot_count",
    "layoutEx.file": "snapshot_size_mib",
    "guest.toolsStatus": "tools_state",
    "guest.toolsVersion": "tools_version",
    "guest.hostName": "host_name",
    "guest.ipAddress": "ip_addresses",
    "guest.net": "ip_addresses",
    "guest.disk": "guest_volumes",
    "summary.storage.committed": "storage_used_mib",
    "summary.storage.uncommitted": "storage_uncommitted_mib",
    "summary.quickStats.overallCpuUsage": "cpu_usage_mhz",
    "summary.quickStats.guestMemoryUsage": "memory_usage_mib",
    "customValue": "custom_attributes",
    "triggeredAlarmState": "triggered_alarms",
}
_TOOLS = {
    "toolsOk": ToolsState.OK,
    "toolsOld": ToolsState.OLD,
    "toolsNotRunning": ToolsState.NOT_RUNNING,
    "toolsNotInstalled": ToolsState.NOT_INSTALLED,
}
# A disk of a snapshot: vm-000001.vmdk and the extents beside it, vm-000001-delta or -sesparse.
_DELTA = re.compile(r"-\d{6}(-delta|-sesparse|-flat)?\.vmdk$")
_DISK_FILES = {"diskDescriptor", "diskExtent"}
_SNAPSHOT_FILES = {"snapshotData", "snapshotMemory"}


def instance_uuid(found: Properties) -> str | None:
    """Return the identity that vCenter keeps unique among its machines, where it has one."""
    return text(found.get("config.instanceUuid")) or text(found.get("summary.config.instanceUuid"))


def parse_vm(moid: str, found: Properties, around: Surroundings, *, key: str) -> Vm:
    """Return the machine; one whose configuration cannot be read has what is known of it."""
    state = power(found.get("runtime.powerState"))
    return Vm(
        key=key,
        name=name_of(found.get("name"), moid),
        moid=moid,
        power_state=state,
        connection_state=text(found.get("runtime.connectionState")),
        host=text(found.get("runtime.host")),
        resource_pool=text(found.get("resourcePool")),
        datastores=references(found.get("datastore")),
        networks=references(found.get("network")),
        folder=around.folder(text(found.get("parent"))),
        consolidation_needed=flag(found.get("runtime.consolidationNeeded")),
        question=_question(found.get("runtime.question")),
        booted_at=moment(found.get("runtime.bootTime")),
        powered_off_at=_powered_off_at(moid, state, around),
        custom_attributes=_custom_attributes(found.get("customValue"), around.custom_fields),
        triggered_alarms=alarms(found.get("triggeredAlarmState"), moid, around.alarms),
        **_configuration(found),
        **_hardware(found, around),
        **_guest(found),
        **_snapshots(found),
        **_usage(found),
    )


def _configuration(found: Properties) -> dict[str, Any]:
    return {
        "template": flag(found.get("config.template")) or False,
        "bios_uuid": text(found.get("config.uuid")),
        "guest_os": text(found.get("config.guestFullName")),
        "guest_id": text(found.get("config.guestId")),
        "hardware_version": text(found.get("config.version")),
        "firmware": text(found.get("config.firmware")),
        "annotation": text(found.get("config.annotation")) or "",
        "created_at": moment(found.get("config.createDate")),
        "file_path": text(found.get("config.files.vmPathName")),
        "change_tracking": flag(found.get("config.changeTrackingEnabled")),
        "cpu_hot_add": flag(found.get("config.cpuHotAddEnabled")),
        "memory_hot_add": flag(found.get("config.memoryHotAddEnabled")),
        "cpu_reservation_mhz": integer(found.get("config.cpuAllocation.reservation")),
        "cpu_limit_mhz": amount(found.get("config.cpuAllocation.limit")),
        "memory_reservation_mib": integer(found.get("config.memoryAllocation.reservation")),
        "memory_limit_mib": amount(found.get("config.memoryAllocation.limit")),
    }


def _hardware(found: Properties, around: Surroundings) -> dict[str, Any]:
    devices = [record(device) for device in many(found.get("config.hardware.device"))]
    cores = integer(found.get("config.hardware.numCoresPerSocket"))
    return {
        "cpu_count": integer(found.get("config.hardware.numCPU")),
        "cores_per_socket": cores or None,  # 0 stands for one, chosen by vSphere
        "memory_mib": integer(found.get("config.hardware.memoryMB")),
        "disks": parse_disks(devices),
        "nics": parse_nics(devices, many(found.get("guest.net")), around.port_groups),
    }


def _guest(found: Properties) -> dict[str, Any]:
    nics = map(record, many(found.get("guest.net")))
    reported = [address for nic in nics for address in texts(nic.get("ipAddress"))]
    first = text(found.get("guest.ipAddress"))
    tools = text(found.get("guest.toolsStatus")) or ""
    version = text(found.get("guest.toolsVersion"))
    return {
        "host_name": text(found.get("guest.hostName")),
        "ip_addresses": sort_addresses({*reported, *([first] if first else [])}),
        "tools_state": _TOOLS.get(tools, ToolsState.UNKNOWN),
        "tools_version": version if version != "0" else None,
        "guest_volumes": _volumes(many(found.get("guest.disk"))),
    }


def _volumes(disks: list[Any]) -> tuple[Volume, ...]:
    found = [
        Volume(
            path=text(disk.get("diskPath")) or "",
            capacity_mib=amount(disk.get("capacity"), MIB) or 0,
            free_mib=amount(disk.get("freeSpace"), MIB) or 0,
        )
        for disk in map(record, disks)
    ]
    return tuple(sorted(found, key=lambda volume: volume.path))


def sort_addresses(addresses: set[str]) -> tuple[str, ...]:
    """Return addresses in a stable order, IPv4 before IPv6."""
    return tuple(sorted(addresses, key=lambda address: (":" in address, address)))


def _snapshots(found: Properties) -> dict[str, Any]:
    trees = _trees(found.get("snapshot.rootSnapshotList"))
    snapshots = tuple(_walk(trees, None)) if trees else ()
    size = _snapshot_bytes(many(found.get("layoutEx.file"))) if snapshots else 0
    return {
        "snapshots": snapshots,
        "snapshot_count": len(snapshots),
        "snapshot_size_mib": size // MIB if "layoutEx.file" in found else None,
    }


def _trees(value: Any) -> list[Properties]:
    return [record(tree) for tree in many(value)]


def _walk(trees: list[Properties], parent: str | None) -> Iterator[VmSnapshot]:
    # Not recursive: a chain may be as deep as a backup product left it.
    waiting = [(tree, parent) for tree in reversed(trees)]
    while waiting:
        tree, above = waiting.pop()
        key = text(tree.get("snapshot")) or text(tree.get("id")) or ""
        yield VmSnapshot(
            key=key,
            name=name_of(tree.get("name"), key),
            description=text(tree.get("description")) or "",
            created_at=moment(tree.get("createTime")),
            power_state=power(tree.get("state")),
            parent=above,
            quiesced=flag(tree.get("quiesced")) or False,
        )
        waiting += [(child, key) for child in reversed(_trees(tree.get("childSnapshotList")))]


def _snapshot_bytes(files: list[Any]) -> int:
    return sum(
        integer(file.get("size")) or 0
        for file in map(record, files)
        if file.get("type") in _SNAPSHOT_FILES
        or (file.get("type") in _DISK_FILES and _DELTA.search(text(file.get("name")) or ""))
    )


def _usage(found: Properties) -> dict[str, Any]:
    return {
        "storage_used_mib": amount(found.get("summary.storage.committed"), MIB),
        "storage_uncommitted_mib": amount(found.get("summary.storage.uncommitted"), MIB),
        "cpu_usage_mhz": integer(found.get("summary.quickStats.overallCpuUsage")),
        "memory_usage_mib": integer(found.get("summary.quickStats.guestMemoryUsage")),
    }


def _custom_attributes(value: Any, names: dict[str, str]) -> tuple[tuple[str, str], ...]:
    pairs = (
        (names.get(item.get("key", ""), item.get("key", "")), text(item.get("value")) or "")
        for item in map(record, many(value))
    )
    return tuple(sorted(pair for pair in pairs if pair[1]))


def _question(value: Any) -> str | None:
    return text(record(value).get("text"))


def _powered_off_at(moid: str, state: PowerState, around: Surroundings) -> Any:
    return (around.powered_off_at or {}).get(moid) if state is PowerState.OFF else None

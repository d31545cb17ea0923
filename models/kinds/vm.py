"""The kind `vm`: a virtual machine. The key is its instance UUID."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from models.kinds.common import Alarms, Key, Name, PowerState
from models.kinds.declaration import Fact, Reference, declare


class ToolsState(StrEnum):
    """State of the guest tools, as `guest.toolsStatus` says it."""

    OK = "ok"
    OLD = "old"
    NOT_RUNNING = "not_running"
    NOT_INSTALLED = "not_installed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A virtual disk. `datastore` is the key of the datastore that holds its file."""

    key: str
    label: str
    capacity_mib: int
    thin: bool | None = None
    mode: str | None = None
    controller: str | None = None
    path: str | None = None
    datastore: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nic:
    """A virtual network adapter; addresses are what the guest reports for its MAC."""

    key: str
    label: str
    type: str
    mac: str | None
    network: str | None
    connected: bool
    ip_addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VmSnapshot:
    """A snapshot; `parent` is the key of the one it hangs below, None for a root."""

    key: str
    name: str
    description: str
    created_at: datetime | None
    power_state: PowerState
    parent: str | None = None
    quiesced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A file system inside the guest, as its tools report it."""

    path: str
    capacity_mib: int
    free_mib: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Vm:
    """A virtual machine; None means not known or not permitted, never zero.

    Source of the property paths: vSphere Web Services API, `VirtualMachine`.
    """

    key: Key
    name: Name
    moid: Annotated[str, Fact(label="Managed object id", unique=True)]
    power_state: Annotated[PowerState, Fact(label="Power", table=True)]
    connection_state: Annotated[str | None, Fact(label="Connection")] = None
    template: Annotated[bool, Fact(label="Template")] = False
    bios_uuid: Annotated[str | None, Fact(label="BIOS UUID")] = None
    cpu_count: Annotated[int | None, Fact(label="vCPU", table=True, low=1, high=1024)] = None
    cores_per_socket: Annotated[int | None, Fact(label="Cores per socket", low=1, high=1024)] = None
    memory_mib: Annotated[
        int | None, Fact(label="Memory", unit="MiB", table=True, low=4, high=33_554_432)
    ] = None
    cpu_hot_add: Annotated[bool | None, Fact(label="CPU hot add")] = None
    memory_hot_add: Annotated[bool | None, Fact(label="Memory hot add")] = None
    cpu_reservation_mhz: Annotated[int | None, Fact(label="CPU reservation", unit="MHz")] = None
    cpu_limit_mhz: Annotated[int | None, Fact(label="CPU limit", unit="MHz", low=0)] = None
    memory_reservation_mib: Annotated[int | None, Fact(label="Memory reservation", unit="MiB")] = (
        None
    )
    memory_limit_mib: Annotated[int | None, Fact(label="Memory limit", unit="MiB", low=0)] = None
    guest_os: Annotated[str | None, Fact(label="Guest OS", table=True)] = None
    guest_id: Annotated[str | None, Fact(label="Guest id")] = None
    hardware_version: Annotated[str | None, Fact(label="Hardware version")] = None
    firmware: Annotated[str | None, Fact(label="Firmware")] = None
    change_tracking: Annotated[bool | None, Fact(label="Changed block tracking")] = None
    host_name: Annotated[str | None, Fact(label="Guest host name")] = None
    ip_addresses: Annotated[tuple[str, ...], Fact(label="IP addresses", table=True)] = ()
    tools_state: Annotated[ToolsState, Fact(label="Tools", table=True)] = ToolsState.UNKNOWN
    tools_version: Annotated[str | None, Fact(label="Tools version")] = None
    host: Annotated[
        str | None,
        Fact(label="Host", table=True, reference=Reference(kind="host", relation="runs_on")),
    ] = None
    resource_pool: Annotated[
        str | None,
        Fact(
            label="Resource pool", reference=Reference(kind="resource_pool", relation="member_of")
        ),
    ] = None
    datastores: Annotated[
        tuple[str, ...],
        Fact(label="Datastores", reference=Reference(kind="datastore", relation="stored_on")),
    ] = ()
    networks: Annotated[
        tuple[str, ...],
        Fact(label="Networks", reference=Reference(kind="network", relation="connected_to")),
    ] = ()
    folder: Annotated[str | None, Fact(label="Folder")] = None
    file_path: Annotated[str | None, Fact(label="Configuration file")] = None
    disks: Annotated[tuple[Disk, ...], Fact(label="Disks")] = ()
    nics: Annotated[tuple[Nic, ...], Fact(label="Network adapters")] = ()
    snapshots: Annotated[tuple[VmSnapshot, ...], Fact(label="Snapshots", sensitive=True)] = ()
    snapshot_count: Annotated[int, Fact(label="Snapshots", table=True, low=0)] = 0
    consolidation_needed: Annotated[bool | None, Fact(label="Consolidation needed")] = None
    question: Annotated[
        str | None, Fact(label="Pending question", volatile=True, sensitive=True)
    ] = None
    annotation: Annotated[str, Fact(label="Notes", sensitive=True)] = ""
    custom_attributes: Annotated[
        tuple[tuple[str, str], ...], Fact(label="Custom attributes", sensitive=True)
    ] = ()
    created_at: Annotated[datetime | None, Fact(label="Created")] = None
    booted_at: Annotated[datetime | None, Fact(label="Booted")] = None
    powered_off_at: Annotated[
        datetime | None,
        Fact(label="Powered off since", volatile=True, remembered_while="power_state"),
    ] = None
    guest_volumes: Annotated[tuple[Volume, ...], Fact(label="Guest volumes", volatile=True)] = ()
    storage_used_mib: Annotated[
        int | None, Fact(label="Storage used", unit="MiB", volatile=True, low=0)
    ] = None
    storage_uncommitted_mib: Annotated[
        int | None, Fact(label="Storage uncommitted", unit="MiB", volatile=True, low=0)
    ] = None
    snapshot_size_mib: Annotated[
        int | None, Fact(label="Snapshot size", unit="MiB", volatile=True, low=0)
    ] = None
    cpu_usage_mhz: Annotated[int | None, Fact(label="CPU usage", unit="MHz", volatile=True)] = None
    memory_usage_mib: Annotated[
        int | None, Fact(label="Memory usage", unit="MiB", volatile=True)
    ] = None
    triggered_alarms: Alarms = ()


VM = declare(Vm, name="vm", title="Virtual machine", plural="Virtual machines", filtered=True)

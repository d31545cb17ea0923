"""The kind `host`: a hypervisor host (ESXi). The key is its managed object id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from models.kinds.common import Alarms, Health, Key, Name, PowerState
from models.kinds.declaration import Fact, Reference, declare


class ConnectionState(StrEnum):
    """Whether vCenter reaches the host."""

    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    NOT_RESPONDING = "not_responding"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhysicalNic:
    """A physical network adapter; a speed of None means that the link is down."""

    name: str
    mac: str | None
    driver: str | None = None
    speed_mbps: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualSwitch:
    """A standard or distributed switch on the host and the uplinks that it uses."""

    name: str
    type: str  # "standard" or "distributed"
    uplinks: tuple[str, ...] = ()
    mtu: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelAdapter:
    """A VMkernel adapter: the host's own address on a network."""

    name: str
    port_group: str | None
    ip_address: str | None
    mac: str | None = None
    mtu: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoragePaths:
    """Paths from the host to one logical unit, by state."""

    lun: str
    policy: str | None
    active: int
    standby: int = 0
    dead: int = 0
    local: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A hypervisor host; None means not known or not permitted, never zero.

    Source of the property paths: vSphere Web Services API, `HostSystem`.
    """

    key: Key
    name: Name
    connection_state: Annotated[ConnectionState, Fact(label="Connection", table=True)]
    power_state: Annotated[PowerState, Fact(label="Power")] = PowerState.UNKNOWN
    in_maintenance: Annotated[bool | None, Fact(label="Maintenance mode", table=True)] = None
    cluster: Annotated[
        str | None,
        Fact(
            label="Cluster", table=True, reference=Reference(kind="cluster", relation="member_of")
        ),
    ] = None
    datacenter: Annotated[
        str | None,
        Fact(label="Datacenter", reference=Reference(kind="datacenter", relation="part_of")),
    ] = None
    vendor: Annotated[str | None, Fact(label="Vendor")] = None
    model: Annotated[str | None, Fact(label="Model", table=True)] = None
    serial_number: Annotated[str | None, Fact(label="Serial number")] = None
    bios_version: Annotated[str | None, Fact(label="BIOS")] = None
    uuid: Annotated[str | None, Fact(label="UUID")] = None
    cpu_model: Annotated[str | None, Fact(label="CPU")] = None
    cpu_sockets: Annotated[int | None, Fact(label="Sockets", low=1, high=64)] = None
    cpu_cores: Annotated[int | None, Fact(label="Cores", table=True, low=1, high=4096)] = None
    cpu_threads: Annotated[int | None, Fact(label="Threads", low=1, high=8192)] = None
    cpu_mhz: Annotated[int | None, Fact(label="Clock", unit="MHz", low=100, high=20_000)] = None
    memory_mib: Annotated[
        int | None, Fact(label="Memory", unit="MiB", table=True, low=1, high=134_217_728)
    ] = None
    hyperthreading: Annotated[bool | None, Fact(label="Hyper-threading")] = None
    version: Annotated[str | None, Fact(label="Version", table=True)] = None
    build: Annotated[str | None, Fact(label="Build", table=True)] = None
    booted_at: Annotated[datetime | None, Fact(label="Booted")] = None
    ntp_servers: Annotated[tuple[str, ...] | None, Fact(label="NTP servers")] = None
    ntp_running: Annotated[bool | None, Fact(label="NTP running")] = None
    ntp_policy: Annotated[str | None, Fact(label="NTP start policy")] = None
    ssh_running: Annotated[bool | None, Fact(label="SSH running")] = None
    lockdown_mode: Annotated[str | None, Fact(label="Lockdown mode")] = None
    dns_servers: Annotated[tuple[str, ...] | None, Fact(label="DNS servers")] = None
    syslog_target: Annotated[str | None, Fact(label="Syslog target")] = None
    certificate_not_after: Annotated[datetime | None, Fact(label="Certificate until")] = None
    physical_nics: Annotated[tuple[PhysicalNic, ...] | None, Fact(label="Physical NICs")] = None
    virtual_switches: Annotated[
        tuple[VirtualSwitch, ...] | None, Fact(label="Virtual switches")
    ] = None
    kernel_adapters: Annotated[
        tuple[KernelAdapter, ...] | None, Fact(label="VMkernel adapters")
    ] = None
    storage_paths: Annotated[tuple[StoragePaths, ...] | None, Fact(label="Storage paths")] = None
    datastores: Annotated[
        tuple[str, ...],
        Fact(label="Datastores", reference=Reference(kind="datastore", relation="mounts")),
    ] = ()
    networks: Annotated[
        tuple[str, ...],
        Fact(label="Networks", reference=Reference(kind="network", relation="connected_to")),
    ] = ()
    reboot_required: Annotated[bool | None, Fact(label="Reboot required")] = None
    cpu_usage_mhz: Annotated[int | None, Fact(label="CPU usage", unit="MHz", volatile=True)] = None
    memory_usage_mib: Annotated[
        int | None, Fact(label="Memory usage", unit="MiB", volatile=True)
    ] = None
    status: Annotated[Health, Fact(label="Status", volatile=True)] = Health.GRAY
    triggered_alarms: Alarms = ()


HOST = declare(Host, name="host", title="Host", plural="Hosts", filtered=True)

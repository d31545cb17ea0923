"""The nouns of the practice site: frozen records, sizes in bytes unless the name says otherwise.

Every reference to another record is its `moid`, the id that a vCenter would give it; switches and
racks, which no vCenter knows, are named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from deployments.practice.site.kubernetes_records import KubeCluster


@dataclass(frozen=True, slots=True, kw_only=True)
class Vlan:
    """A VLAN with the network it carries."""

    id: int
    name: str
    datacenter: str
    cidr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchPort:
    """One front port; `neighbour` is the host or switch at the other end of the cable."""

    name: str
    description: str
    speed_mbps: int
    enabled: bool
    up: bool
    mode: str  # access or trunk
    vlans: tuple[int, ...]
    neighbour: str | None
    neighbour_port: str | None
    bundle: int | None = None  # the number of the port channel that it is in


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A switch or router: `role` is tor (top of rack), core, management or border.

    `platform` is netmiko's name of its system, `oob_address` the one of its management port.
    """

    name: str
    datacenter: str
    rack: str
    role: str
    vendor: str
    model: str
    serial: str
    software: str
    address: str
    mac: str
    ports: tuple[SwitchPort, ...]
    platform: str
    asn: int
    oob_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rack:
    """A rack; hosts and switches name it."""

    name: str
    datacenter: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A vCenter folder; `holds` is the managed type of what it may contain."""

    moid: str
    name: str
    parent: str | None
    holds: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Datacenter:
    """A vCenter datacenter with its four fixed folders."""

    moid: str
    name: str
    parent: str
    vm_folder: str
    host_folder: str
    datastore_folder: str
    network_folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pnic:
    """A physical NIC and the switch port it is cabled to."""

    name: str
    mac: str
    speed_mbps: int
    up: bool
    driver: str
    switch: str
    port: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """An ESXi host."""

    moid: str
    name: str
    datacenter: str
    rack: str
    cluster: str
    uuid: str
    vendor: str
    model: str
    serial: str
    bios_version: str
    bios_released_at: datetime
    cpu_model: str
    cpu_sockets: int
    cpu_cores: int
    cpu_threads: int
    cpu_mhz: int
    memory_bytes: int
    esxi_version: str
    esxi_build: str
    address: str
    pnics: tuple[Pnic, ...]
    dvs_uplinks: tuple[str, ...]
    storage_paths: int
    ntp_servers: tuple[str, ...]
    ntp_running: bool
    ntp_at_boot: str = "on"  # on, off or automatic, as for every service
    dns_servers: tuple[str, ...]
    syslog: str
    booted_at: datetime
    ssh_running: bool
    ssh_at_boot: str = "off"
    lockdown: str
    connection: str = "connected"
    power: str = "poweredOn"
    maintenance: bool = False
    reboot_required: bool = False
    certificate_ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A cluster with its HA and DRS settings."""

    moid: str
    name: str
    datacenter: str
    folder: str
    root_pool: str
    dvs: str
    ha_enabled: bool
    admission_control: bool
    host_failures_tolerated: int
    drs_enabled: bool
    drs_behavior: str
    evc_mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcePool:
    """A resource pool; limits of -1 are none, `parent` of a root pool is the cluster."""

    moid: str
    name: str
    cluster: str
    parent: str
    cpu_reservation_mhz: int = 0
    cpu_limit_mhz: int = -1
    memory_reservation_mib: int = 0
    memory_limit_mib: int = -1
    shares: str = "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Datastore:
    """A datastore: `kind` is VMFS or NFS; `other_bytes` is what is on it besides VMs."""

    moid: str
    name: str
    datacenter: str
    kind: str
    uuid: str
    capacity_bytes: int
    other_bytes: int
    hosts: tuple[str, ...]
    local: bool
    naa: str | None
    remote: str | None
    accessible: bool = True
    maintenance: str = "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributedSwitch:
    """A distributed virtual switch."""

    moid: str
    name: str
    uuid: str
    datacenter: str
    folder: str
    version: str
    mtu: int
    uplinks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A port group: distributed where `dvs` is set, else a standard one on every vSwitch0."""

    moid: str
    name: str
    datacenter: str
    folder: str
    vlan_id: int
    dvs: str | None
    uplink: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A virtual disk; `used_bytes` is what it takes on its datastore."""

    key: int
    label: str
    capacity_bytes: int
    used_bytes: int
    datastore: str
    file: str
    thin: bool
    uuid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nic:
    """A virtual NIC."""

    key: int
    label: str
    kind: str  # Vmxnet3 or E1000e
    mac: str
    network: str
    connected: bool
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A file system as the guest sees it."""

    path: str
    capacity_bytes: int
    free_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One snapshot with those taken on top of it."""

    id: int
    name: str
    description: str
    created_at: datetime
    size_bytes: int
    power_state: str
    quiesced: bool
    children: tuple[Snapshot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What a VM is promised and held to; a limit of -1 is none."""

    cpu_reservation_mhz: int = 0
    cpu_limit_mhz: int = -1
    memory_reservation_mib: int = 0
    memory_limit_mib: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualMachine:
    """A virtual machine; `tools` is current, old, stopped or none."""

    moid: str
    name: str
    instance_uuid: str
    bios_uuid: str
    template: bool
    guest_id: str
    guest_os: str
    hardware: str
    cpu_count: int
    cores_per_socket: int
    memory_mib: int
    host: str
    pool: str | None
    folder: str
    datastore: str
    power: str  # poweredOn, poweredOff or suspended
    tools: str
    tools_version: int
    host_name: str | None
    annotation: str
    custom: tuple[tuple[str, str], ...]
    extra: tuple[tuple[str, str], ...]
    disks: tuple[Disk, ...]
    nics: tuple[Nic, ...]
    volumes: tuple[Volume, ...]
    snapshots: tuple[Snapshot, ...]
    current_snapshot: int | None
    limits: Reservation
    consolidation_needed: bool
    created_at: datetime
    booted_at: datetime | None
    powered_off_at: datetime | None
    change_tracking: bool
    cpu_hot_add: bool
    memory_hot_add: bool
    cpu_demand: float  # share of its CPUs in use, 0 to 1
    memory_demand: float
    connection: str = "connected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A licence; one that never expires has no date."""

    key: str
    name: str
    edition: str
    unit: str
    total: int
    used: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An alarm's definition."""

    moid: str
    name: str
    description: str
    entity_type: str
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggeredAlarm:
    """An alarm that is raised on an entity; `status` is yellow or red."""

    alarm: str
    entity: str
    status: str
    at: datetime
    acknowledged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything there is, dated backwards from `anchor`.

    `planted` names each fault worth finding and the ids it sits on.
    """

    name: str
    seed: int
    anchor: datetime
    vlans: tuple[Vlan, ...]
    racks: tuple[Rack, ...]
    switches: tuple[Switch, ...]
    folders: tuple[Folder, ...]
    datacenters: tuple[Datacenter, ...]
    clusters: tuple[Cluster, ...]
    hosts: tuple[Host, ...]
    pools: tuple[ResourcePool, ...]
    datastores: tuple[Datastore, ...]
    dvswitches: tuple[DistributedSwitch, ...]
    networks: tuple[Network, ...]
    vms: tuple[VirtualMachine, ...]
    licences: tuple[Licence, ...]
    alarms: tuple[Alarm, ...]
    triggered: tuple[TriggeredAlarm, ...]
    settings: Mapping[str, str]
    certificate_ends_at: datetime
    planted: Mapping[str, tuple[str, ...]]
    kubernetes: tuple[KubeCluster, ...] = ()

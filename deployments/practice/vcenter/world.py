"""The site as it is now: records that change, what stands where, and what was written of it.

All access happens under `lock`; a change bumps `version` and wakes those who wait for updates.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from deployments.practice.site.records import (
    Alarm,
    Cluster,
    Datacenter,
    Datastore,
    DistributedSwitch,
    Folder,
    Host,
    Network,
    ResourcePool,
    Site,
    TriggeredAlarm,
    VirtualMachine,
)
from deployments.practice.vcenter.types import reference

HOST_SYSTEMS = {
    "advancedOption": "OptionManager",
    "certificateManager": "HostCertificateManager",
    "dateTimeSystem": "HostDateTimeSystem",
    "networkSystem": "HostNetworkSystem",
    "serviceSystem": "HostServiceSystem",
    "storageSystem": "HostStorageSystem",
    "virtualNicManager": "HostVirtualNicManager",
    "datastoreSystem": "HostDatastoreSystem",
    "healthStatusSystem": "HostHealthStatusSystem",
    "autoStartManager": "HostAutoStartManager",
    "firewallSystem": "HostFirewallSystem",
    "powerSystem": "HostPowerSystem",
}


@dataclass(slots=True)
class Entity:
    """One managed object; `written` keeps its XML by the set of paths that was asked for."""

    kind: str
    moid: str
    record: Any
    changed: int = 0
    written: dict[tuple[str, ...], str] = field(default_factory=dict)

    @property
    def reference(self) -> Any:
        """Return pyVmomi's reference to it."""
        return reference(self.kind, self.moid)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """Something that happened to a VM."""

    key: int
    kind: str
    at: datetime
    user: str
    vm: str
    message: str


@dataclass(slots=True)
class _Index:
    """What stands where, made anew after something moved."""

    vms_by_host: dict[str, list[VirtualMachine]]
    vms_by_pool: dict[str, list[VirtualMachine]]
    vms_by_datastore: dict[str, list[VirtualMachine]]
    vms_by_network: dict[str, list[VirtualMachine]]
    children: dict[str, list[Entity]]


KINDS: dict[type, str] = {
    Folder: "Folder",
    Datacenter: "Datacenter",
    Cluster: "ClusterComputeResource",
    Host: "HostSystem",
    ResourcePool: "ResourcePool",
    Datastore: "Datastore",
    DistributedSwitch: "VmwareDistributedVirtualSwitch",
    VirtualMachine: "VirtualMachine",
    Alarm: "Alarm",
}
SERVICES = {
    "ServiceInstance": "ServiceInstance",
    "propertyCollector": "PropertyCollector",
    "ViewManager": "ViewManager",
    "SessionManager": "SessionManager",
    "EventManager": "EventManager",
    "AlarmManager": "AlarmManager",
    "LicenseManager": "LicenseManager",
    "VpxSettings": "OptionManager",
    "SearchIndex": "SearchIndex",
    "TaskManager": "TaskManager",
    "CustomFieldsManager": "CustomFieldsManager",
    "AuthorizationManager": "AuthorizationManager",
    "PerfMgr": "PerformanceManager",
    "ExtensionManager": "ExtensionManager",
}


def kind_of(record: Any) -> str:
    """Return the WSDL type that a record is shown as."""
    if isinstance(record, Network):
        return "DistributedVirtualPortgroup" if record.dvs else "Network"
    return KINDS[type(record)]


class World:
    """The mutable state behind one practice vCenter."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.lock = threading.RLock()
        self.changes = threading.Condition(self.lock)
        self.version = 1
        self.entities: dict[str, Entity] = {}
        self.triggered: list[TriggeredAlarm] = list(site.triggered)
        self.events: list[EventRecord] = []
        self.licences = site.licences
        self.certificate_ends_at = site.certificate_ends_at
        self._index: _Index | None = None
        self._moid = 100_000
        for moid, kind in SERVICES.items():
            self.entities[moid] = Entity(kind, moid, None)
        for record in _all_records(site):
            self._enter(record)
        for vm in site.vms:
            self._remember(vm)

    def _enter(self, record: Any) -> Entity:
        entity = self.entities[record.moid] = Entity(kind_of(record), record.moid, record)
        if isinstance(record, Host):
            for name, kind in HOST_SYSTEMS.items():
                moid = f"{name}-{record.moid.removeprefix('host-')}"
                self.entities[moid] = Entity(kind, moid, record.moid)
        return entity

    def _remember(self, vm: VirtualMachine) -> None:
        self.log("VmCreatedEvent", vm, vm.created_at, "Created virtual machine")
        if vm.powered_off_at:
            kind = "VmSuspendedEvent" if vm.power == "suspended" else "VmPoweredOffEvent"
            self.log(kind, vm, vm.powered_off_at, "is powered off")
        if vm.booted_at:
            self.log("VmPoweredOnEvent", vm, vm.booted_at, "is powered on")

    # Reading

    def now(self) -> datetime:
        """Return the server's clock."""
        return datetime.now(UTC)

    def record(self, moid: str) -> Any:
        """Return the record of an id.

        Raises:
            KeyError: nothing of that id exists.
        """
        return self.entities[moid].record

    def of_kind(self, kind: str) -> list[Entity]:
        """Return all managed objects of a WSDL type, in the order of their creation."""
        return [entity for entity in self.entities.values() if entity.kind == kind]

    def vms(self) -> list[VirtualMachine]:
        """Return all virtual machines as they are now."""
        return [entity.record for entity in self.of_kind("VirtualMachine")]

    def hosts_of(self, cluster: str) -> list[Host]:
        """Return a cluster's hosts."""
        return [e.record for e in self.children(cluster) if e.kind == "HostSystem"]

    def children(self, moid: str) -> list[Entity]:
        """Return what stands directly under an inventory object."""
        return self.index.children.get(moid, [])

    @property
    def index(self) -> _Index:
        """What stands where."""
        if self._index is None:
            self._index = self._make_index()
        return self._index

    def _make_index(self) -> _Index:
        by: list[dict[str, list[VirtualMachine]]] = [defaultdict(list) for _ in range(4)]
        host, pool, datastore, network = by
        for vm in self.vms():
            host[vm.host].append(vm)
            datastore[vm.datastore].append(vm)
            if vm.pool:
                pool[vm.pool].append(vm)
            for moid in dict.fromkeys(nic.network for nic in vm.nics):
                network[moid].append(vm)
        children: dict[str, list[Entity]] = defaultdict(list)
        for entity in self.entities.values():
            parent = parent_of(self, entity)
            if parent:
                children[parent].append(entity)
        return _Index(host, pool, datastore, network, children)

    # Changing

    def new_moid(self, prefix: str) -> str:
        """Return an id that no object had before."""
        self._moid += 1
        return f"{prefix}{self._moid}"

    def put(self, record: Any) -> None:
        """Store a changed or new record; what is written of it and of its surroundings is void."""
        with self.lock:
            entity = self.entities.get(record.moid)
            if entity is None:
                entity = self._enter(record)
            entity.record = record
            self.touch([entity])

    def touch(self, entities: Iterable[Entity]) -> None:
        """Void what is written of these objects and of everything that counts VMs."""
        with self.lock:
            self.version += 1
            self._index = None
            for entity in entities:
                entity.changed = self.version
                entity.written.clear()
            for entity in self.entities.values():
                if entity.kind != "VirtualMachine":
                    entity.written.clear()
            self.changes.notify_all()

    def remove(self, moid: str) -> None:
        """Take an object away."""
        with self.lock:
            del self.entities[moid]
            self.triggered = [alarm for alarm in self.triggered if alarm.entity != moid]
            self.touch(())

    def raise_alarm(self, alarm: str, entity: str, status: str) -> None:
        """Trigger an alarm on an object."""
        with self.lock:
            raised = TriggeredAlarm(
                alarm=alarm, entity=entity, status=status, at=self.now(), acknowledged=False
            )
            self.triggered.append(raised)
            self.touch([self.entities[entity]])

    def log(
        self,
        kind: str,
        vm: VirtualMachine,
        at: datetime,
        text: str,
        user: str = "VSPHERE.LOCAL\\ops",
    ) -> None:
        """Append an event about a VM."""
        self.events.append(
            EventRecord(
                key=len(self.events) + 1,
                kind=kind,
                at=at,
                user=user,
                vm=vm.moid,
                message=f"{vm.name}: {text}",
            )
        )

    def wait_for_change(self, version: int, seconds: float) -> bool:
        """Wait until the world is newer than that version; false when the time is over."""
        with self.changes:
            return self.changes.wait_for(lambda: self.version > version, seconds)


def _all_records(site: Site) -> Iterable[Any]:
    yield from site.folders
    yield from site.datacenters
    yield from site.clusters
    yield from site.hosts
    yield from site.pools
    yield from site.datastores
    yield from site.dvswitches
    yield from site.networks
    yield from site.vms
    yield from site.alarms


Parent = Callable[[World, Any], str | None]
_PARENTS: dict[type, Parent] = {
    Folder: lambda _, folder: folder.parent,
    Datacenter: lambda _, datacenter: datacenter.parent,
    Cluster: lambda _, cluster: cluster.folder,
    Host: lambda _, host: host.cluster,
    ResourcePool: lambda _, pool: pool.parent,
    Datastore: lambda world, store: _datacenter(world, store.datacenter).datastore_folder,
    DistributedSwitch: lambda _, dvs: dvs.folder,
    Network: lambda _, network: network.folder,
    VirtualMachine: lambda _, vm: vm.folder,
}


def _datacenter(world: World, name: str) -> Datacenter:
    return next(d for d in world.site.datacenters if d.name == name)


def parent_of(world: World, entity: Entity) -> str | None:
    """Return the id of what an inventory object stands under, none for the root and services."""
    find = _PARENTS.get(type(entity.record))
    return find(world, entity.record) if find else None

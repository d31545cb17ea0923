"""What may be done to a VM: power, guest, configuration, place, name and end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from deployments.practice.site.records import Datastore, Host, Reservation, VirtualMachine
from deployments.practice.site.stores import vm_bytes
from deployments.practice.vcenter import faulted
from deployments.practice.vcenter.control import powered
from deployments.practice.vcenter.faulted import Faulted
from deployments.practice.vcenter.methods.snapshot import SNAPSHOT
from deployments.practice.vcenter.properties import find
from deployments.practice.vcenter.show_common import CUSTOM_FIELDS
from deployments.practice.vcenter.show_store import free_bytes
from deployments.practice.vcenter.show_vm import runs_tools
from deployments.practice.vcenter.tasks import at_once, task
from deployments.practice.vcenter.types import data, vim, vmodl
from deployments.practice.vcenter.vcenter import Call, Method
from deployments.practice.vcenter.world import World

POWER_EVENTS = {
    "poweredOn": "VmPoweredOnEvent",
    "poweredOff": "VmPoweredOffEvent",
    "suspended": "VmSuspendedEvent",
}


def _vm(call: Call) -> VirtualMachine:
    vm: VirtualMachine = call.world.record(call.this.moid)
    return vm


def _require_power(vm: VirtualMachine, wanted: str, *allowed: str) -> None:
    if vm.power not in allowed:
        raise faulted.wrong_power_state(wanted, vm.power)


def check_host(host: Host) -> None:
    """Refuse a host that cannot run VMs now."""
    if host.connection != "connected":
        raise Faulted(data(vmodl.fault.HostNotConnected), "Unable to communicate with the host.")
    if host.maintenance:
        message = "The operation is not allowed in the current state: the host is in maintenance."
        raise Faulted(data(vim.fault.InvalidState), message)


def _set_power(call: Call, vm: VirtualMachine, power: str) -> None:
    now = call.world.now()
    call.world.put(powered(vm, power, now))
    user = call.session.account.username
    call.world.log(POWER_EVENTS[power], vm, now, f"is now {power}", user)


def _power_on(call: Call) -> None:
    vm = _vm(call)
    _require_power(vm, "poweredOff", "poweredOff", "suspended")
    if vm.template:
        raise Faulted(data(vmodl.fault.NotSupported), "A template cannot be powered on.")
    check_host(call.world.record(vm.host))
    _set_power(call, vm, "poweredOn")


def _power_off(call: Call) -> None:
    vm = _vm(call)
    _require_power(vm, "poweredOn", "poweredOn", "suspended")
    _set_power(call, vm, "poweredOff")


def _suspend(call: Call) -> None:
    vm = _vm(call)
    _require_power(vm, "poweredOn", "poweredOn")
    _set_power(call, vm, "suspended")


def _reset(call: Call) -> None:
    vm = _vm(call)
    _require_power(vm, "poweredOn", "poweredOn")
    call.world.put(replace(vm, booted_at=call.world.now()))
    user = call.session.account.username
    call.world.log("VmResettingEvent", vm, call.world.now(), "is reset", user)


def _guest(call: Call) -> VirtualMachine:
    vm = _vm(call)
    _require_power(vm, "poweredOn", "poweredOn")
    if not runs_tools(vm):
        raise faulted.tools_unavailable()
    return vm


def _shutdown_guest(call: Call) -> None:
    _set_power(call, _guest(call), "poweredOff")


def _standby_guest(call: Call) -> None:
    _set_power(call, _guest(call), "suspended")


def _reboot_guest(call: Call) -> None:
    vm = _guest(call)
    call.world.put(replace(vm, booted_at=call.world.now()))
    user = call.session.account.username
    call.world.log("VmGuestRebootEvent", vm, call.world.now(), "guest reboot", user)


def _reconfigure(call: Call) -> None:
    vm, spec = _vm(call), call.arguments["spec"]
    _check_hot_add(vm, spec)
    changed: dict[str, Any] = {
        field: value
        for field, value in (
            ("cpu_count", spec.numCPUs),
            ("cores_per_socket", spec.numCoresPerSocket),
            ("memory_mib", spec.memoryMB and int(spec.memoryMB)),
            ("annotation", spec.annotation),
            ("name", spec.name),
            ("cpu_hot_add", spec.cpuHotAddEnabled),
            ("memory_hot_add", spec.memoryHotAddEnabled),
            ("change_tracking", spec.changeTrackingEnabled),
        )
        if value is not None
    }
    vm = _edit_devices(replace(vm, **changed), spec.deviceChange)
    vm = replace(vm, limits=_limits(vm.limits, spec), extra=_extra(vm, spec.extraConfig))
    call.world.put(vm)
    user = call.session.account.username
    call.world.log("VmReconfiguredEvent", vm, call.world.now(), "reconfigured", user)


def _check_hot_add(vm: VirtualMachine, spec: Any) -> None:
    if vm.power != "poweredOn":
        return
    cpus, memory = spec.numCPUs or vm.cpu_count, spec.memoryMB or vm.memory_mib
    if cpus < vm.cpu_count or (cpus > vm.cpu_count and not vm.cpu_hot_add):
        message = "CPU hot plug is not supported for this virtual machine."
        raise Faulted(data(vim.fault.CpuHotPlugNotSupported), message)
    if memory < vm.memory_mib or (memory > vm.memory_mib and not vm.memory_hot_add):
        message = "Memory hot plug is not supported for this virtual machine."
        raise Faulted(data(vim.fault.MemoryHotPlugNotSupported), message)


def _limits(held: Reservation, spec: Any) -> Reservation:
    cpu, memory = spec.cpuAllocation, spec.memoryAllocation
    changed = {
        field: int(value)
        for field, value in (
            ("cpu_limit_mhz", cpu and cpu.limit),
            ("cpu_reservation_mhz", cpu and cpu.reservation),
            ("memory_limit_mib", memory and memory.limit),
            ("memory_reservation_mib", memory and memory.reservation),
        )
        if value is not None
    }
    return replace(held, **changed)


def _extra(vm: VirtualMachine, options: list[Any]) -> tuple[tuple[str, str], ...]:
    merged = dict(vm.extra) | {option.key: str(option.value) for option in options}
    return tuple((key, value) for key, value in merged.items() if value)


def _edit_devices(vm: VirtualMachine, changes: list[Any]) -> VirtualMachine:
    for change in changes:
        device = change.device
        if change.operation != "edit":
            raise Faulted(data(vmodl.fault.NotSupported), "Only edits of devices are known.")
        if isinstance(device, vim.vm.device.VirtualDisk):
            vm = _grow_disk(vm, device)
        elif isinstance(device, vim.vm.device.VirtualEthernetCard):
            connected = bool(device.connectable and device.connectable.connected)
            nics = (replace(n, connected=connected) if n.key == device.key else n for n in vm.nics)
            vm = replace(vm, nics=tuple(nics))
    return vm


def _grow_disk(vm: VirtualMachine, device: Any) -> VirtualMachine:
    wanted = int(device.capacityInBytes or device.capacityInKB * 1024)
    disks = []
    for disk in vm.disks:
        if disk.key == device.key and wanted < disk.capacity_bytes:
            message = "Invalid operation for device: a disk cannot shrink."
            raise Faulted(data(vim.fault.InvalidDeviceOperation), message)
        disks.append(replace(disk, capacity_bytes=wanted) if disk.key == device.key else disk)
    return replace(vm, disks=tuple(disks))


def _rename(call: Call) -> None:
    record, name = call.world.record(call.this.moid), call.arguments["newName"]
    siblings = call.world.children(getattr(record, "folder", ""))
    if any(s.record.name == name and s.moid != call.this.moid for s in siblings):
        fault = data(vim.fault.DuplicateName, name=name, object=call.this.reference)
        raise Faulted(fault, f"The name '{name}' already exists.")
    call.world.put(replace(record, name=name))


def _relocate(call: Call) -> None:
    spec = call.arguments["spec"]
    _move(call, host=spec.host, pool=spec.pool, store=spec.datastore)


def _migrate(call: Call) -> None:
    vm, wanted = _vm(call), call.arguments["state"]
    if wanted and vm.power != wanted:
        raise faulted.wrong_power_state(wanted, vm.power)
    _move(call, host=call.arguments["host"], pool=call.arguments["pool"], store=None)


def _move(call: Call, *, host: Any, pool: Any, store: Any) -> None:
    world, vm = call.world, _vm(call)
    if host is not None:
        check_host(find(world, host).record)
        vm = replace(vm, host=find(world, host).moid)
    if pool is not None:
        vm = replace(vm, pool=find(world, pool).moid)
    if store is not None:
        vm = _moved_to(world, vm, find(world, store).record)
    if vm.host not in world.record(vm.datastore).hosts:
        message = "The host has no access to the datastore of the virtual machine."
        raise Faulted(data(vim.fault.InvalidDatastore), message)
    world.put(vm)
    user = call.session.account.username
    world.log("VmRelocatedEvent", vm, world.now(), "relocated", user)


def _moved_to(world: World, vm: VirtualMachine, store: Datastore) -> VirtualMachine:
    if store.moid == vm.datastore:
        return vm
    if free_bytes(world, store) < vm_bytes(vm):
        fault = data(vim.fault.NoDiskSpace, datastore=store.name, file=vm.name)
        raise Faulted(fault, f"Insufficient disk space on datastore '{store.name}'.")
    old = world.record(vm.datastore).name
    disks = tuple(
        replace(d, datastore=store.moid, file=d.file.replace(f"[{old}]", f"[{store.name}]"))
        for d in vm.disks
    )
    return replace(vm, datastore=store.moid, disks=disks)


def _remove(call: Call) -> None:
    if call.this.kind != "VirtualMachine":
        message = f"A {call.this.kind} cannot be destroyed here."
        raise Faulted(data(vmodl.fault.NotSupported), message)
    vm = _vm(call)
    _require_power(vm, "poweredOff", "poweredOff")
    user = call.session.account.username
    call.world.log("VmRemovedEvent", vm, call.world.now(), "removed", user)
    call.world.remove(vm.moid)


def _set_field(call: Call) -> None:
    entity = find(call.world, call.arguments["entity"])
    number = call.arguments["key"] - 101
    if not 0 <= number < len(CUSTOM_FIELDS):
        raise faulted.invalid_argument("key")
    _put_custom(call, entity.record, CUSTOM_FIELDS[number])


def _set_custom_value(call: Call) -> None:
    if call.arguments["key"] not in CUSTOM_FIELDS:
        raise faulted.invalid_argument("key")
    _put_custom(call, _vm(call), call.arguments["key"])


def _put_custom(call: Call, vm: VirtualMachine, name: str) -> None:
    merged = dict(vm.custom) | {name: call.arguments["value"]}
    call.world.put(replace(vm, custom=tuple(merged.items())))


VM: dict[str, Method] = {
    **SNAPSHOT,
    "PowerOnVM_Task": task(_power_on, "VirtualMachine.Interact.PowerOn"),
    "PowerOffVM_Task": task(_power_off, "VirtualMachine.Interact.PowerOff"),
    "ResetVM_Task": task(_reset, "VirtualMachine.Interact.Reset"),
    "SuspendVM_Task": task(_suspend, "VirtualMachine.Interact.Suspend"),
    "ShutdownGuest": at_once(_shutdown_guest, "VirtualMachine.Interact.PowerOff"),
    "StandbyGuest": at_once(_standby_guest, "VirtualMachine.Interact.Suspend"),
    "RebootGuest": at_once(_reboot_guest, "VirtualMachine.Interact.Reset"),
    "ReconfigVM_Task": task(_reconfigure, "VirtualMachine.Config.EditDevice"),
    "Rename_Task": task(_rename, "VirtualMachine.Config.Rename"),
    "RelocateVM_Task": task(_relocate, "Resource.HotMigrate"),
    "MigrateVM_Task": task(_migrate, "Resource.HotMigrate"),
    "Destroy_Task": task(_remove, "VirtualMachine.Inventory.Delete"),
    "SetField": at_once(_set_field, "Global.SetCustomField"),
    "setCustomValue": at_once(_set_custom_value, "Global.SetCustomField"),
}

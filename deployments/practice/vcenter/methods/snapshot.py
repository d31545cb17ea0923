"""Snapshots: taken on top of the current one, gone back to, removed, consolidated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from deployments.practice.site.records import Snapshot, VirtualMachine
from deployments.practice.vcenter import faulted
from deployments.practice.vcenter.control import powered
from deployments.practice.vcenter.faulted import Faulted
from deployments.practice.vcenter.show_vm import runs_tools
from deployments.practice.vcenter.show_vm_storage import snapshot_reference, walk
from deployments.practice.vcenter.tasks import task
from deployments.practice.vcenter.types import data, vim
from deployments.practice.vcenter.vcenter import Call, Method

CREATE, REMOVE = "VirtualMachine.State.CreateSnapshot", "VirtualMachine.State.RemoveSnapshot"
REVERT, RENAME = "VirtualMachine.State.RevertToSnapshot", "VirtualMachine.State.RenameSnapshot"
FRESH_BYTES = 64 << 20
Forest = tuple[Snapshot, ...]


def _edited(snapshots: Forest, number: int, edit: Callable[[Snapshot], Forest]) -> Forest:
    """Return the trees with one snapshot replaced by whatever `edit` makes of it."""
    found: list[Snapshot] = []
    for one in snapshots:
        if one.id == number:
            found += edit(one)
        else:
            found.append(replace(one, children=_edited(one.children, number, edit)))
    return tuple(found)


def _parent(snapshots: Forest, number: int) -> int | None:
    for one in walk(snapshots):
        if number in {child.id for child in one.children}:
            return one.id
    return None


def _vm(call: Call) -> VirtualMachine:
    moid = call.this.record[0] if call.this.kind == "VirtualMachineSnapshot" else call.this.moid
    vm: VirtualMachine = call.world.record(moid)
    return vm


def _create(call: Call) -> object:
    vm = _vm(call)
    quiesce = bool(call.arguments.get("quiesce"))
    if quiesce and vm.power == "poweredOn" and not runs_tools(vm):
        raise faulted.tools_unavailable()
    with_memory = bool(call.arguments["memory"]) and vm.power == "poweredOn"
    taken = Snapshot(
        id=max((one.id for one in walk(vm.snapshots)), default=0) + 1,
        name=call.arguments["name"],
        description=call.arguments["description"] or "",
        created_at=call.world.now(),
        size_bytes=FRESH_BYTES + (vm.memory_mib << 20 if with_memory else 0),
        power_state="poweredOn" if with_memory else "poweredOff",
        quiesced=quiesce,
    )
    current = vm.current_snapshot
    if current is None:
        trees = (*vm.snapshots, taken)
    else:
        trees = _edited(
            vm.snapshots, current, lambda one: (replace(one, children=(*one.children, taken)),)
        )
    call.world.put(replace(vm, snapshots=trees, current_snapshot=taken.id))
    return snapshot_reference(vm, taken.id)


def _revert(call: Call, vm: VirtualMachine, number: int) -> None:
    snapshot = next(one for one in walk(vm.snapshots) if one.id == number)
    wanted = "poweredOff" if call.arguments["suppressPowerOn"] else snapshot.power_state
    vm = replace(vm, current_snapshot=number)
    same = vm.power == wanted
    call.world.put(vm if same else powered(vm, wanted, call.world.now()))


def _revert_to_current(call: Call) -> None:
    vm = _vm(call)
    if vm.current_snapshot is None:
        raise Faulted(data(vim.fault.NotFound), "There is no current snapshot.")
    _revert(call, vm, vm.current_snapshot)


def _revert_to(call: Call) -> None:
    _revert(call, _vm(call), call.this.record[1])


def _remove(call: Call) -> None:
    vm, number = _vm(call), call.this.record[1]
    with_children = bool(call.arguments["removeChildren"])
    trees = _edited(vm.snapshots, number, lambda one: () if with_children else one.children)
    left = {one.id for one in walk(trees)}
    current = vm.current_snapshot
    if current not in left:
        current = _parent(vm.snapshots, number)
    call.world.put(replace(vm, snapshots=trees, current_snapshot=current))


def _remove_all(call: Call) -> None:
    _settle(call, "alarm-31")
    cleared = replace(_vm(call), snapshots=(), current_snapshot=None, consolidation_needed=False)
    call.world.put(cleared)


def _consolidate(call: Call) -> None:
    _settle(call, "alarm-31")
    call.world.put(replace(_vm(call), consolidation_needed=False))


def _settle(call: Call, alarm: str) -> None:
    world = call.world
    world.triggered = [
        one for one in world.triggered if (one.alarm, one.entity) != (alarm, call.this.moid)
    ]


SNAPSHOT: dict[str, Method] = {
    "CreateSnapshot_Task": task(_create, CREATE),
    "RevertToCurrentSnapshot_Task": task(_revert_to_current, REVERT),
    "RevertToSnapshot_Task": task(_revert_to, REVERT),
    "RemoveSnapshot_Task": task(_remove, REMOVE),
    "RemoveAllSnapshots_Task": task(_remove_all, REMOVE),
    "ConsolidateVMDisks_Task": task(_consolidate, REMOVE),
}

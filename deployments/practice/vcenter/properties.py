"""The property collector's core: which objects a filter selects, and their properties as XML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from pyVmomi import VmomiSupport

from deployments.practice.vcenter import faulted, soap_write
from deployments.practice.vcenter.sessions import Account
from deployments.practice.vcenter.show import show, shown_names
from deployments.practice.vcenter.show_vm_storage import walk
from deployments.practice.vcenter.types import (
    Missing,
    data,
    property_info,
    reference,
    vim,
    vmodl,
)
from deployments.practice.vcenter.world import Entity, World

PATH_SETS_KEPT = 4
Selected = tuple[Entity, tuple[str, ...]]


@cache
def managed_class(kind: str) -> Any:
    """Return pyVmomi's class of a WSDL type."""
    return VmomiSupport.GetWsdlType("urn:vim25", kind)


@cache
def declared_type(kind: Any, path: str) -> Any:
    """Return the declared type at the end of a path, through the types' definitions.

    Raises:
        Missing: a part of the path does not exist, or leads through a list.
    """
    found = kind
    for name in path.split("."):
        if issubclass(found, list):
            raise Missing(path)
        found = property_info(found, name).type
    return found


def select(world: World, specs: Iterable[Any]) -> list[Selected]:
    """Return what filter specs select, each object once a spec, in the order of the walk.

    Raises:
        Faulted: an object that is not there, or a path that its type does not have.
    """
    found: list[Selected] = []
    for spec in specs:
        for wanted in spec.propSet:
            _check(wanted)
        seen: set[str] = set()
        for start in spec.objectSet:
            for entity in _walk(world, start):
                paths = _paths(entity.kind, spec.propSet)
                if paths is not None and entity.moid not in seen:
                    seen.add(entity.moid)
                    found.append((entity, paths))
    return found


def _check(wanted: Any) -> None:
    for path in wanted.pathSet:
        try:
            declared_type(wanted.type, path)
        except Missing as error:
            raise faulted.invalid_property(path) from error


def _paths(kind: str, specs: Iterable[Any]) -> tuple[str, ...] | None:
    """Return the paths to read of a kind, none where no property spec is for it."""
    of_kind = managed_class(kind)
    fitting = [spec for spec in specs if issubclass(of_kind, spec.type)]
    if not fitting:
        return None
    paths: dict[str, None] = {}
    for spec in fitting:
        paths.update(dict.fromkeys(shown_names(kind) if spec.all else spec.pathSet))
    return tuple(paths)


def _walk(world: World, start: Any) -> Iterator[Entity]:
    named: dict[str, Any] = {}
    _collect_names(start.selectSet, named)
    first = find(world, start.obj)
    queue: list[tuple[Entity, bool, list[Any]]] = [(first, bool(start.skip), start.selectSet)]
    expanded: set[tuple[str, int]] = set()
    while queue:
        entity, skip, selections = queue.pop(0)
        if not skip:
            yield entity
        for selection in selections:
            step = named.get(selection.name, selection) if selection.name else selection
            if (entity.moid, id(step)) in expanded or not hasattr(step, "path"):
                continue
            expanded.add((entity.moid, id(step)))
            if issubclass(managed_class(entity.kind), step.type):
                queue += [
                    (target, bool(step.skip), step.selectSet)
                    for target in _targets(world, entity, step.path)
                ]


def _collect_names(selections: Iterable[Any], named: dict[str, Any]) -> None:
    for selection in selections:
        if hasattr(selection, "path"):
            if selection.name:
                named[selection.name] = selection
            _collect_names(selection.selectSet, named)


def _targets(world: World, entity: Entity, path: str) -> list[Entity]:
    try:
        declared_type(managed_class(entity.kind), path)
    except Missing as error:
        raise faulted.invalid_property(path) from error
    value = read(world, entity, path, {})
    references = value if isinstance(value, list) else [value]
    moids = [one._moId for one in references if one is not None]  # noqa: SLF001
    return [world.entities[moid] for moid in moids if moid in world.entities]


def find(world: World, wanted: Any) -> Entity:
    """Return the object of a reference.

    Raises:
        Faulted: ManagedObjectNotFound.
    """
    entity = world.entities.get(wanted._moId) or _snapshot(world, wanted._moId)  # noqa: SLF001
    if entity is None:
        raise faulted.not_found(soap_write.wire_name(type(wanted)), wanted._moId)  # noqa: SLF001
    return entity


def _snapshot(world: World, moid: str) -> Entity | None:
    """Return a snapshot's managed object: its record is the VM's id and the snapshot's number."""
    parts = moid.split("-")
    vm = world.entities.get(f"vm-{parts[1]}") if moid.startswith("snapshot-") else None
    if vm is None or int(parts[2]) not in {one.id for one in walk(vm.record.snapshots)}:
        return None
    return Entity("VirtualMachineSnapshot", moid, (vm.moid, int(parts[2])))


def read(world: World, entity: Entity, path: str, memo: dict[str, Any]) -> Any:
    """Return the value at a path, none where it or anything before it is unset.

    Args:
        world: Where the object is.
        entity: The object.
        path: Property names with dots, checked before.
        memo: First properties already built for this object, filled here.
    """
    first, *rest = path.split(".")
    if first not in memo:
        memo[first] = show(world, entity, first)
    value = memo[first]
    for name in rest:
        if value is None:
            return None
        value = getattr(value, name)
    return value


def refusals(account: Account, kind: str, paths: tuple[str, ...]) -> dict[str, str]:
    """Return the paths that an account may not read of a kind, with the privilege it lacks."""
    if not account.denied:
        return {}
    return {path: lacks for path in paths if (lacks := account.refusal(kind, path))}


def content(world: World, entity: Entity, paths: tuple[str, ...], refused: dict[str, str]) -> str:
    """Return an object's content as XML without its outer tag, from what was written before."""
    if refused:
        return _write(world, entity, paths, refused)
    written = entity.written.get(paths)
    if written is None:
        written = _write(world, entity, paths, {})
        if len(entity.written) >= PATH_SETS_KEPT:
            entity.written.clear()
        entity.written[paths] = written
    return written


def _write(world: World, entity: Entity, paths: tuple[str, ...], refused: dict[str, str]) -> str:
    out = [f'<obj type="{entity.kind}">{entity.moid}</obj>']
    memo: dict[str, Any] = {}
    kind = managed_class(entity.kind)
    for path in paths:
        if path in refused:
            continue
        value = read(world, entity, path, memo)
        if value is not None:
            written = soap_write.written_any("val", value, declared_type(kind, path))
            out.append(f"<propSet><name>{path}</name>{written}</propSet>")
    for path, privilege in refused.items():
        out.append(_missing(entity, path, privilege))
    return "".join(out)


def _missing(entity: Entity, path: str, privilege: str) -> str:
    fault = data(
        vim.fault.NoPermission,
        object=reference(entity.kind, entity.moid),
        privilegeId=privilege,
        msg="Permission to perform this operation was denied.",
    )
    missing = data(vmodl.query.PropertyCollector.MissingProperty, path=path, fault=fault)
    return soap_write.written("missingSet", missing, type(missing))

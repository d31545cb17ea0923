"""How managed objects are shown: a table a type, and the properties that all entities share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deployments.practice.site.records import TriggeredAlarm
from deployments.practice.vcenter.types import data, reference, vim
from deployments.practice.vcenter.world import Entity, World, parent_of

Show = Callable[[World, Entity], Any]
CUSTOM_FIELDS = ("owner", "cost-centre", "bootstrap")


def references(entities: Any) -> list[Any]:
    """Return references to entities."""
    return [entity.reference for entity in entities]


def parent(world: World, entity: Entity) -> Any:
    """Return a reference to the parent, none for the root."""
    moid = parent_of(world, entity)
    return world.entities[moid].reference if moid else None


def status(world: World, entity: Entity) -> Any:
    """Return green, or the worst of the alarms raised on it."""
    raised = {alarm.status for alarm in world.triggered if alarm.entity == entity.moid}
    return "red" if "red" in raised else "yellow" if raised else "green"


def alarm_state(alarm: TriggeredAlarm) -> Callable[[World], Any]:
    """Return the state of a raised alarm, to be shown in a world."""

    def show(world: World) -> Any:
        return data(
            vim.alarm.AlarmState,
            key=f"{alarm.alarm}.{alarm.entity}",
            entity=world.entities[alarm.entity].reference,
            alarm=reference("Alarm", alarm.alarm),
            overallStatus=alarm.status,
            time=alarm.at,
            acknowledged=alarm.acknowledged,
            acknowledgedByUser="VSPHERE.LOCAL\\ops" if alarm.acknowledged else None,
            acknowledgedTime=alarm.at if alarm.acknowledged else None,
        )

    return show


def _under(world: World, moid: str) -> set[str]:
    found = {moid}
    for child in world.children(moid):
        found |= _under(world, child.moid)
    return found


def triggered(world: World, entity: Entity) -> list[Any]:
    """Return the alarms raised on an object and, as vCenter does, on those under it."""
    if not world.triggered:
        return []
    single = entity.kind in {"VirtualMachine", "Datastore", "HostSystem"}
    here = {entity.moid} if single else _under(world, entity.moid)
    return [alarm_state(alarm)(world) for alarm in world.triggered if alarm.entity in here]


def _field_definitions(_: World, entity: Entity) -> list[Any]:
    kind = vim.VirtualMachine if entity.kind == "VirtualMachine" else None
    return field_definitions() if kind else []


def field_definitions() -> list[Any]:
    """Return the custom fields that VMs have."""
    return [
        data(
            vim.CustomFieldsManager.FieldDef,
            key=key,
            name=name,
            type=str,
            managedObjectType=vim.VirtualMachine,
        )
        for key, name in enumerate(CUSTOM_FIELDS, 101)
    ]


def custom_values(entity: Entity) -> list[Any]:
    """Return a VM's custom values, by the key of their field."""
    return [
        data(vim.CustomFieldsManager.StringValue, key=101 + CUSTOM_FIELDS.index(name), value=value)
        for name, value in getattr(entity.record, "custom", ())
    ]


ENTITY: dict[str, Show] = {
    "name": lambda _, entity: entity.record.name,
    "parent": parent,
    "overallStatus": status,
    "configStatus": lambda _w, _e: "green",
    "configIssue": lambda _w, _e: [],
    "alarmActionsEnabled": lambda _w, _e: True,
    "triggeredAlarmState": triggered,
    "declaredAlarmState": lambda _w, _e: [],
    "availableField": _field_definitions,
    "customValue": lambda _, entity: custom_values(entity),
    "value": lambda _, entity: custom_values(entity),
    "effectiveRole": lambda _w, _e: [-1],
    "permission": lambda _w, _e: [],
    "disabledMethod": lambda _w, _e: [],
    "recentTask": lambda _w, _e: [],
    "tag": lambda _w, _e: [],
}

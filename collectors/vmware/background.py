"""What is read once, in bulk, so that other records can be told in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pyVmomi import vim, vmodl

from collectors.vmware.properties import Query, Reader
from collectors.vmware.session import PASSING
from collectors.vmware.values import many, moment, record, text
from models.redaction import redact

_ALARM_NAMES = Query(kind="vm", types=(vim.alarm.Alarm,), paths={"info.name": "triggered_alarms"})
_FIELD_NAMES = Query(
    kind="vm", types=(vim.CustomFieldsManager,), paths={"field": "custom_attributes"}
)
_WITH_ALARMS = ("vm", "host", "cluster", "datastore")


def read_alarms(reader: Reader) -> dict[str, str]:
    """Return the names of all alarm definitions by managed object id, in two calls."""
    holder, transport = reader.session.content.alarmManager, reader.session.transport
    if holder is None:
        for kind in _WITH_ALARMS:
            reader.gaps.add(kind, "triggered_alarms", "this server has no alarms")
        return {}
    try:
        moids = holder.GetAlarm(None)
        alarms = [vim.alarm.Alarm(moid, transport) for moid in moids]
        seen = reader.objects(_ALARM_NAMES, alarms)
    except vmodl.MethodFault as fault:
        _pass_on(fault)
        for kind in _WITH_ALARMS:
            reader.gaps.lack(kind, "triggered_alarms", fault)
        return {}
    return {one.moid: redact(text(one.properties.get("info.name")) or one.moid) for one in seen}


def read_custom_fields(reader: Reader) -> dict[str, str]:
    """Return the names of the custom attributes by their key."""
    holder = reader.session.content.customFieldsManager
    try:
        seen = reader.objects(_FIELD_NAMES, [holder] if holder else [])
    except vmodl.MethodFault as fault:
        _pass_on(fault)
        reader.gaps.lack("vm", "custom_attributes", fault)
        return {}
    fields = [record(item) for one in seen for item in many(one.properties.get("field"))]
    return {field.get("key", ""): text(field.get("name")) or "" for field in fields}


def read_powered_off(reader: Reader) -> dict[str, datetime] | None:
    """Return when machines were last powered off, by managed object id; None if not permitted.

    One query over all machines: vCenter answers with the latest thousand of such events.
    """
    content = reader.session.content
    if content.eventManager is None:
        reader.gaps.add("vm", "powered_off_at", "this server has no events")
        return None
    entity = vim.event.EventFilterSpec.ByEntity(entity=content.rootFolder, recursion="all")
    wanted = vim.event.EventFilterSpec(entity=entity, eventTypeId=["VmPoweredOffEvent"])
    try:
        events = content.eventManager.QueryEvents(wanted)
    except vmodl.MethodFault as fault:
        _pass_on(fault)
        reader.gaps.lack("vm", "powered_off_at", fault)
        return None
    latest: dict[str, datetime] = {}
    for event in map(record, events):
        moid, at = text(record(event.get("vm")).get("vm")), moment(event.get("createdTime"))
        if moid and at and at >= latest.get(moid, at):
            latest[moid] = at
    return latest


def _pass_on(fault: Any) -> None:
    if isinstance(fault, PASSING):
        raise fault

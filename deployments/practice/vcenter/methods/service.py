"""Service content, sessions, views, look-ups, alarms: nothing here changes the inventory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deployments.practice.site.records import VirtualMachine
from deployments.practice.vcenter import faulted
from deployments.practice.vcenter.properties import declared_type, find, managed_class, read
from deployments.practice.vcenter.show_service import content
from deployments.practice.vcenter.show_session import View
from deployments.practice.vcenter.show_vm import addresses
from deployments.practice.vcenter.show_vm_storage import vmx_path
from deployments.practice.vcenter.soap_write import written, written_any
from deployments.practice.vcenter.types import Missing, reference
from deployments.practice.vcenter.vcenter import Call, Method, Raw
from deployments.practice.vcenter.world import Entity


def _fetch(call: Call) -> Raw:
    path = call.arguments["prop"]
    try:
        declared = declared_type(managed_class(call.this.kind), path)
    except Missing as error:
        raise faulted.invalid_property(path) from error
    missing = call.session.account.refusal(call.this.kind, path)
    if missing:
        raise faulted.no_permission(call.this.kind, call.this.moid, missing)
    with call.world.lock:
        value = read(call.world, call.this, path, {})
        if value is None:
            return Raw(())
        if declared is object:
            return Raw((written_any("returnval", value, declared),))
        return Raw((written("returnval", value, declared),))


def _logout(call: Call) -> None:
    call.vcenter.end_session(call.session)


def _session_is_active(call: Call) -> bool:
    wanted = (call.arguments["sessionID"], call.arguments["userName"])
    open_now = {(s.key, s.account.username) for s in call.vcenter.sessions.values()}
    return wanted in open_now


def _terminate(call: Call) -> None:
    keys = set(call.arguments["sessionId"])
    for session in list(call.vcenter.sessions.values()):
        if session.key in keys:
            call.vcenter.end_session(session)


def _create_container_view(call: Call) -> Any:
    container = find(call.world, call.arguments["container"])
    view = View(container.moid, tuple(call.arguments["type"]), bool(call.arguments["recursive"]))
    return call.vcenter.own(call.session, "ContainerView", "", view).reference


def _create_list_view(call: Call) -> Any:
    members = tuple(call.arguments["obj"])
    return call.vcenter.own(call.session, "ListView", "", members).reference


def _destroy(call: Call) -> None:
    call.vcenter.disown(call.session, call.this.moid)


def _matching(call: Call, wanted: dict[str, str]) -> Iterator[VirtualMachine]:
    for vm in call.world.vms():
        shown = {
            "instance": vm.instance_uuid,
            "bios": vm.bios_uuid,
            "dns": vm.host_name or "",
            "path": vmx_path(call.world, vm),
        }
        if any(shown[name] == value for name, value in wanted.items()):
            yield vm


def _by_uuid(call: Call) -> list[Any]:
    uuid = call.arguments["uuid"]
    if not call.arguments["vmSearch"]:
        hosts = call.world.of_kind("HostSystem")
        return [host.reference for host in hosts if host.record.uuid == uuid]
    name = "instance" if call.arguments["instanceUuid"] else "bios"
    return [reference("VirtualMachine", vm.moid) for vm in _matching(call, {name: uuid})]


def _first(found: list[Any]) -> Any:
    return found[0] if found else None


def _by_ip(call: Call) -> Any:
    wanted = call.arguments["ip"]
    if call.arguments["vmSearch"]:
        found = [vm for vm in call.world.vms() if wanted in addresses(vm)]
        return _first([reference("VirtualMachine", vm.moid) for vm in found])
    hosts = call.world.of_kind("HostSystem")
    return _first([host.reference for host in hosts if host.record.address == wanted])


def _by_dns_name(call: Call) -> Any:
    wanted = call.arguments["dnsName"]
    if call.arguments["vmSearch"]:
        found = _matching(call, {"dns": wanted})
        return _first([reference("VirtualMachine", vm.moid) for vm in found])
    hosts = call.world.of_kind("HostSystem")
    return _first([host.reference for host in hosts if host.record.name == wanted])


def _by_datastore_path(call: Call) -> Any:
    found = _matching(call, {"path": call.arguments["path"]})
    return _first([reference("VirtualMachine", vm.moid) for vm in found])


def _child(call: Call, parent: Entity, name: str) -> Entity | None:
    return next((c for c in call.world.children(parent.moid) if c.record.name == name), None)


def _find_child(call: Call) -> Any:
    child = _child(call, find(call.world, call.arguments["entity"]), call.arguments["name"])
    return child.reference if child else None


def _by_inventory_path(call: Call) -> Any:
    at: Entity | None = call.world.entities["group-d1"]
    for name in call.arguments["inventoryPath"].strip("/").split("/"):
        at = _child(call, at, name) if at else None
    return at.reference if at else None


def _get_alarms(call: Call) -> list[Any]:
    entity = call.arguments["entity"]
    if entity is not None and entity._moId != "group-d1":  # noqa: SLF001
        return []
    return [alarm.reference for alarm in call.world.of_kind("Alarm")]


def _alarm_states(call: Call) -> list[Any]:
    return list(
        read(call.world, find(call.world, call.arguments["entity"]), "triggeredAlarmState", {})
    )


def _query_options(call: Call) -> Any:
    name = call.arguments["name"] or ""
    found = read(call.world, call.this, "setting", {})
    return [one for one in found if one.key == name or one.key.startswith(f"{name}.") or not name]


SERVICE: dict[str, Method] = {
    "RetrieveServiceContent": Method(run=lambda call: content(call.world)),
    "CurrentTime": Method(run=lambda call: call.world.now()),
    "Fetch": Method(run=_fetch),
    "Login": Method(run=lambda _: None),  # answered before dispatch, since it has no session yet
    "Logout": Method(run=_logout),
    "SessionIsActive": Method(run=_session_is_active),
    "TerminateSession": Method(run=_terminate, privilege="Sessions.TerminateSession"),
    "CreateContainerView": Method(run=_create_container_view),
    "CreateListView": Method(run=_create_list_view),
    "DestroyView": Method(run=_destroy),
    "FindByUuid": Method(run=lambda call: _first(_by_uuid(call))),
    "FindAllByUuid": Method(run=_by_uuid),
    "FindByIp": Method(run=_by_ip),
    "FindByDnsName": Method(run=_by_dns_name),
    "FindByDatastorePath": Method(run=_by_datastore_path),
    "FindByInventoryPath": Method(run=_by_inventory_path),
    "FindChild": Method(run=_find_child),
    "GetAlarm": Method(run=_get_alarms),
    "GetAlarmState": Method(run=_alarm_states),
    "QueryOptions": Method(run=_query_options),
}

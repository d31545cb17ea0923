"""The service objects of a vCenter: content, settings, licences, alarms, fields, folders."""

from __future__ import annotations

from typing import Any

from deployments.practice.site.records import Alarm, Licence
from deployments.practice.vcenter.show_common import ENTITY, Show, field_definitions, references
from deployments.practice.vcenter.types import API_VERSION, data, reference, vim, vmodl
from deployments.practice.vcenter.world import SERVICES, Entity, World

BUILD, PRODUCT = "24262322", "8.0.3"
CONTENT = {
    "propertyCollector": "propertyCollector",
    "viewManager": "ViewManager",
    "setting": "VpxSettings",
    "sessionManager": "SessionManager",
    "authorizationManager": "AuthorizationManager",
    "perfManager": "PerfMgr",
    "alarmManager": "AlarmManager",
    "eventManager": "EventManager",
    "taskManager": "TaskManager",
    "extensionManager": "ExtensionManager",
    "customFieldsManager": "CustomFieldsManager",
    "licenseManager": "LicenseManager",
    "searchIndex": "SearchIndex",
}


def about(world: World) -> Any:
    """Return `content.about`; the instance id follows from the seed."""
    return data(
        vim.AboutInfo,
        name="VMware vCenter Server",
        fullName=f"VMware vCenter Server {PRODUCT} build-{BUILD}",
        vendor="VMware, Inc.",
        version=PRODUCT,
        patchLevel="00300",
        build=BUILD,
        localeVersion="INTL",
        localeBuild="000",
        osType="linux-x64",
        productLineId="vpx",
        apiType="VirtualCenter",
        apiVersion=API_VERSION,
        instanceUuid=f"5f0c3b1e-7a42-4f0e-9d3a-{world.site.seed:012x}",
        licenseProductName="VMware VirtualCenter Server",
        licenseProductVersion="8.0",
    )


def content(world: World) -> Any:
    """Return the service content."""
    return data(
        vim.ServiceInstanceContent,
        rootFolder=reference("Folder", "group-d1"),
        about=about(world),
        **{name: reference(SERVICES[moid], moid) for name, moid in CONTENT.items()},
    )


def _settings(world: World, _: Entity) -> list[Any]:
    return [
        data(vim.option.OptionValue, key=key, value=value)
        for key, value in world.site.settings.items()
    ]


def _option_settings(world: World, entity: Entity) -> list[Any]:
    if entity.record is None:
        return _settings(world, entity)
    host = world.entities[entity.record]
    from deployments.practice.vcenter.show_host import config

    shown = config(world, host)
    return list(shown.option) if shown else []


def _licence(licence: Licence) -> Any:
    properties = [
        data(vmodl.KeyAnyValue, key="ProductName", value=licence.name),
        data(vmodl.KeyAnyValue, key="ProductVersion", value="8.0"),
    ]
    if licence.expires_at:
        ends = data(vmodl.KeyAnyValue, key="expirationDate", value=licence.expires_at)
        properties.append(ends)
    return data(
        vim.LicenseManager.LicenseInfo,
        licenseKey=licence.key,
        editionKey=licence.edition,
        name=licence.name,
        total=licence.total,
        used=licence.used,
        costUnit=licence.unit,
        properties=properties,
    )


def _evaluation(world: World, _: Entity) -> Any:
    evaluation = next(licence for licence in world.licences if licence.edition == "eval")
    days = (evaluation.expires_at or world.site.anchor) - world.site.anchor
    return data(
        vim.LicenseManager.EvaluationInfo,
        properties=[
            data(vmodl.KeyAnyValue, key="expirationHours", value=int(days.total_seconds()) // 3600)
        ],
    )


LICENCES: dict[str, Show] = {
    "source": lambda _w, _e: data(vim.LicenseManager.LocalLicense, licenseKeys=""),
    "sourceAvailable": lambda _w, _e: True,
    "licensedEdition": lambda _w, _e: "",
    "licenses": lambda world, _: [_licence(licence) for licence in world.licences],
    "evaluation": _evaluation,
}


def _alarm(world: World, entity: Entity) -> Any:
    alarm: Alarm = entity.record
    expression = data(
        vim.alarm.StateAlarmExpression,
        operator="isEqual",
        type=getattr(vim, alarm.entity_type),
        statePath="overallStatus",
        red="red",
        yellow="yellow",
    )
    return data(
        vim.alarm.AlarmInfo,
        key=alarm.moid,
        alarm=entity.reference,
        entity=reference("Folder", "group-d1"),
        name=alarm.name,
        systemName=alarm.name,
        description=alarm.description,
        enabled=alarm.enabled,
        expression=data(vim.alarm.OrAlarmExpression, expression=[expression]),
        actionFrequency=0,
        setting=data(vim.alarm.AlarmSetting, toleranceRange=0, reportingFrequency=300),
        lastModifiedTime=world.site.anchor,
        lastModifiedUser="VSPHERE.LOCAL\\vpxd",
        creationEventId=0,
    )


FOLDER: dict[str, Show] = {
    **ENTITY,
    "childType": lambda _, e: [vim.Folder, getattr(vim, e.record.holds)],
    "childEntity": lambda world, e: references(world.children(e.moid)),
}
DATACENTER: dict[str, Show] = {
    **ENTITY,
    "vmFolder": lambda _, e: reference("Folder", e.record.vm_folder),
    "hostFolder": lambda _, e: reference("Folder", e.record.host_folder),
    "datastoreFolder": lambda _, e: reference("Folder", e.record.datastore_folder),
    "networkFolder": lambda _, e: reference("Folder", e.record.network_folder),
    "datastore": lambda world, e: references(
        s for s in world.of_kind("Datastore") if s.record.datacenter == e.record.name
    ),
    "network": lambda world, e: references(
        n
        for kind in ("DistributedVirtualPortgroup", "Network")
        for n in world.of_kind(kind)
        if n.record.datacenter == e.record.name
    ),
    "configuration": lambda _w, _e: data(vim.Datacenter.ConfigInfo),
}
SERVICE: dict[str, dict[str, Show]] = {
    "Folder": FOLDER,
    "Datacenter": DATACENTER,
    "LicenseManager": LICENCES,
    "OptionManager": {"setting": _option_settings, "supportedOption": lambda _w, _e: []},
    "Alarm": {"info": _alarm, "value": lambda _w, _e: [], "availableField": lambda _w, _e: []},
    "AlarmManager": {"defaultExpression": lambda _w, _e: []},
    "EventManager": {"maxCollector": lambda _w, _e: 1000},
    "TaskManager": {"recentTask": lambda _w, _e: [], "maxCollector": lambda _w, _e: 1000},
    "CustomFieldsManager": {"field": lambda _w, _e: field_definitions()},
    "ServiceInstance": {
        "serverClock": lambda world, _: world.now(),
        "capability": lambda _w, _e: data(
            vim.Capability, provisioningSupported=True, multiHostSupported=True
        ),
        "content": lambda world, _: content(world),
    },
}

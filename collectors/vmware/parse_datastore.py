"""Datastores: from the properties of a `Datastore` to the kind `datastore`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.vmware.reply import Properties
from collectors.vmware.surroundings import Surroundings
from collectors.vmware.values import (
    MIB,
    alarms,
    amount,
    flag,
    health,
    many,
    name_of,
    record,
    text,
)
from models.kinds.datastore import Datastore
from models.redaction import redact

# Source: vSphere API reference, Datastore. `info` has a subtype for each file system.
PATHS: Mapping[str, str] = {
    "name": "name",
    "parent": "datacenter",
    "summary.type": "type",
    "summary.url": "url",
    "summary.accessible": "accessible",
    "summary.multipleHostAccess": "shared",
    "summary.maintenanceMode": "maintenance_mode",
    "summary.capacity": "capacity_mib",
    "summary.freeSpace": "free_mib",
    "summary.uncommitted": "uncommitted_mib",
    "info": "filesystem_version luns ssd remote_path",
    "iormConfiguration.enabled": "io_control",
    "overallStatus": "status",
    "triggeredAlarmState": "triggered_alarms",
}


def parse_datastore(moid: str, found: Properties, around: Surroundings) -> Datastore:
    """Return the datastore; of one that no host reaches, vCenter knows no size."""
    accessible = flag(found.get("summary.accessible"))
    return Datastore(
        key=moid,
        name=name_of(found.get("name"), moid),
        type=text(found.get("summary.type")),
        url=text(found.get("summary.url")),
        accessible=accessible,
        shared=flag(found.get("summary.multipleHostAccess")),
        maintenance_mode=text(found.get("summary.maintenanceMode")),
        datacenter=around.datacenter(text(found.get("parent"))),
        capacity_mib=amount(found.get("summary.capacity"), MIB),
        free_mib=amount(found.get("summary.freeSpace"), MIB) if accessible else None,
        uncommitted_mib=amount(found.get("summary.uncommitted"), MIB),
        io_control=flag(found.get("iormConfiguration.enabled")),
        status=health(found.get("overallStatus")),
        triggered_alarms=alarms(found.get("triggeredAlarmState"), moid, around.alarms),
        **_file_system(record(found.get("info"))),
    )


def _file_system(info: Properties) -> dict[str, Any]:
    vmfs = record(info.get("vmfs"))
    extents = (text(record(item).get("diskName")) for item in many(vmfs.get("extent")))
    return {
        "filesystem_version": text(vmfs.get("version")),
        "luns": tuple(sorted(name for name in extents if name)),
        "ssd": flag(vmfs.get("ssd")),
        "remote_path": _remote_path(record(info.get("nas"))),
    }


def _remote_path(nas: Properties) -> str | None:
    host, path = text(nas.get("remoteHost")), text(nas.get("remotePath"))
    return redact(f"{host}:{path}") if host and path else None

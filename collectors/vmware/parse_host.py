"""Hosts: from the properties of a `HostSystem` to the kind `host`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.vmware.parse_certificate import expiry
from collectors.vmware.parse_host_network import (
    parse_kernel_adapters,
    parse_physical_nics,
    parse_virtual_switches,
)
from collectors.vmware.parse_host_storage import parse_storage_paths
from collectors.vmware.reply import Properties
from collectors.vmware.surroundings import Surroundings
from collectors.vmware.values import (
    MIB,
    alarms,
    amount,
    flag,
    health,
    integer,
    many,
    moment,
    name_of,
    power,
    record,
    references,
    text,
    texts,
)
from models.kinds.host import ConnectionState, Host
from models.redaction import redact

# Leaf paths, each with the fields that it fills. Source: vSphere API reference, HostSystem.
PATHS: Mapping[str, str] = {
    "name": "name",
    "parent": "cluster datacenter",
    "runtime.connectionState": "connection_state",
    "runtime.powerState": "power_state",
    "runtime.inMaintenanceMode": "in_maintenance",
    "runtime.bootTime": "booted_at",
    "summary.hardware": "vendor model uuid cpu_model cpu_sockets cpu_cores cpu_threads cpu_mhz"
    " memory_mib serial_number",
    "summary.config.product": "version build",
    "summary.rebootRequired": "reboot_required",
    "summary.quickStats": "cpu_usage_mhz memory_usage_mib",
    "hardware.systemInfo": "serial_number",
    "hardware.biosInfo.biosVersion": "bios_version",
    "config.hyperThread.active": "hyperthreading",
    "config.dateTimeInfo": "ntp_servers",
    "config.service.service": "ntp_running ntp_policy ssh_running",
    "config.lockdownMode": "lockdown_mode",
    "config.certificate": "certificate_not_after",
    # Of some thousand options one is wanted, but a path cannot choose among them.
    "config.option": "syslog_target",
    "config.network.dnsConfig": "dns_servers",
    "config.network.pnic": "physical_nics",
    "config.network.vswitch": "virtual_switches",
    "config.network.proxySwitch": "virtual_switches",
    "config.network.vnic": "kernel_adapters",
    "config.network.portgroup": "network.vlan",
    "config.storageDevice.scsiLun": "storage_paths",
    "config.storageDevice.multipathInfo": "storage_paths",
    "datastore": "datastores",
    "network": "networks",
    "overallStatus": "status",
    "triggeredAlarmState": "triggered_alarms",
}
_CONNECTION = {
    "connected": ConnectionState.CONNECTED,
    "disconnected": ConnectionState.DISCONNECTED,
    "notResponding": ConnectionState.NOT_RESPONDING,
}


def parse_host(moid: str, found: Properties, around: Surroundings) -> Host:
    """Return the host; what a host that does not answer cannot say stays None."""
    parent = text(found.get("parent"))
    state = text(found.get("runtime.connectionState")) or ""
    quick = record(found.get("summary.quickStats"))
    return Host(
        key=moid,
        name=name_of(found.get("name"), moid),
        connection_state=_CONNECTION.get(state, ConnectionState.UNKNOWN),
        power_state=power(found.get("runtime.powerState")),
        in_maintenance=flag(found.get("runtime.inMaintenanceMode")),
        cluster=around.cluster(parent),
        datacenter=around.datacenter(parent),
        booted_at=moment(found.get("runtime.bootTime")),
        reboot_required=flag(found.get("summary.rebootRequired")),
        certificate_not_after=expiry(found.get("config.certificate")),
        datastores=references(found.get("datastore")),
        networks=references(found.get("network")),
        cpu_usage_mhz=integer(quick.get("overallCpuUsage")),
        memory_usage_mib=integer(quick.get("overallMemoryUsage")),
        status=health(found.get("overallStatus")),
        triggered_alarms=alarms(found.get("triggeredAlarmState"), moid, around.alarms),
        **_hardware(found),
        **_settings(found),
        **_network(found, around.port_groups),
        storage_paths=parse_storage_paths(
            found.get("config.storageDevice.multipathInfo"),
            many(found.get("config.storageDevice.scsiLun")),
        ),
    )


def _hardware(found: Properties) -> dict[str, Any]:
    summary = record(found.get("summary.hardware"))
    product = record(found.get("summary.config.product"))
    return {
        "vendor": text(summary.get("vendor")),
        "model": text(summary.get("model")),
        "serial_number": _serial(found, summary),
        "bios_version": text(found.get("hardware.biosInfo.biosVersion")),
        "uuid": text(summary.get("uuid")),
        "cpu_model": text(summary.get("cpuModel")),
        "cpu_sockets": integer(summary.get("numCpuPkgs")),
        "cpu_cores": integer(summary.get("numCpuCores")),
        "cpu_threads": integer(summary.get("numCpuThreads")),
        "cpu_mhz": integer(summary.get("cpuMhz")),
        "memory_mib": amount(summary.get("memorySize"), MIB),
        "hyperthreading": flag(found.get("config.hyperThread.active")),
        "version": text(product.get("version")),
        "build": text(product.get("build")),
    }


def _serial(found: Properties, summary: Properties) -> str | None:
    system = record(found.get("hardware.systemInfo"))
    if serial := text(system.get("serialNumber")):
        return serial
    # Before vSphere 6.7 only the list of identifiers held it.
    for item in map(record, many(summary.get("otherIdentifyingInfo"))):
        kind = record(item.get("identifierType")).get("key")
        if kind in {"ServiceTag", "SerialNumberTag"} and text(item.get("identifierValue")):
            return text(item.get("identifierValue"))
    return None


def _settings(found: Properties) -> dict[str, Any]:
    listed = map(record, many(found.get("config.service.service")))
    services = {text(item.get("key")): item for item in listed}
    ntp = services.get("ntpd", {})
    return {
        "ntp_servers": _ntp_servers(found.get("config.dateTimeInfo")),
        "ntp_running": flag(ntp.get("running")),
        "ntp_policy": text(ntp.get("policy")),
        "ssh_running": flag(services.get("TSM-SSH", {}).get("running")),
        "lockdown_mode": text(found.get("config.lockdownMode")),
        "dns_servers": _dns_servers(found.get("config.network.dnsConfig")),
        "syslog_target": _syslog_target(found.get("config.option")),
    }


def _ntp_servers(value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, dict):
        return None
    return texts(record(value.get("ntpConfig")).get("server"))


def _dns_servers(value: Any) -> tuple[str, ...] | None:
    return texts(value.get("address")) if isinstance(value, dict) else None


def _syslog_target(value: Any) -> str | None:
    if value is None:
        return None
    for option in map(record, many(value)):
        if option.get("key") == "Syslog.global.logHost":
            return redact(text(option.get("value")) or "")
    return None


def _network(found: Properties, port_groups: dict[str, str]) -> dict[str, Any]:
    return {
        "physical_nics": parse_physical_nics(found.get("config.network.pnic")),
        "virtual_switches": parse_virtual_switches(
            found.get("config.network.vswitch"), found.get("config.network.proxySwitch")
        ),
        "kernel_adapters": parse_kernel_adapters(found.get("config.network.vnic"), port_groups),
    }

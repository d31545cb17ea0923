"""What may be done to hosts and clusters, and what a host hears from the switches next to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from deployments.practice.site.records import Cluster, Host, Switch
from deployments.practice.site.vendors import system_description
from deployments.practice.vcenter import faulted
from deployments.practice.vcenter.faulted import Faulted
from deployments.practice.vcenter.properties import find
from deployments.practice.vcenter.show_host import usage
from deployments.practice.vcenter.show_vm import consumed_mib
from deployments.practice.vcenter.tasks import at_once, task
from deployments.practice.vcenter.types import data, vim, vmodl
from deployments.practice.vcenter.vcenter import Call, Method

SERVICES = {"ntpd": "ntp", "TSM-SSH": "ssh"}
POLICIES = ("on", "off", "automatic")
LLDP_SECONDS = 120


def _host(call: Call) -> Host:
    """Return the host that a call is on, or whose subsystem it is on."""
    on = call.world.record(call.this.moid)
    host: Host = on if isinstance(on, Host) else call.world.record(on)
    return host


def _enter_maintenance(call: Call) -> None:
    host = _host(call)
    if host.maintenance:
        raise Faulted(data(vim.fault.InvalidState), "The host is in maintenance mode already.")
    call.world.put(replace(host, maintenance=True))
    running = [
        vm for vm in call.world.index.vms_by_host.get(host.moid, ()) if vm.power == "poweredOn"
    ]
    cluster: Cluster = call.world.record(host.cluster)
    moves = cluster.drs_enabled and cluster.drs_behavior == "fullyAutomated"
    for vm in running if moves else ():
        target = _roomiest(call, host, consumed_mib(vm))
        if target is not None:
            call.world.put(replace(vm, host=target))
    left = call.world.index.vms_by_host.get(host.moid, ())
    if any(vm.power == "poweredOn" for vm in left):
        call.world.put(replace(host, maintenance=False))
        raise Faulted(data(vim.fault.Timedout), "Operation timed out: VMs still run on the host.")


def _roomiest(call: Call, leaving: Host, needed_mib: int) -> str | None:
    """Return the host of the same cluster with most memory free, if the VM fits there."""
    free = {
        host.moid: (host.memory_bytes >> 20) - usage(call.world, host)[1]
        for host in call.world.hosts_of(leaving.cluster)
        if host.moid != leaving.moid and not host.maintenance and host.connection == "connected"
    }
    best = max(free, key=free.__getitem__, default=None)
    return best if best is not None and free[best] >= needed_mib else None


def _exit_maintenance(call: Call) -> None:
    host = _host(call)
    if not host.maintenance:
        raise Faulted(data(vim.fault.InvalidState), "The host is not in maintenance mode.")
    call.world.put(replace(host, maintenance=False))


def _reconnect(call: Call) -> None:
    call.world.put(replace(_host(call), connection="connected"))


def _update_time(call: Call) -> None:
    config = call.arguments["config"]
    if config.ntpConfig is not None:
        servers = tuple(config.ntpConfig.server)
        call.world.put(replace(_host(call), ntp_servers=servers))


def _service(call: Call) -> str:
    """Return the start of the fields that keep a service, by its id."""
    name = SERVICES.get(call.arguments["id"])
    if name is None:
        raise Faulted(data(vim.fault.NotFound), f"No service {call.arguments['id']}.")
    return name


def _set_service(call: Call, *, running: bool) -> None:
    call.world.put(replace(_host(call), **{f"{_service(call)}_running": running}))  # type: ignore[arg-type]


def _set_service_policy(call: Call) -> None:
    policy = call.arguments["policy"]
    if policy not in POLICIES:
        raise faulted.invalid_argument("policy")
    call.world.put(replace(_host(call), **{f"{_service(call)}_at_boot": policy}))


def _reconfigure_cluster(call: Call) -> None:
    spec, cluster = call.arguments["spec"], call.world.record(call.this.moid)
    das, drs = spec.dasConfig, spec.drsConfig
    values = (
        ("ha_enabled", das and das.enabled),
        ("admission_control", das and das.admissionControlEnabled),
        ("host_failures_tolerated", das and das.failoverLevel),
        ("drs_enabled", drs and drs.enabled),
        ("drs_behavior", drs and drs.defaultVmBehavior),
    )
    changed = {name: value for name, value in values if value is not None}
    call.world.put(replace(cluster, **changed))


def _acknowledge(call: Call) -> None:
    alarm = call.arguments["alarm"]._moId  # noqa: SLF001
    entity = find(call.world, call.arguments["entity"])
    call.world.triggered = [
        replace(one, acknowledged=True) if (one.alarm, one.entity) == (alarm, entity.moid) else one
        for one in call.world.triggered
    ]
    call.world.touch([entity])


def _network_hint(call: Call) -> list[Any]:
    host, wanted = _host(call), set(call.arguments["device"])
    switches = {switch.name: switch for switch in call.world.site.switches}
    return [
        _hint(pnic.name, pnic.port, switches[pnic.switch])
        for pnic in host.pnics
        if pnic.up and (not wanted or pnic.name in wanted)
    ]


def _hint(device: str, port: str, switch: Switch) -> Any:
    parameters: Iterable[tuple[str, str]] = (
        ("System Name", switch.name),
        ("Port Description", f"{port} to {device}"),
        ("System Description", system_description(switch.platform, switch.model, switch.software)),
    )
    return data(
        vim.host.PhysicalNic.NetworkHint,
        device=device,
        subnet=[],
        network=[],
        lldpInfo=data(
            vim.host.PhysicalNic.LldpInfo,
            chassisId=switch.mac,
            portId=port,
            timeToLive=LLDP_SECONDS,
            parameter=[data(vmodl.KeyAnyValue, key=key, value=value) for key, value in parameters],
        ),
    )


HOST: dict[str, Method] = {
    "EnterMaintenanceMode_Task": task(_enter_maintenance, "Host.Config.Maintenance"),
    "ExitMaintenanceMode_Task": task(_exit_maintenance, "Host.Config.Maintenance"),
    "ReconnectHost_Task": task(_reconnect, "Host.Config.Connection"),
    "UpdateDateTimeConfig": at_once(_update_time, "Host.Config.DateTime"),
    "StartService": at_once(
        lambda call: _set_service(call, running=True), "Host.Config.NetService"
    ),
    "RestartService": at_once(
        lambda call: _set_service(call, running=True), "Host.Config.NetService"
    ),
    "StopService": at_once(
        lambda call: _set_service(call, running=False), "Host.Config.NetService"
    ),
    "UpdateServicePolicy": at_once(_set_service_policy, "Host.Config.NetService"),
    "ReconfigureComputeResource_Task": task(_reconfigure_cluster, "Host.Inventory.EditCluster"),
    "ReconfigureCluster_Task": task(_reconfigure_cluster, "Host.Inventory.EditCluster"),
    "AcknowledgeAlarm": at_once(_acknowledge, "Alarm.Acknowledge"),
    "QueryNetworkHint": Method(run=_network_hint),
}

"""The faults that can be planted in a running practice datacenter, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from deployments.practice import faults_kubernetes, faults_network

if TYPE_CHECKING:
    from deployments.practice.vcenter.control import Control


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: what it is, and the function that plants it and says what it did.

    `part` is whose control the function takes: vcenter, kubernetes or devices. What does not last
    is over once it was done.
    """

    description: str
    plant: Callable[[Any], str]
    part: str = "vcenter"
    lasts: bool = True


def _kubernetes(description: str, plant: Callable[[Any], str]) -> Fault:
    return Fault(description=description, plant=plant, part="kubernetes")


def _network(description: str, plant: Callable[[Any], str]) -> Fault:
    return Fault(description=description, plant=plant, part="devices")


def _first(control: Control, planted: str, kind: str, position: int = 0) -> str:
    """Return an object of a kind that no planted fault of that name sits on."""
    taken = set(control.planted().get(planted, ()))
    return [moid for moid in control.names(kind) if moid not in taken][position]


def _running(control: Control) -> str:
    """Return a VM that is on, has no snapshots and has its tools."""
    taken = {moid for moids in control.planted().values() for moid in moids}
    for moid in control.names():
        vm = control.record(moid)
        if vm.power == "poweredOn" and not vm.snapshots and moid not in taken and not vm.template:
            return moid
    return next(iter(control.names()))


def _datastore_full(control: Control) -> str:
    moid = _first(control, "datastore_full", "Datastore", 1)
    store = control.record(moid)
    control.change(moid, other_bytes=store.other_bytes + _free(control, moid) * 97 // 100)
    control.raise_alarm("alarm-10", moid)
    return f"datastore {store.name} has almost no space left"


def _free(control: Control, moid: str) -> int:
    from deployments.practice.site.stores import vm_bytes

    store = control.record(moid)
    vms = [control.record(vm) for vm in control.names()]
    used = sum(vm_bytes(vm) for vm in vms if vm.datastore == moid)
    return max(0, int(store.capacity_bytes) - used - int(store.other_bytes))


def _host_down(control: Control) -> str:
    moid = next(iter(control.names("HostSystem")))
    control.change(moid, connection="notResponding")
    control.raise_alarm("alarm-1", moid)
    return f"host {control.record(moid).name} does not respond, nor do its VMs"


def _snapshot_forgotten(control: Control) -> str:
    from deployments.practice.site.records import Snapshot

    vm = control.record(_running(control))
    snapshot = Snapshot(
        id=1,
        name="temporary, delete tomorrow",
        description="",
        created_at=vm.created_at + timedelta(days=1),
        size_bytes=40 << 30,
        power_state="poweredOn",
        quiesced=False,
    )
    control.change(vm.moid, snapshots=(snapshot,), current_snapshot=1)
    return f"VM {vm.name} runs on a snapshot of {snapshot.created_at:%Y-%m-%d}"


def _vm_powered_off(control: Control) -> str:
    moid = _running(control)
    control.set_power(moid, "poweredOff")
    return f"VM {control.record(moid).name} is off"


def _ha_disabled(control: Control) -> str:
    moid = _first(control, "ha_disabled", "ClusterComputeResource")
    control.change(moid, ha_enabled=False, admission_control=False)
    return f"cluster {control.record(moid).name} no longer restarts VMs of a failed host"


def _uplink_lost(control: Control) -> str:
    moid = _first(control, "single_uplink", "HostSystem", 1)
    host = control.record(moid)
    pnics = tuple(replace(p, up=False) if p.name == "vmnic3" else p for p in host.pnics)
    control.change(moid, pnics=pnics)
    control.raise_alarm("alarm-23", moid)
    return f"host {host.name} lost the link of vmnic3"


def _path_lost(control: Control) -> str:
    moid = _first(control, "single_path", "HostSystem", 2)
    control.change(moid, storage_paths=1)
    control.raise_alarm("alarm-28", moid)
    return f"host {control.record(moid).name} reaches its datastores over one path only"


def _ntp_stopped(control: Control) -> str:
    moid = _first(control, "ntp_stopped", "HostSystem")
    control.change(moid, ntp_running=False)
    return f"host {control.record(moid).name} no longer keeps its time"


def _memory_grown(control: Control) -> str:
    moid = _running(control)
    vm = control.record(moid)
    control.reconfigure_vm(moid, memory_mib=vm.memory_mib * 2)
    return f"VM {vm.name} has {vm.memory_mib * 2} MiB, twice what it had"


def _certificate_expiring(control: Control) -> str:
    return f"the certificate now ends {control.renew_certificate(days=3):%Y-%m-%d}"


def _half_gone(control: Control) -> str:
    return f"{control.remove_half_the_vms()} VMs are no longer shown"


def _sessions_lost(control: Control) -> str:
    control.kill_sessions()
    return "every session has ended"


def _slow(control: Control) -> str:
    control.delay(2.0)
    return "every call now takes two seconds longer"


FAULTS: dict[str, Fault] = {
    "datastore-full": Fault(description="A datastore is almost full.", plant=_datastore_full),
    "host-down": Fault(description="A host stops answering, with its VMs.", plant=_host_down),
    "snapshot-forgotten": Fault(
        description="A VM runs on an old snapshot.", plant=_snapshot_forgotten
    ),
    "vm-powered-off": Fault(description="A running VM is switched off.", plant=_vm_powered_off),
    "ha-disabled": Fault(description="A cluster loses its high availability.", plant=_ha_disabled),
    "uplink-lost": Fault(description="A host loses a network link.", plant=_uplink_lost),
    "path-lost": Fault(description="A host is down to one storage path.", plant=_path_lost),
    "ntp-stopped": Fault(description="A host's time service stops.", plant=_ntp_stopped),
    "memory-grown": Fault(description="A VM's memory is doubled.", plant=_memory_grown),
    "certificate-expiring": Fault(
        description="The vCenter's certificate ends in three days.", plant=_certificate_expiring
    ),
    "half-gone": Fault(description="Half the VMs are no longer shown.", plant=_half_gone),
    "sessions-lost": Fault(
        description="All sessions end at once.", plant=_sessions_lost, lasts=False
    ),
    "slow": Fault(description="Every call takes two seconds longer.", plant=_slow),
    "node-not-ready": _kubernetes(
        "A node stops answering, with its pods.", faults_kubernetes.node_not_ready
    ),
    "pod-crash-loop": _kubernetes(
        "The pods of a deployment crash.", faults_kubernetes.pod_crash_loop
    ),
    "budget-blocks": _kubernetes(
        "A disruption budget lets no pod go.", faults_kubernetes.budget_blocks
    ),
    "tls-certificate-expiring": _kubernetes(
        "A certificate of an ingress ends in two days.", faults_kubernetes.certificate_expiring
    ),
    "service-without-endpoints": _kubernetes(
        "A service selects no pod any more.", faults_kubernetes.service_without_endpoints
    ),
    "image-latest": _kubernetes(
        "A deployment runs an image of no fixed version.", faults_kubernetes.image_latest
    ),
    "port-err-disabled": _network(
        "A switch disables the port of a host.", faults_network.port_err_disabled
    ),
    "port-shut": _network("The port of a host is shut.", faults_network.port_shut),
    "vlan-missing": _network(
        "A VLAN is missing on one side of an uplink.", faults_network.vlan_missing
    ),
    "duplicate-ip": _network("Two machines have one address.", faults_network.duplicate_ip),
    "config-not-saved": _network(
        "A switch runs a configuration that is not saved.", faults_network.config_not_saved
    ),
    "device-silent": _network(
        "A switch takes logins and then says nothing.", faults_network.device_silent
    ),
}

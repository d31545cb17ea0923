"""Health checks of virtual machines; templates are left out where they never run."""

from __future__ import annotations

from typing import Any

from models.kinds.common import PowerState
from models.kinds.vm import ToolsState, Vm, Volume
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import (
    Context,
    Verdict,
    check,
    crit,
    info,
    ok,
    plural,
    unknown,
    warn,
)

INFO, WARN, CRIT = Severity.INFO, Severity.WARN, Severity.CRIT
RECONNECT = "Bring its host back to vCenter, which then reports the state again."
TOOLS_FAULTS = {
    ToolsState.OLD: "the guest tools are old",
    ToolsState.NOT_RUNNING: "the guest tools do not run",
    ToolsState.NOT_INSTALLED: "no guest tools are installed",
}


def _running(vm: Vm) -> bool:
    return vm.power_state is PowerState.ON and not vm.template


def _machine(vm: Vm) -> bool:
    return not vm.template


@check(
    "VM-04",
    "Old snapshots",
    kinds=("vm",),
    levels=(INFO, WARN, CRIT),
    needs=("snapshots", "snapshot_count"),
    thresholds=("snapshots.warn_days", "snapshots.crit_days"),
    remedy="Delete or consolidate the snapshots that nobody needs: they grow and slow the disk.",
)
def old_snapshots(asset: Asset, context: Context) -> Verdict:
    """Age of the oldest snapshot of the whole tree; `snapshots` lists children too."""
    vm: Vm = asset.record
    if not vm.snapshots:
        if vm.snapshot_count:
            return unknown(f"{plural(vm.snapshot_count, 'snapshot')} of unknown age")
        return ok("no snapshots", snapshot_count=0)
    dated = [item for item in vm.snapshots if item.created_at is not None]
    oldest = min((item.created_at for item in dated if item.created_at), default=None)
    many = plural(len(vm.snapshots), "snapshot")
    if oldest is None:
        return unknown(f"{many} of unknown age", snapshot_count=len(vm.snapshots))
    message = f"{many}, the oldest of {oldest:%Y-%m-%d}"
    evidence: dict[str, Any] = {
        "snapshot_count": len(vm.snapshots),
        "oldest_created_at": oldest.isoformat(),
    }
    age = context.days_since(oldest)
    if age >= context.policy.snapshots.crit_days:
        return crit(message, **evidence)
    if len(dated) < len(vm.snapshots):
        return unknown(f"{message}; the age of others is not known", **evidence)
    return (warn if age >= context.policy.snapshots.warn_days else info)(message, **evidence)


@check(
    "VM-05",
    "Disk consolidation needed",
    kinds=("vm",),
    levels=(WARN,),
    needs=("consolidation_needed",),
    remedy="Consolidate the disks: a deleted snapshot left its delta files behind.",
)
def consolidation_needed(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """What vCenter itself says after a snapshot was removed."""
    if asset.record.consolidation_needed:
        return warn("disk consolidation is needed", consolidation_needed=True)
    return ok("no consolidation is needed", consolidation_needed=False)


@check(
    "VM-07",
    "Guest tools old, missing or not running",
    kinds=("vm",),
    levels=(WARN,),
    when=_running,
    reads=("tools_state",),
    remedy="Install or upgrade the guest tools and see that their service starts.",
)
def guest_tools(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Only of running machines: of others vCenter keeps what it last saw."""
    state = asset.record.tools_state
    if state is ToolsState.OK:
        return ok("the guest tools run and are current", tools_state="ok")
    evidence: dict[str, Any] = {
        "tools_state": state.value,
        "tools_version": asset.record.tools_version,
    }
    if fault := TOOLS_FAULTS.get(state):
        return warn(fault, **evidence)
    return unknown("the state of the guest tools is not known", **evidence)


@check(
    "VM-08",
    "Guest volume nearly full",
    kinds=("vm",),
    levels=(WARN, CRIT),
    when=_running,
    reads=("guest_volumes",),
    thresholds=("guest_volumes.warn_free_percent", "guest_volumes.crit_free_percent"),
    remedy="Free space inside the guest or enlarge the disk and its file system.",
)
def guest_volumes(asset: Asset, context: Context) -> Verdict:
    """The file system with the smallest free share, as the guest tools report it."""
    limits = context.policy.guest_volumes
    sized = [volume for volume in asset.record.guest_volumes if volume.capacity_mib > 0]
    if not sized:
        return unknown(
            "the guest reports no volumes",
            cure="Install or start the guest tools, so that the volumes are reported.",
            tools_state=asset.record.tools_state.value,
        )
    fullest = min(sized, key=_free_percent)
    free = _free_percent(fullest)
    if free >= limits.warn_free_percent:
        return ok("the guest volumes have room", volumes=len(sized))
    message = f"{fullest.path} has {int(free)} % free"
    verdict = crit if free < limits.crit_free_percent else warn
    return verdict(message, path=fullest.path, free_percent=int(free))


def _free_percent(volume: Volume) -> float:
    return 100 * volume.free_mib / volume.capacity_mib


@check(
    "VM-09",
    "Powered off for long",
    kinds=("vm",),
    levels=(INFO, WARN),
    when=_machine,
    thresholds=("powered_off.info_days", "powered_off.warn_days"),
    remedy="Ask its owner whether it is still needed; archive and delete it if not.",
)
def powered_off(asset: Asset, context: Context) -> Verdict:
    """Machines that hold storage and licences for nobody."""
    vm: Vm = asset.record
    if vm.power_state is PowerState.UNKNOWN:
        return unknown("the power state is not known", cure=RECONNECT, power_state="unknown")
    if vm.power_state is not PowerState.OFF:
        return ok("not powered off", power_state=vm.power_state.value)
    if vm.powered_off_at is None:
        return unknown(
            "powered off since an unknown time",
            cure="Ask its owner; vCenter no longer keeps the event of when it was switched off.",
            missing="powered_off_at",
        )
    days = context.days_since(vm.powered_off_at)
    message = f"powered off since {vm.powered_off_at:%Y-%m-%d}"
    evidence = {"power_state": "off", "powered_off_at": vm.powered_off_at.isoformat()}
    if days < context.policy.powered_off.info_days:
        return ok(message, **evidence)
    return (warn if days >= context.policy.powered_off.warn_days else info)(message, **evidence)


@check(
    "VM-10",
    "Orphaned, inaccessible or invalid",
    kinds=("vm",),
    levels=(WARN, CRIT),
    needs=("connection_state",),
    remedy="Bring its datastore or host back, or remove the entry from the inventory.",
)
def connection(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Whether vCenter still has hold of the machine and of its files."""
    state = str(asset.record.connection_state)
    if state == "connected":
        return ok("connected", connection_state=state)
    if state == "unknown":
        return unknown("the connection state is not known", cure=RECONNECT, connection_state=state)
    # "disconnected" says only that its host is; the machine may run on.
    return (warn if state == "disconnected" else crit)(f"it is {state}", connection_state=state)


@check(
    "VM-17",
    "CPU or memory limit set",
    kinds=("vm",),
    levels=(INFO, WARN),
    when=_machine,
    reads=("cpu_limit_mhz", "memory_limit_mib"),
    remedy="Remove what nobody meant: a limit throttles when nothing is short, reservations hoard.",
)
def limits_set(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """No limit is the rule; the collector leaves an unlimited value out."""
    vm: Vm = asset.record
    limits = {"cpu_limit_mhz": vm.cpu_limit_mhz, "memory_limit_mib": vm.memory_limit_mib}
    found = {name: value for name, value in limits.items() if value is not None}
    if found:
        shown = {"cpu_limit_mhz": "CPU to {} MHz", "memory_limit_mib": "memory to {} MiB"}
        texts = [shown[name].format(value) for name, value in found.items()]
        return warn(f"limited: {', '.join(texts)}", **found)
    if vm.cpu_reservation_mhz or vm.memory_reservation_mib:
        return info(
            "resources are reserved",
            cpu_reservation_mhz=vm.cpu_reservation_mhz,
            memory_reservation_mib=vm.memory_reservation_mib,
        )
    return ok("no limit is set")


@check(
    "NW-03",
    "Network adapter disconnected",
    kinds=("vm",),
    levels=(WARN,),
    when=_running,
    needs=("nics",),
    remedy="Connect the adapter to its network, or remove it.",
)
def network_adapters(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Adapters of a running machine that are unplugged or whose network is gone."""
    vm: Vm = asset.record
    loose = [nic.label for nic in vm.nics if not nic.connected]
    if loose:
        return warn(f"not connected: {', '.join(loose)}", disconnected=loose)
    lost = [nic.label for nic in vm.nics if nic.network is None]
    if lost:
        return warn(f"without a network: {', '.join(lost)}", without_network=lost)
    return ok("every adapter is connected", nics=len(vm.nics))

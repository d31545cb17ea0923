"""The virtual machines of a cluster: named after what they run, sized and addressed to match."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from deployments.practice.site import words
from deployments.practice.site.draw import Draw
from deployments.practice.site.fabric import GIB, Slot
from deployments.practice.site.ground import Ground
from deployments.practice.site.plan import ClusterPlan
from deployments.practice.site.records import (
    Disk,
    Nic,
    Reservation,
    Snapshot,
    VirtualMachine,
    Volume,
)

VMS_PER_DATASTORE = 40
TOOLS_CURRENT, TOOLS_OLD = 12421, 10346

# Planted in annotations, custom fields and guestinfo; none may ever leave a collector.
CANARY_SECRETS = (
    "Tr0ub4dor-c4nary-7781",
    "sk-canary-51Hq9ZxT3vWbN8",
    "c4nary-Pa55-guestinfo-0042",
    "canary-snmp-r3adw1te",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where a cluster's VMs may live."""

    plan: ClusterPlan
    ground: Ground
    slots: tuple[Slot, ...]
    pools: tuple[str, ...]
    datastores: tuple[tuple[str, str], ...]  # id and name


class NameBook:
    """Names that do not repeat: application, tier, environment and a number."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def name(self, datacenter: str, environment: str, app: str, tier: str) -> str:
        """Return the next name, such as shop-web-prod-03; other datacenters put theirs in front."""
        site = "" if datacenter == "fra1" else f"{datacenter}-"
        stem = f"{site}{app}-{tier}-{environment}"
        number = self._next[stem] = self._next.get(stem, 0) + 1
        return f"{stem}-{number:02d}"


def build_fleet(draw: Draw, home: Home, book: NameBook) -> list[VirtualMachine]:
    """Build a cluster's VMs, each on the host with least memory in use, as DRS would."""
    in_use = dict.fromkeys((slot.moid for slot in home.slots), 0)
    vms = []
    for number in range(home.plan.vm_count):
        vm = _vm(draw, home, book, number, min(in_use, key=in_use.__getitem__))
        in_use[vm.host] += vm.memory_mib
        vms.append(vm)
    return vms


def _vm(draw: Draw, home: Home, book: NameBook, number: int, host: str) -> VirtualMachine:
    app, tiers = draw.pick(words.APPLICATIONS)
    tier = draw.pick(tiers)
    plan, ground = home.plan, home.ground
    name = book.name(plan.datacenter, plan.environment, app, tier)
    guest_id, guest_os = _guest(draw, app)
    cpus, memory_gib = _size(draw, tier)
    datastore, datastore_name = home.datastores[number % len(home.datastores)]
    on = not draw.chance(0.06)
    disks = _disks(draw, name, tier, datastore, datastore_name, memory_gib)
    segment = _segment(plan.environment, app, tier)
    nics = _nics(draw, ground, segment, tier, on)
    return VirtualMachine(
        moid=draw.moid("vm-"),
        name=name,
        instance_uuid=draw.uuid(),
        bios_uuid=draw.uuid(),
        template=False,
        guest_id=guest_id,
        guest_os=guest_os,
        cpu_count=cpus,
        cores_per_socket=max(1, cpus // 2),
        memory_mib=memory_gib * 1024,
        host=host,
        pool=draw.pick(home.pools),
        folder=_folder(ground, plan.environment, app),
        datastore=datastore,
        host_name=f"{name}.{plan.datacenter}.example.net",
        annotation=draw.pick(words.NOTES).format(owner=draw.pick(words.OWNERS), app=app),
        custom=(("owner", draw.pick(words.OWNERS)), ("cost-centre", f"CC{4000 + len(app) * 37}")),
        extra=(("nvram", f"{name}.nvram"), ("svga.present", "TRUE")),
        disks=disks,
        nics=nics,
        volumes=_volumes(draw, guest_os, disks),
        **_options(draw),
        **_life(draw, on=on),
    )


def _options(draw: Draw) -> dict[str, Any]:
    return {
        "hardware": draw.pick(("vmx-21", "vmx-20", "vmx-19"), (7, 2, 1)),
        "limits": Reservation(),
        "change_tracking": draw.chance(0.9),
        "cpu_hot_add": draw.chance(0.3),
        "memory_hot_add": draw.chance(0.3),
    }


def _life(draw: Draw, *, on: bool) -> dict[str, Any]:
    """Return what a VM that is on, or off for a few days, looks like."""
    snapshots = _fresh_snapshot(draw) if on and draw.chance(0.03) else ()
    return {
        "power": "poweredOn" if on else "poweredOff",
        "tools": draw.pick(("current", "stopped"), (97, 3)) if on else "current",
        "tools_version": TOOLS_CURRENT,
        "snapshots": snapshots,
        "current_snapshot": 1 if snapshots else None,
        "consolidation_needed": False,
        "created_at": draw.ago(90, 1400),
        "booted_at": draw.ago(1, 90) if on else None,
        "powered_off_at": None if on else draw.ago(0.5, 5),
        "cpu_demand": draw.between(0.02, 0.5) if on else 0.0,
        "memory_demand": draw.between(0.3, 0.9) if on else 0.0,
    }


def _guest(draw: Draw, app: str) -> tuple[str, str]:
    if app in words.WINDOWS_APPLICATIONS:
        return draw.pick(words.WINDOWS, words.WINDOWS_WEIGHTS)
    return draw.pick(words.LINUX, words.LINUX_WEIGHTS)


def _size(draw: Draw, tier: str) -> tuple[int, int]:
    if tier in words.DATABASE_TIERS:
        return draw.pick(words.DATABASE_SIZES, words.DATABASE_WEIGHTS)
    return draw.pick(words.SIZES, words.SIZE_WEIGHTS)


def _segment(environment: str, app: str, tier: str) -> str:
    if environment != "prod":
        return "dev"
    if app in words.INFRASTRUCTURE:
        return "infra"
    if tier in words.DATABASE_TIERS:
        return "prod-db"
    return "prod-web" if tier in words.WEB_TIERS else "prod-app"


def _folder(ground: Ground, environment: str, app: str) -> str:
    if app in words.INFRASTRUCTURE:
        return ground.vm_folders["Infrastructure"]
    return ground.vm_folders["Production" if environment == "prod" else "Development"]


def _disks(
    draw: Draw, name: str, tier: str, datastore: str, datastore_name: str, memory_gib: int
) -> tuple[Disk, ...]:
    sizes = [draw.pick((20, 40, 60, 100), (2, 5, 3, 1))]
    if tier in words.DATABASE_TIERS:
        sizes += [4 * memory_gib, 2 * memory_gib]
    elif draw.chance(0.35):
        sizes.append(draw.pick((50, 100, 200)))
    return tuple(
        Disk(
            key=2000 + index,
            label=f"Hard disk {index + 1}",
            capacity_bytes=size * GIB,
            used_bytes=int(size * GIB * draw.between(0.25, 0.85)),
            datastore=datastore,
            file=f"[{datastore_name}] {name}/{name}{f'_{index}' if index else ''}.vmdk",
            thin=draw.chance(0.85),
            uuid=draw.uuid(),
        )
        for index, size in enumerate(sizes)
    )


def _nics(draw: Draw, ground: Ground, segment: str, tier: str, on: bool) -> tuple[Nic, ...]:  # noqa: FBT001
    segments = [segment]
    if tier in words.WEB_TIERS and draw.chance(0.4):
        segments.append("dmz")
    return tuple(
        Nic(
            key=4000 + index,
            label=f"Network adapter {index + 1}",
            kind=draw.pick(("Vmxnet3", "E1000e"), (30, 1)),
            mac=draw.vm_mac(),
            network=ground.segments[name],
            connected=on,
            addresses=(ground.address(name),),
        )
        for index, name in enumerate(segments)
    )


def _volumes(draw: Draw, guest_os: str, disks: tuple[Disk, ...]) -> tuple[Volume, ...]:
    windows = "Windows" in guest_os
    paths = ("C:\\", "D:\\", "E:\\") if windows else ("/", "/var/lib", "/srv")
    volumes = []
    for path, disk in zip(paths, disks, strict=False):
        capacity = disk.capacity_bytes * 97 // 100
        free = int(capacity * draw.between(0.15, 0.75))
        volumes.append(Volume(path=path, capacity_bytes=capacity, free_bytes=free))
    return tuple(volumes)


def _fresh_snapshot(draw: Draw) -> tuple[Snapshot, ...]:
    snapshot = Snapshot(
        id=1,
        name="before-patching",
        description="Taken by the patch run",
        created_at=draw.ago(0.5, 5),
        size_bytes=int(draw.between(1, 8) * GIB),
        power_state="poweredOn",
        quiesced=True,
    )
    return (snapshot,)

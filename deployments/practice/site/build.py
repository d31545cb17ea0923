"""Put a site together: ground, homes, fleet with its faults, then hosts and datastores to fit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from deployments.practice.site import catalogue
from deployments.practice.site.draw import Draw
from deployments.practice.site.fabric import (
    MEMORY_STEP,
    OLDER_ESXI,
    Slot,
    build_hosts,
    build_racks,
)
from deployments.practice.site.fleet import VMS_PER_DATASTORE, Home, NameBook, build_fleet
from deployments.practice.site.ground import ROOT_FOLDER, Ground, lay_ground
from deployments.practice.site.kubernetes import build_kubernetes, own_stream
from deployments.practice.site.plan import BERLIN, FRANKFURT, ClusterPlan, plan_clusters
from deployments.practice.site.plant import plant_faults
from deployments.practice.site.records import (
    Cluster,
    Datastore,
    Folder,
    Host,
    Rack,
    ResourcePool,
    Site,
    Switch,
    VirtualMachine,
)
from deployments.practice.site.stores import (
    FILLING,
    FULL,
    local_datastore,
    nfs_share,
    shared_datastores,
    vm_bytes,
)
from deployments.practice.site.wiring import build_switches

CERTIFICATE_DAYS_LEFT = 19
DIMM = 16 << 30


@dataclass(slots=True)
class _Draft:
    """What has been built so far."""

    draw: Draw
    grounds: dict[str, Ground]
    homes: list[Home] = field(default_factory=list)
    clusters: list[Cluster] = field(default_factory=list)
    pools: list[ResourcePool] = field(default_factory=list)
    vms: list[VirtualMachine] = field(default_factory=list)
    hosts: list[Host] = field(default_factory=list)
    racks: list[Rack] = field(default_factory=list)
    switches: list[Switch] = field(default_factory=list)
    datastores: list[Datastore] = field(default_factory=list)
    planted: dict[str, tuple[str, ...]] = field(default_factory=dict)


def today() -> datetime:
    """Return the start of the current day in UTC."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def build_site(
    seed: int = 7, vm_count: int = 240, anchor: datetime | None = None, *, pod_count: int = 150
) -> Site:
    """Build the site of a seed.

    Args:
        seed: The same seed, size and anchor give the same site.
        vm_count: Virtual machines, templates included; hosts, racks and switches follow from it.
            All faults are there from about 60.
        anchor: The moment that ages count back from; by default the start of today in UTC.
        pod_count: Pods of the Kubernetes clusters, which stand on the VMs; never fewer than the
            planted faults need, and none where too few VMs suit.
    """
    draw = Draw(seed, anchor or today())
    draft = _Draft(draw, {n: lay_ground(draw, n, i) for i, n in enumerate((FRANKFURT, BERLIN), 1)})
    for plan in plan_clusters(vm_count):
        _add_cluster(draft, plan)
    _add_fleet(draft)
    _add_hosts(draft)
    _add_datastores(draft)
    return _finish(draft, seed, pod_count)


def _add_cluster(draft: _Draft, plan: ClusterPlan) -> None:
    draw, ground = draft.draw, draft.grounds[plan.datacenter]
    cluster, root = draw.moid("domain-c"), draw.moid("resgroup-")
    pools = [ResourcePool(moid=root, name="Resources", cluster=cluster, parent=cluster)]
    pools += [
        ResourcePool(moid=draw.moid("resgroup-"), name=name, cluster=cluster, parent=root, shares=s)
        for name, s in (("gold", "high"), ("silver", "normal"))
    ]
    batch = draw.moid("resgroup-")
    pools.append(
        ResourcePool(
            moid=batch,
            name="batch",
            cluster=cluster,
            parent=pools[-1].moid,
            shares="low",
            cpu_limit_mhz=24000,
            memory_limit_mib=1 << 18,
        )
    )
    stores = max(2, -(-plan.vm_count // VMS_PER_DATASTORE))
    draft.homes.append(
        Home(
            plan=plan,
            ground=ground,
            slots=tuple(
                Slot(moid=draw.moid("host-"), cluster=cluster, plan=plan, index=index)
                for index in range(plan.host_count)
            ),
            pools=tuple(pool.moid for pool in pools),
            datastores=tuple(
                (draw.moid("datastore-"), f"{plan.name}-vmfs-{n + 1:02d}") for n in range(stores)
            ),
        )
    )
    draft.pools += pools
    draft.clusters.append(_cluster(plan, ground, cluster, root))
    if plan.fault:
        draft.planted[plan.fault] = (cluster,)


def _cluster(plan: ClusterPlan, ground: Ground, moid: str, root: str) -> Cluster:
    return Cluster(
        moid=moid,
        name=plan.name,
        datacenter=plan.datacenter,
        folder=ground.datacenter.host_folder,
        root_pool=root,
        dvs=ground.dvswitch.moid,
        ha_enabled=plan.fault != "ha_disabled",
        admission_control=plan.fault not in {"ha_disabled", "admission_control_off"},
        host_failures_tolerated=1,
        drs_enabled=True,
        drs_behavior="partiallyAutomated" if plan.environment == "dev" else "fullyAutomated",
        evc_mode="intel-icelake",
    )


def _add_fleet(draft: _Draft) -> None:
    book = NameBook()
    vms = [vm for home in draft.homes for vm in build_fleet(draft.draw, home, book)]
    draft.vms, planted = plant_faults(draft.draw, vms)
    draft.planted |= planted
    _make_templates(draft)
    _share_a_name(draft)


def _make_templates(draft: _Draft) -> None:
    """Turn the last VMs that are off for a short while into templates."""
    long_off = set(draft.planted["powered_off_long"])
    off = [
        n for n, vm in enumerate(draft.vms) if vm.power == "poweredOff" and vm.moid not in long_off
    ]
    folders = {
        h.moid: home.ground.vm_folders["Templates"] for home in draft.homes for h in home.slots
    }
    names = ("tpl-ubuntu-2404", "tpl-rhel-9", "tpl-windows-2022")
    for number, name in zip(off[-len(names) :], names, strict=False):
        vm = draft.vms[number]
        draft.vms[number] = replace(
            vm, name=name, template=True, pool=None, host_name=None, folder=folders[vm.host]
        )


def _share_a_name(draft: _Draft) -> None:
    """Give one VM of each datacenter the same name, as vCenter allows."""
    berlin = {
        slot.moid for home in draft.homes if home.plan.datacenter == BERLIN for slot in home.slots
    }
    on = [n for n, vm in enumerate(draft.vms) if vm.power == "poweredOn" and vm.host in berlin]
    if on and len(draft.vms) > len(on):
        first = draft.vms[0]
        draft.vms[on[-1]] = replace(draft.vms[on[-1]], name=first.name)
        draft.planted["same_name"] = (first.moid, draft.vms[on[-1]].moid)


def _add_hosts(draft: _Draft) -> None:
    memory = {home.slots[0].cluster: _memory_a_host(draft, home) for home in draft.homes}
    for name, ground in draft.grounds.items():
        slots = [s for home in draft.homes if home.plan.datacenter == name for s in home.slots]
        draft.hosts += build_hosts(draft.draw, ground, slots, memory)
    _plant_host_faults(draft)
    for name, ground in draft.grounds.items():
        hosts = [host for host in draft.hosts if host.datacenter == name]
        racks = build_racks(ground, len(hosts))
        draft.racks += racks
        draft.switches += build_switches(draft.draw, ground, racks, hosts)


def _memory_a_host(draft: _Draft, home: Home) -> int:
    """Return bytes a host: enough with one host lost, or too little where that is the fault."""
    here = {slot.moid for slot in home.slots}
    needed = sum(v.memory_mib << 20 for v in draft.vms if v.host in here and v.power == "poweredOn")
    if home.plan.fault == "n_plus_1":
        return max(1, round(needed / (len(here) * 0.88) / DIMM)) * DIMM
    spare = max(1, len(here) - 1)
    return max(2, -(-int(needed / (spare * 0.8)) // MEMORY_STEP)) * MEMORY_STEP


def _plant_host_faults(draft: _Draft) -> None:
    """Fix the faults to places, so that they are the same ones whatever the seed."""
    berlin = [n for n, host in enumerate(draft.hosts) if host.datacenter == BERLIN]
    changes: tuple[tuple[str, int, dict[str, object]], ...] = (
        ("single_path", 1, {"storage_paths": 1}),
        ("single_uplink", 4, {"dvs_uplinks": ("vmnic2",)}),
        ("ntp_missing", 6, {"ntp_servers": (), "ntp_running": False, "ntp_at_boot": "off"}),
        ("ntp_stopped", 7, {"ntp_running": False, "ntp_at_boot": "off"}),
        ("ssh_running", 2, {"ssh_running": True, "ssh_at_boot": "on"}),
        ("version_mix", berlin[1], {"esxi_version": OLDER_ESXI[0], "esxi_build": OLDER_ESXI[1]}),
        ("up_too_long", 3, {"booted_at": draft.draw.ago(380, 420)}),
    )
    for name, number, change in changes:
        host = draft.hosts[number] = replace(draft.hosts[number], **change)  # type: ignore[arg-type]
        draft.planted[name] = (host.moid,)
    _unplug(draft, 4)


def _unplug(draft: _Draft, number: int) -> None:
    host = draft.hosts[number]
    pnics = tuple(replace(p, up=False) if p.name == "vmnic3" else p for p in host.pnics)
    draft.hosts[number] = replace(host, pnics=pnics)


def _add_datastores(draft: _Draft) -> None:
    used: dict[str, int] = defaultdict(int)
    for vm in draft.vms:
        used[vm.datastore] += vm_bytes(vm)
    full, filling = draft.homes[0].datastores[0][0], draft.homes[1].datastores[0][0]
    draft.planted |= {"datastore_full": (full,), "datastore_filling": (filling,)}
    for home in draft.homes:
        shares = {full: FULL, filling: FILLING}
        draft.datastores += shared_datastores(draft.draw, home, used, shares)
    draft.datastores += [local_datastore(draft.draw, host) for host in draft.hosts]
    for name in draft.grounds:
        hosts = [host for host in draft.hosts if host.datacenter == name]
        draft.datastores.append(nfs_share(draft.draw, name, hosts))


def _finish(draft: _Draft, seed: int, pod_count: int) -> Site:
    root = Folder(moid=ROOT_FOLDER, name="Datacenters", parent=None, holds="Datacenter")
    grounds = tuple(draft.grounds.values())
    draft.planted["certificate_ending"] = ("ServiceInstance",)
    kubernetes, k8s_planted = build_kubernetes(
        draw=own_stream(draft.draw, seed),
        vms=draft.vms,
        hosts=draft.hosts,
        clusters=draft.clusters,
        datastores=draft.datastores,
        pod_count=pod_count,
        avoid=(*draft.planted.get("same_name", ()), *draft.planted["suspended"]),
    )
    return Site(
        name="example.net",
        seed=seed,
        anchor=draft.draw.anchor,
        vlans=tuple(vlan for ground in grounds for vlan in ground.vlans),
        racks=tuple(draft.racks),
        switches=tuple(draft.switches),
        folders=(root, *(folder for ground in grounds for folder in ground.folders)),
        datacenters=tuple(ground.datacenter for ground in grounds),
        clusters=tuple(draft.clusters),
        hosts=tuple(draft.hosts),
        pools=tuple(draft.pools),
        datastores=tuple(draft.datastores),
        dvswitches=tuple(ground.dvswitch for ground in grounds),
        networks=tuple(network for ground in grounds for network in ground.networks),
        vms=tuple(draft.vms),
        licences=catalogue.licences(draft.draw, len(draft.hosts)),
        alarms=catalogue.ALARMS,
        triggered=catalogue.triggered(draft.draw, draft.planted),
        settings=catalogue.SETTINGS,
        certificate_ends_at=draft.draw.anchor + timedelta(days=CERTIFICATE_DAYS_LEFT, hours=7),
        planted=draft.planted | k8s_planted,
        kubernetes=kubernetes,
    )

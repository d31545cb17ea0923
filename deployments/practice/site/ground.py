"""The ground a site stands on: datacenters, folders, VLANs, distributed switches, port groups."""

from __future__ import annotations

from dataclasses import dataclass, field

from deployments.practice.site.draw import Draw
from deployments.practice.site.records import (
    Datacenter,
    DistributedSwitch,
    Folder,
    Network,
    Vlan,
)

ROOT_FOLDER = "group-d1"
VM_FOLDERS = ("Production", "Development", "Infrastructure", "Templates")

# VLAN id and name; the virtual machines' ones carry their environment.
VLANS = (
    (10, "mgmt"),
    (11, "vmotion"),
    (12, "storage"),
    (110, "prod-web"),
    (120, "prod-app"),
    (130, "prod-db"),
    (140, "infra"),
    (210, "dev"),
    (310, "dmz"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One datacenter's fixed parts, with the ways to find them by name."""

    datacenter: Datacenter
    folders: tuple[Folder, ...]
    vm_folders: dict[str, str]
    vlans: tuple[Vlan, ...]
    dvswitch: DistributedSwitch
    networks: tuple[Network, ...]
    segments: dict[str, str]
    next_address: dict[str, int] = field(default_factory=dict)

    def address(self, segment: str) -> str:
        """Return the next free IPv4 address of a VLAN, by the VLAN's name."""
        count = self.next_address.get(segment, 20) + 1
        self.next_address[segment] = count
        prefix = next(v.cidr for v in self.vlans if v.name == segment).rsplit(".", 2)[0]
        third, fourth = divmod(count, 250)
        return f"{prefix}.{third}.{fourth + 1}"


def lay_ground(draw: Draw, name: str, number: int) -> Ground:
    """Build one datacenter; `number` tells its networks from the others'."""
    datacenter, fixed = _datacenter(draw, name)
    vm_folders = {label: draw.moid("group-v") for label in VM_FOLDERS}
    folders = [
        Folder(moid=moid, name=label, parent=datacenter.vm_folder, holds="VirtualMachine")
        for label, moid in vm_folders.items()
    ]
    dvs_folder = Folder(
        moid=draw.moid("group-n"),
        name=f"dvs-{name}-01",
        parent=datacenter.network_folder,
        holds="Network",
    )
    dvswitch = DistributedSwitch(
        moid=draw.moid("dvs-"),
        name=f"dvs-{name}-01",
        uuid=draw.uuid(),
        datacenter=name,
        folder=dvs_folder.moid,
        version="8.0.0",
        mtu=9000,
        uplinks=("Uplink 1", "Uplink 2"),
    )
    vlans = tuple(
        Vlan(id=vlan, name=label, datacenter=name, cidr=f"10.{number * 16 + index}.0.0/16")
        for index, (vlan, label) in enumerate(VLANS)
    )
    networks = _networks(draw, datacenter, dvswitch, vlans)
    return Ground(
        datacenter=datacenter,
        folders=(*fixed, *folders, dvs_folder),
        vm_folders=vm_folders,
        vlans=vlans,
        dvswitch=dvswitch,
        networks=networks,
        segments={v.name: n.moid for v in vlans for n in networks if n.name.endswith(v.name)},
    )


def _datacenter(draw: Draw, name: str) -> tuple[Datacenter, list[Folder]]:
    moid = draw.moid("datacenter-")
    kinds = (
        ("vm", "group-v", "VirtualMachine"),
        ("host", "group-h", "ComputeResource"),
        ("datastore", "group-s", "Datastore"),
        ("network", "group-n", "Network"),
    )
    fixed = [
        Folder(moid=draw.moid(prefix), name=label, parent=moid, holds=holds)
        for label, prefix, holds in kinds
    ]
    vm, host, datastore, network = (folder.moid for folder in fixed)
    datacenter = Datacenter(
        moid=moid,
        name=name,
        parent=ROOT_FOLDER,
        vm_folder=vm,
        host_folder=host,
        datastore_folder=datastore,
        network_folder=network,
    )
    return datacenter, fixed


def _networks(
    draw: Draw, datacenter: Datacenter, dvswitch: DistributedSwitch, vlans: tuple[Vlan, ...]
) -> tuple[Network, ...]:
    name = datacenter.name
    distributed = [
        Network(
            moid=draw.moid("dvportgroup-"),
            name=f"{name}-{vlan.name}",
            datacenter=name,
            folder=dvswitch.folder,
            vlan_id=vlan.id,
            dvs=dvswitch.moid,
        )
        for vlan in vlans
        if vlan.name not in {"mgmt", "storage"}
    ]
    uplinks = Network(
        moid=draw.moid("dvportgroup-"),
        name=f"{dvswitch.name}-DVUplinks",
        datacenter=name,
        folder=dvswitch.folder,
        vlan_id=0,
        dvs=dvswitch.moid,
        uplink=True,
    )
    standard = Network(
        moid=draw.moid("network-"),
        name="VM Network",
        datacenter=name,
        folder=datacenter.network_folder,
        vlan_id=10,
        dvs=None,
    )
    return (*distributed, uplinks, standard)

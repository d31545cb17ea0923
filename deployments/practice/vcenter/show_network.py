"""Port groups and distributed switches as vCenter shows them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from deployments.practice.site.records import DistributedSwitch, Network
from deployments.practice.vcenter.show_common import ENTITY, Show, references
from deployments.practice.vcenter.show_host_network import pnic_backing
from deployments.practice.vcenter.types import data, reference, vim
from deployments.practice.vcenter.world import Entity, World

ALL_VLANS = (0, 4094)


def _summary(_: World, entity: Entity) -> Any:
    return data(
        vim.Network.Summary,
        network=entity.reference,
        name=entity.record.name,
        accessible=True,
        ipPoolName="",
    )


def _hosts(world: World, entity: Entity) -> list[Any]:
    found = world.of_kind("HostSystem")
    return references(h for h in found if h.record.datacenter == entity.record.datacenter)


NETWORK: dict[str, Show] = {
    **ENTITY,
    "summary": _summary,
    "host": _hosts,
    "vm": lambda world, e: [
        reference("VirtualMachine", vm.moid) for vm in world.index.vms_by_network.get(e.moid, ())
    ],
}


def _flag(*, value: bool) -> Any:
    return data(vim.BoolPolicy, inherited=False, value=value)


def _vlan(network: Network) -> Any:
    spec = vim.dvs.VmwareDistributedVirtualSwitch
    if network.uplink:
        start, end = ALL_VLANS
        whole = data(vim.NumericRange, start=start, end=end)
        return data(spec.TrunkVlanSpec, inherited=False, vlanId=[whole])
    return data(spec.VlanIdSpec, inherited=False, vlanId=network.vlan_id)


def _port_setting(vlan: Any, uplinks: tuple[str, ...]) -> Any:
    switch = vim.dvs.VmwareDistributedVirtualSwitch
    return data(
        switch.VmwarePortConfigPolicy,
        blocked=_flag(value=False),
        vlan=vlan,
        uplinkTeamingPolicy=data(
            switch.UplinkPortTeamingPolicy,
            inherited=False,
            policy=data(vim.StringPolicy, inherited=False, value="loadbalance_loadbased"),
            notifySwitches=_flag(value=True),
            rollingOrder=_flag(value=False),
            uplinkPortOrder=data(
                switch.UplinkPortOrderPolicy, inherited=False, activeUplinkPort=list(uplinks)
            ),
        ),
        securityPolicy=data(
            switch.SecurityPolicy,
            inherited=False,
            allowPromiscuous=_flag(value=False),
            macChanges=_flag(value=False),
            forgedTransmits=_flag(value=False),
        ),
    )


def _portgroup_config(world: World, entity: Entity) -> Any:
    network: Network = entity.record
    dvswitch: DistributedSwitch = world.record(network.dvs or "")
    return data(
        vim.dvs.DistributedVirtualPortgroup.ConfigInfo,
        key=network.moid,
        name=network.name,
        numPorts=128,
        distributedVirtualSwitch=reference("VmwareDistributedVirtualSwitch", dvswitch.moid),
        defaultPortConfig=_port_setting(_vlan(network), dvswitch.uplinks),
        description="",
        type="earlyBinding",
        backingType="standard",
        policy=data(
            vim.dvs.DistributedVirtualPortgroup.PortgroupPolicy,
            blockOverrideAllowed=True,
            portConfigResetAtDisconnect=True,
        ),
        configVersion="1",
        autoExpand=True,
        uplink=network.uplink,
    )


PORTGROUP: dict[str, Show] = {
    **NETWORK,
    "key": lambda _, e: e.moid,
    "config": _portgroup_config,
    "portKeys": lambda _w, _e: [],
}


def _portgroups(world: World, entity: Entity) -> list[Entity]:
    found = world.of_kind("DistributedVirtualPortgroup")
    return [n for n in found if n.record.dvs == entity.moid]


def _product(dvswitch: DistributedSwitch) -> Any:
    return data(
        vim.dvs.ProductSpec,
        name="DVS",
        vendor="VMware, Inc.",
        version=dvswitch.version,
        build="24280767",
        forwardingClass="etherswitch",
    )


def _members(world: World, entity: Entity) -> list[Any]:
    hosts = [h for h in world.of_kind("HostSystem") if _joined(world, h, entity)]
    return [
        data(
            vim.dvs.HostMember,
            config=data(
                vim.dvs.HostMember.ConfigInfo,
                host=host.reference,
                maxProxySwitchPorts=512,
                backing=pnic_backing(host.record),
            ),
            productInfo=_product(entity.record),
            uplinkPortKey=[str(n) for n in range(len(host.record.dvs_uplinks))],
            status="up",
        )
        for host in hosts
    ]


def _joined(world: World, host: Entity, dvswitch: Entity) -> bool:
    return bool(world.record(host.record.cluster).dvs == dvswitch.moid)


def _dvs_config(world: World, entity: Entity) -> Any:
    dvswitch: DistributedSwitch = entity.record
    groups = _portgroups(world, entity)
    untagged = data(vim.dvs.VmwareDistributedVirtualSwitch.VlanIdSpec, inherited=False, vlanId=0)
    return data(
        vim.dvs.VmwareDistributedVirtualSwitch.ConfigInfo,
        uuid=dvswitch.uuid,
        name=dvswitch.name,
        numStandalonePorts=0,
        numPorts=128 * len(groups),
        maxPorts=2147483647,
        uplinkPortPolicy=data(
            vim.DistributedVirtualSwitch.NameArrayUplinkPortPolicy,
            uplinkPortName=list(dvswitch.uplinks),
        ),
        uplinkPortgroup=references(g for g in groups if g.record.uplink),
        defaultPortConfig=_port_setting(untagged, dvswitch.uplinks),
        host=_members(world, entity),
        productInfo=_product(dvswitch),
        configVersion="1",
        contact=data(vim.DistributedVirtualSwitch.ContactInfo),
        createTime=world.site.anchor - timedelta(days=900),
        networkResourceManagementEnabled=True,
        defaultProxySwitchMaxNumPorts=512,
        networkResourceControlVersion="version3",
        maxMtu=dvswitch.mtu,
        linkDiscoveryProtocolConfig=data(
            vim.host.LinkDiscoveryProtocolConfig, protocol="lldp", operation="both"
        ),
        lacpApiVersion="multipleLag",
        multicastFilteringMode="snooping",
    )


def _dvs_summary(world: World, entity: Entity) -> Any:
    dvswitch: DistributedSwitch = entity.record
    groups = _portgroups(world, entity)
    hosts = references(h for h in world.of_kind("HostSystem") if _joined(world, h, entity))
    return data(
        vim.DistributedVirtualSwitch.Summary,
        name=dvswitch.name,
        uuid=dvswitch.uuid,
        numPorts=128 * len(groups),
        productInfo=_product(dvswitch),
        hostMember=hosts,
        host=hosts,
        portgroupName=[group.record.name for group in groups],
        numHosts=len(hosts),
    )


DVSWITCH: dict[str, Show] = {
    **ENTITY,
    "uuid": lambda _, e: e.record.uuid,
    "capability": lambda _w, _e: data(vim.DistributedVirtualSwitch.Capability),
    "summary": _dvs_summary,
    "config": _dvs_config,
    "networkResourcePool": lambda _w, _e: [],
    "portgroup": lambda world, e: references(_portgroups(world, e)),
}

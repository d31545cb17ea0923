"""A host's networking: physical NICs, vSwitch0 for management, the distributed switch, VMkernel."""

from __future__ import annotations

from typing import Any

from deployments.practice.site.records import DistributedSwitch, Host, Network, Pnic
from deployments.practice.vcenter.types import data, vim
from deployments.practice.vcenter.world import World

STANDARD_UPLINKS = ("vmnic0", "vmnic1")
NETMASK = "255.255.0.0"
MANAGEMENT_VLAN = 10


def network_info(world: World, host: Host) -> Any:
    """Return `config.network`."""
    dvswitch: DistributedSwitch = world.record(world.record(host.cluster).dvs)
    return data(
        vim.host.NetworkInfo,
        vswitch=[_vswitch(host)],
        proxySwitch=[_proxy_switch(host, dvswitch)],
        portgroup=[_portgroup(name, vlan) for name, vlan in _standard_portgroups()],
        pnic=[_pnic(pnic) for pnic in host.pnics],
        vnic=_vmkernel(world, host, dvswitch),
        dnsConfig=data(
            vim.host.DnsConfig,
            dhcp=False,
            hostName=host.name.split(".")[0],
            domainName=host.name.split(".", 1)[1],
            address=list(host.dns_servers),
            searchDomain=["example.net"],
        ),
        ipRouteConfig=data(
            vim.host.IpRouteConfig, defaultGateway=f"{host.address.rsplit('.', 2)[0]}.0.1"
        ),
        ipV6Enabled=True,
        atBootIpV6Enabled=True,
    )


def _standard_portgroups() -> tuple[tuple[str, int], ...]:
    return (("Management Network", MANAGEMENT_VLAN), ("VM Network", MANAGEMENT_VLAN))


def _pnic_key(name: str) -> str:
    return f"key-vim.host.PhysicalNic-{name}"


def _pnic(pnic: Pnic) -> Any:
    speed = data(vim.host.PhysicalNic.LinkSpeedDuplex, speedMb=pnic.speed_mbps, duplex=True)
    return data(
        vim.host.PhysicalNic,
        key=_pnic_key(pnic.name),
        device=pnic.name,
        pci=f"0000:{0x18 + int(pnic.name[-1]):02x}:00.0",
        driver=pnic.driver,
        linkSpeed=speed if pnic.up else None,
        validLinkSpecification=[speed],
        spec=data(vim.host.PhysicalNic.Specification),
        wakeOnLanSupported=False,
        mac=pnic.mac,
        autoNegotiateSupported=True,
    )


def _policy(active: list[str]) -> Any:
    return data(
        vim.host.NetworkPolicy,
        security=data(
            vim.host.NetworkPolicy.SecurityPolicy,
            allowPromiscuous=False,
            macChanges=False,
            forgedTransmits=False,
        ),
        nicTeaming=data(
            vim.host.NetworkPolicy.NicTeamingPolicy,
            policy="loadbalance_srcid",
            notifySwitches=True,
            rollingOrder=False,
            nicOrder=data(vim.host.NetworkPolicy.NicOrderPolicy, activeNic=active),
        ),
    )


def _vswitch(host: Host) -> Any:
    names = [pnic.name for pnic in host.pnics if pnic.name in STANDARD_UPLINKS]
    return data(
        vim.host.VirtualSwitch,
        name="vSwitch0",
        key="key-vim.host.VirtualSwitch-vSwitch0",
        numPorts=2560,
        numPortsAvailable=2549,
        mtu=1500,
        portgroup=[f"key-vim.host.PortGroup-{name}" for name, _ in _standard_portgroups()],
        pnic=[_pnic_key(name) for name in names],
        spec=data(
            vim.host.VirtualSwitch.Specification,
            numPorts=128,
            bridge=data(vim.host.VirtualSwitch.BondBridge, nicDevice=names),
            policy=_policy(names),
            mtu=1500,
        ),
    )


def _portgroup(name: str, vlan: int) -> Any:
    return data(
        vim.host.PortGroup,
        key=f"key-vim.host.PortGroup-{name}",
        vswitch="key-vim.host.VirtualSwitch-vSwitch0",
        computedPolicy=_policy(list(STANDARD_UPLINKS)),
        spec=data(
            vim.host.PortGroup.Specification,
            name=name,
            vlanId=vlan,
            vswitchName="vSwitch0",
            policy=data(vim.host.NetworkPolicy),
        ),
    )


def _proxy_switch(host: Host, dvswitch: DistributedSwitch) -> Any:
    return data(
        vim.host.HostProxySwitch,
        dvsUuid=dvswitch.uuid,
        dvsName=dvswitch.name,
        key=f"key-vim.host.HostProxySwitch-{dvswitch.name}",
        numPorts=2560,
        configNumPorts=512,
        numPortsAvailable=2520,
        uplinkPort=[
            data(vim.KeyValue, key=str(number), value=name)
            for number, name in enumerate(dvswitch.uplinks)
        ],
        mtu=dvswitch.mtu,
        pnic=[_pnic_key(name) for name in host.dvs_uplinks],
        spec=data(vim.host.HostProxySwitch.Specification, backing=pnic_backing(host)),
    )


def pnic_backing(host: Host) -> Any:
    """Return which physical NICs a host gives to its distributed switch."""
    return data(
        vim.dvs.HostMember.PnicBacking,
        pnicSpec=[
            data(vim.dvs.HostMember.PnicSpec, pnicDevice=name, uplinkPortKey=str(number))
            for number, name in enumerate(host.dvs_uplinks)
        ],
    )


def _vmkernel(world: World, host: Host, dvswitch: DistributedSwitch) -> list[Any]:
    tail = host.address.split(".", 2)[2]
    vmotion = next(
        n.record
        for n in world.of_kind("DistributedVirtualPortgroup")
        if n.record.dvs == dvswitch.moid and n.record.name.endswith("vmotion")
    )
    second = int(host.address.split(".")[1]) + 1
    return [
        _vnic("vmk0", host.address, "Management Network", host.pnics[0].mac, 1500, None),
        _vnic("vmk1", f"10.{second}.{tail}", "", _kernel_mac(host), 9000, (dvswitch, vmotion)),
    ]


def _kernel_mac(host: Host) -> str:
    return "00:50:56:6" + host.pnics[2].mac[-7:]


def _vnic(
    device: str,
    address: str,
    portgroup: str,
    mac: str,
    mtu: int,
    port: tuple[DistributedSwitch, Network] | None,
) -> Any:
    connection = port and data(
        vim.dvs.PortConnection,
        switchUuid=port[0].uuid,
        portgroupKey=port[1].moid,
        portKey="8",
    )
    return data(
        vim.host.VirtualNic,
        device=device,
        key=f"key-vim.host.VirtualNic-{device}",
        portgroup=portgroup,
        spec=data(
            vim.host.VirtualNic.Specification,
            ip=data(vim.host.IpConfig, dhcp=False, ipAddress=address, subnetMask=NETMASK),
            mac=mac,
            distributedVirtualPort=connection,
            portgroup=portgroup or None,
            mtu=mtu,
            tsoEnabled=True,
            netStackInstanceKey="defaultTcpipStack",
        ),
    )


def nic_manager_info(_: Host) -> Any:
    """Return which VMkernel adapter carries which kind of traffic."""
    carried = (("management", "vmk0"), ("vmotion", "vmk1"))
    return data(
        vim.host.VirtualNicManagerInfo,
        netConfig=[
            data(
                vim.host.VirtualNicManager.NetConfig,
                nicType=kind,
                multiSelectAllowed=True,
                selectedVnic=[f"{kind}.key-vim.host.VirtualNic-{device}"],
            )
            for kind, device in carried
        ],
    )

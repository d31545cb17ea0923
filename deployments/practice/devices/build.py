"""The devices of a site: its switches and routers, with what their configurations add."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import datetime, timedelta

from deployments.practice.devices.model import (
    BUNDLE,
    HIGHEST_MTU,
    LOOPBACK,
    MANAGEMENT,
    SVI,
    Device,
    Peer,
    Port,
    Route,
)
from deployments.practice.devices.secrets import BGP_SECRET, COMMUNITY
from deployments.practice.site.records import Site, Switch, SwitchPort, Vlan
from deployments.practice.site.vendors import EOS, FRR, IOS, JUNOS, MAKES, NXOS

SVI_NAMES = {EOS: "Vlan{}", NXOS: "Vlan{}", IOS: "Vlan{}", JUNOS: "irb.{}"}
LOOPBACKS = {EOS: "Loopback0", NXOS: "loopback0", IOS: "Loopback0", JUNOS: "lo0", FRR: "lo"}
OOB_VRFS = {EOS: "MGMT", NXOS: "management", IOS: "Mgmt-vrf", JUNOS: None, FRR: None}
MANAGEMENT_VLAN, OOB_VLAN = 10, 99
TRANSIT = (("198.51.100.1", 64500, "transit"), ("198.51.100.254", 64501, "backup transit"))
LEARNED = ("198.51.100.0/24", "203.0.113.0/24", "192.0.2.0/24")


def build_devices(site: Site, at_least: int = 0) -> dict[str, Device]:
    """Return the site's devices by name.

    Args:
        site: Their cables, addresses and numbers come from it.
        at_least: So many devices at the least: further ones are copies of the first, uncabled.
    """
    devices = {switch.name: _device(site, switch) for switch in site.switches}
    for device in devices.values():
        _add_peers(device, devices)
    originals = list(devices.values())
    for number in range(len(devices), at_least):
        copy = _spare(originals[number % len(originals)], number)
        devices[copy.name] = copy
    return devices


def _device(site: Site, switch: Switch) -> Device:
    ports = {port.name: _port(switch, port, n) for n, port in enumerate(switch.ports, 1)}
    vlans = {vlan.id: vlan for vlan in site.vlans if vlan.datacenter == switch.datacenter}
    booted_at = _ago(site.anchor, switch.name, 20, 400)
    device = Device(
        name=switch.name,
        platform=switch.platform,
        site=switch.datacenter,
        rack=switch.rack,
        role=switch.role,
        model=switch.model,
        serial=switch.serial,
        software=switch.software,
        address=switch.address,
        mac=switch.mac,
        asn=switch.asn,
        ports=ports,
        vlans=_vlans(switch, vlans),
        ntp_servers=tuple(f"10.{_block(vlans)}.0.{n}" for n in (123, 124)),
        syslog_servers=(f"10.{_block(vlans)}.0.14",),
        community=COMMUNITY,
        gateway=f"10.{_block(vlans)}.0.1",
        booted_at=booted_at,
        configured_at=_ago(site.anchor, switch.serial, 2, 20),
    )
    _add_bundles(device)
    _add_addresses(device, switch, vlans)
    for port in device.ports.values():
        port.changed_at = booted_at + timedelta(hours=1)
    return device


def _ago(anchor: datetime, name: str, low: int, high: int) -> datetime:
    seconds = zlib.crc32(name.encode()) % ((high - low) * 86400)
    return anchor - timedelta(days=low, seconds=seconds)


def _block(vlans: dict[int, Vlan]) -> str:
    return vlans[MANAGEMENT_VLAN].cidr.split(".")[1]


def _vlans(switch: Switch, vlans: dict[int, Vlan]) -> dict[int, str]:
    if switch.role == "border":
        return {}
    named = {1: "default", **{number: vlan.name for number, vlan in vlans.items()}}
    return {**named, OOB_VLAN: "oob"} if switch.role == "management" else named


def _port(switch: Switch, port: SwitchPort, number: int) -> Port:
    make = MAKES[switch.platform]
    oob = port.name == make.management and port.mode == "routed"
    jumbo = port.mode == "trunk" or port.speed_mbps > 1000  # noqa: PLR2004 - Mbit/s
    # What leads out of the site is the provider's, and its MTU too.
    jumbo = jumbo and (switch.platform != FRR or port.neighbour is not None)
    mac = f"{int(switch.mac.replace(':', ''), 16) + number:012x}"
    return Port(
        name=port.name,
        kind=MANAGEMENT if oob else "physical",
        description=port.description,
        enabled=port.enabled,
        carrier=port.up,
        far=(port.neighbour, port.neighbour_port or "") if port.neighbour else None,
        speed_mbps=port.speed_mbps,
        mtu=HIGHEST_MTU if jumbo else 1500,
        mode=port.mode,
        vlan=port.vlans[0] if port.mode == "access" else 1,
        vlans=port.vlans if port.mode == "trunk" else (),
        bundle=make.bundle.format(port.bundle) if port.bundle is not None else None,
        vrf=OOB_VRFS[switch.platform] if oob else None,
        mac=":".join(mac[n : n + 2] for n in range(0, 12, 2)),
    )


def _add_bundles(device: Device) -> None:
    for name in dict.fromkeys(port.bundle for port in device.ports.values() if port.bundle):
        first, *rest = device.members(name)
        speed = first.speed_mbps * (1 + len(rest))
        far = first.far[0] if first.far else ""
        device.ports[name] = replace(
            first, name=name, kind=BUNDLE, bundle=None, far=None, speed_mbps=speed, description=far
        )


def _add_addresses(device: Device, switch: Switch, vlans: dict[int, Vlan]) -> None:
    """Give it an address in the management VLAN, and to a core one in each other VLAN."""
    number = int(switch.address.rsplit(".", 1)[1])
    router_id = f"10.255.{_block(vlans)}.{number}"
    _add_virtual(device, LOOPBACKS[device.platform], LOOPBACK, f"{router_id}/32", "router id")
    oob = MAKES[device.platform].management
    if device.role == "border":
        _address_border(device, switch)
        return
    if oob in device.ports:
        device.ports[oob].addresses = (f"{switch.oob_address}/24",)
    here = {MANAGEMENT_VLAN: f"{switch.address}/16"}
    if device.role == "core":
        here |= {n: vlan.cidr.replace(".0.0/", f".0.{2 + (switch.name[-1] == 'b')}/")
                 for n, vlan in vlans.items() if n != MANAGEMENT_VLAN}  # fmt: skip
        device.virtual = {n: vlan.cidr.replace(".0.0/16", ".0.1") for n, vlan in vlans.items()}
    else:
        route = Route(prefix="0.0.0.0/0", protocol="static", next_hop=device.gateway,
                      port=SVI_NAMES[device.platform].format(MANAGEMENT_VLAN))  # fmt: skip
        device.routes.append(route)
    if device.role == "management":
        here[OOB_VLAN] = f"{switch.oob_address.rsplit('.', 2)[0]}.0.1/24"
    for vlan, address in here.items():
        _add_virtual(device, SVI_NAMES[device.platform].format(vlan), SVI, address,
                     device.vlans[vlan], vlan)  # fmt: skip
    if device.role == "core":
        device.ports["xe-0/0/42"].addresses = (f"{_link(switch.name[-1], _block(vlans))}/31",)


def _link(side: str, block: str, *, border: bool = False) -> str:
    return f"10.255.{200 + int(block) // 16}.{2 * 'ab'.index(side) + border}"


def _address_border(device: Device, switch: Switch) -> None:
    block = device.gateway.split(".")[1]
    far = int(block) // 16
    given = {
        "eth0": f"{switch.address}/16",
        "eth1": f"{_link('a', block, border=True)}/31",
        "eth2": f"{_link('b', block, border=True)}/31",
        "eth3": f"198.51.100.{1 + far}/24",
        "eth4": f"10.255.210.{far - 1}/31",
    }
    for name, address in given.items():
        device.ports[name].addresses = (address,)


def _add_virtual(
    device: Device, name: str, kind: str, address: str, description: str, vlan: int = 1
) -> None:
    device.ports[name] = Port(
        name=name,
        kind=kind,
        description=description,
        mode="routed",
        vlan=vlan,
        addresses=(address,),
        mac=device.mac,
        mtu=1500,
    )


def _add_peers(device: Device, devices: dict[str, Device]) -> None:
    """Join a rack to its core, a core to the border, the borders to each other and the world."""
    if device.role == "tor":
        _join(device, devices[f"sw-{device.site}-core-{device.name[-1]}"], SVI)
    elif device.role == "core":
        _join(device, devices[f"rt-{device.site}-border"], "physical")
    elif device.role == "border":
        _join_world(device)
        others = [one for one in devices.values() if one.role == "border" and one is not device]
        for other in others:
            _peer(device, "eth4", other, "eth4")


def _join(low: Device, high: Device, kind: str) -> None:
    if kind == SVI:
        name = SVI_NAMES[low.platform].format(MANAGEMENT_VLAN)
        far_name = SVI_NAMES[high.platform].format(MANAGEMENT_VLAN)
    else:
        name, far_name = "xe-0/0/42", "eth1" if low.name.endswith("a") else "eth2"
    _peer(low, name, high, far_name)
    _peer(high, far_name, low, name)
    if kind != SVI:
        next_hop = high.ports[far_name].addresses[0].split("/")[0]
        low.routes += [
            Route(prefix=prefix, protocol="bgp", next_hop=next_hop, port=name)
            for prefix in ("0.0.0.0/0", *LEARNED)
        ]


def _peer(device: Device, port: str, far: Device, far_port: str) -> None:
    device.peers.append(
        Peer(
            address=far.ports[far_port].addresses[0].split("/")[0],
            asn=far.asn,
            port=port,
            far=far.name,
            description=far.name,
            secret=BGP_SECRET,
            since=device.booted_at + timedelta(hours=2),
        )
    )


def _join_world(device: Device) -> None:
    """Join the border to its providers: the second one is the first datacenter's alone."""
    for address, asn, description in TRANSIT if device.asn % 2 else TRANSIT[:1]:
        device.peers.append(
            Peer(
                address=address,
                asn=asn,
                port="eth3",
                far=None,
                description=description,
                secret=BGP_SECRET,
                since=device.booted_at + timedelta(hours=3),
            )
        )
    device.routes += [
        Route(prefix=prefix, protocol="bgp", next_hop=TRANSIT[0][0], port="eth3")
        for prefix in ("0.0.0.0/0", *LEARNED)
    ]


def _spare(device: Device, number: int) -> Device:
    copy = device.copy()
    copy.name, copy.serial = f"sw-spare-{number:03d}", f"SPARE{number:05d}"
    copy.address = f"10.250.{number // 250}.{number % 250 + 1}"
    for port in copy.ports.values():
        port.far, port.carrier = None, port.kind in {SVI, LOOPBACK}
    copy.peers, copy.routes = [], []
    return copy

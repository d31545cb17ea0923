"""What IOS shows of itself, its neighbours and its tables."""

# ruff: noqa: E501, W291 - lines as wide as the device prints them
from __future__ import annotations

from deployments.practice.devices.ios.ports import short
from deployments.practice.devices.network import Heard
from deployments.practice.devices.view import Entry, Show, View, clocked, dotted, spelled

CODES = {"connected": "C", "local": "L", "static": "S", "bgp": "B"}
DISTANCES = {"static": "[1/0]", "bgp": "[20/0]"}


def _version(view: View) -> str:
    device = view.device
    started = device.booted_at.strftime("%H:%M:%S UTC %a %b %d %Y")
    return f"""Cisco IOS XE Software, Version {device.software}
Cisco IOS Software [Cupertino], Catalyst L3 Switch Software (CAT9K_IOSXE), Version {device.software.replace(".0", ".")}, RELEASE SOFTWARE (fc1)
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-2023 by Cisco Systems, Inc.
Compiled Tue 17-Oct-23 10:36 by mcpre

ROM: IOS-XE ROMMON
BOOTLDR: System Bootstrap, Version 17.10.1r, RELEASE SOFTWARE (P)

{device.name} uptime is {spelled(view.uptime)}
Uptime for this control processor is {spelled(view.uptime)}
System returned to ROM by Reload Command
System restarted at {started}
System image file is "flash:packages.conf"
Last reload reason: Reload Command

Technology Package License Information:

cisco {device.model} (X86) processor with 1331521K/6147K bytes of memory.
Processor board ID {device.serial}
1 Virtual Ethernet interface
56 Gigabit Ethernet interfaces
8 Ten Gigabit Ethernet interfaces
2048K bytes of non-volatile configuration memory.
8388608K bytes of physical memory.
11264000K bytes of Flash at flash:.

Base Ethernet MAC Address          : {device.mac}
Motherboard Assembly Number        : 73-19271-03
Motherboard Serial Number          : {device.serial[::-1]}
Model Revision Number              : A0
Model Number                       : {device.model}
System Serial Number               : {device.serial}

Configuration register is 0x102
"""


def _inventory(view: View) -> str:
    device = view.device
    parts = (
        ("c93xx Stack", "c93xx Stack", device.model, "V02", device.serial),
        ("Switch 1", device.model, device.model, "V02", device.serial),
        ("Switch 1 - Power Supply A", "Switch 1 - Power Supply A", "PWR-C1-350WAC-P", "V01",
         f"ART{device.serial[3:]}"),
        ("Switch 1 FRU Uplink Module 1", "8x10G Uplink Module", "C9300-NM-8X", "V02",
         f"FOC{device.serial[3:]}"),
        ("Te1/1/1", "SFP-10GBase-SR", "SFP-10G-SR", "V03", f"AVD{device.serial[3:]}"),
    )  # fmt: skip
    return "\n\n".join(
        f'NAME: "{name}", DESCR: "{what}"\nPID: {pid:<18}, VID: {vid}  , SN: {serial}'
        for name, what, pid, vid, serial in parts
    )


def _lldp_detail(view: View) -> str:
    heard = view.heard()
    blocks = [_lldp(one) for one in heard]
    return "\n".join([*blocks, "", f"Total entries displayed: {len(heard)}"])


def _lldp(one: Heard) -> str:
    identity = dotted(one.chassis_id)
    port_id = dotted(one.port_id) if one.is_host else one.port_id
    return f"""------------------------------------------------
Local Intf: {short(one.port)}
Chassis id: {identity}
Port id: {port_id}
Port Description: {one.port_description or one.port_id}
System Name: {one.system_name}

System Description: 
{one.description}

Time remaining: 97 seconds
System Capabilities: B,R
Enabled Capabilities: B,R
Management Addresses:
    IP: {one.address}
Auto Negotiation - not supported
Physical media capabilities - not advertised
Media Attachment Unit type - not advertised
Vlan ID: - not advertised
"""


def _lldp_short(view: View) -> str:
    lines = [
        "Capability codes:",
        "    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device",
        "",
        "Device ID           Local Intf     Hold-time  Capability      Port ID",
    ]
    heard = view.heard()
    for one in heard:
        port_id = dotted(one.port_id) if one.is_host else one.port_id
        name = one.system_name[:20]
        lines.append(f"{name:<20}{short(one.port):<15}120        B,R             {port_id}")
    return "\n".join([*lines, "", f"Total entries displayed: {len(heard)}"])


def _cdp_detail(view: View) -> str:
    heard = [one for one in view.heard() if one.description.startswith("Cisco")]
    blocks = [
        f"""-------------------------
Device ID: {one.system_name}
Entry address(es): 
  IP address: {one.address}
Platform: cisco {one.model},  Capabilities: Switch IGMP 
Interface: {one.port},  Port ID (outgoing port): {one.port_id}
Holdtime : 143 sec

Version :
{one.description}

advertisement version: 2
Management address(es): 
  IP address: {one.address}
"""
        for one in heard
    ]
    return "\n".join([*blocks, "", f"Total cdp entries displayed : {len(heard)}"])


def _arp(view: View) -> str:
    lines = ["Protocol  Address          Age (min)  Hardware Addr   Type   Interface"]
    own = [p for p in view.device.ports.values() if p.addresses and p.vrf is None]
    for port in own:
        if port.kind != "loopback":
            address = port.addresses[0].split("/")[0]
            lines.append(_arp_line(address, "-", view.device.mac, port.name))
    for number, one in enumerate(view.resolved()):
        age = str((number * 7 + view.salt) % 240)
        lines.append(_arp_line(one.address, age, one.mac, one.port))
    return "\n".join(lines)


def _arp_line(address: str, age: str, mac: str, port: str) -> str:
    return f"Internet  {address:<16} {age:>5}   {dotted(mac)}  ARPA   {port}"


def _macs(view: View) -> str:
    lines = [
        "          Mac Address Table",
        "-------------------------------------------",
        "",
        "Vlan    Mac Address       Type        Ports",
        "----    -----------       --------    -----",
        f" All    {dotted('01:00:0c:cc:cc:cc')}    STATIC      CPU",
    ]
    learned = view.learned()
    lines += [
        f"{one.vlan:>4}    {dotted(one.mac)}    DYNAMIC     {short(one.port)}" for one in learned
    ]
    total = f"Total Mac Addresses for this criterion: {len(learned) + 1}"
    return "\n".join([*lines, total])


def _routes(view: View) -> str:
    entries = view.routes()
    default = next((e.next_hop for e in entries if e.prefix.prefixlen == 0), None)
    gateway = f"{default} to network 0.0.0.0" if default else "not set"
    lines = [
        "Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP",
        "       o - ODR, P - periodic downloaded static route, H - NHRP, l - LISP",
        "",
        f"Gateway of last resort is {gateway}",
        "",
    ]
    return "\n".join(lines + [_route(view, entry) for entry in entries])


def _route(view: View, entry: Entry) -> str:
    code = CODES[entry.protocol]
    if entry.next_hop is None:
        return f"{code}        {entry.prefix} is directly connected, {entry.port}"
    star = "*  " if entry.prefix.prefixlen == 0 else "   "
    age = f", {clocked(view.uptime)}" if entry.protocol == "bgp" else ""
    where = f"{entry.prefix} {DISTANCES[entry.protocol]} via {entry.next_hop}{age}"
    return f"{code}{star}  {where}"


def _bgp(view: View) -> str:
    if not view.device.peers:
        return "% BGP not active"
    lines = [
        f"BGP router identifier {view.router_id}, local AS number {view.device.asn}",
        f"BGP table version is {40 + view.salt}, main routing table version {40 + view.salt}",
        "",
        "Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd",
    ]
    for peer in view.device.peers:
        state = view.state(peer)
        up = state == "Established"
        age = clocked(view.network.uptime(peer.since)) if up else "never"
        count = 900 + view.salt
        last = str(view.prefixes(peer)) if up else state
        lines.append(
            f"{peer.address:<15} 4 {peer.asn:>12} {count:>7} {count:>7} {40:>8}    0    0 {age:<8} {last:>12}"
        )
    return "\n".join(lines)


def _clock(view: View) -> str:
    return view.now.strftime("%H:%M:%S.%f")[:-3] + view.now.strftime(" UTC %a %b %d %Y")


TABLES: dict[str, Show] = {
    "show version": _version,
    "show inventory": _inventory,
    "show lldp neighbors": _lldp_short,
    "show lldp neighbors detail": _lldp_detail,
    "show cdp neighbors detail": _cdp_detail,
    "show ip arp": _arp,
    "show arp": _arp,
    "show mac address-table": _macs,
    "show ip route": _routes,
    "show ip route vrf *": _routes,
    "show ip ospf neighbor": lambda _: "",
    "show ip bgp summary": _bgp,
    "show bgp summary": _bgp,
    "show clock": _clock,
}

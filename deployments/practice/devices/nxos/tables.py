"""What NX-OS shows of itself, its neighbours and its tables."""

# ruff: noqa: E501, W291 - lines as wide as the device prints them
from __future__ import annotations

from deployments.practice.devices.network import Heard
from deployments.practice.devices.nxos.ports import short
from deployments.practice.devices.view import Entry, Show, View, clocked, dotted


def _version(view: View) -> str:
    device = view.device
    seconds = int(view.uptime.total_seconds())
    days, rest = divmod(seconds, 86400)
    uptime = (
        f"{days} day(s), {rest // 3600} hour(s), {rest // 60 % 60} minute(s), {rest % 60} second(s)"
    )
    return f"""Cisco Nexus Operating System (NX-OS) Software
TAC support: http://www.cisco.com/tac
Copyright (C) 2002-2023, Cisco and/or its affiliates.
All rights reserved.

Software
  BIOS: version 05.47
  NXOS: version {device.software}
  BIOS compile time:  04/28/2022
  NXOS image file is: bootflash:///nxos64-cs.10.2.5.M.bin
  NXOS compile time:  3/10/2023 12:00:00 [03/10/2023 20:02:05]

Hardware
  cisco Nexus9000 {device.model.removeprefix("N9K-")} Chassis
  Intel(R) Xeon(R) CPU D-1526 @ 1.80GHz with 32829676 kB of memory.
  Processor Board ID {device.serial}

  Device name: {device.name}
  bootflash:  115343360 kB

Kernel uptime is {uptime}

Last reset at 311522 usecs after {device.booted_at:%a %b %d %H:%M:%S %Y}
  Reason: Reset Requested by CLI command reload
  System version: 10.2(3)
  Service: 

plugin
  Core Plugin, Ethernet Plugin
"""


def _inventory(view: View) -> str:
    device, tail = view.device, view.device.serial[3:]
    parts = (
        ("Chassis", "Nexus9000 C93180YC-FX3 Chassis", device.model, "V03", device.serial),
        ("Slot 1", "48x10/25G/32G + 6x40/100G Ethernet/FC Module", device.model, "V03", device.serial),
        ("Power Supply 1", "Nexus9000 C93180YC-FX3 Chassis Power Supply", "NXA-PAC-650W-PE", "V01",
         f"LIT{tail}"),
        ("Fan 1", "Nexus9000 C93180YC-FX3 Chassis Fan Module", "NXA-FAN-35CFM-PE", "V01", "N/A"),
    )  # fmt: skip
    return "\n\n".join(
        f'NAME: "{name}",  DESCR: "{what}"\nPID: {pid:<19},  VID: {vid} ,  SN: {serial}'
        for name, what, pid, vid, serial in parts
    )


def _lldp_detail(view: View) -> str:
    heard = view.heard()
    blocks = [_lldp(one) for one in heard]
    head = "Capability codes:\n  (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device\n"
    return "\n".join([head, *blocks, f"Total entries displayed: {len(heard)}"])


def _lldp(one: Heard) -> str:
    return f"""Chassis id: {dotted(one.chassis_id)}
Port id: {dotted(one.port_id) if one.is_host else one.port_id}
Local Port id: {short(one.port)}
Port Description: {one.port_description or one.port_id}
System Name: {one.system_name}
System Description: {one.description}
Time remaining: 101 seconds
System Capabilities: B, R
Enabled Capabilities: B, R
Management Address: {one.address}
Management Address IPV6: not advertised
Vlan ID: not advertised

"""


def _lldp_short(view: View) -> str:
    lines = [
        "Capability codes:",
        "  (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device",
        "Device ID            Local Intf      Hold-time  Capability  Port ID",
    ]
    heard = view.heard()
    for one in heard:
        port_id = dotted(one.port_id) if one.is_host else one.port_id
        lines.append(
            f"{one.system_name[:20]:<20} {short(one.port):<15} 120        BR          {port_id}"
        )
    return "\n".join([*lines, f"Total entries displayed: {len(heard)}"])


def _cdp_detail(view: View) -> str:
    heard = [one for one in view.heard() if one.description.startswith("Cisco")]
    return "\n".join(
        f"""----------------------------------------
Device ID:{one.system_name}
System Name: {one.system_name}

Interface address(es):
    IPv4 Address: {one.address}
Platform: cisco {one.model}, Capabilities: Switch IGMP Filtering
Interface: {one.port}, Port ID (outgoing port): {one.port_id}
Holdtime: 139 sec

Version:
{one.description}

Advertisement Version: 2

Mgmt address(es):
    IPv4 Address: {one.address}
"""
        for one in heard
    )


def _arp(view: View) -> str:
    resolved = view.resolved()
    lines = [
        "Flags: * - Adjacencies learnt on non-active FHRP router",
        "       + - Adjacencies synced via CFSoE",
        "",
        "IP ARP Table for context default",
        f"Total number of entries: {len(resolved)}",
        "Address         Age       MAC Address     Interface       Flags",
    ]
    for number, one in enumerate(resolved):
        age = f"00:{(number + view.salt) % 25:02d}:{(number * 7 + view.salt) % 60:02d}"
        lines.append(f"{one.address:<15} {age:<9} {dotted(one.mac)}  {one.port}")
    return "\n".join(lines)


def _arp_detail(view: View) -> str:
    lines = [
        "Flags: * - Adjacencies learnt on non-active FHRP router",
        "       + - Adjacencies synced via CFSoE",
        "",
        "IP ARP Table for all contexts",
        f"Total number of entries: {len(view.resolved())}",
        "Address         Age       MAC Address     Interface       Physical Interface  Flags   VRF Name",
    ]
    behind = {one.mac: one.port for one in view.learned()}
    for number, one in enumerate(view.resolved()):
        age = f"00:{(number + view.salt) % 25:02d}:{(number * 7 + view.salt) % 60:02d}"
        port = short(behind.get(one.mac, one.port))
        start = f"{one.address:<15} {age:<9} {dotted(one.mac)}  {one.port:<15}"
        lines.append(f"{start} {port:<19}         default")
    return "\n".join(lines)


def _macs(view: View) -> str:
    lines = [
        "Legend: ",
        "        * - primary entry, G - Gateway MAC, (R) - Routed MAC, O - Overlay MAC",
        "        age - seconds since last seen,+ - primary entry using vPC Peer-Link,",
        "   VLAN     MAC Address      Type      age     Secure NTFY Ports",
        "---------+-----------------+--------+---------+------+----+------------------",
    ]
    lines += [
        f"* {one.vlan:>4}     {dotted(one.mac)}   dynamic  0         F      F    {short(one.port)}"
        for one in view.learned()
    ]
    lines.append(
        f"G    -     {dotted(view.device.mac)}   static   -         F      F    sup-eth1(R)"
    )
    return "\n".join(lines)


def _routes(view: View) -> str:
    lines = [
        'IP Route Table for VRF "default"',
        "'*' denotes best ucast next-hop",
        "'**' denotes best mcast next-hop",
        "'[x/y]' denotes [preference/metric]",
        "'%<string>' in via output denotes VRF <string>",
        "",
    ]
    for entry in view.routes():
        attached = ", attached" if entry.protocol in {"connected", "local"} else ""
        lines.append(f"{entry.prefix}, ubest/mbest: 1/0{attached}")
        lines.append(f"    *via {_via(view, entry)}")
    return "\n".join(lines)


def _via(view: View, entry: Entry) -> str:
    age = clocked(view.uptime)
    if entry.protocol == "bgp":
        return f"{entry.next_hop}, [20/0], {age}, bgp-{view.device.asn}, external, tag 64500"
    if entry.protocol == "static":
        return f"{entry.next_hop}, {entry.port}, [1/0], {age}, static"
    own = next(iter(view.device.ports[entry.port].addresses)).split("/")[0]
    word = "direct" if entry.protocol == "connected" else "local"
    return f"{own}, {entry.port}, [0/0], {age}, {word}"


def _bgp(view: View) -> str:
    if not view.device.peers:
        return "Note:  process currently not running"
    lines = [
        "BGP summary information for VRF default, address family IPv4 Unicast",
        f"BGP router identifier {view.router_id}, local AS number {view.device.asn}",
        f"BGP table version is {60 + view.salt}, IPv4 Unicast config peers {len(view.device.peers)}, capable peers 1",
        "5 network entries and 5 paths using 1220 bytes of memory",
        "BGP attribute entries [3/1056], BGP AS path entries [2/12]",
        "BGP community entries [0/0], BGP clusterlist entries [0/0]",
        "",
        "Neighbor        V    AS    MsgRcvd    MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd",
    ]
    for peer in view.device.peers:
        state = view.state(peer)
        last = str(view.prefixes(peer)) if state == "Established" else state
        age = clocked(view.network.uptime(peer.since))
        count = 900 + view.salt
        lines.append(
            f"{peer.address:<15} 4 {peer.asn:>5} {count:>10} {count:>10} {60:>8}    0    0 {age:>8} {last}"
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
    "show ip arp vrf all": _arp,
    "show ip arp detail vrf all": _arp_detail,
    "show ip route vrf all": _routes,
    "show ip bgp summary vrf all": _bgp,
    "show mac address-table": _macs,
    "show ip route": _routes,
    "show ip bgp summary": _bgp,
    "show bgp summary": _bgp,
    "show clock": _clock,
}

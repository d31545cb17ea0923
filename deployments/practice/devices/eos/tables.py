"""What EOS shows of itself, its neighbours and its tables."""

# ruff: noqa: E501 - lines as wide as the device prints them
from __future__ import annotations

from deployments.practice.devices.eos.ports import short
from deployments.practice.devices.network import Heard
from deployments.practice.devices.view import Entry, Show, View, clocked, dotted, spelled

CODES = {"connected": "C", "local": "C", "static": "S", "bgp": "B E"}
DISTANCES = {"static": "[1/0]", "bgp": "[200/0]"}


def _version(view: View) -> str:
    device = view.device
    return f"""Arista {device.model}-F
Hardware version: 11.03
Serial number: {device.serial}
Hardware MAC address: {dotted(device.mac)}
System MAC address: {dotted(device.mac)}

Software image version: {device.software}
Architecture: x86_64
Internal build version: {device.software}-34554157.4312F
Internal build ID: 5f2a1a5e-0b3c-4a2a-9d5e-77c0a6a5f0c1
Image format version: 3.0
Image optimization: Default

Uptime: {spelled(view.uptime)}
Total memory: 8099732 kB
Free memory: {5900000 - view.salt % 50000} kB
"""


def _inventory(view: View) -> str:
    device = view.device
    tail = device.serial[3:]
    return f"""System information
    Model                    Description
    ------------------------ ----------------------------------------------------
    {device.model:<24} 48x 25GbE SFP28 and 8x 100GbE QSFP28 Switch

    HW Version  Serial Number  Mfg Date   Epoch
    ----------- -------------- ---------- -----
    11.03       {device.serial:<14} 2022-04-11 01.00

System has 2 power supply slots
    Slot Model            Serial Number
    ---- ---------------- ----------------
    1    PWR-500AC-F      K{tail}1
    2    PWR-500AC-F      K{tail}2

System has 2 fan modules
    Module  Number of Fans  Model            Serial Number
    ------- --------------- ---------------- ----------------
    1       1               FAN-7000-F       N/A
    2       1               FAN-7000-F       N/A

System has 57 ports
    Type             Count
    ---------------- ----
    Management       1
    Switched         56

System has 56 switched transceiver slots
    Port Manufacturer     Model            Serial Number    Rev
    ---- ---------------- ---------------- ---------------- ----
    1    Arista Networks  SFP-25G-SR       XT{tail}01       0001
    51/1 Arista Networks  QSFP-100G-SR4    XT{tail}51       0002
    52/1 Arista Networks  QSFP-100G-SR4    XT{tail}52       0002
"""


def _lldp_detail(view: View) -> str:
    heard: dict[str, Heard] = {one.port: one for one in view.heard()}
    lines: list[str] = []
    for port in view.device.of_kind("physical", "management"):
        one = heard.get(port.name)
        lines += [f"Interface {port.name} detected {1 if one else 0} LLDP neighbors:", ""]
        if one:
            lines += [_lldp(one), ""]
    return "\n".join(lines)


def _lldp(one: Heard) -> str:
    port_id = dotted(one.port_id) if one.is_host else f'"{one.port_id}"'
    kind = "MAC address(3)" if one.is_host else "Interface name (5)"
    return f"""  Neighbor {dotted(one.chassis_id)}/{port_id}, age 14 seconds
  Discovered 3 days, 4:12:01 ago; Last changed 3 days, 4:12:01 ago
  - Chassis ID type: MAC address (4)
    Chassis ID     : {dotted(one.chassis_id)}
  - Port ID type: {kind}
    Port ID     : {port_id}
  - Time To Live: 120 seconds
  - Port Description: "{one.port_description}"
  - System Name: "{one.system_name}"
  - System Description: "{one.description}"
  - System Capabilities : Bridge, Router
    Enabled Capabilities: Bridge
  - Management Address Subtype: IPv4 (1)
    Management Address        : {one.address}
    Interface Number Subtype  : ifIndex (2)
    Interface Number          : 999001"""


def _lldp_short(view: View) -> str:
    heard = view.heard()
    lines = [
        "Last table change time   : 3 days, 4:12:01 ago",
        f"Number of table inserts  : {len(heard)}",
        "Number of table deletes  : 0",
        "Number of table drops    : 0",
        "Number of table age-outs : 0",
        "",
        "Port          Neighbor Device ID       Neighbor Port ID    TTL",
        "---------- ------------------------ ---------------------- ---",
    ]
    for one in heard:
        port_id = dotted(one.port_id) if one.is_host else one.port_id
        lines.append(f"{short(one.port):<10} {one.system_name:<24} {port_id:<22} 120")
    return "\n".join(lines)


def _arp(view: View) -> str:
    lines = ["Address         Age (sec)  Hardware Addr   Interface"]
    for number, one in enumerate(view.resolved()):
        age = f"{(number + view.salt) % 4}:{(number * 7 + view.salt) % 60:02d}:11"
        lines.append(f"{one.address:<15} {age:<10} {dotted(one.mac)}  {one.port}")
    return "\n".join(lines)


def _arp_all(view: View) -> str:
    return f"VRF: default\n{_arp(view)}"


def _macs(view: View) -> str:
    learned = view.learned()
    lines = [
        "          Mac Address Table",
        "------------------------------------------------------------------",
        "",
        "Vlan    Mac Address       Type        Ports      Moves   Last Move",
        "----    -----------       ----        -----      -----   ---------",
    ]
    age = view.uptime.days
    lines += [
        f"{one.vlan:>4}    {dotted(one.mac)}    DYNAMIC     {short(one.port):<10} 1       {age} days, 0:{view.salt % 60:02d}:19 ago"
        for one in learned
    ]
    return "\n".join(
        [
            *lines,
            f"Total Mac Addresses for this criterion: {len(learned)}",
            "",
            "          Multicast Mac Address Table",
            "------------------------------------------------------------------",
            "",
            "Vlan    Mac Address       Type        Ports",
            "----    -----------       ----        -----",
            "Total Mac Addresses for this criterion: 0",
        ]
    )


def _routes(view: View) -> str:
    lines = [
        "",
        "VRF: default",
        "Codes: C - connected, S - static, K - kernel,",
        "       O - OSPF, B - Other BGP Routes, B I - iBGP, B E - eBGP",
        "",
        "Gateway of last resort:",
    ]
    entries = [entry for entry in view.routes() if entry.protocol != "local"]
    lines += [_route(entry) for entry in entries if entry.prefix.prefixlen == 0]
    lines.append("")
    lines += [_route(entry) for entry in entries if entry.prefix.prefixlen]
    return "\n".join([*lines, ""])


def _route(entry: Entry) -> str:
    start = f" {CODES[entry.protocol]:<8} {entry.prefix}"
    if entry.next_hop is None:
        return f"{start} is directly connected, {entry.port}"
    return f"{start} {DISTANCES[entry.protocol]} via {entry.next_hop}, {entry.port}"


def _bgp(view: View) -> str:
    if not view.device.peers:
        return "% BGP inactive"
    lines = [
        "BGP summary information for VRF default",
        f"Router identifier {view.router_id}, local AS number {view.device.asn}",
        "Neighbor Status Codes: m - Under maintenance",
        "  Description              Neighbor        V AS           MsgRcvd   MsgSent  InQ OutQ  Up/Down State   PfxRcd PfxAcc",
    ]
    for peer in view.device.peers:
        state = view.state(peer)
        up = state == "Established"
        word = "Estab" if up else state
        count = 900 + view.salt
        age = clocked(view.network.uptime(peer.since))
        tail = f"{view.prefixes(peer):<6} {view.prefixes(peer)}" if up else ""
        lines.append(
            f"  {peer.description:<24} {peer.address:<15} 4 {peer.asn:<12} {count:>9} {count:>9}    0    0 {age:>8} {word:<7} {tail}"
        )
    return "\n".join(lines)


def _clock(view: View) -> str:
    return view.now.strftime("%a %b %d %H:%M:%S %Y\nTimezone: UTC\nClock source: NTP server")


TABLES: dict[str, Show] = {
    "show version": _version,
    "show inventory": _inventory,
    "show lldp neighbors": _lldp_short,
    "show lldp neighbors detail": _lldp_detail,
    "show ip arp": _arp,
    "show arp": _arp,
    "show mac address-table": _macs,
    "show ip arp vrf all": _arp_all,
    "show ip route": _routes,
    "show ip route vrf all": _routes,
    "show ip bgp summary vrf all": _bgp,
    "show ip ospf neighbor": lambda _: "",
    "show ip bgp summary": _bgp,
    "show bgp summary": _bgp,
    "show clock": _clock,
}

"""What Junos shows of its interfaces and VLANs.

Its VLANs are named `Vlan110`, which the template of the MAC table asks for; the name that the other
switches use is in their description.
"""

# ruff: noqa: E501 - lines as wide as the device prints them
from __future__ import annotations

from deployments.practice.devices.model import BUNDLE, LOOPBACK, SVI, Port
from deployments.practice.devices.view import Show, View

SPEEDS = {1000: "1000mbps", 10000: "10Gbps", 100000: "100Gbps"}


def unit(port: Port) -> str:
    """Return the name of a port's logical interface."""
    return port.name if "." in port.name else f"{port.name}.0"


def _interfaces(view: View) -> str:
    blocks = [_interface(view, port) for port in view.device.ports.values() if port.kind != SVI]
    return "\n\n".join([*blocks, _irb(view)]) + "\n"


def _interface(view: View, port: Port) -> str:
    admin = "Enabled" if port.enabled else "Administratively down"
    link = "Up" if view.up(port) else "Down"
    lines = [f"Physical interface: {port.name}, {admin}, Physical link is {link}"]
    lines.append(f"  Interface index: {600 + len(port.name)}, SNMP ifIndex: {500 + len(port.name)}")
    if port.description:
        lines.append(f"  Description: {port.description}")
    if port.kind == LOOPBACK:
        lines.append("  Type: Loopback, Link-level type: Loopback, MTU: Unlimited")
    else:
        lines += _wire(port)
    lines += [f"  Last flapped   : {port.changed_at:%Y-%m-%d %H:%M:%S} UTC (3w2d 04:11 ago)"]
    if port.kind != LOOPBACK:
        lines += _traffic(view, port)
    return "\n".join([*lines, "", *_logical(view, port)])


def _wire(port: Port) -> list[str]:
    speed = SPEEDS.get(port.speed_mbps, f"{port.speed_mbps // 1000}Gbps")
    mode = "Half-duplex" if port.duplex == "half" else "Full-duplex"
    return [
        f"  Link-level type: Ethernet, MTU: {port.mtu}, LAN-PHY mode, Speed: {speed},"
        " BPDU Error: None, MAC-REWRITE Error: None,",
        f"  Link-mode: {mode}, Source filtering: Disabled, Flow control: Disabled",
        "  Device flags   : Present Running",
        "  Interface flags: SNMP-Traps Internal: 0x4000",
        "  Link flags     : None",
        "  CoS queues     : 12 supported, 12 maximum usable queues",
        f"  Current address: {port.mac}, Hardware address: {port.mac}",
    ]


def _traffic(view: View, port: Port) -> list[str]:
    received, sent = view.rate(port, "in"), view.rate(port, "out")
    defect = "LINK" if not view.up(port) else "None"
    return [
        f"  Input rate     : {received} bps ({received // 8000} pps)",
        f"  Output rate    : {sent} bps ({sent // 8000} pps)",
        f"  Active alarms  : {defect}",
        f"  Active defects : {defect}",
    ]


def _logical(view: View, port: Port) -> list[str]:
    if port.bundle:
        lines = ["    Protocol aenet, AE bundle: " + port.bundle + ".0"]
    elif port.mode == "routed":
        lines = [f"    Protocol inet, MTU: {_inet_mtu(port)}", *_addresses(port)]
    else:
        lines = [f"    Protocol eth-switch, MTU: {port.mtu}", "      Flags: Trunk-Mode"]
    flag = "Up" if view.up(port) else "Hardware-Down"
    return [
        f"  Logical interface {unit(port)} (Index {560 + len(port.name)}) (SNMP ifIndex {700 + len(port.name)})",
        f"    Flags: {flag} SNMP-Traps 0x24024000 Encapsulation: Ethernet-Bridge",
        f"    Input packets : {view.count(port, 'in')}",
        f"    Output packets: {view.count(port, 'out')}",
        *lines,
    ]


def _inet_mtu(port: Port) -> str:
    return "Unlimited" if port.kind == LOOPBACK else str(port.mtu - 14)


def _addresses(port: Port) -> list[str]:
    lines = []
    for address in port.addresses:
        host, length = address.split("/")
        lines.append("      Addresses, Flags: Is-Preferred Is-Primary")
        if length != "32":
            lines.append(
                f"        Destination: {_network(address)}, Local: {host}, Broadcast: 255.255.255.255"
            )
        else:
            lines.append(f"        Local: {host}")
    return [one for one in lines if not one.startswith("        Local")]


def _network(address: str) -> str:
    from ipaddress import ip_interface

    network = ip_interface(address).network
    kept = str(network.network_address).split(".")[: -(-network.prefixlen // 8)]
    return f"{'.'.join(kept)}/{network.prefixlen}"


def _irb(view: View) -> str:
    lines = [
        "Physical interface: irb, Enabled, Physical link is Up",
        "  Interface index: 640, SNMP ifIndex: 505",
        "  Type: Ethernet, Link-level type: Ethernet, MTU: 1514",
        "  Device flags   : Present Running",
        "  Interface flags: SNMP-Traps",
        "  Link flags     : None",
        f"  Current address: {view.device.mac}, Hardware address: {view.device.mac}",
        "  Last flapped   : Never",
    ]
    for port in view.device.of_kind(SVI):
        lines += ["", *_irb_unit(view, port)]
    return "\n".join(lines)


def _irb_unit(view: View, port: Port) -> list[str]:
    flag = "Up" if view.up(port) else "Down"
    return [
        f"  Logical interface {port.name} (Index {800 + port.vlan}) (SNMP ifIndex {900 + port.vlan})",
        f"    Flags: {flag} SNMP-Traps 0x4004000 Encapsulation: ENET2",
        "    Bandwidth: 1Gbps",
        "    Routing Instance: default-switch Bridging Domain: Vlan" + str(port.vlan),
        f"    Input packets : {view.count(port, 'in')}",
        f"    Output packets: {view.count(port, 'out')}",
        f"    Protocol inet, MTU: {port.mtu}",
        *_addresses(port),
    ]


def _vlans(view: View) -> str:
    lines = ["", "Routing instance        VLAN name             Tag          Interfaces"]
    for number in sorted(view.device.vlans):
        name = "default" if number == 1 else f"Vlan{number}"
        lines.append(f"{'default-switch':<23} {name:<21} {number}")
        for port in view.vlan_ports(number):
            star = "*" if view.up(port) else ""
            lines.append(f"{'':<59}{unit(port)}{star}")
    return "\n".join(lines)


def _switching(view: View) -> str:
    lines = ["Interface    State  VLAN members        Tag   Tagging  Blocking "]
    for port in view.switchports():
        state = "up" if view.up(port) else "down"
        start = f"{unit(port):<12} {state:<6}"
        for vlan in view.active_vlans(port):
            tag = "untagged" if vlan == port.native else "tagged"
            lines.append(f"{start} Vlan{vlan:<15} {vlan:<5} {tag:<8} unblocked")
            start = " " * 19
    return "\n".join(lines)


def _lacp(view: View) -> str:
    blocks = []
    for bundle in view.device.of_kind(BUNDLE):
        lines = [
            f"Aggregated interface: {bundle.name}",
            "    LACP state:       Role   Exp   Def  Dist  Col  Syn  Aggr  Timeout  Activity",
        ]
        members = view.device.members(bundle.name)
        lines += [
            f"      {one.name:<14} Actor    No    No   Yes  Yes  Yes   Yes     Fast    Active"
            for one in members
        ]
        lines.append("    LACP protocol:        Receive State  Transmit State          Mux State")
        for one in members:
            states = (
                "Current   Fast periodic Collecting distributing"
                if view.up(one)
                else ("Port disabled   No periodic           Detached")
            )
            lines.append(f"      {one.name:<22} {states}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


PORTS: dict[str, Show] = {
    "show interfaces": _interfaces,
    "show vlans": _vlans,
    "show ethernet-switching interfaces": _switching,
    "show lacp interfaces": _lacp,
}

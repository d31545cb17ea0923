"""What Junos shows of itself, its neighbours and its tables."""

# ruff: noqa: E501 - lines as wide as the device prints them
from __future__ import annotations

from datetime import timedelta

from deployments.practice.devices.junos.ports import unit
from deployments.practice.devices.view import Show, View, clocked

PREFERENCES = {"connected": "Direct/0", "local": "Local/0", "static": "Static/5", "bgp": "BGP/170"}


def _version(view: View) -> str:
    device = view.device
    return f"""Hostname: {device.name}
Model: {device.model}
Junos: {device.software} flex
JUNOS OS Kernel 64-bit FLEX [20230612.112f5b9_builder_stable_12]
JUNOS OS libs [20230612.112f5b9_builder_stable_12]
JUNOS Web Management Platform Package [{device.software}]
JUNOS Packet Forwarding Engine Support (qfx) [{device.software}]
"""


def _hardware(view: View) -> str:
    device, tail = view.device, view.device.serial[3:]
    head = f"{'Item':<16} {'Version':<8} {'Part number':<12} {'Serial number':<17} Description"

    def row(item: str, version: str, part: str, serial: str, what: str) -> str:
        return f"{item:<16} {version:<8} {part:<12} {serial:<17} {what}"

    lines = [
        "Hardware inventory:",
        head,
        row("Chassis", "", "", device.serial, device.model.upper()),
        row("Pseudo CB 0", "", "", "", ""),
        row("Routing Engine 0", "", "BUILTIN", "BUILTIN", "RE-QFX5120-48Y-8C"),
        row("FPC 0", "REV 22", "650-095254", device.serial, device.model.upper()),
        row("  CPU", "", "BUILTIN", "BUILTIN", "FPC CPU"),
        row("  PIC 0", "", "BUILTIN", "BUILTIN", "48x25G-8x100G"),
        row("    Xcvr 0", "REV 01", "740-061405", f"1ECQ{tail}", "QSFP-100GBASE-SR4"),
        row("    Xcvr 1", "REV 01", "740-061405", f"1ECR{tail}", "QSFP-100GBASE-SR4"),
        row("Power Supply 0", "REV 04", "740-085431", f"1EDP{tail}", "JPSU-650W-AC-AO"),
        row("Power Supply 1", "REV 04", "740-085431", f"1EDQ{tail}", "JPSU-650W-AC-AO"),
        row("Fan Tray 0", "", "", "", "QFX5120 Fan Tray 0, Front to Back Airflow - AFO"),
    ]
    return "\n".join(line.rstrip() for line in lines)


def _lldp(view: View) -> str:
    lines = [
        "Local Interface    Parent Interface    Chassis Id          Port info          System Name"
    ]
    for one in view.heard():
        parent = view.device.ports[one.port].bundle or "-"
        info = one.port_id
        lines.append(
            f"{one.port:<18} {parent:<19} {one.chassis_id:<19} {info:<18} {one.system_name}"
        )
    return "\n".join(lines)


def _arp(view: View) -> str:
    resolved = view.resolved()
    lines = ["MAC Address       Address         Interface                Flags"]
    lines += [f"{one.mac} {one.address:<15} {_where(view, one.port):<24} none" for one in resolved]
    return "\n".join([*lines, f"Total entries: {len(resolved)}"])


def _where(view: View, name: str) -> str:
    return unit(view.device.ports[name])


def _macs(view: View) -> str:
    learned = view.learned()
    lines = [
        "",
        "MAC flags (S - static MAC, D - dynamic MAC, L - locally learned, P - Persistent static",
        "           SE - statistics enabled, NM - non configured MAC, R - remote PE MAC)",
        "",
        f"Ethernet switching table : {len(learned)} entries, {len(learned)} learned",
        "Routing instance : default-switch",
        "   Vlan                MAC                 MAC      Age    Logical                NH        RTR ",
        "   name                address             flags           interface              Index     ID",
    ]
    lines += [
        f"   {f'Vlan{one.vlan}':<19} {one.mac:<19} D        -      {_where(view, one.port):<22} 0         0"
        for one in learned
    ]
    return "\n".join(lines)


def _routes(view: View) -> str:
    entries = view.routes()
    count = len(entries)
    lines = [
        "",
        f"inet.0: {count} destinations, {count} routes ({count} active, 0 holddown, 0 hidden)",
        "+ = Active Route, - = Last Active, * = Both",
        "",
    ]
    age = clocked(view.uptime)
    for entry in entries:
        where = _where(view, entry.port)
        lines.append(f"{entry.prefix!s:<19}*[{PREFERENCES[entry.protocol]}] {age}")
        if entry.next_hop:
            lines.append(f"{'':<20}>  to {entry.next_hop} via {where}")
        elif entry.protocol == "local":
            lines.append(f"{'':<20}   Local via {where}")
        else:
            lines.append(f"{'':<20}>  via {where}")
    return "\n".join(lines)


def _bgp(view: View) -> str:
    if not view.device.peers:
        return "BGP is not running"
    down = sum(view.state(peer) != "Established" for peer in view.device.peers)
    lines = [
        "Threading mode: BGP I/O",
        "Default eBGP mode: advertise - accept, receive - accept",
        f"Groups: 2 Peers: {len(view.device.peers)} Down peers: {down}",
        "Table          Tot Paths  Act Paths Suppressed    History Damp State    Pending",
        "inet.0                 9          9          0          0          0          0",
        "Peer                     AS      InPkt     OutPkt    OutQ   Flaps Last Up/Dwn State|#Active/Received/Accepted/Damped...",
    ]
    for peer in view.device.peers:
        state = view.state(peer)
        count, age = 900 + view.salt, _age(view.network.uptime(peer.since))
        word = "Establ" if state == "Established" else state
        lines.append(
            f"{peer.address:<21} {peer.asn:>8} {count:>10} {count:>10} {0:>7} {1:>7} {age:>11} {word} "
        )
        if word == "Establ":
            got = view.prefixes(peer)
            lines.append(f"  inet.0: {got}/{got}/{got}/0")
    return "\n".join(lines)


def _age(span: timedelta) -> str:
    """Return a time span such as `2w3d 4:05:06`."""
    days, rest = divmod(int(span.total_seconds()), 86400)
    return f"{days // 7}w{days % 7}d {rest // 3600}:{rest // 60 % 60:02d}:{rest % 60:02d}"


def _uptime(view: View) -> str:
    days = view.uptime.days
    return f"""Current time: {view.now:%Y-%m-%d %H:%M:%S} UTC
Time Source:  NTP CLOCK
System booted: {view.device.booted_at:%Y-%m-%d %H:%M:%S} UTC ({days}d 04:11 ago)
Protocols started: {view.device.booted_at:%Y-%m-%d %H:%M:%S} UTC ({days}d 04:09 ago)
Last configured: {view.device.configured_at:%Y-%m-%d %H:%M:%S} UTC ({days}d 02:11 ago) by netops
{view.now:%I:%M%p}  up {days} days, 4:11, 1 users, load averages: 0.{view.salt % 90 + 10}, 0.33, 0.31
"""


TABLES: dict[str, Show] = {
    "show version": _version,
    "show chassis hardware": _hardware,
    "show lldp neighbors": _lldp,
    "show arp no-resolve": _arp,
    "show ethernet-switching table": _macs,
    "show route": _routes,
    "show bgp summary": _bgp,
    "show system uptime": _uptime,
    "show ospf neighbor": lambda _: "OSPF instance is not running",
}

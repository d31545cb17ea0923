"""What EOS shows of its ports and VLANs."""

# ruff: noqa: E501 - lines as wide as the device prints them
from __future__ import annotations

from deployments.practice.devices.model import BUNDLE, LOOPBACK, SVI, Port
from deployments.practice.devices.view import Show, View, clocked, dotted, ranges

SHORT = {
    "Ethernet": "Et",
    "Port-Channel": "Po",
    "Vlan": "Vl",
    "Loopback": "Lo",
    "Management": "Ma",
}
TYPES = {1000: "1000BASE-T", 25000: "25GBASE-SR", 100000: "100GBASE-SR4"}


def short(name: str) -> str:
    """Return a port's name as tables write it, such as Et1 or Et51/1."""
    kind = name.rstrip("0123456789/")
    return SHORT.get(kind, kind) + name[len(kind) :]


def _interfaces(view: View) -> str:
    return "\n".join(_interface(view, port) for port in view.device.ports.values())


def _interface(view: View, port: Port) -> str:
    mac = dotted(port.mac)
    lines = [f"{port.name} is {_link(view, port)}", _hardware(port, mac)]
    if port.description:
        lines.append(f"  Description: {port.description}")
    lines += [f"  Internet address is {address}" for address in port.addresses]
    if port.addresses:
        lines.append("  Broadcast address is 255.255.255.255")
    if port.bundle:
        lines.append(f"  Member of {port.bundle}")
    bandwidth = f" , BW {port.speed_mbps * 1000} kbit" if port.kind != LOOPBACK else ""
    size = (
        f"  IP MTU {port.mtu} bytes"
        if port.kind in {SVI, LOOPBACK}
        else (f"  Ethernet MTU {port.mtu} bytes")
    )
    lines.append(size + bandwidth)
    if port.kind == BUNDLE:
        lines += _active_members(view, port)
    if port.kind in {"physical", "management"}:
        lines.append(
            f"  {port.duplex.title()}-duplex, {_rate(port)}, auto negotiation: off, uni-link: n/a"
        )
    lines += _times(view, port)
    return "\n".join(lines)


def _link(view: View, port: Port) -> str:
    if port.err_disabled:
        return "down, line protocol is down (errdisabled)"
    if not port.enabled:
        return "administratively down, line protocol is down (disabled)"
    if view.up(port):
        return "up, line protocol is up (connected)"
    return "down, line protocol is down (notconnect)"


def _hardware(port: Port, mac: str) -> str:
    if port.kind == LOOPBACK:
        return "  Hardware is Loopback"
    if port.kind == SVI:
        return f"  Hardware is Vlan, address is {mac} (bia {mac})"
    kind = "Port-Channel" if port.kind == BUNDLE else "Ethernet"
    return f"  Hardware is {kind}, address is {mac}" + (
        "" if port.kind == BUNDLE else f" (bia {mac})"
    )


def _rate(port: Port) -> str:
    return f"{port.speed_mbps // 1000}Gb/s" if port.speed_mbps >= 1000 else f"{port.speed_mbps}Mb/s"  # noqa: PLR2004


def _active_members(view: View, port: Port) -> list[str]:
    members = [one for one in view.device.members(port.name) if view.up(one)]
    lines = [f"  Active members in this channel: {len(members)}"]
    return lines + [f"  ... {m.name} , {m.duplex.title()}-duplex, {_rate(m)}" for m in members]


def _times(view: View, port: Port) -> list[str]:
    since = clocked(view.network.uptime(port.changed_at or view.device.booted_at))
    word = "Up" if view.up(port) else "Down"
    lines = [f"  {word} {since}"]
    if port.kind in {SVI, LOOPBACK}:
        return lines
    errors = port.input_errors
    return [
        *lines,
        "  Loopback Mode : None",
        "  3 link status changes since last clear",
        '  Last clearing of "show interface" counters never',
        f"  5 minutes input rate {view.rate(port, 'in')} bps (0.1% with framing overhead), {view.rate(port, 'in') // 8000} packets/sec",
        f"  5 minutes output rate {view.rate(port, 'out')} bps (0.1% with framing overhead), {view.rate(port, 'out') // 8000} packets/sec",
        f"     {view.count(port, 'in')} packets input, {view.count(port, 'in') * 600} bytes",
        f"     Received {view.count(port, 'in') // 90} broadcasts, {view.count(port, 'in') // 70} multicast",
        "     0 runts, 0 giants",
        f"     {errors} input errors, {errors} CRC, 0 alignment, 0 symbol, 0 input discards",
        "     0 PAUSE input",
        f"     {view.count(port, 'out')} packets output, {view.count(port, 'out') * 600} bytes",
        f"     Sent {view.count(port, 'out') // 90} broadcasts, {view.count(port, 'out') // 70} multicast",
        "     0 output errors, 0 collisions",
        "     0 late collision, 0 deferred, 0 output discards",
        "     0 PAUSE output",
    ]


def _status(view: View) -> str:
    lines = [
        "Port       Name                             Status       Vlan     Duplex Speed  Type            Flags Encapsulation"
    ]
    lines += [
        f"{short(port.name):<10} {port.description[:32]:<32} {_word(view, port):<12} "
        f"{_vlan(port):<8} {port.duplex:<6} {_gigabits(port):<6} {_type(port)}"
        for port in view.device.of_kind("physical", "management", BUNDLE)
    ]
    return "\n".join(lines)


def _word(view: View, port: Port) -> str:
    if port.err_disabled:
        return "errdisabled"
    if not port.enabled:
        return "disabled"
    return "connected" if view.up(port) else "notconnect"


def _vlan(port: Port) -> str:
    if port.mode == "routed":
        return "routed"
    if port.bundle:
        return f"in {short(port.bundle)}"
    return "trunk" if port.mode == "trunk" else str(port.vlan)


def _gigabits(port: Port) -> str:
    return f"{port.speed_mbps // 1000}G" if port.speed_mbps >= 1000 else f"{port.speed_mbps}M"  # noqa: PLR2004


def _type(port: Port) -> str:
    return "N/A" if port.kind == BUNDLE else TYPES.get(port.speed_mbps, "10/100/1000")


def _err_disabled(view: View) -> str:
    lines = ["Port         Name                           Status       Reason"]
    lines.append("------------ ------------------------------ ------------ -------------")
    lines += [
        f"{short(one.name):<12} {one.description[:30]:<30} errdisabled  {one.err_disabled}"
        for one in view.device.of_kind("physical")
        if one.err_disabled
    ]
    return "\n".join(lines)


def _switchport(view: View) -> str:
    return "\n".join(_switched(view, port) for port in view.switchports())


def _switched(view: View, port: Port) -> str:
    names = view.device.vlans
    mode = {"access": "static access", "trunk": "trunk"}[port.mode]
    trunk = ranges(port.vlans) if port.mode == "trunk" else "ALL"
    return f"""Name: {short(port.name)}
Switchport: Enabled
Administrative Mode: {mode}
Operational Mode: {mode if view.up(port) else "down"}
MAC Address Learning: enabled
Dot1q ethertype/TPID: 0x8100 (active)
Dot1q VLAN Tag: Allowed
Access Mode VLAN: {port.vlan} ({names.get(port.vlan, "Inactive")})
Trunking Native Mode VLAN: {port.native} ({names.get(port.native, "Inactive")})
Administrative Native VLAN tagging: disabled
Trunking VLANs Enabled: {trunk}
Static Trunk Groups:
Dynamic Trunk Groups:
Source interface filtering: enabled
"""


def _vlans(view: View) -> str:
    lines = [
        "VLAN  Name                             Status    Ports",
        "----- -------------------------------- --------- -------------------------------",
    ]
    for number, name in sorted(view.device.vlans.items()):
        ports = [short(port.name) for port in view.vlan_ports(number)]
        cpu = ["Cpu"] if any(p.vlan == number for p in view.device.of_kind(SVI)) else []
        rows = _rows([*cpu, *ports])
        lines.append(f"{number:<5} {name:<32} active    {rows[0]}".rstrip())
        lines += [f"{'':<49}{row}" for row in rows[1:]]
    return "\n".join(lines)


def _rows(names: list[str]) -> list[str]:
    """Return names five a row."""
    rows = [", ".join(names[n : n + 5]) for n in range(0, len(names), 5)]
    return rows or [""]


def _channels(view: View) -> str:
    lines = [
        "                 Flags",
        "-------------------------- ----------------------------- -------------------------",
        "  a - LACP Active            p - LACP Passive           * - static fallback",
        "  F - Fallback enabled       f - Fallback configured    ^ - individual fallback",
        "  U - In Use                 D - Down",
        "",
        f"Number of channels in use: {len(view.device.of_kind(BUNDLE))}",
        f"Number of aggregators: {len(view.device.of_kind(BUNDLE))}",
        "",
        "   Port-Channel       Protocol    Ports",
        "------------------ -------------- -----------------------",
    ]
    for bundle in view.device.of_kind(BUNDLE):
        members = " ".join(
            f"{short(p.name)}({'PG+' if view.up(p) else 'D'})"
            for p in view.device.members(bundle.name)
        )
        flag = "U" if view.up(bundle) else "D"
        lines.append(f"   {short(bundle.name)}({flag})             LACP(a)     {members}")
    return "\n".join(lines)


PORTS: dict[str, Show] = {
    "show interfaces": _interfaces,
    "show interfaces status": _status,
    "show interfaces status errdisabled": _err_disabled,
    "show interfaces switchport": _switchport,
    "show vlan": _vlans,
    "show vlan brief": _vlans,
    "show port-channel summary": _channels,
    "show port-channel dense": _channels,
}

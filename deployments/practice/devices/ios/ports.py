"""What IOS shows of its ports and VLANs."""

# ruff: noqa: E501 - lines as wide as the device prints them
from __future__ import annotations

from deployments.practice.devices.model import BUNDLE, LOOPBACK, SVI, Port
from deployments.practice.devices.view import Show, View, dotted, ranges

SHORT = {
    "GigabitEthernet": "Gi",
    "TenGigabitEthernet": "Te",
    "Port-channel": "Po",
    "Vlan": "Vl",
    "Loopback": "Lo",
}
HARDWARE = {
    BUNDLE: "EtherChannel",
    SVI: "Ethernet SVI",
    LOOPBACK: "Loopback",
}
SPEEDS = {10: "10Mb/s", 100: "100Mb/s", 1000: "1000Mb/s", 10000: "10Gb/s", 20000: "20Gb/s"}
GIGABIT = 1000


def short(name: str) -> str:
    """Return a port's name as tables write it, such as Gi1/0/1."""
    kind = name.rstrip("0123456789/.")
    return SHORT.get(kind, kind) + name[len(kind) :]


def _interfaces(view: View) -> str:
    return "\n".join(_interface(view, port) for port in view.device.ports.values())


def _interface(view: View, port: Port) -> str:
    mac = dotted(port.mac)
    lines = [f"{port.name} is {_link(view, port)}"]
    if port.kind == LOOPBACK:
        lines.append("  Hardware is Loopback")
    else:
        hardware = HARDWARE.get(port.kind) or _hardware(port)
        lines.append(f"  Hardware is {hardware}, address is {mac} (bia {mac})")
    if port.description:
        lines.append(f"  Description: {port.description}")
    lines += [f"  Internet address is {address}" for address in port.addresses]
    lines += [
        f"  MTU {port.mtu} bytes, BW {port.speed_mbps * 1000} Kbit/sec, DLY 10 usec, ",
        "     reliability 255/255, txload 1/255, rxload 1/255",
        "  Encapsulation ARPA, loopback not set",
    ]
    if port.kind not in {SVI, LOOPBACK}:
        lines += ["  Keepalive set (10 sec)", f"  {_wire(port, view)}"]
    return "\n".join(lines + _traffic(view, port))


def _link(view: View, port: Port) -> str:
    if not port.enabled:
        return "administratively down, line protocol is down "
    if port.err_disabled:
        return "down, line protocol is down (err-disabled) "
    return (
        "up, line protocol is up (connected)"
        if view.up(port)
        else ("down, line protocol is down (notconnect)")
    )


def _hardware(port: Port) -> str:
    return "Ten Gigabit Ethernet" if port.speed_mbps > GIGABIT else "Gigabit Ethernet"


def _wire(port: Port, view: View) -> str:
    if not view.up(port) and port.kind != BUNDLE:
        return "Auto-duplex, Auto-speed, media type is 10/100/1000BaseTX"
    medium = "SFP-10GBase-SR" if port.speed_mbps > GIGABIT else "10/100/1000BaseTX"
    if port.kind == BUNDLE:
        return f"{port.duplex.title()}-duplex, {SPEEDS[port.speed_mbps]}, link type is auto, media type is N/A"
    return f"{port.duplex.title()}-duplex, {SPEEDS[port.speed_mbps]}, media type is {medium}"


def _traffic(view: View, port: Port) -> list[str]:
    errors = port.input_errors
    return [
        "  Last input 00:00:01, output 00:00:02, output hang never",
        '  Last clearing of "show interface" counters never',
        "  Input queue: 0/2000/0/0 (size/max/drops/flushes); Total output drops: 0",
        "  Queueing strategy: fifo",
        f"  5 minute input rate {view.rate(port, 'in')} bits/sec, {view.rate(port, 'in') // 8000} packets/sec",
        f"  5 minute output rate {view.rate(port, 'out')} bits/sec, {view.rate(port, 'out') // 8000} packets/sec",
        f"     {view.count(port, 'in')} packets input, {view.count(port, 'in') * 600} bytes, 0 no buffer",
        "     0 runts, 0 giants, 0 throttles",
        f"     {errors} input errors, {errors} CRC, 0 frame, 0 overrun, 0 ignored",
        f"     {view.count(port, 'out')} packets output, {view.count(port, 'out') * 600} bytes, 0 underruns",
        "     0 output errors, 0 collisions, 1 interface resets",
    ]


def _status(view: View) -> str:
    lines = ["", "Port         Name               Status       Vlan       Duplex  Speed Type"]
    lines += [
        f"{short(port.name):<12} {port.description[:18]:<18} {_word(view, port):<12} "
        f"{_vlan(port):<10} {_duplex(view, port):>6} {_speed(view, port):>6} {_type(port)}"
        for port in view.device.of_kind("physical", BUNDLE)
    ]
    return "\n".join(lines)


def _word(view: View, port: Port) -> str:
    if port.err_disabled:
        return "err-disabled"
    if not port.enabled:
        return "disabled"
    return "connected" if view.up(port) else "notconnect"


def _vlan(port: Port) -> str:
    return (
        "routed" if port.mode == "routed" else "trunk" if port.mode == "trunk" else str(port.vlan)
    )


def _duplex(view: View, port: Port) -> str:
    return f"a-{port.duplex}" if view.up(port) else "auto"


def _speed(view: View, port: Port) -> str:
    if not view.up(port):
        return "auto"
    return f"a-{port.speed_mbps}" if port.speed_mbps <= GIGABIT else f"{port.speed_mbps // 1000}G"


def _type(port: Port) -> str:
    if port.kind == BUNDLE:
        return "N/A"
    return "SFP-10GBase-SR" if port.speed_mbps > GIGABIT else "10/100/1000BaseTX"


def _err_disabled(view: View) -> str:
    found = [port for port in view.device.of_kind("physical") if port.err_disabled]
    lines = [
        "",
        "Port         Name               Status       Reason               Err-disabled Vlans",
    ]
    lines += [
        f"{short(one.name):<12} {one.description[:18]:<18} err-disabled {one.err_disabled}"
        for one in found
    ]
    return "\n".join(lines) if found else ""


def _switchport(view: View) -> str:
    ports = view.device.of_kind("physical", BUNDLE)
    return "\n\n".join(_switched(view, port) for port in ports if port.mode != "routed")


def _switched(view: View, port: Port) -> str:
    names = view.device.vlans
    mode = {"access": "static access", "trunk": "trunk"}[port.mode]
    bundled = f" (member of bundle {short(port.bundle)})" if port.bundle else ""
    lines = [
        f"Name: {short(port.name)}",
        "Switchport: Enabled",
        f"Administrative Mode: {mode}",
        f"Operational Mode: {mode + bundled if view.up(port) else 'down'}",
        "Administrative Trunking Encapsulation: dot1q",
        "Negotiation of Trunking: Off",
        f"Access Mode VLAN: {port.vlan} ({names.get(port.vlan, 'Inactive')})",
        f"Trunking Native Mode VLAN: {port.native} ({names.get(port.native, 'Inactive')})",
        "Administrative Native VLAN tagging: disabled",
        "Voice VLAN: none",
        f"Trunking VLANs Enabled: {ranges(port.vlans) if port.mode == 'trunk' else 'ALL'}",
        "Pruning VLANs Enabled: 2-1001",
        "Capture Mode Disabled",
        "Capture VLANs Allowed: ALL",
        "",
        "Protected: false",
        "Unknown unicast blocked: disabled",
        "Unknown multicast blocked: disabled",
        "Appliance trust: none",
    ]
    return "\n".join(lines)


def _vlans(view: View) -> str:
    lines = [
        "",
        "VLAN Name                             Status    Ports",
        "---- -------------------------------- --------- -------------------------------",
    ]
    for number, name in sorted(view.device.vlans.items()):
        access = [p for p in view.vlan_ports(number) if p.mode == "access"]
        rows = _rows([short(port.name) for port in access])
        lines.append(f"{number:<4} {name:<32} active    {rows[0]}".rstrip())
        lines += [f"{'':<48}{row}" for row in rows[1:]]
    return "\n".join(lines)


def _rows(names: list[str]) -> list[str]:
    """Return names four a row."""
    rows = [", ".join(names[n : n + 4]) for n in range(0, len(names), 4)]
    return rows or [""]


def _etherchannel(view: View) -> str:
    bundles = view.device.of_kind(BUNDLE)
    lines = [
        "Flags:  D - down        P - bundled in port-channel",
        "        S - Layer2      U - in use",
        "",
        f"Number of channel-groups in use: {len(bundles)}",
        f"Number of aggregators:           {len(bundles)}",
        "",
        "Group  Port-channel  Protocol    Ports",
        "------+-------------+-----------+-----------------------------------------------",
    ]
    for bundle in bundles:
        members = " ".join(
            f"{short(p.name)}({'P' if view.up(p) else 'D'})"
            for p in view.device.members(bundle.name)
        )
        name = f"{short(bundle.name)}({'SU' if view.up(bundle) else 'SD'})"
        number = bundle.name.removeprefix("Port-channel")
        lines.append(f"{number:<6} {name:<13} {'LACP':<9} {members}")
    return "\n".join(lines)


PORTS: dict[str, Show] = {
    "show interfaces": _interfaces,
    "show interfaces status": _status,
    "show interfaces status err-disabled": _err_disabled,
    "show interfaces switchport": _switchport,
    "show vlan": _vlans,
    "show vlan brief": _vlans,
    "show etherchannel summary": _etherchannel,
}

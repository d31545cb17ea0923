"""What NX-OS shows of its ports and VLANs."""

# ruff: noqa: E501 - lines as wide as the device prints them
from __future__ import annotations

from deployments.practice.devices.model import BUNDLE, LOOPBACK, SVI, Port
from deployments.practice.devices.view import Show, View, clocked, dotted, ranges

SHORT = {"Ethernet": "Eth", "port-channel": "Po", "loopback": "Lo"}
TYPES = {1000: "10GBase-T", 25000: "SFP-H25GB-SR", 100000: "QSFP-100G-SR4"}
GIGABIT = 1000
HARDWARE = {25000: "1000/10000/25000 Ethernet", 100000: "40000/100000 Ethernet"}


def short(name: str) -> str:
    """Return a port's name as tables write it, such as Eth1/1."""
    kind = name.rstrip("0123456789/")
    return SHORT.get(kind, kind) + name[len(kind) :]


def _interfaces(view: View) -> str:
    return "\n\n".join(_interface(view, port) for port in view.device.ports.values()) + "\n"


def _interface(view: View, port: Port) -> str:
    if port.kind == SVI:
        return _svi(view, port)
    lines = [f"{port.name} is {_link(view, port)}"]
    admin = "up" if port.enabled else "down"
    lines.append(f"admin state is {admin}, Dedicated Interface")
    if port.bundle:
        lines.append(f"  Belongs to {port.bundle[0].upper()}{port.bundle[1:]}")
    if port.kind == LOOPBACK:
        lines.append("  Hardware: Loopback")
    else:
        hardware = (
            "Port-Channel" if port.kind == BUNDLE else HARDWARE.get(port.speed_mbps, "Ethernet")
        )
        lines.append(
            f"  Hardware: {hardware}, address: {dotted(port.mac)} (bia {dotted(port.mac)})"
        )
    if port.description:
        lines.append(f"  Description: {port.description}")
    lines += [f"  Internet Address is {address}" for address in port.addresses]
    lines += [
        f"  MTU {port.mtu} bytes, BW {port.speed_mbps * 1000} Kbit , DLY 10 usec",
        "  reliability 255/255, txload 1/255, rxload 1/255",
        "  Encapsulation ARPA, medium is broadcast",
    ]
    if port.kind == LOOPBACK:
        return "\n".join(lines)
    lines.append(f"  Port mode is {port.mode}")
    lines.append(f"  {_wire(view, port)}")
    if port.kind == BUNDLE:
        members = ", ".join(short(one.name) for one in view.device.members(port.name))
        lines.append(f"  Members in this channel: {members}")
    return "\n".join(lines + _traffic(view, port))


def _svi(view: View, port: Port) -> str:
    word = "up" if view.up(port) else "down"
    lines = [
        f"{port.name} is {word}, line protocol is {word}, autostate enabled",
        f"  Hardware is EtherSVI, address is  {dotted(port.mac)}",
    ]
    if port.description:
        lines.append(f"  Description: {port.description}")
    lines += [f"  Internet Address is {address}" for address in port.addresses]
    return "\n".join([*lines, f"  MTU {port.mtu} bytes, BW 1000000 Kbit , DLY 10 usec"])


def _link(view: View, port: Port) -> str:
    if port.err_disabled:
        return f"down (errDisabled: {port.err_disabled})"
    if not port.enabled:
        return "down (Administratively down)"
    return "up" if view.up(port) else "down (Link not connected)"


def _wire(view: View, port: Port) -> str:
    if not view.up(port):
        return "auto-duplex, auto-speed"
    speed = (
        f"{port.speed_mbps // 1000} Gb/s"
        if port.speed_mbps >= GIGABIT
        else f"{port.speed_mbps} Mb/s"
    )
    return f"{port.duplex}-duplex, {speed}"


def _traffic(view: View, port: Port) -> list[str]:
    errors = port.input_errors
    received, sent = view.count(port, "in"), view.count(port, "out")
    since = clocked(view.network.uptime(port.changed_at or view.device.booted_at))
    return [
        "  Beacon is turned off",
        "  Auto-Negotiation is turned on  FEC mode is Auto",
        "  Input flow-control is off, output flow-control is off",
        "  Auto-mdix is turned off",
        "  Rate mode is dedicated",
        "  Switchport monitor is off ",
        "  EtherType is 0x8100 ",
        "  EEE (efficient-ethernet) : n/a",
        f"  Last link flapped {since}",
        '  Last clearing of "show interface" counters never',
        "  2 interface resets",
        "  Load-Interval #1: 30 seconds",
        f"  30 seconds input rate {view.rate(port, 'in')} bits/sec, {view.rate(port, 'in') // 8000} packets/sec",
        f"  30 seconds output rate {view.rate(port, 'out')} bits/sec, {view.rate(port, 'out') // 8000} packets/sec",
        "  RX",
        f"    {received} unicast packets  {received // 70} multicast packets  {received // 90} broadcast packets",
        f"    {received} input packets  {received * 600} bytes",
        "    0 jumbo packets  0 storm suppression bytes",
        f"    0 runts  0 giants  {errors} CRC  0 no buffer",
        f"    {errors} input error  0 short frame  0 overrun   0 underrun  0 ignored",
        "    0 watchdog  0 bad etype drop  0 bad proto drop  0 if down drop",
        "    0 input with dribble  0 input discard",
        "    0 Rx pause",
        "  TX",
        f"    {sent} unicast packets  {sent // 70} multicast packets  {sent // 90} broadcast packets",
        f"    {sent} output packets  {sent * 600} bytes",
        "    0 jumbo packets",
        "    0 output error  0 collision  0 deferred  0 late collision",
        "    0 lost carrier  0 no carrier  0 babble  0 output discard",
        "    0 Tx pause",
    ]


def _status(view: View) -> str:
    rule = "-" * 80
    lines = [
        rule,
        "Port          Name               Status    Vlan      Duplex  Speed   Type",
        rule,
    ]
    for port in view.device.of_kind("management", "physical", BUNDLE):
        name = port.description[:18].strip() or "--"
        lines.append(
            f"{short(port.name):<13} {name:<18} {_word(view, port):<9} {_vlan(port):<9} "
            f"{_duplex(view, port):<7} {_speed(view, port):<7} {_type(port)}"
        )
    return "\n".join(lines)


def _word(view: View, port: Port) -> str:
    if port.err_disabled:
        return "down"  # the reason stands in `show interface`
    if not port.enabled:
        return "disabled"
    return "connected" if view.up(port) else "notconnec"


def _vlan(port: Port) -> str:
    return port.mode if port.mode in {"routed", "trunk"} else str(port.vlan)


def _duplex(view: View, port: Port) -> str:
    return port.duplex if view.up(port) else "auto"


def _speed(view: View, port: Port) -> str:
    if not view.up(port):
        return "auto"
    return f"{port.speed_mbps // 1000}G" if port.speed_mbps >= 10000 else str(port.speed_mbps)  # noqa: PLR2004


def _type(port: Port) -> str:
    return "--" if port.kind != "physical" else TYPES.get(port.speed_mbps, "10g")


def _err_disabled(view: View) -> str:
    found = [port for port in view.device.of_kind("physical") if port.err_disabled]
    rule = "-" * 80
    lines = [rule, "Port          Name               Status    Reason", rule]
    lines += [
        f"{short(one.name):<13} {one.description[:18] or '--':<18} err-disabled {one.err_disabled}"
        for one in found
    ]
    return "\n".join(lines)


def _switchport(view: View) -> str:
    ports = [one for one in view.device.of_kind("physical", BUNDLE) if one.mode != "routed"]
    return "\n".join(_switched(view, port) for port in ports)


def _switched(view: View, port: Port) -> str:
    names = view.device.vlans
    trunk = ranges(port.vlans) if port.mode == "trunk" else "1-4094"
    return f"""Name: {port.name}
  Switchport: Enabled
  Switchport Monitor: Not enabled
  Operational Mode: {port.mode if view.up(port) else "down"}
  Access Mode VLAN: {port.vlan} ({names.get(port.vlan, "Vlan not created")})
  Trunking Native Mode VLAN: {port.native} ({names.get(port.native, "Vlan not created")})
  Trunking VLANs Allowed: {trunk}
  Voice VLAN: none
  Extended Trust State : not trusted [COS = 0]
  Administrative private-vlan primary host-association: none
  Operational private-vlan: none
  Unknown unicast blocked: disabled
  Unknown multicast blocked: disabled
  Monitor destination rate-limit: 1G
"""


def _vlans(view: View) -> str:
    lines = [
        "",
        "VLAN Name                             Status    Ports",
        "---- -------------------------------- --------- -------------------------------",
    ]
    for number, name in sorted(view.device.vlans.items()):
        ports = view.vlan_ports(number)
        names = [
            short(one.name) for port in ports for one in (port, *view.device.members(port.name))
        ]
        rows = [", ".join(names[n : n + 4]) for n in range(0, len(names), 4)] or [""]
        lines.append(f"{number:<4} {name:<32} active    {rows[0]}".rstrip())
        lines += [f"{'':<48}{row}" for row in rows[1:]]
    lines += ["", "VLAN Type  Vlan-mode", "---- ----- ----------"]
    return "\n".join(lines + [f"{n:<4} enet  CE" for n in sorted(view.device.vlans)])


def _channels(view: View) -> str:
    rule = "-" * 80
    lines = [
        "Flags:  D - Down        P - Up in port-channel (members)",
        "        I - Individual  H - Hot-standby (LACP only)",
        "        s - Suspended   r - Module-removed",
        "        S - Switched    R - Routed",
        "        U - Up (port-channel)",
        rule,
        "Group Port-       Type     Protocol  Member Ports",
        "      Channel",
        rule,
    ]
    for bundle in view.device.of_kind(BUNDLE):
        members = "    ".join(
            f"{short(p.name)}({'P' if view.up(p) else 'D'})"
            for p in view.device.members(bundle.name)
        )
        number = bundle.name.removeprefix("port-channel")
        name = f"{short(bundle.name)}({'SU' if view.up(bundle) else 'SD'})"
        lines.append(f"{number:<5} {name:<11} Eth      LACP      {members}")
    return "\n".join(lines)


PORTS: dict[str, Show] = {
    "show interface": _interfaces,
    "show interface status": _status,
    "show interface status err-disabled": _err_disabled,
    "show interface switchport": _switchport,
    "show vlan": _vlans,
    "show vlan brief": _vlans,
    "show port-channel summary": _channels,
}

"""What a line of configuration changes, in the words that Cisco, Arista and FRRouting share."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_interface

from deployments.practice.devices.model import Device, Port

Change = Callable[[Device, Port, str], bool]


def enter(device: Device, line: str) -> str | None:
    """Return the context that a line opens, such as `interface Ethernet1`, or None.

    A VLAN that does not exist is made, as is the interface of one.
    """
    words = line.split(maxsplit=1)
    if len(words) == 1 or words[0] not in {"interface", "vlan"}:
        return None
    if words[0] == "vlan":
        if not words[1].isdigit():
            return None
        device.vlans.setdefault(int(words[1]), f"VLAN{int(words[1]):04d}")
        return f"vlan {words[1]}"
    name = port_named(device, words[1])
    return f"interface {name}" if name else None


def port_named(device: Device, given: str) -> str | None:
    """Return the full name of a port that may be shortened: Et1, gi1/0/1, Ethernet 1/1."""
    match = re.fullmatch(r"([A-Za-z-]+)\s*([\d/.]*)", given)
    if match is None:
        return None
    word, number = match[1].lower(), match[2]
    for name in device.ports:
        kind = name.rstrip("0123456789/.")
        if name[len(kind) :] == number and kind.lower().startswith(word):
            return name
    return None


def apply(device: Device, context: str, line: str) -> bool:
    """Change the device as a line says; False where the line is not understood."""
    kind, _, name = context.partition(" ")
    if kind == "interface":
        return _in_port(device, device.ports[name], line)
    if kind == "vlan":
        return _in_vlan(device, int(name), line)
    return _globally(device, line)


def _globally(device: Device, line: str) -> bool:
    words = line.split()
    if words[:2] == ["no", "vlan"] and words[-1].isdigit():
        return device.vlans.pop(int(words[-1]), None) is not None
    if words[:2] == ["ntp", "server"] and len(words) > 2:  # noqa: PLR2004
        device.ntp_servers = (*device.ntp_servers, words[2])
        return True
    if words[:3] == ["no", "ntp", "server"] and len(words) > 3:  # noqa: PLR2004
        device.ntp_servers = tuple(one for one in device.ntp_servers if one != words[3])
        return True
    return False


def _in_vlan(device: Device, number: int, line: str) -> bool:
    if not line.startswith("name "):
        return False
    device.vlans[number] = line.removeprefix("name ")
    return True


def _in_port(device: Device, port: Port, line: str) -> bool:
    for start, change in IN_PORT.items():
        if line == start or line.startswith(f"{start} "):
            return change(device, port, line[len(start) :].strip())
    return False


def _describe(_: Device, port: Port, text: str) -> bool:
    port.description = text
    return bool(text)


def _undescribe(_: Device, port: Port, __: str) -> bool:
    port.description = ""
    return True


def _shut(_: Device, port: Port, __: str) -> bool:
    port.enabled = False
    port.flapped()
    return True


def _open(_: Device, port: Port, __: str) -> bool:
    port.enabled, port.err_disabled = True, None
    port.flapped()
    return True


def _resize(_: Device, port: Port, text: str) -> bool:
    port.mtu = int(text) if text.isdigit() else port.mtu
    return text.isdigit()


def _duplex(_: Device, port: Port, text: str) -> bool:
    known = text in {"full", "half", "auto"}
    port.duplex = text if known else port.duplex
    return known


def _access(device: Device, port: Port, text: str) -> bool:
    if not text.isdigit():
        return False
    device.vlans.setdefault(int(text), f"VLAN{int(text):04d}")
    port.vlan = int(text)
    return True


def _mode(_: Device, port: Port, text: str) -> bool:
    known = text in {"access", "trunk"}
    port.mode = text if known else port.mode
    return known


def _native(_: Device, port: Port, text: str) -> bool:
    port.native = int(text) if text.isdigit() else port.native
    return text.isdigit()


def _allow(device: Device, port: Port, text: str) -> bool:
    verb, _, rest = text.partition(" ")
    numbers = _numbers(rest if verb in {"add", "remove"} else text)
    if numbers is None:
        return False
    before = set(port.vlans)
    after = {"add": before | numbers, "remove": before - numbers}.get(verb, numbers)
    for one in [port, *device.members(port.name)]:
        one.vlans = tuple(sorted(after))
    return True


def _numbers(text: str) -> set[int] | None:
    found: set[int] = set()
    for part in text.split(","):
        low, _, high = part.partition("-")
        if not low.isdigit() or (high and not high.isdigit()):
            return None
        found |= set(range(int(low), int(high or low) + 1))
    return found


def _address(_: Device, port: Port, text: str) -> bool:
    try:
        address = ip_interface(text.replace(" ", "/", 1)).with_prefixlen
    except ValueError:
        return False
    if port.mode == "routed":
        port.addresses = (address,)
    return port.mode == "routed"


IN_PORT: dict[str, Change] = {
    "description": _describe,
    "no description": _undescribe,
    "no shutdown": _open,
    "shutdown": _shut,
    "mtu": _resize,
    "duplex": _duplex,
    "switchport access vlan": _access,
    "switchport mode": _mode,
    "switchport trunk native vlan": _native,
    "switchport trunk allowed vlan": _allow,
    "ip address": _address,
}

"""What the running configurations of IOS, NX-OS, EOS and FRR say, before they are masked.

They share one syntax: a line at the margin opens a section, the indented lines below belong to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from collectors.network.commands import EOS, FRR, IOS, NXOS
from collectors.network.normalise import address, integer, interface_name, vlan_id, vlan_ranges

WELL_KNOWN = frozenset({"public", "private"})
_BUNDLES = {IOS: "Port-channel", NXOS: "port-channel", EOS: "Port-Channel"}
_NTP = re.compile(r"ntp server (?:vrf \S+ )?(\S+)")
_SYSLOG = re.compile(
    r"logging (?:vrf \S+ )?(?:host |server )?(?:ipv6 )?(\d+\.\d+\.\d+\.\d+|[0-9a-f:]*:[0-9a-f:]+)"
)
_NAMED_SYSLOG = re.compile(r"logging (?:vrf \S+ )?(?:host|server) (\S+)")
_COMMUNITY = re.compile(r"snmp-server community (?:(?:0|7|8) )?\"?([^\s\"]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A line at the margin and the lines below it, without their indentation."""

    head: str
    lines: tuple[str, ...]


def sections(config: str) -> Iterator[Section]:
    """Yield the sections of a configuration in order."""
    head, lines = "", []
    for raw in config.splitlines():
        line = raw.rstrip()
        if not line or line.lstrip().startswith("!"):
            continue
        if line[0] in " \t":
            lines.append(line.strip())
            continue
        if head:
            yield Section(head=head, lines=tuple(lines))
        head, lines = line, []
    if head:
        yield Section(head=head, lines=tuple(lines))


def device_facts(config: str, platform: str) -> dict[str, Any]:
    """Return time and log servers, Telnet and well-known communities of a device."""
    if platform == FRR:
        # vtysh knows none of them: the system below it runs time, logs and SNMP.
        return {}
    parts = list(sections(config))
    heads = [part.head for part in parts]
    return {
        "ntp_servers": _each(_NTP, heads),
        "syslog_servers": _each(_SYSLOG, heads) or _each(_NAMED_SYSLOG, heads),
        "telnet_enabled": _telnet(parts, platform),
        "default_community": any(name in WELL_KNOWN for name in _each(_COMMUNITY, heads)),
    }


def interface_facts(config: str, platform: str) -> dict[str, dict[str, Any]]:
    """Return what is configured on each interface, by its long name."""
    found: dict[str, dict[str, Any]] = {}
    for part in sections(config):
        if part.head.startswith("interface "):
            name = interface_name(
                part.head.removeprefix("interface ").partition(" vrf ")[0], platform
            )
            found.setdefault(name, {}).update(_interface(part.lines, platform))
    return found


def vlan_names(config: str) -> dict[int, str | None]:
    """Return the VLANs that are configured, with their names where they have one."""
    found: dict[int, str | None] = {}
    for part in sections(config):
        match = re.fullmatch(r"vlan ([\d,-]+)", part.head)
        if match:
            name = next((line[5:] for line in part.lines if line.startswith("name ")), None)
            for number in _numbers(match[1]):
                found[number] = name or found.get(number)
    return found


def _numbers(text: str) -> Iterator[int]:
    for part in text.split(","):
        low, _, high = part.partition("-")
        first, last = vlan_id(low), vlan_id(high or low)
        if first and last:
            yield from range(first, last + 1)


def _each(pattern: re.Pattern[str], lines: list[str]) -> tuple[str, ...]:
    matches = (pattern.match(line) for line in lines)
    return tuple(sorted({match[1] for match in matches if match}))


def _telnet(parts: list[Section], platform: str) -> bool | None:
    if platform == NXOS:
        return any(part.head == "feature telnet" for part in parts)
    if platform == EOS:
        return any(
            part.head == "management telnet" and "no shutdown" in part.lines for part in parts
        )
    inputs = [
        line.removeprefix("transport input ").split()
        for part in parts
        if part.head.startswith("line vty")
        for line in part.lines
        if line.startswith("transport input ")
    ]
    # Without the line it depends on the version: older ones let Telnet in.
    return any({"telnet", "all"} & set(words) for words in inputs) if inputs else None


def _interface(lines: tuple[str, ...], platform: str) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    addresses: list[str] = []
    trunks: list[str] = []
    for line in lines:
        _switching(line, facts, trunks)
        _other(line, facts, platform)
        addresses += filter(None, [_address(line)])
    if trunks:
        facts["trunk_vlans"] = vlan_ranges(trunks)
    if addresses:
        facts["ip_addresses"] = tuple(dict.fromkeys(addresses))
    return facts


def _switching(line: str, facts: dict[str, Any], trunks: list[str]) -> None:
    match line.split():
        case ["no", "switchport"]:
            facts["mode"] = "routed"
        case ["switchport", "mode", mode, *_] if mode in {"access", "trunk"}:
            facts["mode"] = mode
        case ["switchport", "access", "vlan", number]:
            facts["access_vlan_id"] = vlan_id(number)
        case ["switchport", "trunk", "native", "vlan", number]:
            facts["native_vlan_id"] = vlan_id(number)
        case ["switchport", "trunk", "allowed", "vlan", *rest] if rest:
            trunks.append(rest[-1])
        case _:
            pass


def _other(line: str, facts: dict[str, Any], platform: str) -> None:
    match line.split():
        case ["description", *_]:
            facts["description"] = line.removeprefix("description ").strip()
        case ["shutdown"]:
            facts["admin_up"] = False
        case ["no", "shutdown"]:
            facts["admin_up"] = True
        case ["mtu", number]:
            facts["mtu"] = integer(number)
        case ["channel-group", number, *_] if platform in _BUNDLES:
            facts["port_channel"] = f"{_BUNDLES[platform]}{number}"
        case ["vrf", "forwarding" | "member", name] | ["ip", "vrf", "forwarding", name]:
            facts["vrf"] = name
        case ["vrf", name] if platform in {EOS, FRR}:
            facts["vrf"] = name
        case _:
            pass


def _address(line: str) -> str | None:
    match line.split():
        case ["ip", "address", where, *_] if "/" in where:
            return address(where)
        case ["ip", "address", where, mask, *_] if mask[:1].isdigit():
            return address(where, mask)
        case ["ipv6", "address", where, *_] if "/" in where:
            return address(where)
        case _:
            return None

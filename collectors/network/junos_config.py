"""What a Junos configuration says, as braces or as `set` lines, before it is masked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from collectors.network.commands import JUNOS
from collectors.network.ios_config import WELL_KNOWN
from collectors.network.normalise import address, integer, interface_name, vlan_id, vlan_ranges

Path = tuple[str, ...]
_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*\"|/\*.*?\*/|#[^\n]*|[{};\[\]]|[^\s{};\[\]]+", re.DOTALL)


def statements(config: str) -> list[Path]:
    """Return each statement as the words that lead to it: `system`, `ntp`, `server`, `10.0.0.5`."""
    if re.search(r"^set \S", config, re.MULTILINE) and "{" not in config:
        lines = (line for line in config.splitlines() if line.startswith("set "))
        return [tuple(_words(line[4:])) for line in lines]
    return list(_braces(config))


def _words(text: str) -> list[str]:
    return [word.strip('"') for word in _TOKEN.findall(text) if word[0] not in "#/{};[]"]


def _braces(config: str) -> Iterator[Path]:
    path: list[tuple[str, ...]] = []
    words: list[str] = []
    for one in _TOKEN.findall(config):
        if one[0] == "#" or one.startswith("/*"):
            continue
        if one == "{":
            path.append(tuple(words))
            words = []
        elif one in ";}":
            if words:
                yield tuple(word for part in (*path, tuple(words)) for word in part)
            words = []
            if one == "}" and path:
                path.pop()
        elif one not in "[]":
            words.append(one.strip('"'))


def device_facts(found: list[Path]) -> dict[str, Any]:
    """Return time and log servers, Telnet and well-known communities of a device."""
    syslog = {path[3] for path in found if path[:3] == ("system", "syslog", "host") and path[3:]}
    communities = {path[2] for path in found if path[:2] == ("snmp", "community") and path[2:]}
    ntp = {path[3] for path in found if path[:3] == ("system", "ntp", "server") and path[3:]}
    return {
        "ntp_servers": tuple(sorted(ntp)),
        "syslog_servers": tuple(sorted(syslog)),
        "telnet_enabled": any(path[:3] == ("system", "services", "telnet") for path in found),
        "default_community": bool(communities & WELL_KNOWN),
    }


def vlans(found: list[Path]) -> dict[str, tuple[int, str | None]]:
    """Return the VLANs by name: number, and the interface that routes it."""
    numbers: dict[str, int] = {}
    routed: dict[str, str] = {}
    for path in found:
        match path:
            case ("vlans", name, "vlan-id", number) if vlan_id(number):
                numbers[name] = int(number)
            case ("vlans", name, "l3-interface", interface):
                routed[name] = interface_name(interface, JUNOS)
            case _:
                pass
    return {name: (number, routed.get(name)) for name, number in numbers.items()}


def interface_facts(found: list[Path]) -> dict[str, dict[str, Any]]:
    """Return what is configured on each interface; unit 0 is the port itself."""
    known = {name: number for name, (number, _) in vlans(found).items()}
    facts: dict[str, dict[str, Any]] = {}
    for path in found:
        if path[0] == "interfaces" and len(path) > 2:  # noqa: PLR2004  a port and a statement
            _of_port(path, facts)
        elif path[0] == "routing-instances" and path[2:3] == ("interface",) and path[3:]:
            facts.setdefault(interface_name(path[3], JUNOS), {})["vrf"] = path[1]
    for each in facts.values():
        _settle(each, known)
    return facts


def _of_port(path: Path, facts: dict[str, dict[str, Any]]) -> None:
    port, rest = path[1], path[2:]
    if rest[0] == "unit" and len(rest) > 2:  # noqa: PLR2004  a unit's number and a statement
        port = interface_name(f"{port}.{rest[1]}", JUNOS)
        _of_unit(rest[2:], facts.setdefault(port, {}))
        return
    one = facts.setdefault(port, {})
    match rest:
        case ("description", *words):
            one["description"] = " ".join(words)
        case ("disable",):
            one["admin_up"] = False
        case ("native-vlan-id", number):
            one["native_vlan_id"] = vlan_id(number)
        case ("mtu", number):
            one["mtu"] = integer(number)
        case (_, "802.3ad", bundle) | (_, "ieee-802.3ad", bundle):
            one["port_channel"] = bundle
        case _:
            pass


def _of_unit(rest: Path, one: dict[str, Any]) -> None:
    match rest:
        case ("description", *words):
            one.setdefault("description", " ".join(words))
        case ("family", "inet" | "inet6", "address", where, *_) if address(where):
            found = (*one.get("ip_addresses", ()), address(where))
            one["ip_addresses"] = tuple(dict.fromkeys(found))
        case ("family", "ethernet-switching", "interface-mode" | "port-mode", mode):
            one["mode"] = mode
        case ("family", "ethernet-switching", "vlan", "members", *names):
            one["members"] = (*one.get("members", ()), *names)
        case ("family", "ethernet-switching", *_):
            one.setdefault("switched", True)
        case _:
            pass


def _settle(one: dict[str, Any], known: dict[str, int]) -> None:
    """Turn the names of VLANs into numbers; a switched port without a mode is an access port."""
    members = one.pop("members", ())
    if members or one.pop("switched", False):
        one.setdefault("mode", "access")
    numbers = [str(known.get(name, name)) for name in members]
    if one.get("mode") == "trunk" and members:
        one["trunk_vlans"] = vlan_ranges(numbers)
    elif one.get("mode") == "access" and numbers:
        one["access_vlan_id"] = vlan_id(numbers[0])
    elif "mode" not in one and one.get("ip_addresses"):
        one["mode"] = "routed"

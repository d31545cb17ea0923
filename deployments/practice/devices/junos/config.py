"""Junos' configuration: as nested blocks and as `set` lines, and what such a line changes."""

# ruff: noqa: E501 - lines as wide as the device prints them
from __future__ import annotations

import difflib

from deployments.practice.devices import configure, secrets
from deployments.practice.devices.model import LOOPBACK, SVI, Device, Port
from deployments.practice.devices.view import Show, View

ENCRYPTED = "## SECRET-DATA"


def set_lines(device: Device, salt: int) -> list[str]:
    """Return the configuration as `set` lines, without the word `set`."""
    lines = [f"version {device.software}", *_system(device, salt)]
    for port in device.ports.values():
        if port.kind != SVI:
            lines += _port(port)
    for port in device.of_kind(SVI):
        lines += _irb(device, port)
    lines += [*_snmp(device, salt), *_routing(device, salt), *_protocols(device, salt)]
    for number, name in sorted(device.vlans.items()):
        if number != 1:
            lines.append(f"vlans Vlan{number} description {name}")
            lines.append(f"vlans Vlan{number} vlan-id {number}")
            if any(port.vlan == number for port in device.of_kind(SVI)):
                lines.append(f"vlans Vlan{number} l3-interface irb.{number}")
    return lines


def _system(device: Device, salt: int) -> list[str]:
    login = "system login user"
    message = f'"Authorised staff only. Door of the cage: PIN {secrets.BANNER_SECRET}"'
    return [
        f"system host-name {device.name}",
        f'system root-authentication encrypted-password "{secrets.crypted(device.name, "6")}"',
        f"system login message {message}",
        f"{login} netops class super-user",
        f'{login} netops authentication ssh-rsa "ssh-rsa {secrets.public_key("netops")} netops@jump"',
        f"{login} nightshift class read-only",
        f'{login} nightshift authentication encrypted-password "{secrets.crypted(secrets.USER_SECRET, "6")}"',
        "system services ssh",
        *(["system services telnet"] if device.telnet else []),
        f'system tacplus-server 10.16.0.49 secret "{secrets.type9(secrets.TACACS_KEY, salt + 1)}"',
        f"system radius-server 10.16.0.50 secret {secrets.RADIUS_KEY}",
        *(f"system syslog host {server} any notice" for server in device.syslog_servers),
        f'system ntp authentication-key 1 type md5 value "{secrets.type9(secrets.NTP_KEY, salt + 2)}"',
        *(f"system ntp server {server}" for server in device.ntp_servers),
    ]


def _port(port: Port) -> list[str]:
    start = f"interfaces {port.name}"
    lines = []
    if port.description:
        lines.append(f'{start} description "{port.description}"')
    if not port.enabled:
        lines.append(f"{start} disable")
    if port.kind != LOOPBACK and port.mtu != 1514:  # noqa: PLR2004 - the default
        lines.append(f"{start} mtu {port.mtu}")
    if port.duplex != "full":
        lines.append(f"{start} link-mode {port.duplex}-duplex")
    if port.bundle:
        return [*lines, f"{start} ether-options 802.3ad {port.bundle}"]
    lines += [f"{start} unit 0 family inet address {address}" for address in port.addresses]
    if port.mode != "trunk":
        return lines
    if port.native != 1:
        lines.append(f"{start} native-vlan-id {port.native}")
    switching = f"{start} unit 0 family ethernet-switching"
    lines.append(f"{switching} interface-mode trunk")
    return lines + [f"{switching} vlan members Vlan{vlan}" for vlan in port.vlans]


def _irb(device: Device, port: Port) -> list[str]:
    start = f"interfaces irb unit {port.vlan}"
    lines = [f'{start} description "{port.description}"'] if port.description else []
    if not port.enabled:
        lines.append(f"{start} disable")
    for address in port.addresses:
        lines.append(f"{start} family inet address {address}")
        shared = device.virtual.get(port.vlan)
        if shared:
            group = f"{start} family inet address {address} vrrp-group 1"
            lines += [f"{group} virtual-address {shared}", f"{group} accept-data"]
    return lines


def _snmp(device: Device, salt: int) -> list[str]:
    user = "snmp v3 usm local-engine user nms authentication-sha authentication-key"
    return [
        f"snmp location {device.rack}",
        f"snmp community {device.community} authorization read-only",
        f"snmp community {secrets.WRITE_COMMUNITY} authorization read-write",
        f'{user} "{secrets.type9(secrets.SNMP_V3_KEY, salt + 3)}"',
    ]


def _routing(device: Device, salt: int) -> list[str]:
    chain = "security authentication-key-chains key-chain CORE key 1"
    router_id = device.of_kind(LOOPBACK)[0].addresses[0].split("/")[0]
    return [
        f'{chain} secret "{secrets.type9(secrets.KEY_CHAIN, salt + 4)}"',
        f"routing-options router-id {router_id}",
        f"routing-options autonomous-system {device.asn}",
        *(f"routing-options static route {route.prefix} next-hop {route.next_hop}"
          for route in device.routes if route.protocol == "static"),
    ]  # fmt: skip


def _protocols(device: Device, salt: int) -> list[str]:
    lines = []
    for peer in device.peers:
        start = f"protocols bgp group fabric neighbor {peer.address}"
        lines.append(f'{start} description "{peer.description}"')
        if peer.secret:
            hidden = secrets.type9(peer.secret, salt + 5)
            lines.append(f'{start} authentication-key "{hidden}"')
        lines.append(f"{start} peer-as {peer.asn}")
    return [*lines, "protocols lldp interface all", "protocols rstp interface all"]


def body(device: Device, salt: int) -> str:
    """Return the configuration as `set` lines; encrypted secrets are written with the salt."""
    return "\n".join(f"set {line}" for line in set_lines(device, salt))


def nested(lines: list[str]) -> str:
    """Return `set` lines as Junos shows them: one block a word, values at the end of lines."""
    tree: dict[str, dict] = {}  # type: ignore[type-arg]  # it holds itself
    for line in lines:
        here = tree
        for word in _statement(line):
            here = here.setdefault(word, {})
    return "\n".join(_block(tree, 0))


# Words that take the one after them as their name, or their value, in one statement.
NAMED = frozenset(
    (
        *("host-name", "encrypted-password", "message", "user", "class", "ssh-rsa", "server"),
        *("tacplus-server", "secret", "radius-server", "host", "any", "authentication-key"),
        *("unit", "family", "address", "description", "mtu", "link-mode", "802.3ad", "members"),
        *("interface-mode", "native-vlan-id", "vrrp-group", "virtual-address", "location"),
        *("community", "authorization", "key-chain", "key", "router-id", "autonomous-system"),
        *("route", "next-hop", "group", "neighbor", "peer-as", "interface", "vlan-id"),
        *("l3-interface", "version"),
    )
)


def _statement(line: str) -> list[str]:
    """Return the steps of a line, a name or a value joined to its word."""
    words = _words(line)
    steps: list[str] = []
    while words:
        word = words.pop(0)
        deep = len(steps) > 0 and steps[0] in {"vlans", "interfaces"} and len(steps) == 1
        if "type" in words and word == "authentication-key":
            return [*steps, " ".join([word, *words])]  # one statement, however long
        takes = word in NAMED and words and not deep
        steps.append(f"{word} {words.pop(0)}" if takes else word)
    return steps


def _words(line: str) -> list[str]:
    """Split a line at its spaces, quoted texts kept whole."""
    plain, *rest = line.split('"', 1)
    words = plain.split()
    if rest:
        quoted, _, tail = rest[0].partition('"')
        words += [f'"{quoted}"', *tail.split()]
    return words


def _block(tree: dict[str, dict], depth: int) -> list[str]:  # type: ignore[type-arg]
    lines, indent = [], "    " * depth
    for word, below in tree.items():
        if below:
            lines += [f"{indent}{word} {{", *_block(below, depth + 1), f"{indent}}}"]
        else:
            hidden = f" {ENCRYPTED}" if "$9$" in word or "$6$" in word else ""
            lines.append(f"{indent}{word};{hidden}")
    return lines


def _header(view: View) -> str:
    return f"## Last commit: {view.device.configured_at:%Y-%m-%d %H:%M:%S} UTC by netops\n"


def _configuration(view: View) -> str:
    return _header(view) + nested(set_lines(view.device, view.salt))


def _display_set(view: View) -> str:
    return body(view.device, view.salt)


def difference(before: Device, after: Device) -> str:
    """Return what a candidate changes, as `show | compare` does."""
    old, new = body(before, 0).splitlines(), body(after, 0).splitlines()
    changed = [line for line in difflib.ndiff(old, new) if line[:1] in "+-"]
    return "\n".join(changed)


def change(device: Device, words: list[str], line: str) -> bool:
    """Change a candidate as a `set` or `delete` line says; False where it is not understood."""
    verb, *path = words
    if path[:2] == ["interfaces", "irb"]:
        path = ["interfaces", "irb." + " ".join(path[3:4]), *path[4:]]
    if path[:1] != ["interfaces"] or len(path) < 3:  # noqa: PLR2004 - interfaces, name, statement
        return False
    port = device.ports.get(configure.port_named(device, path[1]) or path[1])
    statement = path[2]
    if port is None:
        return False
    value = line.partition(f" {statement}")[2].strip()
    return _change_port(port, verb == "set", statement, value)


def _change_port(port: Port, adds: bool, statement: str, value: str) -> bool:  # noqa: FBT001
    if statement == "description":
        port.description = value.strip('"') if adds else ""
    elif statement == "disable":
        port.enabled = not adds
    elif statement == "mtu" and (value.isdigit() or not adds):
        port.mtu = int(value) if adds else 1514
    else:
        return False
    return True


CONFIG: dict[str, Show] = {
    "show configuration": _configuration,
    "show configuration | display set": _display_set,
}

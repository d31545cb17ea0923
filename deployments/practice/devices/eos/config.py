"""EOS' configuration: what it shows of it."""

# ruff: noqa: E501 - lines as wide as the device prints them
from __future__ import annotations

import difflib

from deployments.practice.devices import secrets
from deployments.practice.devices.model import LOOPBACK, SVI, Device, Port
from deployments.practice.devices.view import Show, View, ranges

DEFAULT_MTU = {SVI: 1500, LOOPBACK: 1500, "management": 1500}


def body(device: Device, salt: int) -> str:
    """Return the configuration; encrypted passwords are written with the given salt."""
    lines = [
        f"! device: {device.name} ({device.model}, EOS-{device.software})",
        "!",
        "! boot system flash:/EOS-4.31.2F.swi",
        "!",
        "no aaa root",
        "!",
        *_access(device, salt),
        f"hostname {device.name}",
        *(f"ntp server {server}{' prefer' if n == 0 else ''}"
          for n, server in enumerate(device.ntp_servers)),
        "!",
        *_services(device, salt),
    ]  # fmt: skip
    for number, name in sorted(device.vlans.items()):
        if number != 1:
            lines += [f"vlan {number}", f"   name {name}", "!"]
    lines += ["vrf instance MGMT", "!"]
    for port in device.ports.values():
        lines += [*_port(port), "!"]
    return "\n".join([*lines, *_routing(device, salt), "end"])


def _access(device: Device, salt: int) -> list[str]:
    return [
        f"enable password sha512 {secrets.crypted(secrets.ENABLE_SECRET, '6')}",
        f"username netops privilege 15 role network-admin secret sha512 {secrets.crypted(device.name, '6')}",
        f"username nightshift privilege 15 role network-operator secret 0 {secrets.USER_SECRET}",
        f"username netops ssh-key ssh-rsa {secrets.public_key('netops')} netops@jump",
        "!",
        f"tacacs-server key 7 {secrets.type7(secrets.TACACS_KEY, salt + 1)}",
        f"tacacs-server host 10.16.0.49 key 7 {secrets.type7(secrets.TACACS_KEY, salt + 2)}",
        f"radius-server host 10.16.0.50 key {secrets.RADIUS_KEY}",
        "aaa authentication login default group tacacs+ local",
        "aaa authorization exec default group tacacs+ local",
        "!",
    ]


def _services(device: Device, salt: int) -> list[str]:
    return [
        *(f"logging host {server}" for server in device.syslog_servers),
        f"snmp-server community {device.community} ro",
        f"snmp-server community {secrets.WRITE_COMMUNITY} rw",
        f"snmp-server user nms v3group v3 auth sha {secrets.SNMP_V3_KEY} priv aes {secrets.SNMP_V3_KEY}",
        f"snmp-server location {device.rack}",
        "!",
        f"ntp authentication-key 1 md5 7 {secrets.type7(secrets.NTP_KEY, salt + 3)}",
        "spanning-tree mode mstp",
        "!",
        "banner motd",
        "Authorised staff only. Door of the cage: PIN " + secrets.BANNER_SECRET,
        "EOF",
        "!",
        *(["management telnet", "   no shutdown", "!"] if device.telnet else []),
        "management api http-commands",
        "   no shutdown",
        "!",
        "management security",
        "   ssl profile default",
        f"   password minimum length 12 ! shared {secrets.KEY_CHAIN}",
        "!",
    ]


def _port(port: Port) -> list[str]:
    lines = [f"interface {port.name}"]
    if port.description:
        lines.append(f"   description {port.description}")
    if port.mtu != DEFAULT_MTU.get(port.kind, 9214):
        lines.append(f"   mtu {port.mtu}")
    if not port.enabled:
        lines.append("   shutdown")
    if port.duplex != "full":
        lines.append(f"   speed forced 100{port.duplex}")
    lines += _switching(port) if port.mode != "routed" else []
    if port.bundle:
        lines.append(f"   channel-group {port.bundle.removeprefix('Port-Channel')} mode active")
    if port.vrf:
        lines.append(f"   vrf {port.vrf}")
    return lines + [f"   ip address {address}" for address in port.addresses]


def _switching(port: Port) -> list[str]:
    if port.mode == "access":
        return [f"   switchport access vlan {port.vlan}"] if port.vlan != 1 else []
    native = [f"   switchport trunk native vlan {port.native}"] if port.native != 1 else []
    allowed = f"   switchport trunk allowed vlan {ranges(port.vlans)}"
    return [*native, allowed, "   switchport mode trunk"]


def _routing(device: Device, salt: int) -> list[str]:
    lines = ["ip routing", "no ip routing vrf MGMT", "!"]
    lines += [f"ip route {r.prefix} {r.next_hop}" for r in device.routes if r.protocol == "static"]
    if not device.peers:
        return lines
    lines += ["!", f"router bgp {device.asn}", f"   router-id {_router_id(device)}"]
    for peer in device.peers:
        lines.append(f"   neighbor {peer.address} remote-as {peer.asn}")
        lines.append(f"   neighbor {peer.address} description {peer.description}")
        if peer.secret:
            hidden = secrets.type7(peer.secret, salt + 6)
            lines.append(f"   neighbor {peer.address} password 7 {hidden}")
    return [*lines, f"   network {_router_id(device)}/32", "!"]


def _router_id(device: Device) -> str:
    return device.of_kind(LOOPBACK)[0].addresses[0].split("/")[0]


def _running(view: View) -> str:
    text = body(view.device, view.salt)
    return f"! Command: show running-config\n{text}"


def _startup(view: View) -> str:
    stamp = view.device.configured_at.strftime("%a %b %d %H:%M:%S %Y")
    return (
        f"! Command: show startup-config\n! Startup-config last modified at {stamp} by netops\n"
        f"{view.device.saved}"
    )


def _diffs(view: View) -> str:
    before, after = view.device.saved.splitlines(), body(view.device, 0).splitlines()
    found = difflib.unified_diff(
        before, after, "flash:/startup-config", "system:/running-config", lineterm=""
    )
    return "\n".join(found)


CONFIG: dict[str, Show] = {
    "show running-config": _running,
    "show startup-config": _startup,
    "show running-config diffs": _diffs,
}

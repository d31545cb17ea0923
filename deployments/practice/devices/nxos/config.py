"""NX-OS' configuration: what it shows of it."""

# ruff: noqa: E501 - lines as wide as the device prints them
from __future__ import annotations

import difflib

from deployments.practice.devices import secrets
from deployments.practice.devices.model import BUNDLE, LOOPBACK, SVI, Device, Port
from deployments.practice.devices.view import Show, View, ranges

FEATURES = ("tacacs+", "bgp", "interface-vlan", "lacp", "lldp", "vpc")


def body(device: Device, salt: int) -> str:
    """Return the configuration; encrypted passwords are written with the given salt."""
    lines = [
        f"version {device.software} Bios:version 05.47",
        f"hostname {device.name}",
        "vdc " + device.name + " id 1",
        "  limit-resource vlan minimum 16 maximum 4094",
        "",
        *(["feature telnet"] if device.telnet else []),
        *(f"feature {name}" for name in FEATURES),
        "",
        *_access(device, salt),
        *_services(device, salt),
        f"vlan {ranges(device.vlans)}",
    ]
    for number, name in sorted(device.vlans.items()):
        if number != 1:
            lines += [f"vlan {number}", f"  name {name}"]
    lines += ["", "vrf context management", f"  ip route 0.0.0.0/0 {device.gateway}", ""]
    for port in device.ports.values():
        lines += [*_port(port), ""]
    lines += [
        "icam monitor scale",
        "",
        "line console",
        "line vty",
        "boot nxos bootflash:/nxos64-cs.10.2.5.M.bin",
    ]
    return "\n".join(lines + _routing(device, salt))


def _access(device: Device, salt: int) -> list[str]:
    return [
        f"username admin password 5 {secrets.crypted(device.name, '5')}  role network-admin",
        f"username nightshift password 0 {secrets.USER_SECRET}  role network-operator",
        f"username netops sshkey ssh-rsa {secrets.public_key('netops')} netops@jump",
        "ip domain-lookup",
        f'tacacs-server key 7 "{secrets.type7(secrets.TACACS_KEY, salt + 1)}"',
        f'tacacs-server host 10.16.0.49 key 7 "{secrets.type7(secrets.TACACS_KEY, salt + 2)}"',
        f"radius-server key {secrets.RADIUS_KEY}",
        "aaa group server tacacs+ ACS",
        "    server 10.16.0.49",
        "    use-vrf management",
        "aaa authentication login default group ACS local",
        "key chain CORE",
        "  key 1",
        f"    key-string 7 {secrets.type7(secrets.KEY_CHAIN, salt + 5)}",
        "banner motd @",
        "Authorised staff only. Door of the cage: PIN " + secrets.BANNER_SECRET,
        "@",
    ]


def _services(device: Device, salt: int) -> list[str]:
    engine = "0x" + device.mac.replace(":", "")
    return [
        f"snmp-server user nms network-operator auth md5 {engine} priv {secrets.SNMP_V3_KEY} localizedkey",
        f"snmp-server community {device.community} group network-operator",
        f"snmp-server community {secrets.WRITE_COMMUNITY} group network-admin",
        *([f"ntp authentication-key 1 md5 {secrets.type7(secrets.NTP_KEY, salt + 4)} 7"]
          if device.ntp_servers else []),
        *(f"ntp server {server} use-vrf management" for server in device.ntp_servers),
        *(f"logging server {server} 5 use-vrf management" for server in device.syslog_servers),
        *(f"ip route {r.prefix} {r.next_hop}" for r in device.routes if r.protocol == "static"),
    ]  # fmt: skip


def _port(port: Port) -> list[str]:
    lines = [f"interface {port.name}"]
    if port.description:
        lines.append(f"  description {port.description}")
    if port.vrf:
        lines.append(f"  vrf member {port.vrf}")
    lines += _switching(port) if port.mode != "routed" else []
    if port.mtu != 1500 and port.kind in {"physical", BUNDLE}:  # noqa: PLR2004 - the default
        lines.append(f"  mtu {port.mtu}")
    if port.duplex != "full":
        lines += ["  speed 100", f"  duplex {port.duplex}"]
    if port.bundle:
        lines.append(f"  channel-group {port.bundle.removeprefix('port-channel')} mode active")
    lines += [f"  ip address {address}" for address in port.addresses]
    opened = ["  no shutdown"] if port.kind in {"physical", SVI} else []
    return lines + (opened if port.enabled else ["  shutdown"])


def _switching(port: Port) -> list[str]:
    if port.mode == "access":
        return ["  switchport", f"  switchport access vlan {port.vlan}"]
    native = [f"  switchport trunk native vlan {port.native}"] if port.native != 1 else []
    allowed = f"  switchport trunk allowed vlan {ranges(port.vlans)}"
    return ["  switchport", "  switchport mode trunk", *native, allowed]


def _routing(device: Device, salt: int) -> list[str]:
    if not device.peers:
        return []
    router_id = device.of_kind(LOOPBACK)[0].addresses[0].split("/")[0]
    lines = [
        f"router bgp {device.asn}",
        f"  router-id {router_id}",
        "  address-family ipv4 unicast",
    ]
    for peer in device.peers:
        lines += [f"  neighbor {peer.address}", f"    remote-as {peer.asn}"]
        lines.append(f"    description {peer.description}")
        if peer.secret:
            lines.append(f"    password 7 {secrets.type7(peer.secret, salt + 6)}")
        lines.append("    address-family ipv4 unicast")
    return lines


def _running(view: View) -> str:
    changed = f"{view.device.configured_at:%a %b %d %H:%M:%S %Y}"
    return (
        "\n!Command: show running-config\n"
        f"!Running configuration last done at: {changed}\n"
        f"!Time: {view.now:%a %b %d %H:%M:%S %Y}\n\n" + body(view.device, view.salt)
    )


def _startup(view: View) -> str:
    saved = f"{view.device.configured_at:%a %b %d %H:%M:%S %Y}"
    return (
        "\n!Command: show startup-config\n"
        f"!Time: {view.now:%a %b %d %H:%M:%S %Y}\n!Startup config saved at: {saved}\n\n"
        + view.device.saved
    )


def _diff(view: View) -> str:
    before, after = view.device.saved.splitlines(), body(view.device, 0).splitlines()
    found = list(difflib.unified_diff(before, after, lineterm="", n=1))[2:]
    head = ["*** Startup-config", "--- Running-config"]
    return "\n".join([*head, *found]) if found else ""


CONFIG: dict[str, Show] = {
    "show running-config": _running,
    "show startup-config": _startup,
    "show running-config diff": _diff,
}

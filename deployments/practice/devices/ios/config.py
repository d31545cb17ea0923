"""IOS' configuration: what it shows of it, and the names of ports that it understands."""

from __future__ import annotations

from deployments.practice.devices import secrets
from deployments.practice.devices.model import BUNDLE, MANAGEMENT, Device, Port
from deployments.practice.devices.view import Show, View, netmask, ranges


def body(device: Device, salt: int) -> str:
    """Return the configuration; encrypted passwords are written with the given salt."""
    lines = [
        "version 17.9",
        "service timestamps debug datetime msec",
        "service timestamps log datetime msec",
        "service password-encryption",
        "!",
        f"hostname {device.name}",
        "!",
        "lldp run",
        "!",
        *_vrf(),
        *_access(device, salt),
        *_trustpoint(device),
        *_vlans(device),
    ]
    for port in device.ports.values():
        lines += [*_port(port), "!"]
    return "\n".join([*lines, *_services(device, salt), "end"])


def _vrf() -> list[str]:
    return ["vrf definition Mgmt-vrf", " !", " address-family ipv4", " exit-address-family", "!"]


def _access(device: Device, salt: int) -> list[str]:
    return [
        f"enable secret 9 {secrets.crypted(secrets.ENABLE_SECRET, '9')}",
        f"enable password 7 {secrets.type7(secrets.ENABLE_SECRET, salt + 3)}",
        "!",
        "aaa new-model",
        "aaa authentication login default group tacacs+ local",
        "aaa authorization exec default group tacacs+ local if-authenticated",
        "aaa authorization commands 15 default group tacacs+ local",
        "aaa accounting exec default start-stop group tacacs+",
        "!",
        f"username netops privilege 15 secret 5 {secrets.crypted(device.name)}",
        f"username nightshift privilege 15 password 7 {secrets.type7(secrets.USER_SECRET, salt)}",
        f"username breakglass privilege 15 password 0 {secrets.USER_SECRET}",
        "!",
        f"key chain CORE\n key 1\n  key-string 7 {secrets.type7(secrets.KEY_CHAIN, salt + 5)}",
        "!",
    ]


def _trustpoint(device: Device) -> list[str]:
    return [
        "crypto pki trustpoint TP-self-signed",
        " enrollment selfsigned",
        " revocation-check none",
        "!",
        "crypto pki certificate chain TP-self-signed",
        " certificate self-signed 01",
        *(f"  {line}" for line in secrets.private_key(device.serial)),
        "  \tquit",
        "!",
    ]


def _vlans(device: Device) -> list[str]:
    lines = ["spanning-tree mode rapid-pvst", "!"]
    for number, name in sorted(device.vlans.items()):
        if number != 1:
            lines += [f"vlan {number}", f" name {name}", "!"]
    return lines


def _port(port: Port) -> list[str]:
    lines = [f"interface {port.name}"]
    if port.description:
        lines.append(f" description {port.description}")
    if port.vrf:
        lines.append(f" vrf forwarding {port.vrf}")
    lines += _switching(port) if port.mode != "routed" else []
    lines += [f" ip address {netmask(address)}" for address in port.addresses]
    if port.mode == "routed" and not port.addresses:
        lines.append(" no ip address")
    if port.duplex != "full" and port.kind == "physical":
        lines += [f" speed {min(port.speed_mbps, 100)}", f" duplex {port.duplex}"]
    if port.mtu != 1500 and port.kind in {"physical", BUNDLE}:  # noqa: PLR2004 - the default
        lines.append(f" mtu {port.mtu}")
    if not port.enabled:
        lines.append(" shutdown")
    if port.bundle:
        lines.append(f" channel-group {port.bundle.removeprefix('Port-channel')} mode active")
    return lines


def _switching(port: Port) -> list[str]:
    if port.mode == "access":
        return [f" switchport access vlan {port.vlan}", " switchport mode access"]
    native = [f" switchport trunk native vlan {port.native}"] if port.native != 1 else []
    allowed = f" switchport trunk allowed vlan {ranges(port.vlans)}"
    return [*native, allowed, " switchport mode trunk"]


def _services(device: Device, salt: int) -> list[str]:
    management = next((p for p in device.of_kind(MANAGEMENT)), None)
    source = [f"ip tacacs source-interface {management.name}"] if management else []
    return [
        f"ip default-gateway {device.gateway}",
        "no ip http server",
        *source,
        *(f"ip route {route.prefix.replace('0.0.0.0/0', '0.0.0.0 0.0.0.0')} {route.next_hop}"
          for route in device.routes if route.protocol == "static"),
        *(f"logging host {server}" for server in device.syslog_servers),
        f"snmp-server community {device.community} RO",
        f"snmp-server community {secrets.WRITE_COMMUNITY} RW 98",
        f"snmp-server host 10.16.0.14 version 2c {device.community}",
        "snmp-server location " + device.rack,
        "!",
        "tacacs server acs1",
        " address ipv4 10.16.0.49",
        f" key 7 {secrets.type7(secrets.TACACS_KEY, salt + 1)}",
        "!",
        "radius server ise1",
        " address ipv4 10.16.0.50 auth-port 1812 acct-port 1813",
        f" key {secrets.RADIUS_KEY}",
        "!",
        "banner motd ^C",
        "Authorised staff only. Door of the cage: PIN " + secrets.BANNER_SECRET,
        "^C",
        "!",
        "line con 0",
        " stopbits 1",
        "line vty 0 4",
        f" password 7 {secrets.type7(secrets.USER_SECRET, salt + 2)}",
        f" transport input {'telnet ssh' if device.telnet else 'ssh'}",
        "line vty 5 15",
        f" transport input {'telnet ssh' if device.telnet else 'ssh'}",
        "!",
        *([f"ntp authentication-key 1 md5 {secrets.type7(secrets.NTP_KEY, salt + 4)} 7"]
          if device.ntp_servers else []),
        *(f"ntp server {server}" for server in device.ntp_servers),
    ]  # fmt: skip


def _running(view: View) -> str:
    text = body(view.device, view.salt)
    changed = view.device.configured_at.strftime("%H:%M:%S UTC %a %b %d %Y")
    return (
        f"Building configuration...\n\nCurrent configuration : {len(text)} bytes\n!\n"
        f"! Last configuration change at {changed} by netops\n!\n"
        f"{text.removesuffix('end')}ntp clock-period {17179800 + view.salt % 99}\nend"
    )


def _startup(view: View) -> str:
    saved = view.device.saved
    return f"Using {len(saved)} out of 2097152 bytes, uncompressed\n!\n{saved}"


CONFIG: dict[str, Show] = {
    "show running-config": _running,
    "show startup-config": _startup,
}

"""What FRRouting shows: the JSON of vtysh, and its configuration.

Source: the layouts are those that FRRouting 8.4 prints, as seen with its own daemons.
"""

from __future__ import annotations

import json
from typing import Any

from deployments.practice.devices import secrets
from deployments.practice.devices.model import Device, Peer, Port
from deployments.practice.devices.view import Entry, Show, View, clocked

DISTANCES = {"connected": 0, "local": 0, "static": 1, "bgp": 20}


def _version(view: View) -> str:
    device = view.device
    return f"""FRRouting {device.software} ({device.name}) on Linux(6.1.0-18-amd64).
Copyright 1996-2005 Kunihiro Ishiguro, et al.
configured with:
    '--build=x86_64-linux-gnu' '--prefix=/usr' '--enable-user=frr' '--enable-group=frr'"""


def _interfaces(view: View) -> str:
    return json.dumps({p.name: _interface(view, p) for p in view.device.ports.values()}, indent=2)


def _interface(view: View, port: Port) -> dict[str, Any]:
    up = view.up(port)
    seen = {
        "administrativeStatus": "up" if port.enabled else "down",
        "operationalStatus": "up" if up else "down",
        "linkDetection": True,
        "linkUps": 2,
        "linkDowns": 1,
        "vrfName": "default",
        "mplsEnabled": False,
        "linkDown": not up,
        "description": port.description,
        "index": 1 + list(view.device.ports).index(port.name),
        "metric": 0,
        "mtu": port.mtu if port.kind != "loopback" else 65536,
        "speed": port.speed_mbps if port.kind != "loopback" else 0,
        "flags": "<UP,LOWER_UP,BROADCAST,RUNNING,MULTICAST>" if up else "<BROADCAST,MULTICAST>",
        "type": "Loopback" if port.kind == "loopback" else "Ethernet",
        "interfaceType": "Other",
        "ipAddresses": [{"address": one, "secondary": False} for one in port.addresses],
        "protodown": "off",
    }
    return seen if port.kind == "loopback" else {**seen, "hardwareAddress": port.mac}


def _brief(view: View) -> str:
    found = {
        port.name: {
            "status": "up" if view.up(port) else "down",
            "vrfName": "default",
            "addresses": list(port.addresses),
        }
        for port in view.device.ports.values()
    }
    return json.dumps(found, indent=2)


def _routes(view: View) -> str:
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in view.routes():
        if entry.protocol != "local":
            found.setdefault(str(entry.prefix), []).append(_route(view, entry))
    return json.dumps(found, indent=2)


def _route(view: View, entry: Entry) -> dict[str, Any]:
    hop: dict[str, Any] = {"flags": 3, "fib": True, "active": True, "interfaceName": entry.port}
    if entry.next_hop:
        hop |= {"ip": entry.next_hop, "afi": "ipv4", "weight": 1}
    else:
        hop |= {"directlyConnected": True}
    return {
        "prefix": str(entry.prefix),
        "prefixLen": entry.prefix.prefixlen,
        "protocol": entry.protocol,
        "vrfId": 0,
        "vrfName": "default",
        "selected": True,
        "destSelected": True,
        "distance": DISTANCES[entry.protocol],
        "metric": 0,
        "installed": True,
        "table": 254,
        "nexthopGroupId": 11,
        "uptime": clocked(view.uptime),
        "nexthops": [hop],
    }


def _bgp_everywhere(view: View) -> str:
    return json.dumps({"default": json.loads(_bgp(view))}, indent=2)


def _bgp(view: View) -> str:
    summary = {"ipv4Unicast": _family(view)} if view.device.peers else {}
    return json.dumps(summary, indent=2)


def _bgp_ipv4(view: View) -> str:
    return json.dumps(_family(view), indent=2)


def _family(view: View) -> dict[str, Any]:
    peers = {peer.address: _peer(view, peer) for peer in view.device.peers}
    failed = sum(one["state"] != "Established" for one in peers.values())
    return {
        "routerId": view.router_id,
        "as": view.device.asn,
        "vrfId": 0,
        "vrfName": "default",
        "tableVersion": 20,
        "ribCount": 9,
        "ribMemory": 1656,
        "peerCount": len(peers),
        "peerMemory": 1449288,
        "peers": peers,
        "failedPeers": failed,
        "displayedPeers": len(peers),
        "totalPeers": len(peers),
        "dynamicPeers": 0,
        "bestPath": {"multiPathRelax": "false"},
    }


def _peer(view: View, peer: Peer) -> dict[str, Any]:
    state = view.state(peer)
    up = state == "Established"
    age = view.network.uptime(peer.since)
    return {
        "hostname": peer.far or "",
        "remoteAs": peer.asn,
        "localAs": view.device.asn,
        "version": 4,
        "msgRcvd": 900 + view.salt,
        "msgSent": 900 + view.salt,
        "tableVersion": 0,
        "outq": 0,
        "inq": 0,
        "peerUptime": clocked(age) if up else "never",
        "peerUptimeMsec": int(age.total_seconds() * 1000) if up else 0,
        "peerUptimeEstablishedEpoch": int(peer.since.timestamp()) if up else 0,
        "pfxRcd": view.prefixes(peer) if up else 0,
        "pfxSnt": 9 if up else 0,
        "state": state,
        "peerState": "OK",
        "connectionsEstablished": 1,
        "connectionsDropped": 0,
        "desc": peer.description,
        "idType": "ipv4",
    }


def _neighbours(view: View) -> str:
    found = {peer.address: _neighbour(view, peer) for peer in view.device.peers}
    return json.dumps(found, indent=2)


def _neighbour(view: View, peer: Peer) -> dict[str, Any]:
    return {
        "remoteAs": peer.asn,
        "localAs": view.device.asn,
        "nbrExternalLink": True,
        "nbrDesc": peer.description,
        "hostname": peer.far or "",
        "bgpVersion": 4,
        "remoteRouterId": peer.address,
        "localRouterId": view.router_id,
        "bgpState": view.state(peer),
    }


def _arp(view: View) -> str:
    found = {
        one.address: {"interface": one.port, "state": "REACHABLE", "mac": one.mac}
        for one in view.resolved()
    }
    return json.dumps(found, indent=2)


def body(device: Device, _salt: int) -> str:
    """Return the configuration; FRRouting writes its passwords as they are."""
    lines = [
        f"frr version {device.software}",
        "frr defaults traditional",
        f"hostname {device.name}",
        "log syslog informational",
        "service integrated-vtysh-config",
        f"password {secrets.USER_SECRET}",
        f"enable password {secrets.ENABLE_SECRET}",
        "!",
    ]
    lines += [f"key chain CORE\n key 1\n  key-string {secrets.KEY_CHAIN}\n exit\nexit", "!"]
    for port in device.ports.values():
        lines += [*_port(port), "exit", "!"]
    return "\n".join([*lines, *_router(device), "end"])


def _port(port: Port) -> list[str]:
    lines = [f"interface {port.name}"]
    if port.description:
        lines.append(f" description {port.description}")
    lines += [f" ip address {address}" for address in port.addresses]
    return lines if port.enabled else [*lines, " shutdown"]


def _router(device: Device) -> list[str]:
    lines = [f"router bgp {device.asn}", " no bgp ebgp-requires-policy"]
    for peer in device.peers:
        lines += [
            f" neighbor {peer.address} remote-as {peer.asn}",
            f" neighbor {peer.address} description {peer.description}",
        ]
        if peer.secret:
            lines.append(f" neighbor {peer.address} password {peer.secret}")
    lines += [" !", " address-family ipv4 unicast", "  redistribute connected"]
    return [*lines, " exit-address-family", "exit", "!"]


def _running(view: View) -> str:
    text = body(view.device, view.salt)
    return f"Building configuration...\n\nCurrent configuration:\n!\n{text}"


def _startup(view: View) -> str:
    return view.device.saved


TABLES: dict[str, Show] = {
    "show version": _version,
    "show interface json": _interfaces,
    "show interface brief json": _brief,
    "show ip route json": _routes,
    "show ip route vrf all json": _routes,
    "show bgp vrf all summary json": _bgp_everywhere,
    "show bgp summary json": _bgp,
    "show ip bgp summary json": _bgp,
    "show bgp ipv4 unicast summary json": _bgp_ipv4,
    "show bgp neighbors json": _neighbours,
    "show ip bgp neighbors json": _neighbours,
    "show ip nht json": lambda _: json.dumps({}),
    "show arp json": _arp,
    "show running-config": _running,
    "show startup-config": _startup,
}

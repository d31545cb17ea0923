"""Rows of a device's tables into records: addresses, MACs, routes, routing peers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from collectors.network.normalise import integer, interface_name, mac, protocol, vlan_id
from collectors.network.templates import Row
from models.kinds.device import ROUTES_KEPT, ArpEntry, IpRoute, MacEntry, RoutingPeer

_OWN_PORTS = re.compile(
    r"cpu|router|switch|igmp|drop|sup-eth|vpc peer|self|static|\(r\)|irb|vtep", re.I
)
_TRYING = r"idle|active|connect|opensent|openconfirm|open ?sent|open ?confirm|closing|clearing"
_FORMING = ("init", "exstart", "exchange", "exchg", "loading", "attempt")
_OSPF = {"full": "established", "2ways": "2way", "twoway": "2way"}
_KEPT_ALWAYS = frozenset({"connected", "local", "static"})
_DEFAULT_VRFS = frozenset({"", "default", "global", "master", "inet.0"})


def arp(rows: Iterable[Row], platform: str) -> tuple[ArpEntry, ...]:
    """Return the addresses that are resolved, in order."""
    found = {
        ArpEntry(
            ip_address=str(row.get("ip_address") or row.get("address")),
            mac=where,
            interface=_interface(row.get("interface"), platform),
            vrf=_vrf(row.get("vrf")),
        )
        for row in rows
        if (where := mac(row.get("mac_address") or row.get("hardware_address")))
    }
    return tuple(sorted(found, key=lambda entry: (entry.vrf or "", entry.ip_address, entry.mac)))


def macs(rows: Iterable[Row], platform: str, numbers: dict[str, int]) -> tuple[MacEntry, ...]:
    """Return what is learned behind ports; the device's own addresses are left out.

    Args:
        rows: As the template gives them; `vlan` is a VLAN's name where the device writes names.
        platform: It decides how interfaces are called.
        numbers: The VLANs by name.
    """
    found = set()
    for row in rows:
        where = mac(row.get("mac_address"))
        ports = row.get("ports") or ()
        for port in [ports] if isinstance(ports, str) else ports:
            if where and port and not _OWN_PORTS.search(port):
                name = interface_name(port, platform)
                found.add(MacEntry(mac=where, interface=name, vlan_id=_vlan(row, numbers)))
    return tuple(sorted(found, key=lambda each: (each.interface, each.mac, each.vlan_id or 0)))


def _vlan(row: Row, numbers: dict[str, int]) -> int | None:
    named = row.get("vlan")
    return vlan_id(row.get("vlan_id")) or numbers.get(str(named)) or vlan_id(named)


def routes(rows: Iterable[Row], platform: str) -> tuple[IpRoute, ...]:
    """Return every route, one for each next hop."""
    return tuple(dict.fromkeys(route for row in rows for route in _routes(row, platform)))


def _routes(row: Row, platform: str) -> Iterable[IpRoute]:
    prefix = row.get("prefix") or f"{row.get('network')}/{row.get('prefix_length') or 32}"
    if not prefix[0].isalnum() or row.get("network") == "":
        return
    hops, interfaces = _many(row.get("next_hop")), _many(row.get("next_interface"))
    for number in range(max(len(hops), len(interfaces), 1)):
        hop = hops[number] if number < len(hops) else ""
        interface = interfaces[number] if number < len(interfaces) else None
        yield IpRoute(
            prefix=prefix,
            protocol=protocol(str(row.get("protocol") or "")),
            next_hop=hop if hop and hop != "connected" else None,
            interface=_interface(interface, platform),
            vrf=_vrf(row.get("vrf")),
        )


def kept(found: tuple[IpRoute, ...]) -> tuple[IpRoute, ...]:
    """Return the routes that are kept: all connected, local and static, and others as they fit."""
    own = [route for route in found if route.protocol in _KEPT_ALWAYS]
    others = sorted(
        (route for route in found if route.protocol not in _KEPT_ALWAYS), key=_route_order
    )
    return tuple(sorted(own + others[: max(0, ROUTES_KEPT - len(own))], key=_route_order))


def _route_order(route: IpRoute) -> tuple[str, ...]:
    return (route.vrf or "", route.prefix, route.next_hop or "", route.interface or "")


def bgp_peers(rows: Iterable[Row]) -> list[RoutingPeer]:
    """Return the BGP peers of a summary."""
    return [
        RoutingPeer(
            protocol="bgp",
            address=str(row["bgp_neighbor"]).lstrip("*").strip(),
            state=_bgp_state(row),
            asn=_asn(str(row.get("neighbor_as") or "")),
            vrf=_vrf(row.get("vrf")),
        )
        for row in rows
        if row.get("bgp_neighbor")
    ]


def _bgp_state(row: Row) -> str:
    word = str(row.get("state") or row.get("state_or_prefixes") or "").strip().lower()
    # Where a summary gives a number of prefixes instead of a state, the peer is up.
    return "established" if re.match(r"\d", word) else bgp_state(word)


def bgp_state(word: str) -> str:
    """Return the state of a BGP peer: established, down, or `idle (admin)` where it was shut.

    A peer that is down tries again and again, through the states of RFC 4271, section 8.2.2: which
    of them one meets is chance, and says nothing.
    """
    word = word.strip().lower()
    if re.match(r"estab|est$", word):
        return "established"
    if "admin" in word or "shut" in word:
        return "idle (admin)"
    return "down" if re.match(_TRYING, word) else word or "unknown"


def _asn(text: str) -> int | None:
    high, dot, low = text.partition(".")
    if not dot:
        return integer(text)
    first, second = integer(high), integer(low)
    return None if first is None or second is None else first * 65536 + second


def ospf_peers(rows: Iterable[Row], platform: str) -> list[RoutingPeer]:
    """Return the OSPF neighbours; FULL is established."""
    return [
        RoutingPeer(
            protocol="ospf",
            address=str(row.get("ip_address") or row.get("neighbor_id")),
            state=ospf_state(str(row.get("state") or "")),
            vrf=_vrf(row.get("vrf")),
            interface=_interface(row.get("interface"), platform),
        )
        for row in rows
        if row.get("ip_address") or row.get("neighbor_id")
    ]


def ospf_state(word: str) -> str:
    """Return the state of an OSPF neighbour: established, 2way, forming or down.

    What lies between is passing (RFC 2328, section 10.1).
    """
    word = re.sub(r"[^a-z0-9]", "", word.strip().lower().partition("/")[0])
    if word.startswith(_FORMING):
        return "forming"
    return _OSPF.get(word, word or "unknown")


def peer_order(peer: RoutingPeer) -> tuple[str, ...]:
    """Return by what routing peers are sorted."""
    return (peer.protocol, peer.vrf or "", peer.address, peer.interface or "")


def _many(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(each) for each in value]
    return [str(value)] if value else []


def _interface(value: Any, platform: str) -> str | None:
    name = str(value or "").split("[")[0].split(",")[0].strip()
    return interface_name(name, platform) if name else None


def _vrf(value: Any) -> str | None:
    name = str(value or "").strip()
    return None if name.lower() in _DEFAULT_VRFS else name

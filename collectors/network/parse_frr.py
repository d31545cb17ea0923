"""The JSON of FRR's vtysh. Source: the output of FRR 8.4; fields of later versions are optional."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from collectors.network.normalise import address, integer, mac, plain, protocol
from collectors.network.parse_tables import bgp_state, ospf_state
from collectors.network.templates import DoesNotFit, Row
from models.kinds.device import RoutingPeer
from models.kinds.interface import InterfaceState

_UNKNOWN_SPEED = 4_294_967_295
_STATES = {"up": InterfaceState.UP, "down": InterfaceState.DOWN}


def load(text: str) -> dict[str, Any]:
    """Return the object that a command printed.

    Raises:
        DoesNotFit: It is no JSON object.
    """
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise DoesNotFit("it is no JSON") from error
    if not isinstance(found, dict):
        raise DoesNotFit("it is no JSON object")
    cleaned: dict[str, Any] = _clean(found)
    return cleaned


def _clean(value: Any) -> Any:
    """Return a value whose texts hold no NUL and no half character, which JSON can spell."""
    match value:
        case str():
            return plain(value)
        case dict():
            return {plain(key): _clean(each) for key, each in value.items()}
        case list():
            return [_clean(each) for each in value]
        case _:
            return value


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _vrf(value: Any) -> str | None:
    return value if isinstance(value, str) and value != "default" else None


def version(text: str) -> dict[str, Any]:
    """Return the facts of `show version`.

    Raises:
        DoesNotFit: It names no version.
    """
    found = re.search(r"FRRouting (\S+)", text)
    if not found:
        raise DoesNotFit("it names no version")
    return {"os_version": found[1], "model": "FRRouting"}


def interfaces(text: str) -> dict[str, dict[str, Any]]:
    """Return the facts of each interface of `show interface json`, by name."""
    return {name: _interface(each) for name, each in load(text).items() if isinstance(each, dict)}


def _interface(each: dict[str, Any]) -> dict[str, Any]:
    speed = integer(each.get("speed"))
    listed = each.get("ipAddresses") or ()
    found = [address(_text(one.get("address"))) for one in listed if isinstance(one, dict)]
    return {
        "admin_up": each.get("administrativeStatus") == "up",
        "state": _STATES.get(str(each.get("operationalStatus")), InterfaceState.UNKNOWN),
        "description": _text(each.get("description")) or "",
        "type": _text(each.get("type")),
        "mac": mac(_text(each.get("hardwareAddress"))),
        "mtu": integer(each.get("mtu")),
        "speed_mbps": speed if speed and speed < _UNKNOWN_SPEED else None,
        "vrf": _vrf(each.get("vrfName")),
        "ip_addresses": tuple(one for one in found if one),
        "mode": "routed" if any(found) else None,
    }


def routes(text: str) -> list[Row]:
    """Return the selected routes of `show ip route json`, with or without VRFs around them."""
    return [row for prefix, each in _tables(load(text)) for row in _hops(prefix, each)]


def _tables(found: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, value in found.items():
        if isinstance(value, dict):
            yield from _tables(value)
        elif isinstance(value, list) and "/" in key:
            yield from ((key, each) for each in value if isinstance(each, dict))


def _hops(prefix: str, each: dict[str, Any]) -> Iterator[Row]:
    if not each.get("selected", True):
        return
    for hop in each.get("nexthops") or [{}]:
        yield {
            "prefix": prefix,
            "protocol": protocol(str(each.get("protocol", ""))),
            "next_hop": _text(hop.get("ip")),
            "next_interface": _text(hop.get("interfaceName")),
            "vrf": _vrf(each.get("vrfName")),
        }


def bgp(text: str) -> list[RoutingPeer]:
    """Return the BGP peers of a summary, whatever stands around its lists of peers."""
    return [
        RoutingPeer(
            protocol="bgp",
            address=where,
            state=bgp_state(_text(peer.get("state")) or ""),
            asn=integer(peer.get("remoteAs")),
            vrf=vrf,
        )
        for where, peer, vrf in _peers(load(text), None)
    ]


def _peers(
    found: dict[str, Any], vrf: str | None
) -> Iterator[tuple[str, dict[str, Any], str | None]]:
    vrf = _vrf(found.get("vrfName")) or vrf
    for key, value in found.items():
        if not isinstance(value, dict):
            continue
        if key == "peers":
            yield from ((where, peer, vrf) for where, peer in value.items())
        else:
            yield from _peers(value, vrf)


def ospf(text: str) -> list[RoutingPeer]:
    """Return the OSPF neighbours; FULL is established."""
    found: list[RoutingPeer] = []
    for router, entries in load(text).get("neighbors", {}).items():
        for each in entries if isinstance(entries, list) else []:
            state = _text(each.get("nbrState")) or _text(each.get("state")) or ""
            found.append(
                RoutingPeer(
                    protocol="ospf",
                    address=str(each.get("ifaceAddress") or each.get("address") or router),
                    state=ospf_state(state),
                    interface=str(each.get("ifaceName", "")).partition(":")[0] or None,
                )
            )
    return found

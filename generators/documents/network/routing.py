"""Routing: peers and their state, static and default routes, and the VRFs."""

from __future__ import annotations

from collections import defaultdict

from generators.documents.facts import sources_of
from generators.documents.network.plan import DEFAULT_ROUTES
from generators.documents.network.view import View
from generators.documents.section import Section, table_section
from generators.documents.table import Table, few
from generators.documents.text import escape, more_than
from models.kinds.device import IpRoute, RoutingPeer
from models.records.asset import Asset

_MOST_ROWS = 500


def sections(view: View) -> list[Section]:
    """Return peers, configured routes and VRFs."""
    return [_peers(view), _routes(view), _vrfs(view)]


def _peers(view: View) -> Section:
    devices = view.facts.of("device")
    found = [(each, peer) for each in devices for peer in each.record.routing_peers or ()]
    order = sorted(found, key=lambda item: (item[1].state == "established", item[0].name))
    return table_section(
        "peers",
        "Routing peers",
        Table(
            columns=("Device", "Protocol", "Peer", "Its AS", "VRF", "Interface", "State"),
            rows=tuple(_peer(*each) for each in order[:_MOST_ROWS]),
            sources=sources_of(devices) or view.facts.sources,
            right=(3,),
            note=more_than(len(found), _MOST_ROWS, "See csv/device-routing-peers.csv."),
        ),
        intro="Those that are not established stand first.",
        about=sorted({device.id for device, _ in order[:_MOST_ROWS]}),
    )


def _peer(device: Asset, peer: RoutingPeer) -> tuple[str, ...]:
    state = escape(peer.state)
    return (
        escape(device.name),
        escape(peer.protocol),
        escape(peer.address),
        "-" if peer.asn is None else str(peer.asn),
        escape(peer.vrf or "-"),
        escape(peer.interface or "-"),
        state if peer.state == "established" else f"**{state}**",
    )


def _routes(view: View) -> Section:
    """Return the routes that people configured; learned ones move, and stand in a CSV file."""
    devices = view.facts.of("device")
    found = [
        (device, route)
        for device in devices
        for route in device.record.routes or ()
        if route.protocol == "static" or route.prefix in DEFAULT_ROUTES
    ]
    order = sorted(found, key=lambda item: (item[0].name, item[1].vrf or "", item[1].prefix))
    return table_section(
        "routes",
        "Static and default routes",
        Table(
            columns=("Device", "VRF", "Network", "Protocol", "Next hop", "Interface"),
            rows=tuple(_route(*each) for each in order[:_MOST_ROWS]),
            sources=sources_of(devices) or view.facts.sources,
            note=more_than(len(found), _MOST_ROWS, "See csv/device-routes-now.csv."),
        ),
        about=sorted({device.id for device, _ in order[:_MOST_ROWS]}),
        level=3,
    )


def _route(device: Asset, route: IpRoute) -> tuple[str, ...]:
    prefix = escape(route.prefix)
    return (
        escape(device.name),
        escape(route.vrf or "-"),
        f"{prefix} (default)" if route.prefix in DEFAULT_ROUTES else prefix,
        escape(route.protocol),
        escape(route.next_hop or "-"),
        escape(route.interface or "-"),
    )


def _vrfs(view: View) -> Section:
    ports = view.facts.of("interface")
    members: dict[str, list[Asset]] = defaultdict(list)
    for port in ports:
        if port.record.vrf:
            members[port.record.vrf].append(port)
    names = {
        vrf: sorted({view.facts.name(port.record.device) for port in these})
        for vrf, these in members.items()
    }
    return table_section(
        "vrfs",
        "VRFs",
        Table(
            columns=("VRF", "Interfaces", "Devices", "Which"),
            rows=tuple(
                (
                    escape(vrf),
                    f"{len(members[vrf]):,}",
                    f"{len(names[vrf]):,}",
                    few([escape(name) for name in names[vrf]]),
                )
                for vrf in sorted(members)[:_MOST_ROWS]
            ),
            sources=sources_of(ports) or view.facts.sources,
            right=(1, 2),
        ),
        level=3,
    )

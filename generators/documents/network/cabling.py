"""Cabling: each link once with how sure it is, and neighbours that nobody else knows of."""

from __future__ import annotations

from collections.abc import Iterator

from generators.documents.facts import sources_of
from generators.documents.network.devices import site_title
from generators.documents.network.ports import speed, vlans_of
from generators.documents.network.view import NO_SITE, Link, View
from generators.documents.section import Section, table_section
from generators.documents.table import Table, show
from generators.documents.text import certainty, escape, more_than
from models.kinds.device import Neighbour
from models.records.asset import Asset

_MOST_ROWS = 1000
_MOST_STRANGERS = 300
_MOST_DOUBTS = 200
_KNOWN_BY_NAME = ("device", "host", "vm", "node")


def sections(view: View) -> list[Section]:
    """Return the links by site, and the neighbours that are no known device."""
    by_site: dict[str, list[Link]] = {}
    for link in view.links:
        device = view.facts.by_id.get(link.port.record.device or "")
        site = (device.record.site if device else None) or NO_SITE
        by_site.setdefault(site, []).append(link)
    cabling = [_of_site(view, site, by_site[site]) for site in sorted(by_site)]
    doubts = [link for link in view.links if link.join.confidence < 1]
    return [
        *(cabling or [_of_site(view, NO_SITE, [])]),
        *([_doubts(view, doubts)] if doubts else []),
        _strangers(view),
    ]


def _of_site(view: View, site: str, links: list[Link]) -> Section:
    shown = links[:_MOST_ROWS]
    ends = [link.far for link in shown]
    return table_section(
        f"cabling:{site or 'none'}",
        site_title(site, "Cabling") if site else "Cabling",
        Table(
            columns=("Device", "Port", "Far end", "Speed", "VLANs", "How sure"),
            rows=tuple(_row(view, link) for link in shown),
            sources=sources_of([*(link.port for link in shown), *ends]) or view.facts.sources,
            right=(3,),
            note=more_than(len(links), len(shown), "See csv/device-neighbours.csv."),
        ),
        intro="Each link stands once. Certain is what both ends, or a unique address, say.",
        about=[link.port.id for link in shown],
    )


def _row(view: View, link: Link) -> tuple[str, ...]:
    port = link.port
    return (
        escape(view.facts.name(port.record.device)),
        escape(port.name),
        escape(view.end(port, link)),
        speed(port.record.speed_mbps),
        vlans_of(view, port),
        certainty(link.join.confidence),
    )


def _doubts(view: View, links: list[Link]) -> Section:
    """Return why the links that are not certain are taken for links."""
    shown = links[:_MOST_DOUBTS]
    return table_section(
        "doubts",
        "Links that are not certain",
        Table(
            columns=("Device", "Port", "Far end", "How sure", "Why"),
            rows=tuple(_doubt(view, link) for link in shown),
            sources=sources_of([each for link in shown for each in (link.port, link.far)]),
            note=more_than(
                len(links), len(shown), "`nightshift assets show` tells it of any asset."
            ),
        ),
        about=[link.port.id for link in shown],
        level=3,
    )


def _doubt(view: View, link: Link) -> tuple[str, ...]:
    device, port, far, *_, sure = _row(view, link)
    return device, port, far, sure, escape(link.join.reason)


def _strangers(view: View) -> Section:
    """Return the neighbours that lead to nothing that is known."""
    found = list(_unknown(view))
    return table_section(
        "strangers",
        "Neighbours that are no known device",
        Table(
            columns=("Device", "Interface", "Neighbour", "Its port", "Address", "Platform"),
            rows=tuple(
                (
                    escape(device.name),
                    escape(each.interface),
                    show(each.system_name or each.chassis_id),
                    show(each.port),
                    show(each.address),
                    show(each.platform),
                )
                for device, each in found[:_MOST_STRANGERS]
            ),
            sources=sources_of(view.facts.of("device")) or view.facts.sources,
            note=more_than(len(found), _MOST_STRANGERS, "See csv/device-neighbours.csv."),
        ),
        intro="What LLDP or CDP hears and no source describes; add it to one, or find out what it "
        "is.",
        about=sorted({device.id for device, _ in found}),
    )


def _unknown(view: View) -> Iterator[tuple[Asset, Neighbour]]:
    names = {short_name(asset.name) for kind in _KNOWN_BY_NAME for asset in view.facts.of(kind)}
    for device in view.facts.of("device"):
        for neighbour in device.record.neighbours or ():
            port = view.port_of(device, neighbour.interface)
            linked = port is not None and port.id in view.links_at
            if not linked and short_name(neighbour.system_name or "") not in names:
                yield device, neighbour


def short_name(name: str) -> str:
    """Return the first label of a host name, in small letters; an address stays whole."""
    head = name.partition(".")[0]
    return name if head.isdecimal() else head.lower()

"""The document `network`: the as-built description of switches, routers and what hangs on them."""

from __future__ import annotations

from collections import Counter

from generators.documents.cited import Cited
from generators.documents.described import described
from generators.documents.domains import NETWORK
from generators.documents.facts import Facts
from generators.documents.network import (
    addresses,
    cabling,
    devices,
    ports,
    posture,
    routing,
    topology,
    vlans,
)
from generators.documents.network.view import View
from generators.documents.section import Document, Section
from generators.documents.text import counted
from models.kinds.interface import InterfaceState


def network(facts: Facts) -> Document:
    """Return the sections of the description; ports are split by device, cabling by site."""

    def say(cited: Cited) -> None:
        _say_ports(facts.network, cited)
        _say_links(facts.network, cited)

    return described(NETWORK, facts, say, lambda: _sections(facts.network))


def _sections(view: View) -> list[Section]:
    return [
        *devices.sections(view),
        topology.section(view),
        *cabling.sections(view),
        *vlans.sections(view),
        *addresses.sections(view),
        *routing.sections(view),
        *posture.sections(view),
        *ports.sections(view),
    ]


def _say_ports(view: View, cited: Cited) -> None:
    states = Counter(port.record.state for port in view.facts.of("interface"))
    up, shut = states[InterfaceState.UP], states[InterfaceState.ERR_DISABLED]
    if not states:
        return
    verb = "is" if up == 1 else "are"
    other = f", and {shut:,} shut by the device itself" if shut else ""
    cited.say(
        f"Of the interfaces {up:,} {verb} up{other}.",
        ("total:interface.up", f"interfaces that are up: {up}"),
        *([("total:interface.shut", f"interfaces shut by the device: {shut}")] if shut else []),
    )


def _say_links(view: View, cited: Cited) -> None:
    number = len(view.links)
    if number:
        certain = sum(link.join.confidence >= 1 for link in view.links)
        cited.say(
            f"The cabling shows {counted(number, 'link')}, of which {certain:,} "
            f"{'is' if certain == 1 else 'are'} certain.",
            ("total:links", f"{counted(number, 'link')} in the cabling"),
            ("total:links.certain", f"links that are certain: {certain}"),
        )

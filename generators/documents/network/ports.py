"""Interfaces: counts per device, the ports in use of each, and port channels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from generators.documents.facts import sources_of
from generators.documents.network.view import View, in_use
from generators.documents.section import Section, table_section
from generators.documents.table import Table, few, inventory_table, show
from generators.documents.text import UNKNOWN, escape, more_than, quantity
from models.kinds import KINDS
from models.kinds.interface import InterfaceState
from models.records.asset import Asset

_INTERFACE = KINDS["interface"]
_MOST_ROWS = 400
_LEFT_OUT = ("device", "admin_up", "access_vlan_id")
_STATES = (
    (InterfaceState.UP, "Up"),
    (InterfaceState.DOWN, "Down"),
    (InterfaceState.ERR_DISABLED, "Error-disabled"),
    (InterfaceState.NOT_PRESENT, "Not present"),
    (InterfaceState.UNKNOWN, "Not known"),
)


def sections(view: View) -> list[Section]:
    """Return the counts of every device, its ports in use, and all port channels."""
    used = [_of_device(view, device) for device in view.facts.of("device")]
    return [_counts(view), *(each for each in used if each), _channels(view)]


def _counts(view: View) -> Section:
    devices = view.facts.of("device")
    return table_section(
        "interfaces",
        "Interfaces",
        Table(
            columns=("Device", "Interfaces", *(label for _, label in _STATES), "Shut by a person"),
            rows=tuple(_count(device, view.ports.get(device.id, ())) for device in devices),
            sources=sources_of(view.facts.of("interface")) or view.facts.sources,
            right=tuple(range(1, 3 + len(_STATES))),
            note="Every interface stands in csv/interface.csv, its counters in "
            "csv/interface-usage.csv.",
        ),
        intro="Ports in use are listed by device below.",
        about=[device.id for device in devices],
    )


def _count(device: Asset, ports: Sequence[Asset]) -> tuple[str, ...]:
    states = Counter(port.record.state for port in ports)
    shut = sum(port.record.admin_up is False for port in ports)
    numbers = [len(ports), *(states[state] for state, _ in _STATES), shut]
    return escape(device.name), *(f"{number:,}" if number else "-" for number in numbers)


def _of_device(view: View, device: Asset) -> Section | None:
    """Return the ports of a device that are in use; None where none is."""
    used = [port for port in view.ports.get(device.id, ()) if in_use(port)]
    if not used:
        return None
    shown = used[:_MOST_ROWS]
    inventory = inventory_table(_INTERFACE, shown, view.facts, omit=_LEFT_OUT)
    return table_section(
        f"ports:{device.id}",
        f"Ports in use of {device.name}",
        replace(
            inventory,
            columns=(*inventory.columns, "VLANs", "Port channel", "Addresses", "Far end"),
            rows=tuple(
                (*row, *_more(view, port)) for row, port in zip(inventory.rows, shown, strict=True)
            ),
            note=more_than(len(used), len(shown), "All stand in csv/interface.csv."),
        ),
        about=[port.id for port in shown],
        level=3,
    )


def _more(view: View, port: Asset) -> tuple[str, ...]:
    record = port.record
    return (
        vlans_of(view, port),
        escape(record.port_channel or "-"),
        show(record.ip_addresses) if record.ip_addresses else "-",
        escape(view.far_end(port)) or "-",
    )


def _channels(view: View) -> Section:
    members: dict[tuple[str, str], list[Asset]] = {}
    for port in view.facts.of("interface"):
        if port.record.port_channel:
            key = port.record.device or "", port.record.port_channel
            members.setdefault(key, []).append(port)
    order = sorted(members, key=lambda key: (view.facts.name(key[0]), key[1]))
    rows = [_channel(view, *key, members[key]) for key in order]
    return table_section(
        "channels",
        "Port channels",
        Table(
            columns=("Device", "Port channel", "State", "Members", "Members up", "VLANs", "Speed"),
            rows=tuple(rows[:_MOST_ROWS]),
            sources=sources_of(view.facts.of("interface")) or view.facts.sources,
            right=(6,),
            note=more_than(len(rows), _MOST_ROWS, "All stand in csv/interface.csv."),
        ),
        about=[port.id for key in order[:_MOST_ROWS] for port in members[key]],
    )


def _channel(view: View, device: str, name: str, members: list[Asset]) -> tuple[str, ...]:
    owner = view.facts.by_id.get(device)
    bundle = view.port_of(owner, name) if owner else None
    up = sum(port.record.state is InterfaceState.UP for port in members)
    whole = f"{up} of {len(members)}"
    return (
        escape(view.facts.name(device)),
        escape(name),
        show(bundle.record.state) if bundle else UNKNOWN,
        few([escape(port.name) for port in members]),
        whole if up == len(members) else f"**{whole}**",
        vlans_of(view, bundle or members[0]),
        speed(bundle.record.speed_mbps if bundle else None),
    )


def vlans_of(view: View, port: Asset) -> str:
    """Return the VLANs that a port carries; of a member of a bundle those of the bundle."""
    device = view.facts.by_id.get(port.record.device or "")
    if port.record.mode is None and port.record.port_channel and device:
        port = view.port_of(device, port.record.port_channel) or port
    record = port.record
    if record.mode == "trunk":
        return escape(record.trunk_vlans or UNKNOWN)
    if record.mode == "routed" or record.ip_addresses:
        return "routed"
    return str(record.access_vlan_id) if record.access_vlan_id is not None else UNKNOWN


def speed(mbps: int | None) -> str:
    """Return the speed of a port."""
    return UNKNOWN if mbps is None else quantity(mbps, "Mbit/s")

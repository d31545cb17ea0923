"""VLANs of whole sites, put together from what each of their devices says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from collectors.network.masking import mask
from models.kinds.vlan import Vlan


@dataclass(slots=True)
class _Known:
    names: Counter[str] = field(default_factory=Counter)
    devices: set[str] = field(default_factory=set)
    gateways: set[tuple[str, str, str]] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceVlans:
    """The VLANs of one device: their names, and the layer 3 interfaces in them."""

    device: str
    site: str | None
    names: dict[int, str | None]
    gateways: tuple[tuple[int, str, str], ...] = ()  # VLAN, interface, address


def vlan_key(site: str | None, number: int) -> str:
    """Return the key of a VLAN."""
    return f"{site or ''}/{number}"


def put_together(
    found: Iterable[DeviceVlans], *, without: Container[str | None]
) -> tuple[Vlan, ...]:
    """Return the VLANs of all sites; each is called what most of its devices call it.

    Args:
        found: What each device says.
        without: Sites of which a device is missing. Their VLANs are left out: without it they
            would have fewer devices and perhaps another name, though nothing has changed.
    """
    known: dict[tuple[str, int], _Known] = defaultdict(_Known)
    for each in found:
        if each.site in without:
            continue
        for number, name in each.names.items():
            vlan = known[each.site or "", number]
            vlan.devices.add(each.device)
            if name:
                vlan.names[mask(name)] += 1
        for number, interface, address in each.gateways:
            vlan = known[each.site or "", number]
            vlan.devices.add(each.device)
            vlan.gateways.add((each.device, interface, address))
    return tuple(_vlan(*at, known[at]) for at in sorted(known))


def _vlan(site: str, number: int, known: _Known) -> Vlan:
    # Of names that equally many devices use, the first in the alphabet: the same with every run.
    names = sorted(known.names, key=lambda name: (-known.names[name], name))
    return Vlan(
        key=vlan_key(site, number),
        name=names[0] if names else f"VLAN {number}",
        vlan_id=number,
        site=site or None,
        other_names=tuple(sorted(names[1:])),
        devices=tuple(sorted(known.devices)),
        gateways=tuple(sorted(known.gateways)),
    )

"""Health checks along links: what both ends must agree on, and whether they are up."""

from __future__ import annotations

import re
from typing import Any

from models.kinds.interface import InterfaceState
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import (
    Context,
    Verdict,
    check,
    crit,
    ok,
    plural,
    unknown,
    warn,
)
from tasks.inventory.checks.fabric.ends import Aspect, compared
from tasks.inventory.checks.fabric.links import fabric_of
from tasks.inventory.checks.fabric.names import is_logical, is_socket, is_up, is_wanted, place
from tasks.inventory.checks.silences import telling
from tasks.inventory.checks.site import Site
from tasks.inventory.joining.spelling import short

WARN, CRIT = Severity.WARN, Severity.CRIT
# Ethernet has no half duplex from 10 Gbit/s on (IEEE 802.3ae), so that nothing is negotiated.
ALWAYS_FULL_MBPS = 10_000
# Junos counts the Ethernet header and tags into the MTU of a port, the others do not.
LONGEST_HEADER = 22
# The first name in a description, behind what people put before it: `uplink to`, `->`.
_FIRST_NAME = re.compile(r"\s*(?:(?:(?:up|down)?link\s+|connected\s+)?to\s+|[-=]>\s*)?([\w.-]*\w)")


def _has_link(asset: Asset, context: Context) -> bool:
    return asset.id in fabric_of(context.site).links


def _has_cable(asset: Asset, context: Context) -> bool:
    return not is_logical(asset.name) and _has_link(asset, context)


def _has_trunk(asset: Asset, context: Context) -> bool:
    return asset.id in fabric_of(context.site).trunks


def _duplex(asset: Asset, site: Site) -> str | None:  # noqa: ARG001
    """A port that says auto has not said what came of it, unless there is nothing to negotiate."""
    port = asset.record
    if port.duplex != "auto":
        return port.duplex  # type: ignore[no-any-return]
    return "full" if (port.speed_mbps or 0) >= ALWAYS_FULL_MBPS else None


DUPLEX = Aspect(name="duplex", field="duplex", read=_duplex)
SPEED = Aspect(
    name="speed",
    field="speed_mbps",
    read=lambda port, _: port.record.speed_mbps,
    unit=" Mbit/s",
)


def _negotiates(asset: Asset, context: Context) -> bool:
    port, far_ends = asset.record, fabric_of(context.site).links.get(asset.id, ())
    told = telling(far_ends, "duplex", context.site)
    return is_socket(port) and (port.duplex == "half" or bool(told))


@check(
    "NE-01",
    "Half duplex or duplex mismatch",
    kinds=("interface",),
    levels=(WARN,),
    when=is_up,
    concerns=_negotiates,
    needs=("duplex",),
    remedy="Let both ends negotiate, or set both to the same speed and full duplex.",
)
def duplex(asset: Asset, context: Context) -> Verdict:
    """Half duplex anywhere, and ends of a link that differ: frames collide and are lost."""
    if asset.record.duplex == "half":
        here = place(asset, context.site)
        return warn(f"{here} runs at half duplex", duplex="half")
    far_ends = fabric_of(context.site).links[asset.id]
    return compared(asset, context, DUPLEX, far_ends)


@check(
    "NE-02",
    "Speed mismatch along a link",
    kinds=("interface",),
    levels=(WARN,),
    when=is_up,
    concerns=_has_cable,
    needs=("speed_mbps",),
    remedy="Let both ends negotiate, or set both to the same speed; check transceiver and cable.",
)
def speed(asset: Asset, context: Context) -> Verdict:
    """Ends of one cable that name two speeds."""
    far_ends = tuple(
        far for far in fabric_of(context.site).links[asset.id] if far.record.state != "down"
    )
    return compared(asset, context, SPEED, far_ends)


@check(
    "NE-03",
    "MTU mismatch along a link",
    kinds=("interface",),
    levels=(WARN,),
    concerns=_has_trunk,
    needs=("mtu",),
    remedy="Set the same MTU on both ends; frames that only one end takes are dropped in silence.",
)
def mtu(asset: Asset, context: Context) -> Verdict:
    """Of bundles the bundle's MTU; a Junos port counts its header too, which is no difference."""
    far_ends = fabric_of(context.site).trunks[asset.id]
    own_header = _counts_header(asset, context.site)
    odd = [far for far in far_ends if _counts_header(far, context.site) != own_header]
    slack = LONGEST_HEADER if odd else 0

    def agree(one: int, other: int) -> bool:
        return abs(one - other) <= slack

    aspect = Aspect(name="MTU", field="mtu", read=lambda far, _: far.record.mtu, agree=agree)
    return compared(asset, context, aspect, far_ends)


def _counts_header(asset: Asset, site: Site) -> bool:
    device = site.assets.get(asset.record.device or "")
    return device is not None and device.record.platform == "juniper_junos"


def _should_be_up(asset: Asset, context: Context) -> bool:
    port = asset.record
    if not is_socket(port) or port.state is InterfaceState.ERR_DISABLED:
        return False
    fabric = fabric_of(context.site)
    return (
        asset.id in fabric.links or asset.id in fabric.bundles or bool(_meant(asset, context.site))
    )


def _meant(asset: Asset, site: Site) -> str | None:
    """Return the other device that a description begins with: `spine-01 Ethernet1/3`.

    A name further on tells where something is: `backup server near spine-01`.
    """
    first = _FIRST_NAME.match((asset.record.description or "").lower())
    if first is None:
        return None
    name, own = short(first[1]), asset.record.device
    return name if site.once(_device_names).get(name, own) != own else None


def _device_names(site: Site) -> dict[str, str]:
    return {short(device.name): device.id for device in site.by_kind.get("device", ())}


@check(
    "NE-04",
    "Link between devices down",
    kinds=("interface",),
    levels=(WARN, CRIT),
    when=is_wanted,
    concerns=_should_be_up,
    needs=("admin_up", "state"),
    remedy="Check the cable, the transceivers and the far end; shut the port if it is not used.",
)
def link_down(asset: Asset, context: Context) -> Verdict:
    """A port that nobody shut, and that leads to a device, is in a bundle or names a device."""
    state, here = asset.record.state, place(asset, context.site)
    evidence: dict[str, Any] = {"state": state.value, "toward": _meant(asset, context.site)}
    if state is InterfaceState.UNKNOWN:
        return unknown(f"the state of {here} is not known", missing="state", **evidence)
    if state is InterfaceState.UP:
        return ok(f"{here} is up", **evidence)
    left = fabric_of(context.site).live_links(asset.record.device or "")
    evidence["live_links"] = [port.name for port in left]
    if left:
        return warn(f"{here} is down; {plural(len(left), 'other link')} left", **evidence)
    return crit(f"{here} is down, and no other link of the device is up", **evidence)

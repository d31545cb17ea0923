"""Health checks of what there is only one of: links, members of port channels, switches."""

from __future__ import annotations

from typing import Any

from models.kinds.interface import InterfaceState
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import (
    Context,
    Verdict,
    check,
    crit,
    info,
    ok,
    plural,
    unknown,
    warn,
)
from tasks.inventory.checks.domains import NETWORK
from tasks.inventory.checks.fabric.links import fabric_of
from tasks.inventory.checks.fabric.names import is_bundle, is_up, is_wanted, place
from tasks.inventory.checks.silences import is_silent
from tasks.inventory.checks.site import Site

INFO, WARN, CRIT = Severity.INFO, Severity.WARN, Severity.CRIT


def _linked_or_deaf(asset: Asset, context: Context) -> bool:
    fabric = fabric_of(context.site)
    linked = any(port.id in fabric.links for port in fabric.ports.get(asset.id, ()))
    deaf = asset.record.neighbours is None
    return linked or (deaf and not is_silent(asset, "neighbours", context.site))


@check(
    "NE-05",
    "Device with a single link",
    kinds=("device",),
    levels=(INFO, WARN, CRIT),
    concerns=_linked_or_deaf,
    reads=("neighbours",),
    thresholds=("redundancy.uplinks",),
    remedy="Give the device a second link, best to another device, so that one may fail.",
)
def single_link(asset: Asset, context: Context) -> Verdict:
    """Live links to other devices of the inventory; all to one device is for information."""
    fabric, site = fabric_of(context.site), context.site
    live = fabric.live_links(asset.id)
    ends = {site.name_of(far.record.device) for port in live for far in fabric.links[port.id]}
    evidence: dict[str, Any] = {"links": [port.name for port in live], "devices": sorted(ends)}
    if asset.record.neighbours is None and len(live) < context.policy.redundancy.uplinks:
        text = "what it is linked to is not known: it tells no neighbours"
        cure = _HEAR_IT if is_silent(asset, "neighbours", site) else ""
        return unknown(text, missing="neighbours", cure=cure, **evidence)
    if not live:
        return crit("no link to another device is up", **evidence)
    if len(live) < context.policy.redundancy.uplinks:
        return warn(f"only {plural(len(live), 'link')}, to {', '.join(sorted(ends))}", **evidence)
    if len(ends) == 1:
        return info(f"all links end on {', '.join(ends)}", **evidence)
    return ok(f"{plural(len(live), 'link')} to {plural(len(ends), 'device')}", **evidence)


_HEAR_IT = "Let the devices around it be collected and hear it by LLDP: it tells no neighbours."


def _is_bundle(asset: Asset, context: Context) -> bool:
    return is_bundle(asset.name) or asset.id in fabric_of(context.site).members


@check(
    "NE-06",
    "Port channel with a single live member",
    kinds=("interface",),
    levels=(WARN, CRIT),
    when=is_wanted,
    concerns=_is_bundle,
    asks=("port_channel",),
    thresholds=("redundancy.uplinks",),
    remedy="Bring the lost members back, or give the port channel a second one.",
)
def one_armed(asset: Asset, context: Context) -> Verdict:
    """Members that are up; a bundle of one protects from nothing."""
    members = fabric_of(context.site).members.get(asset.id, ())
    here, wanted = place(asset, context.site), context.policy.redundancy.uplinks
    live = [port.name for port in members if is_up(port.record)]
    evidence: dict[str, Any] = {"members": [port.name for port in members], "live": live}
    if not members and not _tells_members(asset, context.site):
        return unknown(f"the members of {here} are not known", missing="port_channel", **evidence)
    if len(live) >= wanted:
        return ok(f"{here} has {plural(len(live), 'live member')}", **evidence)
    if any(port.record.state is InterfaceState.UNKNOWN for port in members):
        return unknown(f"not all members of {here} say if they are up", missing="state", **evidence)
    if not live:
        return crit(f"no member of {here} is up", **evidence)
    return warn(f"{here} has {plural(len(live), 'live member')} of {len(members)}", **evidence)


def _tells_members(asset: Asset, site: Site) -> bool:
    """Tell whether the device says of any port that it is in a bundle."""
    ports = fabric_of(site).ports.get(asset.record.device or "", ())
    return any(port.record.port_channel for port in ports)


def _host_links(asset: Asset, site: Site) -> list[Asset]:
    """Return the switch ports that a host is joined to, in either direction."""
    out = [(join, join.to_id) for join in site.joins_from.get(asset.id, ())]
    back = [(join, join.from_id) for join in site.joins_to.get(asset.id, ())]
    ends = {far for join, far in out + back if join.type == "connected_to"}
    ports = [site.assets[far] for far in sorted(ends) if far in site.assets]
    return [port for port in ports if port.kind == "interface"]


def _is_cabled(asset: Asset, context: Context) -> bool:
    return bool(_host_links(asset, context.site))


@check(
    "NE-07",
    "Host cabled to a single switch",
    kinds=("host",),
    domain=NETWORK,
    levels=(WARN,),
    concerns=_is_cabled,
    privilege="permission to read the LLDP neighbours",
    thresholds=("redundancy.uplinks",),
    remedy="Move one of the host's links to another switch, so that one switch may fail.",
)
def one_switch(asset: Asset, context: Context) -> Verdict:
    """Where the links of a host end, as far as they were joined to switch ports."""
    site, ports = context.site, _host_links(asset, context.site)
    switches = sorted({site.name_of(port.record.device or "") for port in ports})
    evidence: dict[str, Any] = {
        "ports": [place(port, site) for port in ports],
        "switches": switches,
    }
    if len(switches) >= context.policy.redundancy.uplinks:
        return ok(f"its links end on {', '.join(switches)}", **evidence)
    adapters = asset.record.physical_nics
    live = None if adapters is None else sum(1 for one in adapters if one.speed_mbps)
    if live is None or live > len(ports):
        seen = f"only {plural(len(ports), 'link')} of the host is known, to {', '.join(switches)}"
        return unknown(
            seen if len(ports) == 1 else f"its known links end on {', '.join(switches)}",
            cure="Let the host and the switches exchange LLDP or CDP, so that all links are seen.",
            **evidence,
        )
    return warn(f"all its links end on {', '.join(switches)}", **evidence)

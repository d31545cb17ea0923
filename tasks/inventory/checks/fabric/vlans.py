"""Health checks of VLANs: along trunks, on access ports, and by themselves."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from models.kinds.interface import Interface
from models.kinds.vlan import Vlan
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import Context, Verdict, check, info, ok, unknown, warn
from tasks.inventory.checks.fabric.ends import READ_FAR, Aspect, compared
from tasks.inventory.checks.fabric.links import fabric_of
from tasks.inventory.checks.fabric.names import (
    DEFAULT_VLAN,
    EVERY_VLAN,
    RESERVED_VLANS,
    is_wanted,
    place,
    spelled,
    vlan_ids,
)
from tasks.inventory.checks.silences import telling
from tasks.inventory.checks.site import Site

INFO, WARN = Severity.INFO, Severity.WARN
NO_VLAN = "none"
# What a device calls a VLAN that nobody named, and people who name it after its number.
_NUMBERED = re.compile(r"(?:vlan|v)[-_ ]?0*(\d+)", re.IGNORECASE)


def _vlans_of(site: Site) -> dict[str, frozenset[int]]:
    """Return the ids of the VLANs that each device knows, by device id."""
    found: dict[str, set[int]] = defaultdict(set)
    for vlan in site.by_kind.get("vlan", ()):
        for device in vlan.record.devices:
            found[device].add(vlan.record.vlan_id)
    return {device: frozenset(ids) for device, ids in found.items()}


def _linked_trunk(asset: Asset, context: Context) -> bool:
    return asset.record.mode == "trunk" and bool(_told_ends(asset, context.site))


def _told_ends(asset: Asset, site: Site) -> tuple[Asset, ...]:
    """Return the far ends, without those whose platform never says how they pass VLANs."""
    return telling(fabric_of(site).trunks.get(asset.id, ()), "mode", site)


def _allowed(port: Interface) -> frozenset[int] | None:
    return None if port.trunk_vlans is None else vlan_ids(port.trunk_vlans)


@check(
    "NE-08",
    "VLAN missing on one side of a trunk",
    kinds=("interface",),
    levels=(INFO, WARN),
    when=is_wanted,
    concerns=_linked_trunk,
    needs=("trunk_vlans",),
    remedy="Allow the same VLANs on both ends of the trunk; remove from the other what is unused.",
)
def trunk_vlans(asset: Asset, context: Context) -> Verdict:
    """What the far end carries and this end does not, of the VLANs that both devices know.

    A far end that allows all has made no choice: then it is for information.
    """
    site, here = context.site, place(asset, context.site)
    evidence = {"trunk_vlans": asset.record.trunk_vlans, "mode": asset.record.mode}
    own = _allowed(asset.record)
    if own is None:
        return unknown(f"the VLANs of {here} cannot be read", missing="trunk_vlans", **evidence)
    worst: Verdict | None = None
    for far in _told_ends(asset, site):
        found = _against(asset, own, far, context)
        if found.result is Severity.WARN:
            return found
        if found.result is not Severity.OK:
            worst = found
    return worst or ok(f"{here} carries the VLANs of the far end", **evidence)


def _against(asset: Asset, own: frozenset[int], far: Asset, context: Context) -> Verdict:
    site, here, there = context.site, place(asset, context.site), place(far, context.site)
    port: Interface = far.record
    theirs = _allowed(port)
    evidence = {"own": spelled(own), "far": {there: port.trunk_vlans}}
    if port.mode is None or (port.mode == "trunk" and theirs is None):
        return unknown(f"the VLANs of {there} are not known", cure=READ_FAR, **evidence)
    if port.mode != "trunk":
        return warn(f"{here} is a trunk, but {there} is in mode {port.mode}", **evidence)
    lacking = ((theirs or frozenset()) - own) & _shared(asset, far, site)
    if lacking:
        verdict = info if theirs == EVERY_VLAN else warn
        text = f"{here} does not carry VLAN {spelled(lacking)}, which {there} does"
        return verdict(text, lacking=spelled(lacking), **evidence)
    if far.id in site.old:
        text = f"what is known of {there} may be old: {site.old[far.id].reason}"
        return unknown(text, cure=READ_FAR, **evidence)
    return ok(f"{here} carries what {there} does", **evidence)


def _shared(asset: Asset, far: Asset, site: Site) -> frozenset[int]:
    """Return the VLANs that both ends' devices know; all where one's are not known."""
    known = site.once(_vlans_of)
    ours = known.get(asset.record.device or "", EVERY_VLAN)
    return (ours & known.get(far.record.device or "", EVERY_VLAN)) - RESERVED_VLANS


def _linked_switchport(asset: Asset, context: Context) -> bool:
    switched = asset.record.mode in {"trunk", "access"}
    return switched and bool(_switched_ends(asset, context.site))


def _switched_ends(asset: Asset, site: Site) -> tuple[Asset, ...]:
    """Return the far ends that are not routed; those that do not say are among them."""
    return tuple(far for far in _told_ends(asset, site) if far.record.mode != "routed")


def _untagged(asset: Asset, site: Site) -> int | str | None:
    """A Junos trunk has no native VLAN unless its configuration sets one; others have VLAN 1."""
    port: Interface = asset.record
    if port.mode != "trunk":
        return port.access_vlan_id
    device = site.assets.get(port.device or "")
    if port.native_vlan_id is not None or device is None:
        return port.native_vlan_id
    sets_none = device.record.platform == "juniper_junos" and device.record.running_config
    return NO_VLAN if sets_none else None


def _same_untagged(one: int | str, other: int | str) -> bool:
    """Tell whether two ends agree; where nobody chose, none on one is VLAN 1 on the other."""
    return one == other or {one, other} == {NO_VLAN, DEFAULT_VLAN}


UNTAGGED = Aspect(
    name="untagged VLAN", field="native_vlan_id", read=_untagged, agree=_same_untagged
)


@check(
    "NE-09",
    "Untagged VLAN mismatch along a link",
    kinds=("interface",),
    levels=(WARN,),
    when=is_wanted,
    concerns=_linked_switchport,
    remedy="Set the same native VLAN on both ends: what is untagged leaks from one to the other.",
)
def untagged_vlan(asset: Asset, context: Context) -> Verdict:
    """The native VLAN of a trunk, the only VLAN of an access port."""
    far_ends = _switched_ends(asset, context.site)
    return compared(asset, context, UNTAGGED, far_ends)


def _is_access(asset: Asset, context: Context) -> bool:
    return asset.record.mode == "access" and asset.id not in fabric_of(context.site).bundles


@check(
    "NE-10",
    "Access VLAN that the device does not know",
    kinds=("interface",),
    levels=(WARN,),
    when=is_wanted,
    concerns=_is_access,
    needs=("access_vlan_id",),
    remedy="Create the VLAN on the device, or move the port to one that there is.",
)
def access_vlan(asset: Asset, context: Context) -> Verdict:
    """A port in a VLAN that there is not forwards nothing; VLAN 1 always is."""
    site, vlan_id, here = context.site, asset.record.access_vlan_id, place(asset, context.site)
    known = site.once(_vlans_of).get(asset.record.device or "")
    evidence = {"access_vlan_id": vlan_id}
    if vlan_id == DEFAULT_VLAN or vlan_id in (known or ()):
        return ok(f"VLAN {vlan_id} of {here} is known", **evidence)
    if asset.id in site.old:
        text = f"its facts may be old: {site.old[asset.id].reason}"
        return unknown(text, cure="See that the device is read, and collect again.", **evidence)
    if known is None:
        return unknown(f"the VLANs of the device of {here} are not known", **evidence)
    return warn(f"{here} is in VLAN {vlan_id}, which its device does not know", **evidence)


@check(
    "NE-11",
    "VLAN with several names",
    kinds=("vlan",),
    levels=(INFO,),
    reads=("other_names",),
    remedy="Give the VLAN one name on all devices of the site.",
)
def vlan_names(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """What most devices call it, and what others do; its number is no name."""
    vlan: Vlan = asset.record
    evidence = {"name": vlan.name, "other_names": list(vlan.other_names)}
    names = [name for name in (vlan.name, *vlan.other_names) if not _is_number(name, vlan)]
    if len(names) > 1:
        text = f"VLAN {vlan.vlan_id} is called {names[0]}, by some devices {', '.join(names[1:])}"
        return info(text, **evidence)
    return ok(f"VLAN {vlan.vlan_id} has one name", **evidence)


def _is_number(name: str, vlan: Vlan) -> bool:
    found = _NUMBERED.fullmatch(name)
    return found is not None and int(found[1]) == vlan.vlan_id


def _is_made(vlan: Vlan) -> bool:
    return vlan.vlan_id not in RESERVED_VLANS


@check(
    "NE-12",
    "VLAN without port or gateway",
    kinds=("vlan",),
    levels=(INFO,),
    when=_is_made,
    reads=("gateways", "devices"),
    remedy="Remove the VLAN from the devices, if nothing is to use it.",
)
def unused_vlan(asset: Asset, context: Context) -> Verdict:
    """No gateway, no access port, no trunk to anything but another device that carries it."""
    vlan: Vlan = asset.record
    used = context.site.once(_used)
    devices = [used[device] for device in vlan.devices if device in used]
    evidence: dict[str, Any] = {"devices": len(vlan.devices), "gateways": len(vlan.gateways)}
    if vlan.gateways or any(vlan.vlan_id in ids for ids in devices):
        return ok(f"VLAN {vlan.vlan_id} is used", **evidence)
    if len(devices) < len(vlan.devices) or not devices:
        return unknown(f"not all ports in VLAN {vlan.vlan_id} are known", **evidence)
    return info(f"VLAN {vlan.vlan_id} has no port and no gateway", **evidence)


def _used(site: Site) -> dict[str, frozenset[int]]:
    """Return, by device id, the VLANs that end on its ports; a device of no known mode is not in.

    A trunk to another device only passes them on; a member speaks through its bundle.
    """
    fabric = fabric_of(site)
    found: dict[str, frozenset[int]] = {}
    for device, ports in fabric.ports.items():
        ends = [port for port in ports if port.record.mode and port.id not in fabric.bundles]
        if ends:
            used = (_ending(port.record, port.id in fabric.trunks) for port in ends)
            found[device] = frozenset().union(*used)
    return found


def _ending(port: Interface, between_devices: bool) -> frozenset[int]:  # noqa: FBT001
    if port.mode == "access":
        return frozenset() if port.access_vlan_id is None else frozenset({port.access_vlan_id})
    if port.mode != "trunk" or between_devices:
        return frozenset()
    return _allowed(port) or frozenset()

"""Health checks of addresses that two things claim."""

from __future__ import annotations

import re
from collections import defaultdict
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_interface

from models.kinds.device import Device
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import (
    Context,
    Verdict,
    check,
    crit,
    info,
    ok,
    unknown,
    warn,
)
from tasks.inventory.checks.fabric.names import is_loopback, is_wanted, place
from tasks.inventory.checks.site import Site

INFO, WARN, CRIT = Severity.INFO, Severity.WARN, Severity.CRIT
SHOWN = 3
# Addresses that routers share on purpose: VRRP (RFC 9568, 00-00-5E-00-01 and -02 for IPv6), HSRP
# versions 1 and 2 and its IPv6 range, GLBP (Cisco's own).
SHARED_MACS = (
    *("00:00:5e:00:01:", "00:00:5e:00:02:"),
    *("00:00:0c:07:ac:", "00:00:0c:9f:f", "00:05:73:a0:0"),
    "00:07:b4:00:",
)
_SHARED = re.compile(
    r"\b(?:virtual|virtual-address|virtual-gateway-address|virtual-router|vrrp|vrrp-group|vrrp6"
    r"|standby|hsrp|glbp|anycast-gateway)\b"
)
_Place = tuple[str, str, str]  # site, VRF and address


def _plain_vrf(name: str | None) -> str:
    return "" if name in {None, "default", "global", "master"} else str(name)


def _bare(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address without its mask, or None for one that cannot be a conflict."""
    try:
        found = ip_interface(text).ip
    except ValueError:
        return None
    nowhere = found.is_link_local or found.is_loopback or found.is_unspecified
    return None if nowhere or found.is_multicast else found


def _site_of(asset: Asset, site: Site) -> str:
    device = site.assets.get(asset.record.device or "")
    return (device.record.site or "") if device else ""


def _places(asset: Asset, site: Site) -> list[_Place]:
    port, where = asset.record, _site_of(asset, site)
    found = (_bare(text) for text in port.ip_addresses)
    return [(where, _plain_vrf(port.vrf), str(one)) for one in found if one]


def _owners(site: Site) -> dict[_Place, tuple[Asset, ...]]:
    """Return the ports that have each address; those that are shut have none."""
    found: dict[_Place, dict[str, Asset]] = defaultdict(dict)
    for port in site.by_kind.get("interface", ()):
        if port.record.ip_addresses and is_wanted(port.record):
            for one in _places(port, site):
                found[one][port.id] = port
    return {one: tuple(these.values()) for one, these in found.items()}


def _has_address(asset: Asset, context: Context) -> bool:
    return bool(asset.record.ip_addresses) and bool(_places(asset, context.site))


@check(
    "NE-18",
    "Address on two interfaces",
    kinds=("interface",),
    levels=(INFO, CRIT),
    when=is_wanted,
    concerns=_has_address,
    remedy="Give one of them another address; one shared on purpose belongs to VRRP or HSRP.",
)
def duplicate_address(asset: Asset, context: Context) -> Verdict:
    """The same address in the same VRF of a site; shared gateways are no conflict.

    Loopbacks share addresses on purpose (anycast), so that theirs are for information.
    """
    site = context.site
    here = place(asset, site)
    open_question: Verdict | None = None
    for where in _places(asset, site):
        others = [port for port in site.once(_owners).get(where, ()) if port.id != asset.id]
        if not others:
            continue
        evidence = {"address": where[2], "also": [place(port, site) for port in others]}
        text = f"{where[2]} of {here} is also that of {', '.join(evidence['also'])}"
        shared = [_is_shared(port, where[2], site) for port in (asset, *others)]
        if is_loopback(asset.name):
            open_question = open_question or info(text, **evidence)
        elif None in shared and all(port.name == asset.name for port in others):
            text = f"whether {where[2]} of {here} is shared on purpose is not known"
            open_question = unknown(text, missing="running_config", cure=_READ_CONFIG, **evidence)
        elif not all(shared):
            return crit(text, **evidence)
    return open_question or ok(f"no other interface has an address of {here}")


_READ_CONFIG = "Let the account that collects read the running configuration of the devices."


def _is_shared(port: Asset, address: str, site: Site) -> bool | None:
    """Tell whether the configuration shares an address of a port; None where it was not read."""
    mac = (port.record.mac or "").lower()
    if mac.startswith(SHARED_MACS):
        return True
    device = site.assets.get(port.record.device or "")
    config = device.record.running_config if device else None
    if not config:
        return None
    lines = config.lower().splitlines()
    said = [
        line for line in lines if re.search(rf"(?<![\d.:]){re.escape(address)}(?![\d.:])", line)
    ]
    return any(_SHARED.search(line) for line in (*said, *_stanza(lines, port.name.lower())))


def _stanza(lines: list[str], port: str) -> list[str]:
    """Return the indented lines below `interface NAME`."""
    found: list[str] = []
    inside = False
    for line in lines:
        if line.strip() and not line[0].isspace():
            inside = line.split() == ["interface", port]
        elif inside:
            found.append(line)
    return found


def _resolved(site: Site) -> dict[_Place, dict[str, list[str]]]:
    """Return, for each address that was resolved to several MACs, who resolved it to each."""
    found: dict[_Place, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for asset in site.by_kind.get("device", ()):
        device: Device = asset.record
        for entry in device.arp or ():
            where = (device.site or "", _plain_vrf(entry.vrf), entry.ip_address)
            found[where][entry.mac.lower()].append(asset.name)
    return {where: dict(macs) for where, macs in found.items() if _is_conflict(where, macs)}


def _is_conflict(where: _Place, macs: dict[str, list[str]]) -> bool:
    if len(macs) == 1 or _bare(where[2]) is None:
        return False
    return not any(mac.startswith(SHARED_MACS) for mac in macs)


@check(
    "NE-19",
    "Address seen with two MAC addresses",
    kinds=("device",),
    levels=(WARN,),
    needs=("arp",),
    remedy="Find both with the MAC tables and give one another address; a replaced adapter passes.",
)
def duplicate_mac(asset: Asset, context: Context) -> Verdict:
    """ARP tables of a site that disagree; they may be hours old. Virtual MACs are left out."""
    device: Device = asset.record
    conflicts = context.site.once(_resolved)
    found: dict[str, list[str]] = {}
    for entry in device.arp or ():
        macs = conflicts.get((device.site or "", _plain_vrf(entry.vrf), entry.ip_address))
        if macs:
            found[entry.ip_address] = sorted(macs)
    if not found:
        return ok("every address in the ARP table has one MAC address")
    ordered = sorted(found, key=lambda text: (ip_address(text).version, ip_address(text).packed))
    texts = [f"{one} ({' and '.join(found[one])})" for one in ordered[:SHOWN]]
    more = f" and {len(ordered) - SHOWN} more" if len(ordered) > SHOWN else ""
    evidence = {one: found[one] for one in ordered}
    return warn(f"addresses with several MACs: {', '.join(texts)}{more}", macs=evidence)

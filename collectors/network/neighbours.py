"""What LLDP and CDP hear, and behind which ports other devices live."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from collectors.network.commands import EOS, NXOS
from collectors.network.masking import mask
from collectors.network.normalise import interface_name, mac
from collectors.network.templates import Row
from models.kinds.device import MacEntry, Neighbour

_SILENT = {"", "-", "--", "null", "not advertised", "none", "unknown"}
_LONGEST_PLATFORM = 120
# Hosts that bridge or route inside themselves say that they are bridges; what hangs on their port
# is still the edge. Phones bridge for the computer behind them.
_HOST = re.compile(
    r"vmware|esxi?\b|linux|windows|debian|ubuntu|red hat|phone|proxmox|xenserver", re.I
)
_DEVICE = re.compile(
    r"cisco|nx-?os|nexus|catalyst|\bios\b|arista|\beos\b|juniper|junos|mikrotik|procurve|aruba"
    r"|extreme|huawei|frrouting|cumulus|sonic\b|dell.*networking|switch|router",
    re.I,
)
_LLDP_DEVICES, _LLDP_ENDS = frozenset("BR"), frozenset("TS")
_CDP_DEVICES, _CDP_ENDS = frozenset("RBST"), frozenset("HP")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A neighbour, with what tells a device from a host: capabilities and description."""

    neighbour: Neighbour
    capabilities: str = ""
    description: str = ""


def heard(rows: Iterable[Row], protocol: str, platform: str) -> list[Heard]:
    """Return the neighbours of a table of LLDP or CDP."""
    return [
        _heard(row, protocol, platform)
        for row in rows
        if row.get("local_interface") or row.get("parent_interface")
    ]


def _heard(row: Row, protocol: str, platform: str) -> Heard:
    description = str(row.get("neighbor_description") or "")
    chassis = _said(row.get("chassis_id"))
    name = _said(row.get("neighbor_name")) or (chassis if protocol == "cdp" else None)
    platform_text = _said(row.get("platform")) or _said(description.split("\n", maxsplit=1)[0])
    neighbour = Neighbour(
        interface=interface_name(str(row.get("local_interface")), platform),
        protocol=protocol,
        # NX-OS puts the serial number behind the name: leaf-1(FDO1234).
        system_name=re.sub(r"\([^)]*\)$", "", name) if name else None,
        port=_said(row.get("neighbor_port")) or _said(row.get("neighbor_interface")),
        port_description=_masked(_said(row.get("neighbor_port_description"))),
        chassis_id=mac(chassis) or (chassis if protocol == "lldp" else None),
        address=_said(row.get("mgmt_address")) or _said(row.get("interface_ip")),
        platform=_masked(platform_text[:_LONGEST_PLATFORM] if platform_text else None),
    )
    return Heard(
        neighbour=neighbour,
        capabilities=str(row.get("capabilities") or ""),
        description=f"{platform_text or ''} {description}",
    )


def _said(value: Any) -> str | None:
    text = str(value or "").strip().strip('"')
    return None if text.lower() in _SILENT else text


def _masked(text: str | None) -> str | None:
    return mask(text) if text else None


_LOCAL = re.compile(
    r"^(?:Local Port id: (\S+)|Interface (\S+) detected \d+ LLDP neighbor)", re.MULTILINE | re.I
)
_BLOCK = {
    NXOS: re.compile(r"^(?=Chassis id:)", re.MULTILINE | re.IGNORECASE),
    EOS: re.compile(r"^(?=Interface \S+ detected)|^(?=\s*Neighbor \S+, age)", re.MULTILINE),
}


def with_details(rows: list[Row], text: str, platform: str) -> list[Row]:
    """Return rows of LLDP with what the templates of NX-OS and EOS leave out.

    That is the description of the far port, by which a hypervisor names its uplink, and what the
    neighbour is able to be. Where blocks and rows do not go together the rows stay as they are.
    """
    found = list(_details(text, platform)) if platform in _BLOCK else []
    if len(found) != len(rows):
        return rows
    if any(
        row.get("local_interface") != where for row, (where, _) in zip(rows, found, strict=True)
    ):
        return rows
    return [{**more, **_filled(row)} for row, (_, more) in zip(rows, found, strict=True)]


def _filled(row: Row) -> Row:
    return {key: value for key, value in row.items() if value}


def _details(text: str, platform: str) -> Iterable[tuple[str, Row]]:
    where = ""
    for block in _BLOCK[platform].split(text):
        local = _LOCAL.search(block)
        where = (local[1] or local[2]) if local else where
        if not re.search(r"chassis id\s*:", block, re.IGNORECASE):
            continue
        port = re.search(r"^[\s-]*Port Description\s*: \"?([^\"\n]*)", block, re.MULTILINE | re.I)
        able = re.search(r"Enabled Capabilities\s*: ([^\n]*)", block, re.IGNORECASE)
        yield (
            where,
            {
                "neighbor_port_description": port[1].strip() if port else "",
                "capabilities": able[1].strip() if able else "",
            },
        )


def ordered(found: Iterable[Heard]) -> tuple[Neighbour, ...]:
    """Return the neighbours in an order that does not change from run to run."""
    return tuple(sorted({each.neighbour for each in found}, key=_order))


def _order(each: Neighbour) -> tuple[str, ...]:
    return (each.interface, each.protocol, each.system_name or "", each.port or "")


def device_ports(
    found: Iterable[Heard], bundles: dict[str, str], known: frozenset[str]
) -> frozenset[str]:
    """Return the interfaces behind which another network device lives.

    Args:
        found: What LLDP and CDP hear.
        bundles: The port channel of each port that is in one.
        known: Names of the source's own devices, in lower case and without their domain.
    """
    ports = {each.neighbour.interface for each in found if _is_device(each, known)}
    return frozenset(ports | {bundles[port] for port in ports if port in bundles})


def _is_device(each: Heard, known: frozenset[str]) -> bool:
    name = (each.neighbour.system_name or "").lower()
    if name in known or name.partition(".")[0] in known:
        return True
    if _HOST.search(each.description):
        return False
    able = _capabilities(each)
    if able:
        cdp = each.neighbour.protocol == "cdp"
        ends, devices = (_CDP_ENDS, _CDP_DEVICES) if cdp else (_LLDP_ENDS, _LLDP_DEVICES)
        # LLDP: T is a telephone. CDP: P is one, and T a bridge that only looks at source routes.
        return bool(able & devices) and not (able & ends & {"T", "P"})
    return bool(_DEVICE.search(each.description))


def _capabilities(each: Heard) -> frozenset[str]:
    if not _said(each.capabilities):
        return frozenset()
    words = re.split(r"[\s,]+", each.capabilities.strip())
    return frozenset(word[0].upper() for word in words if word)


def edge(found: tuple[MacEntry, ...], between: frozenset[str]) -> tuple[MacEntry, ...]:
    """Return the MACs that were learned at the edge, not over a link to another device."""
    return tuple(each for each in found if each.interface not in between)

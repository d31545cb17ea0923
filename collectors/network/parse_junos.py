"""Outputs of Junos for which ntc-templates has no template, or one that leaves out what we need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from collectors.network.commands import JUNOS
from collectors.network.normalise import (
    address,
    elapsed,
    integer,
    interface_name,
    mac,
    moment,
    protocol,
    rate_bps,
    speed_mbps,
)
from collectors.network.templates import DoesNotFit, Row
from models.kinds.interface import InterfaceState

_PHYSICAL = re.compile(
    r"^Physical interface: (\S+?),? +(Enabled|Disabled|Administratively down|\S+),"
    r" +Physical link is (\S+)",
    re.MULTILINE | re.IGNORECASE,
)
_LOGICAL = re.compile(r"^ +Logical interface (\S+)", re.MULTILINE)
_TABLE = re.compile(r"^(\S+): \d+ destinations", re.MULTILINE)
_PREFIX = re.compile(r"^(\d+\.\d+\.\d+\.\d+/\d+|[0-9a-f:]+/\d+)\s+(?=[*+\-\[])", re.MULTILINE)
_PROTOCOL = re.compile(r"[*+-]?\[([A-Za-z0-9-]+)/\d+")
_HOP = re.compile(r"^\s+>?\s*(?:to (\S+) )?via (\S+)", re.MULTILINE)
_LEARNED = re.compile(
    r"^\s*(\S+)\s+((?:[0-9a-f]{2}:){5}[0-9a-f]{2})\s+(\S+)\s+\S+\s+(\S+)", re.MULTILINE
)


def interfaces(text: str, now: datetime) -> dict[str, dict[str, Any]]:
    """Return the facts of each port and logical unit of `show interfaces`, by name.

    Raises:
        DoesNotFit: It names no port.
    """
    found: dict[str, dict[str, Any]] = {}
    for block in re.split(r"^(?=Physical interface:)", text, flags=re.MULTILINE):
        head = _PHYSICAL.match(block)
        if not head:
            continue
        port, *units = re.split(r"^(?= +Logical interface )", block, flags=re.MULTILINE)
        found[head[1]] = _physical(head, port, now)
        for unit in units:
            _unit(unit, found)
    if not found and text.strip():
        raise DoesNotFit("no port is named")
    return found


def _physical(head: re.Match[str], text: str, now: datetime) -> dict[str, Any]:
    enabled, up = head[2].lower() == "enabled", head[3].lower() == "up"
    flapped = _first(r"Last flapped\s*: ([^\n]*)", text)
    at = moment(flapped)
    span = elapsed(_first(r"\(([^)]*)\s+ago\)", flapped or "")) if at is None else None
    bundle = _first(r"AE bundle: (\S+?)[,.\s]", text)
    return {
        "admin_up": enabled,
        "state": InterfaceState.UP if up and enabled else InterfaceState.DOWN,
        "description": (_first(r"^ +Description: ([^\n]*)", text) or "").strip(),
        "type": _first(r"Link-level type: ([^,\n]+)", text),
        "mac": mac(_first(r"(?:Current|Hardware) address: ([0-9a-fA-F:]{17})", text)),
        "mtu": integer(_first(r"MTU: (\d+)", text)),
        "speed_mbps": speed_mbps(_first(r"[ ,]Speed: ([^,\n]+)", text)),
        "duplex": _duplex(_first(r"(?:Link-mode|Duplex): ([\w-]+)", text)),
        "last_change": at or (now - span if span else None),
        "input_rate_bps": rate_bps(_first(r"Input rate\s*: (\d+) bps", text)),
        "output_rate_bps": rate_bps(_first(r"Output rate\s*: (\d+) bps", text)),
        "input_errors": integer(_first(r"Input errors:\s*(?:Errors: )?(\d+)", text)),
        "output_errors": integer(
            _first(r"Output errors:\s*(?:Carrier transitions: \d+, )?(?:Errors: )?(\d+)", text)
        ),
        "crc_errors": integer(_first(r"CRC/Align errors\s+(\d+)", text)),
        "port_channel": bundle.partition(".")[0] if bundle else None,
    }


def _duplex(word: str | None) -> str | None:
    for known in ("full", "half", "auto"):
        if (word or "").lower().startswith(known):
            return known
    return None


def _unit(text: str, found: dict[str, dict[str, Any]]) -> None:
    head = _LOGICAL.match(text)
    name = interface_name(head[1], JUNOS) if head else ""
    one = found.setdefault(name, {"admin_up": True, "state": InterfaceState.UP})
    bundle = _first(r"AE bundle: (\S+?)[,.\s]", text)
    if bundle:
        one["port_channel"] = bundle.partition(".")[0]
    described = _first(r"^ +Description: ([^\n]*)", text)
    if described and not one.get("description"):
        one["description"] = described.strip()
    if "." in name:
        flags = _first(r"Flags: ([^\n]*)", text) or ""
        below = found.get(name.partition(".")[0], {})
        one["admin_up"] = not flags.startswith("Down")
        down = "Down" in flags or below.get("state") is InterfaceState.DOWN
        one["state"] = InterfaceState.DOWN if down else InterfaceState.UP
        mtu = _first(r"Protocol inet\S*,[^\n]*MTU: (\d+)", text)
        one["mtu"] = one.get("mtu") or integer(mtu)
    lengths = re.findall(r"Destination: [\d.]+/(\d+),\s+Local: ([\d.]+)", text)
    addresses = [address(local, length) for length, local in lengths]
    if not addresses:
        addresses = [address(local) for local in re.findall(r"\bLocal: (\d[\d.]+)", text)]
    have = one.get("ip_addresses", ())
    one["ip_addresses"] = tuple(dict.fromkeys((*have, *filter(None, addresses))))


def _first(pattern: str, text: str) -> str | None:
    found = re.search(pattern, text, re.MULTILINE)
    return found[1] if found else None


def routes(text: str) -> list[Row]:
    """Return the routes of `show route`, one row for each next hop in use.

    Raises:
        DoesNotFit: There is text, and no routing table in it.
    """
    parts = _TABLE.split(text)
    if len(parts) == 1 and text.strip():
        raise DoesNotFit("no routing table is named")
    found: list[Row] = []
    for table, body in zip(parts[1::2], parts[2::2], strict=True):
        instance, _, family = table.rpartition(".inet")
        if family or table.endswith((".inet.0", "inet.0", "inet6.0")):
            found += _of_table(body, instance or None)
    return found


def _of_table(body: str, vrf: str | None) -> Iterator[Row]:
    parts = _PREFIX.split(body)
    for prefix, rest in zip(parts[1::2], parts[2::2], strict=True):
        said = _PROTOCOL.search(rest)
        hops = _HOP.findall(rest) or [("", "")]
        for next_hop, interface in hops:
            yield {
                "prefix": prefix,
                "protocol": protocol(said[1] if said else ""),
                "next_hop": next_hop,
                "next_interface": interface,
                "vrf": vrf,
            }


def learned_macs(text: str) -> list[Row]:
    """Return the rows of `show ethernet-switching table`, whose VLANs go by name.

    Raises:
        DoesNotFit: There are addresses in it, and no row that we know.
    """
    found = [
        {"vlan": vlan, "mac_address": address, "type": flags, "ports": port}
        for vlan, address, flags, port in _LEARNED.findall(text)
    ]
    if not found and re.search(r"(?:[0-9a-f]{2}:){5}", text):
        raise DoesNotFit("no row of the table is known")
    return found


def booted_at(rows: list[Row]) -> datetime | None:
    """Return when a device was started, where it keeps its time in UTC."""
    row = rows[0] if rows else {}
    text = "{boot_year}-{boot_month}-{boot_day} {boot_time} {boot_timezone}".format_map(
        {key: row.get(key, "") for key in _BOOT}
    )
    found = moment(text)
    return found.astimezone(UTC) if found else None


_BOOT = ("boot_year", "boot_month", "boot_day", "boot_time", "boot_timezone")

"""Rows about interfaces, of several commands, into the facts of each interface.

Facts of an interface are a plain dict of fields of the kind; those of several commands are laid
over each other by `merge`, the surest first. A field that says nothing is None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from collectors.network.commands import EOS
from collectors.network.normalise import (
    address,
    bandwidth_mbps,
    duplex,
    elapsed,
    integer,
    interface_name,
    mac,
    rate_bps,
    speed_mbps,
    state,
    vlan_id,
    vlan_ranges,
)
from collectors.network.templates import Row
from models.kinds.interface import InterfaceState

Facts = dict[str, Any]
_PORT = re.compile(r"\d*[A-Z]*[Ee]thernet|.*Gig|[Pp]ort-[Cc]hannel|Management|mgmt")
_NOTHING = {"", "--", "-", "unknown", "not present", "n/a"}


def merge(into: dict[str, Facts], found: dict[str, Facts], *, only_known: bool = False) -> None:
    """Lay facts under those that are there: what is known already stays."""
    for name, facts in found.items():
        if only_known and name not in into:
            continue
        have = into.setdefault(name, {})
        for field, value in facts.items():
            if have.get(field) in (None, "", ()) and value is not None:
                have[field] = value


def from_interfaces(rows: Iterable[Row], platform: str, now: datetime) -> dict[str, Facts]:
    """Return the facts of `show interfaces` and its kin."""
    return {
        interface_name(row["interface"], platform): _interface(row, now)
        for row in rows
        if row.get("interface")
    }


def _interface(row: Row, now: datetime) -> Facts:
    link = str(row.get("link_status") or "")
    admin, line = row.get("admin"), row.get("protocol_status")
    name = str(row["interface"])
    flapped = elapsed(row.get("last_link_flapped"))
    mode = str(row.get("mode") or "").lower()
    speed = speed_mbps(row.get("speed"))
    if speed is None and _PORT.match(name) and row.get("bandwidth"):
        speed = bandwidth_mbps(row["bandwidth"])
    return {
        "admin_up": None if "reason" in row else _admin_up(link, admin),
        "state": state(link, line, row.get("reason")),
        "description": _text(row.get("description")),
        "type": _type(row.get("hardware_type")),
        "mac": mac(row.get("mac_address")),
        "speed_mbps": speed,
        "duplex": duplex(row.get("duplex")),
        "mtu": integer(row.get("mtu")),
        "mode": mode if mode in {"access", "trunk", "routed"} else None,
        "ip_addresses": tuple(filter(None, [_address(row)])),
        "last_change": now - flapped if flapped else None,
        "input_errors": integer(row.get("input_errors")),
        "output_errors": integer(row.get("output_errors")),
        "crc_errors": integer(row.get("crc")),
        "input_rate_bps": rate_bps(row.get("input_rate") or row.get("bandwidth_input_rate")),
        "output_rate_bps": rate_bps(row.get("output_rate") or row.get("bandwidth_output_rate")),
        "err_disabled_reason": _reason(f"{link} {line or ''}"),
    }


def _admin_up(link: str, admin: str | None) -> bool | None:
    if "administratively" in link.lower():
        return False
    if admin:
        return "up" in admin.lower() or "down" not in admin.lower()
    return bool(link) or None


def _address(row: Row) -> str | None:
    where = str(row.get("ip_address") or "")
    # A brief list gives no mask, and an address without one would look like a single host.
    return (
        address(where, row.get("prefix_length"))
        if "/" in where or row.get("prefix_length")
        else None
    )


def _text(value: Any) -> str | None:
    text = str(value or "").strip().strip('"')
    return None if text in {"", "--"} else text


def _type(value: Any) -> str | None:
    text = str(value or "").strip()
    return None if text.lower() in _NOTHING else text


def _reason(said: str) -> str | None:
    """Return why a port was shut by the device, where NX-OS says it in brackets."""
    found = re.search(r"\(error disabled\.? *reason: *([^)]+)\)|\((\w+?)errdisabled?\)", said, re.I)
    return (found[1] or found[2]).strip().lower() if found else None


def from_status(rows: Iterable[Row], platform: str) -> dict[str, Facts]:
    """Return the facts of `show interfaces status`."""
    return {
        interface_name(row["interface"], platform): _status(row)
        for row in rows
        if row.get("interface") and "link_status" not in row
    }


def _status(row: Row) -> Facts:
    where = str(row.get("vlan_id") or "").strip()
    number = vlan_id(where.split(" ")[0])
    mode = where if where in {"trunk", "routed"} else "access" if number else None
    found = state(row.get("status"))
    return {
        "state": found if found is not InterfaceState.UNKNOWN else None,
        "description": _text(row.get("description")),
        "duplex": duplex(row.get("duplex")),
        "speed_mbps": speed_mbps(row.get("speed")),
        "type": _type(row.get("type")),
        "mode": mode,
        "access_vlan_id": number,
        "port_channel": _bundle_in(where),
    }


def _bundle_in(where: str) -> str | None:
    # EOS writes the bundle in the place of the VLAN: `in Po10`.
    found = re.fullmatch(r"in (Po\d+)", where)
    return interface_name(found[1], EOS) if found else None


def from_brief(rows: Iterable[Row], platform: str) -> dict[str, Facts]:
    """Return what NX-OS' `show interface brief` says more than its status."""
    found: dict[str, Facts] = {}
    for row in rows:
        if not row.get("interface") or "reason" not in row:
            continue
        number, reason = vlan_id(row.get("vlan_id")), str(row.get("reason") or "")
        mode = str(row.get("mode") or "").lower()
        bundle = str(row.get("portch") or "").strip()
        found[interface_name(row["interface"], platform)] = {
            "admin_up": "administratively" not in reason.lower(),
            "mode": mode if mode in {"access", "trunk", "routed"} else None,
            "access_vlan_id": number if mode == "access" else None,
            "port_channel": f"port-channel{bundle}" if bundle.isdigit() else None,
            "vrf": _text(row.get("vrf")),
        }
    return found


def from_switchport(rows: Iterable[Row], platform: str) -> dict[str, Facts]:
    """Return the facts of `show interfaces switchport`: what is set, not only what runs now."""
    return {
        interface_name(row["interface"], platform): _switchport(row)
        for row in rows
        if row.get("interface")
    }


def _switchport(row: Row) -> Facts:
    if "dis" in str(row.get("switchport") or "").lower():
        return {"mode": "routed"}
    said = " ".join(str(row.get(field) or "") for field in ("mode", "admin_mode")).lower()
    mode = "trunk" if "trunk" in said else "access" if "access" in said else None
    facts: Facts = {"mode": mode}
    if mode == "access":
        facts["access_vlan_id"] = vlan_id(row.get("access_vlan"))
    elif mode == "trunk":
        facts["native_vlan_id"] = vlan_id(row.get("native_vlan"))
        facts["trunk_vlans"] = vlan_ranges(row.get("trunking_vlans") or "")
    return facts


def from_errdisabled(rows: Iterable[Row], platform: str) -> dict[str, Facts]:
    """Return why ports were shut by the device itself."""
    return {
        interface_name(row["interface"], platform): {
            "err_disabled_reason": _text(row.get("port_error"))
        }
        for row in rows
        if row.get("interface")
    }


def eos_errdisabled(text: str) -> dict[str, Facts]:
    """Return the same of EOS, for which ntc-templates has no template."""
    found = re.findall(r"^(\S+)\s.*\berr-?disabled\s+(\S[^\n]*?)\s*$", text, re.MULTILINE)
    return {interface_name(port, EOS): {"err_disabled_reason": reason} for port, reason in found}


_EOS_BLOCK = re.compile(r"^(?=\S+ is )", re.MULTILINE)
_EOS_RATE = r"{} rate ([\d.]+) ([kMGT]?)bps"


def eos_counters(text: str) -> dict[str, Facts]:
    """Return what the template of EOS' `show interfaces` passes over: duplex, speed, counters."""
    return {
        block.split(" ", 1)[0]: _eos_counters(block)
        for block in _EOS_BLOCK.split(text)
        if block.strip()
    }


def _eos_counters(block: str) -> Facts:
    found = re.search(r"^\s+(\w+)-duplex, ([^,\n]+)", block, re.MULTILINE)
    errors = re.search(r"(\d+) input errors, (\d+) CRC", block)
    out = re.search(r"(\d+) output errors", block)
    rates = [re.search(_EOS_RATE.format(way), block) for way in ("input", "output")]
    received, sent = (rate_bps(rate[1], rate[2]) if rate else None for rate in rates)
    return {
        "duplex": duplex(found[1]) if found else None,
        "speed_mbps": speed_mbps(found[2]) if found else None,
        "input_errors": integer(errors[1]) if errors else None,
        "crc_errors": integer(errors[2]) if errors else None,
        "output_errors": integer(out[1]) if out else None,
        "input_rate_bps": received,
        "output_rate_bps": sent,
    }


_SHARED = ("mode", "access_vlan_id", "native_vlan_id", "trunk_vlans")


def share_with_members(found: dict[str, Facts]) -> None:
    """Give a bundle's ports its mode and VLANs, where a device says them of the bundle alone."""
    for facts in found.values():
        bundle = found.get(facts.get("port_channel") or "")
        if bundle and facts.get("mode") is None:
            facts.update({field: bundle.get(field) for field in _SHARED})


def settle(name: str, facts: Facts, platform: str) -> None:
    """Drop what contradicts the mode of an interface, and fill in what a mode implies."""
    if facts.get("mode") is None and facts.get("ip_addresses"):
        facts["mode"] = "routed"
    mode = facts.get("mode")
    if platform == EOS and mode is None and re.match(r"Ethernet|Port-Channel", name):
        # EOS leaves out of a configuration what it does by itself: access in VLAN 1.
        mode = facts["mode"] = "access"
    if mode == "access":
        facts["access_vlan_id"] = facts.get("access_vlan_id") or (1 if platform == EOS else None)
    else:
        facts["access_vlan_id"] = None
    if mode == "trunk":
        facts["trunk_vlans"] = facts.get("trunk_vlans") or "all"
        facts["native_vlan_id"] = facts.get("native_vlan_id") or (1 if platform == EOS else None)
    else:
        facts["trunk_vlans"] = facts["native_vlan_id"] = None
    if facts.get("state") is not InterfaceState.ERR_DISABLED:
        facts["err_disabled_reason"] = None

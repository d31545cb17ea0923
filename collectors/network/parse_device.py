"""Rows about a device itself into its facts: version, parts, uptime, whether it is saved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from collectors.network.commands import EOS, FRR, IOS, JUNOS, NXOS
from collectors.network.masking import stable
from collectors.network.normalise import elapsed, mac
from collectors.network.templates import Row
from models.kinds.device import Module

VENDORS = {IOS: "Cisco", NXOS: "Cisco", EOS: "Arista", JUNOS: "Juniper", FRR: "FRRouting"}
_NO_NUMBER = {"", "n/a", "none", "builtin", "unspecified"}
# The columns of Junos' hardware list, from the outside in: the part and what it sits in.
_PARTS = {
    "mid": ("Midplane", ()),
    "fpm": ("FPM Board", ()),
    "ps": ("", ()),
    "re": ("", ()),
    "cb": ("", ()),
    "fan": ("", ()),
    "fpc": ("", ()),
    "mic": ("", ("fpc_number",)),
    "pic": ("", ("fpc_number", "mic_number")),
    "xcvr": ("", ("fpc_number", "mic_number", "pic_number")),
}
_WORDS = {"ps": "PSU", "re": "Routing Engine", "cb": "CB", "fan": "Fan", "xcvr": "Xcvr"}
_CHANGED = re.compile(r"^[+\-]|^! |^\*{3}(?! Startup)|^\d+[acd,]\d*", re.MULTILINE)
_DIFF_HEAD = re.compile(
    r"^(?:!(?:Command|Time|Running|NVRAM)[^\n]*|[+\-*]{3} .*|@@.*|\*{3,}|-{3,}.*)$", re.MULTILINE
)


def version(row: Row, now: datetime) -> dict[str, Any]:
    """Return the facts of `show version`."""
    up = elapsed(row.get("uptime"))
    return {
        "model": _first(row.get("hardware")),
        "serial_number": _first(row.get("serial")),
        "os_version": _first(row.get("version")),
        "image": _first(row.get("image")),
        "base_mac": mac(_first(row.get("mac_address"))),
        "booted_at": now - up if up else None,
        "uptime_seconds": int(up.total_seconds()) if up else None,
    }


def _first(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    return str(value).strip() or None if value else None


def modules(rows: Iterable[Row], platform: str) -> tuple[Module, ...]:
    """Return the parts that have a number of their own, each once, in the device's order."""
    found = _junos_modules(rows) if platform == JUNOS else (_module(row) for row in rows)
    numbered = (each for each in found if each.part_number or each.serial_number)
    return tuple(dict.fromkeys(numbered))


def _module(row: Row) -> Module:
    return Module(
        name=str(row.get("name") or "").strip(),
        description=_first(row.get("description")),
        part_number=_number(row.get("pid")),
        serial_number=_number(row.get("sn")),
    )


def _number(value: Any) -> str | None:
    text = str(value or "").strip()
    return None if text.lower() in _NO_NUMBER else text


def _junos_modules(rows: Iterable[Row]) -> Iterable[Module]:
    for row in rows:
        for part, (name, outer) in _PARTS.items():
            own = str(row.get(f"{part}_number") or "").strip()
            words = [_called(column[:-7], row.get(column)) for column in outer]
            words.append(name or _called(part, own))
            if own or name:
                yield Module(
                    name=" ".join(word for word in words if word),
                    description=_first(row.get(f"{part}_description")),
                    part_number=_number(row.get(f"{part}_part")),
                    serial_number=_number(row.get(f"{part}_serial_number")),
                )


def _called(part: str, number: Any) -> str:
    text = str(number or "").strip()
    if not text or not text[0].isdigit():
        return text
    return f"{_WORDS.get(part, part.upper())} {text}"


def chassis(rows: Iterable[Row], found: tuple[Module, ...]) -> dict[str, Any]:
    """Return model and serial number of the chassis, where the list of parts names it."""
    for row in rows:
        if row.get("chassis_serial_number"):
            return {"serial_number": row["chassis_serial_number"]}
    for part in found:
        if part.name.strip('"').lower() in {"chassis", "switch 1", "system", "1"}:
            return {"model": part.part_number, "serial_number": part.serial_number}
    return {}


def saved(running: str | None, text: str | None, platform: str) -> bool | None:
    """Return whether the running configuration is the one that the device starts with.

    Args:
        running: The running configuration as it was printed.
        text: The startup configuration of IOS, or the difference that NX-OS and EOS print.
        platform: On Junos what runs is what was committed, and a commit saves it.
    """
    if platform == JUNOS:
        return True if running else None
    if text is None and platform == IOS:
        return _saved_by_times(running or "")
    if text is None or platform == FRR:
        return None
    if platform != IOS:
        return not _CHANGED.search(_DIFF_HEAD.sub("", text))
    if re.search(r"startup-config is not present", text, re.IGNORECASE):
        return False
    return _comparable(running) == _comparable(text) if running else None


_TIMES = re.compile(
    r"^! (Last configuration change|NVRAM config last updated) at (\d\d:\d\d:\d\d) (\S+)"
    r" \w{3} (\w{3} +\d+ \d{4})",
    re.MULTILINE,
)


def _saved_by_times(running: str) -> bool | None:
    """Return what the two times at the head of an IOS configuration say, where both are there."""
    try:
        at = {
            which: (zone, datetime.strptime(f"{day} {t}", "%b %d %Y %H:%M:%S").replace(tzinfo=UTC))
            for which, t, zone, day in _TIMES.findall(running)
        }
    except ValueError:
        return None
    if len({zone for zone, _ in at.values()}) != 1 or len(at) == 1:
        return None
    (_, changed), (_, saved_at) = at["Last configuration change"], at["NVRAM config last updated"]
    return saved_at >= changed


# What the running and the stored configuration write differently though they are the same: a
# certificate is a number of lines in one, and the name of a file in the other.
_CERTIFICATE = re.compile(
    r"^[ \t]*certificate [^\n]*\n?(?:[ \t]+[0-9A-F][0-9A-F \t]*\n|[ \t]*quit[ \t]*(?:\n|\Z))*",
    re.MULTILINE | re.IGNORECASE,
)


def _comparable(config: str) -> list[str]:
    lines = stable(_CERTIFICATE.sub("", config)).splitlines()
    # What stands behind an exclamation mark is a remark: times, and who changed what.
    return [line.rstrip() for line in lines if line.strip() and not line.lstrip().startswith("!")]

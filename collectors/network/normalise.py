"""Turns the many spellings of devices into one: MACs, names of interfaces, speeds, times, lists.

None in, or nonsense in, gives None out.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from collectors.network.commands import EOS, FRR, IOS, JUNOS, NXOS
from models.kinds.interface import InterfaceState

_HIGHEST_VLAN = 4094
# No counter, speed or number of an autonomous system is longer; what is longer is garbled.
_MOST_DIGITS = 15
_LONGEST_SPAN = timedelta(days=36_500)
# Postgres refuses NUL and half a surrogate pair; the other control characters say nothing.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_HALF = re.compile(r"[\ud800-\udfff]")
_NAME = re.compile(r"([A-Za-z][A-Za-z-]*?)[\s-]*(\d[\d/.:]*)$")
_LONG: dict[str, dict[str, str]] = {
    IOS: {
        "eth": "Ethernet",
        "et": "Ethernet",
        "e": "Ethernet",
        "fa": "FastEthernet",
        "fas": "FastEthernet",
        "gi": "GigabitEthernet",
        "gig": "GigabitEthernet",
        "ge": "GigabitEthernet",
        "tw": "TwoGigabitEthernet",
        "two": "TwoGigabitEthernet",
        "fi": "FiveGigabitEthernet",
        "te": "TenGigabitEthernet",
        "ten": "TenGigabitEthernet",
        "twe": "TwentyFiveGigE",
        "fo": "FortyGigabitEthernet",
        "for": "FortyGigabitEthernet",
        "fif": "FiftyGigE",
        "hu": "HundredGigE",
        "hun": "HundredGigE",
        "ap": "AppGigabitEthernet",
        "po": "Port-channel",
        "port-channel": "Port-channel",
        "lo": "Loopback",
        "vl": "Vlan",
        "vlan": "Vlan",
        "tu": "Tunnel",
        "se": "Serial",
        "bd": "BDI",
        "nv": "nve",
    },
    NXOS: {
        "eth": "Ethernet",
        "et": "Ethernet",
        "e": "Ethernet",
        "ethernet": "Ethernet",
        "po": "port-channel",
        "port-channel": "port-channel",
        "lo": "loopback",
        "loopback": "loopback",
        "vl": "Vlan",
        "vlan": "Vlan",
        "tu": "Tunnel",
        "mgmt": "mgmt",
    },
    EOS: {
        "et": "Ethernet",
        "eth": "Ethernet",
        "ethernet": "Ethernet",
        "po": "Port-Channel",
        "port-channel": "Port-Channel",
        "lo": "Loopback",
        "loopback": "Loopback",
        "vl": "Vlan",
        "vlan": "Vlan",
        "ma": "Management",
        "management": "Management",
        "tu": "Tunnel",
        "vx": "Vxlan",
        "vxlan": "Vxlan",
    },
}
_SPEED = re.compile(r"(\d{1,15}(?:\.\d{1,15})?)\s*([kmgt])?(?:b|bit|bps|$|\W)", re.IGNORECASE)
_MBPS = {"k": 0.001, "m": 1, "g": 1_000, "t": 1_000_000}
_BPS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000, "t": 1_000_000_000_000}
_SPAN = re.compile(
    r"(?<!\d)(\d{1,15})\s*(year|y|week|w|day|d|hour|h|minute|min|m|second|sec|s)", re.IGNORECASE
)
_CLOCK = re.compile(r"(?<!\d)(\d{1,6}):(\d{2}):(\d{2})(?!\d)")
_SECONDS = {"y": 31_536_000, "w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_NOT_PRESENT = (
    "notpresent",
    "not present",
    "absent",
    "xcvrabsen",
    "nosfp",
    "sfp not inserted",
    "missing",
)
_DOWN = (
    "down",
    "notconn",
    "not connected",
    "disabled",
    "suspend",
    "inactive",
    "lowerlayer",
    "sfpinvali",
    "linkflap",
    "channel-ad",
    "deleted",
)
_PROTOCOLS = {
    "c": "connected",
    "l": "local",
    "s": "static",
    "b": "bgp",
    "o": "ospf",
    "i": "isis",
    "d": "eigrp",
    "r": "rip",
    "direct": "connected",
    "connected": "connected",
    "local": "local",
    "static": "static",
    "bgp": "bgp",
    "ospf": "ospf",
    "ospf3": "ospf",
    "isis": "isis",
    "is-is": "isis",
    "eigrp": "eigrp",
    "rip": "rip",
}


def plain(text: str) -> str:
    """Return a text without what no record may hold: control characters, but for tab and line end.

    Half a surrogate pair becomes the sign for what could not be read.
    """
    return _HALF.sub("\ufffd", _CONTROL.sub("", text))


def has_control(text: str) -> bool:
    """Return whether a text holds a control character, a line end or a tab included."""
    return any(unicodedata.category(sign) == "Cc" for sign in text)


def mac(value: str | None) -> str | None:
    """Return a MAC address as `00:50:56:9a:00:01`."""
    digits = re.sub(r"[.:\-\s]", "", value or "").lower()
    if not re.fullmatch(r"[0-9a-f]{12}", digits):
        return None
    return ":".join(digits[n : n + 2] for n in range(0, 12, 2))


def interface_name(value: str, platform: str) -> str:
    """Return an interface's long name; on Junos unit 0 is the port itself."""
    name = value.strip().rstrip(",")
    if platform == JUNOS:
        return name.removesuffix(".0")
    found = _NAME.fullmatch(name)
    if found is None or platform == FRR:
        return name
    long = _LONG[platform].get(found[1].lower().rstrip("-"))
    return f"{long}{found[2]}" if long else name


def speed_mbps(value: str | None) -> int | None:
    """Return a speed such as `10G`, `a-1000`, `1000Mb/s` or `10Gbps`; None while negotiating."""
    text = (value or "").strip().lower().removeprefix("a-")
    found = _SPEED.match(text)
    return _rounded(float(found[1]) * _MBPS[(found[2] or "m").lower()]) if found else None


def bandwidth_mbps(value: str | None) -> int | None:
    """Return a bandwidth in kbit/s, as `1000000 Kbit`, in Mbit/s."""
    found = re.match(r"(\d{1,15})(?!\d)", value or "")
    return int(found[1]) // 1000 if found else None


def rate_bps(value: str | None, unit: str = "") -> int | None:
    """Return a rate in bit/s; `unit` is the letter k, M or G before `bps`."""
    number = re.match(r"\d{1,15}(?:\.\d{1,15})?(?!\d)", (value or "").strip())
    return _rounded(float(number[0]) * _BPS.get(unit.lower(), 1)) if number else None


def _rounded(value: float) -> int | None:
    return round(value) if value < 10**_MOST_DIGITS else None


def integer(value: object) -> int | None:
    """Return a whole number of at most 15 digits."""
    if isinstance(value, int):
        return value if 0 <= value < 10**_MOST_DIGITS else None
    text = str(value if value is not None else "").strip().replace(",", "")
    fits = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if fits else None


def vlan_id(value: object) -> int | None:
    """Return a VLAN's number between 1 and 4094."""
    number = integer(value)
    return number if number is not None and 1 <= number <= _HIGHEST_VLAN else None


def duplex(value: str | None) -> str | None:
    """Return full, half or auto."""
    text = (value or "").lower().removeprefix("a-")
    for word in ("full", "half", "auto"):
        if text.startswith(word):
            return word
    return None


def vlan_ranges(values: Iterable[str] | str) -> str | None:
    """Return a list of VLANs as `10-20,30`; `all`, `none`, or None where it says nothing."""
    text = values if isinstance(values, str) else ",".join(values)
    text = text.replace(" ", "").lower()
    if text in {"all", "1-4094", "none"}:
        return "none" if text == "none" else "all"
    numbers: set[int] = set()
    for part in filter(None, text.split(",")):
        low, _, high = part.partition("-")
        first, last = vlan_id(low), vlan_id(high or low)
        if first and last:
            numbers.update(range(first, last + 1))
    return ranges(numbers) or None


def ranges(numbers: Iterable[int]) -> str:
    """Return numbers in order, neighbours joined: `10-20,30`."""
    spans: list[list[int]] = []
    for number in sorted(set(numbers)):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    if spans == [[1, _HIGHEST_VLAN]]:
        return "all"
    return ",".join(f"{low}-{high}" if high > low else str(low) for low, high in spans)


def elapsed(value: str | None) -> timedelta | None:
    """Return a span such as `5 weeks, 2 days`, `1week(s) 2day(s)`, `3d04h` or `00:01:02`.

    One of more than a hundred years is nonsense.
    """
    text = value or ""
    clock = _CLOCK.search(text)
    spans = _SPAN.findall(text)
    if not spans and not clock:
        return None
    seconds = sum(int(number) * _SECONDS[unit[0].lower()] for number, unit in spans)
    if clock:
        seconds += int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3])
    return timedelta(seconds=seconds) if seconds <= _LONGEST_SPAN.total_seconds() else None


def moment(text: str | None) -> datetime | None:
    """Return a time such as `2026-03-01 10:20:30 UTC`; another zone than UTC is not known."""
    found = re.search(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s+(?:UTC|GMT)", text or "")
    try:
        return datetime.fromisoformat(found[1]).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def state(*words: str | None) -> InterfaceState:
    """Return the state that the words of a device for link and protocol come to."""
    said = " ".join(word for word in words if word).lower()
    if "err" in said and "disab" in said:
        return InterfaceState.ERR_DISABLED
    if any(word in said for word in _NOT_PRESENT):
        return InterfaceState.NOT_PRESENT
    if any(word in said for word in _DOWN):
        return InterfaceState.DOWN
    if said.split()[:1] and re.match(r"(up|connected|monitoring)\b", said):
        return InterfaceState.UP
    return InterfaceState.UNKNOWN


def protocol(value: str) -> str:
    """Return the protocol of a route: connected, static, bgp ... or other."""
    word = value.strip().lower().partition(" ")[0]
    return _PROTOCOLS.get(word) or _PROTOCOLS.get(re.sub(r"-.*", "", word), "other")


def address(value: str | None, prefix: str | None = None) -> str | None:
    """Return an interface's address as `10.0.0.1/24`; the prefix may be a mask."""
    text = "/".join(filter(None, (value, prefix)))
    try:
        return str(ipaddress.ip_interface(text)) if text else None
    except ValueError:
        return None

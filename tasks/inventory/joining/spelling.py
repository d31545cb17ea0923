"""The same thing written differently: MAC addresses, UUIDs, host names, names of ports."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar
from uuid import UUID

Item = TypeVar("Item")
_NOT_HEX = re.compile(r"[:.\-]")
_HEX = re.compile(r"[0-9a-f]{12}")
_PORT = re.compile(r"(.*?)(\d[\d/.:]*)")
_NOWHERE = {"000000000000", "ffffffffffff"}
_COMMON_VRFS = {"", "default", "global", "master", "management", "mgmt", "mgmt-vrf", "mgmt_junos"}
# What firmware says where nobody gave it a UUID. Source of the last: a placeholder of board makers'
# reference firmware, seen on machines of many makers.
_DEFAULT_UUIDS = {
    UUID(int=0),
    UUID(int=(1 << 128) - 1),
    UUID("03000200-0400-0500-0006-000700080009"),
}


@lru_cache(maxsize=1 << 16)  # the same few are read again and again, by each rule
def mac_of(text: str | None) -> str | None:
    """Return a MAC as `00:50:56:9a:00:01`, whatever its notation; None where it is none."""
    digits = _NOT_HEX.sub("", text.strip().lower()) if text else ""
    if not _HEX.fullmatch(digits) or digits in _NOWHERE:
        return None
    return ":".join(digits[place : place + 2] for place in range(0, 12, 2))


def uuid_of(text: str | None) -> UUID | None:
    """Return a UUID; None where it is none, or one that firmware gives to any machine."""
    try:
        found = UUID(text.strip()) if text else None
    except ValueError:
        return None
    return None if found in _DEFAULT_UUIDS else found


def swapped(found: UUID) -> UUID:
    """Return a UUID with the bytes of its first three groups in the other order."""
    return UUID(bytes_le=found.bytes)


def short(name: str) -> str:
    """Return a host's name without its domain, in lower case."""
    return name.strip().lower().partition(".")[0]


def same_host(one: str, other: str) -> bool:
    """Tell whether two names can be of one host: equal, or equal where one has no domain."""
    left, right = one.strip().lower().rstrip("."), other.strip().lower().rstrip(".")
    if left == right:
        return bool(left)
    return ("." in left) != ("." in right) and bool(short(left)) and short(left) == short(right)


def is_common(vrf: str | None) -> bool:
    """Tell whether a VRF is where machines have their addresses; tenants may use the same again."""
    return (vrf or "").strip().lower() in _COMMON_VRFS


def port_number(name: str) -> tuple[str, str]:
    """Split a port's name, such as `Eth1/1`, into `eth` and `1/1`; all in lower case."""
    found = _PORT.fullmatch(name.strip().lower().replace(" ", ""))
    return (found[1], found[2]) if found else (name.strip().lower(), "")


def grouped(
    items: Iterable[Item], keys: Callable[[Item], Iterable[str | None]]
) -> dict[str, list[Item]]:
    """Return items by each of their keys; an item stands once under a key."""
    found: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        for key in dict.fromkeys(keys(item)):
            if key:
                found[key].append(item)
    return dict(found)

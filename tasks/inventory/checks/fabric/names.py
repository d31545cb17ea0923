"""What the names of ports and lists of VLANs say."""

from __future__ import annotations

import re
from functools import lru_cache

from models.kinds.interface import Interface, InterfaceState
from models.records.asset import Asset
from tasks.inventory.checks.site import Site

EVERY_VLAN = frozenset(range(1, 4095))
# IEEE 802.1Q leaves 1 to 4094; Cisco keeps four of them for Token Ring and FDDI, never to be used.
DEFAULT_VLAN = 1
RESERVED_VLANS = frozenset({DEFAULT_VLAN, 1002, 1003, 1004, 1005})
_PHYSICAL = re.compile(
    r"(?:[a-z]*ethernet|[a-z]*gige?|eth|en[ops]|swp|(?:ge|xe|et|fe|mge)-)\d[\d/:]*", re.IGNORECASE
)
_BUNDLE = re.compile(r"(?:port-channel|bundle-ether|ae|bond|po)\d+", re.IGNORECASE)
_LOGICAL = re.compile(
    r"(?:vlan|irb|bvi|loopback|lo|tunnel|nve|vxlan|null|vti|gre|wg|br|dummy)[-\d.]*|.*\.\d+",
    re.IGNORECASE,
)
_LOOPBACK = re.compile(r"(?:loopback|lo)[\d.]*", re.IGNORECASE)


@lru_cache(maxsize=4096)
def is_physical(name: str) -> bool:
    """Tell whether a port has a plug: no VLAN interface, bundle, loopback or part of a port."""
    return _PHYSICAL.fullmatch(name) is not None


@lru_cache(maxsize=4096)
def is_bundle(name: str) -> bool:
    """Tell whether a name is that of a port channel."""
    return _BUNDLE.fullmatch(name) is not None


@lru_cache(maxsize=4096)
def is_logical(name: str) -> bool:
    """Tell whether a port has no cable of its own: a bundle, a VLAN's, a tunnel, part of a port."""
    return is_bundle(name) or _LOGICAL.fullmatch(name) is not None


def is_loopback(name: str) -> bool:
    """Tell whether a name is that of a loopback."""
    return _LOOPBACK.fullmatch(name) is not None


@lru_cache(maxsize=4096)
def vlan_ids(text: str) -> frozenset[int] | None:
    """Return the ids in a list such as `10-20,30`, all for `all`; None for one that is no list."""
    if text.strip().lower() == "all":
        return EVERY_VLAN
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        if part.strip().lower() in {"", "none"}:
            continue
        if not (first.isdigit() and (last.isdigit() or not last)):
            return None
        found.update(range(int(first), int(last or first) + 1))
    return frozenset(found) & EVERY_VLAN


def spelled(ids: frozenset[int]) -> str:
    """Write ids as people do: `10-20,30`."""
    spans: list[list[int]] = []
    for one in sorted(ids):
        if spans and one == spans[-1][1] + 1:
            spans[-1][1] = one
        else:
            spans.append([one, one])
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in spans)


def place(port: Asset, site: Site) -> str:
    """Return a port with the name of its device: ports of all devices bear the same names."""
    device = port.record.device
    return f"{site.name_of(device)} {port.name}" if device else port.name


def is_up(port: Interface) -> bool:
    """Tell whether a port carries traffic."""
    return port.state is InterfaceState.UP


def is_wanted(port: Interface) -> bool:
    """Tell whether nobody has shut a port."""
    return port.admin_up is not False


def is_socket(port: Interface) -> bool:
    """Tell whether a port has a plug."""
    return is_physical(port.name)

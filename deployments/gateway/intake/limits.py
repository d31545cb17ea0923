"""How often one address or one sender may post, and which address a request comes from."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection

_MOST_KEYS = 10_000
_IPV6_NETWORK = 64  # one customer has as many addresses as he likes within it


class Buckets:
    """A token bucket a key: a second's worth may come at once, then so many a second.

    Args:
        per_second: How many; 0 is without limit, and then nobody has to ask.
        most_keys: How many keys are remembered; the ones unused for longest are forgotten.
    """

    def __init__(self, per_second: float, most_keys: int = _MOST_KEYS) -> None:
        self._rate, self._most_keys = per_second, most_keys
        self._size = max(1.0, per_second)
        self._left: dict[str, tuple[float, float]] = {}

    @property
    def limited(self) -> bool:
        """Whether there is a limit at all."""
        return self._rate > 0

    def take(self, key: str, now: float) -> float:
        """Take one token; returns 0, or after how many seconds there will be one."""
        left, since = self._left.pop(key, (self._size, now))
        left = min(self._size, left + (now - since) * self._rate)
        short = left < 1.0
        self._left[key] = (left if short else left - 1.0, now)
        if len(self._left) > self._most_keys:
            del self._left[next(iter(self._left))]
        return (1.0 - left) / self._rate if short else 0.0


def client_address(peer: str, forwarded: bytes | None, trusted: Collection[str]) -> str:
    """Return who sent a request: the peer, or whom a trusted proxy names.

    Args:
        peer: Address at the other end of the connection.
        forwarded: The header X-Forwarded-For. Each proxy adds whom it saw at the right.
        trusted: Addresses of our proxies; what others write there is not believed.
    """
    if forwarded is None or peer not in trusted:
        return _network(peer)
    for part in reversed(forwarded.decode("latin-1").split(",")):
        address = part.strip()
        if address and address not in trusted:
            return _network(address)
    return _network(peer)


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if found.version == 6:  # noqa: PLR2004  the version of the protocol
        return str(ipaddress.ip_network((found, _IPV6_NETWORK), strict=False))
    return address

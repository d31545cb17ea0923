"""Seeded draws: identifiers that look as their makers' do, and never repeat within a site."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

Choice = TypeVar("Choice")
SERIAL_LETTERS = "BCDFGHJKLMNPQRSTVWXZ0123456789"


class Draw:
    """One stream of random choices and one counter of managed object ids."""

    def __init__(self, seed: int, anchor: datetime) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a made-up site, nothing secret
        self.anchor = anchor
        self._moids = 1000
        self._macs = 0

    def moid(self, prefix: str) -> str:
        """Return the next managed object id, such as vm-1042."""
        self._moids += 1
        return f"{prefix}{self._moids}"

    def uuid(self) -> str:
        """Return a random UUID."""
        digits = f"{self.random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def vm_mac(self) -> str:
        """Return the next address of VMware's range 00:50:56:80 to bf."""
        self._macs += 1
        high, rest = divmod(self._macs, 65536)
        return f"00:50:56:{0x80 + high % 64:02x}:{rest >> 8:02x}:{rest & 255:02x}"

    def mac(self, prefix: str) -> str:
        """Return an address under a vendor's three bytes."""
        tail = self.random.getrandbits(24)
        return f"{prefix}:{tail >> 16:02x}:{tail >> 8 & 255:02x}:{tail & 255:02x}"

    def serial(self, length: int = 7) -> str:
        """Return a serial number of capital letters and digits."""
        return "".join(self.random.choices(SERIAL_LETTERS, k=length))

    def pick(self, choices: Sequence[Choice], weights: Sequence[int] | None = None) -> Choice:
        """Return one of the choices."""
        return self.random.choices(choices, weights)[0]

    def chance(self, share: float) -> bool:
        """Return true in that share of calls."""
        return self.random.random() < share

    def between(self, low: float, high: float) -> float:
        """Return a number of that range."""
        return low + (high - low) * self.random.random()

    def ago(self, low_days: float, high_days: float) -> datetime:
        """Return a moment that many days before the anchor, to the second."""
        seconds = int(self.between(low_days, high_days) * 86400)
        return self.anchor - timedelta(seconds=seconds)

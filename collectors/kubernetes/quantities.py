"""Quantities as the API writes them (`250m`, `1.5Gi`, `1e3`), turned into whole units.

Source: Kubernetes API reference, `Quantity` of apimachinery. None in, or nonsense in, gives None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache

Quantity = str | int | float | None

_MIB = 1 << 20
_QUANTITY = re.compile(
    r"(\+?\d{1,30}(?:\.\d{0,30})?|\+?\.\d{1,30})(?:(n|u|m|k|M|G|T|P|E|[KMGTPE]i)|[eE]([+-]?\d{1,2}))?",
    re.ASCII,
)
_POWERS = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_FACTORS = {suffix: Decimal(10) ** power for suffix, power in _POWERS.items()} | {
    f"{letter}i": Decimal(1024) ** (place + 1) for place, letter in enumerate("KMGTPE")
}
# Beyond it a JSON number is no longer exact; no machine has as much of anything.
_MOST = 1 << 53
# Decimal cannot divide what has more than 28 digits.
_BEYOND = 1 << 80


@lru_cache(maxsize=8192)
def millicores(quantity: Quantity) -> int | None:
    """Return an amount of CPU in thousandths of a core, rounded up as the scheduler does."""
    amount = _amount(quantity)
    return None if amount is None else _whole((amount * 1000).to_integral_value(ROUND_CEILING))


@lru_cache(maxsize=8192)
def mebibytes(quantity: Quantity) -> int | None:
    """Return an amount of memory or storage in MiB, rounded down."""
    amount = _amount(quantity)
    return None if amount is None else _whole(amount // _MIB)


@lru_cache(maxsize=8192)
def count(quantity: Quantity) -> int | None:
    """Return a number of things, such as pods or GPUs."""
    amount = _amount(quantity)
    return None if amount is None else _whole(amount // 1)


def gpus(resources: Mapping[str, Quantity]) -> int | None:
    """Return how many GPUs, whole or slices, of any maker; None where none is named.

    Source: the resource names of the device plugins of NVIDIA, AMD and Intel.
    """
    found = [count(amount) or 0 for name, amount in resources.items() if _is_gpu(name)]
    return sum(found) if found else None


def _is_gpu(name: str) -> bool:
    owner, _, what = name.partition("/")
    return what == "gpu" or owner == "gpu.intel.com" or name.startswith("nvidia.com/mig-")


def _amount(quantity: Quantity) -> Decimal | None:
    match = None if quantity is None else _QUANTITY.fullmatch(str(quantity))
    if match is None:
        return None
    number, suffix, exponent = match.groups()
    amount = Decimal(number)
    if exponent:
        amount = amount.scaleb(int(exponent))
    elif suffix:
        amount *= _FACTORS[suffix]
    return amount if amount < _BEYOND else None


def _whole(amount: Decimal) -> int | None:
    return int(amount) if amount < _MOST else None

"""What senders post, written by hand after their public documentation, and how it is to be read."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """One payload. `alerts` holds for each alert the fields that matter; others may be anything.

    Of one sender, payloads with an equal `same` are of the same alert, with another of another.
    """

    name: str
    payload: Any
    alerts: tuple[dict[str, Any], ...] = ()
    outcome: str = "alert"
    kind: str | None = None
    reads_as: str | None = field(default=None)
    same: str | None = None


def every() -> Iterator[tuple[str, Case]]:
    """Yield each case with the slug that it is posted to."""
    for module in pkgutil.iter_modules(__path__):
        found = importlib.import_module(f"{__name__}.{module.name}")
        for vendor, cases in found.CASES.items():
            for case in cases:
                yield vendor, case

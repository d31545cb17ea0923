"""What the ends of a link say of themselves, compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import eq
from typing import Any

from models.records.asset import Asset
from tasks.inventory.checks.declaration import Context, Verdict, ok, unknown, warn
from tasks.inventory.checks.fabric.names import place
from tasks.inventory.checks.silences import telling
from tasks.inventory.checks.site import Site

READ_FAR = "See that the device at the far end is read whole, and collect again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """Something that both ends must agree on: its name, the field it stands in, how it is read.

    `unit` stands behind its values.
    """

    name: str
    field: str
    read: Callable[[Asset, Site], Any]
    agree: Callable[[Any, Any], bool] = eq
    unit: str = ""


def compared(
    asset: Asset, context: Context, aspect: Aspect, far_ends: tuple[Asset, ...]
) -> Verdict:
    """Compare what a port says with what its far ends say; what one does not say is unknown.

    Far ends whose platform never says it are left out.
    """
    site, name, unit = context.site, aspect.name, aspect.unit
    far_ends = telling(far_ends, aspect.field, site)
    own, here = aspect.read(asset, site), place(asset, site)
    others = {place(far, site): aspect.read(far, site) for far in far_ends}
    evidence = {aspect.field: own, "far": others}
    if own is None:
        return unknown(f"{name} of {here} is not known", missing=aspect.field, **evidence)
    for there, value in others.items():
        if value is not None and not aspect.agree(own, value):
            text = f"{name} is {own}{unit} on {here}, but {value}{unit} on {there}"
            return warn(text, **evidence)
    for far in far_ends:
        there = place(far, site)
        if others[there] is None:
            return unknown(f"{name} of {there} is not known", cure=READ_FAR, **evidence)
        if far.id in site.old:
            text = f"what is known of {there} may be old: {site.old[far.id].reason}"
            return unknown(text, cure=READ_FAR, **evidence)
    return ok(f"{name} is {own}{unit} on {here} and at the far end", **evidence)

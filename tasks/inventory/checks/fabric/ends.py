"""What the ends of a link say of themselves, compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.records.asset import Asset
from tasks.inventory.checks.declaration import Context, Verdict, ok, unknown, warn
from tasks.inventory.checks.fabric.names import place
from tasks.inventory.checks.site import Site

Reading = Callable[[Asset, Site], Any]
Agreement = Callable[[Any, Any], bool]
READ_FAR = "See that the device at the far end is read whole, and collect again."


def compared(
    asset: Asset,
    context: Context,
    what: str,
    far_ends: tuple[Asset, ...],
    read: Reading,
    agree: Agreement = lambda one, other: bool(one == other),
) -> Verdict:
    """Compare what a port says with what its far ends say; what one does not say is unknown."""
    site = context.site
    own, here = read(asset, site), place(asset, site)
    others = {place(far, site): read(far, site) for far in far_ends}
    evidence = {what: own, "far": others}
    if own is None:
        return unknown(f"{what} of {here} is not known", missing=what.replace(" ", "_"), **evidence)
    for there, value in others.items():
        if value is not None and not agree(own, value):
            return warn(f"{what} is {own} on {here}, but {value} on {there}", **evidence)
    for far in far_ends:
        there = place(far, site)
        if others[there] is None:
            return unknown(f"{what} of {there} is not known", cure=READ_FAR, **evidence)
        if far.id in site.old:
            text = f"what is known of {there} may be old: {site.old[far.id].reason}"
            return unknown(text, cure=READ_FAR, **evidence)
    return ok(f"{what} is {own} on {here} and at the far end", **evidence)

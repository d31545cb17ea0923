"""The names of assets by which people tell them from others, and the words for fields and kinds."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from models.kinds import KINDS
from models.records.asset import Asset
from tasks.inventory.checks.domains import KUBERNETES

# The kinds whose assets the names of others begin with.
PLACES = ("device", KUBERNETES.anchor)
_OF_CLUSTERS = frozenset(KUBERNETES.kinds) - {KUBERNETES.anchor}
Spellings = dict[str, tuple[str, ...]]


def spellings(assets: Iterable[Asset]) -> Spellings:
    """Return the names of each asset by its id: its own first, last the one that says where it is.

    A port is `leaf-01 Ethernet1/1`, an object of Kubernetes `namespace/name`; where there are
    several clusters, what is in one has the cluster's name in front.
    """
    present = tuple(assets)
    devices = {asset.id: asset.name for asset in present if asset.kind == "device"}
    several = sum(asset.kind == KUBERNETES.anchor for asset in present) > 1
    return {asset.id: _spelled(asset, devices, several=several) for asset in present}


def _spelled(asset: Asset, devices: dict[str, str], *, several: bool) -> tuple[str, ...]:
    name = asset.name
    if asset.kind == "interface":
        device = devices.get(asset.record.device or "")
        return (name, f"{device} {name}") if device else (name,)
    if asset.kind not in _OF_CLUSTERS:
        return (name,)
    namespace = getattr(asset.record, "namespace", None)
    found = (name, f"{namespace}/{name}") if namespace else (name,)
    return (*found, f"{asset.record.cluster}/{found[-1]}") if several else found


@cache
def label_of(kind: str, field: str) -> str:
    """Return what people call a field of a kind: `duplex`, `speed in Mbit/s`, `NTP servers`."""
    found = KINDS[kind].field(field)
    if found is None:
        return field.replace("_", " ")
    unit = f" in {found.fact.unit}" if found.fact.unit else ""
    return _lower(found.fact.label) + unit


@cache
def plural_of(kind: str) -> str:
    """Return what people call the assets of a kind: `pods`, `VMs`."""
    return _lower(KINDS[kind].plural)


def _lower(text: str) -> str:
    """Begin with a small letter, save for an abbreviation: `CPU`, `NTP servers`, `VMs`."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]

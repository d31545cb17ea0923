"""Finds the adapter of a payload: by the address it came to, or by its shape."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from collectors.alerts import mappings
from collectors.alerts.adapter import Adapter

GROUP = "nightshift.alert_adapters"
GENERIC = "generic"
# These post the same messages, signed with the same certificate.
_SAME = {"sns": "cloudwatch"}


@lru_cache(maxsize=1024)  # strangers choose the slug
def source(slug: str) -> str:
    """Return the one name of a sender: `my-app` and `my_app` are one, and have one secret.

    Raises:
        ConfigurationError: The operator's mapping file cannot be read.
    """
    plain = slug.lower().replace("-", "_")
    return plain if mappings.adapter_of(plain) else _SAME.get(plain, plain)


def adapter_of(vendor: str) -> Adapter:
    """Return the adapter of a slug: the operator's mapping, the vendor's own, or the generic one.

    Raises:
        ConfigurationError: The operator's mapping file cannot be read.
    """
    return mappings.adapter_of(vendor) or _own(vendor)


def reader(vendor: str, payload: object, kind: str | None) -> Adapter:
    """Return who reads a payload: the vendor's adapter, unless it has clearly another's shape.

    Raises:
        ConfigurationError: The operator's mapping file cannot be read.
    """
    adapter = adapter_of(vendor)
    if adapter.name != GENERIC and adapter.recognizes(payload, kind):
        return adapter
    return by_shape(payload) or (_own(GENERIC) if _is_free(adapter, payload, kind) else adapter)


def recognizes(vendor: str, payload: object, kind: str | None) -> bool:
    """Say whether somebody can read a payload that came to a vendor's address.

    Raises:
        ConfigurationError: The operator's mapping file cannot be read.
    """
    adapter = adapter_of(vendor)
    if adapter.recognizes(payload, kind) or _is_free(adapter, payload, kind):
        return True
    return by_shape(payload) is not None


def _is_free(adapter: Adapter, payload: object, kind: str | None) -> bool:
    return adapter.free and _own(GENERIC).recognizes(payload, kind)


def by_shape(payload: object) -> Adapter | None:
    """Return the adapter of the one sender whose payloads look so; None where that is not clear."""
    return next((adapter for adapter in _all() if adapter.distinct(payload)), None)


def is_known(vendor: str) -> bool:
    """Say whether a slug has an adapter or a mapping, the operator's included.

    Raises:
        ConfigurationError: The operator's mapping file cannot be read.
    """
    slug = source(vendor)
    return slug == GENERIC or adapter_of(slug).name != GENERIC


def vendors() -> tuple[str, ...]:
    """Return the slugs that have an adapter of their own, sorted."""
    return tuple(sorted(registered().keys() | mappings.packaged()))


@cache
def registered() -> dict[str, EntryPoint]:
    """Return the registered adapters by their slug."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


@lru_cache(maxsize=1024)  # strangers choose the slug
def _own(vendor: str) -> Adapter:
    if vendor in registered():
        return cast("Adapter", registered()[vendor].load())
    return mappings.load_packaged(vendor) if vendor in mappings.packaged() else _own(GENERIC)


@cache
def _all() -> tuple[Adapter, ...]:
    return tuple({id(adapter): adapter for adapter in map(_own, vendors())}.values())

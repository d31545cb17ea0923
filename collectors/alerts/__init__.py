"""Adapters turn the webhook payload of each sender into alerts; each is found by its entry point.

A payload is read by the adapter of the address that it was posted to. One that has not this
sender's shape but clearly another's is read by the other's adapter, and an address that nobody
has an adapter for is read by the operator's mapping or by the generic one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from collectors.alerts import keys, parsing, registry
from collectors.alerts.adapter import Adapter, malformed
from collectors.alerts.labels import safe_text
from models.records.alert import Normalized

_REASON = 256
_GENERIC_KEY = f"{registry.GENERIC}:"
# What an adapter may raise over a payload that nobody thought of. It is a bug of the adapter, yet
# it must cost one dead letter that can be redelivered, never the batch that the payload stood in.
_BUGS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def normalize(vendor: str, body: bytes, kind: str | None = None) -> Normalized:
    """Return what a payload says, whatever its bytes.

    An ignored payload may carry alerts too: those of a heartbeat that always fires, for whoever
    watches that it does not stop.

    Args:
        vendor: Slug of the address it was posted to; unknown ones take the generic adapter.
        body: The raw bytes.
        kind: The kind of event that a header names, where the sender has one.

    Raises:
        ConfigurationError: The operator's mapping file cannot be read.
    """
    try:
        payload = parsing.parse(body)
    except parsing.NotJson as problem:
        return _named(malformed(str(problem)), registry.adapter_of(registry.source(vendor)))
    return normalize_payload(vendor, payload, kind)


def normalize_payload(vendor: str, payload: object, kind: str | None = None) -> Normalized:
    """Return what a payload says that has been parsed already; see `normalize`.

    Raises:
        ConfigurationError: The operator's mapping file cannot be read.
    """
    vendor = registry.source(vendor)
    adapter = registry.reader(vendor, payload, kind)
    try:
        return _of_slug(vendor, _named(adapter.read(payload, kind), adapter))
    except _BUGS as bug:
        problem = f"the {adapter.name} adapter failed: {type(bug).__name__}"
        return _named(malformed(problem), adapter)


def source(vendor: str) -> str:
    """Return the one name of a sender, however it is written: `my-app` and `my_app` are one.

    Raises:
        ConfigurationError: The operator's mapping file cannot be read.
    """
    return registry.source(vendor)


def recognizes(vendor: str, payload: object, kind: str | None = None) -> bool:
    """Say whether some adapter knows the shape of a payload that came to a vendor's address.

    Args:
        vendor: As `source` names it.
        payload: The parsed body.
        kind: The kind of event that a header names, where the sender has one.

    Raises:
        ConfigurationError: The operator's mapping file cannot be read.
    """
    try:
        return registry.recognizes(vendor, payload, kind)
    except _BUGS:
        return True  # it is kept, and reading it will say what is wrong


def delivery_id(vendor: str, payload: object, headers: Mapping[str, str]) -> str | None:
    """Return the sender's own id of one delivery; None where it has none.

    A repeated delivery has the same one, a later update or resolve of the same alert another.

    Raises:
        ConfigurationError: The operator's mapping file cannot be read.
    """
    try:
        return registry.adapter_of(vendor).delivery_id(payload, headers)
    except _BUGS:
        return None


def _of_slug(vendor: str, result: Normalized) -> Normalized:
    # Two senders without an adapter are still two: what one says does not end what the other said.
    if result.adapter != registry.GENERIC or vendor == registry.GENERIC:
        return result
    alerts = tuple(
        replace(alert, dedup_key=keys.own(vendor, alert.dedup_key.removeprefix(_GENERIC_KEY)))
        for alert in result.alerts
    )
    return replace(result, alerts=alerts)


def _named(result: Normalized, adapter: Adapter) -> Normalized:
    return replace(
        result,
        reason=safe_text(result.reason, _REASON),
        adapter=adapter.name,
        adapter_version=adapter.version,
    )

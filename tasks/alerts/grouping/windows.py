"""Planned maintenance: which events its windows hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from difflib import get_close_matches
from fnmatch import fnmatchcase

from models.records.grouping import Signal, Window
from tasks.alerts.grouping import names
from tasks.alerts.grouping.labels import CLUSTERS, ENVIRONMENTS, LABEL_KINDS, canonical

_HOSTS = {label for label, kind in LABEL_KINDS.items() if kind in ("host", "vm", "switch")}
_HOSTS.add("device")
_SERVICES = {label for label, kind in LABEL_KINDS.items() if kind == "service"}
_FIELDS = {
    "alertname": "rule",
    "alert": "rule",
    "rule": "rule",
    "source": "source",
    "vendor": "source",
    "title": "title",
    "region": "region",
    "errorcode": "error_code",
    "entity": "asset_id",
    "asset": "asset_id",
    "assetid": "asset_id",
    "dedupkey": "dedup_key",
}

_KNOWN = frozenset({*_HOSTS, *_SERVICES, *_FIELDS, *CLUSTERS, *ENVIRONMENTS})


def misspelt(name: str) -> str | None:
    """Return the field that is probably meant by what is none; labels may have any other name."""
    plain = canonical(name)
    near = [] if plain in _KNOWN else get_close_matches(plain, sorted(_KNOWN), n=1, cutoff=0.75)
    return near[0] if near else None


def holding(signal: Signal, windows: Iterable[Window]) -> list[Window]:
    """Return the windows that hold an event: it happened in them and matches them."""
    return [
        window
        for window in windows
        if window.starts_at <= signal.occurred_at < window.ends_at and matches(signal, window)
    ]


def matches(signal: Signal, window: Window) -> bool:
    """Say whether all names of a window's match have one of their values in an event."""
    if window.stream and window.stream != signal.stream:
        return False
    return all(_has(signal, name, values) for name, values in window.match.items())


def last_end(ids: Iterable[str], windows: Iterable[Window]) -> datetime | None:
    """Return when the last of these windows ends; None where none of them is known any more."""
    wanted = set(ids)
    return max((one.ends_at for one in windows if one.id in wanted), default=None)


def _has(signal: Signal, name: str, values: Iterable[str]) -> bool:
    own = _values(signal, canonical(name))
    return any(_fits(value, wanted.strip().lower()) for wanted in values for value in own)


def _fits(value: str, wanted: str) -> bool:
    if any(sign in wanted for sign in "*?["):
        return fnmatchcase(value, wanted)
    return value == wanted


def _values(signal: Signal, name: str) -> set[str]:
    labels = {canonical(key): value for key, value in signal.labels.items()}
    found = {names.clean(labels.get(name, ""))}
    if name in _HOSTS:
        hosts = [labels[label] for label in labels.keys() & _HOSTS] + [signal.host or ""]
        for host in map(names.host_of, hosts):
            found |= {host, names.short_host(host)}
    elif name in _SERVICES:
        found |= {names.clean(labels[label]) for label in labels.keys() & _SERVICES}
        found.add(names.clean(signal.service or ""))
    elif name in ENVIRONMENTS:
        said = [signal.environment or "", *(labels.get(one, "") for one in ENVIRONMENTS)]
        found |= {names.clean(one) for one in said} | {
            names.environment_of(one) or "" for one in said
        }
    elif name in CLUSTERS:
        found |= {names.clean(labels.get(one, "")) for one in CLUSTERS}
    elif name in _FIELDS:
        found.add(names.clean(getattr(signal, _FIELDS[name]) or ""))
    return found - {""}

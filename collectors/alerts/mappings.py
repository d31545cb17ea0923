"""Adapters out of mappings: the operator's file, and those that come with the product.

The operator's file (`NIGHTSHIFT_ALERT_MAPPINGS`) has one table a slug, which wins over an adapter
of that name. The packaged ones are the files `vendors/SLUG.toml`. Both are written as
`collectors.alerts.mapped` tells.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from collectors.alerts import entities, freeform, keys, reading, times
from collectors.alerts.adapter import Adapter, found, ignored, malformed
from collectors.alerts.build import Draft, finish
from collectors.alerts.mapped import Mapped, Paths, checked
from collectors.alerts.severities import severity_of
from collectors.alerts.statuses import status_of
from models.errors import ConfigurationError
from models.records.alert import AlertStatus, Normalized
from models.records.severity import Severity

_VARIABLE = "NIGHTSHIFT_ALERT_MAPPINGS"
_FOLDER = "vendors"
_SUFFIX = ".toml"


def adapter_of(vendor: str) -> Adapter | None:
    """Return the adapter of a slug that the operator's file maps; None where it does not.

    Raises:
        ConfigurationError: The file cannot be read, or a table of it cannot be used.
    """
    path = _configured()
    return None if path is None else load(path).get(vendor)


@cache
def _configured() -> Path | None:
    # The settings take longer to load than a payload to read, and hardly anybody maps senders.
    if not any(name.upper() == _VARIABLE for name in os.environ):
        return None
    from models.settings import settings

    return settings().alert_mappings


@cache
def load(path: Path) -> dict[str, Adapter]:
    """Return the adapters of a mapping file by their slug.

    Raises:
        ConfigurationError: It cannot be read, or a table of it cannot be used.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise ConfigurationError(f"alert mappings {path}: {problem}") from problem
    # As `registry.source` names senders.
    names = {slug: slug.lower().replace("-", "_") for slug in tables}
    if len(set(names.values())) < len(names):
        raise ConfigurationError(f"alert mappings {path}: two tables are of one sender")
    return {names[slug]: adapter(checked(names[slug], table)) for slug, table in tables.items()}


@cache
def packaged() -> frozenset[str]:
    """Return the slugs whose mapping comes with the product."""
    folder = files("collectors.alerts") / _FOLDER
    names = (item.name for item in folder.iterdir())
    return frozenset(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX))


@cache
def load_packaged(slug: str) -> Adapter:
    """Return the adapter of one of the packaged mappings."""
    file = files("collectors.alerts") / _FOLDER / f"{slug}{_SUFFIX}"
    mapped = checked(slug, tomllib.loads(file.read_text(encoding="utf-8")))
    return replace(adapter(mapped), free=True)


def adapter(mapped: Mapped) -> Adapter:
    """Return an adapter that reads by a mapping."""
    return Adapter(
        name=mapped.slug,
        recognizes=lambda payload, _kind: _is_readable(mapped, payload),
        distinct=lambda payload: _is_distinct(mapped, payload),
        read=lambda payload, _kind: _read(mapped, payload),
        delivery_id=freeform.delivery_id,
    )


def _is_readable(mapped: Mapped, payload: object) -> bool:
    if _ignored(mapped, payload):
        return True
    return any(_value(member, mapped.title) for member in _members(mapped, payload))


def _is_distinct(mapped: Mapped, payload: object) -> bool:
    body = payload[0] if isinstance(payload, list) and payload else payload
    # Nearly every payload fails at the first name.
    if not isinstance(body, dict) or not mapped.distinct or mapped.distinct[0][0] not in body:
        return False
    return all(reading.at(body, *path) is not None for path in mapped.distinct)


def _read(mapped: Mapped, payload: object) -> Normalized:
    reason = _ignored(mapped, payload)
    if reason:
        return ignored(reason)
    alerts = [
        finish(_draft(mapped, member))
        for member in _members(mapped, payload)
        if _value(member, mapped.title)
    ]
    if not alerts:
        return malformed(f"the mapping of {mapped.slug} finds no title in it")
    where = reading.at(payload, *mapped.alerts) if mapped.alerts else payload
    return found(alerts, otherwise="", left_out=reading.left_out(where))


def _ignored(mapped: Mapped, payload: object) -> str | None:
    body = payload[0] if isinstance(payload, list) and payload else payload
    for path, values in mapped.ignore:
        value = reading.text(reading.at(body, *path))
        if value in values:
            return f"no alert: {'.'.join(map(str, path))} is {value}"
    return None


def _members(mapped: Mapped, payload: object) -> Iterator[object]:
    where = reading.at(payload, *mapped.alerts) if mapped.alerts else payload
    if isinstance(where, list):
        yield from reading.rows(where)
    elif where is not None:
        yield where


def _value(member: object, paths: Paths) -> str | None:
    for path in paths:
        value = reading.word(reading.at(member, *path))
        if value is not None:
            return value
    return None


def _draft(mapped: Mapped, member: object) -> Draft:
    raw = _value(member, mapped.severity)
    severity = _severity(mapped, raw)
    status = _status(mapped, _value(member, mapped.status))
    return Draft(
        vendor=mapped.slug,
        title=_value(member, mapped.title),
        status=status,
        key=_key(mapped, member),
        severity_raw=raw,
        severity=severity,
        service=_value(member, mapped.service),
        host=_host(mapped, member),
        environment=_value(member, mapped.environment),
        region=_value(member, mapped.region),
        rule=_value(member, mapped.rule),
        description=_value(member, mapped.description),
        labels=_labels(mapped, member),
        event_time=times.moment(_value(member, mapped.event_time)),
        # Where no end is mapped, the one time that there is tells when it changed.
        ends_at=times.moment(_value(member, mapped.ends_at or mapped.event_time)),
        external_id=_value(member, mapped.external_id),
        links={"source": _value(member, mapped.link), "runbook": _value(member, mapped.runbook)},
    )


def _status(mapped: Mapped, raw: str | None) -> AlertStatus:
    if raw is None:
        return AlertStatus.FIRING
    return mapped.status_values.get(raw.lower()) or status_of(raw) or AlertStatus.FIRING


def _severity(mapped: Mapped, raw: str | None) -> Severity | None:
    if raw is None:
        return None
    if raw.lower() in mapped.severity_values:
        return mapped.severity_values[raw.lower()]
    return severity_of(mapped.slug, raw)


def _host(mapped: Mapped, member: object) -> str | None:
    named = entities.host_name(_value(member, mapped.host))
    like = None if named else _value(member, mapped.host_like)
    return named or (entities.host_name(like) if entities.looks_like_host(like) else None)


def _key(mapped: Mapped, member: object) -> str | None:
    own = [_value(member, (path,)) for path in mapped.key]
    if any(own):
        return keys.own(mapped.slug, *own)
    parts = [_value(member, (path,)) for path in mapped.derive]
    told = (keys.without_state(part) if part else None for part in parts)
    return keys.derived(mapped.slug, *told) if any(parts) else None


def _labels(mapped: Mapped, member: object) -> dict[str, str]:
    every = (freeform.as_labels(reading.at(member, *path)) for path in mapped.labels)
    return reading.merged(*every)

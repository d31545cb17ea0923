"""The operator's mapping file: how the payloads of senders are read that nobody wrote code for.

One table a slug. A path is names parted by dots, with `[0]` for one item of a list; a leading `$.`
as in JSONPath may stand there. Of several paths the first one that has a value counts.

    [acme]
    alerts = "$.events[*]"              # where the list of alerts is; without it the body is one
    title = ["name", "summary"]
    status = "state"
    severity = "level"
    host = "device.hostname"
    key = ["device.id", "check"]        # together the identity of the alert
    labels = ["tags", "device"]         # objects or lists of tags

    [acme.status_values]                # the sender's words, where ours would not know them
    "3" = "resolved"

    [acme.severity_values]
    "5" = "critical"

    [acme.ignore]                       # payloads without an alert: a path and its values
    type = ["keepalive"]
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from collectors.alerts import keys, reading, times
from collectors.alerts.adapter import Adapter, found, ignored, malformed
from collectors.alerts.build import Draft, finish
from collectors.alerts.freeform import delivery_id
from collectors.alerts.severities import severity_of
from collectors.alerts.statuses import status_of
from models.errors import ConfigurationError
from models.records.alert import AlertStatus, Normalized
from models.records.severity import Severity

_VARIABLE = "NIGHTSHIFT_ALERT_MAPPINGS"
_STEP = re.compile(r"\[(\d+|\*)\]|([^.\[\]]+)")
Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """One table of the file, checked; paths are split into their steps."""

    slug: str
    title: tuple[Path_, ...]
    alerts: Path_ = ()
    status: tuple[Path_, ...] = ()
    severity: tuple[Path_, ...] = ()
    service: tuple[Path_, ...] = ()
    host: tuple[Path_, ...] = ()
    environment: tuple[Path_, ...] = ()
    region: tuple[Path_, ...] = ()
    rule: tuple[Path_, ...] = ()
    description: tuple[Path_, ...] = ()
    event_time: tuple[Path_, ...] = ()
    ends_at: tuple[Path_, ...] = ()
    link: tuple[Path_, ...] = ()
    key: tuple[Path_, ...] = ()
    labels: tuple[Path_, ...] = ()
    status_values: Mapping[str, AlertStatus] = field(default_factory=dict)
    severity_values: Mapping[str, Severity] = field(default_factory=dict)
    ignore: tuple[tuple[Path_, frozenset[str]], ...] = ()


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
    return {slug: _adapter(_checked(slug, table)) for slug, table in tables.items()}


def _checked(slug: str, table: object) -> Mapped:
    if not isinstance(table, dict):
        raise _wrong(slug, "it is no table")
    known = {item.name for item in fields(Mapped)} - {"slug"}
    unknown = sorted(set(table) - known)
    if unknown:
        raise _wrong(slug, f"unknown {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    if "title" not in table:
        raise _wrong(slug, "it says no title")
    special = {"alerts", "status_values", "severity_values", "ignore"}
    paths = {name: _paths(slug, table[name]) for name in set(table) - special}
    return Mapped(
        slug=slug,
        **paths,  # type: ignore[arg-type]
        alerts=_steps(slug, table.get("alerts", "")),
        status_values=_values(slug, table, "status_values", AlertStatus),
        severity_values=_values(slug, table, "severity_values", Severity),
        ignore=_ignore(slug, table.get("ignore", {})),
    )


def _paths(slug: str, value: object) -> tuple[Path_, ...]:
    several = value if isinstance(value, list) else [value]
    return tuple(_steps(slug, one) for one in several)


def _steps(slug: str, path: object) -> Path_:
    if not isinstance(path, str):
        raise _wrong(slug, f"{path!r} is no path")
    plain = path.removeprefix("$").strip(".")
    steps = _STEP.findall(plain)
    if "".join(f"[{index}]" if index else name for index, name in steps) != plain.replace(".", ""):
        raise _wrong(slug, f"{path!r} is no path: names parted by dots, and [0]")
    return tuple(int(i) if i.isdigit() else name for i, name in steps if i != "*")


def _values(slug: str, table: Mapping[str, Any], name: str, kind: Any) -> dict[str, Any]:
    found = reading.mapping(table.get(name))
    try:
        return {word.lower(): kind(value) for word, value in found.items()}
    except ValueError as problem:
        raise _wrong(slug, f"{name}: {problem}; known are {', '.join(kind)}") from None


def _ignore(slug: str, table: object) -> tuple[tuple[Path_, frozenset[str]], ...]:
    return tuple(
        (_steps(slug, path), frozenset(map(str, values if isinstance(values, list) else [values])))
        for path, values in reading.mapping(table).items()
    )


def _wrong(slug: str, problem: str) -> ConfigurationError:
    return ConfigurationError(f"alert mapping {slug!r}: {problem}")


def _adapter(mapped: Mapped) -> Adapter:
    return Adapter(
        name=mapped.slug,
        version=1,
        recognizes=lambda payload, _kind: (
            bool(_ignored(mapped, payload))
            or any(_value(member, mapped.title) for member in _members(mapped, payload))
        ),
        read=lambda payload, _kind: _read(mapped, payload),
        delivery_id=delivery_id,
    )


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
    return found(alerts, otherwise="")


def _ignored(mapped: Mapped, payload: object) -> str | None:
    for path, values in mapped.ignore:
        value = reading.text(reading.at(payload, *path))
        if value in values:
            return f"the mapping ignores {'.'.join(map(str, path))} {value}"
    return None


def _members(mapped: Mapped, payload: object) -> Iterator[object]:
    where = reading.at(payload, *mapped.alerts) if mapped.alerts else payload
    if isinstance(where, list):
        yield from reading.rows(where)
    elif where is not None:
        yield where


def _value(member: object, paths: tuple[Path_, ...]) -> str | None:
    values = (reading.word(reading.at(member, *path)) for path in paths)
    return next((value for value in values if value is not None), None)


def _draft(mapped: Mapped, member: object) -> Draft:
    def said(paths: tuple[Path_, ...]) -> str | None:
        return _value(member, paths)

    severity_raw = said(mapped.severity)
    labels = _labels(mapped, member)
    status = said(mapped.status) or ""
    own = [reading.word(reading.at(member, *path)) for path in mapped.key]
    return Draft(
        vendor=mapped.slug,
        title=said(mapped.title),
        status=mapped.status_values.get(status.lower()) or status_of(status) or AlertStatus.FIRING,
        key=keys.own(mapped.slug, *own) if any(own) else None,
        severity_raw=severity_raw,
        severity=mapped.severity_values.get((severity_raw or "").lower())
        or severity_of(mapped.slug, severity_raw),
        service=said(mapped.service),
        host=said(mapped.host),
        environment=said(mapped.environment),
        region=said(mapped.region),
        rule=said(mapped.rule),
        description=said(mapped.description),
        labels=labels,
        event_time=times.moment(said(mapped.event_time)),
        ends_at=times.moment(said(mapped.ends_at)),
        links={"source": said(mapped.link)},
    )


def _labels(mapped: Mapped, member: object) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in mapped.labels:
        value = reading.at(member, *path)
        tags = isinstance(value, str) or (isinstance(value, list) and value[:1] == [str(value[0])])
        more = reading.tagged(reading.words(value)) if tags else reading.pairs(value)
        found = reading.merged(found, more)
    return found

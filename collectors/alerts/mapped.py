"""One table of a mapping: where in a sender's JSON each field of an alert stands.

A path is names parted by dots, with `[0]` for one item of a list; `[kind=Node]` goes on only where
the field has that value. A leading `$.` as in JSONPath may stand there. Of several paths the first
one that has a value counts.

    alerts = "$.events[*]"              # where the list of alerts is; without it the body is one
    title = ["name", "summary"]         # the one field that is needed
    status = "state"
    severity = "level"
    host = "device.hostname"            # host_like: only where the value looks like one
    key = ["device.id", "check"]        # together the sender's own identity of the alert
    derive = ["check", "pod"]           # parts of a derived identity, where it has none
    labels = ["tags", "device"]         # objects or lists of tags
    distinct = ["device.id", "check"]   # what no other sender has; else the address alone tells

    [status_values]                     # the sender's words, where ours would not know them
    "3" = "resolved"

    [severity_values]
    "5" = "critical"

    [ignore]                            # payloads without an alert: a path and its values
    type = ["keepalive"]
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from collectors.alerts import reading
from models.errors import ConfigurationError
from models.records.alert import AlertStatus
from models.records.severity import Severity

Steps = tuple[str | int | tuple[str, str], ...]
Paths = tuple[Steps, ...]

_STEP = re.compile(r"\[(\d+|\*)\]|\[([^=.\[\]]+)=([^\[\]]+)\]|([^.\[\]]+)")
_BRACKET = r"\[(?:\d+|\*|[^=.\[\]]+=[^\[\]]+)\]"
_PATH = re.compile(rf"(?:[^.\[\]]+|{_BRACKET})(?:\.[^.\[\]]+|{_BRACKET})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """The table, checked; paths are split into their steps."""

    slug: str
    title: Paths
    alerts: Steps = ()
    status: Paths = ()
    severity: Paths = ()
    service: Paths = ()
    host: Paths = ()
    host_like: Paths = ()
    environment: Paths = ()
    region: Paths = ()
    rule: Paths = ()
    description: Paths = ()
    event_time: Paths = ()
    ends_at: Paths = ()
    link: Paths = ()
    runbook: Paths = ()
    key: Paths = ()
    derive: Paths = ()
    external_id: Paths = ()
    labels: Paths = ()
    distinct: Paths = ()
    status_values: Mapping[str, AlertStatus] = field(default_factory=dict)
    severity_values: Mapping[str, Severity | None] = field(default_factory=dict)
    ignore: tuple[tuple[Steps, frozenset[str]], ...] = ()


_TABLES = frozenset({"alerts", "status_values", "severity_values", "ignore"})
_KNOWN = {item.name for item in fields(Mapped)} - {"slug"}


def checked(slug: str, table: object) -> Mapped:
    """Return a table of a mapping file as the record that is read by.

    Raises:
        ConfigurationError: A name in it is unknown, or a value cannot be used.
    """
    if not isinstance(table, dict):
        raise _wrong(slug, "it is no table")
    unknown = sorted(set(table) - _KNOWN)
    if unknown:
        raise _wrong(slug, f"unknown {', '.join(unknown)}; known are {', '.join(sorted(_KNOWN))}")
    if "title" not in table:
        raise _wrong(slug, "it does not say where the title stands")
    paths: dict[str, Any] = {name: _paths(slug, table[name]) for name in set(table) - _TABLES}
    return Mapped(
        slug=slug,
        **paths,
        alerts=_steps(slug, table["alerts"]) if "alerts" in table else (),
        status_values=_values(slug, table, "status_values", AlertStatus),
        severity_values=_values(slug, table, "severity_values", Severity),
        ignore=_ignore(slug, table.get("ignore", {})),
    )


def _paths(slug: str, value: object) -> Paths:
    several = value if isinstance(value, list) else [value]
    return tuple(_steps(slug, one) for one in several)


def _steps(slug: str, path: object) -> Steps:
    plain = path.removeprefix("$").strip(".") if isinstance(path, str) else ""
    if not _PATH.fullmatch(plain):
        raise _wrong(slug, f"{path!r} is no path: names parted by dots, [0] and [name=value]")
    return tuple(_step(*parts) for parts in _STEP.findall(plain) if parts[0] != "*")


def _step(position: str, name: str, value: str, key: str) -> str | int | tuple[str, str]:
    if position:
        return int(position)
    return (name, value) if name else key


def _values(slug: str, table: Mapping[str, Any], name: str, kind: Any) -> dict[str, Any]:
    # "" stands for a word that says nothing of it.
    found = reading.mapping(table.get(name))
    try:
        return {word.lower(): kind(value) if value else None for word, value in found.items()}
    except ValueError as problem:
        raise _wrong(slug, f"{name}: {problem}; known are {', '.join(kind)}") from None


def _ignore(slug: str, table: object) -> tuple[tuple[Steps, frozenset[str]], ...]:
    return tuple(
        (_steps(slug, path), frozenset(map(str, values if isinstance(values, list) else [values])))
        for path, values in reading.mapping(table).items()
    )


def _wrong(slug: str, problem: str) -> ConfigurationError:
    return ConfigurationError(f"alert mapping {slug!r}: {problem}")

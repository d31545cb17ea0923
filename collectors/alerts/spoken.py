"""Texts that are made of fields: CEF and LEEF of security devices, and lines of `name=value`.

Source: ArcSight's "Common Event Format" guide, IBM's "Log Event Extended Format" guide, and logfmt
as Heroku and Go programs write it. A device counts how bad it is from 0 to 10.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from collectors.alerts import fieldnames as names
from collectors.alerts import reading
from collectors.alerts.reading import first

# Where such a line stands in what a forwarder posts.
_CARRIERS = ("message", "text", "msg", "cef", "leef", "raw", "rawmessage", "log", "line", "body",
             "event", "syslog", "description")  # fmt: skip
_HEADER = re.compile(r"\b(CEF|LEEF):\s?\d(?:\.\d)?\|")
_BAR = re.compile(r"(?<!\\)\|")
# Only where the fields begin is looked for: one pattern for name and value would look through the
# rest of a hostile text again for each name.
_FIELD = re.compile(r"(?:^|[ \t\n])([A-Za-z_][\w.-]{0,63})=")
_BREAK = re.compile(r"[\t\n]")
_PAIR = re.compile(
    r"\s*([A-Za-z_][\w.-]{0,63})=(\"(?:\\.|[^\"\\])*\"|'[^']*'|[^\s\"']*)(?:[\s,;]+|$)"
)
_CEF, _LEEF = 7, 5
_ENOUGH, _MOST = 3, 100
_RANKS = ((3, "low"), (6, "medium"), (8, "high"), (10, "critical"))
_MEANT = {
    "dvchost": "hostname", "dhost": "host", "identhostname": "host", "msg": "description",
    "rt": "timestamp", "devtime": "timestamp", "sev": "severity", "dvc": "ip",
}  # fmt: skip


def spelt_out(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields with those of such a text in it, which then stands no more for a title."""
    for name in _CARRIERS:
        value = fields.get(name)
        said = _spoken(value[: reading.LONGEST_TEXT]) if isinstance(value, str) else {}
        if said:
            return reading.merged({k: v for k, v in fields.items() if k != name}, said)
    return fields


def _spoken(line: str) -> dict[str, Any]:
    if "=" not in line and "|" not in line:
        return {}
    found = _HEADER.search(line)
    if found is not None:
        return _device(found[1], _BAR.split(line[found.start() :]))
    said = _logged(line)
    return said if first(said, *names.STRONG_TITLE, *names.FLAGGED) else {}


def _device(form: str, parts: list[str]) -> dict[str, Any]:
    """Return what a device says: its header has no names, the rest of the line has."""
    size = _CEF if form == "CEF" else _LEEF
    if len(parts) < size:
        return {}
    head = [part.replace("\\|", "|").strip() for part in parts[:size]]
    rest = "|".join(parts[size:])
    said = {
        _MEANT.get(reading.plain(name), reading.plain(name)): value.strip()
        for name, value in _extension(rest)
    }
    if form == "CEF":
        said.update(title=head[5], severity=head[6], eventclass=head[4])
    else:
        said.setdefault("title", head[4])
    if "severity" in said:
        said["severity"] = _rank(said["severity"])
    return said


def _extension(text: str) -> Iterator[tuple[str, str]]:
    begun = list(islice(_FIELD.finditer(text), _MOST + 1))
    ends = [*(one.start() for one in begun[1:]), len(text)]
    for one, end in zip(begun[:_MOST], ends, strict=False):
        yield one[1], _BREAK.split(text[one.end() : end], maxsplit=1)[0]


def _rank(raw: str) -> str:
    if raw.isdigit():
        return next((word for highest, word in _RANKS if int(raw) <= highest), raw)
    return "critical" if reading.plain(raw) == "veryhigh" else raw


def _logged(line: str) -> dict[str, Any]:
    """Return the pairs of a line that has nothing else; {} where it has other words too."""
    found: dict[str, Any] = {}
    at = 0
    while at < len(line) and len(found) < _MOST:
        pair = _PAIR.match(line, at)
        if pair is None:
            return {}
        found.setdefault(reading.plain(pair[1]), pair[2].strip("\"'"))
        at = pair.end()
    return found if len(found) >= _ENOUGH else {}

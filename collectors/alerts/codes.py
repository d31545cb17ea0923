"""Numbers that mean something because of what stands beside them: whose scale it is.

Source: RFC 5424 and the journal fields of systemd, the plugin interface of Nagios, and the levels
of the JSON logs of Bunyan and Pino. A number without such a sign stays a number of nobody's scale.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.alerts import reading
from collectors.alerts.wordlists import listed

Fields = Mapping[str, Any]

_SYSLOG = listed("emergency alert critical error warning notice info debug")
_SERVICE, _HOST = listed("OK WARNING CRITICAL UNKNOWN"), listed("UP DOWN DOWN")
_LOGGED = {
    "10": "trace", "20": "debug", "30": "info", "40": "warn", "50": "error", "60": "fatal",
}  # fmt: skip
# What only entries of syslog and of the journal, checks of Nagios, and lines of such logs have.
_SYSLOG_SIGNS = frozenset(listed("syslogidentifier syslogfacility facility realtimetimestamp"))
_CHECK_SIGNS = frozenset(listed("statetype pluginoutput servicedescription perfdata checkcommand"))
_CHECKED = frozenset(listed("servicedescription servicename servicedesc service"))
_LOG_SIGNS = ("pid", "hostname")


def worded(fields: Fields) -> Fields:
    """Return the fields with words for such numbers; the same where there are none."""
    found: dict[str, str] = {}
    if not _SYSLOG_SIGNS.isdisjoint(fields):
        found |= _read(fields, ("priority", "severity", "level"), dict(_placed(_SYSLOG)))
    if not _CHECK_SIGNS.isdisjoint(fields):
        scale = _HOST if _CHECKED.isdisjoint(fields) else _SERVICE
        found |= _read(fields, ("state", "status", "currentstate"), dict(_placed(scale)))
    if all(name in fields for name in _LOG_SIGNS):
        found |= _read(fields, ("level",), _LOGGED)
    return {**fields, **found} if found else fields


def _placed(words: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return each word with its place, from `0` on, as the text that is sent."""
    return [(str(place), word) for place, word in enumerate(words)]


def _read(fields: Fields, wanted: tuple[str, ...], scale: Mapping[str, str]) -> dict[str, str]:
    said = {name: reading.text(fields[name]) or "" for name in wanted if name in fields}
    return {name: scale[code] for name, code in said.items() if code in scale}

"""Checkmk and its relatives of the Nagios family: notifications of hosts and services.

Source: the Checkmk documentation, "Notifications" and its `NOTIFY_*` variables; the macros of
Nagios and the runtime attributes of Icinga 2. Scripts send them as JSON under many spellings. A
service's state is its severity; that a host is down says nothing of how bad it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.alerts import entities, envelopes, freeform, keys, reading, times
from collectors.alerts.adapter import Adapter, ignored, malformed
from collectors.alerts.build import Draft, finish
from collectors.alerts.reading import first, keyed, mapping
from models.records.alert import AlertStatus, Normalized, Outcome

NAME = "checkmk"
Fields = Mapping[str, Any]

_TYPES = {
    "problem": AlertStatus.FIRING,
    "recovery": AlertStatus.RESOLVED,
    "acknowledgement": AlertStatus.ACKNOWLEDGED,
    "downtimestart": AlertStatus.SUPPRESSED,
    "flappingstart": AlertStatus.UPDATE,
    "flappingstop": AlertStatus.UPDATE,
    "flappingstarted": AlertStatus.UPDATE,
    "custom": AlertStatus.UPDATE,
}
# The event stream of Icinga has numbers.
_SERVICE_CODES = {"0": "OK", "1": "WARNING", "2": "CRITICAL", "3": "UNKNOWN"}
_HOST_CODES = {"0": "UP", "1": "DOWN", "2": "DOWN"}
_WELL = frozenset({"ok", "up", "0"})
_RANKED = frozenset({"critical", "crit", "warning", "warn"})
_TYPE_NAMES = ("notificationtype", "type", "eventtype")
_STATES = ("state", "status", "servicestate", "hoststate", "serviceshortstate", "hostshortstate",
           "currentstate")  # fmt: skip
_HOSTS = ("host", "hostname", "hostalias", "alias", "address", "hostaddress")
_SERVICES = ("service", "servicename", "servicedesc", "servicedescription", "servicedisplayname",
             "checkname", "description")  # fmt: skip
_OUTPUTS = ("output", "serviceoutput", "hostoutput", "longoutput", "longserviceoutput", "message")
_IDS = ("problemid", "serviceproblemid", "hostproblemid", "eventid", "id")
_LABELS = ("site", "omdsite", "address", "hostaddress", "checkcommand", "contactname", "event",
           "hostgroups", "servicegroups", "hosttags")  # fmt: skip
_TITLES = ("summary", "subject", "title", "shortdescription", "servicedisplayname")


def recognizes(payload: object, _kind: str | None) -> bool:
    """Say whether it names a host together with a state or a kind of notification."""
    if not isinstance(payload, dict):
        return False
    fields = _fields(payload)
    stated = first(fields, *_STATES) or first(fields, *_TYPE_NAMES)
    return first(fields, *_HOSTS) is not None and stated is not None


def distinct(payload: object) -> bool:
    """Say whether it has the variables of this family."""
    if not isinstance(payload, dict):
        return False
    fields = _fields(payload)
    notified = "notificationtype" in fields
    checked = any(name in fields for name in ("servicestate", "hoststate", "checkcommand", "what",
                                              "servicedesc", "servicedescription"))  # fmt: skip
    return notified and checked and recognizes(payload, None)


def read(payload: object, kind: str | None) -> Normalized:
    """Return the problem of the host or of its service."""
    return read_as(NAME, payload, kind)


def read_as(vendor: str, payload: object, kind: str | None) -> Normalized:
    """Return the problem, under the name of one sender of the family."""
    fields = _fields(payload)
    idle = envelopes.idle(fields, kind)
    if idle is not None:
        return ignored(idle)
    if not recognizes(payload, kind):
        return malformed("it names no host with a state")
    return Normalized(outcome=Outcome.ALERT, alerts=(finish(_draft(vendor, fields)),))


def _fields(payload: object) -> dict[str, Any]:
    """Return the variables by their plain names, those of nested host and service objects too."""
    fields = keyed(payload)
    found: dict[str, Any] = {}
    for name, value in fields.items():
        plain = name.removeprefix("notify").removeprefix("nagios").removeprefix("icinga")
        found.setdefault(plain, value)
    for name in ("host", "service"):
        inner = keyed(found.get(name))
        if inner:
            found[name] = first(inner, "name", "displayname", "hostname", "description")
            found = reading.merged(found, {f"{name}{key}": value for key, value in inner.items()})
    return found


def _draft(vendor: str, fields: Fields) -> Draft:
    host = next((found for name in _HOSTS if (found := entities.host_name(fields.get(name)))), None)
    check = None if _is_host(fields) else first(fields, *_SERVICES)
    kind = (first(fields, *_TYPE_NAMES) or "").lower()
    state = first(fields, *_STATES) or ""
    if kind == "statechange":
        state = (_SERVICE_CODES if check else _HOST_CODES).get(state, state)
    status = _status(kind, state)
    output = first(fields, *_OUTPUTS)
    moment = _moment(fields)
    return Draft(
        vendor=vendor,
        title=first(fields, *_TITLES) or _title(host, check, state),
        status=status,
        key=keys.derived(vendor, first(fields, "site", "omdsite"), {"host": host or ""},
                         {"check": check or "HOST"}),
        severity_raw=_severity(fields, state),
        host=host,
        rule=check or first(fields, "checkcommand", "hostcheckcommand"),
        description=output,
        labels=_labels(fields, check),
        environment=first(fields, "environment", "env", "hostenvironment"),
        event_time=moment,
        ends_at=moment if status is AlertStatus.RESOLVED else None,
        external_id=first(fields, *_IDS),
        links={"source": first(fields, "url", "link", "serviceurl", "hosturl")},
    )  # fmt: skip


def _is_host(fields: Fields) -> bool:
    what = (first(fields, "what", "checktype", "objecttype") or "").lower()
    return what == "host"


def _title(host: str | None, check: str | None, state: str) -> str:
    named = f"{check} on {host}" if check else host or ""
    return f"{named} is {state}" if state else named


def _status(kind: str, state: str) -> AlertStatus:
    family = kind.split(" ", 1)[0].replace("_", "")
    if family in {"downtimeend", "downtimecancelled", "downtimeremoved"}:
        return AlertStatus.RESOLVED if state.lower() in _WELL else AlertStatus.FIRING
    found = _TYPES.get(family)
    if found is not None:
        return found
    return AlertStatus.RESOLVED if state.lower() in _WELL else AlertStatus.FIRING


def _severity(fields: Fields, state: str) -> str | None:
    said = first(fields, "severity", "priority")
    if said is not None:
        return said
    return state if state.lower() in _RANKED else None


def _labels(fields: Fields, check: str | None) -> dict[str, Any]:
    named = {name: reading.word(fields.get(name)) for name in _LABELS}
    return {**mapping(fields.get("labels")), **named, "check": check}


def _moment(fields: Fields) -> Any:
    date, clock = first(fields, "date"), first(fields, "time")
    if date and clock:
        return times.moment(f"{date} {clock}")
    names = ("shortdatetime", "microtime", "timet", "timestamp", "longdatetime", "lastchange",
             "laststatechange", "laststatechangetime", "datetime", "time")  # fmt: skip
    return freeform.moment_of(fields, names)


ADAPTER = Adapter(name=NAME, free=True, recognizes=recognizes, distinct=distinct, read=read)

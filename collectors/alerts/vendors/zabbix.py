"""Zabbix: webhook media types, whose payload people write out of macros.

Source: the Zabbix documentation, "Webhook media type" and "Supported macros". The trigger's id
stays the same while its text may change on recovery; the event's id is that of one problem. A macro
without a value is sent as `*UNKNOWN*` or as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from collectors.alerts import entities, envelopes, freeform, keys, parsing, reading, times
from collectors.alerts.adapter import Adapter, ignored, malformed
from collectors.alerts.build import Draft, finish
from collectors.alerts.reading import first, keyed
from collectors.alerts.severities import severity_of
from models.records.alert import AlertStatus, Normalized, Outcome

NAME = "zabbix"
Fields = Mapping[str, Any]

_TRIGGER_ID = re.compile(r"[?&]triggerid=(\d{1,20})")
_EVENT_ID = re.compile(r"[?&]eventid=(\d{1,20})")
_TITLES = ("triggername", "trigger", "eventname", "problem", "problemname", "alertsubject",
           "subject", "title", "name", "summary")  # fmt: skip
_HOSTS = ("hostname", "host", "hosthost", "hostdns", "hostip", "hostvisiblename", "hostconn",
          "visiblename", "alerthost", "inventoryname", "ip")  # fmt: skip
_SEVERITIES = ("eventseverity", "triggerseverity", "severity", "nseverity", "eventnseverity",
               "triggernseverity", "priority", "alertseverity")  # fmt: skip
_STATUSES = ("eventstatus", "triggerstatus", "status", "state", "eventvalue", "triggervalue",
             "value", "type")  # fmt: skip
_WORDS = {
    "problem": AlertStatus.FIRING,
    "1": AlertStatus.FIRING,
    "ok": AlertStatus.RESOLVED,
    "resolved": AlertStatus.RESOLVED,
    "0": AlertStatus.RESOLVED,
    "update": AlertStatus.UPDATE,
    "acknowledged": AlertStatus.ACKNOWLEDGED,
    "suppressed": AlertStatus.SUPPRESSED,
    "unknown": AlertStatus.NO_DATA,
}
_IN_TEXT = {
    "host": "hostname",
    "problemhost": "hostname",
    "severity": "severity",
    "triggerseverity": "severity",
    "originalproblemid": "eventid",
    "eventid": "eventid",
    "triggerstatus": "triggerstatus",
    "item": "item",
}
_PREFIX = re.compile(r"^(Problem|Resolved|Updated problem)(?: in [^:]{1,40})?:\s*")
_PREFIXES = {
    "Problem": AlertStatus.FIRING,
    "Resolved": AlertStatus.RESOLVED,
    "Updated problem": AlertStatus.UPDATE,
}
_MOST_LINES = 100
_IDS = ("triggerid", "eventtriggerid", "objectid")


def recognizes(payload: object, _kind: str | None) -> bool:
    """Say whether it names a trigger or a problem."""
    if not isinstance(payload, dict):
        return False
    return first(payload, "trigger", "trigger_name", "event_name", "subject") is not None or (
        first(keyed(payload), *_TITLES) is not None
    )


def distinct(payload: object) -> bool:
    """Say whether it has a field that only Zabbix' macros fill."""
    if not isinstance(payload, dict):
        return False
    fields = keyed(payload)
    named = "triggerid" in fields or "triggername" in fields or "eventnseverity" in fields
    return named and ("hostname" in fields or "host" in fields or "eventid" in fields)


def read(payload: object, kind: str | None) -> Normalized:
    """Return the problem that the trigger's event is about."""
    if not recognizes(payload, kind):
        return malformed("nothing in it names a trigger or a problem")
    idle = envelopes.idle(payload, kind)
    if idle is not None:
        return ignored(idle)
    fields = keyed(payload)
    draft = _draft(reading.merged(fields, _lines(fields)))
    return Normalized(outcome=Outcome.ALERT, alerts=(finish(draft),))


def _lines(fields: Fields) -> dict[str, str]:
    """Return the lines `Name: value` of the message, which the packaged templates consist of."""
    message = reading.text(fields.get("message") or fields.get("alertmessage")) or ""
    parts = (line.partition(":") for line in message.splitlines()[:_MOST_LINES])
    named = {reading.plain(name): value.strip() for name, sign, value in parts if sign}
    found = {_IN_TEXT[name]: value for name, value in named.items() if name in _IN_TEXT and value}
    return {name: value for name, value in found.items() if name not in fields}


def _draft(fields: Fields) -> Draft:
    draft = freeform.draft(NAME, fields)
    draft.title = _title(fields)
    draft.rule = first(fields, "triggername", "trigger", "eventname") or draft.title
    draft.status = _status(fields)
    draft.severity_raw = _severity(fields)
    draft.host = _host(fields)
    draft.event_time = _moment(fields, "event") or draft.event_time
    draft.ends_at = _moment(fields, "eventrecovery")
    draft.labels = {**_tags(fields), **draft.labels}
    draft.description = first(fields, "triggerdescription", "alertmessage", "message", "opdata")
    draft.key = _key(fields, draft)
    draft.external_id = first(fields, "eventid") or _linked(_EVENT_ID, fields)
    return draft


def _title(fields: Fields) -> str | None:
    # The packaged media types put the state before the subject.
    return _PREFIX.sub("", first(fields, *_TITLES) or "")


def _status(fields: Fields) -> AlertStatus:
    if first(fields, "eventupdatestatus") == "1":
        acknowledged = (first(fields, "eventackstatus") or "").lower() in {"yes", "1"}
        return AlertStatus.ACKNOWLEDGED if acknowledged else AlertStatus.UPDATE
    if first(fields, "eventvalue", "triggervalue") == "0":
        return AlertStatus.RESOLVED
    for name in _STATUSES:
        found = _WORDS.get((first(fields, name) or "").lower())
        if found is not None:
            return found
    stated = freeform.stated(fields)
    marked = _PREFIX.match(first(fields, *_TITLES) or "")
    return stated or (_PREFIXES[marked[1]] if marked else AlertStatus.FIRING)


def _severity(fields: Fields) -> str | None:
    """Return the severity; the number where its name is in a language that nobody knows."""
    said = [found for name in _SEVERITIES if (found := first(fields, name))]
    return next((word for word in said if severity_of(NAME, word)), said[0] if said else None)


def _host(fields: Fields) -> str | None:
    named = (entities.host_name(first(fields, name)) for name in _HOSTS)
    return next((host for host in named if host), None)


def _moment(fields: Fields, prefix: str) -> Any:
    date, clock = first(fields, f"{prefix}date"), first(fields, f"{prefix}time")
    return times.moment(f"{date} {clock}") if date and clock else times.moment(date)


def _tags(fields: Fields) -> dict[str, str]:
    raw = fields.get("tags") or fields.get("eventtags") or fields.get("eventtagsjson")
    raw = parsing.unpacked(raw)
    if isinstance(raw, list):
        rows = [{"key": row.get("tag"), "value": row.get("value")} for row in reading.rows(raw)]
        return reading.pairs(rows) or reading.tagged(reading.words(raw))
    return reading.tagged(reading.words(raw))


def _linked(pattern: re.Pattern[str], fields: Fields) -> str | None:
    for name in ("link", "url", "eventurl", "triggerurl", "zabbixurl", "problemurl"):
        found = pattern.search(reading.text(fields.get(name)) or "")
        if found:
            return found[1]
    return None


def _key(fields: Fields, draft: Draft) -> str:
    trigger = first(fields, *_IDS) or _linked(_TRIGGER_ID, fields)
    if trigger:
        return keys.own(NAME, trigger)
    event = first(fields, "eventid", "problemid") or _linked(_EVENT_ID, fields)
    if event:
        return keys.own(NAME, "event", event)
    item = first(fields, "itemkey", "itemid", "itemname", "item")
    return keys.derived(NAME, draft.host, item or keys.without_state(draft.title or ""))


ADAPTER = Adapter(name=NAME, free=True, recognizes=recognizes, distinct=distinct, read=read)

"""Datadog: monitor notifications through its webhooks integration.

Source: the Datadog documentation, "Webhooks" and its variables. People write the payload
themselves out of variables, under names of their own; without that, the default one names the
monitor only in the links of its text. A variable without a value stays there as `$NAME`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from collectors.alerts import entities, envelopes, freeform, keys, reading
from collectors.alerts.adapter import Adapter, ignored, malformed
from collectors.alerts.build import Draft, finish
from collectors.alerts.labels import label_key, normalised
from collectors.alerts.reading import at, first, keyed
from collectors.alerts.severities import severity_of
from collectors.alerts.statuses import status_of
from models.records.alert import AlertStatus, Normalized, Outcome

NAME = "datadog"
Fields = Mapping[str, Any]

_LEADING = re.compile(r"^\s*\[([^\]]{1,300})\]\s*")
_MONITOR = re.compile(r"/monitors[#/](\d{1,20})")
_GROUP = re.compile(r"[?&]group=([^&)\s\]]{1,300})")
_PRIORITY = re.compile(r"[Pp][1-5]")
_METRIC = re.compile(r"(?:avg|max|min|sum|count|p\d\d)\w*:([a-zA-Z_][\w.]{2,120})\{")
_TITLES = ("title", "eventtitle", "alerttitle", "alertname", "monitorname", "name", "subject")
_TRANSITIONS = ("alerttransition", "transition", "alertstatus", "status", "alertstate", "state",
                "eventstatus", "monitorstate")  # fmt: skip
_OF_EVENTS = frozenset({"normal", "low", *"12345"})
_SEVERITIES = ("severity", "alertseverity", "incidentseverity", "signalseverity")
_INCIDENTS = ("incidentpublicid", "incidentuuid", "incidentid")
_MONITORS = ("monitorid", "alertid", "monitor")
_TYPES = {"error": "error", "warning": "warning", "info": "info"}
_SUCCESS = "success"
_LINKS = ("link", "url", "alerturl", "monitorurl", "eventurl")


def recognizes(payload: object, _kind: str | None) -> bool:
    """Say whether it has a title, under any of the names that people give it."""
    if not isinstance(payload, dict):
        return False
    if isinstance(payload.get("title"), str):
        return True
    fields = keyed(payload)
    return first(fields, *_TITLES) is not None or envelopes.is_readable(payload)


def distinct(payload: object) -> bool:
    """Say whether it is Datadog's default payload, or has a variable of nobody else's."""
    if not isinstance(payload, dict):
        return False
    default = "event_type" in payload and "last_updated" in payload and "title" in payload
    return default or "alert_transition" in payload or ("monitor_id" in payload
                                                        and "scopes" in payload)  # fmt: skip


def read(payload: object, kind: str | None) -> Normalized:
    """Return the monitor's alert."""
    if not recognizes(payload, kind):
        return malformed("nothing in it names a monitor or a title")
    fields = keyed(payload)
    idle = envelopes.idle(payload, kind)
    if idle is not None:
        return ignored(idle)
    return Normalized(outcome=Outcome.ALERT, alerts=(finish(_draft(fields)),))


def _draft(fields: Fields) -> Draft:
    draft = freeform.draft(NAME, fields)
    marks, title = _parted(first(fields, *_TITLES) or draft.title or "")
    draft.title = title or draft.title
    draft.rule = first(fields, "monitorname", "alertname") or title or None
    draft.status = _status(fields, marks)
    tags = _tags(fields, marks)
    draft.labels = {**tags, **{k: v for k, v in draft.labels.items() if k not in tags}}
    labels = normalised(tags)
    draft.severity_raw = _severity(fields, marks, labels, draft.status)
    draft.host = _host(fields, labels)
    draft.links = {"source": first(fields, *_LINKS) or _link(fields)}
    draft.event_time = freeform.moment_of(fields, ("date", "lastupdated", "timestamp", "time"))
    draft.ends_at = draft.event_time
    draft.key = _key(fields, draft, _scope(fields, marks))
    draft.external_id = first(fields, "id", "eventid")
    return draft


def _parted(title: str) -> tuple[list[str], str]:
    """Part a title from the marks before it: `[P2] [Warn on {host:a}] Disk` has two."""
    marks: list[str] = []
    rest = title
    while (found := _LEADING.match(rest)) and _is_mark(found[1]):
        marks.append(found[1].strip())
        rest = rest[found.end() :]
    return (marks, rest.strip()) if rest.strip() else ([], title)


def _is_mark(mark: str) -> bool:
    plain = mark.split(" on ", 1)[0].strip()
    return bool(_PRIORITY.fullmatch(plain)) or _transition(plain) is not None


def _transition(value: str | None) -> AlertStatus | None:
    if value is None:
        return None
    plain = re.sub(r"^re-", "", value.strip().lower())
    if plain in {"no data", "nodata"}:
        return AlertStatus.NO_DATA
    if plain in {"monitor alert", "simulated", "test"}:
        return None
    return AlertStatus.RESOLVED if plain.endswith("recovered") else status_of(plain)


def _status(fields: Fields, marks: list[str]) -> AlertStatus:
    said = [first(fields, name) for name in _TRANSITIONS]
    said += [mark.split(" on ", 1)[0] for mark in marks]
    found = next((status for value in said if (status := _transition(value)) is not None), None)
    if found is None and (first(fields, "alerttype") or "").lower() == _SUCCESS:
        return AlertStatus.RESOLVED
    return found or AlertStatus.FIRING


def _severity(
    fields: Fields, marks: list[str], labels: Mapping[str, str], status: AlertStatus
) -> str | None:
    # $PRIORITY is the event's (normal, low), which says nothing of how bad it is.
    priority = first(fields, "alertpriority", "monitorpriority", "priority")
    if priority and (_PRIORITY.fullmatch(priority) or _is_rank(priority)):
        return priority
    if priority in set("12345"):
        return f"P{priority}"
    ranked = next((mark for mark in marks if _PRIORITY.fullmatch(mark)), None)
    said = ranked or first(fields, *_SEVERITIES) or labels.get("severity")
    if said or labels.get("priority"):
        return said or labels.get("priority")
    kind = _TYPES.get((first(fields, "alerttype") or "").lower())
    warned = status is AlertStatus.FIRING and any(m.lower().startswith("warn") for m in marks)
    transition = (first(fields, "alerttransition", "transition") or "").lower()
    return kind or ("warn" if warned or transition in {"warn", "re-warn"} else None)


def _is_rank(priority: str) -> bool:
    return priority.lower() not in _OF_EVENTS and severity_of(NAME, priority) is not None


def _tags(fields: Fields, marks: list[str]) -> dict[str, str]:
    raw = fields.get("tags") or fields.get("alerttags")
    text = reading.words(raw)
    if len(text) == 1 and " " in text[0]:
        text = text[0].split()
    return {**reading.tagged(text), **_group(marks), **reading.tagged(_scopes(fields))}


def _scopes(fields: Fields) -> list[str]:
    named = fields.get("alertscope") or fields.get("scope") or fields.get("scopes")
    return reading.words(named)


def _group(marks: list[str]) -> dict[str, str]:
    """Return the group that a title's mark names: `Triggered on {host:web-1,env:prod}`."""
    for mark in marks:
        inside = mark.partition("{")[2].partition("}")[0]
        if inside:
            return reading.tagged(inside.split(","))
    return {}


def _scope(fields: Fields, marks: list[str]) -> str:
    scopes = _scopes(fields) or [f"{k}:{v}" for k, v in _group(marks).items()]
    if not scopes:
        linked = _GROUP.search(_text(fields) or "")
        scopes = unquote_plus(linked[1]).split(",") if linked else []
    return ",".join(sorted(map(_stable, scopes)))


def _stable(scope: str) -> str:
    key, sign, value = scope.partition(":")
    return f"{key}:{keys.stable_label(label_key(key), value)}" if sign else scope


def _host(fields: Fields, labels: Mapping[str, str]) -> str | None:
    found = freeform.host_of(fields) or entities.host(labels)
    if found:
        return found
    return next((scope for scope in _scopes(fields) if _is_host(scope)), None)


def _is_host(scope: str) -> bool:
    return ":" not in scope and entities.looks_like_host(scope)


def _text(fields: Fields) -> str | None:
    every = (reading.text(fields.get(name)) for name in ("body", "eventmsg", "text", *_LINKS))
    return "\n".join(value for value in every if value) or None


def _link(fields: Fields) -> str | None:
    found = re.search(r"https?://[^\s)\]]{1,500}/monitors[#/][^\s)\]]{1,300}", _text(fields) or "")
    return found[0] if found else None


def _monitor(fields: Fields) -> str | None:
    linked = _MONITOR.search(_text(fields) or "")
    return first(fields, *_MONITORS) or at(fields, "monitor", "id") or (linked and linked[1])


def _key(fields: Fields, draft: Draft, scope: str) -> str:
    # Some demos give two monitors one id; what is measured tells them apart and never changes.
    query = reading.text(fields.get("query") or fields.get("alertquery")) or ""
    measured = _METRIC.search(query)
    metric = measured[1] if measured else first(fields, "alertmetric", "metric")
    aggregate = first(fields, "aggregkey", "aggregationkey")
    if aggregate:
        return keys.own(NAME, aggregate)
    incident = first(fields, *_INCIDENTS)
    if incident:
        return keys.own(NAME, "incident", incident)
    monitor = reading.text(_monitor(fields))
    if monitor:
        return keys.own(NAME, monitor, metric, scope or draft.host)
    return keys.derived(NAME, draft.rule, metric, scope, draft.host, draft.service)


def delivery_id(payload: object, _headers: Mapping[str, str]) -> str | None:
    """Return the event's id together with what tells its updates apart."""
    fields = keyed(payload)
    event = first(fields, "id", "eventid")
    changed = first(fields, "lastupdated", "date")
    if event is None or changed is None:
        return None
    return keys.own(NAME, event, changed, first(fields, "alerttransition", "title"))


ADAPTER = Adapter(
    name=NAME,
    free=True,
    recognizes=recognizes,
    distinct=distinct,
    read=read,
    delivery_id=delivery_id,
)

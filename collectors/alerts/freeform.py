"""Alerts out of JSON that people wrote by hand: fields are found by the names that people give.

Used for senders without an adapter, and by adapters whose senders let people write the payload.
Field names are compared without case and punctuation: `alertName`, `alert_name` and `Alert Name`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from collectors.alerts import entities, keys, reading, times
from collectors.alerts.build import Draft
from collectors.alerts.labels import normalised
from collectors.alerts.reading import first, keyed, mapping, rows
from collectors.alerts.statuses import marked, status_of
from collectors.alerts.wordlists import listed
from models.records.alert import AlertStatus

Fields = Mapping[str, Any]

_RULE = listed(
    "alertname rulename alertrule rule monitorname checkname triggername conditionname policyname "
    "alarmname searchname eventname check"
)
_SERVICE, _HOST, _ENVIRONMENT, _REGION = (
    tuple(dict.fromkeys(name.replace("_", "") for name in names))
    for names in (entities.SERVICE, entities.HOST, entities.ENVIRONMENT, entities.REGION)
)
_TITLE = listed(
    "title alerttitle eventtitle incidenttitle problemtitle alertname summary subject headline "
    "rulename alertrule alarmname monitorname checkname triggername conditionname searchname "
    "eventname message msg alertmessage name displayname shortdescription text trigger problem "
    "alert rule description details detail reason body check event eventmessage"
)
_STRONG = frozenset(_TITLE[: _TITLE.index("name")]) | {"alert", "shortdescription", "text"}
_DESCRIPTION = listed(
    "description message details detail longdescription body text eventmsg eventmessage output "
    "reason msg summary alertmessage content note"
)
_STATUS = listed(
    "status state alertstatus alertstate currentstate currentstatus newstate newstatus "
    "eventaction alerttransition transition eventstatus incidentstatus monitorstatus triggerstatus "
    "action eventtype notificationtype alerttype event type"
)
_SEVERITY = listed(
    "severity alertseverity eventseverity severityname severitylevel sev triggerseverity "
    "incidentseverity alertpriority priority level alertlevel loglevel criticality urgency "
    "importance threatlevel risklevel"
)
_IDENTITY = listed(
    "fingerprint dedupkey deduplicationkey dedupekey dedupid alertkey incidentkey aggregkey "
    "aggregationkey correlationid correlationkey alertid alertuid incidentid problemid issueid "
    "alias alarmid monitorid checkid triggerid ruleid eventkey"
)
_RULE_IDS = frozenset({"monitorid", "checkid", "ruleid", "triggerid"})
_STARTS = listed(
    "startsat startedat starttime started start firedat firedtime triggeredat triggertime "
    "firstseen occurredat eventtime createdat created createdon openedat opened "
    "activatedat timestamp time "
    "datetime date ts when updatedat lastupdated lastseen eventdate alertdatetime"
)
_ENDS = listed(
    "endsat endedat endtime ended end resolvedat resolvedtime resolved closedat recoveredat "
    "clearedat recoverytime"
)
_LINKS = {
    "url": "source", "link": "source", "htmlurl": "source", "alerturl": "source",
    "permalink": "source", "incidenturl": "source", "weburl": "source", "href": "source",
    "eventurl": "source", "sourceurl": "source", "generatorurl": "source", "runbookurl": "runbook",
    "runbook": "runbook", "runbooklink": "runbook", "dashboardurl": "dashboard",
    "dashboard": "dashboard", "dashboardlink": "dashboard",
}  # fmt: skip
_LABELS = listed(
    "labels commonlabels tags dimensions attributes metadata meta customdetails details properties "
    "fields context extra resource entity resourceattributes customfields customproperties"
)
_NOTES = ("annotations", "commonannotations")
_MEMBERS = listed("alerts events incidents problems alarms notifications messages items records")
_INNER = listed(
    "alert incident event problem issue alarm notification data payload detail trigger monitor "
    "message"
)
_BESIDE_HOST = listed(
    "target resource resourcename entity entityname device devicename source ip ipaddress address "
    "monitorurl element object objectname configurationitem ci affectedhost hostaddress"
)
_TEST = frozenset(
    listed(
        "test testing heartbeat keepalive testnotification webhooktest testalert testmessage "
        "heartbeatok testevent deadmansswitch"
    )
)
_HANDSHAKE = frozenset(
    listed(
        "ping urlverification verification subscriptionconfirmation handshake challenge "
        "webhookverification endpointvalidation validation webhookcreated hello"
    )
)
_KINDS = ("type", "event", "eventtype", "action", "kind", "alerttype", "status", "notificationtype")
_MOST_FIELDS = 200
_PRIORITIES = frozenset("12345")


def members(payload: object) -> Iterator[tuple[Fields, Fields]]:
    """Yield each alert's fields and those of what stands around it, both by their plain names."""
    if isinstance(payload, list):
        for row in rows(payload):
            yield from members(row)
        return
    fields = keyed(payload)
    several = next((found for name in _MEMBERS if (found := _readable_rows(fields, name))), None)
    if several is not None:
        yield from ((row, fields) for row in several)
    else:
        yield _innermost(fields)


def left_out(payload: object) -> int:
    """Return how many alerts there are beyond those that are read."""
    if isinstance(payload, list):
        return reading.left_out(payload)
    fields = keyed(payload)
    return max(reading.left_out(fields.get(name)) for name in _MEMBERS)


def _readable_rows(fields: Fields, name: str) -> list[dict[str, Any]]:
    found = [keyed(row) for row in rows(fields.get(name))]
    return [row for row in found if _named(row)]


def _innermost(fields: Fields) -> tuple[Fields, Fields]:
    if not _named(fields):
        for name in _INNER:
            inner = keyed(fields.get(name))
            if inner and _named(inner):
                return inner, fields
    return fields, {}


def is_readable(payload: object) -> bool:
    """Say whether something in it names an alert, or says that there is none to name."""
    if isinstance(payload, list):
        return any(is_readable(row) for row in payload[:3] if isinstance(row, dict))
    if not isinstance(payload, dict) or not payload:
        return False
    fields = keyed(payload)
    if _named(fields) or challenge(payload, None) or idle(payload, None):
        return True
    inner, _ = next(members(payload), ({}, {}))
    return inner is not fields and _named(inner)


def _named(fields: Fields) -> bool:
    if any(name in fields and reading.word(fields[name]) for name in _STRONG):
        return True
    if reading.word(fields.get("name") or fields.get("description") or fields.get("text")) is None:
        return any(mapping(fields.get(name)) for name in ("commonlabels", "labels"))
    return any(name in fields for name in (*_STATUS[:6], *_SEVERITY[:6], "host", "hostname"))


def challenge(payload: object, kind: str | None) -> str | None:
    """Return why the payload only sets up the connection; None where it does more."""
    fields = keyed(payload)
    said = _said(fields, kind) & _HANDSHAKE
    if said or ("challenge" in fields and len(fields) <= 3):  # noqa: PLR2004  challenge, type, token
        return f"a handshake: {min(said, default='challenge')}"
    return None


def idle(payload: object, kind: str | None) -> str | None:
    """Return why there is nothing to act on: a test or a heartbeat."""
    fields = keyed(payload)
    said = _said(fields, kind) & _TEST
    if said:
        return f"only a {min(said)}"
    return "only a test" if fields.get("test") is True else None


def _said(fields: Fields, kind: str | None) -> set[str]:
    values = [fields.get(name) for name in _KINDS] + [kind]
    return {
        "".join(letter for letter in value.lower() if letter.isalnum())
        for value in values
        if isinstance(value, str) and len(value) <= 40  # noqa: PLR2004  no event name is longer
    }


def draft(vendor: str, fields: Fields, around: Fields = {}) -> Draft:  # noqa: B006  never written to
    """Return what a hand-written payload says of one alert.

    Args:
        vendor: Name of the adapter, which the key begins with.
        fields: The alert's fields by their plain names (see `reading.keyed`).
        around: Those of the object around it, which say what the alert itself does not.
    """
    every = reading.merged(fields, around)
    labels = labels_of(fields, around)
    notes = reading.merged(*(mapping(every.get(name)) for name in _NOTES))
    flat = normalised(reading.merged(labels, notes))
    rule = first(every, *_RULE) or first(labels, "alertname", "rulename")
    status, title = _status_and_title(every, first(every, *_TITLE) or rule or _summary(notes))
    severity_raw = _severity(every, flat)
    found = Draft(
        vendor=vendor,
        title=title,
        status=status,
        severity_raw=severity_raw,
        rule=rule,
        service=_named_thing(every, _SERVICE),
        host=host_of(every),
        environment=_named_thing(every, _ENVIRONMENT),
        region=_named_thing(every, _REGION) or entities.region(flat),
        description=first(every, *_DESCRIPTION) or _summary(notes),
        labels=labels,
        event_time=moment_of(every, _STARTS),
        ends_at=moment_of(every, _ENDS),
        external_id=first(every, *_IDENTITY, "id", "eventid", "uuid"),
        links={_LINKS[name]: value for name, value in every.items() if name in _LINKS},
        group_hint=first(every, "groupkey", "groupid", "group"),
    )
    found.key = key_of(found, every, flat, notes)
    return found


def _status_and_title(fields: Fields, title: str | None) -> tuple[AlertStatus, str | None]:
    status = stated(fields)
    said, plain = marked(title) if title else (None, title)
    return status or said or AlertStatus.FIRING, plain


def stated(fields: Fields) -> AlertStatus | None:
    """Return the status that a field says; None where none does."""
    for name in _STATUS:
        if name not in fields:
            continue
        found = status_of(reading.word(fields.get(name)))
        if found is not None:
            return found
    for name, meaning in (("resolved", True), ("isresolved", True), ("active", False),
                          ("firing", False), ("isactive", False)):  # fmt: skip
        if fields.get(name) is meaning:
            return AlertStatus.RESOLVED
    return None


def _severity(fields: Fields, labels: Mapping[str, str]) -> str | None:
    for name in _SEVERITY:
        value = reading.word(fields[name]) if name in fields else None
        if value is not None:
            return f"P{value}" if "priority" in name and value in _PRIORITIES else value
    for name in ("severity", "priority", "level", "urgency"):
        if labels.get(name):
            return labels[name]
    state = reading.word(fields.get("status") or fields.get("state"))
    # Monitoring tools of the Nagios family have no severity beside the state.
    return state if state and state.lower() in {"critical", "warning", "warn", "crit"} else None


def _summary(notes: Mapping[str, Any]) -> str | None:
    return first(notes, "summary", "title", "message", "description")


def host_of(fields: Fields) -> str | None:
    """Return the host that a field names; one that may name anything only if it looks like one."""
    found = _named_thing(fields, _HOST)
    if found is not None:
        return entities.host_name(found)
    for name in _BESIDE_HOST:
        value = _name_of(fields[name]) if name in fields else None
        if value is not None and entities.looks_like_host(value):
            return entities.host_name(value)
    return None


def _named_thing(fields: Fields, names: Sequence[str]) -> str | None:
    for name in names:
        if name in fields and (found := _name_of(fields[name])) is not None:
            return found
    return None


def _name_of(value: object) -> str | None:
    if isinstance(value, dict):
        return first(value, "name", "hostname", "host", "summary", "displayName", "title", "id")
    if isinstance(value, list):
        item = value[0] if len(value) == 1 else None
        return None if isinstance(item, list) else _name_of(item)
    return reading.word(value)


def moment_of(fields: Fields, names: Sequence[str]) -> datetime | None:
    """Return the first of these fields that is a time."""
    for name in names:
        found = times.moment(fields.get(name)) if name in fields else None
        if found is not None:
            return found
    return None


def labels_of(fields: Fields, around: Fields) -> dict[str, str]:
    """Return the alert's labels: those of its label objects and tags, then its own plain fields."""
    found: dict[str, str] = {}
    for source in (fields, around):
        for name in _LABELS:
            if name not in source:
                continue
            for key, value in as_labels(source.get(name)).items():
                found.setdefault(key, value)
    for name, value in list(fields.items())[:_MOST_FIELDS]:
        plain = reading.word(value)
        if plain is not None and name not in _TEXTS and len(plain) <= 128:  # noqa: PLR2004
            found.setdefault(name, plain)
    return found


def as_labels(value: object) -> dict[str, str]:
    """Return an object, a list of pairs, or tags as labels; {} for anything else."""
    if isinstance(value, str) or (isinstance(value, list) and value and isinstance(value[0], str)):
        return reading.tagged(reading.words(value))
    return reading.pairs(value)


_TEXTS = frozenset(
    [*_TITLE, *_DESCRIPTION, *_STATUS[:10], *_SEVERITY, *_STARTS, *_ENDS, *_LINKS, *_IDENTITY]
) | {"id", "eventid", "uuid"}


def key_of(
    found: Draft, fields: Fields, labels: Mapping[str, str], notes: Mapping[str, Any]
) -> str:
    """Return the sender's own key where a field is one, else one derived from rule and entity."""
    own = first(fields, *_IDENTITY)
    if own is not None:
        # The id of a rule is that of all its alerts: the entity tells them apart.
        which = next(name for name in _IDENTITY if first(fields, name) == own)
        return keys.own(found.vendor, own, found.host if which in _RULE_IDS else None)
    return keys.derived(
        found.vendor,
        keys.without_state(found.rule or found.title or ""),
        {"host": found.host or entities.host(labels) or "", "service": found.service or ""},
        keys.entity_labels(labels),
        keys.entity_labels(normalised(notes)),
        reading.word(fields.get("source")),
    )


def delivery_id(_payload: object, headers: Mapping[str, str]) -> str | None:
    """Return the id that one of the common headers gives the delivery."""
    for name in ("webhook-id", "x-github-delivery", "idempotency-key", "ce-id"):
        found = reading.word(headers.get(name))
        if found is not None:
            return keys.own(name, found)
    return None

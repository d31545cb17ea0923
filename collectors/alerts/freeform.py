"""Alerts out of JSON that people wrote by hand: fields are found by the names that people give.

Used for senders without an adapter, and by adapters whose senders let people write the payload.
Field names are compared without case and punctuation: `alertName`, `alert_name` and `Alert Name`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from collectors.alerts import codes, entities, keys, naming, nested, parsing, reading, spoken, times
from collectors.alerts import fieldnames as names
from collectors.alerts.build import Draft
from collectors.alerts.labels import normalised
from collectors.alerts.reading import first, keyed, mapping
from collectors.alerts.severities import severity_of
from collectors.alerts.statuses import marked, status_of
from collectors.alerts.tongues import english
from models.records.alert import AlertStatus

Fields = Mapping[str, Any]

_MOST_FIELDS = 200
_LONGEST_LABEL = 128
_MOST_INNER = 50
_MOST_BLOCKS = 10
_NAMES_OF_THINGS = ("name", "hostname", "host", "summary", "displayname", "title", "label", "id")
_PRIORITIES = frozenset("12345")
# A severity that stands before the title: `[P1] Disk`, `CRITICAL: Disk`.
_RANKED = re.compile(
    r"^\s*\[?(P[1-5]|SEV-?[0-5]|CRITICAL|WARNING|ERROR|MAJOR|MINOR|INFO|EMERGENCY)(?:\]|:\s)", re.I
)


def draft(vendor: str, fields: Fields, around: Fields = {}) -> Draft:  # noqa: B006  never written to
    """Return what a hand-written payload says of one alert.

    Args:
        vendor: Name of the adapter, which the key begins with.
        fields: The alert's fields by their plain names (see `reading.keyed`).
        around: Those of the object around it, which say what the alert itself does not.
    """
    fields = codes.worded(spoken.spelt_out(fields))
    every = reading.merged(fields, around)
    every.update({name: value for name, value in _ids(every) if name not in every})
    labels = labels_of(fields, around)
    notes = reading.merged(*(mapping(every.get(name)) for name in names.NOTES))
    flat = normalised(reading.merged(labels, notes))
    rule = first(every, *names.RULE) or first(flat, "alertname", "rulename", "alert_name")
    told = naming.title(every) or rule or _summary(notes)
    if naming.only_a_kind(every):
        told = _named_thing(every, names.MEASURED) or told
    told = told or _named_thing(every, names.OBJECTS) or first(fields, *names.KIND_TITLE)
    status, title = _status_and_title(every, told)
    severity_raw = _severity(every, flat) or _ranked(told)
    wide = reading.merged(every, _inner(every))
    found = Draft(
        vendor=vendor,
        title=title,
        status=status,
        severity_raw=severity_raw,
        rule=rule,
        service=_named_thing(every, names.SERVICE) or _named_thing(every, names.SERVICE_ENDS),
        host=host_of(every) or nested.host_beside(around, _named_host) or _host_within(every, flat),
        environment=_environment(wide, flat),
        region=_named_thing(every, names.REGION) or entities.region(flat),
        description=first(every, *names.DESCRIPTION) or _summary(notes),
        labels=labels,
        event_time=moment_of(every, names.BEGAN) or moment_of(every, names.CHANGED),
        ends_at=moment_of(every, names.ENDS) or moment_of(every, names.CHANGED),
        external_id=first(every, *names.IDENTITY, "id", "eventid", "uuid"),
        links={names.LINKS[name]: value for name, value in every.items() if name in names.LINKS},
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
    for name in names.STATUS:
        if name not in fields:
            continue
        found = status_of(_stated_in(fields, name))
        found = found or status_of(_worded(fields, name))
        kind = str(fields[name]).lower() in names.ANY_KIND
        if found is not None and not kind:
            ended = str(fields[name]).lower() in names.ENDED
            return (status_of(naming.outcome_within(fields)) if ended else None) or found
    for name, value, status in names.FLAGS:
        if _flag(name, fields.get(name)) is value:
            return status
    for name in names.FLAGGED:
        found = status_of(reading.word(fields.get(name)))
        if found is not None and isinstance(fields[name], str):
            return found
    level = (first(fields, *names.LEVELS) or _ending(_inner(fields), names.LEVELS) or "").lower()
    return AlertStatus.RESOLVED if level in names.OVER else status_of(naming.outcome_within(fields))


def _stated_in(fields: Fields, name: str) -> str | None:
    return _word_of(fields.get(name), "state", "status", "value", "name", "text", "eventType")


def _flag(name: str, value: object) -> bool | None:
    if name.startswith(names.COUNTED) and value in ("0", "1", 0, 1):
        return str(int(value)) == "1"
    if isinstance(value, str):
        return {"true": True, "yes": True, "false": False, "no": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def _severity(fields: Fields, labels: Mapping[str, str]) -> str | None:
    said = [(name, word) for name in names.SEVERITY if (word := _level(fields, name))]
    known = [(name, word) for name, word in said if severity_of("", word)]
    plain = next((word for name, word in known if "prio" not in name), None)
    if known:
        return plain or _severity_near(fields) or known[0][1]
    if said:
        return said[0][1]
    for name in ("severity", "priority", "level", "urgency"):
        if labels.get(name):
            return labels[name]
    # Monitoring tools of the Nagios family have no severity beside the state.
    state = next((word for name in names.STATES if (word := _stated_in(fields, name))), None)
    if state and (english(state) or state.lower()) in {"critical", "warning", "warn", "crit"}:
        return state
    return _severity_beside(fields)


def _level(fields: Fields, name: str) -> str | None:
    value = _word_of(fields.get(name), "name", "summary", "level", "value", "label", "slug")
    if value is not None and "prio" in name and value in _PRIORITIES:
        value = f"P{value}"
    if value is None or severity_of("", value):
        return value
    return _worded(fields, name) or value


def _severity_near(fields: Fields) -> str | None:
    """Return the severity in an object beside a priority.

    How soon somebody wants something done says less than how bad it is.
    """
    near = {name: value for name, value in fields.items() if name not in names.LABELS}
    found = _ending(_inner(near), names.SEVERITY_ENDS)
    return found if severity_of("", found) or (found or "").lower() in names.OVER else None


def _severity_beside(fields: Fields) -> str | None:
    """Return the severity of a field whose name only ends so, or whose value alone is a word."""
    found = _ending(reading.merged(fields, _inner(fields)), (*names.SEVERITY_ENDS, "loglevel"))
    if found is not None:
        return found
    said = (reading.word(fields.get(name)) for name in names.BESIDE_SEVERITY)
    return next((word for word in said if word and word.isalpha() and severity_of("", word)), None)


def _environment(fields: Fields, labels: Mapping[str, str]) -> str | None:
    found = _named_thing(fields, names.ENVIRONMENT)
    # A label that is called so says it better than a field whose name only ends so.
    found = found or entities.environment(labels) or _ending(fields, names.ENVIRONMENT_ENDS)
    if found is not None:
        return found
    said = (reading.word(fields.get(name)) for name in names.BESIDE_ENVIRONMENT)
    return next((word for word in said if word and word.lower() in names.ENVIRONMENTS), None)


def _ending(fields: Fields, endings: tuple[str, ...]) -> str | None:
    for name, value in list(fields.items())[:_MOST_FIELDS]:
        if name.endswith(endings) and not name.startswith(names.NOT_NOW):
            found = _name_of(value)
            if found is not None:
                return found
    return None


def _inner(fields: Fields) -> dict[str, Any]:
    """Return the fields of the objects in it: `{"log": {"level": 3}}` has a `loglevel`."""
    return {
        f"{name}{reading.plain(key)}": item
        for name, value in list(fields.items())[:_MOST_FIELDS]
        if isinstance(value, dict)
        for key, item in list(value.items())[:_MOST_INNER]
    }


def _ranked(title: str | None) -> str | None:
    found = _RANKED.match(title or "")
    return found[1] if found else None


def _summary(notes: Mapping[str, Any]) -> str | None:
    return first(notes, "summary", "title", "message", "description")


def host_of(fields: Fields) -> str | None:
    """Return the host that a field names; one that may name anything only if it looks like one."""
    found = _named_thing(fields, names.HOST) or _named_thing(fields, names.HOST_ENDS)
    if found is not None:
        return entities.host_name(found)
    for name in (*names.INSTANCE, *names.BESIDE_HOST):
        value = _thing_name(fields[name]) if name in fields else None
        if value is not None and entities.looks_like_host(value):
            return entities.host_name(value)
    looked = (first(fields.get(name), "url") for name in names.LOOKING)
    found = next((found for url in looked if (found := entities.host_name(url))), None)
    return found or entities.host_name(_named_thing(fields, names.INSTANCE))


def _thing_name(value: object) -> str | None:
    named = _named_host(keyed(value)) if isinstance(value, dict) else None
    return named or _name_of(value)


def _named_host(fields: Fields) -> str | None:
    return _named_thing(fields, (*names.HOST, *names.HOST_ENDS, *names.IN_DEVICE))


def _host_within(fields: Fields, labels: Mapping[str, str]) -> str | None:
    # Labels say it better than any object.
    return None if entities.host(labels) else nested.host_within(fields, _named_host)


def _ids(fields: Fields) -> Iterator[tuple[str, Any]]:
    """Yield the ids of the objects that are the alert or what it is of."""
    for name in (*names.CASES, *names.LOOKING):
        own = first(fields.get(name), "id")
        if own is not None:
            yield f"{name}id", own


def _named_thing(fields: Fields, wanted: Sequence[str]) -> str | None:
    for name in wanted:
        if name in fields and (found := _name_of(fields[name])) is not None:
            return found
    return None


def _word_of(value: object, *inner: str) -> str | None:
    """Return the word, or that of an object around it: `{"state": "failed", "reason": "..."}`."""
    if not isinstance(value, dict):
        return _name_of(value)
    # JSON:API has the fields of an object deeper.
    return first(value, *inner) or first(reading.at(value, "data", "attributes"), *inner)


def _worded(fields: Fields, name: str) -> str | None:
    """Return the word beside a code: that of `severityString` for `severity: 3`."""
    if not (reading.text(fields.get(name)) or "").isdigit():
        return None
    return first(fields, *(f"{name}{end}" for end in names.WORDED))


def _name_of(value: object) -> str | None:
    if isinstance(value, dict):
        return first(value, *_NAMES_OF_THINGS) or first(keyed(value), *_NAMES_OF_THINGS)
    if isinstance(value, list):
        item = value[0] if len(value) == 1 else None
        return None if isinstance(item, list) else _name_of(item)
    return reading.word(value)


def moment_of(fields: Fields, wanted: Sequence[str]) -> datetime | None:
    """Return the first of these fields that is a time."""
    for name in wanted:
        found = times.moment(fields.get(name)) if name in fields else None
        if found is not None:
            return found
    return None


def labels_of(fields: Fields, around: Fields) -> dict[str, str]:
    """Return the alert's labels: those of its label objects and tags, then its own plain fields."""
    found: dict[str, str] = {}
    for source in (*_label_objects(fields), *_label_objects(around)):
        for key, value in as_labels(source).items():
            found.setdefault(key, value)
    for name, value in list(fields.items())[:_MOST_FIELDS]:
        plain = reading.word(value)
        if plain is not None and name not in names.TEXTS and len(plain) <= _LONGEST_LABEL:
            found.setdefault(name, plain)
    return found


def _label_objects(fields: Fields) -> Iterator[object]:
    for name in names.LABELS:
        if name not in fields:
            continue
        value = fields[name]
        yield value
        if isinstance(value, dict):
            yield from (value[inner] for inner in names.WITHIN if inner in value)
    yield from nested.dimensions(fields)
    for name in names.BLOCKS:
        for block in reading.rows(fields.get(name))[:_MOST_BLOCKS]:
            yield from (block.get(inner) for inner in names.IN_BLOCKS)


def as_labels(value: object) -> dict[str, str]:
    """Return an object, a list of pairs, or tags as labels; {} for anything else.

    Any of them may be JSON within a text.
    """
    value = parsing.unpacked(value)
    if isinstance(value, str) or (isinstance(value, list) and value and isinstance(value[0], str)):
        return reading.tagged(reading.words(value))
    return reading.pairs(value)


def key_of(
    found: Draft, fields: Fields, labels: Mapping[str, str], notes: Mapping[str, Any]
) -> str:
    """Return the sender's own key where a field is one, else one derived from rule and entity."""
    own = first(fields, *names.IDENTITY)
    if own is not None:
        which = next(name for name in names.IDENTITY if first(fields, name) == own)
        return keys.own(found.vendor, own, found.host if which in names.RULE_IDS else None)
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

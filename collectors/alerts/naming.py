"""What an object in hand-written JSON is called, and whether it is an alert at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from collectors.alerts import fieldnames as names
from collectors.alerts import reading
from collectors.alerts.reading import first, keyed
from collectors.alerts.severities import severity_of
from collectors.alerts.statuses import snake, status_of
from collectors.alerts.wordlists import listed

Fields = Mapping[str, Any]

_MOST_FIELDS = 200
_MOST_INNER = 50
# An event of this kind is named so: `alert`, `alert.fired`.
_KIND = re.compile(r"[a-z]+|[A-Za-z]+(?:[._:-][A-Za-z]+)+")
_EVENT = "event"
# A name of so many steps is an address: `projects/p/findings/3`.
_PATH = 3
# An event of these, and no more, names none: `eventName: status-changed`, `trigger: failure`.
_TURNS = frozenset(listed("changed created updated opened reopened closed"))
# Words that only an alert has for what it is like; `active` and `created` are said of anything.
_ALARMING = frozenset(
    listed(
        "alert alarm problem recovery recovered resolved triggered trigger fired firing down "
        "failed failure failing critical error errored unhealthy healthy success succeeded timeout "
        "degraded breached fatal crashed broken aborted unresolved"
    )
)
_PEOPLE = frozenset(
    listed("user actor sender author owner creator account organization org team tenant workspace")
)
_NO_TEXTS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"), ((int, float), "a number"), (list, "a list"), (dict, "an object"),
)  # fmt: skip
_OUTCOMES = ("status", "state", "conclusion", "outcome", "type")
# The names of other things stand in these.
_NOT_ALERTS = frozenset({*names.NOTES, "labels", "tags", "dimensions"})
_CALLED = (*names.STRONG_TITLE, "name", "displayname", "label")


def title(fields: Fields) -> str | None:
    """Return what an object is called: by its plainest name that is a text.

    The kind of its event, a number, or yes and no name it where nothing else does.
    """
    late = None
    for name in names.TITLE:
        found = reading.word(fields[name]) if name in fields else None
        if found is None:
            continue
        if isinstance(fields[name], str) and not _is_kind(name, found):
            return found
        flag = name in names.FLAGGED and not isinstance(fields[name], str)
        late = late or (name if flag else found)
    better = first(fields, *names.RULE) or _title_ending(fields) or measure_title(fields)
    return better or (late and first(fields, "category")) or late


def _is_kind(name: str, said: str) -> bool:
    """Say whether a text is no name, but the kind of event or what it is like."""
    if name == _EVENT:
        return _KIND.fullmatch(said) is not None
    if name != "eventname" and name not in names.WEAK_TITLE:
        return False
    if is_address(said):
        return True
    turned = _KIND.fullmatch(said) is not None and snake(said).rpartition("_")[2] in _TURNS
    return turned or (" " not in said and status_of(said) is not None)


def is_address(said: str) -> bool:
    """Say whether a name is only where a thing is to be found."""
    return " " not in said and said.count("/") >= _PATH


def no_text(fields: Fields) -> str | None:
    """Say which field that names alerts holds no text: `title is a number`; None where none is."""
    for name in names.STRONG_TITLE:
        value = fields.get(name)
        kind = next((said for held, said in _NO_TEXTS if isinstance(value, held)), None)
        if kind is not None:
            return f"{name} is {kind}, and no text beside it says what is wrong"
    return None


def _title_ending(fields: Fields) -> str | None:
    for end in names.TITLE_ENDS:
        for name, value in list(fields.items())[:_MOST_FIELDS]:
            if name.endswith(end) and not name.startswith((*names.NOT_NOW, *names.NO_TITLE)):
                found = reading.word(value)
                if found is not None:
                    return found
    return None


def is_named(fields: Fields, *, alarming: bool = False) -> bool:
    """Say whether the fields of an object name an alert.

    Args:
        fields: Those of the object.
        alarming: What stands around it says that something is wrong, or well again.
    """
    if any(name in fields and _names(fields, name) for name in names.ALONE):
        return True
    if _is_labelled(fields):
        return True
    weak = any(name in fields and reading.word(fields[name]) for name in names.WEAK_TITLE)
    weak = weak or bool(first(fields, *names.RULE) or _title_ending(fields))
    signs = alarming or any(name in fields for name in names.SIGNS)
    if weak and (signs or is_alarming(fields)):
        return True
    return kind_title(fields) is not None or measure_title(fields) is not None


def _names(fields: Fields, name: str) -> bool:
    """Say whether a field names an alert by itself; a number does beside any text, or as a flag."""
    value = fields[name]
    if reading.word(value) is None:
        return False
    return isinstance(value, str) or name in names.FLAGGED or _has_text(fields)


def _has_text(fields: Fields) -> bool:
    return any(
        isinstance(value, str) and reading.word(value)
        for value in list(fields.values())[:_MOST_FIELDS]
    )


def _is_labelled(fields: Fields) -> bool:
    for name in ("commonlabels", "labels"):
        if first(keyed(fields.get(name)), "alertname", "rulename", "alert"):
            return True
    return any(first(fields.get(name), "summary", "title", "message") for name in names.NOTES)


def kind_title(fields: Fields) -> str | None:
    """Return the kind of an alert that has no other name; None where it may be no alert."""
    found = first(fields, *names.KIND_TITLE)
    if found is None or not any(name in fields for name in (*names.BEGAN, *names.CHANGED)):
        return None
    return found if severity_of("", first(fields, *names.SEVERITY)) else None


def measure_title(fields: Fields) -> str | None:
    """Return what is measured, where a field that is called so says that it is an alert."""
    found = first(fields, *names.MEASURE_TITLE)
    called = found is not None and any(name.startswith(names.NAMED_SO) for name in fields)
    return found if called and not (found or "").replace(".", "").isdigit() else None


def only_a_kind(fields: Fields) -> bool:
    """Say whether nothing but the kind of its event names an object; one within may be better."""
    said = title(fields)
    if said is None or _is_labelled(fields):
        return False
    return any(
        name in fields and reading.word(fields[name]) == said and _is_kind(name, said)
        for name in (_EVENT, "eventname", *names.WEAK_TITLE)
    )


def is_alarming(fields: Fields) -> bool:
    """Say whether a field, or one of an object in it, says what only alerts say of themselves."""
    said = (first(fields, name) for name in (*names.STATUS, "kind", "topic"))
    if any(says_alarm(word) for word in said if word):
        return True
    return outcome_within(fields) is not None


def outcome_within(fields: Fields) -> str | None:
    """Return how it went by an object in it: `{"build": {"status": "FAILURE"}}`."""
    return next((word for word in _outcomes(fields) if says_alarm(word)), None)


def _outcomes(fields: Fields) -> Iterator[str]:
    for value in list(fields.values())[:_MOST_FIELDS]:
        if isinstance(value, dict):
            for key, item in list(value.items())[:_MOST_INNER]:
                found = reading.word(item) if isinstance(item, str) else None
                if found is not None and reading.plain(key).endswith(_OUTCOMES):
                    yield found


def says_alarm(word: str) -> bool:
    """Say whether a word is one that only alerts have for what a thing is like."""
    if status_of(word) is None:
        return False
    return snake(word).rpartition("_")[2] in _ALARMING


def thing(fields: Fields, *, alarming: bool, depth: int = 1) -> Fields | None:
    """Return the object in it that is an alert, whatever the field is called; None without one.

    Args:
        fields: The fields of the object around it.
        alarming: What stands around that says that something is wrong, or well again.
        depth: How many objects deep to look for one that is bad by itself.
    """
    objects = {
        name: keyed(value)
        for name, value in list(fields.items())[:_MOST_INNER]
        if isinstance(value, dict) and value and name not in _NOT_ALERTS
    }
    for inner in objects.values():
        if is_bad(inner) and (first(inner, *_CALLED) or is_named(inner)):
            return inner
    for name, inner in objects.items():
        if name not in _PEOPLE and _is_called(name, inner, alarming=alarming):
            return inner
    deeper = (thing(inner, alarming=False, depth=depth - 1) for inner in objects.values() if depth)
    return next((found for found in deeper if found is not None), None)


def _is_called(name: str, fields: Fields, *, alarming: bool) -> bool:
    """Say whether an object has a name, and is an alert's by its own: `alarmPolicyInfo`."""
    if alarming and (first(fields, *_CALLED) or title(fields)):
        return True
    return name.startswith(names.NAMED_SO) and title(fields) is not None


def is_bad(fields: Fields) -> bool:
    """Say whether an object says how bad it is, or that something is wrong, or well again."""
    for name in names.SEVERITY:
        raw = fields.get(name)
        said = first(raw, "name", "level", "slug") if isinstance(raw, dict) else reading.word(raw)
        if said is not None and severity_of("", said):
            return True
    return any(says_alarm(word) for name in names.STATUS if (word := first(fields, name)))

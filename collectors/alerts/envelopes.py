"""Where in JSON that people wrote the alerts stand, and whether there are any to look for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from collectors.alerts import fieldnames as names
from collectors.alerts import reading
from collectors.alerts.naming import is_address, is_alarming, is_bad, is_named, only_a_kind, thing
from collectors.alerts.reading import first, keyed, rows
from collectors.alerts.spoken import spelt_out
from collectors.alerts.statuses import status_of
from collectors.alerts.unrelated import unrelated
from collectors.alerts.wordlists import listed

Fields = Mapping[str, Any]

_TEST = frozenset(
    listed(
        "test testing heartbeat keepalive testnotification webhooktest testalert testmessage "
        "heartbeatok testevent deadmansswitch"
    )
)
_HANDSHAKE = frozenset(
    listed(
        "ping urlverification verification subscriptionconfirmation handshake challenge "
        "webhookverification endpointvalidation validation webhookcreated hello "
        "microsofteventgridsubscriptionvalidationevent"
    )
)
_KINDS = ("type", "event", "eventtype", "action", "kind", "alerttype", "status", "notificationtype")
_LONGEST_KIND = 64
_CHALLENGE = 3  # challenge, type and token
_DEEPEST = 3
_MOST_FIELDS = 200
# Of a list, the first of these tell whether what is in it can be read.
_LOOKED_AT = 3


def members(payload: object) -> Iterator[tuple[Fields, Fields]]:
    """Yield each alert's fields and those of what stands around it, both by their plain names.

    What is no alert is left out of a list; `others` tells what that was.
    """
    if isinstance(payload, list):
        for row in rows(payload):
            if not unrelated(keyed(row)):
                yield from _of_object(row)
    else:
        yield from _of_object(payload)


def others(payload: object) -> list[str]:
    """Return what each of those is that are no alerts: `an appointment`; [] where all may be."""
    several = rows(payload) if isinstance(payload, list) else [payload]
    return [kind for one in several if (kind := unrelated(keyed(one))) is not None]


def left_out(payload: object) -> int:
    """Return how many alerts there are beyond those that are read."""
    if isinstance(payload, list):
        return reading.left_out(payload)
    return _left_out(keyed(payload), _DEEPEST)


def _left_out(fields: Fields, depth: int) -> int:
    here = max(reading.left_out(fields.get(name)) for name in names.MEMBERS)
    deeper = (_left_out(inner, depth - 1) for inner in _around(fields, depth))
    return max(here, *deeper, 0)


def _of_object(payload: object) -> Iterator[tuple[Fields, Fields]]:
    fields = spelt_out(keyed(payload))
    several = _several(fields, _DEEPEST)
    innermost = None if several else _innermost(fields, _DEEPEST)
    if not several and innermost is None:
        several = [(row, fields) for row in _listed(fields)]
    yield from several or [innermost or (fields, {})]


def _several(fields: Fields, depth: int) -> list[tuple[Fields, Fields]]:
    """Return the alerts of a list, and what stands around each; the list may stand deeper."""
    one = any(first(fields.get(name), "name", "title") for name in names.CASES)
    for name in names.MEMBERS:
        if one and name in names.SAMPLES:
            continue
        several = [_identified(keyed(row), name[:-1]) for row in rows(fields.get(name))]
        named = [row for row in several if is_named(row)]
        if named:
            return [(row, fields) for row in named]
    grouped = list(_grouped(fields))
    if grouped:
        return [(row, fields) for row in grouped]
    for inner in _around(fields, depth):
        found = _several(inner, depth - 1)
        if found:
            return [(row, reading.merged(around, fields)) for row, around in found]
    return []


def _listed(fields: Fields) -> list[Fields]:
    """Return the alerts of any list in an object without one else: `{"checks": [...]}`."""
    for name, value in list(fields.items())[:_MOST_FIELDS]:
        if name in names.SAMPLES or name in names.LABELS:
            continue
        named = [row for row in map(keyed, rows(value)) if is_named(row)]
        if any(is_bad(row) for row in named):
            return list(named)
    return []


def _grouped(fields: Fields) -> Iterator[Fields]:
    """Yield the alerts of lists whose names say what they are like: `newIssues`."""
    for name, value in list(fields.items())[:_MOST_FIELDS]:
        end = next((end for end in names.GROUPS if name.endswith(end)), "")
        state = name.removesuffix(end) if end and isinstance(value, list) else None
        if status_of(state) is not None:
            for row in rows(value):
                inner = {"status": state, **_identified(keyed(row), end[:-1])}
                if is_named(inner):
                    yield inner


def _around(fields: Fields, depth: int) -> list[Fields]:
    """Return the objects that may hold a list of alerts; what is one itself holds none."""
    if not depth or (is_named(fields) and not only_a_kind(fields)):
        return []
    return [keyed(fields[name]) for name in names.AROUND if isinstance(fields.get(name), dict)]


def _innermost(
    fields: Fields, depth: int, *, alarming: bool = False
) -> tuple[Fields, Fields] | None:
    """Return the object that is an alert, and all that stands around it; None where none is."""
    alarming = alarming or is_alarming(fields)
    named = is_named(fields, alarming=alarming)
    if named and not only_a_kind(fields):
        return fields, {}
    for name in (*names.OBJECTS, *names.AROUND):
        inner = keyed(_only(fields.get(name))) if depth and name in fields else {}
        inner = _identified(inner, name)
        if name in names.OBJECTS and first(inner, "name", "title", "description"):
            return inner, fields
        found = _innermost(inner, depth - 1, alarming=alarming) if inner else None
        if found is not None:
            return found[0], reading.merged(found[1], fields)
    if named:
        return fields, {}
    other = thing(fields, alarming=alarming or is_bad(fields))
    return None if other is None else (_identified(dict(other), "alert"), fields)


def _identified(inner: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an alert's fields with its plain `id` under the name that it has elsewhere."""
    if name in names.OBJECTS and "id" in inner:
        inner.setdefault(f"{name}id", inner["id"])
    called = first(inner, "name", "signature", "label") if name in names.CASES else None
    if called is not None and not is_address(called):
        inner.setdefault("alarmname", called)
    return inner


def _only(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value


def is_readable(payload: object) -> bool:
    """Say whether something in it names an alert, or says that there is none to name."""
    if isinstance(payload, list):
        alike = (row for row in rows(payload) if not unrelated(keyed(row)))
        return any(is_readable(row) for row in islice(alike, _LOOKED_AT))
    if not isinstance(payload, dict) or not payload:
        return False
    fields = spelt_out(keyed(payload))
    other = unrelated(fields)
    if other is None and is_named(fields):
        return True
    if challenge(payload, None) or idle(payload, None):
        return True
    if other is not None:
        return False
    found, around = next(_of_object(payload))
    return bool(around) or is_named(found)


def challenge(payload: object, kind: str | None) -> str | None:
    """Return why the payload only sets up the connection; None where it does more."""
    fields = keyed(payload)
    if not fields and isinstance(payload, list):
        fields = keyed(_only(payload))
    said = _said(fields, kind) & _HANDSHAKE
    if said or ("challenge" in fields and len(fields) <= _CHALLENGE):
        return f"a handshake: {min(said, default='challenge')}"
    return None


def idle(payload: object, kind: str | None) -> str | None:
    """Return why there is nothing to act on: a test or a heartbeat."""
    fields = keyed(payload)
    said = _said(fields, kind) & _TEST
    if said:
        return f"only a {min(said)}"
    return "only a test" if fields.get("test") is True else None


def _said(fields: Mapping[str, Any], kind: str | None) -> set[str]:
    values = [fields.get(name) for name in _KINDS] + [kind]
    return {
        reading.plain(value)
        for value in values
        if isinstance(value, str) and len(value) <= _LONGEST_KIND
    }

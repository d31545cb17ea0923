"""What people and other systems post to an address for alerts that is no alert.

An appointment, a form that somebody filled in, a change to code, an order or an article has a title
as an alert has. It is told by fields that only such things have, and only where nothing beside them
says what alerts say: how bad it is, what it is like, what is monitored, or that something is wrong.
An object with none of those fields is an alert, however terse: this is an address for alerts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from collectors.alerts import fieldnames as names
from collectors.alerts import reading
from collectors.alerts.naming import is_alarming, says_alarm
from collectors.alerts.reading import first, keyed
from collectors.alerts.severities import severity_of
from collectors.alerts.wordlists import listed

Fields = Mapping[str, Any]

_MOST_FIELDS = 200
_LONGEST = 1024
# The text of these says what they are about, and that may be a failure that is long over.
_TEXT_IS_NO_SIGN = {
    "a change to code": listed(
        "commits headcommit pullrequest mergerequest objectkind pusher pushdata repository"
    ),
    "an appointment": listed(
        "attendees invitee invitees organizer rrule recurrence icaluid allday scheduledevent "
        "calendar meeting"
    ),
}
# These may come from somebody who tells of a failure.
_TEXT_IS_A_SIGN = {
    "a person's message": listed(
        "phone phonenumber telephone firstname lastname resume formid formresponse"
    ),
    "a sale": listed(
        "currency price totalprice unitprice invoice invoiceid lineitems cart duedate"
    ),
    "a publication": listed("article author byline newsletter subscriber post comment"),
}
_KINDS = {
    name: kind for table in (_TEXT_IS_NO_SIGN, _TEXT_IS_A_SIGN) for kind, ones in table.items()
    for name in ones
}  # fmt: skip
_MARKS = frozenset(_KINDS)
# Of these the name alone stands in alerts too.
_AS_OBJECTS = frozenset(listed("repository comment post"))
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}\.[^@\s.]{1,63}")
_WRITTEN_BY = "a person's message"
_ENVELOPES = listed("data payload event content body form")
# What is monitored, and how, in the names of fields.
_MONITORED = (
    *listed("alert alarm incident problem outage fault monitor sensor threshold metric probe"),
    *listed("detector severity criticality"),
)
_THINGS = frozenset({*names.HOST, *names.HOST_ENDS, *names.SERVICE[:4], *names.INSTANCE}) | {
    "check", "checkname", "trigger", "rule", "device", "devicename", "component",
}  # fmt: skip
_TROUBLE = re.compile(
    r"fail|error|\bdown\b|outage|critical|\balert|\balarm|warning|unreachable|unavailable"
    r"|time[sd]? ?out|exceed|\babove\b|\bbelow\b|\bfull\b|\blost\b|\bloss\b|broken|degraded|crash"
    r"|offline|\bdead\b|\bstuck\b|\bleak|overload|overheat|refused|denied|breach|attack|intrusion|smoke"
    r"|\bfire\b|flood|\bbattery\b|\bnot? (?:\w+ )?(?:respon|reach|answer|run|start|work|avail"
    r"|connect)|cannot|can't|unable|missing|expired?\b|stopped|problem|incident|panic|\bfault|corrupt|unhealthy"
    r"|violation|vulnerab|recovered|resolved|restored|ausfall|ausgefallen|fehler|störung|erreur|\bpanne\b"
    r"|\bfallo\b|caíd[oa]",
    re.IGNORECASE,
)


def unrelated(fields: Fields) -> str | None:
    """Return what an object is that is no alert: `an appointment`; None where it may be one."""
    around = [fields]
    around += [keyed(fields[name]) for name in _ENVELOPES if isinstance(fields.get(name), dict)]
    marks = [mark for mark in map(_mark, around) if mark is not None]
    if not marks or any(_says_trouble(one) for one in around):
        return None
    kinds = [_KINDS.get(mark, _WRITTEN_BY) for mark in marks]
    telling = next((kind for kind in kinds if kind in _TEXT_IS_NO_SIGN), None)
    if telling is None and any(_TROUBLE.search(text) for one in around for text in _texts(one)):
        return None
    return telling or kinds[0]


def _mark(fields: Fields) -> str | None:
    """Return the name of a field that alerts do not have; None where there is none."""
    for name in sorted(_MARKS.intersection(fields)):
        if fields[name] and (name not in _AS_OBJECTS or isinstance(fields[name], dict)):
            return name
    for name, value in fields.items():
        if isinstance(value, str) and "@" in value and _ADDRESS.fullmatch(value.strip()):
            return name
    return None


def _says_trouble(fields: Fields) -> bool:
    """Say whether a field says what only alerts say, whatever the texts are."""
    if any(severity_of("", first(fields, name)) for name in names.SEVERITY):
        return True
    if any(_is_monitored(name, fields[name]) for name in list(fields)[:_MOST_FIELDS]):
        return True
    said = (value for value in list(fields.values())[:_MOST_FIELDS] if isinstance(value, str))
    return is_alarming(fields) or any(says_alarm(word) for word in said)


def _is_monitored(name: str, value: object) -> bool:
    if value in (None, "", [], {}):
        return False
    return name in _THINGS or name.startswith(_MONITORED)


def _texts(fields: Fields) -> Iterator[str]:
    for name in (*names.TITLE, *names.DESCRIPTION):
        found = reading.word(fields.get(name)) if name in fields else None
        if found is not None:
            yield found[:_LONGEST]

"""What people and other systems post to an address for alerts that is no alert.

An appointment, a form that somebody filled in, a change to code, an order or an article has a title
as an alert has. It is told by fields that only such things have, several of one kind, and only
where nothing beside them says what alerts say: how bad it is, what it is like, what is monitored,
or that something is wrong. A lost alert costs far more than an appointment that is taken for one:
this is an address for alerts, so that whatever is in doubt is an alert, however terse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
_ENOUGH = 2
# Beside the names of fields: any text that is nothing but the address of a person.
_ADDRESS_MARK = "@"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """One kind of thing: a `telling` field is enough, of the others it takes several.

    A mark is the names that say the same, parted by bars: a price and its currency are one mark.
    A `retold` kind may be about a failure that is long over.
    """

    name: str
    telling: frozenset[str]
    marks: tuple[tuple[str, ...], ...]
    retold: bool = False


def _marks(words: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(mark.split("|")) for mark in listed(words))


_KINDS = (
    _Kind(
        name="a change to code",
        telling=frozenset(
            listed("commits headcommit pullrequest mergerequest objectkind pusher pushdata")
        ),
        marks=_marks("repository comment release push"),
        retold=True,
    ),
    _Kind(
        name="an appointment",
        telling=frozenset(listed("attendees invitee invitees rrule icaluid scheduledevent")),
        marks=_marks("organizer recurrence allday calendar meeting checkin checkout"),
        retold=True,
    ),
    # Whom to call about an alert has a telephone and an address, but fills in no form.
    _Kind(
        name="a person's message",
        telling=frozenset({"formresponse"}),
        marks=_marks("firstname|lastname @|phone|phonenumber|telephone form|formid resume"),
    ),
    _Kind(
        name="a sale",
        telling=frozenset(),
        marks=_marks("currency|price|totalprice invoice|invoiceid lineitems|cart duedate"),
    ),
    _Kind(
        name="a publication",
        telling=frozenset(),
        marks=_marks("article|post author|byline publishedat newsletter subscriber"),
    ),
)
_NAMES = frozenset(name for kind in _KINDS for mark in (kind.telling, *kind.marks) for name in mark)
# Of these alerts have the name too, with a text or a number: the change that may be to blame.
_AS_OBJECTS = frozenset(
    listed(
        "repository comment post article release push commits headcommit pullrequest mergerequest "
        "pusher pushdata"
    )
)
# Code hosting tells of failing pipelines and of incidents in the same form as of changes.
_CODE_EVENTS = frozenset(listed("push tagpush mergerequest note wikipage snippet release"))
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}\.[^@\s.]{1,63}")
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
    r"|\bfallo\b|caíd[oa]"
    r"|throttl|restart|reboot|spik(?:e|ing)|\bslow|latency|\blag(?:s|ging)?\b|\bscan|\bcve-\d|\bburn"
    r"|roll(?:ed|ing)? ?back|overdue|\babsent\b|\bclosed\b|\bkilled\b|\boom\b|quota|temperature"
    r"|\bred\b|\bover (?:limit|budget|\d)|\bexit(?:ed)?\b|returned \d|\bhttp [45]\d\d|abnormal"
    r"|anomal|investigat|unusual|conflict|evict|\bgone\b|queue|backlog|disconnect|unplug|reject|\bdrop"
    r"|mismatch|unauthori|\bhung\b|\bhang|frozen|\bfreez|block(?:ed|ing)|paused|disabled|abort|security"
    r"|\btoo \w|\bhigh\b|\blow\b|\bhot\b|\bno longer\b|\bpower (?:cut|absent|off)",
    re.IGNORECASE,
)
# What is measured (`97%`, `1 of 3`, `1/3`, `> 90`, `4.2s`, `41C`, `14x`), and what did not happen.
_MEASURED = re.compile(
    r"\d ?%|\b(?:percent|prozent)|\b\d+ (?:of|out of|von) \d+\b|(?<![\d/])\d+/\d+(?![\d/])"
    r"|(?:^|\s)[<>≥≤]=? ?\d|\d ?(?:[kmgt]i?b|[nµm]?s|°[cf]?|c|x)\b"
    r"|\b(?:do|does|did|is|are|was|were|has|have|had|will|would|could)(?: not|n['\u2019]t) \w"
    r"|\b(?:can['\u2019]t|won['\u2019]t|never) \w",
    re.IGNORECASE,
)
# A title that begins so tells of trouble that is over, or what is done about it.
_RETOLD = re.compile(r"\W*(?:fix(?:es)?|reviews?|post-?mortem|retrospective|lessons)\b", re.I)


def unrelated(fields: Fields) -> str | None:
    """Return what an object is that is no alert: `an appointment`; None where it may be one."""
    around = [fields]
    around += [keyed(fields[name]) for name in _ENVELOPES if isinstance(fields.get(name), dict)]
    marked = set[str]().union(*map(_marked, around))
    kind = next((kind for kind in _KINDS if _is_of(kind, marked)), None)
    if kind is None or any(_says_trouble(one) for one in around):
        return None
    texts = [text for one in around for text in _texts(one)]
    return None if _tells_trouble(texts, retold=kind.retold) else kind.name


def _is_of(kind: _Kind, marked: set[str]) -> bool:
    if kind.telling & marked:
        return True
    return sum(not marked.isdisjoint(mark) for mark in kind.marks) >= _ENOUGH


def _marked(fields: Fields) -> set[str]:
    """Return the names of the fields that alerts seldom have, `@` for the address of a person."""
    found = {name for name in _NAMES.intersection(fields) if _is_mark(name, fields[name])}
    if found and any(_is_address(value) for value in list(fields.values())[:_MOST_FIELDS]):
        found.add(_ADDRESS_MARK)
    return found


def _is_mark(name: str, value: object) -> bool:
    if name == "objectkind":
        return reading.plain(str(value)) in _CODE_EVENTS
    return bool(value) and (name not in _AS_OBJECTS or isinstance(value, dict | list))


def _is_address(value: object) -> bool:
    return isinstance(value, str) and "@" in value and bool(_ADDRESS.fullmatch(value.strip()))


def _tells_trouble(texts: Sequence[str], *, retold: bool) -> bool:
    if any(_MEASURED.search(text) for text in texts):
        return True
    if retold and texts and _RETOLD.match(texts[0]):
        return False
    return any(_TROUBLE.search(text) for text in texts)


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

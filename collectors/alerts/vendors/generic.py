"""Any sender without an adapter of its own: the fields are found by the names that people give.

A payload whose shape is another sender's never gets here. What is left is JSON that somebody wrote
by hand: an object with a title or a message, or a list of such objects. Nothing is invented: a
field that is not there stays unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from collectors.alerts import chat, envelopes, freeform, naming
from collectors.alerts.adapter import Adapter, found, handshake, ignored, malformed
from collectors.alerts.build import finish
from collectors.alerts.reading import keyed
from models.records.alert import Alert, Normalized

NAME = "generic"


def recognizes(payload: object, _kind: str | None) -> bool:
    """Say whether something in it names an alert, or it only tries out the connection."""
    return envelopes.is_readable(chat.unwrapped(payload))


def read(payload: object, kind: str | None) -> Normalized:
    """Return the alerts that a free payload describes."""
    payload = chat.unwrapped(payload)
    attempt = envelopes.challenge(payload, kind)
    if attempt is not None:
        return handshake(attempt)
    idle = envelopes.idle(payload, kind)
    if idle is not None:
        return ignored(idle)
    if not envelopes.is_readable(payload):
        return malformed(_why_unreadable(payload))
    read = found(
        _alerts(payload),
        otherwise="the list holds no alerts",
        left_out=envelopes.left_out(payload),
    )
    others = envelopes.others(payload) if isinstance(payload, list) else []
    return _noted(read, _told(others)) if others else read


def _noted(read: Normalized, note: str) -> Normalized:
    """Return the alerts with a note of what stood beside them; the last one bears it."""
    if not read.alerts:
        return read
    last = replace(read.alerts[-1], notes=(*read.alerts[-1].notes, note))
    return replace(read, alerts=(*read.alerts[:-1], last))


def _told(others: Sequence[str]) -> str:
    """Return what is left out of a list: `no alerts, so left out: an appointment (2)`."""
    counted = ", ".join(f"{kind} ({count})" for kind, count in Counter(others).items())
    return f"no alerts, so left out: {counted}"


def _why_unreadable(payload: object) -> str:
    kinds = list(dict.fromkeys(envelopes.others(payload)))
    if not kinds:
        wrong = naming.no_text(keyed(payload))
        return wrong or "nothing in it names an alert: no title, name, message or rule"
    return (
        f"it looks like {' and '.join(kinds)}: no state, severity, monitored thing or trouble in it"
    )


def _alerts(payload: object) -> Iterator[Alert]:
    for member, around in envelopes.members(payload):
        yield finish(freeform.draft(NAME, member, around))


def delivery_id(payload: object, headers: Mapping[str, str]) -> str | None:
    """Return the id that one of the common headers gives the delivery, or a CloudEvent has."""
    return freeform.delivery_id(payload, headers)


ADAPTER = Adapter(name=NAME, recognizes=recognizes, read=read, delivery_id=delivery_id)

"""What every sender's adapter is made of, and what it may answer.

An adapter reads the payload of one sender. It gets parsed JSON of any shape, answers always and
raises nothing: what it does not know is malformed, with a reason that a person understands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from models.records.alert import Alert, Normalized, Outcome


def _nothing(_payload: object, _headers: Mapping[str, str]) -> str | None:
    return None


def _never(_payload: object) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """Reads one sender.

    `recognizes` says in a few microseconds whether a payload that was posted to this sender's
    address has one of its shapes. `distinct` says it of a payload from anywhere: true only where no
    other sender's payload looks so, because it decides how a payload is read that came to the
    address of another sender. `delivery_id` is the sender's own id of one delivery, which a
    later update of the same alert does not share. `kind` is the kind of event that a header names.
    `free` senders let people write the payload: one of no known shape is read by its field names.
    `version` rises with what is read of a payload; it stands beside what was read.
    """

    name: str
    recognizes: Callable[[object, str | None], bool]
    read: Callable[[object, str | None], Normalized]
    distinct: Callable[[object], bool] = _never
    delivery_id: Callable[[object, Mapping[str, str]], str | None] = _nothing
    free: bool = False
    version: int = 1


def found(alerts: Iterable[Alert], *, otherwise: str, left_out: int = 0) -> Normalized:
    """Return the alerts, or that the payload is to be ignored where there are none.

    Args:
        alerts: What was read.
        otherwise: Why there may be none.
        left_out: How many more there were than are read of one payload; the last alert says it.
    """
    several = tuple(alerts)
    if not several:
        return ignored(otherwise)
    if left_out:
        note = f"the payload holds {left_out} more alerts, which are left out"
        several = (*several[:-1], replace(several[-1], notes=(*several[-1].notes, note)))
    return Normalized(outcome=Outcome.ALERT, alerts=several)


def together(several: Sequence[Normalized]) -> Normalized:
    """Return the alerts of all that one body held; where none has any, what the first one is."""
    alerts = tuple(alert for one in several if one.outcome is Outcome.ALERT for alert in one.alerts)
    return Normalized(outcome=Outcome.ALERT, alerts=alerts) if alerts else several[0]


def ignored(reason: str, alerts: Iterable[Alert] = ()) -> Normalized:
    """Return that the payload is understood and holds nothing to act on."""
    return Normalized(outcome=Outcome.IGNORE, reason=reason, alerts=tuple(alerts))


def handshake(reason: str) -> Normalized:
    """Return that the sender only tries out or sets up the connection."""
    return Normalized(outcome=Outcome.HANDSHAKE, reason=reason)


def malformed(reason: str) -> Normalized:
    """Return that the payload has no shape that the adapter knows."""
    return Normalized(outcome=Outcome.MALFORMED, reason=reason)

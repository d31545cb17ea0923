"""What people do with an incident: acknowledge, assign, resolve and the like.

Each change is one transaction of the caller: the incident one version further, a line of its
timeline, a row of the audit log, and what others are to be told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from psycopg import Connection

from models.errors import Refused, WrongUse
from models.records.incident import LIVE, EntryKind, Incident, IncidentStatus
from models.records.notice import IncidentChange
from models.records.severity import Severity
from models.store import incident_memory, incidents, inventory, regrouping
from tasks.alerts.notices import plan

Status = IncidentStatus
Rows = Connection[tuple[Any, ...]]
_LONGEST_TEXT = 10_000
_LONGEST_NAME = 100
_SHOWN_ALERTS = 3
SET_BY_HAND = "severity_set_by"  # the label that keeps grouping from changing a severity
TEAM_SET_BY = "team_set_by"  # the label that tells enrichment whose choice a team was


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who changes an incident, when and why. `version` is what they had read, where they say so."""

    actor: str
    reason: str = ""
    version: int | None = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What the timeline says of a change, and what others are told of."""

    kind: EntryKind
    text: str
    data: Mapping[str, Any] = field(default_factory=dict)
    told: frozenset[str] = frozenset()


def acknowledge(conn: Rows, name: int | str, act: Act) -> Incident:
    """Say that somebody looks at it.

    Raises:
        Refused: It is not open.
        WrongUse: There is no such incident.
    """
    found = _held(conn, name)
    _expect(found, (Status.OPEN,), "acknowledged")
    line = _status_line(found, Status.ACKNOWLEDGED, act, told={"acknowledged"})
    return record(conn, found, act, line, status=Status.ACKNOWLEDGED, acknowledged_at=act.at)


def investigate(conn: Rows, name: int | str, act: Act) -> Incident:
    """Say that somebody works on it; that acknowledges it as well.

    Raises:
        Refused: It is neither open nor acknowledged.
    """
    found = _held(conn, name)
    _expect(found, (Status.OPEN, Status.ACKNOWLEDGED), "investigated")
    line = _status_line(found, Status.INVESTIGATING, act, told={"acknowledged"})
    first = found.acknowledged_at or act.at
    return record(conn, found, act, line, status=Status.INVESTIGATING, acknowledged_at=first)


def mitigate(conn: Rows, name: int | str, act: Act) -> Incident:
    """Note that its effect is over while work goes on.

    Raises:
        Refused: It is not live, or was noted before.
    """
    found = _held(conn, name)
    _expect(found, LIVE, "mitigated")
    if found.mitigated_at is not None:
        raise Refused(f"{found.reference} is mitigated since {_moment(found.mitigated_at)}")
    line = Line(
        kind=EntryKind.STATUS,
        text=_because(f"{act.actor} noted that the effect is over", act),
        data={"mitigated": True},
        told=frozenset({"updated"}),
    )
    return record(conn, found, act, line, mitigated_at=act.at)


def assign(
    conn: Rows, name: int | str, act: Act, assignee: str | None, team: str | None = None
) -> Incident:
    """Give it to a person, a team, or both; what is None stays.

    Raises:
        WrongUse: Neither is given, or a name is empty or too long.
        Refused: It is merged or closed.
    """
    if assignee is None and team is None:
        raise WrongUse("say who: a person, or --team TEAM")
    given = (("assignee", assignee), ("owner_team", team))
    values = {key: _name(value) for key, value in given if value is not None}
    found = _held(conn, name)
    _expect(found, (*LIVE, Status.RESOLVED), "assigned")
    line = Line(
        kind=EntryKind.ASSIGNMENT,
        text=_because(f"{act.actor} assigned the incident to {' of '.join(values.values())}", act),
        data={**values, "before": {key: getattr(found, key) for key in values}},
        told=frozenset({"assigned"}),
    )
    labels = {**found.labels, TEAM_SET_BY: act.actor} if team else found.labels
    return record(conn, found, act, line, **values, labels=labels)


def comment(conn: Rows, name: int | str, act: Act, text: str) -> Incident:
    """Add a note to the timeline; a closed incident takes notes too.

    Raises:
        WrongUse: The note is empty or too long.
    """
    words = text.strip()
    if not words or len(words) > _LONGEST_TEXT:
        raise WrongUse(f"a note has 1 to {_LONGEST_TEXT:,} characters")
    found = _held(conn, name)
    _expect(found, (*LIVE, Status.RESOLVED, Status.CLOSED), "commented on")
    return record(conn, found, act, Line(kind=EntryKind.NOTE, text=words))


def change_severity(conn: Rows, name: int | str, act: Act, severity: Severity) -> Incident:
    """Set the severity by hand; from then on alerts do not change it.

    Raises:
        Refused: No reason is given, it has that severity, or is merged or closed.
    """
    if not act.reason.strip():
        raise WrongUse("a change of severity needs a reason: --reason 'why'")
    found = _held(conn, name)
    _expect(found, (*LIVE, Status.RESOLVED), "changed")
    if found.severity is severity:
        raise Refused(f"{found.reference} is {severity} already")
    before = found.severity or "unknown"
    line = Line(
        kind=EntryKind.SEVERITY,
        text=_because(f"{act.actor} changed the severity from {before} to {severity}", act),
        data={"from": found.severity, "to": severity},
        told=frozenset({"severity"}),
    )
    labels = {**found.labels, SET_BY_HAND: act.actor}
    return record(conn, found, act, line, severity=severity, labels=labels)


def resolve(conn: Rows, name: int | str, act: Act, *, force: bool = False) -> Incident:
    """Say that it is over.

    Raises:
        Refused: It is not live, or alerts of it still fire and nobody forced it with a reason.
    """
    incident_memory.lock(conn)
    found = _held(conn, name)
    _expect(found, LIVE, "resolved")
    firing = regrouping.firing(conn, found.id)
    if firing and not force:
        raise Refused(_still_firing(found, firing))
    if firing and not act.reason.strip():
        raise WrongUse("--force needs a reason: --reason 'why it is over although alerts fire'")
    data = {"firing": [alert_id for alert_id, _ in firing]} if firing else {}
    line = _status_line(found, Status.RESOLVED, act, told={"resolved"}, data=data)
    regrouping.amend(conn, found.id, act.at, live=False, resolved_at=act.at.isoformat())
    return record(conn, found, act, line, status=Status.RESOLVED, resolved_at=act.at)


def reopen(conn: Rows, name: int | str, act: Act) -> Incident:
    """Take a resolved incident up again; until it expires it has as long as a new one.

    Raises:
        Refused: It is not resolved; a closed one stays closed.
    """
    incident_memory.lock(conn)
    found = _held(conn, name)
    _expect(found, (Status.RESOLVED,), "reopened")
    line = _status_line(found, Status.OPEN, act, told={"reopened"})
    heard = act.at.isoformat()
    regrouping.amend(conn, found.id, act.at, live=True, resolved_at=None, last_event_at=heard)
    values = {"status": Status.OPEN, "resolved_at": None, "last_event_at": act.at}
    return record(conn, found, act, line, **values)


def close(conn: Rows, name: int | str, act: Act) -> Incident:
    """Put a resolved incident away: it takes no alerts any more.

    Raises:
        Refused: It is not resolved.
    """
    incident_memory.lock(conn)
    found = _held(conn, name)
    _expect(found, (Status.RESOLVED,), "closed")
    line = _status_line(found, Status.CLOSED, act)
    regrouping.amend(conn, found.id, act.at, closed=True)
    return record(conn, found, act, line, status=Status.CLOSED, closed_at=act.at)


class PlainAct(NamedTuple):
    """A change that asks for nothing but a reason, and what people read of it."""

    change: Callable[[Rows, int | str, Act], Incident]
    summary: str


PLAIN_ACTS = {
    "ack": PlainAct(acknowledge, "Say that you look at it"),
    "investigate": PlainAct(investigate, "Say that you work on it"),
    "mitigate": PlainAct(mitigate, "Note that the effect is over while work goes on"),
    "reopen": PlainAct(reopen, "Take a resolved incident up again; a closed one stays closed"),
    "close": PlainAct(close, "Put a resolved incident away; it takes no alerts any more"),
}


def record(conn: Rows, found: Incident, act: Act, line: Line, **values: Any) -> Incident:
    """Write a change with its line of the timeline, its row of the audit log and its notices."""
    after = incidents.change(conn, found.id, act.at, version=act.version, **values)
    incidents.add_entries(
        conn, [(found.id, act.at, "ours", line.kind, act.actor, line.text, line.data, ())]
    )
    detail = {"text": line.text, "version": after.version, **line.data}
    inventory.add_audit(conn, act.actor, f"incident-{line.kind}", found.reference, detail)
    if line.told:
        plan(conn, [IncidentChange(incident=after, kinds=line.told)])
    return after


def _held(conn: Rows, name: int | str) -> Incident:
    """Return an incident with its row held, so that what is decided on it stays true."""
    (found,) = incidents.locked(conn, [incidents.incident(conn, name).id])
    if found.merged_into is not None:
        target = incidents.incident(conn, found.merged_into)
        raise Refused(f"{found.reference} was merged into {target.reference}; use that one")
    return found


def _expect(found: Incident, allowed: Collection[IncidentStatus], wanted: str) -> None:
    if found.status in allowed:
        return
    since = {
        Status.ACKNOWLEDGED: found.acknowledged_at,
        Status.RESOLVED: found.resolved_at,
        Status.CLOSED: found.closed_at,
    }.get(found.status)
    told = f" since {_moment(since)}" if since else ""
    raise Refused(
        f"{found.reference} is {found.status}{told} and cannot be {wanted}; that needs"
        f" {' or '.join(allowed)}"
    )


def _status_line(
    found: Incident,
    to: IncidentStatus,
    act: Act,
    told: Collection[str] = (),
    data: Mapping[str, Any] | None = None,
) -> Line:
    words = {Status.OPEN: "reopened", Status.INVESTIGATING: "began to investigate"}
    text = f"{act.actor} {words.get(to, to)} the incident"
    if data and data.get("firing"):
        text += f" while {len(data['firing'])} of its alerts fired"
    return Line(
        kind=EntryKind.STATUS,
        text=_because(text, act),
        data={"from": found.status, "to": to, **(data or {})},
        told=frozenset(told),
    )


def _still_firing(found: Incident, firing: list[tuple[int, str]]) -> str:
    first = ", ".join(f"{title[:60]} (alert {number})" for number, title in firing[:_SHOWN_ALERTS])
    more = f" and {len(firing) - _SHOWN_ALERTS} more" if len(firing) > _SHOWN_ALERTS else ""
    return (
        f"{found.reference} still fires: {first}{more}; resolve it when they have ended, or with"
        " --force --reason 'why'"
    )


def _because(text: str, act: Act) -> str:
    reason = act.reason.strip()
    if len(reason) > _LONGEST_TEXT:
        raise WrongUse(f"a reason has at most {_LONGEST_TEXT:,} characters")
    return f"{text}: {reason}" if reason else text


def _name(value: str) -> str:
    found = value.strip()
    if not found or len(found) > _LONGEST_NAME or not found.isprintable():
        raise WrongUse(f"a name has 1 to {_LONGEST_NAME} printable characters")
    return found


def _moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"

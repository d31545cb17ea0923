"""What a batch adds to timelines, and of what others are to be told.

A repeat of what is known adds nothing, and while an alert flaps its turns are not told one by one:
a storm writes as much as it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.records.alert import AlertStatus
from models.records.grouping import Action
from models.records.incident import EntryKind, IncidentStatus
from models.records.notice import IncidentChange
from models.store import incidents
from models.store.incidents import NewEntry
from tasks.alerts.grouping import IncidentMemory
from tasks.alerts.incidents.handling import SET_BY_HAND
from tasks.alerts.notices import plan
from tasks.alerts.triage.episodes import Placed
from tasks.alerts.triage.incident_rows import ACTOR, status_of
from tasks.alerts.triage.saving import Writing


@dataclass(slots=True)
class Told:
    """Lines of timelines, and what changed of each incident by its id."""

    lines: list[NewEntry] = field(default_factory=list)
    kinds: dict[int, set[str]] = field(default_factory=dict)

    def note(self, incident_id: int, kind: str) -> None:
        """Note that others are to be told of this."""
        self.kinds.setdefault(incident_id, set()).add(kind)

    def merge(self, other: Told) -> None:
        """Take over what another one told."""
        self.lines += other.lines
        for incident_id, kinds in other.kinds.items():
            self.kinds.setdefault(incident_id, set()).update(kinds)


def tell(writing: Writing, placed: Sequence[Placed]) -> Told:
    """Write the timelines and the notices of what was written."""
    told = Told()
    _tell_events(writing, placed, told)
    return finish(writing, told)


def finish(writing: Writing, told: Told) -> Told:
    """Add what changed of incidents as a whole, and write it all."""
    for memory in writing.changes.incidents:
        _tell_incident(writing, memory, told)
    incidents.add_entries(writing.conn, told.lines)
    changed = [
        IncidentChange(incident=found, kinds=frozenset(told.kinds[found.id]))
        for found in incidents.many(writing.conn, told.kinds)
    ]
    plan(writing.conn, changed)
    return told


def _tell_events(writing: Writing, placed: Iterable[Placed], told: Told) -> None:
    known = {
        key: (str(row.incident_id) if row.incident_id else None, row.status)
        for key, row in writing.loaded.alerts.items()
    }
    for one in placed:
        key, status = one.event.signal.dedup_key, one.event.signal.status
        number = writing.id_of(one.incident)
        if number is not None and one.placement.action is Action.GROUP:
            _tell_turn(one, number, writing, known.get(key), told)
        known[key] = (one.incident, status)


def _tell_turn(
    one: Placed,
    number: int,
    writing: Writing,
    before: tuple[str | None, str] | None,
    told: Told,
) -> None:
    joined = before is None or before[0] != one.incident
    placement = one.placement
    if placement.opened:
        told.lines.append(
            _line(number, one, EntryKind.STATUS, "The incident was opened", to="open")
        )
        told.note(number, "opened")
    if placement.reopened:
        text = "The incident was reopened: the condition came up again"
        told.lines.append(_line(number, one, EntryKind.STATUS, text, to="open"))
        told.note(number, "reopened")
    if joined or (not placement.flapping and _turned(before, one)):
        told.lines.append(_alert_line(number, one, writing))
    if joined:
        told.lines.append(_grouped_line(number, one, writing))
        told.note(number, "updated")
    if placement.resolved:
        text = "The incident was resolved: all of its alerts have ended"
        told.lines.append(_line(number, one, EntryKind.STATUS, text, to="resolved"))
        told.note(number, "resolved")


def _turned(before: tuple[str | None, str] | None, one: Placed) -> bool:
    if before is None:
        return True
    was, now = before[1], one.event.signal.status
    return (was == AlertStatus.RESOLVED) != (now is AlertStatus.RESOLVED)


def _alert_line(number: int, one: Placed, writing: Writing) -> NewEntry:
    signal = one.event.signal
    over = signal.status is AlertStatus.RESOLVED
    kind = EntryKind.ALERT_RESOLVED if over else EntryKind.ALERT_FIRED
    alert_id = writing.alert_ids[signal.event_id]
    data = {"alert_id": alert_id, "status": signal.status, "vendor": one.event.vendor}
    if signal.severity:
        data["severity"] = signal.severity
    # By the clock of who says so: an alert that came late stands where it happened.
    at, clock = (signal.occurred_at, "sender") if one.event.timed else (signal.received_at, "ours")
    return (number, at, clock, kind, ACTOR, signal.title, data, (f"alert:{alert_id}",))


def _grouped_line(number: int, one: Placed, writing: Writing) -> NewEntry:
    explanation = one.placement.explanation
    alert_id = writing.alert_ids[one.event.signal.event_id]
    data: dict[str, Any] = {
        "alert_id": alert_id,
        "rule": explanation.rule,
        "policy": explanation.policy,
    }
    if explanation.score is not None:
        data["score"] = explanation.score
    at = one.event.signal.received_at
    return (
        *(number, at, "ours", EntryKind.GROUPED, ACTOR, explanation.sentence, data),
        (f"alert:{alert_id}",),
    )


def _line(number: int, one: Placed, kind: EntryKind, text: str, **data: Any) -> NewEntry:
    return (number, one.event.signal.received_at, "ours", kind, ACTOR, text, data, ())


def _tell_incident(writing: Writing, memory: IncidentMemory, told: Told) -> None:
    was = writing.loaded.incidents.get(memory.ref)
    if memory.merged_into is not None:
        told.lines += _merge_lines(writing, memory, told)
        return
    number = writing.id_of(memory.ref)
    if was is None or number is None:
        return
    before = was.severity
    if SET_BY_HAND not in was.labels and memory.severity != before:
        text = f"The severity changed from {before or 'unknown'} to {memory.severity or 'unknown'}"
        data = {"from": before, "to": memory.severity}
        told.lines.append((number, writing.at, "ours", EntryKind.SEVERITY, ACTOR, text, data, ()))
        told.note(number, "severity")
    _tell_status(writing, memory, number, told)


def _tell_status(writing: Writing, memory: IncidentMemory, number: int, told: Told) -> None:
    """Tell of a status that no event of the batch led to, but time did."""
    was = writing.loaded.incidents[memory.ref]
    status = status_of(memory, was)
    kinds = told.kinds.get(number, set())
    if status == was.status or kinds & {"reopened", "resolved"}:
        return
    kind = "resolved" if status is IncidentStatus.RESOLVED else "reopened"
    text = (
        "The incident was resolved: nothing was heard of its alerts any more"
        if kind == "resolved"
        else "The incident was reopened"
    )
    data = {"from": was.status, "to": status}
    told.lines.append((number, writing.at, "ours", EntryKind.STATUS, ACTOR, text, data, ()))
    told.note(number, kind)


def _merge_lines(writing: Writing, memory: IncidentMemory, told: Told) -> Iterator[NewEntry]:
    """Yield the lines of a merge, on both sides where both are stored."""
    target = writing.id_of(memory.ref)
    if target is None or memory.ref not in writing.loaded.incidents:
        return
    gone = int(memory.ref)
    data: Mapping[str, Any] = {"incident_id": gone, "into": target}
    text = "The incident was merged into another: one failure explains both"
    yield (gone, writing.at, "ours", EntryKind.MERGE, ACTOR, text, data, ())
    reference = writing.loaded.incidents[memory.ref].reference
    taken = f"{reference} was merged into this incident: one failure explains both"
    yield (target, writing.at, "ours", EntryKind.MERGE, ACTOR, taken, data, ())
    told.note(gone, "merged")
    told.note(target, "updated")

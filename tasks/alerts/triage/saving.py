"""Writing what grouping decided: incidents, alerts, events and words, set-based.

References such as `new-1` become ids here; what was merged in the same batch never gets one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec
from psycopg import Connection

from models.records.grouping import Action, Explanation
from models.records.triage import EventRow, IncidentRow
from models.store import alerts, incident_memory
from tasks.alerts.grouping import AlertMemory, IncidentMemory
from tasks.alerts.grouping.memory import CHAIN, Changes
from tasks.alerts.triage.episodes import Placed, alert_row, decided, episodes
from tasks.alerts.triage.incident_rows import NOTHING_SAID, Said, incident_row, said_of
from tasks.alerts.triage.loading import Loaded
from tasks.alerts.triage.preparing import event_of

Rows = Connection[tuple[Any, ...]]
STREAM = ""  # production is one history


@dataclass(slots=True)
class Writing:
    """One batch while it is written.

    `at` is our clock, `ids` are the incidents' ids by reference, `alert_ids` the alerts' ids by
    event and `key_ids` by key. `said` is what is known of incidents beside the batch's events.
    """

    conn: Rows
    loaded: Loaded
    changes: Changes
    at: datetime
    flow_run_id: str | None = None
    ids: dict[str, int] = field(default_factory=dict)
    alert_ids: dict[str, int] = field(default_factory=dict)
    key_ids: dict[str, int] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)

    def final(self, ref: str | None) -> str | None:
        """Return the incident that one lives on in, itself as a rule."""
        for _ in range(CHAIN):
            if ref is None or ref not in self.changes.merged:
                return ref
            ref = self.changes.merged[ref]
        return ref

    def id_of(self, ref: str | None) -> int | None:
        """Return the id of an incident."""
        last = self.final(ref)
        if last is None:
            return None
        return self.ids[last] if last in self.ids else int(last)


def write(writing: Writing, placed: Sequence[Placed]) -> None:
    """Write a batch: new incidents first, since alerts name them, then alerts, then changes."""
    incidents = [one for one in writing.changes.incidents if one.stream == STREAM]
    new = [one for one in incidents if _is_new(one) and one.merged_into is None]
    known = [one for one in incidents if not _is_new(one)]
    told = {**said_of(placed), **writing.said}
    rows = [_row(writing, one, told) for one in new]
    writing.ids.update(incident_memory.add(writing.conn, rows, writing.at))
    _write_alerts(writing, placed)
    changed = {int(one.ref): _row(writing, one, told) for one in known}
    incident_memory.change(writing.conn, changed, writing.at)
    _write_merges(writing, known)
    _write_roots(writing, [*new, *known])
    _write_tokens(writing, [*new, *known])


def _is_new(memory: IncidentMemory) -> bool:
    return not memory.ref.isdigit()


def _row(writing: Writing, memory: IncidentMemory, told: Mapping[str, Said]) -> IncidentRow:
    was = writing.loaded.incidents.get(memory.ref)
    into = writing.id_of(memory.merged_into) if memory.merged_into else None
    renamed = msgspec.structs.replace(memory, merged_into=str(into) if into else None)
    row = incident_row(renamed, was, told.get(memory.ref, NOTHING_SAID), writing.at)
    return replace(row, merged_into=into, flow_run_id=None if was else writing.flow_run_id)


def _write_alerts(writing: Writing, placed: Sequence[Placed]) -> None:
    memory = writing.loaded.memory

    def memory_of(key: str) -> AlertMemory | None:
        return memory.alert(STREAM, key)

    for found in episodes(placed, writing.loaded.alerts, memory_of):
        rows = [alert_row(one, memory_of(one.key), writing.id_of(one.incident)) for one in found]
        ids = alerts.save(writing.conn, rows)
        writing.key_ids.update(ids)
        for episode in found:
            for one in episode.events:
                writing.alert_ids[one.event.signal.event_id] = ids[episode.key]
    alerts.add_events(writing.conn, [_event_row(writing, one) for one in placed])
    alerts.adopt_events(writing.conn, list(_adopted(writing)))
    others = (one for one in writing.changes.alerts if one.dedup_key not in writing.key_ids)
    alerts.save_memories(writing.conn, [row for one in others if (row := _other(writing, one))])


def _other(writing: Writing, memory: AlertMemory) -> dict[str, Any] | None:
    """Return the row of an alert that the batch holds no event of."""
    stored = writing.loaded.alerts.get(memory.dedup_key)
    if stored is None:
        return None
    incident_id = writing.id_of(memory.incident)
    named = str(incident_id) if incident_id is not None else None
    renamed = msgspec.structs.replace(memory, incident=named)
    return {"id": stored.id, "incident_id": incident_id, **decided(renamed)}


def _event_row(writing: Writing, one: Placed) -> EventRow:
    event, signal = one.event, one.event.signal
    return EventRow(
        alert_id=writing.alert_ids[signal.event_id],
        delivery_id=event.delivery_id,
        copy=event.copy,
        position=event.position,
        status=signal.status,
        severity=event.alert.severity,
        occurred_at=signal.occurred_at,
        received_at=signal.received_at,
        timed=event.timed,
        action=Action.GROUP if one.incident else one.placement.action,
        incident_id=writing.id_of(one.incident),
        explanation=explained(writing, one.placement.explanation),
    )


def explained(writing: Writing, explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as it is stored, with the ids of incidents in place of references."""
    found: dict[str, Any] = msgspec.to_builtins(explanation)
    for name in ("chosen", "best_rejected"):
        candidate = found.get(name)
        if candidate:
            number = writing.id_of(candidate["incident"])
            found[name] = {**candidate, "incident": str(number)}
    return found


def _adopted(writing: Writing) -> Iterable[dict[str, Any]]:
    for event_id, ref in writing.changes.adopted.items():
        if place := event_of(event_id):
            names = dict(zip(("delivery_id", "copy", "position"), place, strict=True))
            yield {**names, "incident_id": writing.id_of(ref)}


def _write_merges(writing: Writing, known: Sequence[IncidentMemory]) -> None:
    into = {
        int(one.ref): target
        for one in known
        if one.merged_into is not None and (target := writing.id_of(one.ref)) is not None
    }
    moved = {gone: target for gone, target in into.items() if gone != target}
    incident_memory.move_alerts(writing.conn, moved)
    incident_memory.drop_tokens(writing.conn, moved)


def _write_roots(writing: Writing, incidents: Sequence[IncidentMemory]) -> None:
    wanted = {one.ref: one.root_key for one in incidents if one.root_key and not one.merged_into}
    ids = {row.dedup_key: row.id for row in writing.loaded.alerts.values()}
    ids.update(writing.key_ids)
    if missing := set(wanted.values()) - ids.keys():
        ids.update((row.dedup_key, row.id) for row in alerts.memories(writing.conn, missing))
    roots = {
        number: ids[key]
        for ref, key in wanted.items()
        if (number := writing.id_of(ref)) is not None and key in ids
    }
    incident_memory.set_roots(writing.conn, roots)


def _write_tokens(writing: Writing, incidents: Sequence[IncidentMemory]) -> None:
    words = [
        (token, number, writing.at)
        for one in incidents
        if one.merged_into is None
        and not one.closed
        and (number := writing.id_of(one.ref)) is not None
        for token in one.tokens
    ]
    incident_memory.save_tokens(writing.conn, words)

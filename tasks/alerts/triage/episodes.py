"""The alert rows of a batch: an episode begins where a key stands in another incident."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from models.records.alert import AlertStatus, Classification
from models.records.grouping import Placement
from models.records.triage import AlertRow, RememberedAlert
from tasks.alerts.grouping import AlertMemory
from tasks.alerts.triage.preparing import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An event with what was decided; `incident` is where it stands at the end of the batch."""

    event: Event
    placement: Placement
    incident: str | None


@dataclass(slots=True)
class Episode:
    """Events of one key that stand in one incident, or in none; `last` of its key in the batch."""

    key: str
    incident: str | None
    new: bool
    events: list[Placed] = field(default_factory=list)
    last: bool = True


def episodes(
    placed: Iterable[Placed],
    known: Mapping[str, RememberedAlert],
    memory_of: Callable[[str], AlertMemory | None],
) -> list[list[Episode]]:
    """Return the episodes of a batch in rounds: the first of each key, then the second, and so on.

    Args:
        placed: The events in their order.
        known: The current episodes that are stored, by key.
        memory_of: What grouping remembers of a key now.
    """
    found: dict[str, list[Episode]] = {}
    for one in placed:
        of_key = found.setdefault(one.event.signal.dedup_key, [])
        if not of_key:
            of_key.append(_first(one, known))
        elif _leaves(of_key[-1].incident, one.incident):
            of_key[-1].last = False
            of_key.append(Episode(one.event.signal.dedup_key, one.incident, new=True))
        of_key[-1].incident = one.incident or of_key[-1].incident
        of_key[-1].events.append(one)
    for key, of_key in found.items():
        _let_go(of_key[-1], memory_of(key))
    most = max(map(len, found.values()), default=0)
    return [[of_key[n] for of_key in found.values() if n < len(of_key)] for n in range(most)]


def alert_row(episode: Episode, memory: AlertMemory | None, incident_id: int | None) -> AlertRow:
    """Return the row of an episode; `memory` is what grouping remembers of its key now."""
    first, last = episode.events[0].event, episode.events[-1].event
    alert, read, found = last.alert, last.extraction, last.classification
    predicted = alert.severity is None
    row = AlertRow(
        dedup_key=episode.key,
        vendor=last.vendor,
        delivery_id=last.delivery_id,
        external_id=alert.external_id,
        rule=alert.rule,
        title=alert.title,
        description=alert.description,
        status=alert.status,
        severity=alert.severity,
        severity_raw=alert.severity_raw,
        predicted_severity=found.severity if predicted else None,
        predicted_team=found.team,
        confidence_score=found.severity_confidence if predicted and found.severity else None,
        classification=_classification(found),
        service_name=last.signal.service,
        host=last.signal.host,
        environment=last.signal.environment,
        region=last.signal.region,
        error_code=read.error_code,
        entity_id=read.entity_id,
        entity_confidence=read.entity_confidence,
        entity_hint=read.entity_hint,
        labels=alert.labels,
        links=alert.links,
        notes=alert.notes,
        alert_timestamp=first.signal.occurred_at,
        created_at=first.signal.received_at,
        last_seen_at=last.signal.received_at,
        ends_at=alert.ends_at,
        resolved_at=last.signal.received_at if alert.status is AlertStatus.RESOLVED else None,
        occurrences=len(episode.events),
        action=episode.events[-1].placement.action,
        incident_id=incident_id,
        suppressed_by=episode.events[-1].placement.window_ids,
        new_episode=episode.new,
    )
    return _remembering(row, memory) if memory is not None and episode.last else row


def decided(memory: AlertMemory) -> dict[str, Any]:
    """Return the columns of an alert that grouping decides, but for its incident."""
    return {
        "status": memory.status,
        "action": memory.action,
        "flapping": memory.flapping,
        "resolved_at": memory.resolved_at,
        "suppressed_by": tuple(memory.window_ids),
        "memory": msgspec.to_builtins(memory),
    }


def _remembering(row: AlertRow, memory: AlertMemory) -> AlertRow:
    incident = str(row.incident_id) if row.incident_id is not None else None
    return replace(row, **decided(msgspec.structs.replace(memory, incident=incident)))


def _first(one: Placed, known: Mapping[str, RememberedAlert]) -> Episode:
    stored = known.get(one.event.signal.dedup_key)
    if stored is None:
        return Episode(one.event.signal.dedup_key, one.incident, new=False)
    before = str(stored.incident_id) if stored.incident_id is not None else None
    new = _leaves(before, one.incident)
    return Episode(one.event.signal.dedup_key, one.incident if new else before, new=new)


def _let_go(episode: Episode, memory: AlertMemory | None) -> None:
    """Begin a row of its own for a condition that came up again and stands in no incident yet."""
    placed = any(one.incident is not None for one in episode.events)
    if episode.incident is not None and not placed and memory and memory.incident is None:
        episode.new, episode.incident = True, None


def _leaves(before: str | None, after: str | None) -> bool:
    """Tell whether a condition that stood in an incident comes up in another one."""
    return before is not None and after is not None and before != after


def _classification(found: Classification) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(found)
    return {name: value for name, value in told.items() if value is not None}

"""The row of an incident as grouping leaves it, under what a person decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from generators.incidents.facts import change_fact
from models.records.asset import AssetChange
from models.records.grouping import Explanation
from models.records.incident import LIVE, IncidentStatus
from models.records.severity import Severity
from models.records.triage import IncidentRow, RememberedIncident
from tasks.alerts.grouping import IncidentMemory
from tasks.alerts.incidents.handling import SET_BY_HAND, TEAM_SET_BY
from tasks.alerts.incidents.remembering import affected
from tasks.alerts.triage.episodes import Placed

Status = IncidentStatus
ACTOR = "nightshift"
DURING_MAINTENANCE = {"started": "during maintenance"}
_ENRICH_FROM = 3  # alerts; and again whenever they have doubled
_ENRICH_AFTER = timedelta(seconds=3)  # more alerts of the same trouble follow within seconds
_GRAVE = (Severity.CRITICAL, Severity.HIGH)


@dataclass(slots=True)
class Said:
    """What the events of a batch say of one incident.

    `opening` explains what opened it, `ended_at` is when the event reached us that resolved it.
    """

    opening: Explanation | None = None
    team: str | None = None
    region: str | None = None
    ended_at: datetime | None = None


NOTHING_SAID = Said()


def said_of(placed: Iterable[Placed]) -> dict[str, Said]:
    """Return what the events say of each incident, by the reference that they were placed in."""
    found: dict[str, Said] = {}
    for one in placed:
        ref, signal = one.placement.incident, one.event.signal
        if ref is None:
            continue
        said = found.setdefault(ref, Said())
        if one.placement.opened:
            said.opening = one.placement.explanation
        said.team = said.team or one.event.classification.team
        said.region = said.region or signal.region
        if one.placement.resolved:
            said.ended_at = signal.received_at
    return found


def incident_row(
    memory: IncidentMemory, was: RememberedIncident | None, said: Said, at: datetime
) -> IncidentRow:
    """Return the row to write; `was` is the one that was loaded, None for a new incident."""
    status = status_of(memory, was)
    by_hand = was is not None and SET_BY_HAND in was.labels
    return IncidentRow(
        ref=memory.ref,
        title=memory.title,
        status=status,
        severity=was.severity if was and by_hand else memory.severity,
        started_at=memory.started_at,
        detected_at=memory.opened_at,
        last_event_at=memory.last_event_at,
        memory=msgspec.to_builtins(memory),
        affected_services=tuple(memory.services),
        affected_entities=tuple(affected(memory)),
        environment=memory.environment,
        region=said.region,
        owner_team=said.team,
        alert_count=memory.member_count,
        event_count=memory.event_count,
        firing_count=memory.firing,
        flapping=memory.flapping,
        root_key=memory.root_key,
        grouping=_grouping(said),
        change_refs=_changes(said, memory.started_at),
        resolved_at=_resolved_at(status, memory, was, said),
        maintenance_id=memory.maintenance,
        labels=_labels(memory, said) if was is None else {},
        enrich_after=at + _ENRICH_AFTER if _needs_summary(memory, was) else None,
        version=was.version if was else 0,
    )


def status_of(memory: IncidentMemory, was: RememberedIncident | None) -> IncidentStatus:
    """Return the status that grouping leads to; what a person decided stays where it may."""
    if memory.merged_into is not None:
        return Status.MERGED
    if was is None:
        return Status.OPEN if memory.live else Status.RESOLVED
    before = Status(was.status)
    if before in LIVE and not memory.live:
        return Status.RESOLVED
    if before is Status.RESOLVED and memory.live:
        return Status.OPEN
    return before


def _resolved_at(
    status: IncidentStatus, memory: IncidentMemory, was: RememberedIncident | None, said: Said
) -> datetime | None:
    """Return when it was resolved by our clock; the sender's is in the timeline."""
    if status in LIVE:
        return None
    stood = was.resolved_at if was and Status(was.status) not in LIVE else None
    return said.ended_at or stood or memory.resolved_at


def _labels(memory: IncidentMemory, said: Said) -> dict[str, str]:
    found = dict(DURING_MAINTENANCE) if memory.maintenance else {}
    # So that a later look at all of its alerts may give it to another team, unless a person did.
    return {**found, TEAM_SET_BY: ACTOR} if said.team else found


def _grouping(said: Said) -> dict[str, Any]:
    if said.opening is None:
        return {}
    found: dict[str, Any] = msgspec.to_builtins(said.opening)
    return {name: found[name] for name in ("rule", "policy", "sentence", "score") if name in found}


def _changes(said: Said, began: datetime) -> tuple[str, ...]:
    """Return what changed just before, as the event that opened the incident has it."""
    facts: Mapping[str, Any] = said.opening.facts if said.opening else {}
    return tuple(_change(one, began) for one in facts.get("changes", ()))


def _change(told: Mapping[str, Any], began: datetime) -> str:
    """Return a change in the words in which enrichment tells it later."""
    unseen = told.get("unseen_at")
    change = AssetChange(
        asset_id="",
        kind=told["kind"],
        name=told["asset"],
        change=told["change"],
        at=datetime.fromisoformat(told["at"]),
        field=told["field"] or None,
        before=told.get("before"),
        after=told.get("after"),
        unseen_at=datetime.fromisoformat(unseen) if unseen else None,
    )
    return change_fact(change, began)


def _needs_summary(memory: IncidentMemory, was: RememberedIncident | None) -> bool:
    """Tell whether so much has come to an incident that its summary is worth writing anew."""
    before = int(was.memory.get("member_count", 0)) if was else 0
    if memory.severity in _GRAVE and (was is None or memory.severity != was.memory.get("severity")):
        return True
    return _step(memory.member_count) > _step(before)


def _step(alerts: int) -> int:
    """Return how often alerts have doubled from where the first summary is due; 0 below it."""
    return (alerts // _ENRICH_FROM).bit_length()

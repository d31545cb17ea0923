"""The working set of grouping, restored from what is stored; people's decisions stand over it.

What a person decided (resolved, closed, merged, split, a severity set by hand) is in the columns,
and the columns win over what grouping remembers.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from psycopg import Connection

from models.records.alert import AlertStatus
from models.records.grouping import Action, Signal
from models.records.incident import LIVE, IncidentStatus
from models.records.severity import Severity
from models.records.triage import RememberedAlert, RememberedIncident
from models.store import alerts, incident_memory
from tasks.alerts.grouping import AlertMemory, IncidentMemory, Memory, tokens_of
from tasks.alerts.grouping.policy import Policy
from tasks.alerts.grouping.topology import Topology
from tasks.alerts.incidents.handling import SET_BY_HAND

Rows = Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The memory with the rows that it came from: alerts by key, incidents by reference."""

    memory: Memory
    alerts: Mapping[str, RememberedAlert]
    incidents: Mapping[str, RememberedIncident]


def load(conn: Rows, signals: Sequence[Signal], topology: Topology, policy: Policy) -> Loaded:
    """Return what grouping needs for these signals: their keys, and incidents under their words."""
    keys = {one.dedup_key for one in signals}
    known = {row.dedup_key: row for row in alerts.memories(conn, keys)}
    near = timedelta(minutes=policy.windows.reopen_minutes)
    fresh = [
        signal
        for signal in _distinct(signals)
        if not _is_settled(signal, known.get(signal.dedup_key), near)
    ]
    # By our clock: what a sender's clock says must not bring in old incidents, nor hide new ones.
    first = min(signal.received_at for signal in signals)
    since = first - timedelta(minutes=policy.windows.window_minutes) - near
    return restore(conn, known.values(), look_up(conn, fresh, topology, since), since)


def look_up(
    conn: Rows, signals: Iterable[Signal], topology: Topology, since: datetime
) -> list[int]:
    """Return the incidents that were seen since then under words of these signals."""
    tokens = {token for signal in signals for token in tokens_of(signal, topology)}
    return incident_memory.candidates(conn, tokens, since)


def held_alert(row: RememberedAlert) -> AlertMemory | None:
    """Return what is remembered of an alert that a maintenance window holds, where one does."""
    memory = _alert(row)
    return memory if memory and memory.held else None


def _distinct(signals: Sequence[Signal]) -> Iterable[Signal]:
    """Return one signal of those that would be looked up under the same words."""
    found: dict[Hashable, Signal] = {}
    for one in signals:
        words = (one.dedup_key, one.title, one.host, one.service, one.status)
        found.setdefault((*words, tuple(one.labels.items())), one)
    return found.values()


def _is_settled(signal: Signal, known: RememberedAlert | None, near: timedelta) -> bool:
    """Tell whether an event only goes on with what stands in an incident already.

    Of a storm most events do, and what is looked up for one is the dearest part of it.
    """
    if known is None or known.incident_id is None or known.action != Action.GROUP:
        return False
    if signal.status is AlertStatus.RESOLVED:
        return True
    last = datetime.fromisoformat(str(known.memory.get("last_event_at")))
    return not known.closed and signal.occurred_at - last <= near


def restore(
    conn: Rows, known: Iterable[RememberedAlert], found: Collection[int], since: datetime
) -> Loaded:
    """Return a memory of alerts with their incidents and further incidents that may take alerts."""
    rows = {row.dedup_key: row for row in known}
    own = {row.incident_id for row in rows.values() if row.incident_id is not None}
    incidents = {str(row.id): row for row in incident_memory.remembered(conn, own, found, since)}
    restored = (_alert(row) for row in rows.values())
    memory = Memory(
        (one for one in restored if one is not None), map(_incident, incidents.values())
    )
    return Loaded(memory=memory, alerts=rows, incidents=incidents)


def _alert(row: RememberedAlert) -> AlertMemory | None:
    if not row.memory:  # it was never grouped: a sign of life
        return None
    found = msgspec.convert(row.memory, AlertMemory)
    return msgspec.structs.replace(
        found,
        status=AlertStatus(row.status),
        action=Action(row.action),
        incident=str(row.incident_id) if row.incident_id is not None else None,
    )


def _incident(row: RememberedIncident) -> IncidentMemory:
    status = IncidentStatus(row.status)
    known = msgspec.convert({**_bare(row), **row.memory}, IncidentMemory)
    return msgspec.structs.replace(
        known,
        ref=str(row.id),
        live=status in LIVE,
        closed=status in (IncidentStatus.CLOSED, IncidentStatus.MERGED),
        resolved_at=None if status in LIVE else known.resolved_at or row.resolved_at,
        merged_into=str(row.merged_into) if row.merged_into is not None else None,
        severity=_severity(row) if SET_BY_HAND in row.labels else known.severity,
    )


def _bare(row: RememberedIncident) -> dict[str, Any]:
    """Return what an incident of which nothing is remembered is known by."""
    return {
        "ref": str(row.id),
        "stream": "",
        "title": row.title,
        "severity": row.severity,
        "opened_at": row.detected_at,
        "started_at": row.started_at,
        "last_event_at": row.last_event_at,
    }


def _severity(row: RememberedIncident) -> Severity | None:
    return Severity(row.severity) if row.severity else None

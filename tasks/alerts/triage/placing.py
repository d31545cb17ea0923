"""One batch into incidents: a single transaction, under the lock of grouping.

Either all of it is there afterwards, with the deliveries done, or nothing is and they are triaged
again: exactly once, whoever dies in between.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import Connection

from models.records.alert import AlertStatus
from models.records.grouping import Action, Explanation, Placement, Signal, Window
from models.records.maintenance import Heartbeat
from models.store import alerts, assets, deliveries, heartbeats, incident_memory, windows
from tasks.alerts.grouping import Context, Policy, Topology, group
from tasks.alerts.grouping.windows import matches
from tasks.alerts.triage.episodes import Placed
from tasks.alerts.triage.loading import load
from tasks.alerts.triage.preparing import Batch, Event
from tasks.alerts.triage.saving import Writing, write
from tasks.alerts.triage.telling import Told, tell

Rows = Connection[tuple[Any, ...]]
_MOST_CHANGED = 400  # assets whose changes are looked at for one batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a batch is placed by."""

    policy: Policy
    topology: Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a batch: events by action, incidents by what happened to them, by id."""

    events: Mapping[str, int] = field(default_factory=dict)
    incidents: Mapping[int, Collection[str]] = field(default_factory=dict)


def place(
    conn: Rows, batch: Batch, rules: Rules, holder: str, flow_run_id: str | None = None
) -> Outcome:
    """Group a batch and write all that follows from it.

    Args:
        conn: The transaction.
        batch: Prepared deliveries, under a lease of ours.
        rules: Policy and topology.
        holder: Who claimed the deliveries.
        flow_run_id: The flow run that new incidents are linked to.

    Raises:
        Busy: The lease ran out, or somebody changed an incident; nothing may be committed.
    """
    events = _unseen(conn, batch)
    outcome = _group(conn, events, rules, flow_run_id) if events else Outcome()
    # Last, as it locks rows of deliveries: a gateway that gets a copy of one waits for it.
    deliveries.finish(conn, [one.id for one in batch.deliveries], holder, batch.dead)
    alerts.note_untimed(conn, batch.untimed)
    return outcome


def _unseen(conn: Rows, batch: Batch) -> Sequence[Event]:
    """Return the events that were never placed: a delivery that is set back counts once."""
    copies = {event.delivery_id: event.copy for event in batch.events}
    seen = alerts.triaged(conn, copies) if copies else set()
    return [event for event in batch.events if event.delivery_id not in seen]


def _group(conn: Rows, events: Sequence[Event], rules: Rules, flow_run_id: str | None) -> Outcome:
    incident_memory.lock(conn)
    at = datetime.now(UTC)
    living, others = _apart(events, heartbeats.listed(conn))
    heartbeats.beat(conn, _heard(living))
    signals = [event.signal for event in others]
    context = context_at(conn, signals, rules, at)
    known = [event.signal for event in events]
    loaded = load(conn, known, rules.topology, rules.policy)
    placements = group(signals, loaded.memory, context)
    writing = Writing(
        conn=conn,
        loaded=loaded,
        changes=loaded.memory.changed(),
        at=at,
        flow_run_id=flow_run_id,
    )
    placed = _placed(writing, zip(others, placements, strict=True))
    placed += [_alive(event, rules.policy) for event, _ in living]
    write(writing, placed)
    return _outcome(placed, tell(writing, placed))


def context_at(conn: Rows, signals: Sequence[Signal], rules: Rules, at: datetime) -> Context:
    """Return what grouping reads beside the events: windows, and what changed just before."""
    named = list(dict.fromkeys(one.asset_id for one in signals if one.asset_id))[:_MOST_CHANGED]
    span = timedelta(minutes=rules.policy.windows.changes_minutes)
    first = min((one.occurred_at for one in signals), default=at)
    since = max(first, at - timedelta(days=1)) - span
    return Context(
        policy=rules.policy,
        topology=rules.topology,
        windows=[one.window for one in windows.near(conn, at)],
        changes=assets.changes_of(conn, named, since),
    )


def _apart(
    events: Sequence[Event], expected: Sequence[Heartbeat]
) -> tuple[list[tuple[Event, str | None]], list[Event]]:
    """Return the events that are signs of life, each with its heartbeat's name, and the others.

    A resolve of such an alert is neither: the name is None.
    """
    moulds = [(one.name, _mould(one)) for one in expected if one.match]
    living, others = [], []
    for event in events:
        name = next((name for name, mould in moulds if matches(event.signal, mould)), None)
        if name is None:
            others.append(event)
        else:
            over = event.signal.status is AlertStatus.RESOLVED
            living.append((event, None if over else name))
    return living, others


def _heard(living: Sequence[tuple[Event, str | None]]) -> Mapping[str, datetime]:
    """Return when each heartbeat was heard of last: when it reached us, however long it waited."""
    found: dict[str, datetime] = {}
    for event, name in living:
        if name is not None:
            found[name] = max(found.get(name, event.signal.received_at), event.signal.received_at)
    return found


def _mould(one: Heartbeat) -> Window:
    ever = datetime.max.replace(tzinfo=UTC)
    return Window(id=one.name, starts_at=ever, ends_at=ever, match=one.match)


def _alive(event: Event, policy: Policy) -> Placed:
    explanation = Explanation(
        rule="sign-of-life",
        policy=policy.version,
        sentence="It is an expected sign of life: its silence would be the alert.",
    )
    placement = Placement(
        event_id=event.signal.event_id,
        dedup_key=event.signal.dedup_key,
        action=Action.IGNORE,
        explanation=explanation,
    )
    return Placed(event=event, placement=placement, incident=None)


def _placed(writing: Writing, pairs: Any) -> list[Placed]:
    adopted = writing.changes.adopted
    found = []
    for event, placement in pairs:
        ref = adopted.get(placement.event_id, placement.incident)
        found.append(Placed(event=event, placement=placement, incident=writing.final(ref)))
    return found


def _outcome(placed: Sequence[Placed], told: Told) -> Outcome:
    counted: dict[str, int] = {}
    for one in placed:
        counted[one.placement.action] = counted.get(one.placement.action, 0) + 1
    return Outcome(events=counted, incidents=told.kinds)

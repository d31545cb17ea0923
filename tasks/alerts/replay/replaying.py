"""Past events through the live grouping, in memory: what it makes of them, and another policy.

Nothing is written, and neither the store nor Prefect is needed. Events go in the order in which
they were received; a scenario keeps streams apart.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models.records.grouping import Action, Placement, Signal, Window
from models.records.severity import Severity
from tasks.alerts.grouping import Context, IncidentMemory, Memory, Policy, Topology, advance, group
from tasks.alerts.grouping.policy import load_policy


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedIncident:
    """One incident that the events would have made; `opened_at` is when the first was received."""

    id: str
    events: tuple[str, ...]
    root_event: str | None
    title: str
    severity: Severity | None
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedScenario:
    """What became of the events of one stream; each event stands in exactly one of the lists."""

    scenario: str
    incidents: tuple[ReplayedIncident, ...]
    ignored: tuple[str, ...]
    suppressed: tuple[str, ...]
    handed_back: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """All streams; `seconds` is what the grouping itself took."""

    scenarios: tuple[ReplayedScenario, ...]
    events: int
    seconds: float
    policy: str


@dataclass(slots=True)
class _Stream:
    """One stream while it is replayed."""

    memory: Memory = field(default_factory=Memory)
    where: dict[str, str] = field(default_factory=dict)  # event to incident
    actions: dict[str, Action] = field(default_factory=dict)
    held: dict[str, list[str]] = field(default_factory=dict)  # key to the events a window holds


def replay(
    signals: Sequence[Signal],
    windows: Sequence[Window] = (),
    topology: Topology | None = None,
    policy: Policy | None = None,
) -> Replay:
    """Return what the live grouping makes of events.

    Args:
        signals: In any order; they are replayed as they were received.
        windows: Planned maintenance, of one stream or of all.
        topology: What depends on what; without one only labels and texts tell.
        policy: The rules; without them the packaged ones.
    """
    rules = policy or load_policy()
    known = (topology or Topology()).within(rules.limits.hops)
    streams: dict[str, list[Signal]] = {}
    for signal in sorted(signals, key=lambda one: one.received_at):
        streams.setdefault(signal.stream, []).append(signal)
    began = time.perf_counter()
    scenarios = []
    for name, events in streams.items():
        mine = [window for window in windows if window.stream in ("", name)]
        context = Context(
            policy=rules,
            topology=known,
            windows=mine,
            hand_back_opens=False,
        )
        scenarios.append(_replay_stream(name, events, context))
    seconds = round(time.perf_counter() - began, 3)
    return Replay(
        scenarios=tuple(scenarios), events=len(signals), seconds=seconds, policy=rules.version
    )


def _replay_stream(name: str, events: Sequence[Signal], context: Context) -> ReplayedScenario:
    stream = _Stream()
    ends = sorted(window.ends_at for window in context.windows)
    for signal in events:
        while ends and ends[0] <= signal.received_at:
            _pass_time(ends.pop(0), stream, context)
        for placement in group([signal], stream.memory, context):
            _note(placement, stream)
    for end in ends:
        _pass_time(end, stream, context)
    if context.windows:  # what was received after the last end, of a time before it
        _pass_time(max(window.ends_at for window in context.windows), stream, context)
    return _scenario(name, [signal.event_id for signal in events], stream)


def _note(placement: Placement, stream: _Stream) -> None:
    stream.actions[placement.event_id] = placement.action
    if placement.incident is not None:
        stream.where[placement.event_id] = placement.incident
    if placement.action is Action.SUPPRESS:
        stream.held.setdefault(placement.dedup_key, []).append(placement.event_id)
    for event_id, ref in stream.memory.changed().adopted.items():
        stream.actions[event_id] = Action.GROUP
        stream.where[event_id] = ref


def _pass_time(now: datetime, stream: _Stream, context: Context) -> None:
    for placement in advance(now, stream.memory, context):
        for event_id in stream.held.pop(placement.dedup_key, [placement.event_id]):
            stream.actions[event_id] = Action.HAND_BACK


def _scenario(name: str, event_ids: Sequence[str], stream: _Stream) -> ReplayedScenario:
    members: dict[str, list[str]] = {}
    for event_id in event_ids:
        incident = stream.memory.incident(stream.where.get(event_id))
        if stream.actions[event_id] is Action.GROUP and incident is not None:
            members.setdefault(incident.ref, []).append(event_id)
    found = sorted(
        (one for one in stream.memory.incidents() if one.ref in members),
        key=lambda one: (one.opened_at, one.ref),
    )
    return ReplayedScenario(
        scenario=name,
        incidents=tuple(_incident(one, members[one.ref]) for one in found),
        ignored=_with(Action.IGNORE, event_ids, stream),
        suppressed=_with(Action.SUPPRESS, event_ids, stream),
        handed_back=_with(Action.HAND_BACK, event_ids, stream),
    )


def _incident(one: IncidentMemory, events: Iterable[str]) -> ReplayedIncident:
    return ReplayedIncident(
        id=one.ref,
        events=tuple(events),
        root_event=one.root_event,
        title=one.title,
        severity=one.severity,
        services=tuple(one.services),
    )


def _with(action: Action, event_ids: Iterable[str], stream: _Stream) -> tuple[str, ...]:
    return tuple(one for one in event_ids if stream.actions[one] is action)

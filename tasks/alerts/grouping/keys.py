"""Events of a key that is known: duplicates, updates, resolves, new episodes, and what is held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from models.records.alert import AlertStatus
from models.records.grouping import Action, Candidate, Placement, Signal
from models.records.severity import worst
from tasks.alerts.grouping.context import Context
from tasks.alerts.grouping.explaining import State, Told, explanation
from tasks.alerts.grouping.memory import AlertMemory, IncidentMemory, Memory
from tasks.alerts.grouping.policy import Policy
from tasks.alerts.grouping.windows import holding

_WAITING = 8  # events of a key that came before their firing


def place_same_key(
    signal: Signal, prior: AlertMemory | None, memory: Memory, context: Context
) -> Placement | None:
    """Return where an event of a known key goes; None where it begins an episode of its own."""
    if prior is None:
        return None
    if prior.action in (Action.SUPPRESS, Action.HAND_BACK) and prior.incident is None:
        return _held(signal, prior, memory, context)
    incident = memory.incident(prior.incident)
    if prior.action is not Action.GROUP or incident is None:
        return _ignored(signal, prior, memory, context)
    if signal.status is AlertStatus.RESOLVED:
        return _resolve(signal, prior, incident, memory, context)
    if _is_new_episode(signal, prior, incident, context):
        _leave(prior, incident, memory)
        return None
    return _again(signal, prior, incident, memory, context)


def _held(signal: Signal, prior: AlertMemory, memory: Memory, context: Context) -> Placement | None:
    if signal.status is not AlertStatus.RESOLVED:
        return None  # held again by a window that still lasts, else an episode of its own
    prior.status, prior.resolved_at, prior.held = signal.status, signal.occurred_at, None
    prior.last_event_at = max(prior.last_event_at, signal.occurred_at)
    memory.keep_alert(prior)
    return _placement(signal, Action.SUPPRESS, Told(rule="maintenance"), context, prior)


def _ignored(
    signal: Signal, prior: AlertMemory, memory: Memory, context: Context
) -> Placement | None:
    if signal.status is not AlertStatus.RESOLVED:
        return None
    prior.status, prior.resolved_at = signal.status, signal.occurred_at
    if len(prior.waiting) < _WAITING and prior.waiting:
        prior.waiting.append(signal.event_id)
    memory.keep_alert(prior)
    return _placement(signal, Action.IGNORE, Told(rule="resolve-of-ignored"), context, prior)


def _resolve(
    signal: Signal,
    prior: AlertMemory,
    incident: IncidentMemory,
    memory: Memory,
    context: Context,
) -> Placement:
    resolved = False
    if prior.firing and not _is_of_earlier_turn(signal, prior):
        turn(prior, signal, context.policy)
        prior.status, prior.resolved_at = signal.status, max(signal.occurred_at, prior.fired_at)
        incident.firing = max(incident.firing - 1, 0)
        resolved = close_if_over(incident, signal)
    prior.last_event_at = max(prior.last_event_at, signal.occurred_at)
    incident.event_count += 1
    incident.flapping = incident.flapping or prior.flapping
    memory.keep_alert(prior)
    memory.keep_incident(incident)
    told = Told(rule="same-key", resolves=True, state="resolved" if resolved else "")
    return _placement(signal, Action.GROUP, told, context, prior, incident)


def _is_of_earlier_turn(signal: Signal, prior: AlertMemory) -> bool:
    """Say whether a resolve came late; two clocks are never compared with each other."""
    if signal.timed and prior.timed:
        return signal.occurred_at < prior.fired_at
    return prior.heard_at is not None and signal.received_at < prior.heard_at


def close_if_over(incident: IncidentMemory, signal: Signal) -> bool:
    """Resolve an incident of which no member fires any more; True where that changed it."""
    if incident.firing or not incident.live:
        return False
    incident.live, incident.resolved_at = False, max(signal.occurred_at, incident.last_event_at)
    return True


def _is_new_episode(
    signal: Signal, prior: AlertMemory, incident: IncidentMemory, context: Context
) -> bool:
    windows = context.policy.windows
    if incident.closed:
        return True
    if prior.resolved_at is None:
        since = signal.occurred_at - prior.last_event_at
        return since > timedelta(hours=windows.recur_hours)
    if signal.occurred_at <= prior.resolved_at:
        return False
    if holding(signal, context.windows):
        return True
    return signal.occurred_at - prior.resolved_at > timedelta(minutes=windows.reopen_minutes)


def _leave(prior: AlertMemory, incident: IncidentMemory, memory: Memory) -> None:
    """Let an episode that never resolved count as over in its incident."""
    if prior.firing and not incident.closed:
        incident.firing = max(incident.firing - 1, 0)
        if incident.firing == 0 and incident.live:
            incident.live, incident.resolved_at = False, prior.last_event_at
        memory.keep_incident(incident)


def _again(
    signal: Signal,
    prior: AlertMemory,
    incident: IncidentMemory,
    memory: Memory,
    context: Context,
) -> Placement:
    state: State = ""
    late = prior.resolved_at is not None and signal.occurred_at <= prior.resolved_at
    if prior.resolved_at is not None and not late:
        turn(prior, signal, context.policy)
        prior.resolved_at, prior.fired_at = None, signal.occurred_at
        prior.heard_at, prior.timed = signal.received_at, signal.timed
        incident.firing += 1
        state = reopen(incident)
    if not late:
        prior.status = signal.status
    prior.count += 1
    prior.last_event_at = max(prior.last_event_at, signal.occurred_at)
    incident.event_count += 1
    incident.last_event_at = max(incident.last_event_at, signal.occurred_at)
    incident.severity = worst(incident.severity, signal.severity)
    incident.flapping = incident.flapping or prior.flapping
    memory.keep_alert(prior)
    memory.renew(incident)
    memory.keep_incident(incident)
    rule = "reopened" if state == "reopened" else "same-key"
    told = Told(rule=rule, state=state)
    return _placement(signal, Action.GROUP, told, context, prior, incident)


def reopen(incident: IncidentMemory) -> State:
    """Let an incident live again."""
    if incident.live:
        return ""
    incident.live, incident.resolved_at = True, None
    return "reopened"


def turn(alert: AlertMemory, signal: Signal, policy: Policy) -> None:
    """Count a change between firing and resolved, within the time of the policy."""
    span = timedelta(minutes=policy.flapping.minutes)
    if alert.turns_since is None or signal.occurred_at - alert.turns_since > span:
        alert.turns, alert.turns_since, alert.flapping = 0, signal.occurred_at, False
    alert.turns += 1
    alert.flapping = alert.flapping or alert.turns >= policy.flapping.turns


def begin_episode(
    signal: Signal,
    prior: AlertMemory | None,
    incident: IncidentMemory,
    memory: Memory,
    context: Context,
) -> AlertMemory:
    """Note the first event of an episode; one that came after its own resolve is over already."""
    over = signal.occurred_at if signal.status is AlertStatus.RESOLVED else None
    if prior is not None and prior.waiting and prior.action is Action.IGNORE:
        span = timedelta(hours=context.policy.windows.recur_hours)
        if abs(signal.occurred_at - prior.last_event_at) <= span:
            memory.adopt(prior.waiting, incident)
            incident.event_count += len(prior.waiting)
            resolved = prior.resolved_at
            over = resolved if resolved and signal.occurred_at <= resolved else over
    alert = _fresh(signal, Action.GROUP, prior)
    alert.incident, alert.resolved_at = incident.ref, over
    if over is not None:
        alert.status = AlertStatus.RESOLVED
    memory.keep_alert(alert)
    return alert


def count_member(incident: IncidentMemory, alert: AlertMemory, signal: Signal) -> State:
    """Count a new member; returns what that made of the incident."""
    incident.member_count += 1
    incident.event_count += 1
    if alert.firing:
        incident.firing += 1
        return reopen(incident)
    return "resolved" if close_if_over(incident, signal) else ""


def suppress(
    signal: Signal,
    prior: AlertMemory | None,
    window_ids: Sequence[str],
    memory: Memory,
    context: Context,
) -> Placement:
    """Let windows, or the sender's own silence, hold an event."""
    again = prior is not None and prior.action is Action.SUPPRESS and prior.firing
    alert = prior if again and prior is not None else _fresh(signal, Action.SUPPRESS, prior)
    alert.status = signal.status
    alert.last_event_at = max(alert.last_event_at, signal.occurred_at)
    alert.window_ids = list(dict.fromkeys([*alert.window_ids, *window_ids]))
    if signal.status is AlertStatus.RESOLVED:
        alert.resolved_at, alert.held = signal.occurred_at, None
    elif window_ids:
        alert.held = signal
    memory.keep_alert(alert)
    rule = "maintenance" if window_ids else "silenced-by-sender"
    return _placement(signal, Action.SUPPRESS, Told(rule=rule), context, alert)


def ignore(
    signal: Signal,
    prior: AlertMemory | None,
    rule: str,
    memory: Memory,
    context: Context,
    best: Candidate | None = None,
) -> Placement:
    """Let an event stand in no incident; one that may only have come too early waits."""
    waits = rule in ("resolve-without-firing", "occurrences")
    alert = _fresh(signal, Action.IGNORE, prior)
    if prior is not None and prior.action is Action.IGNORE:
        alert.count = prior.count + 1
        alert.waiting = prior.waiting
    if waits and len(alert.waiting) < _WAITING:
        alert.waiting.append(signal.event_id)
    if signal.status is AlertStatus.RESOLVED:
        alert.resolved_at = signal.occurred_at
    memory.keep_alert(alert)
    return _placement(signal, Action.IGNORE, Told(rule=rule, rejected=best), context, alert)


def too_few(signal: Signal, prior: AlertMemory | None, policy: Policy) -> bool:
    """Say whether an alert came less often than opens an incident."""
    before = prior.count if prior is not None and prior.action is Action.IGNORE else 0
    return before + 1 < policy.occurrences_of(signal.severity)


def _fresh(signal: Signal, action: Action, prior: AlertMemory | None) -> AlertMemory:
    alert = AlertMemory(
        dedup_key=signal.dedup_key,
        stream=signal.stream,
        status=signal.status,
        action=action,
        first_event=signal.event_id,
        last_event_at=signal.occurred_at,
        fired_at=signal.occurred_at,
        heard_at=signal.received_at,
        timed=signal.timed,
    )
    if prior is not None:
        alert.turns, alert.turns_since, alert.flapping = (
            prior.turns,
            prior.turns_since,
            prior.flapping,
        )
    return alert


def _placement(
    signal: Signal,
    action: Action,
    told: Told,
    context: Context,
    alert: AlertMemory,
    incident: IncidentMemory | None = None,
) -> Placement:
    return Placement(
        event_id=signal.event_id,
        dedup_key=signal.dedup_key,
        action=action,
        explanation=explanation(signal, told, incident, context),
        incident=incident.ref if incident else None,
        reopened=told.state == "reopened",
        resolved=told.state == "resolved",
        flapping=alert.flapping,
        window_ids=tuple(alert.window_ids),
    )

"""What time alone does: windows that end hand back, alerts that nobody repeats expire."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from models.records.grouping import Action, Placement, Signal
from tasks.alerts.grouping.context import Context
from tasks.alerts.grouping.engine import place_fresh
from tasks.alerts.grouping.events import Event, event_of
from tasks.alerts.grouping.explaining import given_back
from tasks.alerts.grouping.memory import AlertMemory, IncidentMemory, Memory
from tasks.alerts.grouping.roots import choose_root
from tasks.alerts.grouping.windows import last_end


def advance(
    now: datetime, memory: Memory, context: Context, kept: Collection[str] = ()
) -> list[Placement]:
    """Do what time alone does up to now.

    Args:
        now: Our clock.
        memory: With all alerts that windows hold, and the incidents that may have expired.
        context: As for `group`; windows that have ended must still be among its windows.
        kept: References of incidents that do not expire: somebody looks at them.

    Returns:
        One placement for each alert that a window gives back: it still fires, and all windows that
        held it have ended. It is placed by when it began, as if no window had held it, and as what
        has fired until now. In production it joins an incident, or opens one that is marked with
        the window; its event stays where it was.
    """
    placements = []
    for alert in sorted(memory.held(), key=lambda one: one.fired_at):
        end = last_end(alert.window_ids, context.windows)
        if alert.held is not None and (end is None or end <= now):
            placements.append(_hand_back(alert, alert.held, now, memory, context))
    _expire(now, memory, context, kept)
    return placements


def _hand_back(
    alert: AlertMemory, signal: Signal, now: datetime, memory: Memory, context: Context
) -> Placement:
    placed = None
    if context.hand_back_opens:
        placed = place_fresh(_lasting(alert, signal, now, context), None, memory, context)
    incident = memory.incident(placed.incident) if placed else None
    memory.keep_alert(_given_back(alert, incident, memory))
    if incident is not None and placed is not None and placed.opened:
        incident.maintenance = alert.window_ids[0] if alert.window_ids else None
        choose_root(incident, context.topology)
        memory.keep_incident(incident)
    told = placed.explanation if placed else None
    return Placement(
        event_id=alert.first_event,
        dedup_key=alert.dedup_key,
        action=Action.HAND_BACK,
        explanation=given_back(told, signal, now, context),
        incident=incident.ref if incident else None,
        opened=placed.opened if placed else False,
        reopened=placed.reopened if placed else False,
        window_ids=tuple(alert.window_ids),
    )


def _lasting(alert: AlertMemory, signal: Signal, now: datetime, context: Context) -> Event:
    """Return an alert that was held as an event of when it began, which has fired until now."""
    began = min(alert.fired_at, signal.occurred_at)
    event = event_of(replace(signal, occurred_at=began), context.topology)
    return replace(event, fires_until=now)


def _given_back(alert: AlertMemory, incident: IncidentMemory | None, memory: Memory) -> AlertMemory:
    """Return what is remembered of an alert from here on; what was heard of it while held stays."""
    found = memory.alert(alert.stream, alert.dedup_key) or alert
    found.action = Action.GROUP if incident else Action.HAND_BACK
    found.held, found.window_ids, found.first_event = None, alert.window_ids, alert.first_event
    found.last_event_at = max(found.last_event_at, alert.last_event_at)
    return found


def _expire(now: datetime, memory: Memory, context: Context, kept: Collection[str]) -> None:
    """Resolve incidents of which nothing was heard for longer than the policy says."""
    limit = timedelta(hours=context.policy.windows.expire_hours)
    for incident in memory.incidents():
        if not incident.live or incident.ref in kept:
            continue
        if now - max(incident.last_event_at, incident.opened_at) > limit:
            incident.live, incident.firing, incident.resolved_at = False, 0, now
            memory.keep_incident(incident)

"""Events to incidents: the same key first, then noise and maintenance, then what fits best."""

from __future__ import annotations

from collections.abc import Sequence

from models.records.alert import AlertStatus
from models.records.grouping import Action, Candidate, Placement, Signal
from tasks.alerts.grouping import keys
from tasks.alerts.grouping.company import brought, only_suffers, with_company
from tasks.alerts.grouping.context import Context, changes_before
from tasks.alerts.grouping.events import Event, event_of
from tasks.alerts.grouping.explaining import Told, explanation
from tasks.alerts.grouping.membership import join, open_incident, remember_tokens
from tasks.alerts.grouping.memory import AlertMemory, IncidentMemory, Memory
from tasks.alerts.grouping.merging import bridged, burst_at, merge_all
from tasks.alerts.grouping.noise import noise_rule
from tasks.alerts.grouping.scoring import score, strongest
from tasks.alerts.grouping.tokens import lookups
from tasks.alerts.grouping.windows import holding


def group(signals: Sequence[Signal], memory: Memory, context: Context) -> list[Placement]:
    """Place events into incidents, in the order given, and note it in the memory.

    Args:
        signals: In the order in which they reached us; late ones are judged by `occurred_at`.
        memory: With the alerts of these keys, the incidents that those stand in, and the incidents
            under `tokens_of` the signals; it is changed.
        context: Rules, topology, windows and recent changes.

    Returns:
        One placement a signal, with its explanation.
    """
    return [_place(signal, memory, context) for signal in signals]


def _place(signal: Signal, memory: Memory, context: Context) -> Placement:
    prior = memory.alert(signal.stream, signal.dedup_key)
    same = keys.place_same_key(signal, prior, memory, context)
    if same is not None:
        return same
    windows = holding(signal, context.windows)
    if windows:
        return keys.suppress(signal, prior, [one.id for one in windows], memory, context)
    if signal.status is AlertStatus.SUPPRESSED:
        return keys.suppress(signal, prior, [], memory, context)
    return place_fresh(event_of(signal, context.topology), prior, memory, context)


def place_fresh(
    event: Event, prior: AlertMemory | None, memory: Memory, context: Context
) -> Placement:
    """Place the first event of an episode: into the incident that fits best, or a new one."""
    noise = noise_rule(event.signal, context.policy)
    found = memory.found_under(
        event.signal.stream,
        lookups(event.facts, context.topology, context.policy.limits),
        context.policy.limits.candidates,
    )
    if noise is None:
        found = _after_burst(event, found, memory, context)
    scored = _scored(event, found, memory, context)
    best = scored[0] if scored else None
    if noise is not None:
        return _noise(event, prior, noise, scored, memory, context)
    if best is not None and best.score >= context.policy.scores.join:
        return _join_best(event, prior, scored, memory, context)
    if event.signal.status is AlertStatus.RESOLVED:
        return keys.ignore(event.signal, prior, "resolve-without-firing", memory, context)
    if keys.too_few(event.signal, prior, context.policy):
        return keys.ignore(event.signal, prior, "occurrences", memory, context)
    return open_new(event, prior, scored, memory, context)


def _scored(
    event: Event, found: Sequence[IncidentMemory], memory: Memory, context: Context
) -> list[Candidate]:
    memory.comparisons += len(found)
    scored = [score(event, incident, context) for incident in found]
    scored = with_company(event, scored, found, context)
    newest = {one.ref: one.last_event_at for one in found}
    # Of two that fit equally well, the one that began on the very thing goes before the busier one.
    scored.sort(
        key=lambda one: (one.score, "same_root" in one.features, newest[one.incident]),
        reverse=True,
    )
    return scored


def _after_burst(
    event: Event, found: list[IncidentMemory], memory: Memory, context: Context
) -> list[IncidentMemory]:
    burst = burst_at(event, found, context)
    if burst is None:
        return found
    place, peers = burst
    one = merge_all(peers, memory, context)
    if place not in one.mass:
        one.mass.append(place)
        memory.keep_incident(one)
    return [incident for incident in found if incident.merged_into is None]


def _noise(
    event: Event,
    prior: AlertMemory | None,
    rule: str,
    scored: list[Candidate],
    memory: Memory,
    context: Context,
) -> Placement:
    best = scored[0] if scored else None
    if rule == "lone-information" and best is not None and _is_about(event, best, memory, context):
        return _join_best(event, prior, scored, memory, context)
    return keys.ignore(event.signal, prior, rule, memory, context, best)


def _is_about(event: Event, best: Candidate, memory: Memory, context: Context) -> bool:
    """Say whether an incident is about the very thing and trouble of an alert that only informs."""
    incident = memory.incident(best.incident)
    if incident is None or best.score < context.policy.noise.info_joins:
        return False
    same_trouble = event.facts.topics.intersection(incident.root_topics)
    return "same_root" in best.features and bool(same_trouble)


def _join_best(
    event: Event,
    prior: AlertMemory | None,
    scored: list[Candidate],
    memory: Memory,
    context: Context,
) -> Placement:
    best = scored[0]
    incident = memory.incident(best.incident)
    if incident is None:
        raise LookupError(best.incident)
    others = bridged(event, incident, scored, memory, context)
    if not others and only_suffers(incident) and not incident.split:
        others = brought(event, incident, _standing(scored, memory), context)
    if others:
        incident = merge_all([incident, *others], memory, context)
    told = Told(
        rule=strongest(best.features),
        chosen=best,
        rejected=next(
            (one for one in scored[1:] if memory.incident(one.incident) is not incident), None
        ),
        merged=tuple(one.ref for one in others),
    )
    return add_member(event, prior, incident, told, memory, context)


def _standing(scored: Sequence[Candidate], memory: Memory) -> list[IncidentMemory]:
    found = (memory.incident(one.incident) for one in scored)
    return [incident for incident in found if incident is not None]


def open_new(
    event: Event,
    prior: AlertMemory | None,
    scored: Sequence[Candidate],
    memory: Memory,
    context: Context,
) -> Placement:
    """Open an incident for an event that fits none."""
    incident = open_incident(event, memory)
    told = Told(rule="new-incident", rejected=scored[0] if scored else None, opened=True)
    return add_member(event, prior, incident, told, memory, context)


def add_member(
    event: Event,
    prior: AlertMemory | None,
    incident: IncidentMemory,
    told: Told,
    memory: Memory,
    context: Context,
) -> Placement:
    """Let an event begin an episode as a member of an incident."""
    changes = changes_before(event.signal, event.facts, context)
    alert = keys.begin_episode(event.signal, prior, incident, memory, context)
    # Only what was seen before anything failed speaks for a beginning: later it may be an effect.
    began = min(incident.started_at, event.signal.occurred_at)
    before = any(change.at <= began for change in changes)
    join(incident, event, context, changed=before)
    remember_tokens(incident, event, memory, context)
    state = keys.count_member(incident, alert, event.signal)
    memory.keep_incident(incident)
    return Placement(
        event_id=event.signal.event_id,
        dedup_key=event.signal.dedup_key,
        action=Action.GROUP,
        explanation=explanation(event.signal, told, incident, context, changes),
        incident=incident.ref,
        opened=told.opened,
        reopened=state == "reopened",
        resolved=state == "resolved",
        flapping=alert.flapping,
    )

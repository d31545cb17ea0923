"""What an incident takes over from an event that joins it, and from an incident merged into it."""

from __future__ import annotations

from collections.abc import Iterable

from generators.incidents import affected
from models.records.severity import worst
from tasks.alerts.grouping import names
from tasks.alerts.grouping.context import Context
from tasks.alerts.grouping.entities import Facts
from tasks.alerts.grouping.events import Event
from tasks.alerts.grouping.memory import EntityMemory, IncidentMemory, Memory
from tasks.alerts.grouping.policy import Limits
from tasks.alerts.grouping.roots import choose_root, contend
from tasks.alerts.grouping.things import HOSTS, SERVICES, Thing
from tasks.alerts.grouping.tokens import indexed

_LIST = 24  # rules, places, namespaces, clusters
_WORD_COUNT = 1000


def open_incident(event: Event, memory: Memory) -> IncidentMemory:
    """Return a new, still empty incident for an event."""
    signal = event.signal
    return IncidentMemory(
        ref=memory.new_ref(),
        stream=signal.stream,
        title=event.facts.title,
        severity=None,
        opened_at=signal.received_at,
        started_at=event.at,
        last_event_at=event.at,
    )


def join(incident: IncidentMemory, event: Event, context: Context, *, changed: bool) -> None:
    """Let an incident take over what an event tells; counts of members are the caller's."""
    limits, facts = context.policy.limits, event.facts
    incident.severity = worst(incident.severity, event.signal.severity)
    incident.started_at = min(incident.started_at, event.at)
    incident.last_event_at = max(incident.last_event_at, event.until)
    incident.environment = incident.environment or facts.environment
    new = _take_things(incident, event, limits)
    _add(incident.clusters, [facts.cluster])
    _add(incident.namespaces, [facts.namespace])
    _add(incident.places, event.places)
    _add(incident.needs, sorted(facts.needs))
    _add(incident.begins, facts.begins)
    _add(incident.parts, sorted(facts.parts))
    _add(incident.rules, [event.signal.rule])
    _add(incident.topics, facts.topics, limit=len(facts.topics) + 30)
    _take_words(incident, facts.words, limits.words)
    _add(incident.services, _services(facts), limit=limits.services)
    if contend(incident, event, limits.contenders, changed=changed) or new:
        choose_root(incident, context.topology)


def remember_tokens(
    incident: IncidentMemory, event: Event, memory: Memory, context: Context
) -> None:
    """Let an incident be found under an event's words too."""
    words = list(indexed(event.facts, context.topology))
    _add(incident.tokens, words, limit=context.policy.limits.indexed)
    memory.index(incident, [word for word in words if word in incident.tokens])


def absorb(into: IncidentMemory, gone: IncidentMemory, memory: Memory, context: Context) -> None:
    """Let one incident take over another with all that it holds."""
    limits = context.policy.limits
    into.severity = worst(into.severity, gone.severity)
    into.opened_at = min(into.opened_at, gone.opened_at)
    into.started_at = min(into.started_at, gone.started_at)
    into.last_event_at = max(into.last_event_at, gone.last_event_at)
    into.environment = into.environment or gone.environment
    into.maintenance = into.maintenance or gone.maintenance
    shared = min(_shared_hosts(into, gone), into.hosts, gone.hosts)
    for key, entity in gone.entities.items():
        _take_entity(into, key, entity, limits.entities)
    into.hosts += gone.hosts - shared
    for name in ("clusters", "namespaces", "places", "rules", "mass", "needs", "begins", "parts"):
        _add(getattr(into, name), getattr(gone, name))
    _add(into.topics, gone.topics, limit=64)
    _add(into.services, gone.services, limit=limits.services)
    for word, count in gone.words.items():
        if word in into.words or len(into.words) < limits.words:
            into.words[word] = into.words.get(word, 0) + count
    into.firing += gone.firing
    into.member_count += gone.member_count
    into.event_count += gone.event_count
    into.flapping = into.flapping or gone.flapping
    into.live = into.firing > 0
    into.resolved_at = None if into.live else into.resolved_at or gone.resolved_at
    early = sorted([*into.contenders, *gone.contenders], key=lambda one: one.occurred_at)
    into.contenders = early[: limits.contenders]
    _add(into.tokens, gone.tokens, limit=limits.indexed)
    memory.merge(gone, into)
    memory.index(into, into.tokens)
    choose_root(into, context.topology)


def _take_things(incident: IncidentMemory, event: Event, limits: Limits) -> bool:
    at, new = event.at.timestamp(), False
    named = event.facts.named or event.facts.things
    for thing in named:
        known = incident.entities.get(thing.key)
        if known is not None:
            known.count += 1
            known.weight = max(known.weight, thing.weight)
            known.first_at = min(known.first_at, at)
            continue
        if thing.name == event.facts.host and not _holds(incident, thing):
            incident.hosts += 1
        new = _take_entity(incident, thing.key, _entity(thing, at), limits.entities) or new
    return new


def _holds(incident: IncidentMemory, thing: Thing) -> bool:
    """Say whether an incident has a host under another name or key already."""
    new, short = affected.Thing(*thing[:3], thing.known), names.short_host(thing.name)
    return any(
        one.kind in HOSTS
        and one.name.startswith(short)
        and affected.one_thing(affected.Thing(key, one.name, one.kind, one.known), new)
        for key, one in incident.entities.items()
    )


def _shared_hosts(into: IncidentMemory, gone: IncidentMemory) -> int:
    """Return how many hosts two incidents have in common, under whichever spelling."""
    told = [
        {names.short_host(one.name) for one in each.entities.values() if one.kind in HOSTS}
        for each in (into, gone)
    ]
    return len(told[0] & told[1])


def _entity(thing: Thing, at: float) -> EntityMemory:
    return EntityMemory(
        name=thing.name, kind=thing.kind, weight=thing.weight, first_at=at, known=thing.known
    )


def _take_entity(incident: IncidentMemory, key: str, entity: EntityMemory, limit: int) -> bool:
    known = incident.entities.get(key)
    if known is not None:
        known.count += entity.count
        known.first_at = min(known.first_at, entity.first_at)
        return False
    if len(incident.entities) >= limit:
        return False
    incident.entities[key] = entity
    return True


def _services(facts: Facts) -> list[str]:
    found = [one.name for one in facts.things if one.kind in SERVICES and one.weight > 0.6]  # noqa: PLR2004
    return found or ([facts.service.lower()] if facts.service else [])


def _take_words(incident: IncidentMemory, words: Iterable[str], limit: int) -> None:
    for word in words:
        count = incident.words.get(word)
        if count is not None:
            incident.words[word] = min(count + 1, _WORD_COUNT)
        elif len(incident.words) < limit:
            incident.words[word] = 1


def _add(kept: list[str], values: Iterable[str | None], *, limit: int = _LIST) -> None:
    for value in values:
        if value and value not in kept and len(kept) < limit:
            kept.append(value)

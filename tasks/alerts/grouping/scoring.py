"""How well an event fits an incident: evidence from 0 to 1 each, and what forbids it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from models.records.grouping import Candidate, Signal
from tasks.alerts.grouping import names
from tasks.alerts.grouping.carrying import STORAGE, storage_below
from tasks.alerts.grouping.context import Context
from tasks.alerts.grouping.dependence import by_topology, note
from tasks.alerts.grouping.elsewhere import elsewhere
from tasks.alerts.grouping.entities import Facts
from tasks.alerts.grouping.events import (
    Event,
    event_of,
    gap_minutes,
    one_scope,
    seconds_after_root,
    unrelated,
)
from tasks.alerts.grouping.lasting import timeless
from tasks.alerts.grouping.memory import IncidentMemory
from tasks.alerts.grouping.places import by_place
from tasks.alerts.grouping.policy import Policy, Scores
from tasks.alerts.grouping.sentences import is_telling
from tasks.alerts.grouping.text import likeness
from tasks.alerts.grouping.things import HOSTS, SERVICES, Thing
from tasks.alerts.grouping.tokens import awaitable
from tasks.alerts.grouping.topology import Topology
from tasks.alerts.grouping.vocabulary import (
    CREEPING,
    NOT_PRODUCTION,
    PLATFORM,
    SYMPTOMS,
)

_SYMPTOM_CAUSE = 0.5
_DOWNSTREAM = frozenset(("downstream", "downstream_of_member", "serves"))
_NOT_EVIDENCE = frozenset(("text", "time", "gap_minutes", "namespace"))


def compare(
    signal: Signal,
    incident: IncidentMemory,
    context: Context,
    fires_until: datetime | None = None,
) -> Candidate:
    """Return how well a signal fits an incident with all evidence, also where it is forbidden.

    Args:
        signal: Nothing is remembered of it.
        incident: As it is remembered now.
        context: Rules and topology.
        fires_until: When a window gave it back, if one did.
    """
    event = replace(event_of(signal, context.topology), fires_until=fires_until)
    found = score(event, incident, context)
    features, _ = _fit(event, incident, context)
    return replace(found, features={**features, **found.features})


def score(event: Event, incident: IncidentMemory, context: Context) -> Candidate:
    """Return how well an event fits an incident; of one that is forbidden only why it is.

    The strongest evidence counts, likeness of the texts and a common namespace close part of what
    it leaves open, and distance in time takes from the whole, unless both fired at once.
    """
    vetoes = vetoes_of(event, incident, context)
    gap = gap_minutes(event.at, incident)
    near = nearness(gap, context.policy, creeps=_creeps(event, incident))
    lasting = timeless(event, incident, context.policy)
    if vetoes or not (near or lasting):
        features = {"time": round(near, 3), "gap_minutes": round(gap, 1)}
        return Candidate(incident=incident.ref, score=0.0, features=features, vetoes=vetoes)
    features, fit = _fit(event, incident, context)
    worth = near * fit
    full = {name: value for name, value in features.items() if name in lasting}
    if (strength := _strength(full, context.policy.scores)) > worth:
        worth, near, gap = strength, 1.0, 0.0
    features |= {"time": round(near, 3), "gap_minutes": round(gap, 1)}
    return Candidate(incident=incident.ref, score=round(worth, 4), features=features)


def _fit(
    event: Event, incident: IncidentMemory, context: Context
) -> tuple[dict[str, float], float]:
    """Return the evidence and what it comes to, before time."""
    scores, facts = context.policy.scores, event.facts
    features = relations(event, incident, context)
    strength = _strength(features, scores)
    text = likeness(facts.words, incident.words, len(facts.words))
    extra = scores.text * text
    if text:
        features["text"] = round(text, 3)
    if facts.namespace and facts.namespace in incident.namespaces:
        features["namespace"] = scores.namespace
        extra += scores.namespace
    return features, strength + (1 - strength) * min(extra, 1.0)


def _strength(features: Mapping[str, float], scores: Scores) -> float:
    """Return the strongest evidence; where it is enough, the second one adds a little to it."""
    if len(features) < 2:  # noqa: PLR2004  one or none: there is no second
        return next(iter(features.values()), 0.0)
    first, second, *_ = sorted(features.values(), reverse=True)
    return 1 - (1 - first) * (1 - scores.second * second) if first >= scores.join else first


def strongest(features: Mapping[str, float]) -> str:
    """Return the name of the evidence that counted."""
    evidence = {name: value for name, value in features.items() if name not in _NOT_EVIDENCE}
    return max(evidence, key=lambda name: evidence[name], default="text")


def vetoes_of(event: Event, incident: IncidentMemory, context: Context) -> tuple[str, ...]:
    """Return what forbids an event to join an incident, in words."""
    facts, policy, found = event.facts, context.policy, list[str]()
    if incident.closed:
        found.append("the incident is closed")
    found += elsewhere(facts, incident, context.topology)
    if incident.resolved_at and not incident.live:
        late = (event.at - incident.resolved_at).total_seconds() / 60
        since = (event.until - incident.resolved_at).total_seconds() / 60
        if late > policy.windows.join_resolved_minutes or since > policy.windows.reopen_minutes:
            found.append(f"the incident was resolved {since:.0f} minutes before")
    return tuple(found)


def nearness(gap: float, policy: Policy, *, creeps: bool = False) -> float:
    """Return 1 for a gap that counts as none, falling to 0 at the end of the window."""
    windows = policy.windows
    if gap <= windows.full_minutes:
        return 1.0
    end = windows.creep_minutes if creeps else windows.window_minutes
    span = max(end - windows.full_minutes, 1.0)
    return max(1.0 - (gap - windows.full_minutes) / span, 0.0)


def _creeps(event: Event, incident: IncidentMemory) -> bool:
    """Say whether an event tells how trouble goes on that grows slowly, as a disk that fills.

    It does so of the same thing, and of the same part of it where both tell of parts, while the
    incident that began with such trouble lasts.
    """
    facts = event.facts
    slow = facts.topics & CREEPING
    if not incident.live or slow.isdisjoint(incident.root_topics):
        return False
    parts = not facts.parts or not incident.parts or not facts.parts.isdisjoint(incident.parts)
    return parts and any(one.key in incident.root_entities for one in facts.named)


def relations(event: Event, incident: IncidentMemory, context: Context) -> dict[str, float]:
    """Return the evidence that ties an event to an incident, only what there is."""
    found: dict[str, float] = {}
    scores, called = context.policy.scores, incident.called()
    share = scores.other_disk if _other_disk(event, incident, context.policy) else 1.0
    for thing in event.facts.things:
        if thing.key in incident.entities:
            _same(thing, incident, scores, found, share)
        if thing.known:
            by_topology(thing, event, incident, context, found)
        elif thing.weight > _SYMPTOM_CAUSE and not incident.mass and called.akin(thing.name):
            _by_name(thing, event, incident, scores, found)
    _by_service(event, incident, context, found)
    if share == 1.0 and not called.names.isdisjoint(event.facts.text_names):
        _mentioned(event.facts, incident, scores, found)
    if event.facts.needs or incident.needs:
        _by_need(event.facts, incident, scores, found)
    _by_trouble(event, incident, context, found)
    by_place(event, incident, context, found)
    return found


def _same(
    thing: Thing,
    incident: IncidentMemory,
    scores: Scores,
    found: dict[str, float],
    share: float = 1.0,
) -> None:
    memory = incident.entities[thing.key]
    one_kind = memory.known or _family(thing.kind) == _family(memory.kind)
    one_kind = one_kind or not (thing.kind and memory.kind)
    base = scores.same_entity if one_kind else scores.same_name_other_kind
    name = "same_root" if thing.key in incident.root_entities else "same_entity"
    note(found, name, share * base * min(thing.weight, 1.0) * min(memory.weight, 1.0))


def _other_disk(event: Event, incident: IncidentMemory, policy: Policy) -> bool:
    """Say whether an event and an incident are of two disks that fill, and not at once."""
    parts, topics = event.facts.parts, event.facts.topics
    if not parts or not incident.parts or not parts.isdisjoint(incident.parts):
        return False
    full = "disk-space" in topics and "disk-space" in incident.root_topics
    return full and abs(seconds_after_root(event, incident)) > policy.windows.burst_minutes * 60


def _family(kind: str) -> str:
    if kind in HOSTS:
        return "host"
    return "service" if kind in SERVICES else kind


def _by_service(
    event: Event, incident: IncidentMemory, context: Context, found: dict[str, float]
) -> None:
    """Tie trouble of a machine's services to what those depend on, and to the services themselves.

    That a disk is slow is trouble of a service only where storage is what failed.
    """
    topics, scores, own = event.facts.topics, context.policy.scores, dict[str, float]()
    stored = STORAGE in incident.root_topics and (STORAGE in topics or "storage" in event.kinds)
    if stored or topics & SYMPTOMS or "database" in topics:
        for thing in event.facts.served:
            if thing.key in incident.entities:
                _same(thing, incident, scores, own)
            by_topology(thing, event, incident, context, own)
    if own:
        note(found, "serves", max(own.values()))
    near = abs(seconds_after_root(event, incident)) <= context.policy.windows.burst_minutes * 60
    if stored and near and _one_storage(event, incident, context.topology):
        note(found, "one_storage", scores.one_storage)


def _one_storage(event: Event, incident: IncidentMemory, topology: Topology) -> bool:
    own = [one.key for one in (*event.facts.named, *event.facts.served) if one.known]
    roots = [*incident.root_entities, *incident.root_served]
    return not storage_below(own, topology).isdisjoint(storage_below(roots, topology))


def _by_name(
    thing: Thing,
    event: Event,
    incident: IncidentMemory,
    scores: Scores,
    found: dict[str, float],
) -> None:
    stems = names.stems_of(thing.name)
    # What tells no environment is hardly of one that others name because it is not production.
    untold = event.facts.environment is None and incident.environment in NOT_PRODUCTION
    for memory in incident.entities.values():
        if thing.kind in HOSTS and memory.kind in HOSTS:
            continue
        if memory.name in stems or thing.name in names.stems_of(memory.name):
            value = scores.kin * thing.weight * memory.weight
            note(found, "kin", value * (scores.elsewhere if untold else 1.0))


def _mentioned(
    facts: Facts, incident: IncidentMemory, scores: Scores, found: dict[str, float]
) -> None:
    for memory in incident.entities.values():
        if memory.name in facts.text_names and memory.weight > _SYMPTOM_CAUSE:
            telling = any(sign in memory.name for sign in "0123456789-.")
            note(found, "mention", scores.same_name_other_kind if telling else scores.mention)


def _by_need(
    facts: Facts, incident: IncidentMemory, scores: Scores, found: dict[str, float]
) -> None:
    wanted = facts.needs & incident.called().names
    told = any(
        memory.name in wanted and memory.weight > _SYMPTOM_CAUSE
        for memory in (incident.entities.values() if wanted else ())
    )
    if told or not facts.needs.isdisjoint(incident.begins):
        agreed = told and not _DOWNSTREAM.isdisjoint(found)
        note(found, "needs", scores.needs_known if agreed else scores.needs)
    if incident.needs and not set(incident.needs).isdisjoint(awaitable(facts)):
        note(found, "needed", scores.needed)
    if any(map(is_telling, facts.needs.intersection(incident.needs))):
        note(found, "needs_too", scores.needs_too)


def _by_trouble(
    event: Event, incident: IncidentMemory, context: Context, found: dict[str, float]
) -> None:
    scores = context.policy.scores
    if max(found.values(), default=0.0) >= scores.join:
        return
    if any(_brings(pair, event, incident, context.topology) for pair in event.pairs):
        note(found, "brings", scores.brings)
    later = event.suffers and seconds_after_root(event, incident) >= 0
    if later and not PLATFORM.isdisjoint(incident.root_topics) and one_scope(event, incident):
        note(found, "infrastructure", scores.infrastructure)


def _brings(
    pair: tuple[str, str], event: Event, incident: IncidentMemory, topology: Topology
) -> bool:
    cause, symptom = pair
    roots, topics = incident.root_topics, event.facts.topics
    forward = cause in roots and symptom in topics
    if not forward and not (
        symptom in roots and cause in topics and event.at <= incident.last_event_at
    ):
        return False
    if cause in PLATFORM:
        return one_scope(event, incident)
    return not unrelated(event, incident, topology)

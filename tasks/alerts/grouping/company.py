"""What joins an incident although nothing names it: that alone may have brought such trouble."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from models.records.grouping import Candidate
from tasks.alerts.grouping.context import Context
from tasks.alerts.grouping.entities import Facts
from tasks.alerts.grouping.events import (
    Event,
    gap_minutes,
    one_scope,
    seconds_after_root,
    unrelated,
)
from tasks.alerts.grouping.memory import IncidentMemory
from tasks.alerts.grouping.merging import may_merge
from tasks.alerts.grouping.places import REACH, other_sites
from tasks.alerts.grouping.scoring import vetoes_of
from tasks.alerts.grouping.topology import Topology
from tasks.alerts.grouping.vocabulary import CONFINED, EXPECTED, FOUNDATIONS, INTRINSIC, SYMPTOMS

_CARRIERS = frozenset(("host", "hypervisor", "node"))


def with_company(
    event: Event, scored: list[Candidate], found: Sequence[IncidentMemory], context: Context
) -> list[Candidate]:
    """Tie an event to the one incident that may have brought it, where nothing else ties it.

    First to what is known to bring such trouble, then an event that only suffers to the one that is
    fresh: of a service that stands in no topology nothing tells what it depends on. When several
    come into question nobody can say which of them it is of, so that it stays alone; also where a
    topology of services lacks only this one, and it is not in the incident's cluster or namespace.
    """
    scores = context.policy.scores
    if any(one.score >= scores.join for one in scored):
        return scored
    for name, value, one in (
        ("expected", scores.expected, _expected(event, found, context)),
        ("company", scores.company, _alone(event, found, context)),
    ):
        if one is not None:
            gap = round(gap_minutes(event.at, one), 1)
            features = {name: value, "gap_minutes": gap}
            alone = Candidate(incident=one.ref, score=value, features=features)
            return [alone, *(other for other in scored if other.incident != one.ref)]
    return scored


def brought(
    event: Event, chosen: IncidentMemory, others: Sequence[IncidentMemory], context: Context
) -> list[IncidentMemory]:
    """Return the one incident that brought what an event joins, if the event shows that it did.

    It does where the incident that it joins only suffers so far.
    """
    one = _expected(event, [other for other in others if other is not chosen], context)
    fits = one is not None and not one.split and may_merge(chosen, one, context)
    return [one] if one is not None and fits else []


def only_suffers(incident: IncidentMemory) -> bool:
    """Say whether an incident's beginning is trouble that something else brings."""
    return bool(incident.root_topics) and set(incident.root_topics) <= SYMPTOMS


def _expected(
    event: Event, found: Sequence[IncidentMemory], context: Context
) -> IncidentMemory | None:
    """Return the one incident whose beginning is known to bring trouble of this kind."""
    brings = _bringer(event)
    if brings is None:
        return None
    limit = context.policy.windows.full_minutes
    fits = [
        one
        for one in found
        if brings(one)
        and gap_minutes(event.at, one) <= limit
        and seconds_after_root(event, one) >= 0
        and one_scope(event, one)
        and not unrelated(event, one, context.topology)
        and not vetoes_of(event, one, context)
    ]
    return fits[0] if len(fits) == 1 else None


def _bringer(event: Event) -> Callable[[IncidentMemory], bool] | None:
    topics = event.facts.topics
    if "vm" in event.kinds and not topics.isdisjoint(REACH):
        return _carrier_fails
    causes = {cause for cause, symptom in EXPECTED if symptom in topics and cause not in topics}
    return (lambda one: not causes.isdisjoint(one.root_topics)) if causes else None


def _carrier_fails(incident: IncidentMemory) -> bool:
    roots = [incident.entities[key] for key in incident.root_entities if key in incident.entities]
    lost = not REACH.isdisjoint(incident.root_topics)
    return lost and any(one.kind in _CARRIERS for one in roots)


def _alone(
    event: Event, found: Sequence[IncidentMemory], context: Context
) -> IncidentMemory | None:
    by_label = any(thing.kind for thing in event.facts.named)
    if event.known or not by_label or event.facts.topics & INTRINSIC:
        return None
    inner = "crash" in event.facts.topics and event.facts.namespace is not None
    if not (event.suffers or inner):
        return None
    near = context.policy.windows.company_minutes
    fresh = [one for one in found if _fresh(event, one, near, context)]
    if event.suffers:
        fresh = list(_likelier(event.facts, fresh))
        fits = len(fresh) == 1 and (_together(event.facts, fresh[0]) or _untold(context.topology))
        return fresh[0] if fits else None
    inside = [one for one in fresh if event.facts.namespace in one.namespaces]
    carries = len(inside) == 1 and not FOUNDATIONS.isdisjoint(inside[0].root_topics)
    return inside[0] if carries and _untold(context.topology) else None


def _likelier(facts: Facts, fresh: Sequence[IncidentMemory]) -> Sequence[IncidentMemory]:
    """Leave out what is of other namespaces, where all tell theirs, and what stays in one service.

    Those are left out only where something else remains.
    """
    if facts.namespace is not None and all(one.namespaces for one in fresh):
        fresh = [one for one in fresh if facts.namespace in one.namespaces] or fresh
    return [one for one in fresh if CONFINED.isdisjoint(one.root_topics)] or fresh


def _untold(topology: Topology) -> bool:
    """Say whether the topology tells of no service at all, so that none can be missing in it."""
    return not topology.has("service")


def _together(facts: Facts, incident: IncidentMemory) -> bool:
    """Say whether an event and an incident name the same cluster or namespace."""
    return facts.cluster in incident.clusters or facts.namespace in incident.namespaces


def _fresh(event: Event, incident: IncidentMemory, limit: float, context: Context) -> bool:
    early = seconds_after_root(event, incident) < 0
    # What only suffers brings nothing.
    if early or only_suffers(incident) or other_sites(event, incident):
        return False
    near = gap_minutes(event.at, incident) <= limit
    return near and not vetoes_of(event, incident, context)

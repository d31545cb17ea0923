"""What the topology says of an event and an incident: which of them stands on the other."""

from __future__ import annotations

from collections.abc import Mapping

from tasks.alerts.grouping.context import Context
from tasks.alerts.grouping.entities import Facts
from tasks.alerts.grouping.events import Event, seconds_after_root
from tasks.alerts.grouping.memory import IncidentMemory
from tasks.alerts.grouping.things import Thing
from tasks.alerts.grouping.vocabulary import FOUNDATIONS, INTRINSIC, SUFFERING

EARLY_SYMPTOM_SECONDS = 300.0
_LATE_CAUSE_SECONDS = 600.0
_MENTIONED = 0.5  # from here down a thing was only mentioned
_SEVERAL = 2  # things that stand on one and the same
_MOST = 0.5  # of what an incident knows


def note(found: dict[str, float], name: str, value: float) -> None:
    """Note evidence where it is stronger than what was found of its sort."""
    if value > found.get(name, 0.0):
        found[name] = round(value, 4)


def by_topology(
    thing: Thing,
    event: Event,
    incident: IncidentMemory,
    context: Context,
    found: dict[str, float],
) -> None:
    """Note what ties a thing that an event names to the things of an incident."""
    scores, topology = context.policy.scores, context.topology
    up, down = topology.upstream(thing.key), topology.downstream(thing.key)
    held = incident.entities.keys()
    if held.isdisjoint(up.keys()) and held.isdisjoint(down.keys()):
        return
    late = seconds_after_root(event, incident)
    own = _own_cause(event.facts, incident)
    alike = not event.facts.topics.isdisjoint(incident.root_topics)
    for key, memory in incident.entities.items():
        root = key in incident.root_entities or (alike and key in incident.root_served)
        weight = thing.weight * memory.weight
        if key in up:
            steps = scores.downstream if root else scores.downstream_of_member
            value = _at(steps, up[key]) * weight * (scores.intrinsic if own else 1.0)
            value *= scores.wrong_order if late < -EARLY_SYMPTOM_SECONDS else 1.0
            value *= scores.unlike if up[key] > 1 and not event.facts.topics & SUFFERING else 1.0
            note(found, "downstream" if root else "downstream_of_member", value)
        elif key in down:
            steps = scores.upstream if root else scores.upstream_of_member
            value = _at(steps, down[key]) * weight
            value *= scores.wrong_order if late > _LATE_CAUSE_SECONDS else 1.0
            value *= scores.intrinsic if INTRINSIC.intersection(incident.root_topics) else 1.0
            note(found, "upstream" if root else "upstream_of_member", value)
    if not FOUNDATIONS.isdisjoint(event.facts.topics):
        value = _carried(down, incident, scores.upstream) * thing.weight
        note(found, "carries", value * (scores.wrong_order if late > _LATE_CAUSE_SECONDS else 1.0))


def _carried(down: Mapping[str, int], incident: IncidentMemory, steps: tuple[float, ...]) -> float:
    """Return what it tells that most of an incident's things stand on one; 0 where they do not.

    Whichever of them seems to be the beginning: it may only have been the first that was heard of.
    """
    known = [
        key
        for key, memory in incident.entities.items()
        if memory.known and memory.weight > _MENTIONED
    ]
    below = sorted(down[key] for key in known if key in down)
    if len(below) < max(_SEVERAL, _MOST * len(known)):
        return 0.0
    return _at(steps, below[len(below) // 2])


def _at(steps: tuple[float, ...], distance: int) -> float:
    return steps[distance - 1] if distance <= len(steps) else 0.0


def _own_cause(facts: Facts, incident: IncidentMemory) -> bool:
    own = facts.topics & INTRINSIC
    return bool(own) and not own.intersection(incident.topics)

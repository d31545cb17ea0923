"""An alert event as it is compared with incidents, and where it lies in time beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.records.grouping import Signal
from tasks.alerts.grouping.entities import Facts, read
from tasks.alerts.grouping.memory import IncidentMemory
from tasks.alerts.grouping.tokens import places_of
from tasks.alerts.grouping.topology import Topology
from tasks.alerts.grouping.vocabulary import BRINGS, SYMPTOMS

_SYMPTOM_CAUSE = 0.5


@dataclass(frozen=True, slots=True)
class Event:
    """A signal with what it tells and where it belongs to."""

    signal: Signal
    facts: Facts
    places: tuple[str, ...]
    kinds: frozenset[str]  # of the things that it names
    known: bool  # one of them stands in the topology
    suffers: bool  # its trouble comes from something else
    pairs: tuple[tuple[str, str], ...]  # of BRINGS, those that it may be a part of
    fires_until: datetime | None = None  # of what a window gives back: it has fired until then

    @property
    def at(self) -> datetime:
        """When it happened, by the sender's clock."""
        return self.signal.occurred_at

    @property
    def until(self) -> datetime:
        """Until when it is known to have fired."""
        return max(self.at, self.fires_until or self.at)


def event_of(signal: Signal, topology: Topology) -> Event:
    """Return a signal together with what it tells."""
    facts = read(signal, topology)
    topics = facts.topics
    return Event(
        signal=signal,
        facts=facts,
        places=tuple(places_of(facts)),
        kinds=frozenset(thing.kind for thing in facts.named),
        known=any(thing.known for thing in facts.named),
        suffers=bool(topics & SYMPTOMS) and facts.cause <= _SYMPTOM_CAUSE,
        pairs=tuple(pair for pair in BRINGS if not topics.isdisjoint(pair)),
    )


def gap_minutes(at: datetime, incident: IncidentMemory) -> float:
    """Return the distance to the time in which an incident's alerts fired; 0 within it."""
    if at < incident.started_at:
        return (incident.started_at - at).total_seconds() / 60
    return max((at - incident.last_event_at).total_seconds() / 60, 0.0)


def seconds_after_root(event: Event, incident: IncidentMemory) -> float:
    """Return how long after an incident's beginning an event happened; below 0 for before."""
    return (event.at - (incident.root_at or incident.started_at)).total_seconds()


def unrelated(event: Event, incident: IncidentMemory, topology: Topology) -> bool:
    """Say whether the topology knows both sides, so that it would have told of a link."""
    return event.known and any(key in topology.nodes for key in incident.root_entities)


def one_scope(event: Event, incident: IncidentMemory) -> bool:
    """Say whether nothing tells that an event and an incident are of two clusters."""
    facts = event.facts
    return not facts.cluster or not incident.clusters or facts.cluster in incident.clusters

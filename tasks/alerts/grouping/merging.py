"""When one event proves that several incidents are one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.records.grouping import Candidate
from tasks.alerts.grouping.carrying import STORAGE
from tasks.alerts.grouping.context import Context
from tasks.alerts.grouping.elsewhere import carries_all
from tasks.alerts.grouping.events import Event
from tasks.alerts.grouping.membership import absorb
from tasks.alerts.grouping.memory import IncidentMemory, Memory
from tasks.alerts.grouping.policy import Bursts
from tasks.alerts.grouping.scoring import strongest, vetoes_of
from tasks.alerts.grouping.things import HOSTS, SERVICES
from tasks.alerts.grouping.topology import Topology
from tasks.alerts.grouping.vocabulary import INTRINSIC, LOST, SYMPTOMS, WIDE

_SAME = frozenset(("same_root", "same_entity"))
_CARRIED = SERVICES | {"pod", "vm"}
_OF_SERVICES = SYMPTOMS - {"probe"} | {"database", "broker"}
_NO_DISKS = frozenset(("place", "switch", "network", "power"))  # that hosts share, but no storage
_ABOVE = frozenset(
    ("upstream", "carries", "one_storage", "needed", "device_place", "device_cluster")
)


def bridged(
    event: Event,
    chosen: IncidentMemory,
    scored: Iterable[Candidate],
    memory: Memory,
    context: Context,
) -> list[IncidentMemory]:
    """Return the incidents that an event which joins one of them proves to be the same.

    It does so when it stands above the beginning of both, or between the one and the other; an
    event that merely suffers from both proves nothing. Environments and clusters keep them apart,
    unless it tells of a lost machine that carries both.
    """
    candidates = {one.incident: one for one in scored}
    own, least = candidates.get(chosen.ref), context.policy.scores.merge
    if own is None or chosen.split:
        return []
    found = []
    for other in candidates.values():
        incident = memory.incident(other.incident) if other.score >= least else None
        if incident is None or incident is chosen or incident.split:
            continue
        if not _proves(own, other, chosen, incident):
            continue
        carried = carries_all(event.facts, (chosen, incident), context.topology)
        if may_merge(chosen, incident, context) or (carried and _near(chosen, incident, context)):
            found.append(incident)
    return found


def _proves(
    own: Candidate, other: Candidate, chosen: IncidentMemory, incident: IncidentMemory
) -> bool:
    sides = {strongest(own.features), strongest(other.features)}
    if sides <= _SAME:
        return _carries(chosen, incident) or _carries(incident, chosen)
    if not sides & _ABOVE:
        return False
    if sides <= _ABOVE | {"same_root"}:
        return True
    below = incident if strongest(other.features) in _ABOVE else chosen
    return "downstream" in sides and not INTRINSIC.intersection(below.root_topics)


def _carries(machine: IncidentMemory, carried: IncidentMemory) -> bool:
    """Say whether one incident is of a machine and the other of what may run on it.

    An alert that names both, as one of a pod on a node, then shows that it does.
    """
    if INTRINSIC.intersection(carried.root_topics) or carried.started_at < machine.started_at:
        return False
    return _root_kinds(machine) <= HOSTS and _root_kinds(carried) <= _CARRIED


def _root_kinds(incident: IncidentMemory) -> set[str]:
    return {
        incident.entities[key].kind if key in incident.entities else ""
        for key in incident.root_entities or ("",)
    }


def may_merge(one: IncidentMemory, other: IncidentMemory, context: Context) -> bool:
    """Say whether nothing forbids that two incidents are one."""
    return not _apart(one, other) and _near(one, other, context)


def _near(one: IncidentMemory, other: IncidentMemory, context: Context) -> bool:
    apart = abs((one.started_at - other.started_at).total_seconds()) / 60
    return apart <= context.policy.windows.window_minutes and other.live


def _apart(one: IncidentMemory, other: IncidentMemory) -> bool:
    """Say whether two incidents are of different environments or clusters."""
    if one.environment and other.environment and one.environment != other.environment:
        return True
    return bool(one.clusters and other.clusters and not set(one.clusters) & set(other.clusters))


def burst_at(
    event: Event, found: Sequence[IncidentMemory], context: Context
) -> tuple[str, list[IncidentMemory]] | None:
    """Return the place where so many hosts failed at once that it counts as one, with them.

    None where the event tells of no host, of trouble that has its own cause, or of a service's.
    """
    topics = event.facts.topics
    if event.facts.host is None or topics & INTRINSIC or (topics and topics <= _OF_SERVICES):
        return None
    for place in event.places:
        peers = [one for one in found if _peer(event, one, place, context)]
        new = not any(_has_host(one, event.facts.host) for one in peers)
        hosts = sum(one.hosts for one in peers) + new
        if peers and hosts >= needed(place, event, context):
            return place, peers
    return None


def needed(place: str, event: Event, context: Context) -> float:
    """Return from how many hosts on failures at a place count as one."""
    bursts: Bursts = context.policy.bursts
    kind, _, name = place.partition("/")
    if kind == "hub":
        slow = STORAGE in event.facts.topics and not event.facts.topics & WIDE
        if slow and context.topology.nodes[name].kind in _NO_DISKS:
            return float("inf")
        return _of_hub(name, context.topology, bursts)
    if kind == "rule":
        return bursts.alike_hosts
    if not event.facts.topics & WIDE:
        return float("inf")
    if kind in ("alike", "cluster", "region", "lost"):
        return bursts.alike_hosts if event.facts.topics & LOST else float("inf")
    return bursts.place_hosts


def _of_hub(hub: str, topology: Topology, bursts: Bursts) -> float:
    return max(bursts.hub_hosts, bursts.hub_share * topology.members(hub))


def _peer(event: Event, incident: IncidentMemory, place: str, context: Context) -> bool:
    if place not in incident.places or incident.split:
        return False
    if INTRINSIC.intersection(incident.root_topics) and place not in incident.mass:
        return False
    if vetoes_of(event, incident, context):
        return False
    if place in incident.mass:
        return True
    kinds = {one.kind for key, one in incident.entities.items() if key in incident.root_entities}
    near = abs(((incident.root_at or incident.started_at) - event.at).total_seconds())
    # The first to be told of a lost machine may be what ran there.
    carried = bool(incident.hosts) and kinds <= _CARRIED and LOST & {*incident.root_topics}
    return bool(kinds & HOSTS or carried) and near <= context.policy.windows.burst_minutes * 60


def _has_host(incident: IncidentMemory, host: str) -> bool:
    return any(one.name == host for one in incident.entities.values())


def merge_all(
    incidents: Sequence[IncidentMemory], memory: Memory, context: Context
) -> IncidentMemory:
    """Merge incidents into the one that was opened first."""
    first, *others = sorted(incidents, key=lambda one: (one.opened_at, len(one.ref), one.ref))
    for other in others:
        absorb(first, other, memory, context)
    return first

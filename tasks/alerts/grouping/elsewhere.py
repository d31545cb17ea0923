"""Environments and clusters: what keeps an event apart from an incident, and what is stronger.

A label says where its sender counts a thing to; the topology says what it runs on. A failed machine
takes along what hangs below it, whichever environment that is of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tasks.alerts.grouping import names
from tasks.alerts.grouping.entities import Facts
from tasks.alerts.grouping.memory import IncidentMemory
from tasks.alerts.grouping.things import HOSTS, Thing
from tasks.alerts.grouping.topology import Topology
from tasks.alerts.grouping.vocabulary import LOST


def elsewhere(facts: Facts, incident: IncidentMemory, topology: Topology) -> list[str]:
    """Return in which environment or cluster an event is that an incident is not in, in words.

    Empty also for what hangs below the failed machine that the incident is about, and for a machine
    that is lost below which the one hangs that the incident is about: it was told of earlier.
    """
    found = []
    if facts.environment and incident.environment not in (None, facts.environment):
        found.append(f"environment {facts.environment}, not {incident.environment}")
    if facts.cluster and incident.clusters and facts.cluster not in incident.clusters:
        found.append(f"cluster {facts.cluster}, not {incident.clusters[0]}")
    if found and (
        _hangs_below_root(facts, incident, topology) or _lost_below(facts, incident, topology)
    ):
        return []
    return found


def carries_all(facts: Facts, incidents: Iterable[IncidentMemory], topology: Topology) -> bool:
    """Say whether an event tells of a lost machine on which the beginnings of all of these hang."""
    return all(_lost_below(facts, one, topology) for one in incidents)


def _lost_below(facts: Facts, incident: IncidentMemory, topology: Topology) -> bool:
    if LOST.isdisjoint(facts.topics):
        return False
    keys = {one.key for one in facts.named if one.known and _is_machine(one.key, topology)}
    return bool(keys) and _hang(incident, keys, topology)


def _hang(incident: IncidentMemory, keys: Collection[str], topology: Topology) -> bool:
    """Say whether all machines that an incident began on are lost too and hang below others."""
    roots = [key for key in incident.root_entities if _is_machine(key, topology)]
    if not roots or LOST.isdisjoint(incident.root_topics):
        return False
    return all(key not in keys and _hangs_below(key, keys, incident, topology) for key in roots)


def _hangs_below_root(facts: Facts, incident: IncidentMemory, topology: Topology) -> bool:
    roots = {key for key in incident.root_entities if _is_machine(key, topology)}
    if not roots:
        return False
    own = (one for one in facts.named if one.known and _is_meant(one, facts, topology))
    return any(_hangs_below(one.key, roots, incident, topology) for one in own)


def _is_machine(key: str, topology: Topology) -> bool:
    node = topology.nodes.get(key)
    return node is not None and node.kind in HOSTS


def _is_meant(thing: Thing, facts: Facts, topology: Topology) -> bool:
    """Say whether an event surely means this thing, and not one called so somewhere else.

    A machine's name is its own. A service's is used again in each environment, so that the alert
    has to name the thing's cluster, or an environment that the cluster's name tells.
    """
    if thing.kind in HOSTS:
        return True
    if not topology.answers_for(facts.cluster, facts.environment):
        return False
    realm = topology.nodes[thing.key].realm
    if realm in ("", facts.cluster, facts.environment):
        return True
    told = names.environment_in(realm)
    return told == facts.environment if told else thing.kind == "pod"


def _hangs_below(
    key: str, roots: Collection[str], incident: IncidentMemory, topology: Topology
) -> bool:
    """Say whether a thing stands on a root, also by way of a member, further than one walk goes."""
    above = topology.upstream(key).keys()
    ways = [above, *(topology.upstream(one).keys() for one in above & incident.entities.keys())]
    return any(not way.isdisjoint(roots) for way in ways)

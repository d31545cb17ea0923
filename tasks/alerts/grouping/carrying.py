"""What a machine carries: the services that an alert means which names their machine only.

That `cart01` has a long queue is trouble of the service that runs there, so that what this depends
on may have brought it. A machine that is lost, full or hot has trouble of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tasks.alerts.grouping.things import HOSTS, SERVICES, Thing
from tasks.alerts.grouping.topology import Topology
from tasks.alerts.grouping.vocabulary import INTRINSIC, LOST, SYMPTOMS

STORAGE = "disk-io"
_OF_SERVICES = SYMPTOMS - {"probe"} | {"database", STORAGE}
_MOST = 3  # services of one machine; of more nobody can say which is meant
_WEIGHT = 0.8
_MENTIONED = 0.5


def served_by(
    things: Iterable[Thing], topics: Collection[str], topology: Topology
) -> tuple[Thing, ...]:
    """Return the services on the machines that an alert names, where it is of trouble of theirs."""
    named = [thing for thing in things if thing.weight > _MENTIONED]
    own = not (INTRINSIC | LOST).isdisjoint(topics) or _OF_SERVICES.isdisjoint(topics)
    if own or any(thing.kind in SERVICES for thing in named):
        return ()
    keys = [thing.key for thing in named if thing.known and thing.kind in HOSTS]
    found = {key: topology.nodes[key] for one in keys for key in _carried(one, topology)}
    if len(found) > _MOST:
        return ()
    return tuple(
        Thing(key, node.name.lower(), node.kind, _WEIGHT, known=True) for key, node in found.items()
    )


def _carried(machine: str, topology: Topology) -> Iterable[str]:
    below = topology.downstream(machine).items()
    return (key for key, steps in below if steps == 1 and topology.nodes[key].kind in SERVICES)


def storage_below(keys: Iterable[str], topology: Topology) -> set[str]:
    """Return the storage that things stand on, or are."""
    above = (one for key in keys for one in (key, *topology.upstream(key)))
    return {one for one in above if one in topology.nodes and topology.nodes[one].kind == "storage"}

"""What triage looks alerts up in: the inventory's names and its graph, read once a collection."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection

from models.store import surroundings
from tasks.alerts.extraction import Entity, KnownEntities
from tasks.alerts.grouping.topology import Topology
from tasks.alerts.grouping.topology_graph import Edge, Thing, topology_of

Rows = Connection[tuple[Any, ...]]
_LOOK_SECONDS = 5.0  # how seldom is asked whether there is a newer collection


@dataclass(frozen=True, slots=True)
class World:
    """The inventory as of one version of it."""

    version: str = ""
    known: KnownEntities = field(default_factory=KnownEntities.empty)
    topology: Topology = field(default_factory=Topology)


@dataclass(slots=True)
class Surroundings:
    """Keeps the world of this process until a newer collection, or a newer join, is stored."""

    hops: int = 4
    _world: World | None = None
    _looked: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def world(self, conn: Rows, hops: int | None = None) -> World:
        """Return the world, read anew where it has changed.

        Args:
            conn: Nothing is written.
            hops: How far walks in the topology go from here on, as the policy says.
        """
        with self._lock:
            if hops is not None and hops != self.hops:
                self.hops, self._world = hops, None
            now = time.monotonic()
            if self._world is None or now - self._looked > _LOOK_SECONDS:
                version = surroundings.version(conn)
                if self._world is None or self._world.version != version:
                    self._world = _read(conn, version, self.hops)
                self._looked = now
            return self._world


def topology_in(conn: Rows, hops: int = 4) -> Topology:
    """Return the topology of the collected graph as it is now; empty where nothing is collected."""
    return _topology(conn, surroundings.things(conn), hops)


def _read(conn: Rows, version: str, hops: int) -> World:
    things = surroundings.things(conn)
    known = KnownEntities.from_assets(
        Entity(one.id, one.kind, one.name, one.namespace, one.cluster, one.addresses)
        for one in things
    )
    return World(version, known, _topology(conn, things, hops))


def _topology(conn: Rows, things: Sequence[surroundings.Named], hops: int) -> Topology:
    return topology_of(
        (
            Thing(one.id, one.kind, one.name, one.cluster or "", one.namespace or "")
            for one in things
        ),
        (Edge(*edge) for edge in surroundings.edges(conn)),
        hops=hops,
    )

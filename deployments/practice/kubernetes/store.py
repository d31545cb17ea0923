"""A cluster's objects in memory: one resourceVersion counter, a history for watches.

An object is never changed in place: who changes one puts another in its stead. So a page of a list
and the encoded form of an object stay true however long somebody holds them.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from deployments.practice.kubernetes.resources import Resource

Key = tuple[str, str]  # namespace and name
HISTORY = 4000  # changes a resource keeps for watches
SNAPSHOTS = 64


@dataclass(slots=True, eq=False)
class Stored:
    """One version of an object; `encoded` is its JSON without kind and apiVersion."""

    value: dict[str, Any]
    version: int
    _encoded: bytes | None = None

    @property
    def key(self) -> Key:
        """Return its namespace and name."""
        metadata = self.value["metadata"]
        return metadata.get("namespace", ""), metadata["name"]

    @property
    def encoded(self) -> bytes:
        """Return its JSON, made once."""
        if self._encoded is None:
            self._encoded = orjson.dumps(self.value)
        return self._encoded


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the history; `kind` is ADDED, MODIFIED or DELETED."""

    kind: str
    stored: Stored
    version: int


@dataclass(slots=True)
class _Shelf:
    """All objects of one resource."""

    objects: dict[Key, Stored] = field(default_factory=dict)
    order: list[Key] | None = None
    history: deque[Change] = field(default_factory=lambda: deque(maxlen=HISTORY))
    snapshots: OrderedDict[int, list[Stored]] = field(default_factory=OrderedDict)
    oldest: int = 0  # watches from before this version are too old


class Store:
    """All objects of a cluster. Safe from many threads; `lock` may be held over several calls."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.version = 1000
        self._shelves: dict[Resource, _Shelf] = defaultdict(_Shelf)
        self.listeners: list[Callable[[Resource, Change], None]] = []

    def get(self, resource: Resource, namespace: str, name: str) -> Stored | None:
        """Return an object, if it is there."""
        return self._shelves[resource].objects.get((namespace, name))

    def all(self, resource: Resource) -> list[Stored]:
        """Return all objects of a resource, in the order of namespace and name."""
        with self.lock:
            shelf = self._shelves[resource]
            return [shelf.objects[key] for key in _order(shelf)]

    def within(self, resource: Resource, namespace: str) -> list[Stored]:
        """Return a namespace's objects of a resource."""
        return self.starting(resource, namespace, "")

    def starting(self, resource: Resource, namespace: str, prefix: str) -> list[Stored]:
        """Return a namespace's objects of a resource whose names start so."""
        with self.lock:
            shelf = self._shelves[resource]
            order = _order(shelf)
            first = bisect_left(order, (namespace, prefix))
            last = bisect_left(order, (namespace, f"{prefix}\uffff"))
            return [shelf.objects[key] for key in order[first:last]]

    def count(self, resource: Resource) -> int:
        """Return how many objects a resource has."""
        return len(self._shelves[resource].objects)

    def put(self, resource: Resource, value: dict[str, Any]) -> Stored:
        """Keep an object under the next version, in place of the one of its name."""
        with self.lock:
            self.version += 1
            metadata = value["metadata"]
            value = {**value, "metadata": {**metadata, "resourceVersion": str(self.version)}}
            stored = Stored(value, self.version)
            shelf = self._shelves[resource]
            known = stored.key in shelf.objects
            shelf.objects[stored.key] = stored
            if not known and shelf.order is not None:
                insort(shelf.order, stored.key)
            self._tell(resource, shelf, "MODIFIED" if known else "ADDED", stored)
            return stored

    def remove(self, resource: Resource, key: Key) -> Stored | None:
        """Take an object away and return its last version."""
        with self.lock:
            shelf = self._shelves[resource]
            if key not in shelf.objects:
                return None
            order = _order(shelf)
            del order[bisect_left(order, key)]
            found = shelf.objects.pop(key)
            self.version += 1
            metadata = {**found.value["metadata"], "resourceVersion": str(self.version)}
            last = Stored({**found.value, "metadata": metadata}, self.version)
            self._tell(resource, shelf, "DELETED", last)
            return last

    def _tell(self, resource: Resource, shelf: _Shelf, kind: str, stored: Stored) -> None:
        if shelf.history.maxlen == len(shelf.history):
            shelf.oldest = shelf.history[0].version
        change = Change(kind, stored, self.version)
        shelf.history.append(change)
        for listener in self.listeners:
            listener(resource, change)
        self.changed.notify_all()

    def snapshot(self, resource: Resource) -> int:
        """Keep the resource as it is now for the pages of a list, and return its version."""
        with self.lock:
            shelf = self._shelves[resource]
            if self.version not in shelf.snapshots:
                shelf.snapshots[self.version] = self.all(resource)
                while len(shelf.snapshots) > SNAPSHOTS:
                    shelf.snapshots.popitem(last=False)
            return self.version

    def page(self, resource: Resource, version: int, after: Key | None) -> list[Stored] | None:
        """Return what a kept version has after a key; none where it is no longer kept."""
        with self.lock:
            found = self._shelves[resource].snapshots.get(version)
        if found is None or after is None:
            return found
        return found[bisect_right(found, after, key=lambda stored: stored.key) :]

    def forget_snapshots(self, resource: Resource) -> None:
        """Let every continue token of a resource expire."""
        with self.lock:
            self._shelves[resource].snapshots.clear()

    def compact(self, resource: Resource) -> None:
        """Let every watch from an earlier version be too old, as after etcd's compaction."""
        with self.lock:
            shelf = self._shelves[resource]
            shelf.history.clear()
            shelf.oldest = self.version

    def since(self, resource: Resource, version: int) -> list[Change] | None:
        """Return the changes after a version; none where the history does not reach so far."""
        with self.lock:
            shelf = self._shelves[resource]
            if version < shelf.oldest:
                return None
            return [change for change in shelf.history if change.version > version]


def _order(shelf: _Shelf) -> list[Key]:
    if shelf.order is None:
        shelf.order = sorted(shelf.objects)
    return shelf.order


def stamp(at: datetime | None = None) -> str:
    """Return a moment as the API writes it: UTC, whole seconds."""
    return (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")

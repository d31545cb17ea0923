"""The things that an alert speaks of, and which of a topology's they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from tasks.alerts.common_names import MACHINES, Signs, is_common, kinds_said
from tasks.alerts.grouping import names
from tasks.alerts.grouping.topology import Node, Topology
from tasks.alerts.grouping.vocabulary import STOP

THINGS = 8  # of one alert
DEVICES = frozenset(("switch", "power", "storage", "hypervisor", "router", "device"))
HOSTS = frozenset(("host", "vm", "switch", "hypervisor", "node", "power", "storage", "device"))
SERVICES = frozenset(("service", "workload", "job", "database", "queue"))
EXTENDED = 0.85  # a known name that an unknown one extends
_UNTOLD = 0.9  # a known name under a label that does not say what it holds
_NOTHING = frozenset[str]()
_FULL = 2  # dots of a machine's full name


class Thing(NamedTuple):
    """One thing an alert names. `key` is the topology's id where it has one, else the name."""

    key: str
    name: str
    kind: str
    weight: float
    known: bool


class Named(NamedTuple):
    """A name that an alert gives; `telling` says that its label says of what kind it is."""

    name: str
    kind: str
    weight: float
    telling: bool = True

    @property
    def told(self) -> frozenset[str]:
        """The kinds that its label says."""
        return kinds_said(self.kind) if self.telling else _NOTHING


class Resolver:
    """Looks names up in the topology, as far as that answers for the alert's cluster."""

    def __init__(self, topology: Topology, environment: str | None, signs: Signs) -> None:
        self._topology, self._signs = topology, signs
        cluster = signs.cluster or None
        # Of another environment it may still tell how its services stand to one another.
        self._answers = topology.answers_for(cluster, environment)
        self._own = topology.is_of(cluster, environment)
        self._realms = [realm for realm in (cluster, environment) if realm]
        self._found: dict[tuple[str, frozenset[str], bool], str | None] = {}

    def things(
        self,
        named: Sequence[Named],
        asset_id: str | None,
        mentions: Iterable[str],
    ) -> tuple[Thing, ...]:
        """Return the things of an alert, each once, those that it names by label first."""
        found: dict[str, Thing] = {}
        named = [*named, *self._stems(named)]
        if asset_id in self._topology.nodes:
            node = self._topology.nodes[asset_id]
            found[node.id] = Thing(node.id, node.name.lower(), node.kind or "host", 1.0, known=True)
        for one in named:
            thing = self._thing(one) if one.name else None
            if thing and found.setdefault(thing.key, thing).weight < one.weight:
                found[thing.key] = thing
        surely = bool(found)
        for name in list(mentions)[:60] if self._topology else ():
            if name.isalpha() and not self._topology.knows(name):  # most are words
                continue
            thing = self._mention(name, surely)
            if thing and len(found) < THINGS:
                found.setdefault(thing.key, thing)
        ordered = sorted(found.values(), key=lambda thing: -thing.weight)
        return tuple(ordered[:THINGS])

    def known_among(self, values: Iterable[str]) -> Iterator[Named]:
        """Yield the values that are names of the topology, to the letter."""
        for value in sorted(values):
            found = self._find(value) if value and value not in STOP else None
            if found is not None and self._topology.nodes[found].name.lower() == value:
                kind = self._topology.nodes[found].kind or "host"
                yield Named(value, kind, _UNTOLD, telling=False)

    def _stems(self, named: Iterable[Named]) -> Iterator[Named]:
        """Yield the known things that unknown names extend, as `billing` of `billing-nightly`."""
        for name, kind, weight, telling in named:
            told = kinds_said(kind) if telling else _NOTHING
            # A host's name is its own: core-sw-2 is not sw-2.
            if kind == "container" or kind in HOSTS or self._find(name, told) is not None:
                continue
            known = [stem for stem in names.stems_of(name) if self._find(stem)]
            if not known:  # one of its parts, where it is clear which
                inner = [part for part in names.parts_of(name) if self._find(part)]
                known = inner if len(inner) == 1 else []
            yield from (Named(stem, kind, EXTENDED * weight, telling=False) for stem in known)

    def _thing(self, named: Named) -> Thing:
        name, kind, weight, _ = named
        node_id = self._find(name, named.told)
        if node_id is None or (kind in SERVICES and not self._topology.may_serve(node_id)):
            return Thing(name, name, kind, weight, known=False)
        node = self._topology.nodes[node_id]
        return Thing(node_id, node.name.lower(), node.kind or kind, weight, known=True)

    def _find(
        self, name: str, told: frozenset[str] = _NOTHING, *, whole: bool = True
    ) -> str | None:
        if not self._topology:
            return None
        key = name, told, whole
        if key not in self._found:
            found = self._search(name, told, whole=whole)
            # A machine's full name is its own, whichever cluster its sender counts it to.
            elsewhere = found is not None and not self._answers and name.count(".") < _FULL
            if elsewhere and self._topology.nodes[found].kind not in SERVICES:  # type: ignore[index]
                found = None
            self._found[key] = found
        return self._found[key]

    def _search(self, name: str, told: frozenset[str], *, whole: bool) -> str | None:
        found = self._resolve(name, told, whole=whole)
        short = names.short_host(name)
        if found is None and short != name:
            spellings = (short, *names.stems_of(short))
            tried = (self._resolve(one, told, whole=whole) for one in spellings)
            found = next((one for one in tried if one), None)
        return found

    def _resolve(self, name: str, told: frozenset[str], *, whole: bool) -> str | None:
        if not self._topology.knows(name):  # most are not
            return None
        kinds = told if told <= MACHINES else _NOTHING
        if not is_common(name):
            return self._topology.resolve(name, self._realms, kinds)
        signs = replace(self._signs, told=told, whole=whole)
        # A file is written for the alerts that it is given with: what fills a label is its name.
        given = whole and self._answers and self._topology.named is None

        def meant(node: Node) -> bool:
            own = node.realm in self._realms if node.realm else self._own
            if given or (own and not node.namespace):
                return True
            return signs.mean(node.kind, name, node.namespace, node.realm)

        return self._topology.resolve(name, self._realms, kinds, meant)

    def _mention(self, name: str, surely: bool) -> Thing | None:  # noqa: FBT001
        # A plain word may be a service's name and a word of the sentence; a name with a digit or a
        # hyphen is hardly ever a word.
        telling = any(sign in name for sign in "0123456789-.") and any(map(str.isalpha, name))
        spellings = dict.fromkeys((name, names.workload_of(name)))
        node_id = next(filter(None, (self._find(one, whole=False) for one in spellings)), None)
        if node_id is None:
            return None
        node = self._topology.nodes[node_id]
        weight = 0.5 if surely else (0.9 if telling else 0.7)
        return Thing(node_id, node.name.lower(), node.kind or "host", weight, known=True)

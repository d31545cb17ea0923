"""From an alert's labels, fields and text to the things that it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from models.records.grouping import Signal
from tasks.alerts.grouping import names
from tasks.alerts.grouping.text import names_in, plain, words_of
from tasks.alerts.grouping.topology import Topology
from tasks.alerts.grouping.vocabulary import (
    CAUSE,
    CHECKS,
    CLUSTER_LABELS,
    ENVIRONMENT_LABELS,
    LABEL_KINDS,
    LAST,
    NAMESPACE_LABELS,
    PART,
    PLACE_LABELS,
    SCRAPE_JOBS,
    STOP,
    TITLE_TOPICS,
    TOPICS,
)

THINGS = 8  # of one alert
MENTIONS = 10
DEVICES = frozenset(("switch", "power", "storage", "hypervisor", "router", "device"))
HOSTS = frozenset(("host", "vm", "switch", "hypervisor", "node", "power", "storage", "device"))
SERVICES = frozenset(("service", "workload", "job", "database", "queue"))
# Numbers but those that are a code of an answer.
_FIGURES = re.compile(r"\b(?!40[13]\b|50\d\b)\d+(?:[.,]\d+)?\b")
_MENTIONED = 0.5  # from here down a thing was only mentioned
_CONTAINER = 0.3  # redis, sidecar: the same in many places
_EXTENDED = 0.85  # a known name that an unknown one extends
_NEUTRAL_CAUSE = 0.5
_LAST_CAUSE = 0.2
_DEVICE_CAUSE = 0.9


class Thing(NamedTuple):
    """One thing an alert names. `key` is the topology's id where it has one, else the name."""

    key: str
    name: str
    kind: str
    weight: float
    known: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What an alert tells beside its time; equal texts and labels give equal facts.

    `named` are the things that it names by a label or field, not only in its text.
    """

    things: tuple[Thing, ...]
    named: tuple[Thing, ...]
    environment: str | None
    cluster: str | None
    namespace: str | None
    places: tuple[str, ...]
    words: tuple[str, ...]
    topics: frozenset[str]
    cause: float
    text_names: frozenset[str]
    host: str | None
    title: str


def read(signal: Signal, topology: Topology) -> Facts:
    """Return what a signal tells."""
    labels = {names.label_name(key): value for key, value in signal.labels.items()}
    cluster, environment = _cluster(labels), _environment(signal, labels)
    resolver = _Resolver(topology, cluster, environment)
    title = signal.title or signal.rule or ""
    named = list(_labelled(signal, labels))
    text = f"{title} {signal.description}"
    things = resolver.things(named, signal.asset_id, names_in(text))
    topics = _topics(signal, title, things)
    if environment is None and len(topology.environments) == 1 and any(one.known for one in things):
        environment = next(iter(topology.environments))
    host = next((thing.name for thing in things if thing.kind in HOSTS), None)
    return Facts(
        things=things,
        named=tuple(thing for thing in things if thing.weight > _MENTIONED),
        environment=environment,
        cluster=cluster,
        namespace=_first(labels, NAMESPACE_LABELS),
        places=tuple(_places(labels, things, topology)),
        words=words_of(
            (signal.rule or "", title, signal.description), [one.name for one in things]
        ),
        topics=topics,
        cause=_cause(topics, things),
        text_names=frozenset(names_in(text)) - STOP,
        host=host,
        title=title,
    )


def _first(labels: Mapping[str, str], wanted: Iterable[str]) -> str | None:
    for name in wanted:
        value = names.clean(labels.get(name, ""))
        if value:
            return value
    return None


def _cluster(labels: Mapping[str, str]) -> str | None:
    return _first(labels, CLUSTER_LABELS)


def _environment(signal: Signal, labels: Mapping[str, str]) -> str | None:
    said = signal.environment or _first(labels, ENVIRONMENT_LABELS)
    if said:
        return names.environment_of(said)
    for value in (_cluster(labels), _first(labels, NAMESPACE_LABELS)):
        found = names.environment_in(value) if value else None
        if found:
            return found
    return None


def _labelled(signal: Signal, labels: Mapping[str, str]) -> Iterable[tuple[str, str, float]]:
    """Yield name, kind and weight of what labels and fields name."""
    hosted = bool(signal.host) or any(LABEL_KINDS.get(label) in HOSTS for label in labels)
    for label, value in labels.items():
        kind = LABEL_KINDS.get(label)
        if label in ("device", "interface", "port", "disk"):
            kind = None if PART.match(names.clean(value)) else "switch"
            kind = kind if label == "device" else None
        if kind is None and label == "job":
            kind = None if SCRAPE_JOBS.search(names.clean(value)) else "job"
        if kind and not (label == "service" and _is_check(value, hosted)):
            yield from _named(value, kind)
    if signal.service and not _is_check(signal.service, hosted):
        yield from _named(signal.service, "service")
    if signal.host:
        yield from _named(signal.host, "host")


def _is_check(service: str, hosted: bool) -> bool:  # noqa: FBT001
    return hosted and CHECKS.match(names.clean(service).replace("_", " ")) is not None


def _named(value: str, kind: str) -> Iterable[tuple[str, str, float]]:
    if kind == "pod":
        yield names.workload_of(value), "workload", 0.95
    elif kind == "job":
        yield names.job_of(value), "job", 1.0
    elif kind == "container":
        yield names.clean(value), "container", _CONTAINER
    elif kind in HOSTS or kind == "route":
        host = names.host_of(value)
        yield host, kind, 1.0
        if names.short_host(host) != host:
            yield names.short_host(host), kind, 0.9
    else:
        yield names.clean(value), kind, 1.0


class _Resolver:
    """Looks names up in the topology, as far as that answers for the alert's cluster."""

    def __init__(self, topology: Topology, cluster: str | None, environment: str | None) -> None:
        self._topology = topology
        self._answers = topology.answers_for(cluster, environment)
        self._realms = [realm for realm in (cluster, environment) if realm]
        self._found: dict[str, str | None] = {}

    def things(
        self,
        named: Sequence[tuple[str, str, float]],
        asset_id: str | None,
        mentions: Iterable[str],
    ) -> tuple[Thing, ...]:
        """Return the things of an alert, each once, those that it names by label first."""
        found: dict[str, Thing] = {}
        named = [*named, *self._stems(named)]
        if asset_id in self._topology.nodes:
            node = self._topology.nodes[asset_id]
            found[node.id] = Thing(node.id, node.name.lower(), node.kind or "host", 1.0, known=True)
        for name, kind, weight in named:
            thing = self._thing(name, kind, weight) if name else None
            if thing and found.setdefault(thing.key, thing).weight < weight:
                found[thing.key] = thing
        surely = bool(found)
        for name in list(mentions)[:60]:
            thing = self._mention(name, surely)
            if thing and len(found) < THINGS:
                found.setdefault(thing.key, thing)
        ordered = sorted(found.values(), key=lambda thing: -thing.weight)
        return tuple(ordered[:THINGS])

    def _stems(self, named: Iterable[tuple[str, str, float]]) -> Iterator[tuple[str, str, float]]:
        """Yield the known things that unknown names extend, as `billing` of `billing-nightly`."""
        for name, kind, weight in named:
            if kind != "container" and self._find(name) is None:
                known = (stem for stem in names.stems_of(name) if self._find(stem))
                yield from ((stem, kind, _EXTENDED * weight) for stem in known)

    def _thing(self, name: str, kind: str, weight: float) -> Thing:
        node_id = self._find(name)
        if node_id is None:
            return Thing(name, name, kind, weight, known=False)
        node = self._topology.nodes[node_id]
        return Thing(node_id, node.name.lower(), node.kind or kind, weight, known=True)

    def _find(self, name: str) -> str | None:
        if not self._answers or not self._topology:
            return None
        if name not in self._found:
            self._found[name] = self._search(name)
        return self._found[name]

    def _search(self, name: str) -> str | None:
        found = self._topology.resolve(name, self._realms)
        short = names.short_host(name)
        if found is None and short != name:
            spellings = (short, *names.stems_of(short))
            tried = (self._topology.resolve(one, self._realms) for one in spellings)
            found = next((one for one in tried if one), None)
        return found

    def _mention(self, name: str, surely: bool) -> Thing | None:  # noqa: FBT001
        # A plain word may be a service's name and a word of the sentence; a name with a digit or a
        # hyphen is hardly ever a word.
        telling = any(sign in name for sign in "0123456789-.") and any(map(str.isalpha, name))
        node_id = self._find(name) or self._find(names.workload_of(name))
        if node_id is None:
            return None
        node = self._topology.nodes[node_id]
        weight = 0.5 if surely else (0.9 if telling else 0.7)
        return Thing(node_id, node.name.lower(), node.kind or "host", weight, known=True)


def _places(
    labels: Mapping[str, str], things: Iterable[Thing], topology: Topology
) -> Iterable[str]:
    for label in PLACE_LABELS:
        value = names.clean(labels.get(label, ""))
        if value:
            yield f"{label}/{value}"
    for thing in things:
        if thing.known and thing.weight > _MENTIONED:
            for hub in topology.hubs(thing.key):
                yield f"hub/{hub}"


def _topics(signal: Signal, title: str, things: Iterable[Thing]) -> frozenset[str]:
    name = plain(f"{signal.rule or ''} . {title}")
    text = plain(signal.description)
    for thing in things:
        if any(map(str.isdigit, thing.name)):  # a numbered name says nothing of the trouble
            name, text = name.replace(thing.name, "#"), text.replace(thing.name, "#")
    return _topics_of(_FIGURES.sub("0", name), _FIGURES.sub("0", text))


@lru_cache(maxsize=16384)
def _topics_of(name: str, text: str) -> frozenset[str]:
    whole = f"{name} . {text}"
    return frozenset(
        topic
        for topic, words in TOPICS.items()
        if words.search(name if topic in TITLE_TOPICS else whole)
    )


def _cause(topics: frozenset[str], things: Iterable[Thing]) -> float:
    """Return how likely an alert stands at the beginning of a chain, 0 to 1."""
    weights = [CAUSE[topic] for topic in topics if topic in CAUSE]
    cause = max(weights, default=_NEUTRAL_CAUSE)
    if topics & LAST:
        return min(cause, _LAST_CAUSE)
    devices = any(thing.kind in DEVICES and thing.weight > _MENTIONED for thing in things)
    return max(cause, _DEVICE_CAUSE) if devices and topics & {"reach", "power"} else cause

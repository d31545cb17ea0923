"""From an alert's labels, fields and text to the things that it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from weakref import WeakKeyDictionary

from models.records.grouping import Signal
from tasks.alerts.grouping import names
from tasks.alerts.grouping.labels import (
    CLUSTERS,
    ENVIRONMENTS,
    LABEL_KINDS,
    NAMESPACES,
    PARTS,
    PLACES,
    canonical,
)
from tasks.alerts.grouping.text import names_in, plain, words_of
from tasks.alerts.grouping.topology import Topology
from tasks.alerts.grouping.vocabulary import (
    CAUSE,
    CHECKS,
    LAST,
    PART,
    SCRAPE_JOBS,
    STOP,
    SYMPTOMS,
    TITLE_TOPICS,
    TOPICS,
)

_LISTED = frozenset((*LABEL_KINDS, *PARTS, *ENVIRONMENTS, *CLUSTERS, *NAMESPACES, *PLACES))
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
_UNTOLD = 0.9  # a known name under a label that does not say what it holds
_NEUTRAL_CAUSE = 0.5
_LAST_CAUSE = 0.2
_SYMPTOM_CAUSE = 0.3
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

    `named` are the things that it names by a label or field, not only in its text;
    `subject` the keys of those that it is about.
    """

    things: tuple[Thing, ...]
    named: tuple[Thing, ...]
    subject: tuple[str, ...]
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


_REMEMBERED: WeakKeyDictionary[Topology, dict[tuple[object, ...], Facts]] = WeakKeyDictionary()
_MOST_REMEMBERED = 2048  # alerts, of one topology


def read(signal: Signal, topology: Topology) -> Facts:
    """Return what a signal tells; of equal texts and labels it is read once."""
    remembered = _REMEMBERED.setdefault(topology, {})
    key = (
        *(signal.title, signal.rule, signal.description, signal.service, signal.host),
        *(signal.environment, signal.asset_id, tuple(signal.labels.items())),
    )
    facts = remembered.get(key)
    if facts is None:
        if len(remembered) >= _MOST_REMEMBERED:
            remembered.pop(next(iter(remembered)), None)
        facts = remembered[key] = _read(signal, topology)
    return facts


def _read(signal: Signal, topology: Topology) -> Facts:
    labels = {canonical(key): value for key, value in signal.labels.items()}
    cluster, environment = _cluster(labels), _environment(signal, labels)
    resolver = _Resolver(topology, cluster, environment)
    title = signal.title or signal.rule or ""
    named = list(_labelled(signal, labels))
    named = [*named, *resolver.known_among(_other_values(labels))] or list(_where(labels))
    text = f"{title} {signal.description}"
    things = resolver.things(named, signal.asset_id, names_in(text))
    topics = _topics(signal, title, things)
    if environment is None and topology.answers_for(cluster, None):
        environment = _only_environment(topology, things)
    host = next((thing.name for thing in things if thing.kind in HOSTS), None)
    return Facts(
        things=things,
        named=tuple(thing for thing in things if thing.weight > _MENTIONED),
        subject=_subject(things, labels),
        environment=environment,
        cluster=cluster,
        namespace=_first(labels, NAMESPACES),
        places=tuple(_places(labels, things, topology)),
        words=words_of(
            (signal.rule or "", title, signal.description), [one.name for one in things]
        ),
        topics=topics,
        cause=_cause(topics, _name_topics(signal, title), things),
        text_names=frozenset(names_in(text)) - STOP,
        host=host,
        title=title,
    )


def _only_environment(topology: Topology, things: Iterable[Thing]) -> str | None:
    told = topology.environments if any(thing.known for thing in things) else ()
    return next(iter(told)) if len(told) == 1 else None


def _subject(things: Sequence[Thing], labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return what an alert is about: the host of a pod is only where it happens."""
    named = [thing for thing in things if thing.kind != "container"]
    if any(LABEL_KINDS.get(label) == "pod" for label in labels):
        named = [thing for thing in named if thing.kind not in HOSTS] or named
    strongest = max((thing.weight for thing in named), default=0.0)
    return tuple(one.key for one in named if one.weight >= min(strongest, _EXTENDED - 0.05))


def _first(labels: Mapping[str, str], wanted: Iterable[str]) -> str | None:
    for name in wanted:
        value = names.clean(labels.get(name, ""))
        if value:
            return value
    return None


def _cluster(labels: Mapping[str, str]) -> str | None:
    return _first(labels, CLUSTERS)


def _environment(signal: Signal, labels: Mapping[str, str]) -> str | None:
    said = signal.environment or _first(labels, ENVIRONMENTS)
    if said:
        return names.environment_of(said)
    for value in (_cluster(labels), _first(labels, NAMESPACES)):
        found = names.environment_in(value) if value else None
        if found:
            return found
    return None


def _labelled(signal: Signal, labels: Mapping[str, str]) -> Iterable[tuple[str, str, float]]:
    """Yield name, kind and weight of what labels and fields name."""
    hosted = bool(signal.host) or any(LABEL_KINDS.get(label) in HOSTS for label in labels)
    for label, value in labels.items():
        kind = LABEL_KINDS.get(label)
        if label in PARTS:
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


def _other_values(labels: Mapping[str, str]) -> Iterator[str]:
    """Yield the values of labels whose name does not tell what they hold, such as `name`."""
    for label in labels.keys() - _LISTED:
        yield names.clean(labels[label])


def _where(labels: Mapping[str, str]) -> Iterable[tuple[str, str, float]]:
    """Yield the places of an alert that names nothing else: it is about these."""
    for label in PLACES:
        yield names.clean(labels.get(label, "")), "place", 1.0


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
        # Of another environment it may still tell how its services stand to one another.
        self._answers = topology.answers_for(cluster, environment)
        self._realms = [realm for realm in (cluster, environment) if realm]
        self._found: dict[tuple[str, frozenset[str]], str | None] = {}

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

    def known_among(self, values: Iterable[str]) -> Iterator[tuple[str, str, float]]:
        """Yield the values that are names of the topology, to the letter."""
        for value in sorted(values):
            found = self._find(value) if value and value not in STOP else None
            if found is not None and self._topology.nodes[found].name.lower() == value:
                yield value, self._topology.nodes[found].kind or "host", _UNTOLD

    def _stems(self, named: Iterable[tuple[str, str, float]]) -> Iterator[tuple[str, str, float]]:
        """Yield the known things that unknown names extend, as `billing` of `billing-nightly`."""
        for name, kind, weight in named:
            # A host's name is its own: core-sw-2 is not sw-2.
            if kind == "container" or kind in HOSTS or self._find(name) is not None:
                continue
            known = [stem for stem in names.stems_of(name) if self._find(stem)]
            if not known:  # one of its parts, where it is clear which
                inner = [part for part in names.parts_of(name) if self._find(part)]
                known = inner if len(inner) == 1 else []
            yield from ((stem, kind, _EXTENDED * weight) for stem in known)

    def _thing(self, name: str, kind: str, weight: float) -> Thing:
        node_id = self._find(name, HOSTS if kind in HOSTS else frozenset())
        if node_id is None or (kind in SERVICES and not self._topology.may_serve(node_id)):
            return Thing(name, name, kind, weight, known=False)
        node = self._topology.nodes[node_id]
        return Thing(node_id, node.name.lower(), node.kind or kind, weight, known=True)

    def _find(self, name: str, kinds: frozenset[str] = frozenset()) -> str | None:
        if not self._topology:
            return None
        if (name, kinds) not in self._found:
            found = self._search(name, kinds)
            elsewhere = found is not None and not self._answers
            if elsewhere and self._topology.nodes[found].kind not in SERVICES:  # type: ignore[index]
                found = None
            self._found[name, kinds] = found
        return self._found[name, kinds]

    def _search(self, name: str, kinds: frozenset[str]) -> str | None:
        found = self._topology.resolve(name, self._realms, kinds)
        short = names.short_host(name)
        if found is None and short != name:
            spellings = (short, *names.stems_of(short))
            tried = (self._topology.resolve(one, self._realms, kinds) for one in spellings)
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
    for label in PLACES:
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


def _name_topics(signal: Signal, title: str) -> frozenset[str]:
    return _topics_of(_FIGURES.sub("0", plain(f"{signal.rule or ''} . {title}")), "")


def _cause(topics: frozenset[str], told: frozenset[str], things: Iterable[Thing]) -> float:
    """Return how likely an alert stands at the beginning of a chain, 0 to 1.

    What its name says counts; a cause that only its description mentions is somebody else's.
    """
    if topics & LAST:
        return _LAST_CAUSE
    if told and told <= SYMPTOMS:
        return min(_cause_of(told), _SYMPTOM_CAUSE)
    devices = any(thing.kind in DEVICES and thing.weight > _MENTIONED for thing in things)
    cause = _cause_of(topics)
    return max(cause, _DEVICE_CAUSE) if devices and topics & {"reach", "power"} else cause


def _cause_of(topics: Iterable[str]) -> float:
    return max((CAUSE[topic] for topic in topics if topic in CAUSE), default=_NEUTRAL_CAUSE)

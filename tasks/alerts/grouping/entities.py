"""From an alert's labels, fields and text to the things that it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from models.records.grouping import Signal
from tasks.alerts.common_names import VAGUE, Signs, is_common
from tasks.alerts.grouping import names
from tasks.alerts.grouping.carrying import served_by
from tasks.alerts.grouping.labels import (
    CLUSTERS,
    ENVIRONMENTS,
    LABEL_KINDS,
    NAMESPACES,
    PARTS,
    PLACES,
    REGIONS,
    canonical,
)
from tasks.alerts.grouping.sentences import (
    kinds_in,
    needed_in,
    numbered_in,
    parts_in,
    subjects_of,
)
from tasks.alerts.grouping.text import names_in, words_of
from tasks.alerts.grouping.things import EXTENDED, HOSTS, Named, Resolver, Thing
from tasks.alerts.grouping.topology import Topology
from tasks.alerts.grouping.troubles import cause_of, says, topics_of
from tasks.alerts.grouping.vocabulary import (
    CHECKS,
    COOLERS,
    FEEDS,
    GENERAL,
    PART,
    SCRAPE_JOBS,
    STOP,
)

_LISTED = frozenset((*LABEL_KINDS, *PARTS, *ENVIRONMENTS, *CLUSTERS, *NAMESPACES, *PLACES))
_REGION = re.compile(r"^[a-z]{2,3}-[a-z]+(?:-[a-z]+)?-?\d[a-z]?$")  # of a cloud
_DOMAIN = re.compile(r"^(?:[a-z0-9-]+\.){2,}[a-z]{2,24}$")
_MENTIONED = 0.5  # from here down a thing was only mentioned
_LONGEST_TEXT = 600  # characters that are read for the kinds of what it names
_CONTAINER = 0.3  # redis, sidecar: the same in many places
_UNTOLD = 0.9  # a known name under a label that does not say what it holds
_TITLED = 0.8  # a name that only the title tells, of an alert without any label of a thing
_BESIDE = 0.6  # a numbered name under such a label, which the title speaks of too


@dataclass(frozen=True, slots=True)
class Facts:
    """What an alert tells beside its time; equal texts and labels give equal facts.

    `named` are the things that it names by a label or field, not only in its text; `served` the
    services on the machines that it names, where it is of trouble of theirs;
    `subject` the keys of those that it is about. `needs` are names that its text says something
    waits for, `begins` what its title begins with where no label names a thing, `parts` are disks,
    mounts and ports. `pattern` is its
    rule, or its title's words where the rule's name only says that it is one.
    """

    things: tuple[Thing, ...]
    named: tuple[Thing, ...]
    served: tuple[Thing, ...]
    subject: tuple[str, ...]
    environment: str | None
    cluster: str | None
    namespace: str | None
    places: tuple[str, ...]
    words: tuple[str, ...]
    topics: frozenset[str]
    cause: float
    text_names: frozenset[str]
    needs: frozenset[str]
    begins: tuple[str, ...]
    parts: frozenset[str]
    pattern: str
    host: str | None
    service: str | None
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
    title = signal.title or signal.rule or ""
    text = f"{title} {signal.description}"
    signs = Signs(_first(labels, NAMESPACES) or "", cluster or "", text[:_LONGEST_TEXT].lower())
    resolver = Resolver(topology, environment, signs)
    mentions = names_in(text)
    named = list(_labelled(signal, labels, text))
    named = [*named, *resolver.known_among(_other_values(labels))]
    spoken = names_in(title)
    named += list(_beside(labels, spoken) if named else _titled(signal, labels, spoken))
    named = named or list(_where(labels, mentions))
    things = resolver.things(named, signal.asset_id, mentions)
    things = things or tuple(_whole(cluster, mentions)) or tuple(_spoken(spoken))
    things = things or tuple(_spoken(mentions))
    topics = topics_of(signal, title, things)
    if environment is None and topology.answers_for(cluster, None):
        environment = _only_environment(topology, things)
    host = next((thing.name for thing in things if thing.kind in HOSTS), None)
    return Facts(
        things=things,
        named=tuple(thing for thing in things if thing.weight > _MENTIONED),
        served=served_by(things, topics, topology),
        subject=_subject(things, labels),
        environment=environment,
        cluster=cluster,
        namespace=_first(labels, NAMESPACES),
        places=tuple(_places(labels, things, topology)),
        words=words_of(
            (signal.rule or "", title, signal.description), [one.name for one in things]
        ),
        topics=topics,
        cause=cause_of(signal, title, topics, things),
        text_names=frozenset(mentions) - STOP,
        needs=_needs(text, things),
        begins=() if named else subjects_of(title),
        parts=parts_in(labels, title),
        pattern=_pattern(signal, title, things),
        host=host,
        service=_service(signal, labels),
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
    return tuple(one.key for one in named if one.weight >= min(strongest, EXTENDED - 0.05))


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


def _needs(text: str, things: Iterable[Thing]) -> frozenset[str]:
    found = needed_in(text)
    own = (one for one in things if one.weight > _MENTIONED)
    return found - {name for one in own for name in _spellings(one)} if found else found


def _spellings(thing: Thing) -> tuple[str, ...]:
    return thing.name, names.short_host(thing.name), names.workload_of(thing.name)


def _pattern(signal: Signal, title: str, things: Iterable[Thing]) -> str:
    rule = (signal.rule or "").lower()
    if rule and rule not in GENERAL:
        return rule
    return " ".join(words_of((title,), [one.name for one in things]))


def _titled(signal: Signal, labels: Mapping[str, str], spoken: Sequence[str]) -> Iterator[Named]:
    """Yield values of labels that do not tell what they hold, where the title names them too.

    The name of the alert itself is none. A domain may stand within a name, as in
    `shop.example.net-https`.
    """
    told = {*_other_values(labels)} - {names.clean(signal.rule or "")}
    inside = {one for one in told if _DOMAIN.match(one) and any(one in word for word in spoken)}
    for value in sorted((inside | told.intersection(spoken)) - STOP):
        if any(map(str.isalpha, value)) and len(value) > 2 and not PART.match(value):  # noqa: PLR2004
            yield Named(value, "", _UNTOLD, telling=False)


def _beside(labels: Mapping[str, str], spoken: Sequence[str]) -> Iterator[Named]:
    """Yield what an alert tells of beside its things, as a queue manager on its host."""
    told = sorted({*_other_values(labels)}.intersection(spoken))
    for value in numbered_in(told):
        if not is_common(value) and not _REGION.match(value):
            yield Named(value, "", _BESIDE, telling=False)


def _spoken(spoken: Sequence[str]) -> Iterator[Thing]:
    """Yield the names in the sentences of an alert that names nothing in any other way."""
    told = [name for name in numbered_in(spoken) if not is_common(name)]
    for name in told[:2]:
        yield Thing(name, name, "", _TITLED, known=False)


def _whole(cluster: str | None, mentions: Sequence[str]) -> Iterator[Thing]:
    """Yield the cluster where an alert names nothing else, and speaks of it: it is about that."""
    if cluster and cluster in mentions:
        yield Thing(cluster, cluster, "cluster", 1.0, known=False)


def _labelled(signal: Signal, labels: Mapping[str, str], text: str) -> Iterator[Named]:
    """Yield what labels and fields name; the text may tell the kind."""
    for one in _by_label(signal, labels):
        host = one.kind == "host"
        yield one._replace(kind=kinds_in(text).get(one.name, one.kind)) if host else one


def _by_label(signal: Signal, labels: Mapping[str, str]) -> Iterable[Named]:
    hosted = bool(signal.host) or any(LABEL_KINDS.get(label) in HOSTS for label in labels)
    for label, value in labels.items():
        kind = LABEL_KINDS.get(label)
        if label in PARTS:
            kind = None if PART.match(names.clean(value)) else "switch"
            kind = _device(value, kind) if label == "device" else None
        if kind is None and label == "job":
            kind = None if SCRAPE_JOBS.search(names.clean(value)) else "job"
        if kind and not (label == "service" and _is_check(value, hosted)):
            yield from _named(value, kind, telling=label not in VAGUE)
    service = _service(signal, labels)
    if service and not _is_check(service, hosted):
        # What stands for the service where none was sent: any part of a company may be a job.
        told = service not in [labels.get(label) for label in VAGUE]
        yield from _named(service, "service", telling=told)
    if signal.host:
        yield from _named(signal.host, "host")


def _device(value: str, kind: str | None) -> str | None:
    """Return power for what feeds power or cools, as its name says."""
    return "power" if kind and says(names.clean(value), FEEDS | COOLERS) else kind


def _service(signal: Signal, labels: Mapping[str, str]) -> str | None:
    """Return the service; what a cloud calls its own, as `AWS/Route53`, is nobody's that fails."""
    said = signal.service
    own = said and (_first(labels, NAMESPACES) or "").endswith(f"/{said.lower()}")
    return None if own else said


def _other_values(labels: Mapping[str, str]) -> Iterator[str]:
    """Yield the values of labels whose name does not tell what they hold, such as `name`."""
    for label in labels.keys() - _LISTED:
        yield names.clean(labels[label])


def _where(labels: Mapping[str, str], mentions: Sequence[str]) -> Iterator[Named]:
    """Yield the place of an alert that names nothing else: it is about the narrowest.

    Very much stands in one region, so that it has to be spoken of.
    """
    for label in PLACES:
        value = names.clean(labels.get(label, ""))
        if value and (label not in REGIONS or value in mentions):
            yield Named(value, "place", 1.0)
            return


def _is_check(service: str, hosted: bool) -> bool:  # noqa: FBT001
    return hosted and CHECKS.match(names.clean(service).replace("_", " ")) is not None


def _named(value: str, kind: str, *, telling: bool = True) -> Iterator[Named]:
    # A link leads to what answers somewhere, hardly to a machine of its own.
    told = telling and not (kind == "host" and "://" in value)
    for name, spelled, weight in _spelled(value, kind):
        yield Named(name, spelled, weight, told)


def _spelled(value: str, kind: str) -> Iterable[tuple[str, str, float]]:
    if kind == "pod":
        yield names.workload_of(value), "workload", 0.95
    elif kind == "job":
        yield names.job_of(value), "job", 1.0
    elif kind == "volume":
        yield names.clean(value), kind, 1.0
        if names.workload_of(value) != names.clean(value):  # data-pg of data-pg-0
            yield names.workload_of(value), kind, 0.95
    elif kind == "container":
        yield names.clean(value), "container", _CONTAINER
    elif kind in HOSTS or kind == "route":
        host = names.host_of(value)
        yield host, kind, 1.0
        if names.short_host(host) != host:
            yield names.short_host(host), kind, 0.9
    else:
        yield names.clean(value), kind, 1.0


def _places(
    labels: Mapping[str, str], things: Iterable[Thing], topology: Topology
) -> Iterable[str]:
    for label in PLACES:
        value = names.clean(labels.get(label, ""))
        if value:
            yield f"{label}/{value}"
            if value in topology.nodes:  # the rack on which known hosts stand
                yield f"hub/{value}"
    for thing in things:
        if thing.known and thing.weight > _MENTIONED:
            yield from (f"hub/{hub}" for hub in topology.hubs(thing.key))

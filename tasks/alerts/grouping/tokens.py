"""The words under which incidents are found, and those under which an alert looks for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from models.records.grouping import Signal
from tasks.alerts.grouping import names
from tasks.alerts.grouping.carrying import STORAGE, storage_below
from tasks.alerts.grouping.entities import Facts, read
from tasks.alerts.grouping.memory import EVERY
from tasks.alerts.grouping.policy import Limits, load_policy
from tasks.alerts.grouping.topology import Topology
from tasks.alerts.grouping.vocabulary import BRINGS, EXPECTED, PLATFORM, SEEN

_PLACES = 7
_UNSEEN = frozenset(("reach", "probe"))
_WORDS = 10  # of the text, that may be the name of something


def tokens_of(signal: Signal, topology: Topology) -> tuple[str, ...]:
    """Return the words under which candidates of a signal are looked up; bounded by the policy."""
    return lookups(read(signal, topology), topology, load_policy().limits)


def lookups(facts: Facts, topology: Topology, limits: Limits) -> tuple[str, ...]:
    """Return the words to look under, those that tell the most first."""
    found = dict.fromkeys(islice(dict.fromkeys(_own(facts)), limits.tokens // 2))
    found.update(dict.fromkeys(f"p:{place}" for place in places_of(facts)[:_PLACES]))
    found.update(dict.fromkeys(_counterparts(facts)))
    found.update(dict.fromkeys(_around(facts, topology, limits.neighbours)))
    if STORAGE in facts.topics:
        keys = [one.key for one in (*facts.named, *facts.served)]
        found.update(dict.fromkeys(f"u:{key}" for key in sorted(storage_below(keys, topology))))
    found.update(dict.fromkeys(f"w:{name}" for name in (*awaitable(facts), *sorted(facts.needs))))
    found.update(dict.fromkeys(_mentioned(facts)))
    found = dict.fromkeys(islice(found, limits.tokens - 1))
    found[EVERY] = None
    return tuple(found)


def indexed(facts: Facts, topology: Topology) -> Iterator[str]:
    """Yield the words under which an incident with this alert is found."""
    for thing in facts.named:
        yield f"n:{thing.key}"
        if thing.name != thing.key:
            yield f"n:{thing.name}"
    for place in places_of(facts):
        yield f"p:{place}"
    yield from (f"n:{words}" for words in facts.begins)
    yield from _wide(facts)
    yield EVERY
    for thing in facts.named:
        if thing.known:
            yield from (f"u:{key}" for key in list(topology.upstream(thing.key))[:8])
        else:
            yield from (f"k:{stem}" for stem in names.stems_of(thing.name))
    for thing in facts.served:
        yield from (f"u:{key}" for key in list(topology.upstream(thing.key))[:8])
    yield from (f"w:{name}" for name in sorted(facts.needs))


def places_of(facts: Facts) -> list[str]:
    """Return where a host's alert belongs to, also by its like-named neighbours and its rule."""
    if facts.host is None:
        return list(facts.places) if any(one.kind == "place" for one in facts.named) else []
    scope = facts.cluster or facts.environment or ""
    found = list(facts.places)
    pattern = names.alike(facts.host)
    if pattern:
        found.append(f"alike/{pattern}@{scope}")
    if facts.pattern:
        found.append(f"rule/{facts.pattern}@{scope}")
    if facts.cluster:
        found.append(f"cluster/{facts.cluster}")
    elif not facts.places and SEEN.isdisjoint(facts.topics) and facts.topics & _UNSEEN:
        found.append(f"lost/@{scope}")
    return found


def awaitable(facts: Facts) -> list[str]:
    """Return the names under which others may have said that they wait for this."""
    return [*(thing.name for thing in facts.named if thing.kind != "container"), *facts.begins]


def _own(facts: Facts) -> Iterator[str]:
    for thing in facts.things:
        yield f"n:{thing.key}"
        if thing.name != thing.key:
            yield f"n:{thing.name}"
    yield from (f"n:{thing.key}" for thing in facts.served)
    for thing in facts.named:
        if thing.known:
            yield f"u:{thing.key}"
        else:
            yield f"k:{thing.name}"
            yield from (f"n:{stem}" for stem in names.stems_of(thing.name))


def _around(facts: Facts, topology: Topology, limit: int) -> Iterable[str]:
    steps: dict[str, int] = {}
    for thing in (*facts.things, *facts.served):
        if thing.known:
            for key, distance in topology.upstream(thing.key).items():
                steps[key] = min(distance, steps.get(key, distance))
    nearest = sorted(steps, key=lambda key: steps[key])[:limit]
    return [f"n:{key}" for key in nearest]


def _wide(facts: Facts) -> Iterator[str]:
    """Yield words for trouble that spreads without a common name."""
    pairs = {topic for pair in (*BRINGS, *EXPECTED) for topic in pair}
    yield from (f"t:{topic}" for topic in sorted(facts.topics & pairs))
    yield from _supply(facts)


def _supply(facts: Facts) -> Iterator[str]:
    """Yield the word under which what feeds power finds what else does."""
    if "power" in facts.topics and any(one.kind == "power" for one in facts.named):
        yield "t:power"


def _counterparts(facts: Facts) -> Iterator[str]:
    """Yield words for trouble that may have brought this one, or have come of it."""
    for cause, symptom in (*BRINGS, *EXPECTED):
        if symptom in facts.topics:
            yield f"t:{cause}"
        if cause in facts.topics:
            yield f"t:{symptom}"
    yield from _supply(facts)
    if facts.topics & {"errors", "latency", "objective"}:
        yield from (f"t:{topic}" for topic in sorted(PLATFORM))


def _mentioned(facts: Facts) -> list[str]:
    words = sorted(facts.text_names, key=len, reverse=True)
    return [f"n:{name}" for name in (*sorted(facts.needs), *words)[:_WORDS]]

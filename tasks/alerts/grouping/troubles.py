"""Which classes of trouble an alert tells of, and whether such trouble begins or ends a chain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from models.records.grouping import Signal
from tasks.alerts.grouping.text import plain
from tasks.alerts.grouping.things import DEVICES, Thing
from tasks.alerts.grouping.vocabulary import (
    BROKERS,
    CAUSE,
    COOLERS,
    FAILED,
    FEEDS,
    LAST,
    SYMPTOMS,
    TITLE_TOPICS,
    TOPICS,
)

# Numbers but those that are a code of an answer.
_FIGURES = re.compile(r"\b(?!40[13]\b|50\d\b)\d+(?:[.,]\d+)?\b")
_MENTIONED = 0.5  # from here down a thing was only mentioned
_NEUTRAL_CAUSE = 0.5
_LAST_CAUSE = 0.2
_SYMPTOM_CAUSE = 0.3
_DEVICE_CAUSE = 0.9


def topics_of(signal: Signal, title: str, things: Iterable[Thing]) -> frozenset[str]:
    """Return the classes of trouble in an alert's rule, title and description."""
    things = tuple(things)
    name = plain(f"{signal.rule or ''} . {title}")
    text = plain(signal.description)
    for thing in things:
        if any(map(str.isdigit, thing.name)):  # a numbered name says nothing of the trouble
            name, text = name.replace(thing.name, "#"), text.replace(thing.name, "#")
    found = _topics_of(_FIGURES.sub("0", name), _FIGURES.sub("0", text))
    return found.union(_by_kind(found, [one for one in things if one.weight > _MENTIONED]))


def _by_kind(found: frozenset[str], things: Iterable[Thing]) -> Iterator[str]:
    """Yield what trouble it is by what the name of the thing says that it is for."""
    for thing in things:
        if found & FAILED and says(thing.name, BROKERS):
            yield "broker"
        if thing.kind == "storage" and "latency" in found:
            yield "disk-io"
        if thing.kind == "power" and says(thing.name, FEEDS):
            yield "power"
        elif thing.kind == "power" and says(thing.name, COOLERS):
            yield "heat"


@lru_cache(maxsize=8192)
def says(name: str, words: frozenset[str]) -> bool:
    """Say whether one of these words is a part of a name."""
    return not words.isdisjoint(re.split(r"[-_.\d]+", name))


@lru_cache(maxsize=16384)
def _topics_of(name: str, text: str) -> frozenset[str]:
    whole = f"{name} . {text}"
    return frozenset(
        topic
        for topic, words in TOPICS.items()
        if words.search(name if topic in TITLE_TOPICS else whole)
    )


def _of_name(signal: Signal, title: str) -> frozenset[str]:
    return _topics_of(_FIGURES.sub("0", plain(f"{signal.rule or ''} . {title}")), "")


def cause_of(signal: Signal, title: str, topics: frozenset[str], things: Iterable[Thing]) -> float:
    """Return how likely an alert stands at the beginning of a chain, 0 to 1.

    What its name says counts; a cause that only its description mentions is somebody else's.
    """
    told = _of_name(signal, title)
    if topics & LAST:
        return _LAST_CAUSE
    if told and told <= SYMPTOMS:
        return min(_cause_of(told), _SYMPTOM_CAUSE)
    devices = any(thing.kind in DEVICES and thing.weight > _MENTIONED for thing in things)
    cause = _cause_of(topics)
    return max(cause, _DEVICE_CAUSE) if devices and topics & {"reach", "power"} else cause


def _cause_of(topics: Iterable[str]) -> float:
    return max((CAUSE[topic] for topic in topics if topic in CAUSE), default=_NEUTRAL_CAUSE)

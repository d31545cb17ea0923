"""Evidence by where things stand: a device and what fails at its place, a place that fails."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tasks.alerts.grouping.context import Context
from tasks.alerts.grouping.events import Event, one_scope, seconds_after_root, unrelated
from tasks.alerts.grouping.memory import IncidentMemory
from tasks.alerts.grouping.things import DEVICES, HOSTS
from tasks.alerts.grouping.topology import Topology
from tasks.alerts.grouping.vocabulary import INTRINSIC, SUFFERING, WIDE

REACH = frozenset(("reach", "network", "power"))
_NO_SITES = frozenset(("alike", "rule", "cluster", "lost"))
_WITHIN_SITES = frozenset(("rack", "row", "hub", *_NO_SITES))
_STORAGE = frozenset(("disk-io", "reach"))
_DEVICE = _STORAGE | REACH
_NEAR_SECONDS = 300.0


def by_place(
    event: Event, incident: IncidentMemory, context: Context, found: dict[str, float]
) -> None:
    """Add the evidence that lies in where an event and an incident's alerts are from."""
    scores, shared = context.policy.scores, set(event.places).intersection(incident.places)
    sites = [place for place in shared if _is_site(place, context.topology)]
    if sites and _both("heat", event, incident):
        found["device_place"] = scores.device_place
    if event.facts.topics & INTRINSIC:
        return
    if _of_mass(event, incident, shared, context):
        found["place"] = scores.place
    if _place_fails(event, incident):
        found["device_place"] = scores.device_place
    if _one_supply(event, incident):
        found["one_supply"] = scores.one_supply
    fails = _device_fails(event, incident) or (sites and _uplink_fails(event, incident))
    if fails and not unrelated(event, incident, context.topology):
        found |= _by_device(event, incident, context, sites=bool(sites))


def _by_device(
    event: Event, incident: IncidentMemory, context: Context, *, sites: bool
) -> dict[str, float]:
    scores = context.policy.scores
    if sites:
        return {"device_place": scores.device_place}
    one = _may_be_one_site(event, incident, context.topology)
    return {"device_cluster": scores.device_cluster} if one else {}


def _both(topic: str, event: Event, incident: IncidentMemory) -> bool:
    return topic in event.facts.topics and topic in incident.root_topics


def _is_site(place: str, topology: Topology) -> bool:
    """Say whether a place is one that people walk to, as a rack; no switch that hosts share."""
    kind, _, name = place.partition("/")
    if kind == "hub":
        return name in topology.nodes and topology.nodes[name].kind == "place"
    return kind not in _NO_SITES


def _may_be_one_site(event: Event, incident: IncidentMemory, topology: Topology) -> bool:
    """Say whether neither side tells of a site; of power that failed at once, one of them may."""
    if not one_scope(event, incident):
        return False
    told = [
        any(_is_site(place, topology) and not place.startswith("hub/") for place in places)
        for places in (event.places, incident.places)
    ]
    power = _both("power", event, incident) and _at_once(event, incident)
    return not any(told) or (power and not all(told))


def _at_once(event: Event, incident: IncidentMemory) -> bool:
    return abs(seconds_after_root(event, incident)) <= _NEAR_SECONDS


def _one_supply(event: Event, incident: IncidentMemory) -> bool:
    """Say whether both sides feed power and lost it at once, at sites that are not told apart."""
    feeds = "power" in event.kinds and "power" in _root_kinds(incident)
    if not feeds or not _both("power", event, incident):
        return False
    return _at_once(event, incident) and not other_sites(event, incident)


def other_sites(event: Event, incident: IncidentMemory) -> bool:
    """Say whether both sides tell where they are, and it is not the same site, room or hall."""
    own, theirs = (_sites_of(places) for places in (event.facts.places, incident.places))
    return any(own[kind].isdisjoint(theirs[kind]) for kind in own.keys() & theirs.keys())


def _sites_of(places: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for place in places:
        kind, _, name = place.partition("/")
        if kind not in _WITHIN_SITES:
            found.setdefault(kind, set()).add(name)
    return found


def _of_mass(
    event: Event, incident: IncidentMemory, shared: Collection[str], context: Context
) -> bool:
    """Say whether an event is one of the many at once by a place that it shares with them."""
    kinds = {place.partition("/")[0] for place in shared if place in incident.mass}
    if not event.facts.topics & WIDE:  # that hosts are alike makes only what spreads one trouble
        kinds -= {"alike", "cluster"}
    if abs(seconds_after_root(event, incident)) > context.policy.windows.burst_minutes * 60:
        kinds.discard("lost")
    return bool(kinds)


def _place_fails(event: Event, incident: IncidentMemory) -> bool:
    """Say whether one side is a whole place that fails, and the other stands in it."""
    topics, places = event.facts.topics, event.facts.places
    if not places or REACH.isdisjoint(incident.root_topics):
        return False
    if "place" in event.kinds:
        keys = {one.key for one in event.facts.named}
        failed = not topics.isdisjoint(REACH) and _stands_in(keys, incident.places)
        return failed and _at_once(event, incident)
    entities = incident.entities
    failing = [
        key for key in incident.root_entities if key in entities and entities[key].kind == "place"
    ]
    return bool(failing) and not topics.isdisjoint(SUFFERING) and _stands_in(failing, places)


def _stands_in(keys: Collection[str], places: Iterable[str]) -> bool:
    return any(place.partition("/")[2] in keys for place in places)


def _root_kinds(incident: IncidentMemory) -> set[str]:
    entities = incident.entities
    return {entities[key].kind for key in incident.root_entities if key in entities}


def _uplink_fails(event: Event, incident: IncidentMemory) -> bool:
    """Say whether a network device has trouble with its links and another one is lost at once."""
    topics, roots = event.facts.topics, set(incident.root_topics)
    links = "network" in roots and "reach" in topics and "network" not in topics
    return links and bool(_root_kinds(incident) & DEVICES) and _at_once(event, incident)


def _device_fails(event: Event, incident: IncidentMemory) -> bool:
    """Say whether one side is a device that many stand on, and both tell of the same trouble."""
    own, topics = event.kinds, event.facts.topics
    if _DEVICE.isdisjoint(topics) or _DEVICE.isdisjoint(incident.root_topics):
        return False
    if own.isdisjoint(HOSTS) or "answers" in topics | set(incident.root_topics):
        return False
    kinds = _root_kinds(incident)
    if not (kinds | own) & DEVICES or not kinds & HOSTS or kinds == own:
        return False
    if "storage" in kinds | own:
        return bool(topics.intersection(incident.root_topics) & _STORAGE)
    told, root = topics & REACH, REACH.intersection(incident.root_topics)
    return bool(told and root)

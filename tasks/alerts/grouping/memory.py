"""What grouping remembers: alerts by key, incidents by the words they are found under.

Both records are bounded whatever the number of events, and are stored as JSON between batches
(`msgspec.to_builtins` and `msgspec.convert`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec

from models.records.alert import AlertStatus
from models.records.grouping import Action, Signal
from models.records.severity import Severity
from tasks.alerts.grouping.names import stems_of

EVERY = "*"  # the word that every incident is found under
NEWEST = 3  # of them are looked at for an alert that nothing else ties to anything
CHAIN = 20  # merges that are followed from one incident to the one it lives on in


class EntityMemory(msgspec.Struct, kw_only=True):
    """One thing that an incident's alerts speak of; times are seconds since 1970."""

    name: str
    kind: str
    weight: float
    first_at: float
    known: bool = False  # it stands in the topology
    count: int = 1


class Contender(msgspec.Struct, kw_only=True):
    """An event that may be the one at the beginning of its incident.

    `score` is what speaks for it, `explains` the share of the incident's known things that stand on
    its own; None where the topology does not know it.
    """

    event_id: str
    dedup_key: str
    occurred_at: float
    cause: float
    entities: list[str]
    title: str
    rule: str | None = None
    topics: list[str] = msgspec.field(default_factory=list)
    served: list[str] = msgspec.field(default_factory=list)
    changed: bool = False
    score: float = 0.0
    explains: float | None = None


class AlertMemory(msgspec.Struct, kw_only=True):
    """What is remembered of the current episode of one dedup key.

    `incident` is the reference of the incident it stands in; `count` how often it was told. `turns`
    counts how often it changed between firing and resolved since `turns_since`. `held` is the event
    that a window holds, which is all that is needed to give it back. `fired_at` is when it fired,
    by the sender's clock where that told (`timed`), `heard_at` when that reached us. `waiting` are
    events that came before their firing.
    """

    dedup_key: str
    stream: str
    status: AlertStatus
    action: Action
    first_event: str
    last_event_at: datetime
    fired_at: datetime
    heard_at: datetime | None = None
    timed: bool = True
    incident: str | None = None
    resolved_at: datetime | None = None
    flapping: bool = False
    count: int = 1
    turns: int = 0
    turns_since: datetime | None = None
    window_ids: list[str] = msgspec.field(default_factory=list)
    held: Signal | None = None
    waiting: list[str] = msgspec.field(default_factory=list)

    @property
    def firing(self) -> bool:
        """Whether the condition still holds, as far as was told."""
        return self.resolved_at is None


class Called(NamedTuple):
    """The names of an incident's things, and the stems of these names."""

    names: frozenset[str]
    stems: frozenset[str]
    things: int

    def akin(self, name: str) -> bool:
        """Say whether a name extends one of these, or one of these extends it."""
        return name in self.stems or not self.names.isdisjoint(stems_of(name))


class IncidentMemory(msgspec.Struct, kw_only=True, dict=True):
    """What is remembered of one incident.

    `entities` are keyed by the topology's id where it has one, else by name. `places` are the
    sites, racks and hubs its alerts share; `mass` those where so many failed at once that they
    count as one. `hosts` counts distinct hosts. `firing` counts members that are not resolved;
    `needs` are names that its alerts wait for, `begins` what titles without a thing begin with,
    `parts` the disks, mounts and ports that are told of.
    `live` is false once resolved. `closed` forbids everything, `split` forbids merging by itself.
    """

    ref: str
    stream: str
    title: str
    severity: Severity | None
    opened_at: datetime
    started_at: datetime
    last_event_at: datetime
    services: list[str] = msgspec.field(default_factory=list)
    entities: dict[str, EntityMemory] = msgspec.field(default_factory=dict)
    environment: str | None = None
    clusters: list[str] = msgspec.field(default_factory=list)
    namespaces: list[str] = msgspec.field(default_factory=list)
    places: list[str] = msgspec.field(default_factory=list)
    mass: list[str] = msgspec.field(default_factory=list)
    needs: list[str] = msgspec.field(default_factory=list)
    begins: list[str] = msgspec.field(default_factory=list)
    parts: list[str] = msgspec.field(default_factory=list)
    words: dict[str, int] = msgspec.field(default_factory=dict)
    rules: list[str] = msgspec.field(default_factory=list)
    topics: list[str] = msgspec.field(default_factory=list)
    root_key: str | None = None
    root_event: str | None = None
    root_entities: list[str] = msgspec.field(default_factory=list)
    root_topics: list[str] = msgspec.field(default_factory=list)
    root_served: list[str] = msgspec.field(default_factory=list)
    root_at: datetime | None = None
    contenders: list[Contender] = msgspec.field(default_factory=list)
    hosts: int = 0
    resolved_at: datetime | None = None
    live: bool = True
    closed: bool = False
    split: bool = False
    flapping: bool = False
    firing: int = 0
    member_count: int = 0
    event_count: int = 0
    tokens: list[str] = msgspec.field(default_factory=list)
    merged_into: str | None = None
    maintenance: str | None = None

    def called(self) -> Called:
        """Return the names of its things; they are remembered, as things are only ever added."""
        known: Called | None = self.__dict__.get("called_so")
        if known is None or known.things != len(self.entities):
            told = frozenset(one.name for one in self.entities.values())
            stems = frozenset(stem for name in told for stem in stems_of(name))
            known = self.__dict__["called_so"] = Called(told, stems, len(self.entities))
        return known


class Changes(msgspec.Struct, kw_only=True):
    """What changed since the last call: the records to save, each in its newest state.

    `merged` maps an incident to the one that took it over; its alerts belong there. `adopted` are
    events that were ignored at first, as they came before their firing, with their incident.
    """

    alerts: list[AlertMemory]
    incidents: list[IncidentMemory]
    merged: dict[str, str]
    adopted: dict[str, str]


class Memory:
    """The working set of one batch or of a whole replay, with its own index of words."""

    def __init__(
        self, alerts: Iterable[AlertMemory] = (), incidents: Iterable[IncidentMemory] = ()
    ) -> None:
        self._alerts = {(alert.stream, alert.dedup_key): alert for alert in alerts}
        self._incidents = {incident.ref: incident for incident in incidents}
        self._index: dict[tuple[str, str], dict[str, None]] = {}
        self._renewed: dict[str, IncidentMemory] = {}  # what the index does not know of yet
        self._held: dict[tuple[str, str], AlertMemory] = {}
        self._changed_alerts: dict[tuple[str, str], AlertMemory] = {}
        self._changed_incidents: dict[str, IncidentMemory] = {}
        self._merged: dict[str, str] = {}
        self._adopted: dict[str, str] = {}
        self._opened = 0
        self.comparisons = 0  # candidates that were scored; what a test bounds
        for incident in sorted(self._incidents.values(), key=lambda one: one.last_event_at):
            self.index(incident, incident.tokens)
        for key, alert in self._alerts.items():
            if alert.held is not None:
                self._held[key] = alert

    def alert(self, stream: str, dedup_key: str) -> AlertMemory | None:
        """Return what is remembered of a key."""
        return self._alerts.get((stream, dedup_key))

    def incident(self, ref: str | None) -> IncidentMemory | None:
        """Return an incident, or the one that it was merged into; None where it is not loaded."""
        for _ in range(CHAIN):
            found = self._incidents.get(ref) if ref else None
            if found is None or found.merged_into is None:
                return found
            ref = found.merged_into
        return None

    def incidents(self) -> Iterator[IncidentMemory]:
        """Return the incidents that live on by themselves."""
        return (one for one in self._incidents.values() if one.merged_into is None)

    def held(self) -> list[AlertMemory]:
        """Return the alerts that a maintenance window holds."""
        return list(self._held.values())

    def new_ref(self) -> str:
        """Return a reference that the store replaces when it saves."""
        self._opened += 1
        return f"new-{self._opened}"

    def found_under(self, stream: str, tokens: Iterable[str], limit: int) -> list[IncidentMemory]:
        """Return incidents under any of these words, those of the first words first.

        Of each word the newest are taken, so that the cost does not grow with what is open.
        """
        self._settle()
        found: dict[str, IncidentMemory] = {}
        for token in tokens:
            refs = self._index.get((stream, token))
            if not refs:
                continue
            most = NEWEST if token == EVERY else limit
            for _, ref in zip(range(most), reversed(refs), strict=False):
                incident = self._incidents[ref]
                found.setdefault(ref, incident)
                if len(found) >= limit:
                    return list(found.values())
        return list(found.values())

    def index(self, incident: IncidentMemory, tokens: Iterable[str]) -> None:
        """Let an incident be found under these words, as the newest of each."""
        self._settle()
        self._put(incident, tokens)

    def renew(self, incident: IncidentMemory) -> None:
        """Let an incident be found as the newest under all of its words.

        It is noted only, as most events of a storm do so before anything is looked up again.
        """
        self._renewed.pop(incident.ref, None)
        self._renewed[incident.ref] = incident

    def _settle(self) -> None:
        for incident in self._renewed.values():
            self._put(incident, incident.tokens)
        self._renewed.clear()

    def _put(self, incident: IncidentMemory, tokens: Iterable[str]) -> None:
        for token in tokens:
            refs = self._index.setdefault((incident.stream, token), {})
            refs.pop(incident.ref, None)
            refs[incident.ref] = None

    def forget(self, incident: IncidentMemory) -> None:
        """Let an incident no longer be found: it lives on in another, or is closed."""
        self._settle()
        for token in incident.tokens:
            self._index.get((incident.stream, token), {}).pop(incident.ref, None)

    def keep_alert(self, alert: AlertMemory) -> None:
        """Take over the newest state of an alert."""
        key = (alert.stream, alert.dedup_key)
        self._alerts[key] = self._changed_alerts[key] = alert
        if alert.held is not None:
            self._held[key] = alert
        else:
            self._held.pop(key, None)

    def keep_incident(self, incident: IncidentMemory) -> None:
        """Take over the newest state of an incident."""
        self._incidents[incident.ref] = self._changed_incidents[incident.ref] = incident

    def merge(self, gone: IncidentMemory, into: IncidentMemory) -> None:
        """Note that an incident lives on in another."""
        gone.merged_into = into.ref
        gone.live = False
        self.forget(gone)
        self._merged[gone.ref] = into.ref
        self.keep_incident(gone)
        self.keep_incident(into)

    def adopt(self, event_ids: Iterable[str], incident: IncidentMemory) -> None:
        """Note that events which were ignored at first belong to an incident."""
        self._adopted.update(dict.fromkeys(event_ids, incident.ref))

    def changed(self) -> Changes:
        """Return what changed since the last call, and begin anew."""
        changes = Changes(
            alerts=list(self._changed_alerts.values()),
            incidents=list(self._changed_incidents.values()),
            merged=dict(self._merged),
            adopted=dict(self._adopted),
        )
        self._changed_alerts, self._changed_incidents = {}, {}
        self._merged, self._adopted = {}, {}
        return changes

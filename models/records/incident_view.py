"""Everything that a summary or a report of an incident is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from models.records.asset import AssetChange
from models.records.graph import Link
from models.records.incident import Incident, TimelineEntry
from models.records.stored_alert import StoredAlert


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """One alert that may stand at the beginning; `confidence` is its share of support, 0 to 1."""

    alert_id: int
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """An affected asset as the inventory knows it."""

    id: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is affected, what stands around it, by id, and the edges among all of it."""

    affected: Mapping[str, Entity] = field(default_factory=dict)
    around: Mapping[str, Entity] = field(default_factory=dict)
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """An incident with what is known around it.

    `alerts` are its first ones, in the order in which they came; `sources` count all by vendor.
    `changes` are those of the affected assets around its beginning, those of what it began with
    first and the latest before earlier ones. `hypotheses` are the likeliest first.
    `surroundings` are for its picture: all that its alerts speak of, not only `entities`. `kin` are
    the references of the incidents that this one was merged into or split from, or that were merged
    into it, by id. Of a very long `timeline` so many lines between its first and its last ones are
    `unread`.
    """

    incident: Incident
    alerts: tuple[StoredAlert, ...] = ()
    sources: Mapping[str, int] = field(default_factory=dict)
    changes: tuple[AssetChange, ...] = ()
    entities: Mapping[str, Entity] = field(default_factory=dict)
    hypotheses: tuple[Hypothesis, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()
    unread: int = 0
    surroundings: Surroundings | None = None
    made_at: datetime | None = None
    kin: Mapping[int, str] = field(default_factory=dict)

    @property
    def root(self) -> StoredAlert | None:
        """The alert that most probably stands at the beginning."""
        wanted = self.hypotheses[0].alert_id if self.hypotheses else self.incident.root_alert_id
        return next((alert for alert in self.alerts if alert.id == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarIncident:
    """A resolved incident that was about the like; `score` runs from 0 to 1."""

    incident_id: int
    reference: str
    title: str
    score: float
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookMatch:
    """A part of an indexed document that fits an incident; `score` is a cosine."""

    collection: str
    document: str
    heading: str
    chunk_id: str
    score: float

    @property
    def reference(self) -> str:
        """How it is cited."""
        place = f"{self.document} > {self.heading}" if self.heading else self.document
        return f"chunk:{self.chunk_id} {place}"


def runbook_of(reference: str) -> str:
    """Return what people read of a cited runbook: the part, its document's title, and its file."""
    cited = reference.partition(" ")[2] if reference.startswith("chunk:") else reference
    document, *headings = cited.split(" > ")
    if not headings:
        return document
    title = f", in {headings[0]}" if len(headings) > 1 else ""
    return f"{headings[-1]}{title} ({document})"

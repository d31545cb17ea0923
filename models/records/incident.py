"""Incidents: what operators work on, with an append-only timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.records.severity import Severity


class IncidentStatus(StrEnum):
    """How far an incident is. A merged one lives on in another; a closed one swallows nothing."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    INVESTIGATING = "investigating"
    RESOLVED = "resolved"
    CLOSED = "closed"
    MERGED = "merged"


LIVE = (IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED, IncidentStatus.INVESTIGATING)


class EntryKind(StrEnum):
    """What a line of the timeline tells."""

    ALERT_FIRED = "alert_fired"
    ALERT_RESOLVED = "alert_resolved"
    SUPPRESSED = "suppressed"
    GROUPED = "grouped"
    STATUS = "status"
    SEVERITY = "severity"
    ASSIGNMENT = "assignment"
    NOTIFICATION = "notification"
    NOTE = "note"
    SUMMARY = "summary"
    DIAGNOSTIC = "diagnostic"
    PROPOSAL = "proposal"
    APPROVAL = "approval"
    EXECUTION = "execution"
    VERIFICATION = "verification"
    MODEL_OUTPUT = "model_output"
    CHANGE = "change"
    MERGE = "merge"
    SPLIT = "split"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One line of the timeline; it is never edited, a correction is a new line.

    `at` is when it happened by the clock that `clock` names (`ours` or `sender`).
    """

    id: int
    at: datetime
    kind: EntryKind
    actor: str
    text: str
    clock: str = "ours"
    data: Mapping[str, Any] = field(default_factory=dict)
    evidence_ids: tuple[str, ...] = ()
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident. `reference` is what people say: INC-2026-000123.

    `summary_source` is `rule`, `model` or `human`. `root_alert_id` is the alert that most probably
    stands at the beginning. `started_at` is by the senders' clocks, `detected_at` when the first
    alert reached us, the other times when they happened here.
    """

    id: int
    reference: str
    title: str
    status: IncidentStatus
    severity: Severity | None
    started_at: datetime
    detected_at: datetime
    updated_at: datetime
    summary: str = ""
    summary_source: str = "rule"
    summary_citations: tuple[str, ...] = ()
    affected_services: tuple[str, ...] = ()
    affected_entities: tuple[str, ...] = ()
    environment: str | None = None
    region: str | None = None
    owner_team: str | None = None
    assignee: str | None = None
    alert_count: int = 0
    event_count: int = 0
    firing_count: int = 0
    flapping: bool = False
    root_alert_id: int | None = None
    probable_cause: Mapping[str, Any] = field(default_factory=dict)
    grouping: Mapping[str, Any] = field(default_factory=dict)
    change_refs: tuple[str, ...] = ()
    runbook_refs: tuple[str, ...] = ()
    similar: tuple[Mapping[str, Any], ...] = ()
    acknowledged_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    merged_into: int | None = None
    split_from: int | None = None
    maintenance_id: str | None = None
    flow_run_id: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    version: int = 1

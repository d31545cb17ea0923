"""Incidents and alerts as programs read them: the same fields on the command line and over HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from psycopg import Connection

from generators.incidents import timeline
from generators.incidents.timeline import Line
from models.records.incident import EntryKind, Incident, TimelineEntry
from models.records.stored_alert import Decision, StoredAlert
from models.store import alert_list, incidents
from tasks.alerts.incidents.handling import SET_BY_HAND

Rows = Connection[tuple[Any, ...]]
_TIMES = (
    *("started_at", "detected_at", "updated_at", "acknowledged_at", "mitigated_at"),
    *("resolved_at", "closed_at"),
)
_SAME = (
    *("reference", "title", "status", "severity", "summary", "summary_source"),
    *("summary_citations", "affected_services", "affected_entities", "environment", "region"),
    *("owner_team", "assignee", "alert_count", "event_count", "firing_count", "flapping"),
    *("probable_cause", "grouping", "change_refs", "runbook_refs", "similar"),
    *("maintenance_id", "flow_run_id", "labels", "version", *_TIMES),
)


def public_incident(found: Incident) -> dict[str, Any]:
    """Return an incident's fields; ids are strings."""
    return {
        "id": str(found.id),
        **{name: getattr(found, name) for name in _SAME},
        "root_alert_id": _text(found.root_alert_id),
        "merged_into": _text(found.merged_into),
        "split_from": _text(found.split_from),
    }


def public_alert(found: StoredAlert, references: Mapping[int, str]) -> dict[str, Any]:
    """Return an alert's fields; `references` are those of the incidents by id."""
    fields = {name: getattr(found, name) for name in StoredAlert.__slots__}
    return {
        **fields,
        "id": str(found.id),
        "incident_id": _text(found.incident_id),
        "incident": references.get(found.incident_id or 0),
    }


def public_entry(entry: TimelineEntry) -> dict[str, Any]:
    """Return a line of the timeline."""
    return {
        "id": str(entry.id),
        "at": entry.at,
        "clock": entry.clock,
        "kind": entry.kind,
        "actor": entry.actor,
        "text": entry.text,
        "data": entry.data,
        "evidence_ids": entry.evidence_ids,
        "recorded_at": entry.recorded_at,
    }


def public_decision(decision: Decision, references: Mapping[int, str]) -> dict[str, Any]:
    """Return what was decided on an event of an alert, flat: rule, score, candidates, margin."""
    return {
        "alert_id": str(decision.alert_id),
        "event_id": str(decision.event_id),
        "status": decision.status,
        "occurred_at": decision.occurred_at,
        "received_at": decision.received_at,
        "action": decision.action,
        "incident_id": _text(decision.incident_id),
        "incident": references.get(decision.incident_id or 0),
        **decision.explanation,
    }


def whole(
    conn: Rows, name: int | str, lines: int | None = incidents.TIMELINE_LIMIT
) -> dict[str, Any]:
    """Return an incident with its alerts, timeline and evidence.

    Args:
        conn: Nothing is written.
        name: Id or reference.
        lines: So many of the last lines of its timeline; None for all of them.

    Raises:
        WrongUse: There is none.
    """
    found = incidents.incident(conn, name)
    alerts = alert_list.of_incident(conn, found.id)
    entries = incidents.timeline(conn, found.id, limit=lines)
    total = incidents.timeline_count(conn, found.id) if len(entries) == lines else len(entries)
    known = {found.id: found.reference}
    kin = incidents.kin(conn, [found])
    return {
        **public_incident(found),
        "merged_into_reference": kin.get(found.merged_into or 0),
        "split_from_reference": kin.get(found.split_from or 0),
        "severity_predicted": found.id in predicted(conn, [found]),
        "entities": _entities(conn, found),
        "sources": alert_list.sources(conn, found.id),
        "alerts": [public_alert(alert, known) for alert in alerts],
        "timeline": [public_entry(entry) for entry in entries],
        "timeline_lines": total,
        "evidence": evidence(conn, found.id),
        "merged": list(incidents.merged_into(conn, found.id).values()),
    }


def timeline_lines(conn: Rows, incident_id: int, most: int) -> list[Line]:
    """Return the timeline of an incident as people read it: its beginning and its end."""
    entries, unread = incidents.timeline_ends(conn, incident_id, timeline.FIRST_READ)
    return timeline.told(entries, most, unread)


def _entities(conn: Rows, found: Incident) -> list[dict[str, str | None]]:
    """Return what is affected: an asset with its kind, or a name the inventory does not know."""
    known = {one.id: one for one in incidents.entities(conn, found.affected_entities)}
    return [
        {
            "id": key if key in known else None,
            "kind": known[key].kind if key in known else None,
            "name": known[key].name if key in known else key,
        }
        for key in found.affected_entities
    ]


def evidence(conn: Rows, incident_id: int) -> list[dict[str, str]]:
    """Return the facts that the summary rests on: id and text each."""
    last = incidents.timeline(conn, incident_id, limit=1, kinds=(EntryKind.SUMMARY,))
    facts: Sequence[dict[str, str]] = last[0].data.get("facts", ()) if last else ()
    return list(facts)


def public_list(found: Sequence[Incident]) -> list[dict[str, Any]]:
    """Return incidents as they stand in a list."""
    return [public_incident(incident) for incident in found]


def headline(found: Incident, kin: Mapping[int, str]) -> str:
    """Return a title as it stands in a list; of a merged incident with the one it lives on in."""
    into = kin.get(found.merged_into or 0)
    return f"merged into {into}: {found.title}" if into else found.title


def predicted(conn: Rows, found: Iterable[Incident]) -> frozenset[int]:
    """Return the ids of those whose severity only rests on predictions: no sender, no person."""
    ids = [one.id for one in found if one.severity and SET_BY_HAND not in one.labels]
    return incidents.predicted(conn, ids) if ids else frozenset()


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)

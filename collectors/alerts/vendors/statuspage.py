"""Atlassian Statuspage: incidents, maintenances and component changes of somebody's status page.

Source: the Statuspage documentation, "Webhook notifications". The impact of an incident is its
severity. A maintenance is planned: it is suppressed, never a fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.alerts import keys, times
from collectors.alerts.adapter import Adapter, ignored, malformed
from collectors.alerts.build import Draft, finish
from collectors.alerts.reading import at, first, mapping, rows
from models.records.alert import AlertStatus, Normalized, Outcome

NAME = "statuspage"
Fields = Mapping[str, Any]

_INCIDENT = {
    "investigating": AlertStatus.FIRING,
    "identified": AlertStatus.FIRING,
    "monitoring": AlertStatus.FIRING,
    "resolved": AlertStatus.RESOLVED,
    "postmortem": AlertStatus.RESOLVED,
    "scheduled": AlertStatus.SUPPRESSED,
    "in_progress": AlertStatus.SUPPRESSED,
    "verifying": AlertStatus.SUPPRESSED,
    "completed": AlertStatus.RESOLVED,
}
_COMPONENT = {
    "operational": AlertStatus.RESOLVED,
    "under_maintenance": AlertStatus.SUPPRESSED,
}
_SILENT = "maintenance"


def recognizes(payload: object, _kind: str | None) -> bool:
    """Say whether it is about an incident or a component of a page."""
    if not isinstance(payload, dict):
        return False
    return isinstance(payload.get("incident"), dict) or "component_update" in payload


def distinct(payload: object) -> bool:
    """Say whether nobody else than Statuspage sends it."""
    return recognizes(payload, None) and isinstance(at(payload, "page"), dict)


def read(payload: object, kind: str | None) -> Normalized:
    """Return the incident, or the component's new state."""
    if not recognizes(payload, kind):
        return malformed("there is neither an incident nor a component in it")
    body = mapping(payload)
    incident = mapping(body.get("incident"))
    draft = _incident(incident, body) if incident else _component(body)
    if draft is None:
        return ignored("a component that did not change")
    if draft.title is None:
        return malformed("it has no name")
    return Normalized(outcome=Outcome.ALERT, alerts=(finish(draft),))


def _incident(incident: Fields, body: Fields) -> Draft:
    own = first(incident, "id")
    impact = first(incident, "impact_override", "impact")
    parts = [first(part, "name") for part in rows(incident.get("components"))]
    named = [part for part in parts if part]
    update = mapping(at(incident, "incident_updates", 0))
    return Draft(
        vendor=NAME,
        title=first(incident, "name"),
        status=_INCIDENT.get((first(incident, "status") or "").lower(), AlertStatus.UPDATE),
        key=keys.own(NAME, own) if own else None,
        severity_raw=None if impact == _SILENT else impact,
        service=named[0] if len(named) == 1 else None,
        description=first(update, "body"),
        labels={"page": first(body.get("page"), "id"), "components": ",".join(named) or None,
                "impact": impact},
        event_time=times.moment(incident.get("created_at")),
        ends_at=times.moment(incident.get("resolved_at")),
        external_id=own,
        links={"source": incident.get("shortlink")},
    )  # fmt: skip


def _component(body: Fields) -> Draft | None:
    change, part = mapping(body.get("component_update")), mapping(body.get("component"))
    now, before = first(change, "new_status"), first(change, "old_status")
    if now is None or now == before:
        return None
    own = first(part, "id") or first(change, "component_id")
    name = first(part, "name")
    moment = times.moment(change.get("created_at")) or times.moment(body.get("created_at"))
    status = _COMPONENT.get(now.lower(), AlertStatus.FIRING)
    return Draft(
        vendor=NAME,
        title=name,
        status=status,
        key=keys.own(NAME, "component", own or name),
        service=name,
        description=f"{name}: {before} -> {now}",
        labels={"page": first(body.get("page"), "id"), "component_status": now},
        event_time=moment,
        ends_at=moment if status is AlertStatus.RESOLVED else None,
        external_id=own,
    )


ADAPTER = Adapter(name=NAME, recognizes=recognizes, distinct=distinct, read=read)

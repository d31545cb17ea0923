"""PD-CEF: incidents and alerts as PagerDuty events.

Source: PagerDuty's Events API v2 and its Common Event Format. The form has four severities and no
place for all of an alert's fields; those stand in `custom_details`, so that nothing is lost.
"""

from __future__ import annotations

from typing import Any

import msgspec

from generators.incidents.messages.story import cause, line, named, page_of
from models.records.alert import Alert, AlertStatus
from models.records.notice import Briefing, Told
from models.records.severity import Severity

LONGEST_SUMMARY, LONGEST_KEY = 1024, 255
_SEVERITIES = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "info",
    Severity.INFO: "info",
    None: "warning",  # it takes no event without one; unknown is not harmless
}
_ACTIONS = {
    Told.ACKNOWLEDGED: "acknowledge",
    Told.RESOLVED: "resolve",
    Told.MERGED: "resolve",
}
_STATUSES = {
    AlertStatus.ACKNOWLEDGED: "acknowledge",
    AlertStatus.RESOLVED: "resolve",
}
_OURS = "nightshift"  # the part of custom_details that only we read


def action_of(kind: Told) -> str:
    """Return what PagerDuty is asked to do: trigger, acknowledge or resolve."""
    return _ACTIONS.get(kind, "trigger")


def render(briefing: Briefing, kind: Told) -> dict[str, Any]:
    """Return the event on an incident, without the routing key, which the sender adds."""
    incident, action = briefing.incident, action_of(kind)
    event: dict[str, Any] = {
        "event_action": action,
        "dedup_key": f"{_OURS}/{incident.reference}"[:LONGEST_KEY],
    }
    if action != "trigger":
        return event
    event["payload"] = {
        "summary": line(f"{incident.reference} {incident.title}", LONGEST_SUMMARY),
        "source": named(briefing.entities or incident.affected_services, 1) or _OURS,
        "severity": _SEVERITIES[incident.severity],
        "timestamp": incident.started_at.isoformat(),
        "component": named(briefing.entities, 1) or None,
        "group": incident.environment,
        "class": "incident",
        "custom_details": _details(briefing),
    }
    event["client"] = "Nightshift"
    if url := page_of(briefing.gateway_url, incident.reference):
        event["client_url"] = url
        event["links"] = [{"href": url, "text": incident.reference}]
    return event


def test(text: str) -> dict[str, Any]:
    """Return an event that tries the receiver and pages nobody more than once."""
    payload = {"summary": text, "source": _OURS, "severity": "info"}
    return {"event_action": "trigger", "dedup_key": f"{_OURS}/test", "payload": payload}


def from_alert(alert: Alert) -> dict[str, Any]:
    """Return an alert as a PD-CEF event; the whole of it stands in `custom_details`."""
    return {
        "event_action": _STATUSES.get(alert.status, "trigger"),
        "dedup_key": alert.dedup_key[:LONGEST_KEY],
        "payload": {
            "summary": line(alert.title, LONGEST_SUMMARY) or "alert without a title",
            "source": alert.host or alert.service or "unknown",
            "severity": _SEVERITIES[alert.severity],
            "timestamp": alert.event_time.isoformat() if alert.event_time else None,
            "component": alert.service,
            "group": alert.environment,
            "class": alert.rule,
            "custom_details": {**alert.labels, _OURS: msgspec.to_builtins(alert)},
        },
    }


def _details(briefing: Briefing) -> dict[str, Any]:
    incident = briefing.incident
    return {
        "incident": incident.reference,
        "severity": incident.severity.value if incident.severity else "not known",
        "services": list(incident.affected_services),
        "affected": list(briefing.entities),
        "alerts": incident.alert_count,
        "evidence": line(briefing.evidence or ""),
        "changed": [line(text) for text in briefing.changed],
        "cause": cause(incident.probable_cause),
        "owner": incident.owner_team,
    }

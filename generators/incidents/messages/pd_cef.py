"""PD-CEF: incidents as PagerDuty events, and alerts to that form and back.

Source: PagerDuty's Events API v2 and its Common Event Format. The form has four severities and no
place for all of an alert's fields; those stand in `custom_details`, so that nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
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
_BACK = {
    "critical": Severity.CRITICAL,
    "error": Severity.HIGH,
    "warning": Severity.MEDIUM,
    "info": Severity.INFO,
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
_STATUSES_BACK = {
    "trigger": AlertStatus.FIRING,
    "acknowledge": AlertStatus.ACKNOWLEDGED,
    "resolve": AlertStatus.RESOLVED,
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
    """Return an alert as a PD-CEF event; `to_alert` gives it back whole."""
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


def to_alert(event: Mapping[str, Any]) -> Alert:
    """Return the alert of a PD-CEF event, ours whole and another's as far as it says.

    Raises:
        msgspec.ValidationError: Our part of it is not an alert.
    """
    payload = event.get("payload") or {}
    details = payload.get("custom_details") or {}
    if isinstance(details, Mapping) and isinstance(details.get(_OURS), Mapping):
        return msgspec.convert(_known(details[_OURS]), Alert)
    raw = payload.get("severity")
    return Alert(
        title=str(payload.get("summary") or "alert without a title"),
        status=_STATUSES_BACK.get(str(event.get("event_action")), AlertStatus.FIRING),
        dedup_key=str(event.get("dedup_key") or ""),
        severity=_BACK.get(str(raw)),
        severity_raw=str(raw) if raw else None,
        host=payload.get("source"),
        service=payload.get("component"),
        environment=payload.get("group"),
        rule=payload.get("class"),
        event_time=_time(payload.get("timestamp")),
        labels={str(key): str(value) for key, value in details.items()},
    )


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(Alert)}
    return {name: value for name, value in values.items() if name in names}


def _time(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


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

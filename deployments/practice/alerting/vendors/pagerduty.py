"""PagerDuty: webhooks V3, an incident's trigger and resolve.

Source: PagerDuty developer documentation, webhooks v3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deployments.practice.alerting.reports import Report, Telling, stamp
from models.records.severity import Severity

PRIORITIES = {
    Severity.CRITICAL: "P1",
    Severity.HIGH: "P2",
    Severity.MEDIUM: "P3",
    Severity.LOW: "P4",
    Severity.INFO: "P5",
}
_URGENT = (Severity.CRITICAL, Severity.HIGH)
URL = "https://example-net.pagerduty.example"


def payload(reports: Sequence[Report], telling: Telling) -> dict[str, Any]:
    """Return the body of one incident's event."""
    (report,) = reports
    kind = "incident.resolved" if report.resolved else "incident.triggered"
    return {
        "event": {
            "id": telling.occurrence(report, kind).upper()[:26],
            "event_type": kind,
            "resource_type": "incident",
            "occurred_at": stamp(telling.sent_at(report)),
            "agent": None,
            "client": {"name": "Monitoring Service"},
            "data": _incident(report, telling),
        }
    }


def _incident(report: Report, telling: Telling) -> dict[str, Any]:
    key = telling.occurrence(report)
    found = f"P{key[:6].upper()}"
    return {
        "id": found,
        "type": "incident",
        "self": f"https://api.pagerduty.example/incidents/{found}",
        "html_url": f"{URL}/incidents/{found}",
        "number": report.number % 10_000,
        "status": "resolved" if report.resolved else "triggered",
        "incident_key": report.fingerprint,
        "created_at": stamp(telling.began_at(report)),
        "title": report.text,
        "service": {
            "id": f"PS{report.number % 100_000:05d}",
            "type": "service_reference",
            "summary": report.service,
            "html_url": f"{URL}/services/PS{report.number % 100_000:05d}",
        },
        "assignees": [],
        "escalation_policy": {
            "id": "PEPOL01",
            "type": "escalation_policy_reference",
            "summary": "Default",
        },
        "teams": [],
        "priority": _priority(report),
        "urgency": "high" if report.severity in _URGENT else "low",
        "conference_bridge": None,
        "resolve_reason": None,
    }


def _priority(report: Report) -> dict[str, str] | None:
    if report.severity is None:
        return None
    name = PRIORITIES[report.severity]
    return {"id": f"PRIO{name}", "type": "priority_reference", "summary": name}

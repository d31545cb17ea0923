"""Sentry: webhooks of an internal integration, an alert rule's event and an issue's resolve.

Source: Sentry documentation, integration platform, webhooks, issue alerts and issues.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deployments.practice.alerting.reports import Report, Telling, stamp
from models.records.severity import Severity

LEVELS = {
    Severity.CRITICAL: "fatal",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "info",
    Severity.INFO: "info",
    None: "error",
}
URL = "https://sentry.example.net"


def payload(reports: Sequence[Report], telling: Telling) -> dict[str, Any]:
    """Return the body of one alert: an event while it happens, the issue once it is resolved."""
    (report,) = reports
    data = {"issue": _issue(report, telling)} if report.resolved else _event(report, telling)
    return {
        "action": "resolved" if report.resolved else "triggered",
        "installation": {"uuid": "0b0c5cf4-3f5f-4f0a-9d43-6a1f3f0c7a11"},
        "data": data,
        "actor": {"type": "application", "id": "sentry", "name": "Sentry"},
    }


def resource(report: Report) -> str:
    """Return what the header Sentry-Hook-Resource says."""
    return "issue" if report.resolved else "event_alert"


def _event(report: Report, telling: Telling) -> dict[str, Any]:
    number, at = report.number, telling.sent_at(report)
    event_id = telling.occurrence(report, stamp(at))
    server = report.labels.get("server_name", report.subject)
    tags = {
        "environment": report.environment,
        "level": LEVELS[report.severity],
        "server_name": server,
        "release": report.labels.get("release"),
        "region": report.region,
    }
    kind, _, value = report.text.partition(": ")
    return {
        "event": {
            "event_id": event_id,
            "issue_id": str(number),
            "project": number % 1000,
            "title": report.text,
            "message": "",
            "culprit": report.labels.get("culprit", "request handler"),
            "level": LEVELS[report.severity],
            "environment": report.environment,
            "release": report.labels.get("release"),
            "platform": "python",
            "type": "error",
            "metadata": {"type": kind, "value": value, "filename": "service/handlers.py"},
            "tags": [[name, value] for name, value in tags.items() if value],
            "datetime": stamp(at),
            "timestamp": at.timestamp(),
            "url": f"{URL}/api/0/projects/example/{report.service}/events/{event_id}/",
            "web_url": f"{URL}/organizations/example/issues/{number}/events/{event_id}/",
            "issue_url": f"{URL}/api/0/issues/{number}/",
            "project_slug": report.service,
            "project_name": report.service,
        },
        "triggered_rule": report.rule,
    }


def _issue(report: Report, telling: Telling) -> dict[str, Any]:
    kind, _, value = report.text.partition(": ")
    return {
        "id": str(report.number),
        "shortId": f"{report.service}-{report.number % 1000}".upper(),
        "title": report.text,
        "culprit": report.labels.get("culprit", "request handler"),
        "level": LEVELS[report.severity],
        "status": "resolved",
        "statusDetails": {},
        "platform": "python",
        "type": "error",
        "metadata": {"type": kind, "value": value, "filename": "service/handlers.py"},
        "count": "1",
        "userCount": 0,
        "firstSeen": stamp(telling.began_at(report)),
        "lastSeen": stamp(telling.sent_at(report)),
        "project": {
            "id": str(report.number % 1000),
            "slug": report.service,
            "name": report.service,
            "platform": "python",
        },
        "permalink": f"{URL}/organizations/example/issues/{report.number}/",
    }

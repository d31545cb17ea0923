"""Datadog: the webhooks integration with a template of the documented variables.

The template is the one that the README gives, so what people configure is what is practised here.
Source: Datadog documentation, integrations, webhooks, payload variables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deployments.practice.alerting.reports import Report, Telling
from models.records.severity import Severity

PRIORITIES = {
    Severity.CRITICAL: "P1",
    Severity.HIGH: "P2",
    Severity.MEDIUM: "P3",
    Severity.LOW: "P4",
    Severity.INFO: "P5",
    None: "",
}
_ERRORS = (Severity.CRITICAL, Severity.HIGH)
URL = "https://app.datadoghq.example"


def payload(reports: Sequence[Report], telling: Telling) -> dict[str, Any]:
    """Return the body of one alert."""
    (report,) = reports
    moment = f"{telling.sent_at(report).timestamp() * 1000:.0f}"
    transition = "Recovered" if report.resolved else "Triggered"
    scope = ",".join(f"{name}:{value}" for name, value in report.labels.items())
    return {
        "id": str(int(telling.occurrence(report, transition + moment)[:15], 16)),
        "title": f"[{transition}] {report.rule}",
        "body": f"%%%\n{report.text}\n\nThe monitor was last triggered at {moment}.\n%%%",
        "event_type": "query_alert_monitor",
        "alert_id": str(report.number),
        "alert_title": report.rule,
        "alert_type": _kind(report),
        "alert_transition": transition,
        "alert_priority": PRIORITIES[report.severity],
        "alert_metric": report.labels.get("metric", ""),
        "alert_scope": scope,
        "aggreg_key": report.fingerprint,
        "alert_cycle_key": telling.occurrence(report)[:16],
        "hostname": report.labels.get("host", ""),
        "tags": _tags(report),
        "link": f"{URL}/monitors/{report.number}",
        "date": moment,
        "last_updated": moment,
        "org": {"id": "41560", "name": "Example Net"},
    }


def _kind(report: Report) -> str:
    if report.resolved:
        return "success"
    return "error" if report.severity in _ERRORS else "warning"


def _tags(report: Report) -> str:
    named = (
        ("env", report.environment),
        ("service", report.service),
        ("region", report.region),
        ("host", report.labels.get("host")),
    )
    return ",".join(["monitor", *(f"{name}:{value}" for name, value in named if value)])

"""Prometheus Alertmanager: the webhook receiver's body, version 4, several alerts a body.

Source: Alertmanager documentation, configuration, webhook_config.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deployments.practice.alerting.reports import Report, Telling, stamp
from models.records.severity import Severity

WORDS = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "high",
    Severity.MEDIUM: "warning",
    Severity.LOW: "low",
    Severity.INFO: "info",
    None: "none",
}
NOT_ENDED = "0001-01-01T00:00:00Z"
URL = "https://alertmanager.example.net"


def payload(reports: Sequence[Report], telling: Telling) -> dict[str, Any]:
    """Return the body of a group of alerts."""
    alerts = [_alert(report, telling) for report in reports]
    common = _common([alert["labels"] for alert in alerts])
    grouped = {name: common[name] for name in ("alertname", "cluster") if name in common}
    key = ", ".join(f'{name}="{value}"' for name, value in sorted(grouped.items()))
    return {
        "version": "4",
        "groupKey": f"{{}}:{{{key}}}",
        "truncatedAlerts": 0,
        "status": "resolved" if all(report.resolved for report in reports) else "firing",
        "receiver": "nightshift",
        "groupLabels": grouped,
        "commonLabels": common,
        "commonAnnotations": _common([alert["annotations"] for alert in alerts]),
        "externalURL": URL,
        "alerts": alerts,
    }


def _alert(report: Report, telling: Telling) -> dict[str, Any]:
    return {
        "status": "resolved" if report.resolved else "firing",
        "labels": labels(report),
        "annotations": _annotations(report),
        "startsAt": stamp(telling.began_at(report)),
        "endsAt": stamp(telling.sent_at(report)) if report.resolved else NOT_ENDED,
        "generatorURL": f"https://prometheus.example.net/graph?g0.expr={report.rule}&g0.tab=1",
        "fingerprint": report.fingerprint,
    }


def labels(report: Report) -> dict[str, str]:
    """Return the labels of an alert: the rule's own and what the vendor's words make of it."""
    found = {"alertname": report.rule, **report.labels, "severity": WORDS[report.severity]}
    named = (
        ("service", report.service),
        ("environment", report.environment),
        ("region", report.region),
    )
    return {**{name: value for name, value in named if value}, **found}


def _annotations(report: Report) -> dict[str, str]:
    """Return the texts of an alert; the value that was measured stands in the description."""
    measured = "" if report.reading is None else f" Current value: {report.reading:g}."
    return {
        "summary": report.text,
        "description": f"{report.text}.{measured}",
        "runbook_url": f"https://runbooks.example.net/{report.rule.lower()}",
    }


def _common(mappings: list[dict[str, str]]) -> dict[str, str]:
    first, *others = mappings
    return {
        name: value
        for name, value in first.items()
        if all(other.get(name) == value for other in others)
    }

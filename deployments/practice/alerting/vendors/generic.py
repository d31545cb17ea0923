"""The form for senders of one's own, such as the script that a vCenter alarm runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deployments.practice.alerting.reports import Report, Telling, stamp


def payload(reports: Sequence[Report], telling: Telling) -> dict[str, Any]:
    """Return the body of one alert."""
    (report,) = reports
    found = {
        "title": report.text,
        "status": "resolved" if report.resolved else "firing",
        "severity": report.severity.value if report.severity else None,
        "host": None if "datastore" in report.labels else report.subject,
        "service": report.service,
        "environment": report.environment,
        "region": report.region,
        "rule": report.rule,
        "dedup_key": report.fingerprint,
        "started_at": stamp(telling.began_at(report)),
        "ended_at": stamp(telling.sent_at(report)) if report.resolved else None,
        "description": f"Alarm '{report.rule}' on {report.subject}",
        "value": report.reading,
        "labels": dict(report.labels),
    }
    return {name: value for name, value in found.items() if value not in (None, {})}

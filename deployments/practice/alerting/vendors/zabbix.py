"""Zabbix: a webhook media type whose parameters are the documented macros, one alert a body.

Source: Zabbix documentation, macros supported by location.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deployments.practice.alerting.reports import Report, Telling
from models.records.severity import Severity

WORDS = {
    Severity.CRITICAL: "Disaster",
    Severity.HIGH: "High",
    Severity.MEDIUM: "Average",
    Severity.LOW: "Warning",
    Severity.INFO: "Information",
    None: "Not classified",
}
URL = "https://zabbix.example.net"


def payload(reports: Sequence[Report], telling: Telling) -> dict[str, Any]:
    """Return the body of one problem or its recovery."""
    (report,) = reports
    at = telling.began_at(report)
    event = int(telling.occurrence(report)[:7], 16)
    tags = {"service": report.service, "environment": report.environment, "site": report.region}
    found = {
        "hostname": report.subject,
        "severity": WORDS[report.severity],
        "status": "OK" if report.resolved else "PROBLEM",
        "trigger": report.text,
        "trigger_id": str(report.number),
        "item": report.rule,
        "value": "" if report.reading is None else f"{report.reading:g}",
        "event_id": str(event),
        "event_date": f"{at:%Y.%m.%d}",
        "event_time": f"{at:%H:%M:%S}",
        "tags": [{"tag": name, "value": value} for name, value in tags.items() if value],
        "link": f"{URL}/tr_events.php?triggerid={report.number}&eventid={event}",
    }
    if report.resolved:
        ended = telling.sent_at(report)
        found |= {"recovery_date": f"{ended:%Y.%m.%d}", "recovery_time": f"{ended:%H:%M:%S}"}
    return found

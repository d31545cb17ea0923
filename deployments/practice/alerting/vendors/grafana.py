"""Grafana's unified alerting: the webhook contact point, several alerts a body.

Source: Grafana documentation, alerting, webhook notifier.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deployments.practice.alerting.reports import Report, Telling
from deployments.practice.alerting.vendors import alertmanager

URL = "https://grafana.example.net"


def payload(reports: Sequence[Report], telling: Telling) -> dict[str, Any]:
    """Return the body of a group of alerts; it resembles Alertmanager's and has more in it."""
    body = alertmanager.payload(reports, telling)
    firing = not all(report.resolved for report in reports)
    count = sum(report.resolved is not firing for report in reports)
    alerts = [
        {**alert, **_more(report)} for alert, report in zip(body["alerts"], reports, strict=True)
    ]
    state = "FIRING" if firing else "RESOLVED"
    return {
        **body,
        "version": "1",
        "orgId": 1,
        "externalURL": f"{URL}/",
        "alerts": alerts,
        "title": f"[{state}:{count}] {reports[0].rule}",
        "state": "alerting" if firing else "ok",
        "message": f"**{state.title()}**\n\n{reports[0].text}\n",
    }


def _more(report: Report) -> dict[str, Any]:
    reading = 0.0 if report.reading is None else report.reading
    uid = f"g{report.fingerprint[:9]}"
    return {
        "generatorURL": f"{URL}/alerting/grafana/{uid}/view?orgId=1",
        "silenceURL": f"{URL}/alerting/silence/new?alertmanager=grafana&orgId=1",
        "dashboardURL": f"{URL}/d/{uid}?orgId=1",
        "panelURL": f"{URL}/d/{uid}?orgId=1&viewPanel=2",
        "values": {"B": reading, "C": 0 if report.resolved else 1},
        "valueString": f"[ var='B' labels={{instance={report.subject}}} value={reading:g} ]",
        "orgId": 1,
    }

"""Datadog: the default payload, and those that people write out of its variables."""

from tests.collectors.alerts.cases import Case

BODY = "%%%\nDisk is full\n\n[[Monitor Status](https://app.datadoghq.eu/monitors/4711?group=host%3Adb-1)]\n%%%"
DEFAULT = {
    "body": BODY, "last_updated": "1767225600000", "event_type": "metric_alert_monitor",
    "title": "[Triggered on {host:db-1}] Disk is full", "date": "1767225600000",
    "org": {"id": "1", "name": "acme"}, "id": "900001",
}  # fmt: skip
CUSTOM = {
    "alert_id": "4711", "alert_title": "Disk is full", "alert_transition": "Triggered",
    "alert_type": "error", "alert_priority": "P2", "alert_scope": "host:db-1,env:prod",
    "hostname": "db-1", "tags": "env:prod,service:shop,region:eu-1", "date": "1767225600000",
    "id": "900002", "link": "https://app.datadoghq.eu/event/event?id=900002", "priority": "normal",
}  # fmt: skip
CASES = {
    "datadog": [
        Case(
            "the default payload names host and monitor in its title and links",
            DEFAULT,
            ({"title": "Disk is full", "status": "firing", "host": "db-1", "severity": None,
              "dedup_key": "datadog:4711:host:db-1", "when": "2026-01-01T00:00:00Z"},),
        ),
        Case(
            "its recovery has the same key",
            {**DEFAULT, "title": "[Recovered on {host:db-1}] Disk is full", "id": "900009"},
            ({"title": "Disk is full", "status": "resolved", "dedup_key": "datadog:4711:host:db-1"},),
        ),
        Case(
            "variables are found under the names that people give them",
            CUSTOM,
            ({"title": "Disk is full", "status": "firing", "severity": "high",
              "severity_raw": "P2", "host": "db-1", "service": "shop", "environment": "prod",
              "region": "eu-1", "dedup_key": "datadog:4711:env:prod,host:db-1"},),
        ),
        Case(
            "success is a recovery",
            {**CUSTOM, "alert_transition": "Recovered", "alert_type": "success"},
            ({"status": "resolved", "dedup_key": "datadog:4711:env:prod,host:db-1"},),
        ),
        Case("a warning without a priority", {
            "title": "[Warn] Queue grows", "alert_type": "warning", "monitor_id": 5},
            ({"title": "Queue grows", "severity": "medium", "status": "firing"},)),
        Case("no data is a status of its own", {
            "title": "[No Data] Queue grows", "monitor_id": 5}, ({"status": "no_data"},)),
        Case("a monitor that fires again keeps its key", {
            "title": "[Re-Triggered] Queue grows", "monitor_id": 5},
            ({"title": "Queue grows", "status": "firing", "dedup_key": "datadog:5"},)),
        Case("a priority in the title is the sender's", {
            "title": "[P1] [Triggered] Login is broken", "body": ""},
            ({"title": "Login is broken", "severity": "critical", "severity_raw": "P1"},)),
        Case("the event's own priority is no severity", {
            "title": "Deploy", "priority": "low", "alert_type": "info"}, ({"severity": "info"},)),
        Case("variables without a value are absent", {
            "title": "Queue grows", "hostname": "$HOSTNAME", "alert_priority": "$ALERT_PRIORITY"},
            ({"host": None, "severity": None},)),
        Case("a bracket that is no mark belongs to the title", {
            "title": "[Triggered] [shop] Queue grows"}, ({"title": "[shop] Queue grows"},)),
        Case("a title of nothing but marks stays as it is", {"title": "[Triggered]"},
             ({"title": "[Triggered]"},)),
        Case("a priority by a word that people write", {
            "title": "x is slow", "priority": "critical", "alert_type": "error"},
             ({"severity": "critical"},)),
        Case("the priority of an event says nothing", {
            "title": "x is slow", "priority": "low", "alert_type": "error"},
             ({"severity": "high"},)),
        Case("tags may be a list", {"title": "x is slow", "tags": ["env:dev", "service:x", 7]},
             ({"environment": "dev", "service": "x"},)),
        Case("an incident", {"incident_title": "Login fails", "incident_severity": "SEV-2",
                             "incident_status": "active", "incident_public_id": "12"},
             ({"title": "Login fails", "severity": "high", "dedup_key": "datadog:incident:12"},)),
        Case("nothing of a monitor is malformed", {"org": {"id": "1"}}, outcome="malformed"),
    ],
}  # fmt: skip

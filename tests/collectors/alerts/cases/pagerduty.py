"""PagerDuty: webhooks of three versions, and events for its Events API."""

from tests.collectors.alerts.cases import Case

INCIDENT = {
    "id": "PX1", "type": "incident", "number": 8, "status": "triggered", "title": "Checkout is down",
    "html_url": "https://acme.pagerduty.com/incidents/PX1", "urgency": "low", "priority": None,
    "service": {"id": "PS", "summary": "Checkout", "type": "service_reference"},
    "created_at": "2026-04-01T12:00:00Z",
}  # fmt: skip
OLD = {
    "id": "PX1", "incident_number": 8, "status": "triggered", "incident_key": "k-1",
    "created_on": "2026-04-01T12:00:00Z", "service": {"id": "PS", "name": "Checkout"},
    "trigger_summary_data": {"subject": "Checkout is down"},
}  # fmt: skip


def third(kind, **changes):
    return {"event": {"id": "E1", "event_type": kind, "resource_type": "incident",
                      "occurred_at": "2026-04-01T12:30:00Z", "data": {**INCIDENT, **changes}}}  # fmt: skip


def second(event, **changes):
    return {"messages": [{"id": "m1", "event": event, "created_on": "2026-04-01T12:30:00Z",
                          "incident": {**INCIDENT, **changes}, "log_entries": []}]}  # fmt: skip


def old(kind, **changes):
    return {"id": "m", "type": kind, "created_on": "2026-04-01T12:30:00Z",
            "data": {"incident": {**OLD, **changes}}}  # fmt: skip


def cef(action, **changes):
    return {
        "routing_key": "0" * 32, "event_action": action, "dedup_key": "disk/db-1",
        "payload": {"summary": "Disk is full", "source": "db-1.example", "severity": "error",
                    "component": "sda1", "class": "disk", "timestamp": "2026-04-01T12:00:00Z",
                    "custom_details": {"env": "prod", "service": "shop"}}, **changes,
    }  # fmt: skip


KEY = {"dedup_key": "pagerduty:PX1"}
CASES = {
    "pagerduty": [
        Case("a triggered incident has its urgency as severity", third("incident.triggered"),
             ({"title": "Checkout is down", "status": "firing", "severity": "low",
               "severity_raw": "low", "service": "Checkout", "host": None, **KEY},)),
        Case("its priority counts before its urgency",
             third("incident.triggered", priority={"summary": "P1"}, urgency="high"),
             ({"severity": "critical", "severity_raw": "P1", **KEY},)),
        Case("an acknowledged incident", third("incident.acknowledged", status="acknowledged"),
             ({"status": "acknowledged", **KEY},)),
        Case("a resolved incident ends when the event occurred",
             third("incident.resolved", status="resolved"),
             ({"status": "resolved", "when": "2026-04-01T12:30:00Z", **KEY},)),
        Case("an escalation leaves the incident as it says itself",
             third("incident.escalated", status="acknowledged"),
             ({"status": "acknowledged", **KEY},)),
        Case("a note is an update",
             {"event": {"id": "E2", "event_type": "incident.annotated", "data": {
                 "id": "N1", "content": "looking", "incident": {"id": "PX1", "summary": "Checkout"}}}},
             ({"status": "update", "title": "Checkout", **KEY},)),
        Case("a ping is a handshake", {"event": {"id": "E3", "event_type": "pagey.ping",
             "data": {"message": "Hello", "type": "ping"}}}, outcome="handshake"),
        Case("an event that nobody knows is ignored", third("incident.polished"), outcome="ignore"),
        Case("a change of a service is ignored",
             {"event": {"id": "E4", "event_type": "service.updated", "data": {"id": "PS"}}},
             outcome="ignore"),
        Case("version 2", second("incident.trigger", urgency="high"),
             ({"title": "Checkout is down", "status": "firing", "severity": "high", **KEY},)),
        Case("version 1 carries several messages",
             {"messages": [old("incident.acknowledge", status="acknowledged"),
                           old("incident.resolve", status="resolved")]},
             ({"title": "Checkout is down", "status": "acknowledged", "severity": None, **KEY},
              {"status": "resolved", "severity": None, **KEY})),
        Case("an event's component is its service", cef("trigger", payload={
            "summary": "x is slow", "source": "db-1.example", "component": "postgres"}),
             ({"service": "postgres", "host": "db-1.example", "severity": None},)),
        Case("a change is no alert", {
            "routing_key": "0" * 32, "payload": {"summary": "Build done", "source": "ci"}},
             outcome="ignore"),
        Case("a device is no service", cef("trigger", payload={
            "summary": "x is slow", "source": "db-1.example", "component": "eth0"}),
             ({"service": None},)),
        Case("an event of the Events API has its own key", cef("trigger"),
             ({"title": "Disk is full", "status": "firing", "severity": "high",
               "host": "db-1.example", "service": "shop", "environment": "prod",
               "dedup_key": "pagerduty:disk/db-1"},)),
        Case("and a resolve without a payload the same", cef("resolve", payload=None),
             ({"status": "resolved", "dedup_key": "pagerduty:disk/db-1"},)),
        Case("messages that are none are malformed", {"messages": [1, {"x": 2}]},
             outcome="malformed"),
        Case("something else is malformed", {"incident": {"id": "PX1"}}, outcome="malformed"),
    ],
}  # fmt: skip

"""Senders that are read by a packaged mapping: each with a beginning and, where it has one, an end."""

from tests.collectors.alerts.cases import Case

TEN = "2026-06-01T10:00:00Z"
RULE = {"rule": {"id": "r1", "name": "Too many errors"}, "alert": {"id": "web-01",
        "actionGroup": "threshold met"}, "date": TEN, "context": {"reason": "7 is above 5"}}  # fmt: skip
DETECTOR = {"severity": "Critical", "messageTitle": "CPU is hot", "detector": "CPU", "rule": "hot",
            "status": "anomalous", "timestamp": TEN, "dimensions": {"host": "web-1", "env": "prod"},
            "incidentId": "ABC", "detectorId": "DEF"}  # fmt: skip
TROUBLE = {"ProblemID": "P-1", "PID": "-9_1V2", "ProblemTitle": "Slow answers", "State": "OPEN",
           "ProblemSeverity": "PERFORMANCE", "ImpactedEntity": "web-1.example", "Tags": "env:prod"}  # fmt: skip
DOWN = {"event": "check.down", "check": {"token": "t1", "url": "https://shop.example", "alias": "Shop"},
        "downtime": {"id": "5", "started_at": TEN, "ended_at": None}}  # fmt: skip
KUMA = {"heartbeat": {"status": 0, "time": "2026-06-01 10:00:00", "msg": "timeout"},
        "monitor": {"id": 3, "name": "API", "url": "https://api.example", "hostname": None}}  # fmt: skip
ITEM = {"event_name": "new_item", "data": {"item": {
    "id": 27, "project_id": 4, "title": "KeyError: x", "level": 50, "environment": "prod"}}}  # fmt: skip
SENSU = {"timestamp": 1780308000, "entity": {"entity_class": "agent", "metadata": {
             "name": "web-1", "namespace": "default", "labels": {"env": "qa"}}},
         "check": {"metadata": {"name": "nginx"}, "status": 2, "state": "failing"}}  # fmt: skip
POD = {"kind": "Event", "metadata": {"uid": "u"}, "reason": "BackOff", "type": "Warning",
       "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "web-7d9f8b6c5d-x2x9z"},
       "message": "restarting", "source": {"host": "node-1"}, "lastTimestamp": TEN}  # fmt: skip


def changed(base, part, **more):
    return {**base, part: {**base[part], **more}}


def better(**more):
    return {"data": {"id": "25", "type": "incident", "attributes": {
        "name": "Shop", "url": "https://shop.example/", "cause": "Status 500", "started_at": TEN,
        "resolved_at": None, "status": "Started", **more}}}  # fmt: skip


def honey(status):
    return {"id": "h1", "name": "Slow", "status": status, "result_groups": [], "result_url": "x"}


def libre(state):
    return {"title": "sw-1 down", "hostname": "sw-1.example", "severity": "critical", "state": state,
            "timestamp": "2026-06-01 10:00:00", "name": "Device down", "device_id": "3"}  # fmt: skip


def plain(slug, first, second, alike=("dedup_key",)):
    """Return the two payloads of one condition: how it begins and how it ends."""
    begin, end = first[1], second[1]
    return slug, [
        Case("begins", first[0], ({"status": "firing", **begin},)),
        Case("ends", second[0], ({"status": "resolved", **end},)),
    ]


CASES = dict([
    plain("sensu", (SENSU, {"title": "nginx", "severity": "critical", "host": "web-1",
                            "environment": "qa", "dedup_key": "sensu:default:web-1:nginx"}),
          (changed(SENSU, "check", status=0, state="passing"),
           {"severity": None, "dedup_key": "sensu:default:web-1:nginx"})),
    plain("rollbar",
          (ITEM, {"title": "KeyError: x", "severity": "critical", "environment": "prod",
                  "dedup_key": "rollbar:4:27"}),
          ({**ITEM, "event_name": "resolved_item"}, {"dedup_key": "rollbar:4:27"})),
    plain("honeycomb", (honey("TRIGGERED"), {"title": "Slow", "dedup_key": "honeycomb:h1"}),
          (honey("OK"), {"dedup_key": "honeycomb:h1"})),
    plain("betterstack", (better(), {"title": "Shop", "host": "shop.example", "when": TEN}),
          (better(status="Resolved", resolved_at="2026-06-01T11:00:00Z"),
           {"when": "2026-06-01T11:00:00Z", "dedup_key": "betterstack:25"})),
    plain("librenms", (libre(1), {"title": "sw-1 down", "host": "sw-1.example",
                                  "severity": "critical", "when": TEN}),
          (libre(0), {"host": "sw-1.example"})),
    plain("netdata",
          ({"alarm": "disk", "host": "web-3", "chart": "disk._", "status": "CRITICAL"},
           {"title": "disk", "severity": "critical", "host": "web-3"}),
          ({"alarm": "disk", "host": "web-3", "chart": "disk._", "status": "CLEAR"},
           {"severity": None, "host": "web-3"})),
    plain("prtg", ({"sensor": "Ping", "device": "sw-1", "sensorid": "20", "status": "Down"},
                   {"title": "Ping", "host": "sw-1", "dedup_key": "prtg:20"}),
          ({"sensor": "Ping", "device": "sw-1", "sensorid": "20", "status": "Up"},
           {"dedup_key": "prtg:20"})),
    plain("dynatrace", (TROUBLE, {"title": "Slow answers", "severity": None,
                                  "severity_raw": "PERFORMANCE", "host": "web-1.example",
                                  "environment": "prod", "dedup_key": "dynatrace:-9_1V2"}),
          ({**TROUBLE, "State": "RESOLVED"}, {"dedup_key": "dynatrace:-9_1V2"})),
    plain("sumologic", ({"alertName": "CPU", "monitorId": "1", "status": "Critical"},
                        {"severity": "critical", "dedup_key": "sumologic:1"}),
          ({"alertName": "CPU", "monitorId": "1", "status": "ResolvedCritical"},
           {"dedup_key": "sumologic:1"})),
    plain("signalfx", (DETECTOR, {"title": "CPU is hot", "severity": "critical", "host": "web-1",
                                  "environment": "prod", "dedup_key": "signalfx:ABC"}),
          ({**DETECTOR, "status": "ok"}, {"dedup_key": "signalfx:ABC"})),
    plain("updown", ([DOWN], {"title": "Shop", "host": "shop.example", "when": TEN,
                              "dedup_key": "updown:t1"}),
          ([{**DOWN, "event": "check.up"}], {"dedup_key": "updown:t1"})),
    plain("uptimekuma", (KUMA, {"title": "API", "host": "api.example", "when": TEN,
                                "dedup_key": "uptimekuma:3"}),
          (changed(KUMA, "heartbeat", status=1), {"dedup_key": "uptimekuma:3"})),
    plain("victorops",
          ({"message_type": "CRITICAL", "entity_id": "disk/web-1", "entity_display_name": "Disk",
            "host_name": "web-1"},
           {"title": "Disk", "severity": "critical", "host": "web-1",
            "dedup_key": "victorops:disk/web-1"}),
          ({"message_type": "RECOVERY", "entity_id": "disk/web-1"},
           {"severity": None, "dedup_key": "victorops:disk/web-1"})),
    plain("statuscake", ({"Name": "Shop", "Status": "Down", "TestID": "4", "Checkrate": "60",
                          "URL": "https://shop.example"}, {"host": "shop.example"}),
          ({"Name": "Shop", "Status": "Up", "TestID": "4"}, {"dedup_key": "statuscake:4"})),
    plain("freshping",
          ({"webhook_event_data": {"check_id": "5", "check_name": "Shop",
                                   "check_state_name": "Not Responding"}}, {"title": "Shop"}),
          ({"webhook_event_data": {"check_id": "5", "check_name": "Shop",
                                   "check_state_name": "Available"}}, {"dedup_key": "freshping:5"})),
    plain("site24x7", ({"MONITORNAME": "Shop", "STATUS": "TROUBLE", "MONITOR_ID": "7"},
                       {"title": "Shop", "dedup_key": "site24x7:7"}),
          ({"MONITORNAME": "Shop", "STATUS": "UP", "MONITOR_ID": "7"},
           {"dedup_key": "site24x7:7"})),
    plain("servicenow",
          ({"short_description": "DB is down", "number": "INC1", "severity": "1", "state": "New",
            "cmdb_ci": "db-1"}, {"severity": "critical", "host": "db-1"}),
          ({"short_description": "DB is down", "number": "INC1", "state": "Closed"},
           {"dedup_key": "servicenow:INC1"})),
    plain("vcenter",
          ({"alarmName": "Host CPU", "target": "esx-1.example", "newStatus": "Red"},
           {"title": "Host CPU", "severity": "critical", "host": "esx-1.example"}),
          ({"alarmName": "Host CPU", "target": "esx-1.example", "newStatus": "Green"},
           {"severity": None, "host": "esx-1.example"})),
    plain("thousandeyes",
          ({"eventType": "ALERT_NOTIFICATION_TRIGGER", "alert": {
              "alertId": 1, "ruleName": "Loss", "severity": "MAJOR", "testName": "Shop"}},
           {"title": "Loss", "severity": "high"}),
          ({"eventType": "ALERT_NOTIFICATION_CLEAR", "alert": {"alertId": 1, "ruleName": "Loss"}},
           {"dedup_key": "thousandeyes:1"})),
    plain("appdynamics",
          ({"eventType": "POLICY_OPEN_CRITICAL", "displayName": "Slow", "severity": "ERROR",
            "application": {"name": "shop"}, "node": {"name": "n-1"}, "summaryMessage": "s"},
           {"title": "Slow", "severity": "high", "service": "shop", "host": "n-1"}),
          ({"eventType": "POLICY_CLOSE_CRITICAL", "displayName": "Slow"}, {"title": "Slow"})),
    plain("grafana_oncall",
          ({"event": {"type": "escalation", "time": TEN}, "alert_group": {
              "id": "G1", "title": "Lag", "state": "firing", "created_at": TEN}},
           {"title": "Lag", "dedup_key": "grafana_oncall:G1"}),
          ({"event": {"type": "resolve"}, "alert_group": {"id": "G1", "title": "Lag",
                                                          "state": "resolved"}},
           {"dedup_key": "grafana_oncall:G1"})),
    plain("honeybadger",
          ({"event": "occurred", "fault": {"id": 3, "klass": "KeyError", "environment": "prod"},
            "project": {"name": "shop"}},
           {"title": "KeyError", "environment": "prod", "service": "shop"}),
          ({"event": "resolved", "fault": {"id": 3, "klass": "KeyError"}},
           {"dedup_key": "honeybadger:3"})),
    plain("coralogix",
          ({"alert_id": "c", "name": "Errors", "alert_action": "trigger", "alert_severity": "error"},
           {"severity": "high", "dedup_key": "coralogix:c"}),
          ({"alert_id": "c", "name": "Errors", "alert_action": "resolve"},
           {"dedup_key": "coralogix:c"})),
    plain("checkly",
          ({"check_name": "Shop", "check_id": "k", "alert_type": "ALERT_FAILURE"},
           {"title": "Shop", "dedup_key": "checkly:k"}),
          ({"check_name": "Shop", "check_id": "k", "alert_type": "ALERT_RECOVERY"},
           {"dedup_key": "checkly:k"})),
    plain("jira",
          ({"webhookEvent": "jira:issue_created", "issue": {"key": "OPS-1", "fields": {
              "summary": "DB is down", "priority": {"name": "Highest"},
              "status": {"statusCategory": {"key": "new"}}}}},
           {"title": "DB is down", "severity": "critical", "dedup_key": "jira:OPS-1"}),
          ({"webhookEvent": "jira:issue_updated", "issue": {"key": "OPS-1", "fields": {
              "summary": "DB is down", "status": {"statusCategory": {"key": "done"}}}}},
           {"dedup_key": "jira:OPS-1"})),
    plain("healthchecks", ({"name": "backup", "status": "down", "code": "u-1"},
                           {"title": "backup", "dedup_key": "healthchecks:u-1"}),
          ({"name": "backup", "status": "up", "code": "u-1"}, {"dedup_key": "healthchecks:u-1"})),
    plain("elastic", (RULE, {"title": "Too many errors", "host": "web-01", "when": TEN,
                             "dedup_key": "elastic:r1:web-01"}),
          (changed(RULE, "alert", actionGroup="recovered"), {"dedup_key": "elastic:r1:web-01"})),
    plain("kibana", (RULE, {"title": "Too many errors", "dedup_key": "kibana:r1:web-01"}),
          (changed(RULE, "alert", actionGroup="recovered"), {"dedup_key": "kibana:r1:web-01"})),
    ("graylog", [Case("an event", {
        "event_definition_id": "d", "event_definition_title": "Too many 500", "event": {
            "id": "1", "priority": 3, "timestamp": TEN, "source": "graylog-1", "message": "m",
            "fields": {"host": "web-1"}}, "backlog": []},
        ({"title": "Too many 500", "severity": "high", "host": "web-1", "when": TEN},))]),
    ("wazuh", [Case("an alert", {
        "rule": {"level": 12, "description": "Failed logins", "id": "55"}, "timestamp": TEN,
        "agent": {"id": "1", "name": "web-1"}},
        ({"title": "Failed logins", "severity": "high", "host": "web-1"},))]),
    ("falco", [Case("an alert", {
        "rule": "Shell in container", "priority": "Warning", "output": "o", "hostname": "node-1",
        "output_fields": {"k8s.pod.name": "web-0"}, "time": TEN},
        ({"title": "Shell in container", "severity": "medium", "host": "node-1"},))]),
    ("kubernetes", [
        Case("a warning", POD, ({"title": "BackOff", "severity": "medium", "host": "node-1"},)),
        Case("what is normal is ignored", {**POD, "type": "Normal"}, outcome="ignore")]),
    ("raygun", [Case("a new error", {
        "eventType": "NewErrorOccurred", "application": {"name": "shop"},
        "error": {"message": "x is null", "url": "https://ray.example/1"}},
        ({"title": "x is null", "service": "shop", "status": "firing"},))]),
    ("airbrake", [Case("an error", {"error": {
        "id": 5, "error_message": "x is null", "error_class": "TypeError", "environment": "prod",
        "project": {"name": "shop"}}},
        ({"title": "x is null", "service": "shop", "environment": "prod"},))]),
])  # fmt: skip

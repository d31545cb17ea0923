"""Monitoring systems with an adapter in code."""

from tests.collectors.alerts.cases import Case

ZABBIX = {
    "trigger_name": "Disk of db-1 is full", "trigger_id": "501", "event_id": "77",
    "event_value": "1", "event_severity": "Disaster", "host_name": "db-1",
    "event_date": "2026.06.01", "event_time": "10:00:00", "event_tags": "env:prod, service:db",
}  # fmt: skip
OPSGENIE = {
    "action": "Create", "integrationId": "i", "integrationName": "n", "source": {"type": "api"},
    "alert": {"alertId": "a-1", "alias": "disk/db-1", "message": "Disk is full", "priority": "P1",
              "entity": "db-1.example", "tags": ["env:prod"], "details": {"service": "db"},
              "createdAt": 1780308000000, "updatedAt": 1780308600000000000, "tinyId": "5"},
}  # fmt: skip
RELIC = {
    "issueId": "r-1", "issueUrl": "https://nr.example/r-1", "title": "CPU of db-1", "priority": "HIGH",
    "state": "ACTIVATED", "createdAt": 1780308000000, "alertConditionNames": ["CPU hot"],
    "alertPolicyNames": ["Golden"], "impactedEntities": ["db-1"],
}  # fmt: skip
SPLUNK = {
    "search_name": "Too many 500", "app": "search", "sid": "s__1", "owner": "a",
    "results_link": "https://sp.example/x",
    "result": {"host": "web-1", "severity": "high", "_time": "1780308000", "_raw": "GET / 500"},
}  # fmt: skip
CHECKMK = {
    "what": "SERVICE", "host": "db-1", "service": "Filesystem /", "notification_type": "PROBLEM",
    "state": "CRIT", "output": "95% used", "site": "dc1", "short_date_time": "2026-06-01 10:00:00",
}  # fmt: skip
PINGDOM = {
    "check_id": 31, "check_name": "Shop", "check_type": "HTTP", "tags": ["env:prod"],
    "check_params": {"hostname": "shop.example", "full_url": "https://shop.example/"},
    "previous_state": "UP", "current_state": "DOWN", "importance_level": "HIGH",
    "state_changed_timestamp": 1780308000, "long_description": "timeout",
}  # fmt: skip
ROBOT = {
    "monitorID": "12", "monitorURL": "https://shop.example/x", "monitorFriendlyName": "Shop",
    "alertType": "1", "alertTypeFriendlyName": "Down", "alertDetails": "timeout",
    "alertDateTime": "1780308000",
}  # fmt: skip
PAGE = {"id": "p", "status_indicator": "major", "status_description": "x"}
STATUS = {
    "page": PAGE, "meta": {}, "incident": {
        "id": "inc1", "name": "Login fails", "status": "investigating", "impact": "major",
        "created_at": "2026-06-01T10:00:00Z", "resolved_at": None, "components": [{"name": "Login"}],
        "incident_updates": [{"body": "We look at it"}]},
}  # fmt: skip
DASH0 = {"type": "alert.ongoing", "data": {"issue": {
    "id": "i-1", "issueIdentifier": "991", "status": "critical", "start": "2026-06-01T10:00:00Z",
    "summary": "s", "labels": [{"key": "service.name", "value": {"stringValue": "cart"}},
                               {"key": "deployment.environment.name", "value": {"stringValue": "prod"}}],
    "annotations": [], "checkrules": [{"name": "Cart is slow"}]}}}  # fmt: skip
TEN = "2026-06-01T10:00:00Z"


def changed(base, part, **more):
    return {**base, part: {**base[part], **more}}


CASES = {
    "zabbix": [
        Case("a problem", ZABBIX,
             ({"title": "Disk of db-1 is full", "status": "firing", "severity": "critical",
               "host": "db-1", "environment": "prod", "service": "db", "when": TEN,
               "dedup_key": "zabbix:501"},)),
        Case("its recovery", {**ZABBIX, "event_value": "0", "trigger_name": "Disk of db-1 is well"},
             ({"status": "resolved", "dedup_key": "zabbix:501", "event_time": None},)),
        Case("a recovery with its time", {**ZABBIX, "event_value": "0", "event_recovery_date":
             "2026.06.01", "event_recovery_time": "10:30:00"},
             ({"status": "resolved", "when": "2026-06-01T10:30:00Z"},)),
        Case("an unclassified problem has no severity",
             {**ZABBIX, "event_severity": "Not classified"}, ({"severity": None},)),
        Case("macros without a value are absent",
             {**ZABBIX, "host_name": "*UNKNOWN*", "event_severity": "{EVENT.SEVERITY}"},
             ({"host": None, "severity": None, "severity_raw": None},)),
        Case("the number of the severity", {**ZABBIX, "event_severity": "4"},
             ({"severity": "high"},)),
        Case("the packaged message template", {
            "subject": "Resolved in 5m 0s: High load", "to": "x",
            "message": "Problem has been resolved\r\nHost: db-1\r\nSeverity: High\r\n"
                       "Original problem ID: 4071\r\n"},
             ({"title": "High load", "status": "resolved", "severity": "high", "host": "db-1",
               "dedup_key": "zabbix:event:4071"},)),
        Case("tags as the macro for JSON writes them", {
            **ZABBIX, "event_tags": '[{"tag": "service", "value": "db"}, {"tag": "env", "value": "qa"}]'},
             ({"service": "db", "environment": "qa"},)),
        Case("nothing of a trigger is malformed", {"item": 1}, outcome="malformed"),
    ],
    "opsgenie": [
        Case("a new alert", OPSGENIE,
             ({"title": "Disk is full", "status": "firing", "severity": "critical",
               "host": "db-1.example", "service": "db", "environment": "prod", "when": TEN,
               "dedup_key": "opsgenie:disk/db-1"},)),
        Case("a closed alert", {**OPSGENIE, "action": "Close"},
             ({"status": "resolved", "when": "2026-06-01T10:10:00Z",
               "dedup_key": "opsgenie:disk/db-1"},)),
        Case("a snoozed alert", {**OPSGENIE, "action": "Snooze"}, ({"status": "suppressed"},)),
        Case("a note", {**OPSGENIE, "action": "AddNote"}, ({"status": "update"},)),
        Case("without an alias the id is the key",
             changed(OPSGENIE, "alert", alias=None), ({"dedup_key": "opsgenie:a-1"},)),
        Case("no alert is malformed", {"action": "Create"}, outcome="malformed"),
    ],
    "newrelic": [
        Case("an issue of a workflow", RELIC,
             ({"title": "CPU of db-1", "status": "firing", "severity": "high", "when": TEN,
               "host": "db-1", "rule": "CPU hot", "dedup_key": "newrelic:r-1"},)),
        Case("a closed issue", {**RELIC, "state": "CLOSED", "closedAt": 1780308600000},
             ({"status": "resolved", "when": "2026-06-01T10:10:00Z", "dedup_key": "newrelic:r-1"},)),
        Case("an incident of the older form",
             {"condition_name": "CPU hot", "current_state": "acknowledged", "incident_id": 9,
              "policy_name": "Golden", "severity": "CRITICAL",
              "targets": [{"name": "db-1", "type": "Host", "labels": {"env": "prod"}}]},
             ({"title": "CPU hot", "status": "acknowledged", "severity": "critical", "host": "db-1",
               "environment": "prod", "dedup_key": "newrelic:9"},)),
        Case("lists where others have texts", {
            "condition_name": ["CPU hot"], "current_state": "OPEN", "incident_id": "x",
            "impactedEntities": ["db-1"], "severity": "CRITICAL"},
             ({"title": "CPU hot", "host": "db-1", "severity": "critical"},)),
        Case("a test is ignored", {"event_type": "TEST", "condition_name": "x"},
             outcome="ignore"),
    ],
    "splunk": [
        Case("a search with a result", SPLUNK,
             ({"title": "Too many 500", "status": "firing", "severity": "high", "host": "web-1",
               "when": TEN},)),
        Case("the forwarder's host where the search dropped it",
             {**SPLUNK, "result": {"_confstr": "source::/x|host::web-1|syslog"}},
             ({"host": "web-1", "severity": None},)),
        Case("a result that is null", {**SPLUNK, "result": None}, ({"host": None},)),
        Case("nothing is malformed", {"result": {}}, outcome="malformed"),
    ],
    "checkmk": [
        Case("a service is critical", CHECKMK,
             ({"title": "Filesystem / on db-1 is CRIT", "status": "firing", "severity": "critical",
               "host": "db-1", "rule": "Filesystem /", "when": TEN},)),
        Case("it recovers", {**CHECKMK, "notification_type": "RECOVERY", "state": "OK"},
             ({"status": "resolved", "severity": None},)),
        Case("a downtime begins", {**CHECKMK, "notification_type": "DOWNTIMESTART"},
             ({"status": "suppressed"},)),
        Case("a host that is down says no severity",
             {"NOTIFY_WHAT": "HOST", "NOTIFY_HOSTNAME": "db-1", "NOTIFY_HOSTSTATE": "DOWN",
              "NOTIFY_NOTIFICATIONTYPE": "PROBLEM"},
             ({"title": "db-1 is DOWN", "severity": None, "status": "firing", "host": "db-1"},)),
        Case("no host is malformed", {"state": "CRIT"}, outcome="malformed"),
    ],
    "nagios": [
        Case("the macros of Nagios", {
            "NAGIOS_HOSTNAME": "web-1", "NAGIOS_SERVICEDESC": "HTTP", "NAGIOS_SERVICESTATE": "WARNING",
            "NAGIOS_NOTIFICATIONTYPE": "PROBLEM", "NAGIOS_SERVICEOUTPUT": "slow"},
            ({"title": "HTTP on web-1 is WARNING", "severity": "medium", "host": "web-1"},)),
        Case("an acknowledgement", {
            "host": "web-1", "service": "HTTP", "state": "CRITICAL", "type": "ACKNOWLEDGEMENT"},
            ({"status": "acknowledged"},)),
        Case("nothing is malformed", {"x": 1}, outcome="malformed"),
    ],
    "icinga": [
        Case("nested objects of host and service", {
            "host": {"name": "web-1", "address": "10.0.0.3"}, "service": {"name": "http"},
            "state": "CRITICAL", "notification_type": "PROBLEM", "output": "refused"},
            ({"host": "web-1", "severity": "critical", "rule": "http"},)),
        Case("a recovery", {"host": {"name": "web-1"}, "service": {"name": "http"}, "state": "OK",
             "notification_type": "RECOVERY"}, ({"status": "resolved"},)),
        Case("nothing is malformed", {"x": 1}, outcome="malformed"),
    ],
    "pingdom": [
        Case("a check goes down", PINGDOM,
             ({"title": "Shop", "status": "firing", "severity": "high", "host": "shop.example",
               "environment": "prod", "when": TEN, "dedup_key": "pingdom:31"},)),
        Case("it comes up", {**PINGDOM, "current_state": "UP", "importance_level": None},
             ({"status": "resolved", "severity": None, "dedup_key": "pingdom:31"},)),
        Case("no state is malformed", {"check_id": 31}, outcome="malformed"),
    ],
    "uptimerobot": [
        Case("a monitor goes down", ROBOT,
             ({"title": "Shop", "status": "firing", "severity": None, "host": "shop.example",
               "when": TEN, "dedup_key": "uptimerobot:12"},)),
        Case("it comes up", {**ROBOT, "alertType": "2", "alertTypeFriendlyName": "Up"},
             ({"status": "resolved", "dedup_key": "uptimerobot:12"},)),
        Case("its certificate is a condition of its own", {**ROBOT, "alertType": "3"},
             ({"status": "firing", "dedup_key": "uptimerobot:12:certificate"},)),
        Case("nothing is malformed", {"monitorID": "12"}, outcome="malformed"),
    ],
    "statuspage": [
        Case("an incident", STATUS,
             ({"title": "Login fails", "status": "firing", "severity": "high", "service": "Login",
               "when": TEN, "dedup_key": "statuspage:inc1"},)),
        Case("it is resolved",
             changed(STATUS, "incident", status="resolved", resolved_at="2026-06-01T11:00:00Z"),
             ({"status": "resolved", "when": "2026-06-01T11:00:00Z",
               "dedup_key": "statuspage:inc1"},)),
        Case("a maintenance is suppressed",
             changed(STATUS, "incident", status="in_progress", impact="maintenance"),
             ({"status": "suppressed", "severity": None},)),
        Case("a component breaks", {"page": PAGE, "component": {"id": "c", "name": "Login"},
             "component_update": {"old_status": "operational", "new_status": "major_outage",
                                  "component_id": "c"}},
             ({"title": "Login", "status": "firing", "dedup_key": "statuspage:component:c"},)),
        Case("a component that stays is ignored", {"page": PAGE, "component": {},
             "component_update": {"old_status": "operational", "new_status": "operational"}},
             outcome="ignore"),
        Case("nothing is malformed", {"page": PAGE}, outcome="malformed"),
    ],
    "dash0": [
        Case("an issue goes on", DASH0,
             ({"title": "Cart is slow", "status": "firing", "severity": "critical",
               "service": "cart", "environment": "prod", "when": TEN, "dedup_key": "dash0:991"},)),
        Case("it is resolved", {"type": "alert.resolved", "data": {"issue": {
            **DASH0["data"]["issue"], "status": "resolved", "end": "2026-06-01T11:00:00Z"}}},
            ({"status": "resolved", "severity": None, "when": "2026-06-01T11:00:00Z",
              "dedup_key": "dash0:991"},)),
        Case("a test is ignored", {"type": "test", "data": {}}, outcome="ignore"),
        Case("nothing is malformed", {"type": "alert"}, outcome="malformed"),
    ],
}  # fmt: skip

"""Alertmanager and Grafana."""

from tests.collectors.alerts.cases import Case

NEVER = "0001-01-01T00:00:00Z"


def group(*alerts, **more):
    return {
        "receiver": "night", "status": "firing", "groupLabels": {}, "commonLabels": {},
        "commonAnnotations": {}, "externalURL": "http://am.example:9093", "version": "4",
        "groupKey": "{}:{}", "truncatedAlerts": 0, "alerts": list(alerts), **more,
    }  # fmt: skip


def member(labels, *, status="firing", ends=NEVER, fingerprint="f00d", **more):
    return {
        "status": status, "labels": labels, "annotations": {"summary": "It is bad"},
        "startsAt": "2026-03-01T10:00:00.123456789Z", "endsAt": ends,
        "generatorURL": "http://prom.example:9090/graph", "fingerprint": fingerprint, **more,
    }  # fmt: skip


DISK = {"alertname": "DiskFull", "instance": "db-1.example:9100", "job": "node",
        "severity": "critical", "env": "prod", "zone": "b"}  # fmt: skip
ALERTMANAGER = [
    Case(
        "a firing alert has the host without its port and no service from the job",
        group(member(DISK)),
        ({"title": "DiskFull", "status": "firing", "severity": "critical",
          "severity_raw": "critical", "host": "db-1.example", "service": None,
          "environment": "prod", "region": "b", "rule": "DiskFull", "ends_at": None,
          "dedup_key": "alertmanager:f00d"},),
    ),
    Case(
        "one of two has ended: each has its own status, not the group's",
        group(
            member(DISK, status="resolved", ends="2026-03-01T10:05:00Z"),
            member({**DISK, "instance": "[2001:db8::7]:9100"}, fingerprint="beef"),
        ),
        ({"status": "resolved", "dedup_key": "alertmanager:f00d", "when": "2026-03-01T10:05:00Z"},
         {"status": "firing", "host": "2001:db8::7", "dedup_key": "alertmanager:beef"}),
    ),
    Case(
        "an alert without a status takes the group's",
        group({"labels": DISK, "annotations": {}, "startsAt": "2026-03-01T10:00:00Z"},
              status="resolved"),
        ({"status": "resolved"},),
    ),
    Case(
        "an end without a time has none",
        group(member(DISK, status="resolved")),
        ({"status": "resolved", "event_time": None, "ends_at": None},),
    ),
    Case("an empty group is a heartbeat", group(), outcome="ignore"),
    Case(
        "the watchdog is a heartbeat that somebody else watches",
        group(member({"alertname": "Watchdog", "severity": "none"})),
        ({"title": "Watchdog", "severity": "info"},),
        outcome="ignore",
    ),
    Case(
        "labels common to the group count for each alert",
        group(member({"alertname": "Slow"}), commonLabels={"service": "checkout"}),
        ({"service": "checkout", "severity": None, "severity_raw": None},),
    ),
    Case(
        "an unknown severity word stays unknown",
        group(member({"alertname": "Odd", "severity": "purple"})),
        ({"severity": None, "severity_raw": "purple"},),
    ),
    Case(
        "what kube-state-metrics exports is not about its own host",
        group(member({"alertname": "PodCrash", "job": "kube-state-metrics",
                      "instance": "10.1.2.3:8080", "pod": "web-7d9f8b6c5d-x2x9z"})),
        ({"host": None},),
    ),
    Case(
        "a probed URL is the host that it names",
        group(member({"alertname": "ProbeFailed", "instance": "https://shop.example/health"})),
        ({"host": "shop.example"},),
    ),
    Case(
        "the list of the version 2 API is read too",
        [{"labels": DISK, "annotations": {}, "startsAt": "2026-03-01T10:00:00Z",
          "status": {"state": "suppressed", "silencedBy": ["x"]}, "fingerprint": "f00d"}],
        ({"status": "suppressed", "dedup_key": "alertmanager:f00d"},),
    ),
    Case("a group whose alerts are no objects is malformed", group("x", 7), outcome="malformed"),
    Case("no list of alerts is malformed", {"status": "firing"}, outcome="malformed"),
]  # fmt: skip

LEGACY = {
    "dashboardId": 4, "orgId": 1, "panelId": 9, "ruleId": 17, "ruleName": "Queue is long",
    "ruleUrl": "https://graf.example/d/abc", "state": "alerting", "tags": {"severity": "high"},
    "title": "[Alerting] Queue is long", "message": "Look at the queue",
    "evalMatches": [{"metric": "q", "value": 9, "tags": {"instance": "mq-1:15692", "service": "mq"}}],
}  # fmt: skip
UNIFIED = {"orgId": 1, "title": "[FIRING:1]", "state": "alerting", "message": "m", "version": "1"}
GRAFANA = [
    Case(
        "a unified alert is keyed by its fingerprint",
        group(member({"alertname": "Latency", "service": "api", "region": "eu-2"},
                     silenceURL="https://graf.example/silence", values={"B": 2.5}), **UNIFIED),
        ({"title": "Latency", "service": "api", "region": "eu-2", "severity": None,
          "dedup_key": "grafana:f00d", "status": "firing"},),
    ),
    Case(
        "its end has the same key",
        group(member({"alertname": "Latency", "service": "api"}, status="resolved",
                     ends="2026-03-01T11:00:00Z", valueString="[]"), **UNIFIED),
        ({"status": "resolved", "dedup_key": "grafana:f00d", "when": "2026-03-01T11:00:00Z"},),
    ),
    Case(
        "a rule without data says so, and of which rule",
        group(member({"alertname": "DatasourceNoData", "rulename": "Latency"}, values={}),
              **UNIFIED),
        ({"title": "DatasourceNoData: Latency", "status": "no_data"},),
    ),
    Case(
        "a legacy rule that alerts",
        LEGACY,
        ({"title": "Queue is long", "status": "firing", "severity": "high", "host": "mq-1",
          "service": "mq", "dedup_key": "grafana:graf.example:17"},),
    ),
    Case(
        "a legacy rule that is well has no matches and the same key",
        {**LEGACY, "state": "ok", "title": "[OK] Queue is long", "evalMatches": []},
        ({"status": "resolved", "host": None, "dedup_key": "grafana:graf.example:17"},),
    ),
    Case("a paused legacy rule is suppressed", {**LEGACY, "state": "paused"},
         ({"status": "suppressed"},)),
    Case("a pending legacy rule is pending", {**LEGACY, "state": "pending"},
         ({"status": "pending"},)),
    Case("a legacy rule without data", {**LEGACY, "state": "no_data"}, ({"status": "no_data"},)),
    Case(
        "matches of several hosts name none",
        {**LEGACY, "evalMatches": [{"tags": {"instance": "a-1"}}, {"tags": {"instance": "a-2"}}]},
        ({"host": None},),
    ),
    Case("matches that are null do no harm", {**LEGACY, "evalMatches": [{"tags": None}, None]},
         ({"status": "firing"},)),
    Case("a group of nothing is a heartbeat", group(**UNIFIED), outcome="ignore"),
    Case("a dashboard is no alert", {"dashboard": {"title": "x"}}, outcome="malformed"),
]  # fmt: skip
PROMETHEUS = [
    Case("an alert without a name has its group's title", {
        "title": "[FIRING:1] Disk is full", "alerts": [{"labels": {"severity": "critical"}}]},
         ({"title": "Disk is full", "severity": "critical"},)),
    Case("or its own title", {"title": "a group", "alerts": [
        {"title": "Disk is full", "labels": {"severity": "critical"}}]}, ({"title": "Disk is full"},)),
    Case("Prometheus' own name takes Alertmanager's form", group(member(DISK)),
         ({"title": "DiskFull", "dedup_key": "alertmanager:f00d"},)),
    Case("the answer of Prometheus' own API", {"status": "success", "data": {"alerts": [
        {"labels": {"alertname": "DiskFull", "severity": "warning"}, "annotations": {},
         "state": "pending", "activeAt": "2026-06-01T10:00:00Z", "value": "1e+00"}]}},
         ({"title": "DiskFull", "status": "pending", "severity": "medium",
           "when": "2026-06-01T10:00:00Z"},)),
]  # fmt: skip
CASES = {"alertmanager": ALERTMANAGER, "grafana": GRAFANA, "prometheus": PROMETHEUS}

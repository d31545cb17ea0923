"""Sentry: integration webhooks and the old plugin."""

from tests.collectors.alerts.cases import Case

ISSUE = {
    "id": "8801", "shortId": "SHOP-1", "title": "ValueError: no such cart", "level": "error",
    "culprit": "shop.cart in load", "status": "unresolved", "permalink": "https://s.example/8801",
    "project": {"id": "3", "slug": "shop", "name": "Shop"}, "metadata": {"type": "ValueError"},
    "firstSeen": "2026-02-01T08:00:00Z", "lastSeen": "2026-02-02T08:00:00Z",
}  # fmt: skip
EVENT = {
    "event_id": "aa11", "title": "ValueError: no such cart", "level": "fatal", "platform": "python",
    "culprit": "shop.cart in load", "environment": "prod", "datetime": "2026-02-02T08:00:00Z",
    "tags": [["server_name", "web-3"], ["level", "fatal"], ["region", "eu-1"]],
    "web_url": "https://s.example/organizations/a/issues/8801/events/aa11/",
    "url": "https://s.example/api/0/projects/a/shop/events/aa11/",
}  # fmt: skip
METRIC = {
    "id": "55", "title": "Errors above 100", "status": 2, "date_started": "2026-02-02T08:00:00Z",
    "projects": ["shop"],
    "alert_rule": {"id": "7", "name": "Errors above 100", "environment": "prod", "aggregate": "count()"},
}  # fmt: skip
PLUGIN = {
    "project": "shop", "project_name": "Shop", "project_slug": "shop", "id": "8801",
    "level": "warning", "culprit": "shop.cart", "message": "cart is odd",
    "url": "https://s.example/a/shop/issues/8801/",
    "event": {"event_id": "bb", "title": "cart is odd", "timestamp": 1769990400.5,
              "environment": "stage", "tags": [["server_name", "web-9"]]},
}  # fmt: skip


def hook(action, **data):
    return {"action": action, "data": data, "installation": {"uuid": "u"},
            "actor": {"type": "application", "id": "sentry", "name": "Sentry"}}  # fmt: skip


KEY = {"dedup_key": "sentry:8801"}
CASES = {
    "sentry": [
        Case("a new issue fires", hook("created", issue=ISSUE),
             ({"title": "ValueError: no such cart", "status": "firing", "severity": "high",
               "severity_raw": "error", "service": "shop", "host": None, **KEY},)),
        Case("a resolved issue has the same key", hook("resolved", issue=ISSUE),
             ({"status": "resolved", "event_time": None, **KEY},)),
        Case("an assigned issue is acknowledged", hook("assigned", issue=ISSUE),
             ({"status": "acknowledged", **KEY},)),
        Case("an archived issue is suppressed", hook("archived", issue=ISSUE),
             ({"status": "suppressed", **KEY},)),
        Case("an unresolved issue fires again", hook("unresolved", issue=ISSUE),
             ({"status": "firing", **KEY},)),
        Case("an issue alert has the key of its issue, and its event's host",
             hook("triggered", event=EVENT, triggered_rule="Tell me"),
             ({"status": "firing", "severity": "critical", "service": "shop", "host": "web-3",
               "environment": "prod", "region": "eu-1", "when": "2026-02-02T08:00:00Z", **KEY},)),
        Case("a metric alert has its action as severity", hook("critical", metric_alert=METRIC),
             ({"title": "Errors above 100", "status": "firing", "severity": "critical",
               "environment": "prod", "service": "shop", "dedup_key": "sentry:metric:7"},)),
        Case("a metric alert that ended says no severity",
             hook("resolved", metric_alert={**METRIC, "date_closed": "2026-02-02T09:00:00Z"}),
             ({"status": "resolved", "severity": None, "dedup_key": "sentry:metric:7",
               "when": "2026-02-02T09:00:00Z"},)),
        Case("the old plugin has the key of its issue", PLUGIN,
             ({"title": "cart is odd", "severity": "medium", "service": "shop", "host": "web-9",
               "environment": "stage", **KEY},)),
        Case("an installation is a handshake", hook("created", installation={"status": "installed"}),
             outcome="handshake"),
        Case("a comment is no alert", hook("created", comment="hm", issue_id="8801"),
             outcome="ignore", kind="comment"),
        Case("an event that nobody knows is ignored", hook("moved", crate={"id": 1}),
             outcome="ignore"),
        Case("an issue that is no object is malformed", {"data": [1], "action": 3},
             outcome="malformed"),
    ],
}  # fmt: skip

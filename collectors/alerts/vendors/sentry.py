"""Sentry: integration webhooks (issues, issue alerts, metric alerts, errors) and the old plugin.

Source: the Sentry documentation, "Webhooks" of the integration platform. What stays the same over
an issue's life is its id; an event names it in its links. `kind` is the header
`Sentry-Hook-Resource`, which is not needed where the payload's own fields say it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from collectors.alerts import keys, reading, times
from collectors.alerts.adapter import Adapter, handshake, ignored, malformed
from collectors.alerts.build import Draft, finish
from collectors.alerts.labels import normalised
from collectors.alerts.reading import at, first, mapping
from collectors.alerts.statuses import status_of
from models.records.alert import AlertStatus, Normalized, Outcome

NAME = "sentry"
Fields = Mapping[str, Any]

_ISSUE = re.compile(r"/issues/(\d{1,20})")
_PROJECT = re.compile(r"/projects/[^/\s]{1,100}/([^/\s]{1,100})/")
_ACTIONS = {
    "created": AlertStatus.FIRING,
    "unresolved": AlertStatus.FIRING,
    "escalating": AlertStatus.FIRING,
    "triggered": AlertStatus.FIRING,
    "unassigned": AlertStatus.FIRING,
    "resolved": AlertStatus.RESOLVED,
    "assigned": AlertStatus.ACKNOWLEDGED,
    "ignored": AlertStatus.SUPPRESSED,
    "archived": AlertStatus.SUPPRESSED,
}
_METRIC_ACTIONS = {"critical": "critical", "warning": "warning"}
_OTHER = ("comment", "seer", "preprod_artifact", "discussion")


def recognizes(payload: object, kind: str | None) -> bool:
    """Say whether it is one of Sentry's events, or comes from its old plugin."""
    if not isinstance(payload, dict):
        return False
    if isinstance(payload.get("data"), dict) and isinstance(payload.get("action"), str):
        return True
    return kind == "installation" or _is_plugin(payload)


def distinct(payload: object) -> bool:
    """Say whether nobody else than Sentry sends it."""
    data = at(payload, "data")
    if isinstance(data, dict) and isinstance(at(payload, "action"), str):
        integration = "installation" in mapping(payload) or "actor" in mapping(payload)
        return integration and any(name in data for name in _READERS)
    return isinstance(payload, dict) and _is_plugin(payload) and bool(mapping(payload.get("event")))


def _is_plugin(payload: Fields) -> bool:
    return "project" in payload and ("culprit" in payload or "event" in payload)


def read(payload: object, kind: str | None) -> Normalized:
    """Return the issue, or what else the event is."""
    body = mapping(payload)
    data = mapping(body.get("data"))
    if kind == "installation" or ("installation" in data and "action" in body):
        return handshake("the integration was installed or removed")
    if kind in _OTHER or any(name in data for name in _OTHER):
        return ignored(f"a {kind or 'comment'} is no alert")
    reader = next((reader for name, reader in _READERS.items() if mapping(data.get(name))), None)
    if reader is None and not (body and _is_plugin(body)):
        return _unknown(body)
    draft = reader(body, data) if reader else _plugin(body)
    if draft is None:
        return ignored(f"the action {first(body, 'action')} says nothing of the condition")
    return Normalized(outcome=Outcome.ALERT, alerts=(finish(draft),))


def _unknown(body: Fields) -> Normalized:
    if isinstance(body.get("action"), str) and isinstance(body.get("data"), dict):
        return ignored(f"an event that is no alert: {first(body, 'action')}")
    return malformed("it is neither an event of Sentry's integrations nor of its webhook plugin")


def _plugin(body: Fields) -> Draft:
    event = mapping(body.get("event"))
    draft = _event_draft(event)
    issue = first(body, "id") or _issue_id(body)
    draft.title = draft.title or first(body, "message") or first(body, "culprit")
    draft.description = first(body, "message") or draft.description
    draft.severity_raw = first(body, "level") or draft.severity_raw
    draft.service = first(body, "project_slug", "project", "project_name")
    draft.key = _key(issue, draft)
    draft.external_id = issue
    draft.links = {"source": body.get("url")}
    return draft


def _event(body: Fields, data: Fields) -> Draft:
    event = mapping(data.get("event")) or mapping(data.get("error"))
    draft = _event_draft(event)
    issue = _issue_id(event)
    project = first(event, "project_slug", "project_name") or _project(event)
    draft.service = project
    draft.key = _key(issue, draft)
    draft.external_id = issue
    draft.links = {"source": event.get("web_url") or event.get("url")}
    draft.group_hint = first(data, "triggered_rule")
    draft.status = _ACTIONS.get(first(body, "action") or "", AlertStatus.FIRING)
    return draft


def _event_draft(event: Fields) -> Draft:
    tags = reading.pairs(event.get("tags"))
    meta = mapping(event.get("metadata"))
    return Draft(
        vendor=NAME,
        title=first(event, "title") or first(meta, "title") or first(event, "message"),
        status=AlertStatus.FIRING,
        severity_raw=first(event, "level") or tags.get("level"),
        host=first(event, "server_name") or first(tags, "server_name", "host", "hostname"),
        environment=first(event, "environment") or tags.get("environment"),
        rule=first(event, "culprit"),
        description=first(event, "message", "culprit") or first(meta, "value"),
        labels={**tags, **_facts(event)},
        event_time=_first_time(event, "datetime", "timestamp", "dateCreated", "received"),
    )


def _facts(event: Fields) -> dict[str, str]:
    named = {name: first(event, name) for name in ("release", "platform", "culprit", "logger")}
    named["exception"] = first(event.get("metadata"), "type")
    return {name: value for name, value in named.items() if value}


def _issue(body: Fields, data: Fields) -> Draft | None:
    issue = mapping(data.get("issue"))
    action = first(body, "action")
    status = _ACTIONS.get(action or "") or status_of(first(issue, "status"))
    if status is None:
        return None
    project = mapping(issue.get("project"))
    number = first(issue, "id") or _issue_id(issue)
    draft = Draft(
        vendor=NAME,
        title=first(issue, "title") or first(issue, "culprit"),
        status=status,
        severity_raw=first(issue, "level"),
        service=first(project, "slug", "name"),
        environment=first(issue, "environment"),
        rule=first(issue, "culprit"),
        description=first(issue.get("metadata"), "value") or first(issue, "culprit"),
        labels={**reading.pairs(issue.get("tags")), **_facts(issue)},
        event_time=_first_time(issue, "lastSeen", "firstSeen"),
        external_id=number,
        links={"source": issue.get("permalink") or issue.get("web_url") or issue.get("url")},
    )
    if status is AlertStatus.RESOLVED:
        draft.event_time = None  # the issue says when it was last seen, not when it was resolved
    draft.key = _key(number, draft)
    return draft


def _metric(body: Fields, data: Fields) -> Draft:
    alert = mapping(data.get("metric_alert"))
    rule = mapping(alert.get("alert_rule"))
    action = (first(body, "action") or "").lower()
    projects = reading.words(alert.get("projects")) or reading.words(rule.get("projects"))
    own = first(rule, "id") or first(alert, "identifier", "id")
    draft = Draft(
        vendor=NAME,
        title=first(alert, "title") or first(rule, "name") or first(data, "description_title"),
        status=AlertStatus.RESOLVED if action == "resolved" else AlertStatus.FIRING,
        severity_raw=_METRIC_ACTIONS.get(action),
        service=projects[0] if len(projects) == 1 else None,
        environment=first(rule, "environment"),
        rule=first(rule, "name"),
        description=first(data, "description_text"),
        labels={"aggregate": first(rule, "aggregate"), "query": first(rule, "query")},
        event_time=_first_time(alert, "date_started", "date_detected", "date_created"),
        ends_at=times.moment(alert.get("date_closed")),
        external_id=first(alert, "id"),
        links={"source": data.get("web_url")},
    )
    draft.key = keys.own(NAME, "metric", own) if own else None
    return draft


def _key(issue: str | None, draft: Draft) -> str:
    if issue:
        return keys.own(NAME, issue)
    labels = normalised({"environment": draft.environment})
    return keys.derived(NAME, draft.title, draft.service, draft.rule, labels)


def _issue_id(fields: Fields) -> str | None:
    stated = first(fields, "issue_id", "groupID", "group_id")
    if stated:
        return stated
    for name in ("issue_url", "web_url", "url"):
        found = _ISSUE.search(reading.text(fields.get(name)) or "")
        if found:
            return found[1]
    return None


def _project(event: Fields) -> str | None:
    found = _PROJECT.search(reading.text(event.get("url")) or "")
    return found[1] if found else None


def _first_time(fields: Fields, *names: str) -> Any:
    return next((at_ for name in names if (at_ := times.moment(fields.get(name)))), None)


_READERS = {"issue": _issue, "event": _event, "error": _event, "metric_alert": _metric}
ADAPTER = Adapter(name=NAME, recognizes=recognizes, distinct=distinct, read=read)

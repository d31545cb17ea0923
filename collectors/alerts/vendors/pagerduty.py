"""PagerDuty: webhooks of versions 1, 2 and 3, and the common event format of its Events API.

Source: the PagerDuty developer documentation, "Webhooks Overview", "v2 Webhooks" and "PD-CEF".
Versions 1 and 2 carry several messages a body. The identity is the incident's id; events of the
Events API have a `dedup_key`. `urgency` is the severity where the incident has no priority.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.alerts import keys, reading, times
from collectors.alerts.adapter import Adapter, found, handshake, ignored, malformed
from collectors.alerts.build import Draft, finish
from collectors.alerts.entities import host_name, looks_like_host
from collectors.alerts.entities import service as service_label
from collectors.alerts.labels import normalised
from collectors.alerts.reading import at, first, mapping, rows
from collectors.alerts.severities import severity_of
from collectors.alerts.wordlists import listed
from models.records.alert import Alert, AlertStatus, Normalized, Outcome

NAME = "pagerduty"
Fields = Mapping[str, Any]

_EVENTS = {
    "trigger": AlertStatus.FIRING,
    "triggered": AlertStatus.FIRING,
    "reopened": AlertStatus.FIRING,
    "unacknowledge": AlertStatus.FIRING,
    "unacknowledged": AlertStatus.FIRING,
    "acknowledge": AlertStatus.ACKNOWLEDGED,
    "acknowledged": AlertStatus.ACKNOWLEDGED,
    "resolve": AlertStatus.RESOLVED,
    "resolved": AlertStatus.RESOLVED,
}
# What happens to an incident without changing its status: it has the one that it says itself.
_UPDATES = frozenset(
    listed(
        "assign escalate delegate annotate annotated escalated reassigned delegated "
        "priority_updated status_update_published responder.added responder.replied "
        "conference_bridge.updated custom_field_values.updated incident_type.changed "
        "action_invocation.created action_invocation.updated action_invocation.terminated "
        "role.assigned service_updated workflow.started workflow.completed"
    )
)
_STATUSES = {
    "triggered": AlertStatus.FIRING,
    "acknowledged": AlertStatus.ACKNOWLEDGED,
    "resolved": AlertStatus.RESOLVED,
}


def recognizes(payload: object, _kind: str | None) -> bool:
    """Say whether it is one of the three versions, or an event of the Events API."""
    if not isinstance(payload, dict):
        return False
    if isinstance(payload.get("event"), dict):
        return isinstance(payload["event"].get("event_type"), str)
    return isinstance(payload.get("messages"), list) or _is_event(payload)


def distinct(payload: object) -> bool:
    """Say whether nobody else than PagerDuty sends it."""
    event = at(payload, "event")
    if isinstance(event, dict):
        kind = event.get("event_type")
        return isinstance(kind, str) and kind.startswith(("incident.", "pagey.", "service."))
    message = at(payload, "messages", 0)
    if isinstance(message, dict):
        kind = message.get("event") or message.get("type")
        return isinstance(kind, str) and kind.startswith("incident.")
    return isinstance(payload, dict) and "event_action" in payload and _is_event(payload)


def _is_event(payload: Fields) -> bool:
    # A change event (a deployment, say) has no action.
    changed = "routing_key" in payload and isinstance(payload.get("payload"), dict)
    if "event_action" in payload or changed:
        return True
    return "service_key" in payload and "event_type" in payload


def read(payload: object, _kind: str | None) -> Normalized:
    """Return the incidents that the body's events speak of."""
    body = mapping(payload)
    if isinstance(body.get("event"), dict):
        return _third(mapping(body["event"]))
    if isinstance(body.get("messages"), list):
        return _messages(body["messages"])
    if _is_event(body):
        return _events_api(body)
    return malformed("there is no event and no list of messages in it")


def _third(event: Fields) -> Normalized:
    kind = first(event, "event_type") or ""
    family, _, action = kind.partition(".")
    if family == "pagey":
        return handshake("a ping")
    data = mapping(event.get("data"))
    if family != "incident" or (action not in _EVENTS and action not in _UPDATES):
        return ignored(f"an event that is no alert: {kind or 'without a type'}")
    incident = data if "incident" not in data else {**data, **mapping(data["incident"])}
    if not first(incident, "id"):
        return malformed("the event names no incident")
    draft = _incident(incident, action)
    draft.event_time = times.moment(incident.get("created_at")) or draft.event_time
    occurred = times.moment(event.get("occurred_at"))
    return _one(_dated(draft, occurred))


def _messages(messages: list[Any]) -> Normalized:
    alerts = tuple(_of_messages(messages))
    if alerts or not messages:
        left_out = reading.left_out(messages)
        return found(alerts, otherwise="the body holds no messages", left_out=left_out)
    known = any(_message_kind(message) for message in rows(messages))
    if known:
        return ignored("none of its messages is an alert")
    return malformed("none of its messages is an event of an incident")


def _of_messages(messages: list[Any]) -> Iterator[Alert]:
    for message in rows(messages):
        incident = mapping(message.get("incident")) or mapping(at(message, "data", "incident"))
        action = _message_kind(message).partition(".")[2]
        if first(incident, "id") and (action in _EVENTS or action in _UPDATES):
            draft = _incident(incident, action)
            yield finish(_dated(draft, times.moment(message.get("created_on"))))


def _message_kind(message: Fields) -> str:
    return first(message, "event", "type") or ""


def _incident(incident: Fields, action: str) -> Draft:
    service = mapping(incident.get("service"))
    own = first(incident, "id")
    urgency = first(incident, "urgency")
    status = _EVENTS.get(action) or _STATUSES.get(first(incident, "status") or "")
    return Draft(
        vendor=NAME,
        title=first(incident, "title", "summary")
        or first(incident.get("trigger_summary_data"), "subject", "description")
        or first(incident, "description", "incident_key"),
        status=status or AlertStatus.UPDATE,
        key=keys.own(NAME, own),
        severity_raw=_severity(first(incident.get("priority"), "summary", "name"), urgency),
        service=first(service, "summary", "name"),
        description=first(incident, "description", "content"),
        labels=_labels(incident),
        event_time=times.moment(incident.get("created_on") or incident.get("created_at")),
        external_id=own,
        links={"source": incident.get("html_url")},
    )


def _severity(priority: str | None, urgency: str | None) -> str | None:
    # People name their priorities as they like; one that says nothing to us gives way.
    return priority if severity_of(NAME, priority) or urgency is None else urgency


def _labels(incident: Fields) -> dict[str, Any]:
    teams = [first(team, "summary", "name") for team in rows(incident.get("teams"))]
    return {
        "urgency": first(incident, "urgency"),
        "incident_number": first(incident, "number", "incident_number"),
        "escalation_policy": first(incident.get("escalation_policy"), "summary", "name"),
        "team": next((team for team in teams if team), None),
        "incident_key": first(incident, "incident_key"),
    }


def _dated(draft: Draft, occurred: Any) -> Draft:
    """Set when it happened: a resolve ends when the event occurred."""
    if draft.status is AlertStatus.RESOLVED:
        draft.ends_at = occurred
    draft.event_time = draft.event_time or occurred
    return draft


def _events_api(body: Fields) -> Normalized:
    action = (first(body, "event_action", "event_type") or "").lower()
    status = _EVENTS.get(action)
    if status is None:
        return ignored(f"an event that is no alert: {action or 'without an action'}")
    payload = mapping(body.get("payload"))
    details = mapping(payload.get("custom_details")) or mapping(body.get("details"))
    own = first(body, "dedup_key", "incident_key")
    source = first(payload, "source")
    draft = Draft(
        vendor=NAME,
        title=first(payload, "summary") or first(body, "description") or own,
        status=status,
        key=keys.own(NAME, own) if own else None,
        severity_raw=first(payload, "severity"),
        host=host_name(source) if looks_like_host(source) else None,
        service=service_label(normalised(details)) or _component(payload),
        rule=first(payload, "class"),
        labels=_event_labels(payload, details),
        event_time=times.moment(payload.get("timestamp")),
        ends_at=times.moment(payload.get("timestamp")),
        external_id=own,
        links={"source": body.get("client_url") or at(body, "links", 0, "href")},
        group_hint=first(payload, "group"),
    )
    if draft.title is None:
        return malformed("the event has neither a summary nor a key")
    return _one(draft)


def _component(payload: Fields) -> str | None:
    """Return the part of the host that fails: a service (`postgres`), no device (`eth0`)."""
    named = first(payload, "component")
    return None if looks_like_host(named) else named


def _event_labels(payload: Fields, details: Fields) -> dict[str, Any]:
    named = {name: first(payload, name) for name in ("component", "group", "class", "source")}
    return {**reading.pairs(details), **{name: value for name, value in named.items() if value}}


def _one(draft: Draft) -> Normalized:
    return Normalized(outcome=Outcome.ALERT, alerts=(finish(draft),))


def delivery_id(payload: object, _headers: Mapping[str, str]) -> str | None:
    """Return the id of the event (v3), or those of all messages (v1, v2)."""
    event = first(at(payload, "event"), "id")
    if event:
        return keys.own(NAME, event)
    messages = [first(message, "id") for message in rows(at(payload, "messages"))]
    return keys.own(NAME, *messages) if messages and all(messages) else None


ADAPTER = Adapter(
    name=NAME, recognizes=recognizes, distinct=distinct, read=read, delivery_id=delivery_id
)

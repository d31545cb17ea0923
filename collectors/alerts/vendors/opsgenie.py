"""Opsgenie and Jira Service Management: outgoing webhooks with an action and its alert.

Source: the Opsgenie documentation, "Webhook integration". The alias is what Opsgenie itself
deduplicates by; it is the alert's id where nobody set one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.alerts import keys, reading, times
from collectors.alerts.adapter import Adapter, ignored, malformed
from collectors.alerts.build import Draft, finish
from collectors.alerts.entities import host_name, looks_like_host
from collectors.alerts.reading import at, first, mapping
from models.records.alert import AlertStatus, Normalized, Outcome

NAME = "opsgenie"
Fields = Mapping[str, Any]

_ACTIONS = {
    "create": AlertStatus.FIRING,
    "unacknowledge": AlertStatus.FIRING,
    "snoozeended": AlertStatus.FIRING,
    "acknowledge": AlertStatus.ACKNOWLEDGED,
    "close": AlertStatus.RESOLVED,
    "delete": AlertStatus.RESOLVED,
    "snooze": AlertStatus.SUPPRESSED,
}
_TESTS = frozenset({"test", "heartbeat", "ping"})


def recognizes(payload: object, _kind: str | None) -> bool:
    """Say whether it is an action with an alert."""
    alert = at(payload, "alert")
    return isinstance(alert, dict) and isinstance(at(payload, "action"), str)


def distinct(payload: object) -> bool:
    """Say whether nobody else than Opsgenie sends it."""
    ours = "integrationId" in mapping(payload) or "alertId" in mapping(at(payload, "alert"))
    return ours and recognizes(payload, None)


def read(payload: object, kind: str | None) -> Normalized:
    """Return the alert as the action left it."""
    action = (first(payload, "action") or "").lower()
    if action in _TESTS:
        return ignored("only a test of the integration")
    if not recognizes(payload, kind):
        return malformed("there is no action with an alert in it")
    alert = mapping(at(payload, "alert"))
    if first(alert, "message", "alertId", "alias", "tinyId") is None:
        return ignored(f"the action {action} names no alert")
    draft = _draft(mapping(payload), alert, action)
    return Normalized(outcome=Outcome.ALERT, alerts=(finish(draft),))


def _draft(body: Fields, alert: Fields, action: str) -> Draft:
    details = reading.pairs(alert.get("details")) | reading.pairs(alert.get("extraProperties"))
    tags = reading.words(alert.get("tags"))
    entity = first(alert, "entity")
    own = first(alert, "alias", "alertId", "id", "tinyId")
    status = _ACTIONS.get(action, AlertStatus.UPDATE)
    changed = times.moment(alert.get("updatedAt"))
    return Draft(
        vendor=NAME,
        title=first(alert, "message", "alias"),
        status=status,
        key=keys.own(NAME, own),
        severity_raw=first(alert, "priority") or first(details, "severity", "priority"),
        host=host_name(entity) if looks_like_host(entity) else None,
        description=first(alert, "description", "note"),
        labels={**reading.tagged(tags), **details, "entity": entity or ""},
        event_time=times.moment(alert.get("createdAt")) or changed,
        ends_at=changed if status is AlertStatus.RESOLVED else None,
        external_id=first(alert, "alertId", "id"),
        links={"source": alert.get("url") or body.get("alertUrl")},
    )


ADAPTER = Adapter(name=NAME, free=True, recognizes=recognizes, distinct=distinct, read=read)

"""Prometheus Alertmanager: webhook versions 3 and 4, and its API's list of alerts.

Source: the Alertmanager documentation, "Webhook config" and the v2 API. A body carries one group of
alerts, each with a status of its own. An `endsAt` in year 1 means that the alert has not ended;
`fingerprint` came with 0.19, before it the labels are the identity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.alerts import keys, reading, times
from collectors.alerts.adapter import Adapter, found, ignored, malformed
from collectors.alerts.build import Draft, finish
from collectors.alerts.labels import normalised
from collectors.alerts.reading import at, first, mapping, rows
from collectors.alerts.statuses import marked, status_of
from models.records.alert import Alert, AlertStatus, Normalized

NAME = "alertmanager"
HEARTBEATS = frozenset(
    {"watchdog", "deadmansswitch", "deadmanswitch", "heartbeat", "always_firing"}
)
_LINKS = {"runbook_url": "runbook", "runbook": "runbook", "dashboard_url": "dashboard",
          "dashboard": "dashboard", "grafana": "dashboard"}  # fmt: skip

_GRAFANA_MARKS = ("orgId", "appVersion")


def recognizes(payload: object, _kind: str | None) -> bool:
    """Say whether it is a group of alerts, or a list of them as the API takes it."""
    if isinstance(payload, dict):
        return isinstance(payload.get("alerts"), list) or _is_answer(payload)
    return isinstance(payload, list) and isinstance(at(payload, 0, "labels"), dict)


def _is_answer(payload: object) -> bool:
    """Say whether it is what Prometheus' own API answers: the alerts as they are now."""
    return isinstance(at(payload, "data", "alerts", 0, "labels"), dict)


def distinct(payload: object) -> bool:
    """Say whether nobody else than Alertmanager sends it."""
    if isinstance(payload, list):
        return isinstance(at(payload, 0, "labels", "alertname"), str)
    if _is_answer(payload):
        return isinstance(at(payload, "data", "alerts", 0, "labels", "alertname"), str)
    if not isinstance(payload, dict) or not isinstance(payload.get("alerts"), list):
        return False
    ours = "groupLabels" in payload or "commonLabels" in payload
    return ours and not any(mark in payload for mark in _GRAFANA_MARKS)


def read(payload: object, _kind: str | None) -> Normalized:
    """Return each alert of the group with its own status."""
    if isinstance(payload, list):
        return found(
            _alerts(payload, {}),
            otherwise="the list holds no alerts",
            left_out=reading.left_out(payload),
        )
    members = at(payload, "data", "alerts") if _is_answer(payload) else at(payload, "alerts")
    if not isinstance(members, list):
        return malformed("there is no list of alerts in it")
    return outcome(tuple(_alerts(members, mapping(payload))), members)


def outcome(alerts: tuple[Alert, ...], members: list[Any]) -> Normalized:
    """Return the alerts, or that there is none to act on: a heartbeat or an empty group."""
    if not members:
        return ignored("a heartbeat: the group holds no alerts")
    if not alerts:
        return malformed("none of its alerts is an object with labels or annotations")
    if all(is_heartbeat(alert) for alert in alerts):
        return ignored("a heartbeat: it always fires", alerts)
    return found(alerts, otherwise="", left_out=reading.left_out(members))


def is_heartbeat(alert: Alert) -> bool:
    """Say whether the alert fires always, to prove that alerts arrive."""
    return (alert.rule or "").replace(" ", "").lower() in HEARTBEATS


def _alerts(members: list[Any], group: Mapping[str, Any]) -> Iterator[Alert]:
    for member in rows(members):
        labels = reading.merged(mapping(member.get("labels")), mapping(group.get("commonLabels")))
        if labels or mapping(member.get("annotations")):
            yield finish(draft(NAME, member, labels, group))


def draft(
    vendor: str, member: Mapping[str, Any], labels: Mapping[str, Any], group: Mapping[str, Any]
) -> Draft:
    """Return what one alert of a group says.

    Args:
        vendor: Name of the adapter; Grafana's alerts have the same form.
        member: The alert.
        labels: Its labels, those of the group included.
        group: The whole payload.
    """
    notes = reading.merged(
        mapping(member.get("annotations")), mapping(group.get("commonAnnotations"))
    )
    name = first(labels, "alertname", "rulename")
    summary = first(notes, "summary", "title", "message", "description")
    starts = times.moment(member.get("startsAt")) or times.moment(member.get("activeAt"))
    ends = times.moment(member.get("endsAt"))
    status = state(member, group)
    return Draft(
        vendor=vendor,
        title=name or summary or first(member, "title", "name") or _group_title(group),
        status=status,
        key=_key(vendor, member, labels),
        severity_raw=_severity(labels),
        rule=name,
        description=first(notes, "description", "message") or summary,
        labels=labels,
        event_time=starts,
        ends_at=ends if status is AlertStatus.RESOLVED else None,
        external_id=first(member, "fingerprint"),
        links={"source": member.get("generatorURL"), **_links(notes)},
        group_hint=reading.text(group.get("groupKey")),
        notes=_notes(member),
    )


def _group_title(group: Mapping[str, Any]) -> str | None:
    return marked(first(group, "title") or "")[1] or None


def _notes(member: Mapping[str, Any]) -> tuple[str, ...]:
    stated = member.get("status") or member.get("state")
    return () if stated else ("the status is the group's: the alert has none",)


def state(member: Mapping[str, Any], group: Mapping[str, Any]) -> AlertStatus:
    """Return the alert's own status; the group's only where the alert has none."""
    own = member.get("status") or member.get("state")
    if isinstance(own, dict):  # the API: {"state": "suppressed", "silencedBy": [...]}
        own = own.get("state")
    status = status_of(first({"own": own}, "own") or first(group, "status"))
    return status or AlertStatus.FIRING


def _severity(labels: Mapping[str, Any]) -> str | None:
    # Here "none" is a severity, the lowest; elsewhere it is what an empty field looks like.
    if labels.get("severity") == "none":
        return "none"
    return first(labels, "severity", "priority", "level")


def _key(vendor: str, member: Mapping[str, Any], labels: Mapping[str, Any]) -> str | None:
    fingerprint = first(member, "fingerprint")
    if fingerprint:
        return keys.own(vendor, fingerprint)
    return keys.derived(vendor, normalised(labels)) if labels else None


def _links(notes: Mapping[str, Any]) -> dict[str, Any]:
    return {_LINKS[key]: value for key, value in notes.items() if key in _LINKS}


ADAPTER = Adapter(name=NAME, free=True, recognizes=recognizes, distinct=distinct, read=read)

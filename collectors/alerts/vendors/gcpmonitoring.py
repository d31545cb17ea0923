"""Google Cloud Monitoring: incidents by webhook, or pushed through Pub/Sub.

Source: the Cloud Monitoring documentation, "Webhooks" and "Pub/Sub" notification channels, schema
1.2. An incident has one id from its opening to its end. Times are seconds; 0 means never.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from collectors.alerts import entities, keys, parsing, times
from collectors.alerts.adapter import Adapter, ignored, malformed
from collectors.alerts.build import Draft, finish
from collectors.alerts.labels import normalised
from collectors.alerts.reading import at, first, mapping, merged, pairs
from collectors.alerts.statuses import status_of
from models.records.alert import AlertStatus, Normalized, Outcome

NAME = "gcpmonitoring"
Fields = Mapping[str, Any]

_HOSTS = ("instance_name", "instance_id", "node_name", "host", "hostname", "node_id", "server")
_NAMED = ("instance_name", "node_name", "host", "hostname")
_SERVICES = ("service", "service_name", "module_id", "container_name", "function_name",
             "canonical_service_name", "job_name")  # fmt: skip
_UNRANKED = frozenset({"no severity", "severity_unspecified"})
_MOST_ENCODED = 1_000_000


def recognizes(payload: object, _kind: str | None) -> bool:
    """Say whether it is an incident, or a push of one."""
    return isinstance(at(payload, "incident"), dict) or _is_push(payload)


def distinct(payload: object) -> bool:
    """Say whether nobody else than Google Cloud sends it."""
    incident = at(payload, "incident")
    if isinstance(incident, dict):
        return "incident_id" in incident and ("policy_name" in incident or "state" in incident)
    return _is_push(payload)


def _is_push(payload: object) -> bool:
    return isinstance(at(payload, "message", "data"), str) and "subscription" in mapping(payload)


def read(payload: object, kind: str | None) -> Normalized:
    """Return the incident."""
    if _is_push(payload):
        return _pushed(payload)
    if not recognizes(payload, kind):
        return malformed("there is no incident in it")
    if first(payload, "version") == "test":
        return ignored("only a test of the channel")
    incident = mapping(at(payload, "incident"))
    draft = _draft(incident)
    if draft.title is None:
        return malformed("the incident has neither a summary nor a condition")
    return Normalized(outcome=Outcome.ALERT, alerts=(finish(draft),))


def _pushed(payload: object) -> Normalized:
    encoded = at(payload, "message", "data")[:_MOST_ENCODED]
    try:
        inner = parsing.parse(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError):
        return malformed("the pushed message holds no JSON")
    if _is_push(inner) or not isinstance(inner, dict):
        return malformed("the pushed message holds no incident")
    return read(inner, None)


def _draft(incident: Fields) -> Draft:
    condition = mapping(incident.get("condition"))
    resource = pairs(at(incident, "resource", "labels"))
    metadata = mapping(incident.get("metadata"))
    user = pairs(metadata.get("user_labels"))
    policy = pairs(incident.get("policy_user_labels"))
    system = pairs(metadata.get("system_labels"))
    labels = normalised(merged(user, policy, resource, pairs(at(incident, "metric", "labels"))))
    own = first(incident, "incident_id")
    name = first(incident, "condition_name") or first(condition, "displayName")
    subject = first(incident.get("documentation"), "subject")
    return Draft(
        vendor=NAME,
        title=name or first(incident, "summary") or subject or first(incident, "policy_name"),
        status=status_of(first(incident, "state")) or AlertStatus.FIRING,
        key=keys.own(NAME, own) if own else None,
        severity_raw=_severity(incident, policy, user, system),
        service=first(merged(user, policy, resource), *_SERVICES),
        host=_host(incident, resource),
        environment=entities.environment(labels),
        region=first(resource, "region", "location", "zone"),
        rule=name,
        description=first(incident, "summary") or subject,
        labels={**labels, "resource_type": at(incident, "resource", "type"),
                "project": first(incident, "scoping_project_id"),
                "metric_type": at(incident, "metric", "type")},
        event_time=times.moment(incident.get("started_at")),
        ends_at=times.moment(incident.get("ended_at")),
        external_id=own,
        links={"source": incident.get("url")},
        group_hint=first(incident, "policy_name"),
    )  # fmt: skip


def _severity(incident: Fields, *labels: Mapping[str, str]) -> str | None:
    said = first(incident, "severity")
    if said is not None and said.lower() not in _UNRANKED:
        return said
    return next((found for each in labels if (found := first(each, "severity"))), None)


def _host(incident: Fields, resource: Mapping[str, str]) -> str | None:
    kind = first(incident.get("resource"), "type") or ""
    if kind == "uptime_url":
        return entities.host_name(first(resource, "host"))
    metric = pairs(at(incident, "metric", "labels"))
    system = pairs(at(incident, "metadata", "system_labels"))
    shown = first(incident, "resource_display_name") if kind.endswith("_instance") else None
    # An instance is known by its name; the number that the resource has is the last resort.
    named = first(merged(resource, metric), *_NAMED) or first(system, "name") or shown
    return entities.host_name(named) or first(resource, *_HOSTS)


def delivery_id(payload: object, _headers: Mapping[str, str]) -> str | None:
    """Return the id of the pushed message."""
    own = first(at(payload, "message"), "messageId", "message_id")
    return keys.own(NAME, own) if own and _is_push(payload) else None


ADAPTER = Adapter(
    name=NAME,
    free=True,
    recognizes=recognizes,
    distinct=distinct,
    read=read,
    delivery_id=delivery_id,
)

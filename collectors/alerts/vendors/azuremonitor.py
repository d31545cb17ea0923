"""Azure Monitor: the common alert schema, and the older metric, log and activity log schemas.

Source: the Azure Monitor documentation, "Common alert schema", "Non-common alert schema" and the
classic metric alerts. `Sev0` to `Sev4` are critical, error, warning, informational and verbose.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.alerts import entities, envelopes, keys, times
from collectors.alerts.adapter import Adapter, handshake, malformed
from collectors.alerts.build import Draft, finish
from collectors.alerts.labels import normalised
from collectors.alerts.reading import at, first, mapping, pairs, rows, text, words
from models.records.alert import AlertStatus, Normalized, Outcome

NAME = "azuremonitor"
Fields = Mapping[str, Any]

_CONDITIONS = {
    "fired": AlertStatus.FIRING,
    "activated": AlertStatus.FIRING,
    "resolved": AlertStatus.RESOLVED,
    "deactivated": AlertStatus.RESOLVED,
}
_HOSTS = ("virtualmachines", "machines", "virtualmachinescalesets")


def recognizes(payload: object, _kind: str | None) -> bool:
    """Say whether it has one of Azure's schemas."""
    if not isinstance(payload, dict):
        return envelopes.challenge(payload, None) is not None
    return "schemaId" in payload or (
        isinstance(payload.get("context"), dict) and "status" in payload
    )


def distinct(payload: object) -> bool:
    """Say whether nobody else than Azure sends it."""
    if not isinstance(payload, dict):
        return False
    if isinstance(payload.get("data"), dict) and isinstance(payload.get("schemaId"), str):
        return True
    return "resourceId" in mapping(payload.get("context")) and "status" in payload


def read(payload: object, kind: str | None) -> Normalized:
    """Return the alert of whichever schema it is."""
    attempt = envelopes.challenge(payload, kind)
    if attempt is not None:
        return handshake(attempt)
    if not recognizes(payload, kind):
        return malformed("it has none of Azure Monitor's schemas")
    body = mapping(payload)
    data = mapping(body.get("data"))
    if "essentials" in data:
        draft = _common(data)
    elif isinstance(at(data, "context", "activityLog"), dict):
        draft = _activity(data)
    elif first(data, "AlertRuleName", "SearchQuery", "BudgetName"):
        draft = _log(data)
    else:
        draft = _metric(data if "context" in data else body)
    if draft.title is None:
        return malformed("the alert names no rule")
    return Normalized(outcome=Outcome.ALERT, alerts=(finish(draft),))


def _common(data: Fields) -> Draft:
    essentials = mapping(data.get("essentials"))
    resource = next(iter(words(essentials.get("alertTargetIDs"))), None)
    item = next(iter(words(essentials.get("configurationItems"))), None)
    name = first(essentials, "alertRule")
    status = _CONDITIONS.get((first(essentials, "monitorCondition") or "").lower())
    origin = first(essentials, "alertRuleID", "originAlertId")
    condition = mapping(at(data, "alertContext", "condition"))
    dimensions = _dimensions(condition)
    # What people write beside the alert says it better than the kind of resource.
    named = entities.service(normalised(_custom(data)))
    named = named or first(at(data, "alertContext", "properties"), "service")
    return Draft(
        vendor=NAME,
        title=name,
        status=status or AlertStatus.FIRING,
        key=_key(name, resource or item, dimensions),
        severity_raw=first(essentials, "severity"),
        service=named or _kind(resource) or first(essentials, "monitoringService"),
        host=item if resource is None else _host(resource),
        rule=name,
        description=first(essentials, "description"),
        labels={**dimensions, **_custom(data), **_place(resource)},
        event_time=times.moment(essentials.get("firedDateTime")),
        ends_at=times.moment(essentials.get("resolvedDateTime")),
        external_id=first(essentials, "alertId") or origin,
        links={"source": essentials.get("investigationLink")},
    )


def _metric(data: Fields) -> Draft:
    context = mapping(data.get("context"))
    resource = first(context, "resourceId")
    name = first(context, "name")
    status = _CONDITIONS.get((first(data, "status") or "").lower())
    moment = times.moment(context.get("timestamp"))
    dimensions = _dimensions(mapping(context.get("condition")))
    return Draft(
        vendor=NAME,
        title=name,
        status=status or AlertStatus.FIRING,
        key=_key(first(context, "id") or name, resource, dimensions),
        severity_raw=first(context, "severity"),
        service=first(context, "resourceType"),
        host=first(context, "resourceName") if _host(resource) else None,
        region=first(context, "resourceRegion"),
        rule=name,
        description=first(context, "description"),
        labels={**dimensions, **_custom(data), **_place(resource)},
        event_time=moment,
        ends_at=moment if status is AlertStatus.RESOLVED else None,
        external_id=first(context, "id"),
        links={"source": context.get("portalLink")},
    )


def _activity(data: Fields) -> Draft:
    log = mapping(at(data, "context", "activityLog"))
    resource = first(log, "resourceId")
    properties = mapping(log.get("properties"))
    title = first(properties, "title") or first(log, "operationName", "description")
    # "Succeeded" is how an operation went that the alert is about; it does not end the alert.
    ended = (first(log, "status") or "").lower() == "resolved" or (
        first(properties, "currentHealthStatus") == "Available"
    )
    return Draft(
        vendor=NAME,
        title=title,
        status=AlertStatus.RESOLVED if ended else AlertStatus.FIRING,
        key=keys.derived(NAME, first(log, "operationName"), resource, title),
        severity_raw=first(log, "level"),
        service=first(properties, "service") or first(log, "resourceType"),
        host=_host(resource),
        region=first(properties, "region"),
        rule=first(log, "operationName"),
        description=first(properties, "communication", "cause") or first(log, "description"),
        labels=_place(resource),
        event_time=times.moment(log.get("eventTimestamp")),
        external_id=first(log, "correlationId", "eventDataId"),
    )


def _log(data: Fields) -> Draft:
    name = first(data, "AlertRuleName", "BudgetName")
    return Draft(
        vendor=NAME,
        title=name,
        status=AlertStatus.FIRING,
        key=keys.own(NAME, first(data, "SubscriptionId"), name) if name else None,
        severity_raw=first(data, "Severity"),
        rule=name,
        description=first(data, "Description"),
        labels={
            "workspace": first(data, "WorkspaceId"),
            "application": first(data, "ApplicationId"),
        },
        event_time=times.moment(data.get("SearchIntervalEndtimeUtc")),
        links={"source": data.get("LinkToSearchResults")},
    )


def _key(rule: str | None, resource: str | None, dimensions: Mapping[str, str]) -> str:
    # Azure writes the same id in several spellings.
    return keys.derived(NAME, (rule or "").lower(), (resource or "").lower(), dimensions)


def _dimensions(condition: Fields) -> dict[str, str]:
    criteria = rows(condition.get("allOf"))
    return pairs(criteria[0].get("dimensions")) if criteria else {}


def _custom(data: Fields) -> dict[str, str]:
    return pairs(data.get("customProperties")) | pairs(data.get("properties"))


def _segments(resource: str | None) -> list[str]:
    return [part for part in (resource or "").split("/") if part]


def _kind(resource: str | None) -> str | None:
    """Return the type in a resource's id: `/.../providers/Microsoft.Sql/servers/db1`."""
    parts = _segments(resource)
    lower = [part.lower() for part in parts]
    if "providers" not in lower:
        return None
    at_ = lower.index("providers")
    return "/".join(parts[at_ + 1 : at_ + 3]) or None


def _host(resource: str | None) -> str | None:
    parts = _segments(resource)
    kind = (_kind(resource) or "").lower()
    return parts[-1] if parts and kind.endswith(_HOSTS) else None


def _place(resource: str | None) -> dict[str, str]:
    parts = _segments(resource)
    lower = [part.lower() for part in parts]
    named = {"resourcegroups": "resource_group", "subscriptions": "subscription"}
    found = {
        label: text(parts[lower.index(part) + 1]) or ""
        for part, label in named.items()
        if part in lower[:-1]
    }
    return {**found, "resource": parts[-1]} if parts else found


ADAPTER = Adapter(name=NAME, free=True, recognizes=recognizes, distinct=distinct, read=read)

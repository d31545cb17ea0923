"""New Relic: workflow notifications and the older incident webhooks.

Source: the New Relic documentation, "Webhook notifications" of workflows, and "Webhook format" of
the legacy channels. People may change the template; the names stay. A workflow's priority and
the legacy severity are the condition's; without one nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.alerts import entities, envelopes, freeform, keys, reading, times
from collectors.alerts.adapter import Adapter, ignored, malformed
from collectors.alerts.build import Draft, finish
from collectors.alerts.reading import first, keyed, mapping, rows
from collectors.alerts.statuses import status_of
from models.records.alert import AlertStatus, Normalized, Outcome

NAME = "newrelic"
Fields = Mapping[str, Any]

_STATES = ("state", "currentstate", "status", "issuestate", "eventstate", "incidentstate",
           "trigger")  # fmt: skip
_IDS = ("issueid", "incidentid", "id", "violationid")
_TITLES = ("conditionname", "title", "issuetitle", "name", "details")
_TESTS = frozenset({"test", "test_notification"})


def recognizes(payload: object, _kind: str | None) -> bool:
    """Say whether it is an incident or an issue of a policy."""
    if not isinstance(payload, dict):
        return False
    fields = keyed(payload)
    return _title(fields) is not None and first(fields, *_STATES) is not None


def distinct(payload: object) -> bool:
    """Say whether nobody else than New Relic sends it."""
    if not isinstance(payload, dict):
        return False
    fields = keyed(payload)
    old = "incidentacknowledgeurl" in fields or "policyname" in fields
    new = "issueurl" in fields and ("conditionname" in fields or "impactedentities" in fields)
    return (new or (old and "conditionname" in fields)) and recognizes(payload, None)


def read(payload: object, kind: str | None) -> Normalized:
    """Return the issue."""
    fields = keyed(payload)
    said = {(first(fields, name) or "").lower() for name in ("eventtype", "currentstate", "state")}
    if said & _TESTS:
        return ignored("only a test of the channel")
    idle = envelopes.idle(payload, kind)
    if idle is not None:
        return ignored(idle)
    if not recognizes(payload, kind):
        return malformed("there is no condition with a state in it")
    return Normalized(outcome=Outcome.ALERT, alerts=(finish(_draft(fields)),))


def _draft(fields: Fields) -> Draft:
    draft = freeform.draft(NAME, fields)
    draft.title = _title(fields)
    draft.rule = _text_or_only(fields, "conditionname", "alertconditionnames", "conditionnames")
    draft.status = _status(fields)
    draft.severity_raw = first(fields, "severity", "priority", "issuepriority")
    own = first(fields, *_IDS)
    draft.key = keys.own(NAME, own) if own else None
    draft.external_id = own
    draft.host = _host(fields)
    draft.event_time = _moment(fields, "createdat", "activatedat", "timestamp", "issuecreatedat")
    draft.ends_at = _moment(fields, "closedat", "issueclosedat", "updatedat", "timestamp")
    draft.links = {
        "source": first(fields, "issueurl", "incidenturl", "issuepageurl", "violationcharturl"),
        "runbook": first(fields, "runbookurl"),
    }
    draft.labels = {**_tags(fields), **draft.labels}
    policy = _text_or_only(fields, "policyname", "alertpolicynames", "policynames")
    draft.labels["policy"] = policy or ""
    return draft


def _title(fields: Fields) -> str | None:
    whole = _text_or_only(fields, "title", "issuetitle")
    whole = whole or _text_or_only(mapping(fields.get("annotations")), "title")
    return _text_or_only(fields, "conditionname") or whole or first(fields, *_TITLES)


def _text_or_only(fields: Fields, *names: str) -> str | None:
    found = first(fields, *names)
    lists = (
        reading.words(fields.get(name)) for name in names if isinstance(fields.get(name), list)
    )
    return found or next((names_[0] for names_ in lists if names_), None)


def _status(fields: Fields) -> AlertStatus:
    for name in _STATES:
        found = status_of(first(fields, name))
        if found is not None:
            return found
    return AlertStatus.FIRING


def _moment(fields: Fields, *names: str) -> Any:
    return next((found for name in names if (found := times.moment(fields.get(name)))), None)


def _host(fields: Fields) -> str | None:
    found = freeform.host_of(fields)
    if found:
        return found
    for target in rows(fields.get("targets")):
        kind = (first(target, "type") or "").lower()
        if "host" in kind:
            return entities.host_name(first(target, "name"))
    impacted = reading.words(fields.get("impactedentities"))
    alone = impacted[0] if len(impacted) == 1 else None
    return entities.host_name(alone) if entities.looks_like_host(alone) else None


def _tags(fields: Fields) -> dict[str, str]:
    tags = [reading.pairs(target.get("labels")) for target in rows(fields.get("targets"))]
    return reading.merged(*tags, reading.pairs(fields.get("accumulations")))


ADAPTER = Adapter(name=NAME, free=True, recognizes=recognizes, distinct=distinct, read=read)

"""Dash0: webhooks about the issues of its check rules.

Source: the Dash0 documentation, "Webhook notification channel". `issueIdentifier` stays the same
for one check rule and its labels; the issue's id is that of one occurrence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.alerts import keys, times
from collectors.alerts.adapter import Adapter, ignored, malformed
from collectors.alerts.build import Draft, finish
from collectors.alerts.reading import at, first, mapping, pairs
from collectors.alerts.severities import severity_of
from collectors.alerts.statuses import status_of
from models.records.alert import AlertStatus, Normalized, Outcome

NAME = "dash0"
Fields = Mapping[str, Any]


def recognizes(payload: object, _kind: str | None) -> bool:
    """Say whether it is an event of an issue, or a test."""
    return isinstance(at(payload, "type"), str) and isinstance(at(payload, "data"), dict)


def distinct(payload: object) -> bool:
    """Say whether nobody else than Dash0 sends it."""
    return isinstance(at(payload, "data", "issue", "checkrules"), list)


def read(payload: object, kind: str | None) -> Normalized:
    """Return the issue."""
    if not recognizes(payload, kind):
        return malformed("there is no event of an issue in it")
    event = first(payload, "type") or ""
    issue = mapping(at(payload, "data", "issue"))
    if not issue:
        return ignored(f"an event that is no alert: {event}")
    draft = _draft(issue, event)
    if draft.title is None:
        return malformed("the issue has neither a summary nor a check rule")
    return Normalized(outcome=Outcome.ALERT, alerts=(finish(draft),))


def _draft(issue: Fields, event: str) -> Draft:
    rule = mapping(at(issue, "checkrules", 0))
    said = first(issue, "status")
    status = _status(said, event)
    own = first(issue, "issueIdentifier")
    name = first(rule, "name")
    return Draft(
        vendor=NAME,
        title=name or first(issue, "summary"),
        status=status,
        key=keys.own(NAME, own) if own else None,
        severity_raw=said if severity_of(NAME, said) else None,
        rule=name,
        description=first(issue, "description", "summary"),
        labels={**pairs(issue.get("annotations")), **pairs(issue.get("labels"))},
        event_time=times.moment(issue.get("start")),
        ends_at=times.moment(issue.get("end")) if status is AlertStatus.RESOLVED else None,
        external_id=first(issue, "id"),
        links={"source": issue.get("url"), "rule": rule.get("url")},
    )


def _status(said: str | None, event: str) -> AlertStatus:
    ended = event.endswith(("resolved", "closed")) or status_of(said) is AlertStatus.RESOLVED
    return AlertStatus.RESOLVED if ended else AlertStatus.FIRING


ADAPTER = Adapter(name=NAME, free=True, recognizes=recognizes, distinct=distinct, read=read)

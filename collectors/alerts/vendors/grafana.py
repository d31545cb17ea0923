"""Grafana: unified alerting (a group of alerts) and the legacy alerting before version 9.

Source: the Grafana documentation, "Configure the webhook notifier" of versions 6 to 12. Unified
alerts have the form of Alertmanager's with a few more fields. A legacy payload is about one rule;
its matches say which series tripped it, and are empty once it is well again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from collectors.alerts import keys, reading
from collectors.alerts.adapter import Adapter, malformed
from collectors.alerts.build import Draft, finish
from collectors.alerts.entities import HOST
from collectors.alerts.labels import normalised
from collectors.alerts.reading import first, mapping, rows
from collectors.alerts.statuses import marked, status_of
from collectors.alerts.vendors import alertmanager
from models.records.alert import Alert, AlertStatus, Normalized, Outcome

NAME = "grafana"
_GROUP_MARKS = ("orgId", "appVersion", "truncatedAlerts", "title")
_ALERT_MARKS = frozenset({"silenceURL", "dashboardURL", "panelURL", "valueString", "values"})
_NO_DATA = "DatasourceNoData"


def recognizes(payload: object, _kind: str | None) -> bool:
    """Say whether it is a group of alerts or a legacy rule."""
    if not isinstance(payload, dict):
        return False
    if isinstance(payload.get("alerts"), list):
        return True
    return "state" in payload and ("ruleName" in payload or "ruleId" in payload)


def distinct(payload: object) -> bool:
    """Say whether nobody else than Grafana sends it."""
    if not isinstance(payload, dict):
        return False
    alerts = payload.get("alerts")
    if isinstance(alerts, list):
        marked_ = bool(alerts) and isinstance(alerts[0], dict) and _ALERT_MARKS & alerts[0].keys()
        return bool(marked_) and any(mark in payload for mark in _GROUP_MARKS)
    return "ruleId" in payload and "state" in payload and "ruleUrl" in payload


def read(payload: object, _kind: str | None) -> Normalized:
    """Return each alert of a group, or the one of a legacy rule."""
    body = mapping(payload)
    members = body.get("alerts")
    if isinstance(members, list):
        return alertmanager.outcome(tuple(_alerts(members, body)), members)
    if not recognizes(payload, None):
        return malformed("there is neither a list of alerts nor a rule with a state in it")
    return Normalized(outcome=Outcome.ALERT, alerts=(finish(_legacy(body)),))


def _alerts(members: list[Any], body: Mapping[str, Any]) -> Iterator[Alert]:
    for member in rows(members):
        labels = reading.merged(mapping(member.get("labels")), mapping(body.get("commonLabels")))
        notes = mapping(member.get("annotations"))
        if not labels and not notes:
            continue
        draft = alertmanager.draft(NAME, member, labels, body)
        draft.links = {
            **draft.links,
            "dashboard": member.get("panelURL") or member.get("dashboardURL"),
            "silence": member.get("silenceURL"),
        }
        _without_data(draft, labels, notes)
        yield finish(draft)


def _without_data(draft: Draft, labels: Mapping[str, Any], notes: Mapping[str, Any]) -> None:
    reason = first(notes, "grafana_state_reason") or ""
    if draft.status is not AlertStatus.FIRING:
        return
    if labels.get("alertname") == _NO_DATA or reason.startswith("NoData"):
        draft.status = AlertStatus.NO_DATA
    rule = first(labels, "rulename")
    if rule and rule not in (draft.title or ""):
        draft.title = f"{draft.title}: {rule}"


def _legacy(body: Mapping[str, Any]) -> Draft:
    matches = [normalised(mapping(match.get("tags"))) for match in rows(body.get("evalMatches"))]
    labels = reading.merged(normalised(mapping(body.get("tags"))), _shared(matches))
    said, title = marked(first(body, "title") or "")
    rule = first(body, "ruleName")
    return Draft(
        vendor=NAME,
        title=rule or title or None,
        status=status_of(first(body, "state")) or said or AlertStatus.FIRING,
        key=_legacy_key(body, rule),
        severity_raw=first(labels, "severity", "priority", "level"),
        rule=rule,
        description=first(body, "message"),
        labels=labels,
        links={"source": body.get("ruleUrl")},
        external_id=first(body, "ruleId"),
        notes=("its matches name different hosts",) if _differ(matches) else (),
    )


def _legacy_key(body: Mapping[str, Any], rule: str | None) -> str:
    address = first(body, "ruleUrl") or ""
    site = urlsplit(address).netloc if address.isascii() and "[" not in address else ""
    number = first(body, "ruleId")
    if number is not None:
        return keys.own(NAME, site, number)
    return keys.derived(NAME, site, rule, first(body, "dashboardId"), first(body, "panelId"))


def _shared(matches: list[dict[str, str]]) -> dict[str, str]:
    """Return the labels on which all matches agree."""
    if not matches:
        return {}
    return {
        key: value
        for key, value in matches[0].items()
        if all(match.get(key) == value for match in matches)
    }


def _differ(matches: list[dict[str, str]]) -> bool:
    return any(len({match.get(name) for match in matches}) > 1 for name in HOST)


# Since version 12 people may write the payload themselves.
ADAPTER = Adapter(name=NAME, free=True, recognizes=recognizes, distinct=distinct, read=read)

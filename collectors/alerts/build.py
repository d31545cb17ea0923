"""Makes one alert of what an adapter read: entities found, secrets out, everything bounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from collectors.alerts import entities, keys
from collectors.alerts.labels import LONGEST_VALUE, cut, normalised, safe, safe_text
from collectors.alerts.severities import severity_of
from models.records.alert import Alert, AlertStatus
from models.records.severity import Severity

_TITLE = 1024
_DESCRIPTION = 4096
_KEY = 255
_LINK = 2048
_MOST_LINKS = 8
_MOST_NOTES = 8
_UNTITLED = "(no title)"


@dataclass(slots=True, kw_only=True)
class Draft:
    """What an adapter read of one alert; the rest is taken from the labels.

    `vendor` is the adapter's name, which keys and severities go by. `key` is the finished dedup
    key; without it one is derived from the rule, the entity and the stable labels. `severity` is
    set only where the word alone does not say it. `event_time` is when it began or changed, and
    `ends_at` when it ended, without which a resolve has no time of the sender. Of `host`,
    `service`, `environment` and `region`, None means that the labels may say it.
    """

    vendor: str
    title: str | None
    status: AlertStatus
    key: str | None = None
    severity_raw: str | None = None
    severity: Severity | None = None
    service: str | None = None
    host: str | None = None
    environment: str | None = None
    region: str | None = None
    rule: str | None = None
    description: str | None = None
    labels: Mapping[str, Any] = field(default_factory=dict)
    event_time: datetime | None = None
    ends_at: datetime | None = None
    external_id: str | None = None
    links: Mapping[str, object] = field(default_factory=dict)
    group_hint: str | None = None
    notes: Iterable[str] = ()


def finish(draft: Draft) -> Alert:
    """Return the alert: derived fields filled in, secrets removed, texts and labels cut."""
    labels = normalised(draft.labels)
    safe_labels = safe(labels)
    notes = list(draft.notes)
    host = entities.host_name(draft.host) or entities.host(labels)
    title = safe_text(_one_line(draft.title), _TITLE)
    if title is None:
        notes.append("the payload names no title")
    return Alert(
        title=title or safe_text(draft.rule, _TITLE) or _UNTITLED,
        status=draft.status,
        dedup_key=cut(draft.key or _derive(draft, labels, host), _KEY),
        severity=_severity(draft, notes),
        severity_raw=safe_text(draft.severity_raw, LONGEST_VALUE),
        service=_name(draft.service or entities.service(labels)),
        host=_name(host),
        environment=_name(draft.environment or entities.environment(labels)),
        region=_name(draft.region or entities.region(labels)),
        rule=_name(draft.rule),
        description=safe_text(draft.description, _DESCRIPTION) or "",
        labels=safe_labels,
        event_time=_event_time(draft),
        ends_at=draft.ends_at if draft.status is AlertStatus.RESOLVED else None,
        external_id=_name(draft.external_id),
        links=_links(draft.links),
        group_hint=_name(draft.group_hint),
        notes=tuple(safe_text(note, LONGEST_VALUE) or "" for note in notes[:_MOST_NOTES]),
    )


def _one_line(title: str | None) -> str | None:
    return " ".join(title.split()) if title and "\n" in title else title


def _derive(draft: Draft, labels: Mapping[str, str], host: str | None) -> str:
    entity = {} if host is None else {"host": host}
    return keys.derived(
        draft.vendor, draft.rule or draft.title, draft.service, draft.environment, entity, labels
    )


def _severity(draft: Draft, notes: list[str]) -> Severity | None:
    if draft.severity is not None:
        return draft.severity
    if draft.severity_raw is None:
        notes.append("the payload names no severity")
        return None
    known = severity_of(draft.vendor, draft.severity_raw)
    if known is None:
        notes.append("the sender's severity is none that we know")
    return known


def _event_time(draft: Draft) -> datetime | None:
    # When it began says nothing of when it ended: then the time at our door is the better one.
    return draft.ends_at if draft.status is AlertStatus.RESOLVED else draft.event_time


def _name(value: str | None) -> str | None:
    return safe_text(value, LONGEST_VALUE)


def _links(links: Mapping[str, object]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in links.items():
        link = web_link(value)
        if link is not None and len(found) < _MOST_LINKS:
            found[name] = link
    return found


def web_link(value: object) -> str | None:
    """Return an http or https address without secrets; None for anything else."""
    if not isinstance(value, str) or len(value) > _LINK:
        return None
    plain = value.strip()
    if not plain.isprintable() or not plain.lower().startswith(("http://", "https://")):
        return None
    return safe_text(plain, _LINK)

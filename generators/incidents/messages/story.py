"""What a message on an incident says, in plain words; each channel gives it its form.

Texts of alerts are untrusted: here they become one line without control or invisible characters
and of bounded length. What makes them harmless in a channel's markup is that channel's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from generators.documents.text import plain
from models.records.incident import Incident, IncidentStatus
from models.records.notice import Briefing, Told
from models.records.severity import Severity

LONGEST_TITLE, LONGEST_LINE, LONGEST_URL = 140, 400, 1500
_MOST_NAMED, _MOST_CHANGES = 5, 3
_SURE, _LIKELY = 0.8, 0.5
OVER = "✅"
_MARKS = {
    Severity.CRITICAL: "🔴",
    Severity.HIGH: "🟠",
    Severity.MEDIUM: "🟡",
    Severity.LOW: "🔵",
    Severity.INFO: "⚪",
    None: "⚫",
}
_OVER = (IncidentStatus.RESOLVED, IncidentStatus.CLOSED, IncidentStatus.MERGED)
# Characters that may stand in an address as it is; all others are escaped.
_ADDRESS = "%:/?#[]@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A text and where it leads; None where there is nothing to lead to."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The parts of a message in reading order; `news` is what this message is about."""

    reference: str
    title: str
    mark: str
    severity: str
    status: str
    over: bool
    news: str
    facts: tuple[tuple[str, str], ...]
    evidence: Link | None
    changed: tuple[str, ...]
    cause: str
    runbook: Link | None
    page: str | None
    commands: tuple[str, ...]
    footer: str


def tell(briefing: Briefing, kinds: Sequence[Told]) -> Story:
    """Return what a message says of an incident, given what it is told for."""
    incident = briefing.incident
    return Story(
        reference=incident.reference,
        title=line(incident.title, LONGEST_TITLE) or "Incident without a title",
        mark=mark(incident),
        severity=incident.severity.value if incident.severity else "severity not known",
        status=incident.status.value,
        over=incident.status in _OVER,
        news=news(briefing, kinds),
        facts=_facts(briefing),
        evidence=_evidence(briefing),
        changed=tuple(line(text) for text in briefing.changed[:_MOST_CHANGES]),
        cause=cause(incident.probable_cause),
        runbook=_runbook(briefing),
        page=page_of(briefing.gateway_url, incident.reference),
        commands=_commands(incident),
        footer=_footer(briefing),
    )


def news(briefing: Briefing, kinds: Sequence[Told]) -> str:
    """Return in one sentence what changed."""
    told = [_NEWS[kind](briefing) for kind in kinds if kind in _NEWS]
    return "; ".join(told) or f"now {briefing.incident.status}"


def mark(incident: Incident) -> str:
    """Return the sign of an incident's severity; a tick where it is over."""
    return OVER if incident.status in _OVER else _MARKS[incident.severity]


def cause(found: Mapping[str, Any]) -> str:
    """Return the probable cause with a word on how sure it is and what it rests on."""
    text = line(str(found.get("text") or ""))
    if not text:
        return "No cause found yet."
    cited = [line(str(item), 60) for item in found.get("evidence_ids") or ()][:_MOST_NAMED]
    rests = f" [{', '.join(cited)}]" if cited else ""
    return f"{text.removesuffix('.')} ({_confidence(found)} confidence){rests}"


def line(text: str, longest: int = LONGEST_LINE) -> str:
    """Return untrusted text as one line, cut where it is too long."""
    flat = plain(text)
    return flat if len(flat) <= longest else flat[: longest - 1].rstrip() + "…"


def moment(at: datetime) -> str:
    """Return a time as people in several time zones read it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def address(url: str | None) -> str | None:
    """Return a link that may be shown, or None: http or https, no user name, no odd characters."""
    if not url or len(url) > LONGEST_URL:
        return None
    try:
        parts = urlsplit(url.strip())
        allowed = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    except ValueError:
        return None
    return quote(url.strip(), safe=_ADDRESS) if allowed else None


def page_of(gateway_url: str | None, reference: str) -> str | None:
    """Return the address of an incident's page, where the gateway's is configured."""
    found = address(gateway_url)
    return f"{found.rstrip('/')}/incidents/{quote(reference)}" if found else None


def named(names: Iterable[str], most: int = _MOST_NAMED) -> str:
    """Return names with commas, and how many more there are."""
    known = [line(name, 80) for name in names if name]
    more = len(known) - most
    return ", ".join(known[:most]) + (f" and {more} more" if more > 0 else "")


def _facts(briefing: Briefing) -> tuple[tuple[str, str], ...]:
    incident = briefing.incident
    found = (
        ("Severity", incident.severity.value if incident.severity else "not known"),
        ("Status", incident.status.value + (", flapping" if incident.flapping else "")),
        ("Affected", named(briefing.entities or incident.affected_services) or "not known"),
        ("Services", named(incident.affected_services) if briefing.entities else ""),
        ("Site", named(filter(None, (incident.region, incident.environment)))),
        ("Since", moment(incident.started_at)),
        ("Alerts", _counts(briefing)),
        ("Owner", named(filter(None, (incident.owner_team, incident.assignee)))),
    )
    return tuple((label, value) for label, value in found if value)


def _counts(briefing: Briefing) -> str:
    incident = briefing.incident
    number = f"{incident.alert_count} alert{'s' if incident.alert_count != 1 else ''}"
    senders = named(f"{source.name} {source.alerts}" for source in briefing.sources)
    return f"{number}, {incident.firing_count} firing" + (f" ({senders})" if senders else "")


def _evidence(briefing: Briefing) -> Link | None:
    text = line(briefing.evidence or "")
    return Link(text=text, url=address(briefing.evidence_url)) if text else None


def _runbook(briefing: Briefing) -> Link | None:
    text = line(briefing.runbook or "", 120)
    return Link(text=text, url=address(briefing.runbook)) if text else None


def _commands(incident: Incident) -> tuple[str, ...]:
    if incident.status is IncidentStatus.OPEN:
        return (f"nightshift incidents ack {incident.reference}",)
    return (f"nightshift incidents show {incident.reference}",)


def _footer(briefing: Briefing) -> str:
    as_of = briefing.facts_as_of
    facts = f"inventory as of {moment(as_of)}" if as_of else "nothing was collected yet"
    written = f"written {moment(briefing.written_at)}, " if briefing.written_at else ""
    return f"Nightshift · {written}{facts}"


def _confidence(found: Mapping[str, Any]) -> str:
    """Return the word that stands there, or that of the number from 0 to 1."""
    value = found.get("certainty") or found.get("confidence")
    if isinstance(value, str):
        return line(value, 20)
    if not isinstance(value, (int, float)):
        return "unknown"
    return "high" if value >= _SURE else "medium" if value >= _LIKELY else "low"


def _severity(briefing: Briefing) -> str:
    incident = briefing.incident
    return f"severity is now {incident.severity or 'not known'}"


def _assigned(briefing: Briefing) -> str:
    incident = briefing.incident
    who = named(filter(None, (incident.assignee, incident.owner_team)))
    return f"assigned to {who}" if who else "assigned to nobody"


def _merged(briefing: Briefing) -> str:
    return f"merged into {briefing.merged_into}" if briefing.merged_into else "merged into another"


_NEWS = {
    Told.OPENED: lambda _: "new incident",
    Told.REOPENED: lambda _: "fires again, reopened",
    Told.SEVERITY: _severity,
    Told.FLAPPING: lambda _: "comes and goes; told of again once it is calm",
    Told.ASSIGNED: _assigned,
    Told.ACKNOWLEDGED: lambda _: "acknowledged",
    Told.RESOLVED: lambda _: "resolved",
    Told.MERGED: _merged,
}

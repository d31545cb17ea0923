"""The report of an incident: Markdown, and the same as one page that needs nothing else.

While an incident is live it begins with how it stands, its summary and its probable beginning, for
those who work on it; afterwards it is the post-incident report, and of a merged one what became of
it. All are made of the same parts.

It states what was recorded. Where no cause is known it says so, and contributing factors are
questions with their evidence. People stand in it for what they did, never for what they did not do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from generators.documents.page import render_page
from generators.documents.text import counted, escape, listed, moment, plain
from generators.incidents import facts, timeline, topology
from models.records.incident import LIVE, EntryKind, Incident, IncidentStatus, TimelineEntry
from models.records.incident_view import Entity, IncidentView, runbook_of
from models.records.severity import marked
from models.records.stored_alert import StoredAlert

_HERE = Path(__file__).parent
# Markdown is not HTML: what is untrusted is escaped with `md` where it enters.
_ENVIRONMENT = ImmutableSandboxedEnvironment(
    loader=FileSystemLoader(_HERE),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_ENVIRONMENT.filters.update(md=escape, moment=moment, counted=counted)
_LINES = 300  # of the timeline
_FIRING = 30  # alerts that are listed
_OURS = "nightshift"
_LONGEST_LINE = 600
_FOLDED = frozenset(("Firing now", "Timeline", "Evidence"))  # chapters whose long tables are


@dataclass(frozen=True, slots=True)
class Action:
    """A step that follows from what the record lacks.

    `kind` is prevent, detect, mitigate or process.
    """

    text: str
    kind: str
    owner: str | None


def markdown(view: IncidentView, *, linked: bool = False) -> str:
    """Return the report as Markdown; `made_at`, timeline and hops of the view are shown.

    Args:
        view: The incident with all that is known around it.
        linked: Whether other incidents are links to the gateway's pages.
    """
    found, live = view.incident, view.incident.status in LIVE
    summary = _last(view, EntryKind.SUMMARY)
    firing = [alert for alert in view.alerts if alert.firing][:_FIRING]
    template, form = _form(found)
    return _ENVIRONMENT.get_template(template).render(
        **_kin(view, linked=linked),
        incident=found,
        live=live,
        form=form,
        made_at=view.made_at,
        authors=_authors(view),
        spans=_durations(found),
        lasted=_lasted(found, view.made_at),
        first=view.alerts[0] if view.alerts else None,
        firing=[_firing(alert, view.entities) for alert in firing],
        not_listed=max(found.firing_count - len(firing), 0),
        root=view.root,
        certainty=_certainty(view),
        others=list(_others(view)),
        senders=[f"{name} {number}" for name, number in view.sources.items()],
        entities=_entities(view),
        diagram=topology.diagram(view),
        timeline=[_line(line) for line in timeline.told(view.timeline, _LINES, view.unread)],
        books=[runbook_of(reference) for reference in found.runbook_refs],
        questions=list(_questions(view)),
        comments=list(_comments(view)),
        well=list(_went_well(view)),
        badly=list(_went_badly(view)),
        changes=[
            facts.change_fact(change, found.started_at)
            for change in view.changes[: facts.MOST_CHANGES]
        ],
        more_changes=max(len(view.changes) - facts.MOST_CHANGES, 0),
        actions=list(_actions(view)),
        evidence=summary.data.get("facts", ()) if summary else (),
        disclosure=_disclosure(summary),
    )


def page(view: IncidentView, navigation: tuple[tuple[str, str], ...] = ()) -> str:
    """Return the report as one HTML page, the topology drawn in it.

    Args:
        view: The incident with all that is known around it.
        navigation: Links of the page's head; without any it stands alone and links nothing.
    """
    text = markdown(view, linked=bool(navigation))
    return render_page(view.incident.reference, text, navigation, folded=_FOLDED)


def _form(found: Incident) -> tuple[str, str]:
    """Return the template of a report and what it is called."""
    if found.status is IncidentStatus.MERGED:
        return "merged.md.jinja2", "Merged incident"
    if found.status in LIVE:
        return "so_far.md.jinja2", "Incident so far"
    return "report.md.jinja2", "Post-incident report"


def _kin(view: IncidentView, *, linked: bool) -> dict[str, Any]:
    """Return what an incident was merged into or split from, and what was merged into it."""
    found = view.incident
    told = {
        number: f"[{reference}](/incidents/{number})" if linked else reference
        for number, reference in view.kin.items()
    }
    apart = (found.merged_into, found.split_from)
    return {
        "lives_in": told.get(found.merged_into or 0),
        "split_from": told.get(found.split_from or 0),
        "merged_here": [text for number, text in told.items() if number not in apart],
    }


def _firing(alert: StoredAlert, entities: Mapping[str, Entity]) -> dict[str, str]:
    severity = marked(alert.known_severity, predicted=alert.severity is None)
    return {
        "title": alert.title,
        "severity": severity or "unknown",
        "where": alert.where({key: one.name for key, one in entities.items()}) or "",
        "since": moment(alert.event_time),
        "vendor": alert.vendor,
    }


def _authors(view: IncidentView) -> str:
    people = dict.fromkeys(entry.actor for entry in view.timeline if entry.actor != _OURS)
    return listed(plain(name) for name in people) or "nobody acted on it"


def _durations(found: Incident) -> list[tuple[str, str, str]]:
    spans = (
        ("TTD, to detect", found.started_at, found.detected_at),
        ("TTA, to acknowledge", found.detected_at, found.acknowledged_at),
        ("TTM, to mitigate", found.detected_at, found.mitigated_at),
        ("TTR, to resolve", found.detected_at, found.resolved_at),
        ("From resolved to closed", found.resolved_at, found.closed_at),
    )
    return [
        (name, _span(end - start), moment(end))
        if start and end
        else (name, _unmet(found, last=name == spans[-1][0]), "")
        for name, start, end in spans
    ]


def _unmet(found: Incident, *, last: bool) -> str:
    """Return what is said of a time that there is none of: closing is what comes last."""
    open_still = found.status in LIVE or (last and found.status is IncidentStatus.RESOLVED)
    return "not yet" if open_still else "did not happen"


def _lasted(found: Incident, now: datetime | None) -> str:
    end = found.resolved_at or now
    if found.status is IncidentStatus.MERGED:
        return "it lives on in the one that it was merged into"
    if end is None:
        return "unknown"
    told = _span(end - found.started_at)
    return told if found.resolved_at else f"{told} so far"


def _span(length: timedelta) -> str:
    seconds = max(int(length.total_seconds()), 0)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"


def _certainty(view: IncidentView) -> str | None:
    if not view.hypotheses:
        return None
    first = view.hypotheses[0]
    return f"{facts.certainty(first.confidence)}, {first.confidence:.2f}"


def _others(view: IncidentView) -> Iterator[str]:
    alerts = {alert.id: alert for alert in view.alerts}
    for one in view.hypotheses[1:]:
        if alert := alerts.get(one.alert_id):
            yield f"{facts.title(alert.title)} ({one.confidence:.2f}), alert:{alert.id}"


def _entities(view: IncidentView) -> list[str]:
    return facts.affected(view, *view.entities)


def _line(line: timeline.Line) -> dict[str, Any]:
    text = plain(line.text)
    return {
        "at": moment(line.at) if line.at else "",
        "clock": "" if line.clock == "ours" else " (sender's clock)",
        "actor": line.actor,
        "event": line.event,
        "text": text if len(text) <= _LONGEST_LINE else f"{text[: _LONGEST_LINE - 1]}…",
    }


def _questions(view: IncidentView) -> Iterator[tuple[str, str]]:
    """Yield questions with the ids of what speaks to them; nothing here is an answer."""
    root = view.root
    if root is not None:
        yield f"Why did {facts.title(root.title)} happen?", facts.alert_id(root)
    for change in view.changes[: facts.MOST_CHANGES]:
        field = f"{change.field} of " if change.field else ""
        what = f"{field}{change.kind} {plain(change.name)}"
        yield f"Did the change of {what} contribute?", facts.change_id(change)
    if root is not None and view.incident.alert_count > 1:
        others = [facts.alert_id(alert) for alert in view.alerts if alert.id != root.id]
        yield "Why did it spread to the others, and what could have held it?", ", ".join(others[:5])


def _comments(view: IncidentView) -> Iterator[dict[str, str]]:
    """Yield what people noted, as the timeline has it."""
    for entry in view.timeline:
        if entry.kind is EntryKind.NOTE and entry.actor != _OURS:
            yield {"actor": entry.actor, "at": moment(entry.at), "text": plain(entry.text)}


def _went_well(view: IncidentView) -> Iterator[str]:
    found = view.incident
    if found.acknowledged_at:
        took = _span(found.acknowledged_at - found.detected_at)
        yield f"It was acknowledged {took} after it was detected."
    if found.resolved_at:
        took = _span(found.resolved_at - found.detected_at)
        yield f"It was resolved {took} after it was detected."
    if found.alert_count > 1:
        yield f"{counted(found.alert_count, 'alert')} stood in one incident."
    if found.runbook_refs:
        yield "A runbook that fits was indexed."


def _went_badly(view: IncidentView) -> Iterator[str]:
    found = view.incident
    if found.acknowledged_at is None:
        yield "It was never acknowledged."
    if late := _alerts_before_ack(view):
        yield f"{counted(late, 'alert')} came before it was acknowledged."
    if reopened := _reopened(view.timeline):
        yield f"It was opened again {counted(reopened, 'time')}."
    if unsaid := sum(alert.severity is None for alert in view.alerts):
        yield f"{counted(unsaid, 'alert')} came without a severity."
    if not found.runbook_refs:
        yield "No indexed runbook fits it."


def _reopened(timeline: Iterable[TimelineEntry]) -> int:
    """Return how often it was opened after it had been resolved."""
    states = [str(entry.data.get("to")) for entry in timeline if entry.kind is EntryKind.STATUS]
    return sum(before == "resolved" and after == "open" for before, after in pairwise(states))


def _alerts_before_ack(view: IncidentView) -> int:
    until = view.incident.acknowledged_at
    return sum(alert.received_at < until for alert in view.alerts) if until else 0


def _actions(view: IncidentView) -> Iterator[Action]:
    found, root = view.incident, view.root
    owner = found.owner_team or found.assignee
    if not found.runbook_refs and root is not None:
        rule = plain(root.rule) if root.rule else facts.title(root.title)
        yield Action(f"Write a runbook for {rule}", "process", owner)
    unsaid = sorted({alert.rule or alert.title for alert in view.alerts if alert.severity is None})
    if unsaid:
        yield Action(f"Let the sender give a severity for {plain(unsaid[0])}", "detect", owner)
    if found.flapping:
        yield Action("Give the alert that flaps a hold time at its sender", "detect", owner)
    if found.probable_cause or root is not None:
        yield Action("Answer the questions above in a comment", "prevent", owner)


def _last(view: IncidentView, kind: EntryKind) -> TimelineEntry | None:
    return next((entry for entry in reversed(view.timeline) if entry.kind is kind), None)


def _disclosure(summary: TimelineEntry | None) -> str:
    if summary is None or summary.data.get("source") != "model":
        return "No part of this report was written by a language model."
    data = summary.data
    dropped = counted(len(data.get("dropped", ())), "sentence")
    return (
        f"The paragraph under Summary was drafted by the language model {plain(str(data['model']))}"
        f" (prompt {data['prompt_version']}); each of its sentences was checked against the facts"
        f" that it cites, and {dropped} that these do not bear out were left out. All else is by"
        " template from records."
    )

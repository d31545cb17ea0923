"""What is known of an incident, as facts with ids and as sentences that rest on them.

Titles and names are written by others: they stand in quotation marks, cut and on one line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from generators.documents.cited import Cited
from generators.documents.text import counted, listed, moment, plain
from generators.incidents.affected import Thing, told_once
from generators.incidents.changing import change_words
from models.records.asset import AssetChange
from models.records.incident import LIVE
from models.records.incident_view import Entity, IncidentView
from models.records.severity import worst
from models.records.stored_alert import StoredAlert

CHANGE_WINDOW = timedelta(hours=2)  # before the first alert (operations.md 5.1)
_LONGEST_TITLE = 80
_ALERTS = 12  # told one by one
MOST_CHANGES = 8  # that are told of one by one in a summary
_NAMES = 5
_CONFIDENT, _LIKELY = 0.7, 0.45


def told(view: IncidentView) -> Cited:
    """Return the facts of an incident and the sentences of its summary, in order."""
    cited = Cited()
    _say_counts(view, cited)
    _say_affected(view, cited)
    _say_root(view, cited)
    _say_changes(view, cited)
    for alert in view.alerts[:_ALERTS]:
        cited.fact(alert_id(alert), alert_fact(alert))
    return cited


def alert_id(alert: StoredAlert) -> str:
    """Return the id of the fact of an alert."""
    return f"alert:{alert.id}"


def alert_fact(alert: StoredAlert) -> str:
    """Return an alert in words."""
    place = [f"on {plain(alert.host)}"] if alert.host else []
    place += [f"in service {plain(alert.service)}"] if alert.service else []
    severity = f"severity {alert.severity}" if alert.severity else _predicted(alert)
    state = "it still fires" if alert.firing else f"it ended at {_ended(alert)}"
    where = f" {' '.join(place)}" if place else ""
    return (
        f"At {moment(alert.event_time)} {plain(alert.vendor)} reported {title(alert.title)}{where},"
        f" {severity}; {state}."
    )


def title(text: str) -> str:
    """Return an untrusted title in quotation marks, cut to what a line holds."""
    one_line = plain(text).replace('"', "'")
    cut = one_line if len(one_line) <= _LONGEST_TITLE else f"{one_line[: _LONGEST_TITLE - 1]}…"
    return f'"{cut}"'


def change_id(change: AssetChange) -> str:
    """Return the id of the fact of a change."""
    return f"change:{change.asset_id}.{change.field or change.change}@{moment(change.at)}"


def change_fact(change: AssetChange, began: datetime) -> str:
    """Return a change in words.

    Args:
        change: What the inventory knows of it.
        began: When the incident began. Of a change that was seen later nobody knows whether it was
            before, so that both collections are told that it lies between.
    """
    text = change_words(change)
    if change.at > began and change.unseen_at is not None:
        after = f"it happened after the collection at {moment(change.unseen_at)}"
        return f"Seen at {moment(change.at)}: {text}; {after}."
    return f"At {moment(change.at)} {text}."


def certainty(confidence: float) -> str:
    """Return how sure a hypothesis is, in a word."""
    if confidence >= _CONFIDENT:
        return "high"
    return "medium" if confidence >= _LIKELY else "low"


def affected(view: IncidentView, *more: str) -> list[str]:
    """Return what is affected beside the services, each once: kind and name, or only the name.

    Args:
        view: The incident.
        more: Ids of assets that stand beside those of the incident.
    """
    keys = (*view.incident.affected_entities, *more)
    things = (_thing(key, view.entities) for key in keys)
    told = told_once(things, view.incident.affected_services)
    return list(dict.fromkeys(f"{thing.kind} {thing.name}".strip() for thing in told))


def _say_counts(view: IncidentView, cited: Cited) -> None:
    found = view.incident
    senders = listed(f"{plain(name)} {number}" for name, number in view.sources.items())
    over = found.alert_count - found.firing_count
    fact = (
        f"{found.reference} began at {moment(found.started_at)}, is {found.status} and holds"
        f" {counted(found.alert_count, 'alert')} ({senders}): {found.firing_count} still fire and"
        f" {over} are over."
    )
    names = listed(plain(name) for name in view.sources)
    text = f"{counted(found.alert_count, 'alert')} from {names or 'nobody'}"
    state = f"{found.firing_count} still fire" if found.status in LIVE else f"it is {found.status}"
    worst_one = found.severity or worst(*(alert.known_severity for alert in view.alerts))
    severity = f"the severity is {worst_one}" if worst_one else "no severity is known"
    cited.say(
        f"{text} since {moment(found.started_at)}: {state}, {severity}.",
        (f"incident:{found.reference}", f"{fact} {severity.capitalize()}."),
    )


def _say_affected(view: IncidentView, cited: Cited) -> None:
    found = view.incident
    parts = []
    if found.affected_services:
        parts.append(f"services {_some(found.affected_services)}")
    names = affected(view)
    if names:
        parts.append(f"{'entity' if len(names) == 1 else 'entities'} {_some(names)}")
    if not parts:
        return
    where = f" in {plain(found.environment)}" if found.environment else ""
    text = f"Affected are {' and '.join(parts)}{where}."
    cited.say(text, (f"incident:{found.reference}.affected", text))


def _thing(key: str, known: Mapping[str, Entity]) -> Thing:
    found = known.get(key)
    if found is None:
        return Thing(key, key, "", known=False)
    return Thing(key, found.name, found.kind, known=True)


def _say_root(view: IncidentView, cited: Cited) -> None:
    root = view.root
    if root is None or view.incident.alert_count < 2:  # noqa: PLR2004  one alert is no story
        return
    where = f" on {plain(root.host)}" if root.host else ""
    text = f"It probably began with {title(root.title)}{where} at {moment(root.event_time)}"
    cited.say(f"{text}.", (alert_id(root), alert_fact(root)))


def _say_changes(view: IncidentView, cited: Cited) -> None:
    began = view.incident.started_at
    for change in view.changes[:MOST_CHANGES]:
        cited.fact(change_id(change), change_fact(change, began))
    for first in view.changes[:1]:
        what = change_words(first)
        text = f"Before it, {what} at {moment(first.at)}."
        if first.at > began and first.unseen_at is not None:
            seen = f"The collection at {moment(first.at)} saw that {what}"
            text = f"{seen}; it happened after the collection at {moment(first.unseen_at)}."
        cited.say(text, (change_id(first), change_fact(first, began)))


def _predicted(alert: StoredAlert) -> str:
    if alert.predicted_severity is None:
        return "no severity"
    return f"no severity sent, {alert.predicted_severity} predicted"


def _ended(alert: StoredAlert) -> str:
    return moment(alert.resolved_at or alert.ends_at or alert.last_seen_at)


def _some(names: Iterable[str]) -> str:
    found = [plain(name) for name in names]
    more = len(found) - _NAMES
    return listed([*found[:_NAMES], f"{more} more"] if more > 0 else found)

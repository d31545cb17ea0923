"""Which notices a change of an incident gives; pure, so that a replay can count them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from models.records.incident import LIVE, Incident
from models.records.notice import Channel, IncidentChange, NewNotice, Told
from models.records.severity import Severity
from tasks.alerts.notices.channels import WANTED

# An incident that flaps is told of again once it has been calm for so long.
CALM_SECONDS = 900.0
# Edits of a message wait a moment for the next ones.
UPDATE_SECONDS = 5.0
_OPENING = frozenset({Told.OPENED, Told.REOPENED, Told.SEVERITY})
_HELD = frozenset({Told.REOPENED, Told.SEVERITY, Told.RESOLVED})
# What an opening says as well, and an update beside anything else.
SAID_BY_OPENING = frozenset({Told.REOPENED, Told.SEVERITY, Told.UPDATED})
_KNOWN = {kind.value: kind for kind in Told if kind not in {Told.ROLLUP, Told.TEST}}


def openings(
    changes: Iterable[IncidentChange], channels: Sequence[Channel], floor: Severity
) -> list[NewNotice]:
    """Return the first notice of each incident that may be told of now.

    One whose severity rises over the floor later opens then; one without a severity is told of,
    since unknown is not harmless.
    """
    return [
        _notice(channel, change.incident, Told.OPENED)
        for change in changes
        if _kinds(change) & _OPENING and _may_open(change.incident, floor)
        for channel in channels
    ]


def followings(
    changes: Iterable[IncidentChange], channels: Sequence[Channel], opened: frozenset[str]
) -> list[NewNotice]:
    """Return what is told besides, where the incident's opening was told.

    Args:
        changes: What changed.
        channels: Those that are configured.
        opened: Keys of the openings that were written just now.
    """
    return [
        _notice(channel, change.incident, kind)
        for change in changes
        for channel in channels
        for kind in _told(change, channel, opened)
    ]


def opening_key(channel: Channel, incident_id: int) -> str:
    """Return the key of an incident's first notice in a channel."""
    return f"{channel}:{incident_id}:{Told.OPENED}"


def _told(change: IncidentChange, channel: Channel, opened: frozenset[str]) -> list[Told]:
    kinds = _kinds(change) - {Told.OPENED}
    if opening_key(channel, change.incident.id) in opened:
        kinds -= SAID_BY_OPENING
    elif len(kinds) > 1:
        kinds -= {Told.UPDATED}
    if change.incident.flapping:
        kinds |= {Told.FLAPPING}
    return [kind for kind in Told if kind in kinds & WANTED[channel]]


def _may_open(incident: Incident, floor: Severity) -> bool:
    # An incident that began and ended within one batch is told of too; a merged one by the other.
    told = incident.status in LIVE or incident.resolved_at is not None
    loud = incident.severity is None or incident.severity.rank <= floor.rank
    return told and loud and incident.merged_into is None


def _kinds(change: IncidentChange) -> frozenset[Told]:
    return frozenset(_KNOWN[kind] for kind in change.kinds if kind in _KNOWN)


def _notice(channel: Channel, incident: Incident, kind: Told) -> NewNotice:
    held = incident.flapping and kind in _HELD
    payload: dict[str, Any] = {
        "status": incident.status.value,
        "severity": incident.severity.value if incident.severity else None,
        "version": incident.version,
    }
    if held:
        payload["held"] = True
    return NewNotice(
        channel=channel,
        incident_id=incident.id,
        kind=kind,
        key=_key(channel, incident, kind),
        payload=payload,
        due_seconds=CALM_SECONDS if held else UPDATE_SECONDS if kind is Told.UPDATED else 0.0,
        held=held,
    )


def _key(channel: Channel, incident: Incident, kind: Told) -> str:
    if kind in {Told.OPENED, Told.FLAPPING}:
        return f"{channel}:{incident.id}:{kind}"
    if kind is Told.SEVERITY:
        return f"{channel}:{incident.id}:{kind}:{incident.severity}:{incident.version}"
    return f"{channel}:{incident.id}:{kind}:{incident.version}"

"""Signals, memories and contexts for the tests, with sensible values; name only what matters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.records.alert import AlertStatus
from models.records.grouping import Signal, Window
from models.records.severity import Severity
from tasks.alerts.grouping import Context, Memory, group, topology_from

NOON = datetime(2025, 3, 4, 12, 0, tzinfo=UTC)
SHOP = {
    "hosts": {f"h{number}": {"switch": "sw-1" if number < 7 else "sw-2", "rack": "r1" if number < 7 else "r2"} for number in range(1, 13)},
    "services": {"web": ["api"], "api": ["db", "cache"], "mail": ["relay"], "db": [], "cache": [], "relay": []},
    "placement": {"web": ["h1"], "api": ["h2"], "db": ["h3"], "cache": ["h4"], "mail": ["h7"], "relay": ["h8"]},
}  # fmt: skip


def at(minutes):
    return NOON + timedelta(minutes=minutes)


def a_signal(
    event_id,
    minutes=0.0,
    *,
    key=None,
    status="firing",
    late=0.0,
    title="Something is wrong",
    severity=Severity.HIGH,
    **changes,
):
    """A signal of one key; by default the key is the event's id, and it comes at once."""
    labels = changes.pop("labels", {})
    return Signal(
        event_id=event_id, dedup_key=key or event_id, status=AlertStatus(status), title=title,
        occurred_at=at(minutes), received_at=at(minutes + late), severity=severity, labels=labels, **changes,
    )  # fmt: skip


def a_window(start, end, window_id="w1", **match):
    return Window(
        id=window_id,
        starts_at=at(start),
        ends_at=at(end),
        match={name: tuple(values) for name, values in match.items()},
    )


def a_context(**changes):
    changes.setdefault("topology", topology_from(SHOP))
    return Context(**changes)


def placed(signals, context=None, memory=None):
    """Group signals; returns the placements by event id and the memory."""
    memory = memory or Memory()
    placements = group(signals, memory, context or a_context())
    return {one.event_id: one for one in placements}, memory


def incidents_of(placements, memory):
    """Return the groups of event ids by the incident that they live on in."""
    found = {}
    for one in placements.values():
        incident = memory.incident(one.incident)
        if incident is not None:
            found.setdefault(incident.ref, set()).add(one.event_id)
    return sorted(found.values(), key=sorted)

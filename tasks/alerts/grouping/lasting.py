"""What a window gives back has fired all the while: which incidents went on beside it."""

from __future__ import annotations

from datetime import timedelta

from tasks.alerts.grouping.events import Event
from tasks.alerts.grouping.memory import IncidentMemory
from tasks.alerts.grouping.policy import Policy

_NONE: frozenset[str] = frozenset()
# What fired before an incident began may be of the same trouble or bring it. An effect of what came
# later it is not.
_BEFORE = frozenset(("same_root", "same_entity", "upstream", "upstream_of_member", "carries"))
_WITHIN = _BEFORE | {"downstream", "downstream_of_member"}


def timeless(event: Event, incident: IncidentMemory, policy: Policy) -> frozenset[str]:
    """Return which evidence counts in full as both fired at once; none for any other event."""
    far = timedelta(hours=policy.windows.recur_hours)
    if event.fires_until is None or event.until < incident.started_at:
        return _NONE
    if event.at < incident.started_at:
        return _BEFORE if incident.started_at - event.at <= far else _NONE
    goes_on = incident.live and incident.firing > 0
    return _WITHIN if goes_on and event.at - incident.last_event_at <= far else _NONE

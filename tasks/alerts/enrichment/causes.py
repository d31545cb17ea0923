"""Which alerts may stand at the beginning of an incident, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from models.records.incident_view import Hypothesis
from models.records.stored_alert import StoredAlert
from tasks.alerts.grouping import IncidentMemory, certainty_of

_EARLY_SECONDS = 300.0
_CHANGED, _CHOSEN = 0.3, 0.6  # what a change before it, and the choice of grouping, add
_MOST = 4
_SUREST = 0.95  # no choice among what was told is certain


def hypotheses(
    alerts: Sequence[StoredAlert], memory: IncidentMemory | None, root_id: int | None
) -> tuple[Hypothesis, ...]:
    """Return the alerts that most probably stand at the beginning, the likeliest first.

    The first one's confidence is what grouping has for it over what else may have begun it. Where
    that is not known, it is the share of all support. The others share what is left by their own:
    how early an alert came, how much its words speak of a cause rather than a symptom, and whether
    something changed just before it. None is surer than the first.
    """
    if not alerts:
        return ()
    support = _support(alerts, memory, root_id)
    ranked = sorted(support.items(), key=lambda item: (item[0] != root_id, -item[1], item[0]))
    (first, own), *others = ((number, value * value) for number, value in ranked)
    rest = sum(value for _, value in others)
    sure = _told(alerts, memory, root_id) or own / (own + rest)
    sure = min(sure, _SUREST)
    shares = [
        (first, sure),
        *((number, min((1 - sure) * value / rest, sure)) for number, value in others),
    ]
    return tuple(
        Hypothesis(alert_id=number, confidence=round(share, 2)) for number, share in shares[:_MOST]
    )


def _told(
    alerts: Sequence[StoredAlert], memory: IncidentMemory | None, root_id: int | None
) -> float:
    """Return how sure grouping is of the root; 0 where the root is none of its choice."""
    root = next((one for one in alerts if one.id == root_id), None)
    if root is None or memory is None or memory.root_key != root.dedup_key:
        return 0.0
    return certainty_of(memory)


def _support(
    alerts: Sequence[StoredAlert], memory: IncidentMemory | None, root_id: int | None
) -> dict[int, float]:
    causes = _causes(memory)
    known = [alert for alert in alerts if alert.dedup_key in causes]
    chosen = [alert for alert in alerts if alert.id == root_id]
    candidates = {alert.id: alert for alert in [*chosen, *known, *alerts[:_MOST]]}
    began = min(alert.event_time for alert in candidates.values())
    found = {}
    for number, alert in candidates.items():
        late = (alert.event_time - began).total_seconds()
        found[number] = math.exp(-late / _EARLY_SECONDS) + causes.get(alert.dedup_key, 0.0)
        found[number] += _CHOSEN if number == root_id else 0.0
    return found


def _causes(memory: IncidentMemory | None) -> Mapping[str, float]:
    if memory is None:
        return {}
    return {
        one.dedup_key: one.cause + (_CHANGED if one.changed else 0.0) for one in memory.contenders
    }

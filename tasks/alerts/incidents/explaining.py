"""Why an alert stands where it stands, as it was decided; and why it does not stand elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from psycopg import Connection

from models.errors import WrongUse
from models.records.grouping import Candidate, Signal
from models.records.incident import Incident, IncidentStatus
from models.records.maintenance import PlannedWindow
from models.records.stored_alert import Decision, StoredAlert
from models.settings import settings
from models.store import alert_list, incidents, regrouping, windows
from tasks.alerts import grouping
from tasks.alerts.grouping import Context, load_policy
from tasks.alerts.incidents import remembering, showing
from tasks.alerts.triage.surroundings import topology_in

Rows = Connection[tuple[Any, ...]]
_EARLIER = 20


def why(conn: Rows, name: int | str) -> dict[str, Any]:
    """Return the decision that put an alert where it stands, with its explanation.

    For an alert that stands in no incident that is the last one. `earlier` and `later` are other
    decisions on its events, the latest first; `later_count` also counts those that are left out.
    `maintenance` are the windows that hold it, or held it, where any did.

    Raises:
        WrongUse: There is no such alert, or nothing was decided on it.
    """
    alert = alert_list.alert(conn, name)
    decisions = alert_list.decisions(conn, alert.id, _EARLIER)
    if not decisions:
        raise WrongUse(f"alert {alert.id} has no stored decision")
    decided = _deciding(conn, alert) or decisions[0]
    names = _references(conn, alert, [decided, *decisions])
    earlier = [one for one in decisions if one.event_id < decided.event_id]
    later = [one for one in decisions if one.event_id > decided.event_id]
    held = [_held(one) for one in windows.by_ids(conn, alert.suppressed_by)]
    return {
        **_decision(decided, names),
        **({"maintenance": held} if held else {}),
        "alert": showing.public_alert(alert, names),
        "earlier": [_decision(one, names) for one in earlier],
        "later": [_decision(one, names) for one in later],
        "later_count": alert_list.count_after(conn, alert.id, decided.event_id),
    }


def why_not(conn: Rows, name: int | str, incident: int | str) -> dict[str, Any]:
    """Return how well an alert fits an incident now, and what speaks against it.

    The same comparison that grouping makes, with the incident as it is remembered now.

    Raises:
        WrongUse: There is no such alert or incident.
    """
    alert = alert_list.alert(conn, name)
    found = incidents.incident(conn, incident)
    names = _references(conn, alert, (), also=found.id)
    stands_in = names.get(alert.incident_id or 0)
    shared = {
        "alert_id": str(alert.id),
        "incident_id": str(found.id),
        "incident": found.reference,
        "alert": showing.public_alert(alert, names),
        "stands_in": stands_in,
    }
    policy = load_policy(settings().triage_policy)
    memory = remembering.read(regrouping.memory(conn, found.id))
    if alert.incident_id == found.id:
        return {**shared, "rule": "member", "sentence": "The alert stands in this incident."}
    if memory is None:
        sentence = f"Grouping remembers nothing of {found.reference}."
        return {**shared, "rule": "unknown", "sentence": sentence}
    context = Context(policy=policy, topology=topology_in(conn, policy.limits.hops))
    decided = _deciding(conn, alert) or next(iter(alert_list.decisions(conn, alert.id, 1)), None)
    told = decided.explanation if decided else {}
    given_back = told.get("facts", {}).get("handed_back_at")
    until = datetime.fromisoformat(given_back) if given_back else None
    candidate = grouping.compare(_signal(alert), memory, context, until)
    threshold = policy.scores.join
    return {
        **shared,
        "rule": "veto" if candidate.vetoes else "score",
        "policy": policy.version,
        "score": candidate.score,
        "threshold": threshold,
        "margin": round(candidate.score - threshold, 4),
        "features": candidate.features,
        "vetoes": candidate.vetoes,
        "chosen": _named(told["chosen"], names) if told.get("chosen") else None,
        "best_rejected": _named(msgspec.to_builtins(candidate), names),
        "sentence": _sentence(candidate, found, told, stands_in),
    }


def _held(planned: PlannedWindow) -> dict[str, Any]:
    window = planned.window
    return {
        "id": window.id,
        "reason": window.reason,
        "owner": window.owner,
        "match": window.match,
        "starts_at": window.starts_at,
        "ends_at": window.ends_at,
    }


def _deciding(conn: Rows, alert: StoredAlert) -> Decision | None:
    return alert_list.placing(conn, alert.id) if alert.incident_id is not None else None


def _references(
    conn: Rows, alert: StoredAlert, decisions: Any, also: int | None = None
) -> dict[int, str]:
    ids = {alert.incident_id, also, *(decision.incident_id for decision in decisions)}
    for decision in decisions:
        for name in ("chosen", "best_rejected"):
            candidate = decision.explanation.get(name) or {}
            text = str(candidate.get("incident", ""))
            ids.add(int(text) if text.isdigit() else None)
    return incidents.references(conn, [number for number in ids if number is not None])


def _decision(decision: Decision, names: Mapping[int, str]) -> dict[str, Any]:
    found = showing.public_decision(decision, names)
    for name in ("chosen", "best_rejected"):
        if found.get(name):
            found[name] = _named(found[name], names)
    return found


def _named(candidate: Mapping[str, Any], names: Mapping[int, str]) -> dict[str, Any]:
    text = str(candidate["incident"])
    return {**candidate, "reference": names.get(int(text)) if text.isdigit() else None}


def _sentence(
    candidate: Candidate, found: Incident, told: Mapping[str, Any], stands_in: str | None
) -> str:
    where = f" It stands in {stands_in}." if stands_in else ""
    if found.status in (IncidentStatus.CLOSED, IncidentStatus.MERGED):
        return f"{found.reference} is {found.status} and takes no alerts.{where}"
    return f"{grouping.why_not(told, replace(candidate, incident=found.reference))}{where}"


def _signal(alert: StoredAlert) -> Signal:
    return Signal(
        event_id=f"alert:{alert.id}",
        dedup_key=alert.dedup_key,
        status=alert.status,
        title=alert.title,
        occurred_at=alert.event_time,
        received_at=alert.received_at,
        severity=alert.known_severity,
        source=alert.vendor,
        rule=alert.rule,
        description=alert.description,
        service=alert.service,
        host=alert.host,
        environment=alert.environment,
        region=alert.region,
        error_code=alert.error_code,
        asset_id=alert.entity_id,
        labels=alert.labels,
    )

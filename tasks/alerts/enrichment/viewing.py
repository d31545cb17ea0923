"""Reading everything around an incident that a summary or a report is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection

from generators.documents.changes import Risk, risk_of
from generators.incidents.facts import CHANGE_WINDOW
from models.records.asset import AssetChange
from models.records.graph import Link
from models.records.incident import Incident
from models.records.incident_view import Entity, IncidentView, Surroundings
from models.records.stored_alert import StoredAlert
from models.store import alert_list, assets, graph, incidents, regrouping
from tasks.alerts.enrichment import causes
from tasks.alerts.incidents import remembering

Rows = Connection[tuple[Any, ...]]
_ALERTS = 200  # that are read of an incident
_ENTITIES = 40  # assets that alerts speak of, beside all that the incident affects
_DRAWN = 400  # of them, that a picture is made of
_UP = 3  # from a machine to its host, the port there and the switch
_LINKS = 1200
_ON_ROOT = 200
_CHANGES = 50
_LATEST = timedelta(days=1)  # after which a collection tells nothing of a beginning any more


def view(conn: Rows, incident_id: int, at: datetime) -> IncidentView:
    """Return an incident with its alerts, what is affected, and what changed around its beginning.

    Raises:
        WrongUse: There is no such incident.
    """
    found = incidents.incident(conn, incident_id)
    alerts = tuple(alert_list.of_incident(conn, found.id, _ALERTS))
    ids = _affected(found, alerts)
    memory = remembering.read(regrouping.memory(conn, found.id))
    seen = IncidentView(
        incident=found,
        alerts=alerts,
        sources=alert_list.sources(conn, found.id),
        entities=_entities(conn, ids),
        hypotheses=causes.hypotheses(alerts, memory, found.root_alert_id),
        made_at=at,
    )
    return replace(seen, changes=tuple(_changes(conn, seen, ids)))


def around(conn: Rows, seen: IncidentView) -> Surroundings:
    """Return all that the alerts speak of, what it stands on, and what stands on the root."""
    spoken = incidents.spoken_of(conn, seen.incident.id, _DRAWN)
    affected = _entities(conn, list(dict.fromkeys([*seen.entities, *spoken])))
    links: dict[Link, None] = {}
    reached, new = set(affected), set(affected)
    for _ in range(_UP):
        found = graph.stood_on(conn, sorted(new), _LINKS)
        links.update(dict.fromkeys(found))
        new = {link.to_id for link in found} - reached
        reached |= new
    root = seen.root.entity_id if seen.root else None
    if root in affected:
        links.update(dict.fromkeys(graph.standing_on(conn, root, _ON_ROOT)))
    others = {end for link in links for end in (link.from_id, link.to_id)} - affected.keys()
    return Surroundings(
        affected=affected, around=_entities(conn, sorted(others)), links=tuple(links)
    )


def _affected(found: Incident, alerts: Iterable[StoredAlert]) -> list[str]:
    """Return the ids of affected assets, those that alerts speak of first."""
    named = [alert.entity_id for alert in alerts if alert.entity_id]
    return list(dict.fromkeys([*list(dict.fromkeys(named))[:_ENTITIES], *found.affected_entities]))


def _entities(conn: Rows, ids: list[str]) -> dict[str, Entity]:
    found = {one.id: one for one in incidents.entities(conn, ids)}
    return {key: found[key] for key in ids if key in found}


def _changes(conn: Rows, seen: IncidentView, ids: list[str]) -> list[AssetChange]:
    """Return what changed in the window, and what the first collection after it saw.

    Ports count with their device. Those of what the incident began with come first, of these what
    changed to a value, and what can weaken a site before the rest; then the latest.
    """
    began, first = seen.incident.started_at, seen.root.entity_id if seen.root else None
    window = began - CHANGE_WINDOW, began + _LATEST
    # An alert about a port is stored as one about its switch.
    whole = assets.parts_changed(conn, ids, "interface", *window)
    found = assets.changes_of(conn, [*ids, *whole], *window)
    changes = [change for change in found if change.may_precede(began)]
    return sorted(
        changes,
        key=lambda one: (
            first not in (one.asset_id, whole.get(one.asset_id)),
            one.lost,
            risk_of(one) is not Risk.RISKY,
            -one.at.timestamp(),
        ),
    )[:_CHANGES]

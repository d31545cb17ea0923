"""What messages on incidents say, read for many incidents at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from psycopg import Connection

from models.records.incident import Incident
from models.records.incident_view import runbook_of
from models.records.notice import Briefing, Source
from models.store import incidents, queries

SQL = queries("briefings")
Rows = Connection[tuple[Any, ...]]
_EVIDENCE_LINKS = ("source", "alert", "monitor", "dashboard", "panel")


def briefings(
    conn: Rows, found: Sequence[Incident], gateway_url: str | None = None
) -> dict[int, Briefing]:
    """Return what there is to say of incidents, by their ids."""
    ids = [incident.id for incident in found]
    sources, roots = _sources(conn, ids), _roots(conn, ids)
    names = _names(conn, found)
    into = incidents.references(conn, [one.merged_into for one in found if one.merged_into])
    as_of = _facts_as_of(conn)
    return {
        incident.id: Briefing(
            incident=incident,
            sources=sources.get(incident.id, ()),
            entities=tuple(
                dict.fromkeys(names.get(entity, entity) for entity in incident.affected_entities)
            ),
            **_root(roots.get(incident.id), incident),
            changed=incident.change_refs,
            merged_into=into.get(incident.merged_into or 0),
            facts_as_of=as_of,
            written_at=datetime.now(UTC),
            gateway_url=gateway_url,
        )
        for incident in found
    }


def _sources(conn: Rows, ids: list[int]) -> dict[int, tuple[Source, ...]]:
    found: dict[int, tuple[Source, ...]] = defaultdict(tuple)
    for incident, vendor, count in conn.execute(SQL["sources"], {"ids": ids}):
        found[incident] += (Source(name=vendor, alerts=count),)
    return found


def _roots(conn: Rows, ids: list[int]) -> dict[int, dict[str, Any]]:
    return {
        incident: {
            "evidence": f"{title} on {place} ({vendor})" if place else f"{title} ({vendor})",
            "evidence_url": _link(links),
            "runbook": links.get("runbook"),
        }
        for incident, title, place, vendor, links in conn.execute(SQL["root_alerts"], {"ids": ids})
    }


def _root(found: Mapping[str, Any] | None, incident: Incident) -> dict[str, Any]:
    """Return what the root alert says; where it names no runbook, the one that was found."""
    known = dict(found or {})
    matching = next(map(runbook_of, incident.runbook_refs), None)
    return {**known, "runbook": known.get("runbook") or matching}


def _link(links: Mapping[str, str]) -> str | None:
    """Return where the sender shows the alert."""
    found = (links[name] for name in _EVIDENCE_LINKS if links.get(name))
    others = (url for name, url in links.items() if name != "runbook" and url)
    return next(found, None) or next(others, None)


def _names(conn: Rows, found: Iterable[Incident]) -> dict[str, str]:
    ids = {entity for one in found for entity in one.affected_entities}
    return dict(conn.execute(SQL["names"], {"ids": list(ids)}).fetchall()) if ids else {}


def _facts_as_of(conn: Rows) -> datetime | None:
    row = conn.execute(SQL["facts_as_of"]).fetchone()
    return row[0] if row else None

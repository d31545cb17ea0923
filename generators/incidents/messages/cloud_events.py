"""Incidents and alerts as CloudEvents 1.0 in structured JSON.

Source: the CloudEvents specification 1.0.2 and its JSON event format. `id` is the same each time a
notice is sent, so that a receiver drops what it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from generators.incidents.messages.rollups import Item
from generators.incidents.messages.story import cause, page_of
from models.records.incident import Incident
from models.records.notice import Briefing, Told
from models.records.stored_alert import StoredAlert

TYPE = "dev.nightshift.incident.v1"
SOURCE = "/nightshift/incidents"
ALERT_TYPE, ALERT_SOURCE = "dev.nightshift.alert.v1", "/nightshift/alerts"
SCHEMA = "urn:nightshift:schemas:incident-v1"  # the file incident-v1.schema.json beside this one
CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
# What grouping remembers is long and means nothing elsewhere.
_KEPT_IN = frozenset({"grouping", "flow_run_id", "similar"})


def render(briefing: Briefing, kind: Told, notice_id: str, at: datetime) -> dict[str, Any]:
    """Return the event on one change of an incident.

    Args:
        briefing: The incident; its status and severity are those at the change.
        kind: What changed, the last part of `type`.
        notice_id: Unique to the notice.
        at: When the change was noted.
    """
    incident = briefing.incident
    return {
        **_envelope(kind, notice_id, at),
        "subject": incident.reference,
        "data": {"change": kind.value, "incident": _incident(briefing)},
    }


def rollup(items: Sequence[Item], notice_id: str, at: datetime) -> dict[str, Any]:
    """Return one event that carries the changes of many incidents, none left out."""
    changes = [
        {"changes": [kind.value for kind in item.kinds], "incident": _incident(item.briefing)}
        for item in items
    ]
    return {
        **_envelope(Told.ROLLUP, notice_id, at),
        "subject": f"{len(items)} incidents",
        "data": {"change": Told.ROLLUP.value, "incidents": changes},
    }


def test(text: str, notice_id: str, at: datetime) -> dict[str, Any]:
    """Return an event that tries the receiver."""
    return {**_envelope(Told.TEST, notice_id, at), "data": {"change": "test", "text": text}}


def from_alert(alert: StoredAlert) -> dict[str, Any]:
    """Return an alert as an event, as its sender described it; the same one has the same id."""
    return {
        "specversion": "1.0",
        "id": f"{alert.id}-{alert.occurrences}",
        "source": ALERT_SOURCE,
        "type": f"{ALERT_TYPE}.{alert.status}",
        "subject": alert.dedup_key,
        "time": _time(alert.last_seen_at),
        "datacontenttype": "application/json",
        "data": {"alert": msgspec.to_builtins(alert.as_sent)},
    }


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _envelope(kind: Told, notice_id: str, at: datetime) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": notice_id,
        "source": SOURCE,
        "type": f"{TYPE}.{kind}",
        "time": _time(at),
        "datacontenttype": "application/json",
        "dataschema": SCHEMA,
    }


def _incident(briefing: Briefing) -> dict[str, Any]:
    incident: Incident = briefing.incident
    values: dict[str, Any] = msgspec.to_builtins(incident)
    return {
        **{name: value for name, value in values.items() if name not in _KEPT_IN},
        "id": str(incident.id),
        "affected": list(briefing.entities),
        "sources": {source.name: source.alerts for source in briefing.sources},
        "cause": cause(incident.probable_cause),
        "url": page_of(briefing.gateway_url, incident.reference),
    }

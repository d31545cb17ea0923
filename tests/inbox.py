"""Deliveries for tests of triage: bodies as Alertmanager, or anybody, posts them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from models.records.delivery import Incoming
from models.store import deliveries, transaction
from tasks.alerts.triage.draining import TriageReport, drain

BEGIN = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30)


def at(minutes: float) -> datetime:
    """Return a time so many minutes after the tests' beginning, half an hour ago."""
    return BEGIN + timedelta(minutes=minutes)


def prometheus(
    rule: str, host: str, minute: float = 0.0, *, resolved: float | None = None, **labels: str
) -> bytes:
    """Return an Alertmanager body; `resolved` is when it ended."""
    over = resolved is not None
    status = "resolved" if over else "firing"
    alert = {
        "status": status,
        "labels": {"alertname": rule, "instance": host, "severity": "critical", **labels},
        "annotations": {"summary": f"{rule} on {host}"},
        "startsAt": at(minute).isoformat(),
        "endsAt": at(resolved).isoformat() if resolved is not None else "0001-01-01T00:00:00Z",
        "fingerprint": sha256(f"{rule}/{host}".encode()).hexdigest()[:16],
    }
    return as_body({"version": "4", "status": status, "receiver": "n", "alerts": [alert]})


def storm(hosts: int = 5) -> list[bytes]:
    """Return three alerts of each host: an incident a host."""
    return [
        prometheus(rule, f"host-{number}")
        for number in range(hosts)
        for rule in ("NodeDown", "PingFailed", "DiskFull")
    ]


def plain(title: str, status: str = "firing", **fields: Any) -> bytes:
    """Return a hand-written body that tells no time."""
    return as_body({"title": title, "status": status, "severity": "high", **fields})


def as_body(payload: Any) -> bytes:
    return json.dumps(payload).encode()


def receive(*bodies: bytes, vendor: str = "alertmanager", minute: float = 0.0) -> None:
    """Store deliveries as the gateway does; the same bytes again are a copy."""
    for place, body in enumerate(bodies):
        one = Incoming(
            vendor=vendor,
            fingerprint=sha256(body).digest(),
            body=body,
            received_at=at(minute) + timedelta(milliseconds=place),
        )
        with transaction() as conn:
            deliveries.add(conn, [one])


def triage(*bodies: bytes, vendor: str = "alertmanager", minute: float = 0.0) -> TriageReport:
    """Store deliveries and triage all that waits."""
    receive(*bodies, vendor=vendor, minute=minute)
    return drain()


def rows(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with transaction() as conn:
        return conn.execute(statement, values).fetchall()


def incidents() -> list[tuple[Any, ...]]:
    """Return status, alerts and firing alerts of each incident, in their order."""
    return rows("SELECT status, alert_count, firing_count FROM incidents ORDER BY id")


def kinds(incident: int = 1) -> list[str]:
    """Return the kinds of the lines of an incident's timeline."""
    found = rows(
        "SELECT kind FROM incident_actions WHERE incident_id = %(id)s ORDER BY id", id=incident
    )
    return [row[0] for row in found]

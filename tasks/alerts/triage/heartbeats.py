"""Signs of life that stay away become alerts, through the same inbox as everybody's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec
from psycopg import Connection

from models.errors import WrongUse
from models.records.delivery import Incoming
from models.records.maintenance import Heartbeat
from models.store import deliveries, heartbeats, transaction

Rows = Connection[tuple[Any, ...]]
VENDOR = "nightshift"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_LONGEST_SECONDS = 30 * 24 * 3600


def expect(conn: Rows, heartbeat: Heartbeat) -> None:
    """Expect a sign of life from now on.

    Raises:
        WrongUse: Its name or its times cannot be used.
    """
    if not _NAME.fullmatch(heartbeat.name):
        raise WrongUse("a heartbeat's name has 1 to 100 of a-z, 0-9, dot, dash and underscore")
    if not 1 <= heartbeat.every_seconds <= _LONGEST_SECONDS:
        raise WrongUse("a heartbeat comes every second at most and every 30 days at least")
    if not 0 <= heartbeat.grace_seconds <= _LONGEST_SECONDS:
        raise WrongUse("a grace is 0 s to 30 days")
    heartbeats.add(conn, heartbeat)


def forget(conn: Rows, name: str, at: datetime | None = None) -> None:
    """Expect it no longer; an alert of its silence is resolved.

    Raises:
        WrongUse: None has that name.
    """
    gone = heartbeats.remove(conn, name)
    if gone.silent_since is not None:
        _post(conn, gone, "resolved", at or datetime.now(UTC))


def check(at: datetime | None = None) -> int:
    """Raise an alert for each that fell silent, and resolve that of each that lives again.

    The row and the alert are one transaction: whoever dies in between, each is told once.

    Returns:
        How many alerts that made.
    """
    now = at or datetime.now(UTC)
    with transaction() as conn:
        silent = heartbeats.fallen_silent(conn, now)
        for one in silent:
            _post(conn, one, "firing", now)
        living = heartbeats.back(conn, now)
        for one in living:
            _post(conn, one, "resolved", now)
    return len(silent) + len(living)


def _post(conn: Rows, one: Heartbeat, status: str, at: datetime) -> None:
    body = msgspec.json.encode(_payload(one, status, at), order="deterministic")
    incoming = Incoming(vendor=VENDOR, fingerprint=sha256(body).digest(), body=body, received_at=at)
    deliveries.add(conn, [incoming])


def _payload(one: Heartbeat, status: str, at: datetime) -> Mapping[str, Any]:
    last = one.last_seen_at.isoformat() if one.last_seen_at else "never"
    return {
        "title": f"No sign of life of {one.name}",
        "description": f"Expected every {one.every_seconds} s; last heard of: {last}.",
        "rule": "heartbeat-missing",
        "status": status,
        "severity": one.severity,
        "dedup_key": f"heartbeat/{one.name}",
        "service": one.name,
        "starts_at": (one.silent_since or at).isoformat(),
        **({"ends_at": at.isoformat()} if status == "resolved" else {}),
    }

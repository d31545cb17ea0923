"""Notices through one outbox: written with the incident, sent afterwards, told once."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import Connection

from models.records.notice import IncidentChange
from models.records.severity import Severity
from models.settings import settings
from models.store import notices
from tasks.alerts.notices import choosing
from tasks.alerts.notices.channels import configured


def plan(conn: Connection, changes: Sequence[IncidentChange]) -> int:
    """Write what is to be told of changed incidents; returns how many notices are new.

    Called in the transaction that changed them, so that an incident is never without its notices.
    The same change planned again writes nothing, and so does one that nobody is to be told of.
    """
    channels = configured()
    if not channels or not changes:
        return 0
    floor = Severity(settings().notify_minimum_severity)
    opened = notices.add(conn, choosing.openings(changes, channels, floor))
    told = choosing.followings(changes, channels, frozenset(opened))
    return len(opened) + notices.follow(conn, told)

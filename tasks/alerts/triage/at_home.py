"""What a home knows around the events that it received: its topology and its planned windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from models.records.grouping import Signal, Window
from models.store import alert_list, windows
from tasks.alerts.grouping import Topology
from tasks.alerts.triage.surroundings import topology_in

Rows = Connection[tuple[Any, ...]]
_LOOKED_AT = 200  # of the last events; the first ones may have been cleaned away here


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is used where no file says it; the topology is empty where nothing is collected."""

    topology: Topology
    windows: Sequence[Window]


def around(conn: Rows, signals: Sequence[Signal]) -> Around | None:
    """Return what this home knows around events; None where it did not receive them.

    Args:
        conn: Nothing is written.
        signals: As they were exported.
    """
    if not signals or not alert_list.received_here(conn, signals[-_LOOKED_AT:]):
        return None
    first = min(one.occurred_at for one in signals)
    last = max(one.received_at for one in signals)
    planned = [one.window for one in windows.between(conn, first, last)]
    return Around(topology=topology_in(conn), windows=planned)

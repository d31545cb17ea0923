"""What becomes of a flow run that died: once more, up to a limit, and never beside itself.

The row of a run is held by a session lock in Postgres, so its death is seen at once. A lock is also
lost when Postgres restarts under a living run; therefore a run says which process it is, and on its
own host it counts as dead only when that process is gone.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.processes import is_running, start_time
from models.records.work import Work

FLOW = "flow"
MOST_ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What to do about one dead run; `idempotency_key` is None when it is given up."""

    kind: str
    key: str
    deployment: str
    parameters: Mapping[str, Any]
    dead_run_id: str | None
    attempt: int
    idempotency_key: str | None
    holder: str | None = None

    @property
    def gives_up(self) -> bool:
        """Whether it died so often that a person has to look."""
        return self.idempotency_key is None


def holder(flow: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the payload of a run's row: what would start it again, and which process runs it."""
    return {
        "deployment": f"{flow}/{flow}",
        "parameters": dict(parameters),
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "started": start_time(os.getpid()),
    }


def is_dead(row: Work) -> bool:
    """Tell whether a run whose lock is free is really dead, and ours to start again."""
    if row.kind != FLOW or "deployment" not in row.payload:
        return False
    if row.payload.get("host") != socket.gethostname():
        return True
    return not is_running(int(row.payload["pid"]), str(row.payload["started"]))


def decide(row: Work) -> Recovery:
    """Say how a dead run goes on.

    The key names the dead run as well, so that a later death of the same work gets a new one.
    """
    key = f"{row.kind}/{row.key}/{row.flow_run_id}/{row.attempts}"
    return Recovery(
        kind=row.kind,
        key=row.key,
        deployment=str(row.payload["deployment"]),
        parameters=row.payload.get("parameters", {}),
        dead_run_id=row.flow_run_id,
        attempt=row.attempts,
        idempotency_key=key if row.attempts < MOST_ATTEMPTS else None,
        holder=row.holder,
    )

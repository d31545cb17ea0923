"""The resident reconciler: `python -m deployments.services.reconciler`.

It asks Postgres every few seconds whether a run died, which costs next to nothing, and runs the
flow `reconcile` only when there is one: in a process of its own, since Prefect takes 100 MB.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading

from models.errors import NightshiftError
from models.records.work import Work
from models.store import work
from tasks.maintenance.recovery import is_dead

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
_Seen = tuple[str, str, str | None, int]


def main() -> None:
    """Look after abandoned runs until a signal says to end."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    seen: frozenset[_Seen] = frozenset()
    while not ending.wait(LOOK_SECONDS):
        seen = _look(seen)


def _look(seen: frozenset[_Seen]) -> frozenset[_Seen]:
    """Run the flow when something died that was not there at the last look."""
    try:
        dead = frozenset(_identity(row) for row in work.abandoned() if is_dead(row))
    except NightshiftError as error:
        logger.warning("cannot look for abandoned runs: %s", error)
        return seen
    if not dead - seen:
        return dead
    logger.info("abandoned: %s", ", ".join(f"{kind} {key}" for kind, key, *_ in dead - seen))
    ended = subprocess.run([sys.executable, "-m", "flows.reconcile"], check=False)
    # Not remembered when the flow itself failed, so that the next look tries again.
    return dead if ended.returncode == 0 else seen


def _identity(row: Work) -> _Seen:
    return row.kind, row.key, row.flow_run_id, row.attempts


if __name__ == "__main__":
    main()

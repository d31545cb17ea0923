"""A Prefect worker of type `process`: `python -m deployments.services.worker POOL NAME`.

It waits for the server, so that it can be started at the same moment.
"""

from __future__ import annotations

import asyncio
import os
import sys

from deployments.services import processes
from deployments.services.waiting import wait_for_server

RUNS_AT_ONCE = 2


def main(pool: str, name: str) -> None:
    """Poll a pool until a signal says to end."""
    processes.restore_interrupt()
    # Imported while the server starts, which takes longer than the import.
    from prefect.utilities.processutils import setup_signal_handlers_worker
    from prefect.workers.process import ProcessWorker

    wait_for_server(os.environ["PREFECT_API_URL"])
    setup_signal_handlers_worker(os.getpid(), f"worker {name}", print)
    worker = ProcessWorker(work_pool_name=pool, name=name, limit=RUNS_AT_ONCE)
    try:
        asyncio.run(worker.start(printer=print))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The resident triage: `python -m deployments.services.triage_worker`.

It listens for deliveries and triages them at once. Beside each burst it runs the flow
`triage-alerts` in this process, which costs 0.15 s instead of the 5 to 7 s of a worker that starts
a process; while the Prefect server is away it triages all the same.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial

from deployments.services.waiting import wait_for_server
from models.errors import NightshiftError
from tasks.alerts.triage.preparing import BUGS
from tasks.alerts.triage.resident import Resident, reside

logger = logging.getLogger(__name__)
_AGAIN_SECONDS = 5.0  # after a flow run that Prefect did not take
_END_SECONDS = 10.0


def main() -> int:
    """Triage until a signal says to end; returns the exit status, 1 where something else did."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    ending, burst = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    resident = Resident(on_burst=burst.set)
    reside(resident)
    faults: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> Callable[[], None]:
        return partial(_guard, work, ending, faults)

    drains = threading.Thread(target=guarded(resident.run), name="triage")
    drains.start()
    # In a thread of its own: Prefect takes signals over in the main one, and would crash the run.
    show = partial(_show, resident, burst, ending)
    shows = threading.Thread(target=guarded(show), name="flows", daemon=True)
    shows.start()
    ending.wait()
    resident.end()
    burst.set()
    drains.join(_END_SECONDS)
    shows.join(_END_SECONDS)
    return 1 if faults else 0


def _guard(work: Callable[[], None], ending: threading.Event, faults: list[BaseException]) -> None:
    """Do the work of a thread; what ends it unexpectedly ends the process, to be started anew."""
    try:
        work()
    except BaseException as error:
        logger.exception("triage ends unexpectedly")
        faults.append(error)
        ending.set()


def _show(resident: Resident, burst: threading.Event, ending: threading.Event) -> None:
    """Run the flow beside each burst, one after another; what one could not show the next does."""
    url = os.environ.get("PREFECT_API_URL")
    if url is None:
        logger.info("PREFECT_API_URL is not set: alerts are triaged without flow runs")
        return
    if not _await_server(url, ending):
        return
    from flows.triage_alerts import triage_alerts

    while not ending.is_set():
        burst.wait()
        burst.clear()
        if resident.shows_nothing():
            continue
        if not _shown(triage_alerts):
            ending.wait(_AGAIN_SECONDS)
            burst.set()


def _await_server(url: str, ending: threading.Event) -> bool:
    while not ending.is_set():
        try:
            wait_for_server(url)
        except NightshiftError as error:
            logger.warning("alerts are triaged without flow runs: %s", error)
            continue
        return True
    return False


def _shown(flow: object) -> bool:
    import httpx
    from prefect.exceptions import PrefectException

    try:
        asyncio.run(flow())  # type: ignore[operator]
    except (PrefectException, httpx.HTTPError, OSError, RuntimeError, *BUGS) as error:
        logger.warning("alerts are triaged without a flow run: %s", error)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())

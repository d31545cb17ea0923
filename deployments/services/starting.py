"""Starting a stack with something to look at meanwhile."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from collections.abc import Iterator, Sequence

from rich.console import Console

from deployments.services.home import credentials_path, prefect_credentials, prepare_home
from deployments.services.processes import restore_interrupt
from deployments.services.signals import endings, reason_of
from deployments.services.stack import Stack
from deployments.services.state import Installation, Mode, ServiceState
from deployments.services.supervisor import Supervisor, running, uninterrupted
from deployments.services.waiting import SERVER_START_SECONDS
from deployments.services.watching import saying
from models.settings import settings

console = Console(stderr=True)


@contextlib.contextmanager
def start(stack: Stack, needed: Sequence[str] | None = None) -> Iterator[Supervisor]:
    """Run a stack for the length of the block, which begins when the needed services are ready.

    Args:
        stack: The services.
        needed: Names to wait for; by default all of them.

    Raises:
        Busy: Services run in this data folder already.
        Unavailable: A service did not become ready; the message names its log.
    """
    prepare_home()
    restore_interrupt()
    for number in endings():
        if number is not signal.SIGINT:  # which raises KeyboardInterrupt already
            signal.signal(number, _end)
    names = stack.names if needed is None else list(needed)
    with _services(stack) as supervisor:
        began = time.monotonic()
        with saying(f"Starting {', '.join(names)}...", console) as line:

            def show() -> None:
                line.update(_progress(supervisor, time.monotonic() - began))

            supervisor.wait_for(names, SERVER_START_SECONDS, show)
        yield supervisor


def addresses(installation: Installation, *, to_person: bool) -> list[str]:
    """Return the lines that say where the services are, and with which credentials.

    Args:
        installation: What runs.
        to_person: They are read on a terminal. Otherwise, as in a log, the credential is not among
            them, but the file or variable that has it.
    """
    lines = [f"Prefect UI  {installation.ui_url}"]
    if credentials := prefect_credentials():
        there = "NIGHTSHIFT_PREFECT_AUTH" if settings().prefect_auth else credentials_path()
        words = f"paste  {credentials.get_secret_value()}" if to_person else f"it is in  {there}"
        lines.append(f"            asks for a credential; {words}")
    if installation.gateway_url:
        lines.append(f"Gateway     {installation.gateway_url}")
    return lines


@contextlib.contextmanager
def _services(stack: Stack) -> Iterator[Supervisor]:
    """Run the services, and take the embedded database down with them, except for one command."""
    entered = False
    try:
        with running(stack.installation, stack.services) as supervisor:
            entered = True
            yield supervisor
    finally:
        # Not where another process runs them: `running` refused.
        if entered and stack.installation.mode is not Mode.COMMAND:
            _stop_database()


def _stop_database() -> None:
    from models.store import embedded

    if settings().database_url is None:
        with uninterrupted():
            embedded.stop(settings().home)


def _end(number: int, _frame: object) -> None:
    # Python would end at once, and leave the services behind.
    with contextlib.suppress(OSError):
        console.print(f"Stopping: {reason_of(number)}", highlight=False, soft_wrap=True)
    sys.exit(128 + number)


def _progress(supervisor: Supervisor, seconds: float) -> str:
    waiting = [
        line.name
        for line in supervisor.installation.services
        if line.state is not ServiceState.RUNNING
    ]
    return f"Starting {', '.join(waiting)}... {seconds:.0f} s"

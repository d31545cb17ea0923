"""`up`, `down` and `status`: the services over the configured sources."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from deployments.cli import output
from deployments.services import state
from deployments.services.home import log_path, prepare_home
from deployments.services.logs import open_log
from deployments.services.signals import endings, reason_of
from deployments.services.state import Installation, ServiceState
from models.errors import NightshiftError, Unavailable
from models.processes import is_running
from models.settings import settings

if TYPE_CHECKING:
    from models.sources import Source

MAIN_JOB = "document-datacenter/document-datacenter"
_DETACHED_SECONDS = 180.0
_STOP_SECONDS = 60.0

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]


def up(
    *,
    detach: Annotated[
        bool,
        typer.Option("--detach", help="Return once everything is ready, and leave it running."),
    ] = False,
) -> None:
    """Start the services over the configured sources."""
    from models.sources import load_sources

    sources = load_sources()  # what is wrong with the file is said before anything starts
    prepare_home()
    _warn_of_secrets(sources)
    if detach:
        _detach()
    else:
        _foreground()


def down() -> None:
    """Stop the services and the embedded database."""
    from deployments.services.supervisor import end_leftovers
    from models.store import embedded

    found = state.running_installation()
    if found is not None:
        _stop_supervisor(found)
    ended = end_leftovers()
    database = settings().database_url is None and embedded.stop(settings().home)
    if found or ended or database:
        output.errors.print(f"Stopped what ran in {settings().home}.")
    else:
        output.errors.print(f"Nothing runs in {settings().home}.")


def status(*, as_json: Json = False) -> None:
    """Show which services run."""
    found = _current()
    lines = [*(found.services if found else ()), _database(alone=found is None)]
    if as_json:
        output.print_json(
            {
                "home": str(settings().home),
                "running": found is not None,
                "ui_url": found.ui_url if found else None,
                "gateway_url": found.gateway_url if found else None,
                "services": [msgspec.to_builtins(line) for line in lines],
            }
        )
        return
    rows = [
        [line.name, line.state, line.pid, line.port, line.restarts, line.message] for line in lines
    ]
    columns = ["service", "state", "pid", "port", "restarts", "message"]
    output.print_table(f"Services in {settings().home}", columns, rows)
    if found:
        output.screen.print(f"Prefect UI  {found.ui_url}\nGateway     {found.gateway_url}")
    else:
        output.screen.print("Nothing is supervised here; start it with `nightshift up`.")


def wait_for_signal() -> str:
    """Return when Ctrl-C, SIGTERM, a closed terminal or `nightshift down` asks to end, and which.

    A hang-up that is ignored already, as `nohup` has it, stays ignored.
    """
    asked: list[int] = []
    ended = threading.Event()

    def end(number: int, _frame: object) -> None:
        asked.append(number)
        ended.set()

    for number in endings():
        signal.signal(number, end)
    ended.wait()
    return reason_of(asked[0])


def say_stopping(reason: str) -> None:
    """Say why the services stop; whoever closed the terminal does not read it."""
    with contextlib.suppress(OSError):
        output.errors.print(f"Stopping: {reason}...", highlight=False, soft_wrap=True)


def _foreground() -> None:
    from deployments.services.stack import full_stack
    from deployments.services.starting import start
    from deployments.services.state import Mode

    stack = full_stack(Mode.UP)
    with start(stack) as supervisor:
        _say_where(supervisor.installation, "Ctrl-C or `nightshift down`")
        if _nothing_stored():
            _collect_first(supervisor.installation)
        else:
            _say_schedule()
        say_stopping(wait_for_signal())


def _warn_of_secrets(sources: Sequence[Source]) -> None:
    from deployments.services.examination import empty_variables

    for source in sources:
        for name in empty_variables(source):
            output.errors.print(
                f"Source {source.name}: {name} is empty; export {name}=... and start again",
                highlight=False,
            )


def _nothing_stored() -> bool:
    from models.store import inventory, transaction

    try:
        with transaction() as conn:
            return not inventory.latest_stored(conn)
    except NightshiftError as error:  # the services go on; the store may come back
        output.errors.print(str(error), highlight=False)
        return False


def _say_schedule() -> None:
    from deployments.services import manifest

    for entry in manifest.deployments():
        if entry["name"] == "collect-sources":
            for schedule in entry["schedules"]:
                words = f"Sources are collected on schedule: {schedule['cron']}"
                output.errors.print(f"{words} ({schedule.get('timezone', 'UTC')})", highlight=False)


def _collect_first(found: Installation) -> None:
    """Start the main job where nothing was ever collected and a source can be read."""
    from deployments.services.api import PrefectApi
    from deployments.services.examination import empty_variables
    from models.sources import load_sources

    if all(empty_variables(source) for source in load_sources()):
        return
    api = PrefectApi(found.api_url)
    try:
        run_id = api.start_run(MAIN_JOB, tags=("first",))
    except NightshiftError as error:
        output.errors.print(f"The first collection could not be started: {error}")
        return
    output.errors.print(
        f"Nothing was collected yet, so a first run starts now: "
        f"{api.ui_url}/runs/flow-run/{run_id}",
        highlight=False,
        soft_wrap=True,
    )


def _say_where(installation: Installation, stop: str) -> None:
    from deployments.services.starting import addresses

    for line in addresses(installation, to_person=sys.stderr.isatty()):
        output.errors.print(line, highlight=False)
    output.errors.print(f"Stop with {stop}.")


def _detach() -> None:
    with state.supervising():
        pass  # refused here rather than in a process whose words nobody reads
    with open_log(log_path("supervisor")) as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "deployments.cli", "up"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    with output.errors.status("Starting services..."):
        found = _await_ready(process)
    _say_where(found, "`nightshift down`")
    if _nothing_stored():
        output.errors.print("Nothing is stored yet; a first run starts now if a source is usable.")
    else:
        _say_schedule()


def _await_ready(process: subprocess.Popen[bytes]) -> Installation:
    deadline = time.monotonic() + _DETACHED_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        found = state.running_installation()
        if found and all(line.state is ServiceState.RUNNING for line in found.services):
            return found
        time.sleep(0.2)
    raise Unavailable("services", "loopback", f"did not start; see {log_path('supervisor')}")


def _stop_supervisor(found: Installation) -> None:
    os.kill(found.supervisor_pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    with output.errors.status("Stopping services..."):
        while found.alive and time.monotonic() < deadline:
            time.sleep(0.1)
    if found.alive:
        raise Unavailable(
            "supervisor", str(found.supervisor_pid), "does not end; kill it by its id"
        )


def _current() -> Installation | None:
    """Return what runs; a service whose process is gone is not shown as running."""
    found = state.running_installation()
    if found is None:
        return None
    lines = tuple(_checked(line) for line in found.services)
    return msgspec.structs.replace(found, services=lines)


def _checked(line: state.ServiceStatus) -> state.ServiceStatus:
    if line.pid is None or is_running(line.pid, line.started or ""):
        return line
    return msgspec.structs.replace(line, state=ServiceState.RESTARTING, pid=None)


def _database(*, alone: bool) -> state.ServiceStatus:
    if settings().database_url is not None:
        return state.ServiceStatus(
            name="database",
            state=ServiceState.RUNNING,
            message="that of NIGHTSHIFT_DATABASE_URL",
        )
    from models.store import embedded

    word, pid = embedded.state(settings().home)
    seconds = settings().database_idle_seconds
    ending = f"stops {seconds:g} s after the last verb that used it" if alone and pid else None
    return state.ServiceStatus(name="database", state=ServiceState(word), pid=pid, message=ending)

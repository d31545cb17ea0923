"""Running a flow from the command line: in this process, seen by a real Prefect server.

The server that `nightshift up` or a demo runs is used where there is one; otherwise one is started
for the length of the flow. Prefect's implicit server is never used: it gives up after 20 s.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import msgspec
from rich.console import Console

from deployments.services import state
from deployments.services.api import PrefectApi
from deployments.services.environment import client_environment, quiet_console
from deployments.services.home import prepare_home
from deployments.services.stack import SERVER, server_only
from deployments.services.starting import start
from deployments.services.state import Mode, ServiceState
from deployments.services.waiting import SERVER_START_SECONDS
from deployments.services.watching import watching
from models.errors import Busy, Unavailable
from models.records.document import DocumentReport
from models.records.graph import JoinReport
from models.records.snapshot import SourceReport
from models.settings import settings

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.client.schemas.objects import FlowRun, State

console = Console(stderr=True)
_OTHERS_SECONDS = 600.0
_DRAIN_SECONDS = 10.0
_PAUSE_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a flow run came to; `result` is there also where it failed in part."""

    result: Any
    run_id: str


def collect_sources(names: Sequence[str]) -> tuple[list[SourceReport], JoinReport, str]:
    """Collect, validate and store the named sources, or all, and join what belongs together.

    Returns:
        A report a source, each with the id of its collection; what joining changed; and the flow
        run's id, under which Prefect shows all of them.
    """
    outcome = run_flow("collect_sources", {"sources": list(names)})
    reports = msgspec.convert(outcome.result["sources"], list[SourceReport])
    return reports, msgspec.convert(outcome.result["joins"], JoinReport), outcome.run_id


def generate_documents(names: Sequence[str], *, prose: bool = True) -> list[DocumentReport]:
    """Write the named documents, or all, and bring the index up to date."""
    outcome = run_flow("generate_documents", {"names": list(names), "prose": prose})
    return msgspec.convert(outcome.result["documents"], list[DocumentReport])


def run_flow(name: str, parameters: Mapping[str, Any]) -> Outcome:
    """Run a flow in this process and show its progress on standard error.

    Args:
        name: Of the module in `flows` and of the flow in it, such as `collect_sources`.
        parameters: As the flow takes them.

    Raises:
        NightshiftError: The error that ended the flow.
        Unavailable: The Prefect server did not come up.
    """
    prepare_home()
    with _server() as api:
        # Before the import, which reads them once for good.
        os.environ.update({**client_environment(api.url), **quiet_console()})
        flow: Flow[..., Any] = getattr(importlib.import_module(f"flows.{name}"), name)
        given = dict(parameters)
        run = asyncio.run(_create(flow, given))
        try:
            return asyncio.run(_run(flow, run, given, api))
        except KeyboardInterrupt:
            # Otherwise it is one that died, and a reconciler would start it again.
            api.set_state(str(run.id), "CANCELLED", "Ctrl-C in the terminal")
            raise
        finally:
            _send_what_is_left()


async def _create(flow: Flow[..., Any], parameters: dict[str, Any]) -> FlowRun:
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        run: FlowRun = await client.create_flow_run(flow, parameters=parameters, tags=["terminal"])
    return run


async def _run(
    flow: Flow[..., Any], run: FlowRun, parameters: dict[str, Any], api: PrefectApi
) -> Outcome:
    from prefect.flow_engine import run_flow_async

    with watching(api, str(run.id), console):
        # Its annotation leaves open what return_type settles.
        ended = cast(
            "State[Any]",
            await run_flow_async(flow, flow_run=run, parameters=parameters, return_type="state"),
        )
    result = await ended.aresult(raise_on_failure=False)
    if isinstance(result, BaseException):
        raise result
    return Outcome(result=result, run_id=str(run.id))


def _send_what_is_left() -> None:
    # Otherwise Prefect sends it when this process ends, and tries for a minute to reach a server
    # that was stopped meanwhile.
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    for worker in (APILogWorker, EventsWorker):
        worker.drain_all(timeout=_DRAIN_SECONDS)


@contextlib.contextmanager
def _server() -> Iterator[PrefectApi]:
    """Yield a server that answers, started for this block where none runs.

    Raises:
        Busy: Another command went on for too long.
        Unavailable: The server that runs here does not answer, or its own did not start.
    """
    if outside := settings().prefect_api_url:
        yield _answering(PrefectApi(outside))
        return
    with contextlib.ExitStack() as held:
        yield _lasting_or_own(held)


def _lasting_or_own(held: contextlib.ExitStack) -> PrefectApi:
    """Return the server of the services that run here, or one that lives as long as `held`."""
    deadline = time.monotonic() + _OTHERS_SECONDS
    while True:
        found = state.running_installation()
        if found is not None and found.mode is not Mode.COMMAND:
            return _answering(PrefectApi(found.api_url), _is_starting)
        if found is None and (api := _own(held)) is not None:
            return api
        _await_another(found, deadline)


def _await_another(found: state.Installation | None, deadline: float) -> None:
    """Wait while another command runs; its server ends with it, and is of no use to a second."""
    who = f"process {found.supervisor_pid}" if found else "it starts just now"
    with console.status(f"Waiting for another command ({who})..."):
        while True:
            # One that has the lock and no state file yet, or no more, is looked for again.
            time.sleep(_PAUSE_SECONDS)
            if time.monotonic() > deadline:
                raise Busy(f"another command runs in {settings().home}; try again later")
            found = state.running_installation()
            if found is None or found.mode is not Mode.COMMAND:
                return


def _own(held: contextlib.ExitStack) -> PrefectApi | None:
    """Start a server for this command; None where another process was quicker."""
    stack = server_only()
    try:
        held.enter_context(start(stack))
    except Busy:
        return None
    return PrefectApi(stack.installation.api_url)


def _answering(api: PrefectApi, starting: Callable[[], bool] = lambda: False) -> PrefectApi:
    deadline = time.monotonic() + SERVER_START_SECONDS
    while not api.is_ready():
        if not starting() or time.monotonic() > deadline:
            raise Unavailable("prefect", api.url, "does not answer; see `nightshift doctor`")
        time.sleep(_PAUSE_SECONDS)
    return api


def _is_starting() -> bool:
    found = state.running_installation()
    server = found.service(SERVER) if found else None
    return server is not None and server.state in {ServiceState.STARTING, ServiceState.RESTARTING}

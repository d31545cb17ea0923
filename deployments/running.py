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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import msgspec
from rich.console import Console

from deployments.services import state
from deployments.services.api import PrefectApi
from deployments.services.environment import client_environment, quiet_console
from deployments.services.home import prepare_home
from deployments.services.stack import server_only
from deployments.services.starting import start
from deployments.services.state import Mode
from deployments.services.watching import watching
from models.errors import Busy, NightshiftError, Unavailable
from models.records.document import DocumentReport
from models.records.snapshot import SourceReport
from models.settings import settings

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.client.schemas.objects import FlowRun, State

console = Console(stderr=True)
_OTHERS_SECONDS = 600.0
_DRAIN_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a flow run came to; `result` is there also where it failed in part."""

    result: Any
    failed: bool
    message: str
    run_id: str
    run_url: str


def run_main_job(parameters: Mapping[str, Any] | None = None) -> Outcome:
    """Run the main job; parameters as in `flows.document_datacenter`."""
    return run_flow("document_datacenter", parameters)


def collect_sources(names: Sequence[str]) -> tuple[list[SourceReport], str | None]:
    """Collect, validate and store the named sources, or all.

    Returns:
        A report a source, and the flow run's id, under which Prefect shows it.
    """
    outcome = run_flow("collect_sources", {"sources": list(names)})
    return msgspec.convert(outcome.result["sources"], list[SourceReport]), outcome.run_id


def generate_documents(names: Sequence[str], *, prose: bool = True) -> list[DocumentReport]:
    """Write the named documents, or all, and bring the index up to date."""
    outcome = run_flow("generate_documents", {"names": list(names), "prose": prose})
    return msgspec.convert(outcome.result["documents"], list[DocumentReport])


def run_flow(
    name: str, parameters: Mapping[str, Any] | None = None, *, quiet: bool = False
) -> Outcome:
    """Run a flow in this process and show its progress on standard error.

    Args:
        name: Of the module in `flows` and of the flow in it, such as `collect_sources`.
        parameters: As the flow takes them.
        quiet: Show no bars.

    Raises:
        NightshiftError: The error that ended the flow.
        Unavailable: The Prefect server did not come up.
    """
    prepare_home()
    with _server() as api:
        # Before the import, which reads them once for good.
        os.environ.update({**client_environment(api.url), **quiet_console()})
        flow: Flow[..., Any] = getattr(importlib.import_module(f"flows.{name}"), name)
        try:
            return asyncio.run(_run(flow, dict(parameters or {}), api, quiet=quiet))
        finally:
            _send_what_is_left()


async def _run(
    flow: Flow[..., Any], parameters: dict[str, Any], api: PrefectApi, *, quiet: bool
) -> Outcome:
    from prefect.client.orchestration import get_client
    from prefect.flow_engine import run_flow_async

    async with get_client() as client:
        run: FlowRun = await client.create_flow_run(flow, parameters=parameters, tags=["terminal"])
    with contextlib.nullcontext() if quiet else watching(api, str(run.id), console):
        # Its annotation leaves open what return_type settles.
        ended = cast(
            "State[Any]",
            await run_flow_async(flow, flow_run=run, parameters=parameters, return_type="state"),
        )
    result = await ended.aresult(raise_on_failure=False)
    if isinstance(result, BaseException):
        raise result
    return Outcome(
        result=result,
        failed=not ended.is_completed(),
        message=ended.message or "",
        run_id=str(run.id),
        run_url=f"{api.ui_url}/runs/flow-run/{run.id}",
    )


def _send_what_is_left() -> None:
    # Otherwise Prefect sends it when this process ends, and tries for a minute to reach a server
    # that was stopped meanwhile.
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    for worker in (APILogWorker, EventsWorker):
        worker.drain_all(timeout=_DRAIN_SECONDS)


@contextlib.contextmanager
def _server() -> Iterator[PrefectApi]:
    """Yield a server that answers, started for this block where none runs."""
    if outside := settings().prefect_api_url:
        yield _answering(PrefectApi(outside))
        return
    if (found := _lasting()) is not None:
        yield _answering(PrefectApi(found.api_url))
        return
    stack = server_only()
    with start(stack):
        yield PrefectApi(stack.installation.api_url)


def _lasting() -> state.Installation | None:
    """Return the services that run here; those of another command are awaited to their end."""
    deadline = time.monotonic() + _OTHERS_SECONDS
    found = state.running_installation()
    if found is None or found.mode is not Mode.COMMAND:
        return found
    with console.status(f"Waiting for another command (process {found.supervisor_pid})..."):
        while (found := state.running_installation()) and found.mode is Mode.COMMAND:
            if time.monotonic() > deadline:
                raise Busy(f"another command runs in {settings().home}; try again later")
            time.sleep(0.2)
    return found


def _answering(api: PrefectApi) -> PrefectApi:
    try:
        ready = api.is_ready()
    except NightshiftError:
        ready = False
    if not ready:
        raise Unavailable("prefect", api.url, "does not answer; see `nightshift doctor`")
    return api

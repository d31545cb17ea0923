"""Runs on other workers: what a GPU helps goes to the pool `gpu` when a worker polls it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import WorkerFilter, WorkerFilterStatus
from prefect.client.schemas.objects import FlowRun, State, StateType, WorkerStatus
from prefect.deployments import arun_deployment
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.states import Cancelled, Cancelling

from flows import artifacts
from tasks.policies import ON_GPU, Patience

T = TypeVar("T")
logger = logging.getLogger(__name__)

DEFAULT, GPU = "default", "gpu"
_POLL_SECONDS = 2
_CANCEL_SECONDS = 30


async def on_gpu_or_here(
    name: str, here: Callable[[], Awaitable[T]], parameters: Mapping[str, Any] | None = None
) -> T | None:
    """Run the deployment `name/name` on the pool `gpu`, or `here` where that is not to be had.

    Which of the two it was is logged and shown as an artifact.

    Args:
        name: Of the flow and of its deployment.
        here: Does the same work in this process.
        parameters: What the flow is given on `gpu`.

    Returns:
        What `here` returned; None when the work was done on `gpu`.
    """
    if not await has_worker(GPU):
        await _note(name, f"`{name}` ran on `default`: no worker polls the pool `{GPU}`.")
    elif (reason := await run_elsewhere(name, parameters or {}, ON_GPU)) is None:
        await _note(name, f"`{name}` ran on `{GPU}`.")
        return None
    else:
        await _note(name, f"`{name}` ran on `default`: its run on `{GPU}` {reason}.")
    return await here()


async def has_worker(pool: str) -> bool:
    """Tell whether a worker polls the pool now."""
    online = WorkerFilter(status=WorkerFilterStatus(any_=[WorkerStatus.ONLINE]))
    async with get_client() as client:
        try:
            # Without numbers for both, the server of Prefect 3.8.8 answers 422.
            return bool(await client.read_workers_for_work_pool(pool, online, offset=0, limit=1))
        except (ObjectNotFound, PrefectHTTPStatusError) as error:
            # A server that was started for one command has no pools at all.
            if isinstance(error, PrefectHTTPStatusError) and not _is_absent(error):
                raise
            return False


def _is_absent(error: PrefectHTTPStatusError) -> bool:
    return error.response.status_code == HTTPStatus.NOT_FOUND


async def run_elsewhere(name: str, parameters: Mapping[str, Any], patience: Patience) -> str | None:
    """Run the deployment `name/name` on its pool to its end; returns what went wrong, or None."""
    try:
        run = await arun_deployment(f"{name}/{name}", parameters=dict(parameters), timeout=0)
    except ObjectNotFound:
        return "is not deployed"
    async with get_client() as client:
        run, reason = await _await_end(client, run, patience)
        if reason is not None:
            await _cancel(client, run, f"{reason}; who started it goes on without it")
            return reason
    return None if _is_in(run, StateType.COMPLETED) else f"ended {_state_name(run)}"


async def _await_end(
    client: PrefectClient, run: FlowRun, patience: Patience
) -> tuple[FlowRun, str | None]:
    """Return the run when it ended, or when it should have come further, with what it has not."""
    began = time.monotonic()
    while not _is_final(run):
        words, allowed_seconds = _next(run, patience)
        if time.monotonic() - began > allowed_seconds:
            return run, f"{words} within {allowed_seconds:.0f} s"
        await asyncio.sleep(_POLL_SECONDS)
        run = await client.read_flow_run(run.id)
    return run, None


def _next(run: FlowRun, patience: Patience) -> tuple[str, float]:
    # What a dead worker had taken stays as it was, so each state has its time.
    if run.state is None or _is_in(run, StateType.SCHEDULED):
        return "was not taken up", patience.taken_up_seconds
    if _is_in(run, StateType.PENDING):
        return "did not begin", patience.begun_seconds
    return "did not end", patience.total_seconds


async def _cancel(client: PrefectClient, run: FlowRun, reason: str) -> None:
    if _is_in(run, StateType.RUNNING):
        # A worker that lives ends its process, lest it goes on beside the one here.
        await _put(client, run, Cancelling(message=reason))
        for _ in range(_CANCEL_SECONDS // _POLL_SECONDS):
            await asyncio.sleep(_POLL_SECONDS)
            if _is_final(await client.read_flow_run(run.id)):
                return
    await _put(client, run, Cancelled(message=reason))


async def _put(client: PrefectClient, run: FlowRun, state: State[Any]) -> None:
    await client.set_flow_run_state(run.id, state, force=True)


def _is_in(run: FlowRun, state: StateType) -> bool:
    return run.state is not None and run.state.type is state


def _is_final(run: FlowRun) -> bool:
    return run.state is not None and run.state.is_final()


def _state_name(run: FlowRun) -> str:
    return str(run.state.name if run.state else None)


async def _note(name: str, text: str) -> None:
    logger.info("%s", text)
    await artifacts.publish_note(f"{name}-pool", text)

"""Where steps run that a GPU helps: on the pool `gpu` when a worker polls it, otherwise here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, TypeVar

from prefect import get_client
from prefect.client.schemas.filters import WorkerFilter, WorkerFilterStatus
from prefect.client.schemas.objects import FlowRun, State, WorkerStatus
from prefect.deployments import arun_deployment
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.states import Cancelled

from flows import artifacts

T = TypeVar("T")
logger = logging.getLogger(__name__)

GPU = "gpu"
_POLL_SECONDS = 2
_TAKEN_UP_SECONDS = 30


async def on_gpu_or_here(name: str, here: Callable[[], Awaitable[T]]) -> T | None:
    """Run the deployment `name/name` on the pool `gpu`, or `here` where that is not to be had.

    Which of the two it was is logged and shown as an artifact.

    Returns:
        What `here` returned; None when the work was done on `gpu`.
    """
    if not await has_worker(GPU):
        await _note(name, f"`{name}` ran on `default`: no worker polls the pool `{GPU}`.")
    elif (reason := await _run_on_gpu(name)) is None:
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


async def _run_on_gpu(name: str) -> str | None:
    """Run it there to its end; returns what went wrong, or None."""
    try:
        run = await arun_deployment(f"{name}/{name}", timeout=0)
    except ObjectNotFound:
        return "is not deployed"
    async with get_client() as client:
        # A worker that died counts as online for another minute or two.
        for _ in range(_TAKEN_UP_SECONDS // _POLL_SECONDS):
            if not _waits(run):
                break
            await asyncio.sleep(_POLL_SECONDS)
            run = await client.read_flow_run(run.id)
        if _waits(run):
            cancelled: State[Any] = Cancelled(message=f"no worker of {GPU} took it up")
            await client.set_flow_run_state(run.id, cancelled, force=True)
            return f"was not taken up within {_TAKEN_UP_SECONDS} s"
        while run.state is None or not run.state.is_final():
            await asyncio.sleep(_POLL_SECONDS)
            run = await client.read_flow_run(run.id)
    return None if run.state.is_completed() else f"ended {run.state.name}"


def _waits(run: FlowRun) -> bool:
    return run.state is None or run.state.is_scheduled()


async def _note(name: str, text: str) -> None:
    logger.info("%s", text)
    await artifacts.publish_note(f"{name}-pool", text)

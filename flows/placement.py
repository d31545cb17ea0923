"""Where steps run that a GPU helps: on the pool `gpu` when a worker polls it, otherwise here."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from prefect import get_client
from prefect.client.schemas.filters import WorkerFilter, WorkerFilterStatus
from prefect.client.schemas.objects import WorkerStatus
from prefect.deployments import arun_deployment
from prefect.exceptions import ObjectNotFound

from flows import artifacts

T = TypeVar("T")
logger = logging.getLogger(__name__)

GPU = "gpu"
_POLL_SECONDS = 2


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
        except ObjectNotFound:
            return False


async def _run_on_gpu(name: str) -> str | None:
    try:
        run = await arun_deployment(f"{name}/{name}", poll_interval=_POLL_SECONDS)
    except ObjectNotFound:
        return "is not deployed"
    if run.state is not None and run.state.is_completed():
        return None
    return f"ended {run.state.name if run.state else 'without a state'}"


async def _note(name: str, text: str) -> None:
    logger.info("%s", text)
    await artifacts.publish_note(f"{name}-pool", text)

"""Makes the server's pools, queues and deployments what `prefect.yaml` says, then ends.

`python -m deployments.services.register`; doing it again changes nothing. It stands in for
`prefect deploy`, which in Prefect 3.8.8 asks for the pool's workers with `limit: null` after each
deployment and dies of the server's 422.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import Any

from prefect import Flow
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.objects import ConcurrencyLimitStrategy, ConcurrencyOptions
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import ObjectAlreadyExists
from prefect.flows import load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema
from prefect.workers.process import ProcessWorker

from deployments.services import manifest
from deployments.services.waiting import wait_for_server


def main() -> None:
    """Register everything with the server of `PREFECT_API_URL`."""
    # Flows are loaded while the server starts.
    loaded = {entry["name"]: load_flow(entry) for entry in manifest.deployments()}
    wait_for_server(os.environ["PREFECT_API_URL"])
    asyncio.run(_register(loaded))


def load_flow(entry: dict[str, Any]) -> Flow[..., Any]:
    """Import the flow of one deployment."""
    return load_flow_from_entrypoint(entry["entrypoint"], use_placeholder_flow=False)


async def _register(loaded: dict[str, Flow[..., Any]]) -> None:
    async with get_client() as client:
        for pool in manifest.pools():
            await _make_pool(client, pool)
        for entry in manifest.deployments():
            await _make_deployment(client, entry, loaded[entry["name"]])


async def _make_pool(client: PrefectClient, pool: str) -> None:
    template = ProcessWorker.get_default_base_job_template()
    wanted = WorkPoolCreate(name=pool, type=ProcessWorker.type, base_job_template=template)
    # A worker that was quicker made it, or it is not the first start.
    with contextlib.suppress(ObjectAlreadyExists):
        await client.create_work_pool(wanted)
    limits = manifest.queue_limits()
    for queue, priority in manifest.queues().items():
        await _make_queue(client, pool, queue, priority, limits.get(queue))


async def _make_queue(
    client: PrefectClient, pool: str, queue: str, priority: int, limit: int | None
) -> None:
    try:
        await client.create_work_queue(
            queue, priority=priority, concurrency_limit=limit, work_pool_name=pool
        )
    except ObjectAlreadyExists:
        found = await client.read_work_queue_by_name(queue, work_pool_name=pool)
        if (found.priority, found.concurrency_limit) != (priority, limit):
            await client.update_work_queue(found.id, priority=priority, concurrency_limit=limit)


async def _make_deployment(
    client: PrefectClient, entry: dict[str, Any], flow: Flow[..., Any]
) -> None:
    limit = entry.get("concurrency_limit") or {}
    pool = entry["work_pool"]
    strategy = limit.get("collision_strategy", "ENQUEUE")
    await client.create_deployment(
        flow_id=await client.create_flow(flow),
        name=entry["name"],
        description=entry.get("description"),
        entrypoint=entry["entrypoint"],
        parameters=entry.get("parameters", {}),
        parameter_openapi_schema=parameter_schema(flow).model_dump_for_openapi(),
        enforce_parameter_schema=True,
        tags=entry.get("tags", []),
        schedules=[_schedule(schedule) for schedule in entry.get("schedules", [])],
        concurrency_limit=limit.get("limit"),
        concurrency_options=ConcurrencyOptions(
            collision_strategy=ConcurrencyLimitStrategy(strategy)
        ),
        work_pool_name=pool["name"],
        work_queue_name=pool["work_queue_name"],
        job_variables=pool.get("job_variables", {}),
        pull_steps=entry.get("pull") or None,
    )


def _schedule(entry: dict[str, Any]) -> DeploymentScheduleCreate:
    return DeploymentScheduleCreate(
        schedule=CronSchedule(cron=entry["cron"], timezone=entry.get("timezone", "UTC")),
        active=entry.get("active", True),
        slug=entry["slug"],
    )


if __name__ == "__main__":
    main()

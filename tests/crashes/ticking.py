"""A deployment whose schedule fires some times, seconds apart; its flow notes each firing on disk.

usage: python -m tests.crashes.ticking JOURNAL COUNT SECONDS AT_ONCE   registers it
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.schedules import RRuleSchedule
from prefect.runtime import flow_run

from deployments.services.register import _make_pool
from deployments.services.waiting import wait_for_server

FIRST_SECONDS = 8.0  # from the registration to the first firing: the scheduler looks every 5 s


@flow(name="tick", persist_result=False)
async def tick(journal: str, seconds: float) -> None:
    """Note what was due, and which run this is, before and after some seconds."""
    due = flow_run.scheduled_start_time.astimezone(UTC).isoformat()
    note(Path(journal), f"{due} {flow_run.id} begun")
    await asyncio.sleep(seconds)
    note(Path(journal), f"{due} {flow_run.id} ended")


def note(journal: Path, line: str) -> None:
    """Add a line in one write, on disk before anything else happens."""
    with journal.open("ab", buffering=0) as file:
        file.write(f"{line}\n".encode())
        os.fsync(file.fileno())


async def register(journal: Path, count: int, seconds: float, at_once: int) -> None:
    """Make the deployment, and write down when its schedule is to fire."""
    began = time.monotonic()
    async with get_client() as client:
        await _make_pool(client, "default")
        flow_id = await client.create_flow(tick)
        # On a machine that is busy the scheduler will be as late as these calls were slow.
        first = FIRST_SECONDS + 10 * (time.monotonic() - began)
        rule, due = firings(first, count, seconds)
        await client.create_deployment(
            flow_id=flow_id,
            name="tick",
            entrypoint="tests.crashes.ticking.tick",
            parameters={"journal": str(journal), "seconds": seconds / 2},
            schedules=[DeploymentScheduleCreate(schedule=RRuleSchedule(rrule=rule), active=True)],
            concurrency_limit=at_once,
            work_pool_name="default",
            work_queue_name="triage",
            job_variables={"command": "python -m prefect.engine"},
        )
    text = "".join(f"{one.isoformat()}\n" for one in due)
    journal.with_suffix(".due").write_text(text, encoding="ascii")


def firings(first: float, count: int, seconds: float) -> tuple[str, list[datetime]]:
    """Return a rule that fires so often, so many seconds apart, and the times that it names."""
    begin = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=round(first))
    rule = f"FREQ=SECONDLY;INTERVAL={seconds:.0f};COUNT={count}"
    due = [begin + timedelta(seconds=seconds * number) for number in range(count)]
    return f"DTSTART:{begin:%Y%m%dT%H%M%SZ}\nRRULE:{rule}", due


if __name__ == "__main__":
    wait_for_server(os.environ["PREFECT_API_URL"])
    asyncio.run(register(Path(sys.argv[1]), *map(int, sys.argv[2:])))

"""What tests do with Prefect's client, in a process of its own: `python -m tests.flows.through_prefect WHAT`.

Prefect leaves sockets and threads behind, which pytest takes for errors of the test. Prints one JSON
value.
"""

import asyncio
import dataclasses
import json
import os
import sys

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.states import Crashed, Pending, Running

from deployments.services.api import PrefectApi
from flows import placement
from tasks.knowledge import steps as knowledge
from tasks.maintenance import steps as maintenance

PLACED = {
    "waits": ("embed", ()),
    "is taken": ("embed", (Pending(),)),
    "runs": ("embed", (Pending(), Running())),
    "crashes": ("embed", (Pending(), Running(), Crashed())),
    "has names": ("write-prose", (Crashed(),)),
}
api = PrefectApi(os.environ["PREFECT_API_URL"])


async def dead_runs():
    """Make three runs: one alone, one that will be cancelled, one that another run awaits."""
    async with get_client() as client:
        deployment = await client.read_deployment_by_name("embed/embed")

        async def run(**options):
            return await client.create_flow_run_from_deployment(
                deployment.id, state=Running(), **options
            )

        alone, cancelled = await run(), await run()
        parent = await client.create_task_run(
            task=knowledge.embed, flow_run_id=alone.id, dynamic_key="0", state=Running()
        )
        awaited = await run(parent_task_run_id=parent.id)
    return [str(found.id) for found in (alone, cancelled, awaited)]


async def never_begun():
    """Leave runs as a worker does that dies before they start: one alone, one awaited, one waiting."""
    async with get_client() as client:
        deployment = await client.read_deployment_by_name("embed/embed")
        made = client.create_flow_run_from_deployment
        taken, waiting = await made(deployment.id), await made(deployment.id)
        parent = await client.create_task_run(
            task=knowledge.embed, flow_run_id=waiting.id, dynamic_key="0", state=Running()
        )
        awaited = await made(deployment.id, parent_task_run_id=parent.id)
        for one in (taken, awaited):
            await client.set_flow_run_state(one.id, Pending(), force=True)
        early = await maintenance.schedule_never_begun()
        late = await maintenance.schedule_never_begun(0.0)
        states = [
            (await client.read_flow_run(one.id)).state.type for one in (taken, waiting, awaited)
        ]
        for one in (taken, waiting, awaited):
            await client.delete_flow_run(one.id)
    return {"early": early, "late": late, "taken": taken.name, "states": states}


@flow(name="main-job", persist_result=False)
async def main_job(name):
    async def here():
        return "here"

    return await placement.on_gpu_or_here(name, here, {"names": ["a"]} if "-" in name else None)


async def placing():
    """Place work while a worker of gpu brings its run into some states, and then is silent."""
    placement.ON_GPU = dataclasses.replace(
        placement.ON_GPU, taken_up_seconds=2, begun_seconds=2, total_seconds=2
    )
    placement._POLL_SECONDS = placement._CANCEL_SECONDS = 1
    return {case: await placed(name, states) for case, (name, states) in PLACED.items()}


async def placed(name, states):
    async with get_client() as client:
        await client.send_worker_heartbeat("gpu", "a worker", heartbeat_interval_seconds=30)
        deployment = await client.read_deployment_by_name(f"{name}/{name}")
        job = asyncio.create_task(main_job(name))
        while not (waiting := await asyncio.to_thread(waiting_runs, str(deployment.id))):
            await asyncio.sleep(0.1)
        for state in states:
            await client.set_flow_run_state(waiting[0], state, force=True)
        said = await job
        run = await client.read_flow_run(waiting[0])
    return {
        "said": said,
        "state": run.state.type.value,
        "is_awaited": run.parent_task_run_id is not None,
        "parameters": run.parameters,
        "note": api._call("GET", f"/artifacts/{name}-pool/latest")["data"],
    }


def waiting_runs(deployment_id):
    runs = api.flow_runs("SCHEDULED")
    return [run["id"] for run in runs if run["deployment_id"] == deployment_id]


WHAT = {"dead-runs": dead_runs, "never-begun": never_begun, "placing": placing}

if __name__ == "__main__":
    found = asyncio.run(WHAT[sys.argv[1]]())
    sys.stdout.write(json.dumps(found))

"""Steps that look after runs and retention."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.deployments import arun_deployment
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Crashed, Scheduled

from models.settings import settings
from models.store import work
from tasks.maintenance import recovery
from tasks.maintenance.recovery import Recovery
from tasks.policies import ONCE, USE_STORE
from tasks.policies.steps import step

_CANCELLED = frozenset({StateType.CANCELLED, StateType.CANCELLING})
# A pool may have to pull an image between taking a run and starting its process.
NEVER_BEGUN_SECONDS = 900.0
_MOST_PENDING = 200  # of one reconciliation; the next takes the others
_PENDING = FlowRunFilterStateType(any_=[StateType.PENDING])


@step(USE_STORE)
async def dead_runs() -> list[Recovery]:
    """Return what to do about each run that died and has not been taken up again."""
    rows = await asyncio.to_thread(work.abandoned)
    return [recovery.decide(row) for row in rows if recovery.is_dead(row)]


@step(ONCE)
async def schedule_never_begun(seconds: float = NEVER_BEGUN_SECONDS) -> list[dict[str, Any]]:
    """Schedule anew the runs that a worker took and did not begin for so long; say which.

    A worker that dies between taking a run and starting its process leaves it pending, and nothing
    of Prefect takes it up again. Of a process that comes late after all, `models.store.work` lets
    one at a time do the work.
    """
    wanted = FlowRunFilter(state=FlowRunFilterState(type=_PENDING))
    latest = datetime.now(UTC) - timedelta(seconds=seconds)
    async with get_client() as client:
        found = await client.read_flow_runs(
            flow_run_filter=wanted, sort=FlowRunSort.EXPECTED_START_TIME_ASC, limit=_MOST_PENDING
        )
        dead = [run for run in found if _is_for_a_worker(run) and _since(run) < latest]
        for run in dead:
            again: State[Any] = Scheduled(message="The worker that took it did not begin it.")
            await client.set_flow_run_state(run.id, again, force=True)
    return [{"run": run.name, "attempt": 1, "outcome": "scheduled again"} for run in dead]


@step(ONCE, "recover {found.key}")
async def recover(found: Recovery) -> dict[str, Any]:
    """Show a dead run as crashed, then start it once more or give it up; say which.

    A run that a person cancelled is not started again, nor one that another run awaits: that one
    sees its end and does the work itself, and would be beside it.
    """
    async with get_client() as client:
        run = await _dead_run(client, found.dead_run_id)
        cancelled = run is not None and await _end_cancelled(client, run)
        if run is not None and not cancelled:
            await _mark_crashed(client, run)
    if cancelled:
        return await _give_up(found, "it was cancelled")
    if run is not None and run.parent_task_run_id is not None:
        return await _give_up(found, "the run that awaits it goes on without it")
    if found.gives_up:
        return await _give_up(found, f"died {found.attempt} times")
    return await _once_more(found)


@step(USE_STORE)
async def apply_retention() -> dict[str, int]:
    """Delete what is past its retention; returns how much of each.

    The size that is left is noted, from which the growth of the database becomes known.
    """
    from models.store import maintenance

    deleted = await asyncio.to_thread(maintenance.apply_retention, settings().retention_days)
    await asyncio.to_thread(maintenance.note_size)
    return dict(deleted)


def _is_for_a_worker(run: FlowRun) -> bool:
    # What another run awaits, that one ends itself and does the work in its place.
    return run.work_queue_id is not None and run.parent_task_run_id is None


def _since(run: FlowRun) -> datetime:
    return run.state.timestamp if run.state else datetime.now(UTC)


async def _once_more(found: Recovery) -> dict[str, Any]:
    again = await _start_again(found)
    if again.state is not None and again.state.is_final():
        # It ended before it could take its row; starting it for ever would help nobody.
        return await _give_up(found, f"the run started in its place is {again.state.name}")
    return _line(found, f"started again as {again.name}")


async def _start_again(found: Recovery) -> FlowRun:
    return await arun_deployment(
        found.deployment,
        parameters=dict(found.parameters),
        timeout=0,
        idempotency_key=found.idempotency_key,
        tags=["retry", f"attempt-{found.attempt + 1}"],
        as_subflow=False,
    )


async def _give_up(found: Recovery, reason: str) -> dict[str, Any]:
    message = f"{reason}; last flow run {found.dead_run_id}"
    await asyncio.to_thread(work.finish, found.kind, found.key, message, found.holder)
    return _line(found, f"given up: {reason}")


async def _dead_run(client: PrefectClient, run_id: str | None) -> FlowRun | None:
    if run_id is None:
        return None
    try:
        return await client.read_flow_run(UUID(run_id))
    except ObjectNotFound:  # deleted, or a run of another server
        return None


async def _end_cancelled(client: PrefectClient, run: FlowRun) -> bool:
    """Tell whether a person cancelled the run; one that was being cancelled has been now."""
    if run.state is None or run.state.type not in _CANCELLED:
        return False
    if not run.state.is_final():
        ended: State[Any] = Cancelled(message="Its process ended.")
        await client.set_flow_run_state(run.id, ended, force=True)
    return True


async def _mark_crashed(client: PrefectClient, run: FlowRun) -> None:
    if run.state is None or not run.state.is_final():
        message = "Its process died; nightshift's reconciler noticed."
        await client.set_flow_run_state(run.id, Crashed(message=message), force=True)


def _line(found: Recovery, outcome: str) -> dict[str, Any]:
    return {"run": found.key, "attempt": found.attempt, "outcome": outcome}

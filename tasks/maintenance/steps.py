"""Steps that look after runs and retention."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.deployments import arun_deployment
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Crashed

from models.settings import settings
from models.store import work
from tasks.maintenance import recovery
from tasks.maintenance.recovery import Recovery
from tasks.policies import ONCE, USE_STORE
from tasks.policies.steps import step

_CANCELLED = frozenset({StateType.CANCELLED, StateType.CANCELLING})


@step(USE_STORE)
async def dead_runs() -> list[Recovery]:
    """Return what to do about each run that died and has not been taken up again."""
    rows = await asyncio.to_thread(work.abandoned)
    return [recovery.decide(row) for row in rows if recovery.is_dead(row)]


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

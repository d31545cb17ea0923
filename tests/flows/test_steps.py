import ast
import asyncio
from contextlib import nullcontext
from pathlib import Path

import pytest
from prefect import Task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import TaskRun
from prefect.states import Failed

import flows.triage_alerts
import flows.triage_sweep
import tasks.alerts.notices.steps
import tasks.alerts.steps
import tasks.documents.steps
import tasks.inventory.steps
import tasks.knowledge.steps
import tasks.maintenance.steps
from models.errors import AccessDenied, Busy, Refused, StoreUnavailable, Unavailable
from models.settings import settings
from models.store import transaction
from tasks.policies import READ_SOURCE
from tasks.policies.steps import when_transient

ROOM = Path(tasks.inventory.steps.__file__).parents[1]
STEPS = [
    found
    for module in (
        tasks.alerts.notices.steps,
        tasks.alerts.steps,
        tasks.inventory.steps,
        tasks.documents.steps,
        tasks.knowledge.steps,
        tasks.maintenance.steps,
    )
    for found in vars(module).values()
    if isinstance(found, Task)
]


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (Unavailable("vmware", "vc1", "timed out"), True),
        (StoreUnavailable("restarted"), True),
        (AccessDenied("vmware", "vc1", "bad password"), False),
        (Refused("held"), False),
        (ZeroDivisionError(), False),
    ],
)
def test_only_an_error_that_calls_itself_transient_is_tried_again(error, again):
    run = TaskRun.model_construct()

    async def asked_by_an_async_task():
        return when_transient(STEPS[0], run, Failed(data=error))

    assert asyncio.run(asked_by_an_async_task()) is again


@pytest.mark.parametrize(
    ("flow", "step"),
    [(flows.triage_sweep.triage_sweep, "sweep"), (flows.triage_alerts.triage_alerts, "drain")],
)
def test_only_another_run_ends_a_triage_well_and_not_a_person_who_is_quicker(
    flow, step, monkeypatch
):
    async def too_late(*_):
        raise Busy("an incident was changed")

    monkeypatch.setattr(tasks.alerts.steps, step, too_late)
    monkeypatch.setitem(flow.fn.__globals__, "once", nullcontext)
    with pytest.raises(Busy):
        asyncio.run(flow.fn())

    def taken():
        raise Busy("a living run holds it")

    monkeypatch.setitem(flow.fn.__globals__, "once", taken)
    assert asyncio.run(flow.fn()) == 0


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.fn.__qualname__)
def test_no_step_caches_or_keeps_its_result_and_each_has_a_limit(step):
    assert step.cache_policy is NO_CACHE
    assert step.persist_result is False
    assert step.timeout_seconds > 0
    assert step.retry_condition_fn is when_transient


def test_a_collector_gives_up_before_prefect_does():
    assert READ_SOURCE.timeout_seconds > settings().collection_deadline_seconds


def test_policies_stand_in_one_file():
    for path in ROOM.rglob("*.py"):
        if path.parent.name == "policies":
            continue
        calls = [
            node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)
        ]
        words = {keyword.arg for call in calls for keyword in call.keywords}
        assert not words & {"retry_delay_seconds", "cache_policy", "retry_condition_fn"}, path


def test_cleaning_up_notes_the_size_from_which_the_growth_becomes_known(database):
    asyncio.run(tasks.maintenance.steps.apply_retention.fn())

    with transaction() as conn:
        (noted,) = conn.execute("SELECT bytes FROM database_sizes").fetchall()
    assert noted[0] > 0

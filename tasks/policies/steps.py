"""How a policy becomes a Prefect task."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import exponential_backoff

from models.errors import NightshiftError
from tasks.policies import Policy

P = ParamSpec("P")
R = TypeVar("R")


def when_transient(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Tell Prefect to retry only errors that call themselves transient."""
    # Not state.result(): asked by an async task it gives a coroutine, and nothing would be retried.
    return isinstance(state.data, NightshiftError) and state.data.transient


def step(
    policy: Policy, run_name: str | None = None
) -> Callable[[Callable[P, Coroutine[Any, Any, R]]], Task[P, Coroutine[Any, Any, R]]]:
    """Turn a coroutine function into a Prefect task under a policy.

    Args:
        policy: One of `tasks.policies`.
        run_name: What a run of it is called; may use the arguments, as in "collect {source}".
    """
    return task(
        task_run_name=run_name,
        retries=policy.retries,
        retry_delay_seconds=exponential_backoff(policy.first_wait_seconds) if policy.retries else 0,
        retry_jitter_factor=0.5 if policy.retries else None,
        retry_condition_fn=when_transient,
        timeout_seconds=policy.timeout_seconds,
        cache_policy=NO_CACHE,
        persist_result=False,
    )

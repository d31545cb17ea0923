"""Every retry, timeout and cache policy of every step, in one place.

A step is tried again only when its error calls itself transient (`models.errors`). Nothing is
cached and no result is kept in Prefect: that a repeated step does no harm is settled by rows in
Postgres.
A timeout here is a last resort, hence larger than the deadline that the step's own code keeps:
Prefect's is not one of our errors, so it is not tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import exponential_backoff

from models.errors import NightshiftError
from models.settings import settings

P = ParamSpec("P")
R = TypeVar("R")

_SLACK_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How often a step is tried again, how long it waits first, how long one try may take."""

    retries: int
    first_wait_seconds: float
    timeout_seconds: float


# Four tries in about 35 s (5, 10, 20 with jitter): a vCenter that restarts takes longer than that
# and is for the next scheduled run; a lost connection or a busy source is not.
READ_SOURCE = Policy(
    retries=3,
    first_wait_seconds=5,
    timeout_seconds=settings().collection_deadline_seconds + _SLACK_SECONDS,
)
# Postgres restarts in a second or two; statements have their own, much shorter timeout.
USE_STORE = Policy(retries=4, first_wait_seconds=1, timeout_seconds=900)
# The client has its own retries and breaker; this covers only a store that was away meanwhile.
ASK_MODEL = Policy(retries=1, first_wait_seconds=5, timeout_seconds=3600)
EMBED = Policy(retries=2, first_wait_seconds=2, timeout_seconds=3600)
ONCE = Policy(retries=0, first_wait_seconds=0, timeout_seconds=600)


def when_transient(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Tell Prefect to retry only errors that call themselves transient."""
    # Not state.result(): asked by an async task it gives a coroutine, and nothing would be retried.
    return isinstance(state.data, NightshiftError) and state.data.transient


def step(
    policy: Policy, run_name: str | None = None
) -> Callable[[Callable[P, Coroutine[Any, Any, R]]], Task[P, Coroutine[Any, Any, R]]]:
    """Turn a coroutine function into a Prefect task under a policy.

    Args:
        policy: One of those above.
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

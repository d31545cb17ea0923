"""Every retry, timeout and cache policy of every step, in one place.

A step is tried again only when its error calls itself transient (`models.errors`). Nothing is
cached and no result is kept in Prefect: rows in Postgres see to it that repeating does no harm.
A timeout here is a last resort, hence larger than the deadline that the step's own code keeps:
Prefect's is not one of our errors, so it is not tried again.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.settings import settings

_SLACK_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How often a step is tried again, how long it waits first, how long one try may take."""

    retries: int
    first_wait_seconds: float
    timeout_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a run on another pool is awaited: until a worker takes it, until it runs, in all."""

    taken_up_seconds: float
    begun_seconds: float
    total_seconds: float


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
# A worker that died counts as online for another minute or two, and a run that it had taken is only
# then seen to be dead when its row is there; the whole is a last resort, as every timeout here.
ON_GPU = Patience(
    taken_up_seconds=30,
    begun_seconds=120,
    total_seconds=ASK_MODEL.timeout_seconds + _SLACK_SECONDS,
)
# Of many sources some wait for a free slot of their queue; only then does their own time count.
ON_ANY_WORKER = Patience(
    taken_up_seconds=6 * 3600,
    begun_seconds=120,
    total_seconds=READ_SOURCE.timeout_seconds * (READ_SOURCE.retries + 1),
)
ONCE = Policy(retries=0, first_wait_seconds=0, timeout_seconds=600)

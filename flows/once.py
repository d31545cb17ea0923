"""One run of a kind at a time, and a row that lets a killed one be found and started again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prefect.runtime import flow_run

from models.store import work
from tasks.maintenance.recovery import FLOW, holder


@contextmanager
def once(key: str | None = None) -> Iterator[None]:
    """Hold the work row of this flow run while the block runs.

    Args:
        key: What must not run twice at once; by default the flow itself.

    Raises:
        Busy: A living run holds it.
    """
    name = str(flow_run.flow_name)
    payload = holder(name, flow_run.parameters or {})
    with work.claim(FLOW, key or name, flow_run_id=flow_run.id, payload=payload):
        yield

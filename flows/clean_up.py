"""Delete what is past its retention."""

from __future__ import annotations

from prefect import flow

from flows import artifacts
from flows.once import once
from tasks.maintenance import steps as maintenance


@flow(name="clean-up", persist_result=False)
async def clean_up() -> dict[str, int]:
    """Apply the retention of every kind of row; returns how many of each were deleted."""
    with once():
        deleted = await maintenance.apply_retention()
    await artifacts.publish_counts("clean-up", "Deleted by retention", deleted)
    return deleted

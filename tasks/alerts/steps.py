"""Steps of triage."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from prefect.events import emit_event
from prefect.runtime import flow_run

from models.store import incidents, transaction
from tasks.policies import USE_STORE
from tasks.policies.steps import step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.records.incident import Incident
    from tasks.alerts.triage.draining import TriageReport
    from tasks.alerts.triage.sweeping import SweepReport

_SOON = timedelta(seconds=5)
_MOST_SHOWN = 500


@step(USE_STORE)
async def drain() -> TriageReport:
    """Triage all that waits; in the resident worker, join the burst that it is triaging."""
    from tasks.alerts.triage import draining as triage
    from tasks.alerts.triage import resident

    run_id = str(flow_run.id)
    found = resident.here()
    if found is not None:
        return await asyncio.to_thread(found.burst, run_id)
    return await asyncio.to_thread(triage.drain, None, run_id)


@step(USE_STORE)
async def enrich() -> int:
    """Enrich the incidents that are due; returns how many."""
    from tasks.alerts.triage.afterwards import enrich_due

    return await asyncio.to_thread(enrich_due, _SOON)


@step(USE_STORE)
async def sweep() -> SweepReport:
    """Do what time brings about and what a crash left."""
    from tasks.alerts.triage.sweeping import sweep as do

    return await asyncio.to_thread(do, str(flow_run.id))


@step(USE_STORE)
async def touched(ids: Iterable[int]) -> list[Incident]:
    """Return incidents by id, so many as a person looks at."""
    return await asyncio.to_thread(_touched, list(ids)[:_MOST_SHOWN])


def announce(found: Iterable[Incident], kinds: dict[int, set[str]]) -> None:
    """Emit Prefect's event for each incident that was opened, reopened or resolved.

    They are for automations of Prefect and may get lost; notices do not.
    """
    for incident in found:
        for kind in sorted(kinds.get(incident.id, set()) & {"opened", "reopened", "resolved"}):
            emit_event(
                event=f"nightshift.incident.{kind}",
                resource={
                    "prefect.resource.id": f"nightshift.incident.{incident.reference}",
                    "prefect.resource.name": incident.reference,
                },
                payload={
                    "incident_id": str(incident.id),
                    "title": incident.title,
                    "severity": incident.severity,
                    "status": incident.status,
                    "services": list(incident.affected_services),
                },
            )


def _touched(ids: list[int]) -> list[Incident]:
    with transaction() as conn:
        return incidents.many(conn, ids)

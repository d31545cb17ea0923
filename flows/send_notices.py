"""Tell the configured channels what waits in the outbox."""

from __future__ import annotations

from prefect import flow

from tasks.alerts.notices import steps as notices


@flow(name="send-notices", persist_result=False)
async def send_notices() -> int:
    """Send every notice that is due; returns how many were sent.

    The triage worker sends within a second of a change; this sweeps up what a crash or a channel
    that was away left behind. It may run beside itself and beside that worker.
    """
    report = await notices.send_due()
    return report.sent

"""The step that sends what the outbox holds."""

from __future__ import annotations

import asyncio

from models.records.notice import NoticeReport
from tasks.policies import USE_STORE
from tasks.policies.steps import step


@step(USE_STORE, "send notices")
async def send_due() -> NoticeReport:
    """Tell the configured channels what waits; returns how many notices came to what."""
    from tasks.alerts.notices.deliver import send_due as send

    return await asyncio.to_thread(send)

"""What grouping sees of an alert: the sender's words, completed by what was read out of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.records.alert import Alert, Classification, Extraction
from models.records.grouping import Signal

_AHEAD = timedelta(minutes=5)  # so far a sender's clock may be ahead of ours


def signal_of(
    event_id: str,
    alert: Alert,
    extraction: Extraction,
    received_at: datetime,
    classification: Classification | None = None,
    *,
    source: str = "generic",
) -> Signal:
    """Return the signal of one alert event.

    Args:
        event_id: Ours; unique among events.
        alert: What the sender said.
        extraction: What was read out of it.
        received_at: When it reached us; it stands for the event's time where none was sent, or
            one that lies ahead.
        classification: The predicted severity counts only where the sender said none.
        source: The vendor.
    """
    predicted = classification.severity if classification is not None else None
    told = alert.event_time
    return Signal(
        event_id=event_id,
        dedup_key=alert.dedup_key,
        status=alert.status,
        title=alert.title,
        occurred_at=min(told or received_at, received_at),
        received_at=received_at,
        timed=told is not None and told - received_at <= _AHEAD,
        severity=alert.severity or predicted,
        source=source,
        rule=alert.rule,
        description=alert.description,
        service=alert.service or extraction.service,
        host=alert.host or extraction.host,
        environment=alert.environment or extraction.environment,
        region=alert.region or extraction.region,
        error_code=extraction.error_code,
        asset_id=extraction.entity_id,
        labels=alert.labels,
    )

"""What follows once alerts stand in incidents: incidents are enriched, people are told."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from models.errors import NightshiftError, StoreUnavailable
from models.store import incident_memory, transaction
from tasks.alerts.enrichment.enriching import enrich
from tasks.alerts.triage.preparing import BUGS

logger = logging.getLogger(__name__)
_LEASE = timedelta(seconds=90)  # the language model's deadline, thrice
_AT_ONCE = 20


def enrich_due(ahead: timedelta = timedelta(0), limit: int = _AT_ONCE) -> int:
    """Enrich the incidents that are due; one that fails is tried again after its lease.

    Args:
        ahead: Take also what is due so soon.
        limit: How many at most.

    Returns:
        How many were enriched.

    Raises:
        StoreUnavailable: Postgres does not answer.
    """
    enriched = 0
    for _ in range(limit):
        now = datetime.now(UTC)
        until = now + _LEASE
        # One at a time: each may take the model's whole deadline, and its lease begins with it.
        with transaction() as conn:
            taken = incident_memory.begin_enriching(conn, now + ahead, until, 1)
        if not taken:
            break
        enriched += _enrich(taken[0], until)
    return enriched


def _enrich(number: int, until: datetime) -> bool:
    try:
        enrich(number)
    except StoreUnavailable:
        raise
    except (NightshiftError, *BUGS):
        logger.warning("incident %d is not enriched yet", number, exc_info=True)
        return False
    with transaction() as conn:
        incident_memory.enriched(conn, number, until)
    return True

"""Reading one source into the staging table, one page at a time.

Nothing here decides what the facts mean: pages are staged as they come, so that memory stays
bounded and a death half-way leaves only staged rows, which the next collection clears.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace

import collectors
from models.errors import Busy, ExternalError, NightshiftError
from models.kinds import kind_of
from models.records.asset import Batch, Gap, observe
from models.records.snapshot import Snapshot
from models.settings import settings
from models.sources import Source
from models.store import inventory, transaction, work

logger = logging.getLogger(__name__)
RESUME_SECONDS = 300.0  # facts of a run that died after its last page are still worth storing
Progress = Callable[[str, int], None]


@dataclass(slots=True)
class Tally:
    """What a collection has seen so far."""

    counts: Counter[str] = field(default_factory=Counter)
    gaps: list[Gap] = field(default_factory=list)


def collect_source(
    source: Source, flow_run_id: str | None = None, on_progress: Progress | None = None
) -> int:
    """Read one source whole and return the id of its collection.

    Where a run died after reading and before storing, its collection is returned instead.

    Args:
        source: The system to read.
        flow_run_id: The Prefect run that asks, for the record.
        on_progress: Called with the kind and the number of assets seen so far, once a page.

    Raises:
        Busy: The source is being collected by another process.
        ExternalError: The source did not answer, refused the login, or answered nonsense.
    """
    with work.claim("collection", source.name, flow_run_id):
        with transaction() as conn:
            waiting = inventory.resumable(conn, source.name, RESUME_SECONDS)
            if waiting is not None:
                logger.info("going on with collection %s of %s", waiting.id, source.name)
                return waiting.id
            opened = inventory.open_snapshot(conn, source.name, source.collector, flow_run_id)
        try:
            _read(source, opened, on_progress)
        except NightshiftError as error:
            _fail(opened.id, error)
            raise
        return opened.id


def preview_source(source: Source, on_progress: Progress | None = None) -> Tally:
    """Read one source whole and count what is there; nothing is stored."""
    tally = Tally()
    collector = collectors.find(source.collector).for_source(source)
    for _ in _pages(source, collector, tally, on_progress):
        pass
    return tally


def _read(source: Source, opened: Snapshot, on_progress: Progress | None) -> None:
    began = time.monotonic()
    tally = Tally()
    collector = collectors.find(source.collector).for_source(source)
    for batch in _pages(source, collector, tally, on_progress):
        observations = [observe(source.name, record) for record in batch.records]
        with transaction() as conn:
            inventory.stage(conn, opened.id, observations)
    with transaction() as conn:
        kept = inventory.collected(
            conn,
            opened.id,
            covered=collector.covered(),
            gaps=merged(tally.gaps),
            counts=tally.counts,
            seconds=round(time.monotonic() - began, 3),
        )
    if not kept:
        raise Busy(f"collection {opened.id} of {source.name} was given up for a newer one")


def _pages(
    source: Source,
    collector: collectors.Collector,
    tally: Tally,
    on_progress: Progress | None,
) -> Iterator[Batch]:
    limit = settings().collection_deadline_seconds
    deadline = time.monotonic() + limit
    with closing(collector.batches()) as batches:
        for batch in batches:
            _count(tally, batch)
            if on_progress is not None:
                on_progress(source.name, tally.counts.total())
            yield batch
            if time.monotonic() > deadline:
                reason = f"not read within {limit:.0f} s (NIGHTSHIFT_COLLECTION_DEADLINE_SECONDS)"
                # Not transient: read again at once, it would take as long again.
                raise ExternalError(source.collector, source.name, reason)


def _count(tally: Tally, batch: Batch) -> None:
    tally.counts.update(kind_of(record).name for record in batch.records)
    tally.gaps += batch.gaps


def merged(gaps: list[Gap]) -> list[Gap]:
    """Return one gap for each thing that could not be seen, with how often it was met."""
    counts: Counter[Gap] = Counter()
    for gap in gaps:
        counts[replace(gap, count=1)] += gap.count
    return [
        replace(gap, count=count)
        for gap, count in sorted(counts.items(), key=lambda item: _place(item[0]))
    ]


def _place(gap: Gap) -> tuple[str, ...]:
    return (gap.kind, gap.field, gap.reason, gap.privilege or "", gap.cure or "")


def _fail(snapshot_id: int, error: NightshiftError) -> None:
    with transaction() as conn:
        inventory.fail_snapshot(conn, snapshot_id, str(error))

"""Steps from a source to stored, checked facts; arguments and results are ids and plain records."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable
from uuid import UUID

import httpx
from prefect import runtime
from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact

from models.errors import NightshiftError
from models.records.check import CheckResult
from models.records.graph import JoinReport
from models.records.snapshot import SourceReport, StoreReport, ValidationReport
from models.sources import select_sources
from models.store import inventory, transaction
from tasks.policies import READ_SOURCE, USE_STORE
from tasks.policies.steps import step

_SHOW_TIMEOUT_SECONDS = 10.0
_SHOW_SECONDS = 1.0  # an update of a progress artifact is a request to Prefect's server
_SHARE_UNREAD = 95.0  # what is counted can outgrow the last run; 100 is for the end


@step(READ_SOURCE, "collect {source}")
async def collect(source: str) -> int:
    """Read one source into the staging table; returns the id of the collection."""
    from tasks.inventory.collect import collect_source

    (chosen,) = select_sources([source])
    run_id = runtime.flow_run.id
    shown = await acreate_progress_artifact(
        progress=0.0, key=artifact_key("collect", source), description=_words(source, 0)
    )
    expected = await asyncio.to_thread(_expected, source)
    progress = _progress(shown, expected, asyncio.get_running_loop())
    snapshot_id = await asyncio.to_thread(collect_source, chosen, run_id, progress)
    # What was shown while it was read is as old as the last update.
    seen = await asyncio.to_thread(_seen, snapshot_id)
    await aupdate_progress_artifact(shown, 100.0, f"{source}: {seen:,} assets seen")
    return snapshot_id


@step(USE_STORE, "validate {snapshot_id}")
async def validate(snapshot_id: int) -> ValidationReport:
    """Check a collection against the expectations of its kinds; bad rows go to quarantine."""
    from tasks.inventory.validate import validate_snapshot

    return await asyncio.to_thread(validate_snapshot, snapshot_id)


@step(USE_STORE, "store {snapshot_id}")
async def store(snapshot_id: int) -> StoreReport:
    """Turn a validated collection into versions, relations and tombstones."""
    from tasks.inventory.store import store_snapshot

    return await asyncio.to_thread(store_snapshot, snapshot_id)


@step(USE_STORE, "report on {source}")
async def report(source: str, snapshot_id: int, stored: StoreReport | None) -> SourceReport:
    """Say in one line what came of a source; `stored` is None where its collection is held."""
    from tasks.inventory.store import source_report

    (chosen,) = select_sources([source])
    return await asyncio.to_thread(source_report, chosen, snapshot_id, stored)


@step(USE_STORE, "look for {source}")
async def newest_collection(source: str) -> int | None:
    """Return the id of the newest collection of a source."""
    from tasks.inventory.store import newest_collection

    return await asyncio.to_thread(newest_collection, source)


@step(USE_STORE, "report on {source}")
async def report_on(source: str, snapshot_id: int) -> SourceReport:
    """Say in one line what came of a collection that another run has ended."""
    from tasks.inventory.store import report_on_collection

    (chosen,) = select_sources([source])
    return await asyncio.to_thread(report_on_collection, chosen, snapshot_id)


@step(USE_STORE, "join what belongs together")
async def join() -> JoinReport:
    """Bring the edges between assets of different sources up to date with what is stored."""
    from tasks.inventory.join import join_assets

    return await asyncio.to_thread(join_assets)


@step(USE_STORE, "look for facts")
async def has_facts() -> bool:
    """Tell whether a collection was ever stored, hence whether there is anything to write about."""
    return await asyncio.to_thread(_has_facts)


@step(USE_STORE, "check health")
async def check() -> dict[str, int]:
    """Run all health checks over the stored facts; returns how many results there are of each."""
    from tasks.inventory.health import run_checks

    results: list[CheckResult] = await asyncio.to_thread(run_checks)
    return dict(Counter(result.result.value for result in results))


async def warm_up() -> None:
    """Load what validates, 5 s of CPU, while sources are read; it is no step of its own."""
    await asyncio.to_thread(_open_engine)


def failure(source: str, error: NightshiftError, seconds: float) -> SourceReport:
    """Return the line of a source that could not be read, validated or stored."""
    from tasks.inventory.store import failed_report

    (chosen,) = select_sources([source])
    return failed_report(chosen, error, seconds)


def artifact_key(*words: str) -> str:
    """Return a key as Prefect wants it: lowercase letters, digits and dashes."""
    text = "-".join(words).lower()
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in text)


def _open_engine() -> None:
    from tasks.inventory.validation.engine import open_engine

    with open_engine():
        pass


def _has_facts() -> bool:
    with transaction() as conn:
        return bool(inventory.latest_stored(conn))


def _expected(source: str) -> int:
    with transaction() as conn:
        return sum(inventory.last_good_counts(conn, source).values())


def _seen(snapshot_id: int) -> int:
    with transaction() as conn:
        return sum(inventory.snapshot(conn, snapshot_id).counts.values())


def _words(source: str, seen: int) -> str:
    # Nothing is counted before the first page has come.
    return f"{source}: {seen:,} assets seen" if seen else f"{source}: reading"


def _progress(
    shown: UUID, expected: int, loop: asyncio.AbstractEventLoop
) -> Callable[[str, int], None]:
    # Called in the thread that reads, with everything seen so far.
    last = time.monotonic()

    def show(source: str, seen: int) -> None:
        nonlocal last
        if time.monotonic() - last < _SHOW_SECONDS:
            return
        last = time.monotonic()
        share = min(100.0 * seen / expected, _SHARE_UNREAD) if expected else 0.0
        told = aupdate_progress_artifact(shown, share, _words(source, seen))
        # What is read matters, its display does not.
        with contextlib.suppress(httpx.HTTPError, TimeoutError):
            asyncio.run_coroutine_threadsafe(told, loop).result(_SHOW_TIMEOUT_SECONDS)

    return show

"""The health checks over what is stored: read, evaluate, keep the findings."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

from models.records.asset import Gap
from models.records.check import CheckResult
from models.records.snapshot import Snapshot
from models.store import assets, checks, graph, inventory, transaction
from tasks.inventory.checks import evaluate_checks, load_policy


def run_checks(now: datetime | None = None) -> list[CheckResult]:
    """Evaluate every check on every stored asset and keep what was found.

    Returns:
        Every result, those that are ok too, the worst first. A finding has the `since` from when
        its verdict is what it is.

    Raises:
        ConfigurationError: The check policy cannot be used.
    """
    now = now or datetime.now(UTC)
    policy = load_policy()
    with transaction() as conn:
        found = assets.current_assets(conn)
        silenced = checks.suppressions(conn)
        newest = inventory.latest_stored(conn)
        results = evaluate_checks(
            found,
            _gaps(newest),
            policy,
            silenced,
            now,
            joins=graph.joins(conn),
            taken_at={taken.source: taken.taken_at for taken in newest},
        )
        checks.save_results(conn, results, now)
        times = checks.result_times(conn)
    return [_dated(result, times) for result in results]


def _gaps(newest: list[Snapshot]) -> dict[str, tuple[Gap, ...]]:
    return {taken.source: taken.gaps for taken in newest}


def _dated(result: CheckResult, times: dict[tuple[str, str], datetime]) -> CheckResult:
    since = times.get((result.check, result.asset_id))
    return dataclasses.replace(result, since=since) if since else result

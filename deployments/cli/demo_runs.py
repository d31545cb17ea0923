"""The main job of a demo: followed in the terminal, and what it found changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from deployments.cli import output

MAIN_JOB = "document-datacenter/document-datacenter"
_MOST_LINES = 10
_ORDER = ("crit", "warn", "unknown", "info")
_RUN_SECONDS = 1800.0


def effects(since: datetime) -> Iterator[str]:
    """Return what changed, and which checks speak of it since, a line each, the worst first."""
    from generators.documents.changes import by_weight, in_a_line
    from models.records.check import Severity
    from models.store import checks, transaction
    from tasks.documents.facts import changes_after

    with transaction() as conn:
        changes, facts = changes_after(conn, since)
        results = checks.current_results(conn)
    yield "What changed:" if changes else "Nothing changed: usage is not part of the history."
    told = [f"  {in_a_line(change, facts)}" for change in by_weight(changes)]
    yield from first(told, "docs show changes")
    quiet = {Severity.OK, Severity.SUPPRESSED}
    fresh = [r for r in results if r.result not in quiet and r.since and r.since > since]
    yield "What the checks found since:" if fresh else "The checks found nothing new."
    fresh.sort(key=lambda result: _ORDER.index(result.result))
    found = [f"  {result.result:<8} {result.asset_name}: {result.message}" for result in fresh]
    yield from first(found, "checks run")


def first(lines: Sequence[str], verb: str) -> Iterator[str]:
    """Return the first lines, and how many more there are with the verb that shows them."""
    yield from lines[:_MOST_LINES]
    if (rest := len(lines) - _MOST_LINES) > 0:
        yield f"  and {rest} more: `{output.program()} {verb}`"


def follow_run(api: Any, run_id: str) -> dict[str, Any]:
    """Show a run until it has ended, and return it; one that did not complete is told why."""
    from deployments.services.watching import follow

    run = follow(api, run_id, output.errors, _RUN_SECONDS)
    if run["state_type"] != "COMPLETED":
        reason = (run.get("state") or {}).get("message") or "see the run's page"
        output.errors.print(f"The run {run['name']} ended {run['state_name']}: {reason}")
    return run


def say_outcome(api: Any, run: dict[str, Any]) -> None:
    """Print how a run ended and where its page is."""
    url = f"{api.ui_url}/runs/flow-run/{run['id']}"
    output.screen.print(f"{run['state_name']}  {url}", highlight=False, soft_wrap=True)

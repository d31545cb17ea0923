"""Results of the health checks and what is suppressed; the caller owns the transaction."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg import Connection

from models.records.check import CheckResult, Severity, Suppression
from models.store import queries

SQL = queries("checks")
Rows = Connection[tuple[Any, ...]]


def save_results(conn: Rows, results: Sequence[CheckResult], now: datetime) -> int:
    """Make the stored findings those of this run; return how many rows were written or removed.

    What is ok is stored as a count per check. A finding that says what it said before writes
    nothing, and keeps its `since` for as long as its verdict is the same.
    """
    findings = [_row(result) for result in results if result.result is not Severity.OK]
    counts = {result.check: 0 for result in results}
    counts.update(Counter(item.check for item in results if item.result is Severity.OK))
    values = {
        "results": json.dumps(findings),
        "counts": json.dumps(counts),
        "now": now,
    }
    conn.execute(SQL["lock_results"])
    statements = ("delete_settled", "upsert_results", "delete_counts", "upsert_counts")
    return sum(conn.execute(SQL[name], values).rowcount for name in statements)


def current_results(conn: Rows) -> list[CheckResult]:
    """Return what the last run found, worst first; results that were ok are not among it."""
    return [_result(row) for row in conn.execute(SQL["current_results"])]


def result_times(conn: Rows) -> dict[tuple[str, str], datetime]:
    """Return since when each stored finding stands, by check and asset id."""
    return {(check, asset): since for check, asset, since in conn.execute(SQL["result_times"])}


def check_counts(conn: Rows) -> dict[str, dict[Severity, int]]:
    """Return for each check of the last run how many assets had which result, ok included."""
    counts: dict[str, dict[Severity, int]] = defaultdict(dict)
    for check, result, count in conn.execute(SQL["check_counts"]):
        counts[check][Severity(result)] = count
    return dict(counts)


def suppress(conn: Rows, suppression: Suppression) -> None:
    """Store a suppression; one for the same check and selector is replaced."""
    conn.execute(
        SQL["suppress"],
        {
            "check": suppression.check,
            "selector": suppression.selector,
            "reason": suppression.reason,
            "owner": suppression.owner,
            "until": suppression.until,
        },
    )


def unsuppress(conn: Rows, check: str, selector: str) -> bool:
    """Remove a suppression; False when there was none."""
    return conn.execute(SQL["unsuppress"], {"check": check, "selector": selector}).rowcount > 0


def suppressions(conn: Rows) -> list[Suppression]:
    """Return every suppression, the expired ones too, by check and selector."""
    return [
        Suppression(
            check=check,
            selector=selector,
            reason=reason,
            owner=owner,
            until=until,
            created_at=created_at,
        )
        for check, selector, reason, owner, until, created_at in conn.execute(SQL["suppressions"])
    ]


def _row(result: CheckResult) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(result)
    return values


def _result(row: tuple[Any, ...]) -> CheckResult:
    check, title, asset, name, kind, result, message, evidence, remedy, privilege, since = row
    return CheckResult(
        check=check,
        title=title,
        asset_id=asset,
        asset_name=name,
        kind=kind,
        result=Severity(result),
        message=message,
        evidence=evidence,
        remedy=remedy,
        privilege=privilege,
        since=since,
    )

"""The report of a validation for people, as Markdown."""

from __future__ import annotations

from collections import Counter

from models.records.snapshot import ValidationReport

SHOWN_ROWS = 100


def report_markdown(report: ValidationReport) -> str:
    """Return the verdict, the rules by kind, those that failed, and the rows set aside."""
    parts = [
        f"## Validation of collection {report.snapshot_id}",
        _verdict(report),
        _by_kind(report),
        _failures(report),
        _quarantine(report),
        "\n".join(f"- {warning}" for warning in report.warnings),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _verdict(report: ValidationReport) -> str:
    if report.held:
        return f"**Held for a person:** {report.held}. Nothing of it is stored."
    bad = len({row.asset_id for row in report.quarantined})
    passed = report.expectations - report.failed_expectations
    return (
        f"{passed} of {report.expectations} expectations met, {bad} in quarantine,"
        f" {len(report.warnings)} warnings."
    )


def _by_kind(report: ValidationReport) -> str:
    asked = Counter(result["kind"] for result in report.results)
    failed = Counter(result["kind"] for result in report.results if not result["success"])
    rows = [[kind, str(count), str(failed[kind])] for kind, count in asked.items()]
    return _table(["Kind", "Expectations", "Failed"], rows)


def _failures(report: ValidationReport) -> str:
    rows = [
        [result["rule"], result["consequence"], str(result["failed_rows"])]
        for result in report.results
        if not result["success"]
    ]
    return _table(["Failed rule", "Consequence", "Rows"], rows)


def _quarantine(report: ValidationReport) -> str:
    shown = report.quarantined[:SHOWN_ROWS]
    table = _table(
        ["In quarantine", "Kind", "Rule", "Reason"],
        [[row.name, row.kind, row.rule, row.reason] for row in shown],
    )
    more = len(report.quarantined) - len(shown)
    return f"{table}\n\n… and {more} more." if more else table


def _table(columns: list[str], rows: list[list[str]]) -> str:
    if not rows:
        return ""
    lines = [columns, ["---"] * len(columns), *([_cell(text) for text in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    """Keep what a collector read from breaking out of its cell or becoming markup."""
    plain = " ".join(text.split()).replace("\\", "\\\\")
    for sign in "|<`*_[":
        plain = plain.replace(sign, f"\\{sign}")
    return plain

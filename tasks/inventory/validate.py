"""Validating a collection before it is stored: quarantine, warnings, or a hold for a person."""

from __future__ import annotations

from models.errors import Refused
from models.records.asset import Gap
from models.records.snapshot import Snapshot, SnapshotState, ValidationReport
from models.settings import settings
from models.store import inventory, transaction, validation
from tasks.inventory.validation.report import report_markdown
from tasks.inventory.validation.rules import Limits
from tasks.inventory.validation.tables import Table, gather
from tasks.inventory.validation.verdict import validate_tables

__all__ = ["report_markdown", "validate_snapshot"]

_DECIDED = {SnapshotState.VALIDATED, SnapshotState.HELD, SnapshotState.STORED}


def validate_snapshot(snapshot_id: int) -> ValidationReport:
    """Validate a staged collection and record what came of it; repeating it changes nothing.

    Bad rows go to quarantine with the rule that they broke. A collapse holds the whole
    collection: nothing of it is stored until a person accepts it.

    Raises:
        Refused: The collection failed, was given up, or was not read to its end.
    """
    with transaction() as conn:
        # Locked, so that nobody stores it and clears its rows between two looks at them.
        taken = inventory.locked_snapshot(conn, snapshot_id)
        saved = validation.saved_report(conn, snapshot_id) if taken.state in _DECIDED else None
        if saved is not None:
            return saved
        if taken.state is not SnapshotState.COLLECTED:
            raise Refused(f"collection {snapshot_id} of {taken.source} is {taken.state}")
        tables = gather(inventory.staged(conn, snapshot_id))
        stored = validation.known_ids(conn, taken.source)
        last_good = inventory.last_good_counts(conn, taken.source)
    report = _judge(taken, tables, stored, last_good)
    return _record(report)


def _judge(
    taken: Snapshot, tables: dict[str, Table], stored: set[str], last_good: dict[str, int]
) -> ValidationReport:
    """Outside any transaction, since a first import of Great Expectations takes seconds."""
    options = settings()
    return validate_tables(
        taken.id,
        tables,
        stored=stored,
        last_good=last_good,
        uncovered=_uncovered(taken.gaps),
        limits=Limits(
            collapse_percent=options.collapse_percent, collapse_minimum=options.collapse_minimum
        ),
    )


def _uncovered(gaps: tuple[Gap, ...]) -> set[str]:
    return {gap.kind for gap in gaps if gap.field == "*"}


def _record(report: ValidationReport) -> ValidationReport:
    """Save the verdict, unless another process was faster: then its verdict stands."""
    with transaction() as conn:
        if inventory.locked_snapshot(conn, report.snapshot_id).state in _DECIDED:
            return validation.saved_report(conn, report.snapshot_id) or report
        inventory.quarantine(conn, report.snapshot_id, report.quarantined)
        inventory.save_validation(conn, report)
        if report.held:
            inventory.hold_snapshot(conn, report.snapshot_id, report.held)
        else:
            inventory.validated(conn, report.snapshot_id)
    return report

"""Storing a validated collection, and saying what came of a source."""

from __future__ import annotations

from models.errors import NightshiftError, Refused, WrongUse
from models.records.snapshot import Snapshot, SnapshotState, SourceReport, StoreReport
from models.sources import Source
from models.store import incident_memory, inventory, transaction


def store_snapshot(snapshot_id: int) -> StoreReport:
    """Turn a collection into versions, relations and tombstones; repeating it changes nothing.

    Incidents that began since the collection before are looked at again for what it saw changed.

    Raises:
        Refused: The collection is held for a person, failed, or was not read to its end.
    """
    with transaction() as conn:
        taken = inventory.snapshot(conn, snapshot_id)
        if taken.state is SnapshotState.HELD:
            raise Refused(_held(taken))
        stored = inventory.store_snapshot(conn, snapshot_id)
    _look_again(snapshot_id, stored)
    return stored


def accept_held(source: str) -> StoreReport:
    """Store the held collection of a source: a person looked at it and says that it is right.

    Raises:
        WrongUse: The newest collection of the source is not held.
    """
    with transaction() as conn:
        newest = {taken.source: taken for taken in inventory.latest_snapshots(conn)}.get(source)
        if newest is None or newest.state is not SnapshotState.HELD:
            raise WrongUse(f"no held collection of {source!r} waits for a decision")
        detail = {"snapshot_id": newest.id, "reason": newest.error}
        inventory.add_audit(conn, "operator", "accept-held-snapshot", source, detail)
        stored = inventory.store_snapshot(conn, newest.id)
    _look_again(newest.id, stored)
    return stored


def source_report(source: Source, snapshot_id: int, stored: StoreReport | None) -> SourceReport:
    """Return the line of `collect` about one source."""
    with transaction() as conn:
        taken = inventory.snapshot(conn, snapshot_id)
        quarantined = inventory.quarantined_count(conn, snapshot_id)
    held = taken.state is SnapshotState.HELD
    status = "held" if held else taken.completeness.value if taken.completeness else "failed"
    return SourceReport(
        source=source.name,
        collector=source.collector,
        status=status,
        seen=sum(taken.counts.values()),
        created=stored.created if stored else 0,
        changed=stored.changed if stored else 0,
        deleted=stored.deleted if stored else 0,
        quarantined=quarantined,
        seconds=taken.seconds,
        error=_held(taken) if held else None,
        snapshot_id=str(snapshot_id),
    )


def newest_collection(source: str) -> int | None:
    """Return the id of the newest collection of a source, whatever came of it; None for none."""
    with transaction() as conn:
        newest = {taken.source: taken for taken in inventory.latest_snapshots(conn)}.get(source)
    return newest.id if newest else None


def report_on_collection(source: Source, snapshot_id: int) -> SourceReport:
    """Return the line of `collect` about a collection that another run has brought to its end."""
    with transaction() as conn:
        taken = inventory.snapshot(conn, snapshot_id)
        is_stored = taken.state is SnapshotState.STORED
        stored = inventory.store_snapshot(conn, snapshot_id) if is_stored else None  # as of then
    if stored or taken.state is SnapshotState.HELD:
        return source_report(source, snapshot_id, stored)
    return failed_report(source, Refused(taken.error or f"it was left {taken.state.value}"))


def failed_report(source: Source, error: NightshiftError, seconds: float = 0.0) -> SourceReport:
    """Return the line of `collect` about a source that could not be read."""
    return SourceReport(
        source=source.name,
        collector=source.collector,
        status="failed",
        seconds=round(seconds, 3),
        error=str(error),
    )


def _look_again(snapshot_id: int, stored: StoreReport) -> None:
    """Let incidents tell of what a collection saw; apart from it, as triage would have to wait."""
    if stored.created or stored.changed:
        with transaction() as conn:
            incident_memory.look_again(conn, snapshot_id)


def _held(taken: Snapshot) -> str:
    return (
        f"held for a person: {taken.error}; if that is right, run"
        f" `nightshift collect {taken.source} --accept-held`"
    )

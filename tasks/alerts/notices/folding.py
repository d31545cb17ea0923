"""What of an incident's waiting notices is told next, and what needs no telling any more; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generators.incidents.messages.pd_cef import action_of
from models.records.incident import Incident, IncidentStatus
from models.records.notice import Channel, Notice, Thread, Told
from models.records.severity import Severity

_LIFE = frozenset({Told.REOPENED, Told.RESOLVED})
_SILENT = frozenset({Told.UPDATED, Told.ASSIGNED, Told.FLAPPING, Told.ACKNOWLEDGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One message: the notices that it tells, of which `carrier` stands for all of them.

    Notices of the incident that stand in neither list wait for the next step. `carrier` is None
    where nothing is told.
    """

    carrier: Notice | None
    kinds: tuple[Told, ...] = ()
    told: tuple[Notice, ...] = ()
    dropped: tuple[Notice, ...] = ()


def fold(
    channel: Channel, rows: Sequence[Notice], incident: Incident, thread: Thread | None
) -> Step:
    """Return the next message on an incident.

    A newer state replaces an older one that nobody has seen: what was resolved and fires again
    before anybody was told needs no words.

    Args:
        channel: Where it goes.
        rows: What waits for it, in the order in which it happened; at least one.
        incident: As it is now.
        thread: Its message in the channel, where there is one.
    """
    if channel is Channel.CLOUDEVENTS:
        return _event(_calm(rows, held_only=True), rows)
    kept = _calm(rows, held_only=False)
    if not kept or _needless(channel, kept, incident, thread):
        return Step(carrier=None, dropped=tuple(rows))
    if channel is Channel.PAGERDUTY:
        return _page(kept, rows)
    return _message(kept, rows)


def worse(now: Severity | None, before: str | None) -> bool:
    """Tell whether a severity is worse than the one that was told."""
    if now is None:
        return False
    return before is None or now.rank < Severity(before).rank


def _calm(rows: Sequence[Notice], *, held_only: bool) -> list[Notice]:
    """Return the rows without resolves and reopenings that undo each other."""
    found = [row for row in rows if row.kind in _LIFE and (not held_only or "held" in row.payload)]
    if not found:
        return list(rows)
    # An even number of changes to and fro ends where it began.
    undone = found[0].kind is not found[-1].kind
    gone = {row.id for row in (found if undone else found[:-1])}
    return [row for row in rows if row.id not in gone]


def _needless(
    channel: Channel, rows: Sequence[Notice], incident: Incident, thread: Thread | None
) -> bool:
    kinds = {row.kind for row in rows}
    if Told.OPENED in kinds:
        # The incident that it was merged into is told of instead.
        return incident.status is IncidentStatus.MERGED
    if channel is Channel.SLACK and (thread is None or thread.rolled):
        return kinds <= _SILENT
    return False


def _message(kept: Sequence[Notice], rows: Sequence[Notice]) -> Step:
    """One message says all, since it shows the incident as it is now."""
    kinds = tuple(kind for kind in Told if any(row.kind is kind for row in kept))
    if Told.OPENED in kinds:
        kinds = tuple(kind for kind in kinds if kind in {Told.OPENED, Told.RESOLVED})
    first = next((row for row in kept if row.kind is Told.OPENED), kept[-1])
    told = tuple(row for row in kept if row is not first)
    return _step(first, kinds, (first, *told), rows)


def _page(kept: Sequence[Notice], rows: Sequence[Notice]) -> Step:
    """The next of trigger, acknowledge and resolve; one that a later one replaces is left out."""
    first = kept[0]
    action = action_of(first.kind)
    same = [row for row in kept if action_of(row.kind) == action]
    later = {action_of(row.kind) for row in kept} - {action}
    if action == "acknowledge" and "resolve" in later:
        resolve = next(row for row in kept if action_of(row.kind) == "resolve")
        return _step(resolve, (resolve.kind,), tuple(kept), rows)
    last = same[-1]
    gone = {row.id for row in rows} - {row.id for row in kept}
    dropped = tuple(row for row in rows if row.id in gone)
    return Step(carrier=last, kinds=(last.kind,), told=tuple(same), dropped=dropped)


def _event(kept: Sequence[Notice], rows: Sequence[Notice]) -> Step:
    """Each change is an event of its own; an update that a later event follows is not."""
    gone = {row.id for row in rows} - {row.id for row in kept}
    dropped = tuple(row for row in rows if row.id in gone)
    told: list[Notice] = []
    for row in kept:
        told.append(row)
        if row.kind is not Told.UPDATED:
            break
    if not told:
        return Step(carrier=None, dropped=dropped)
    return Step(carrier=told[-1], kinds=(told[-1].kind,), told=tuple(told), dropped=dropped)


def _step(
    carrier: Notice, kinds: tuple[Told, ...], told: tuple[Notice, ...], rows: Sequence[Notice]
) -> Step:
    known = {row.id for row in told}
    dropped = tuple(row for row in rows if row.id not in known)
    return Step(carrier=carrier, kinds=kinds, told=told, dropped=dropped)

"""What time alone does: windows give back, what nobody repeats expires, old incidents close."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from psycopg import Connection

from models.errors import Busy, Refused
from models.records.grouping import Placement
from models.records.incident import EntryKind, IncidentStatus
from models.records.triage import RememberedAlert
from models.store import alerts, connection, incident_memory, transaction, translated, windows
from models.store.incidents import NewEntry
from tasks.alerts.grouping import Policy, advance
from tasks.alerts.incidents.handling import Act, close
from tasks.alerts.triage import planned_windows
from tasks.alerts.triage.draining import Triage, undisturbed
from tasks.alerts.triage.incident_rows import ACTOR, Said
from tasks.alerts.triage.loading import Loaded, held_alert, look_up, restore
from tasks.alerts.triage.placing import Rules, context_at
from tasks.alerts.triage.preparing import event_of
from tasks.alerts.triage.saving import Writing, explained, write
from tasks.alerts.triage.telling import Told, finish

Rows = Connection[tuple[Any, ...]]
CLOSE_AFTER = timedelta(days=7)  # a resolved incident that nobody took up again is put away
_AT_ONCE = 200
_FORGET_AFTER = timedelta(days=2)
HANDED_BACK_AT_ONCE = 1000  # alerts that are given back in one transaction


class _Due(NamedTuple):
    """Alerts whose windows are over, and incidents that may have expired, by now."""

    held: Sequence[RememberedAlert]
    stale: Sequence[int]
    at: datetime


def pass_time(triage: Triage, conn: Rows, at: datetime | None = None) -> Told:
    """Give back what windows held that are over, and expire what was not heard of for long.

    Args:
        triage: Looks up the policy and the topology, and names the flow run.
        conn: In autocommit mode; each batch is a transaction of its own.
        at: Our clock.

    Raises:
        Busy: People kept changing the same incidents; the next sweep does the rest.
    """
    now = at or datetime.now(UTC)
    with translated(), conn.transaction():
        over = planned_windows.overdue(conn, now)
    told = Told()
    after: int | None = 0
    while after is not None:
        batch, after = undisturbed(partial(_pass_batch, triage, conn, now, after))
        told.merge(batch)
    with translated(), conn.transaction():
        windows.mark_ended(conn, [int(one.window.id) for one in over], now)
    with translated(), conn.transaction():
        planned_windows.go_on(conn, now)
    return told


def close_old(at: datetime | None = None) -> int:
    """Close incidents that were resolved long ago; returns how many."""
    now = at or datetime.now(UTC)
    with transaction() as conn:
        before = now - CLOSE_AFTER
        found = incident_memory.to_close(conn, before, before - timedelta(days=3650), _AT_ONCE)
    closed = 0
    reason = f"resolved for {CLOSE_AFTER.days} days"
    for number in found:
        try:
            with transaction() as conn:
                close(conn, number, Act(actor=ACTOR, reason=reason, at=now))
        except (Refused, Busy):  # a person was quicker
            continue
        closed += 1
    return closed


def forget_words(policy: Policy, at: datetime | None = None) -> int:
    """Drop the words of incidents that take no alerts any more; returns how many."""
    reach = timedelta(minutes=policy.windows.reopen_minutes + policy.windows.window_minutes)
    before = (at or datetime.now(UTC)) - reach
    with connection() as conn, translated():
        return incident_memory.expire_tokens(conn, before, before - _FORGET_AFTER)


def _stale(conn: Rows, policy: Policy, now: datetime) -> list[int]:
    before = now - timedelta(hours=policy.windows.expire_hours)
    return incident_memory.stale(conn, before, _AT_ONCE)


def _pass_batch(triage: Triage, conn: Rows, now: datetime, after: int) -> tuple[Told, int | None]:
    """Do a batch of what time does; return the last alert that was given back, None at the end."""
    with translated(), conn.transaction():
        rules = triage.rules(conn)
        stale = [] if after else _stale(conn, rules.policy, now)
        if not stale and not alerts.held_back(conn, now, after, 1):
            return Told(), None
        incident_memory.lock(conn)
        held = alerts.held_back(conn, now, after, HANDED_BACK_AT_ONCE)
        told = _advance(conn, rules, _Due(held, stale, now), triage.flow_run_id)
    return told, held[-1].id if len(held) == HANDED_BACK_AT_ONCE else None


def _advance(conn: Rows, rules: Rules, due: _Due, flow_run_id: str | None) -> Told:
    held, stale, now = due.held, due.stale, due.at
    memories = [one for row in held if (one := held_alert(row)) is not None]
    signals = [one.held for one in memories if one.held is not None]
    reach = timedelta(minutes=rules.policy.windows.window_minutes)
    # Of when they began: what was last heard of an incident may be as long ago as that.
    began = min((one.fired_at for one in memories), default=now)
    found = look_up(conn, signals, rules.topology, began - reach)
    loaded = restore(conn, held, [*found, *stale], now - reach)
    _hear_copies(conn, loaded, stale, now - timedelta(hours=rules.policy.windows.expire_hours))
    context = context_at(conn, signals, rules, now)
    placements = advance(now, loaded.memory, context, _in_hand(loaded))
    writing = Writing(
        conn=conn,
        loaded=loaded,
        changes=loaded.memory.changed(),
        at=now,
        flow_run_id=flow_run_id,
    )
    writing.said = _said(placements, loaded)
    write(writing, ())
    alerts.adopt_events(conn, list(_returned_events(writing, placements)))
    over = {int(one.ref) for one in writing.changes.incidents if one.ref.isdigit() and not one.live}
    alerts.end(conn, over.intersection(stale), now)
    told = Told()
    for placement in placements:
        _tell_returned(writing, placement, told)
    return finish(writing, told)


def _in_hand(loaded: Loaded) -> frozenset[str]:
    """Return the incidents that somebody looks at: they resolve when all their alerts have."""
    found = loaded.incidents.items()
    return frozenset(ref for ref, row in found if row.status != IncidentStatus.OPEN)


def _hear_copies(conn: Rows, loaded: Loaded, stale: Sequence[int], since: datetime) -> None:
    """Count the same bytes, sent again, as a sign that the condition goes on."""
    for number, heard_at in alerts.last_copies(conn, stale, since).items():
        incident = loaded.memory.incident(str(number))
        if incident is not None:
            incident.last_event_at = max(incident.last_event_at, heard_at)
            loaded.memory.keep_incident(incident)


def _said(placements: Sequence[Placement], loaded: Loaded) -> dict[str, Said]:
    found: dict[str, Said] = {}
    for one in placements:
        if one.incident is not None:
            stored = loaded.alerts[one.dedup_key]
            said = found.setdefault(one.incident, Said())
            said.opening = said.opening or (one.explanation if one.opened else None)
            said.team = said.team or stored.predicted_team
            said.region = said.region or stored.region
    return found


def _returned_events(writing: Writing, placements: Sequence[Placement]) -> Iterator[dict[str, Any]]:
    for one in placements:
        place = event_of(one.event_id)
        if place is not None and one.incident is not None:
            yield {
                **dict(zip(("delivery_id", "copy", "position"), place, strict=True)),
                "incident_id": writing.id_of(one.incident),
                "explanation": explained(writing, one.explanation),
            }


def _tell_returned(writing: Writing, one: Placement, told: Told) -> None:
    number = writing.id_of(one.incident)
    if number is None:
        return
    stored = writing.loaded.alerts[one.dedup_key]
    data = {"alert_id": stored.id, "rule": one.explanation.rule, "windows": list(one.window_ids)}
    evidence = (f"alert:{stored.id}",)

    def line(kind: EntryKind, text: str) -> NewEntry:
        return (number, writing.at, "ours", kind, ACTOR, text, data, evidence)

    if one.opened:
        text = "The incident was opened: it started during maintenance"
        told.lines.append(line(EntryKind.STATUS, text))
    told.lines.append(line(EntryKind.ALERT_FIRED, stored.title))
    told.lines.append(line(EntryKind.SUPPRESSED, one.explanation.sentence))
    told.note(number, "opened" if one.opened else "reopened" if one.reopened else "updated")

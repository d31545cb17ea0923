"""Merging and splitting incidents by hand, and taking either back.

Alerts move, timelines stay: what was said of an incident remains its own. Each act is kept as a
label with the version of the policy that had grouped the alerts, so that later policies can be
measured against it. What grouping remembers moves with the alerts, so that further events of a
condition go where its alerts went.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from psycopg import Connection

from generators.documents.text import counted
from models.errors import Refused, WrongUse
from models.records.incident import LIVE, EntryKind, Incident, IncidentStatus
from models.records.regrouping import Label, Member
from models.records.severity import Severity, worst
from models.settings import settings
from models.store import incident_memory, incidents, regrouping
from tasks.alerts.grouping import Context, IncidentMemory, Policy, load_policy
from tasks.alerts.incidents import remembering
from tasks.alerts.incidents.handling import SET_BY_HAND, Act, Line, record
from tasks.alerts.triage.incident_rows import DURING_MAINTENANCE

Status = IncidentStatus
Rows = Connection[tuple[Any, ...]]
_ENDED = (Status.CLOSED, Status.MERGED)
_MOST_SPLIT = 10_000


class Said(NamedTuple):
    """What a person said of two incidents."""

    kind: str
    source: Incident
    other: Incident
    act: Act


def merge(conn: Rows, name: int | str, into: int | str, act: Act) -> Incident:
    """Let an incident live on in another one, and return that one.

    Raises:
        Refused: One of them is closed or merged, or alerts would go to one that is resolved.
        WrongUse: They are one and the same, or one does not exist.
    """
    source, target = _pair(conn, name, into)
    members = regrouping.members(conn, source.id)
    before = {"source": _kept(conn, source), "target": _kept(conn, target)}
    regrouping.move(conn, _ids(members), target.id)
    _join_memories(conn, source.id, target.id, act)
    label = _keep_label(conn, Said("merge", source, target, act), members, before)
    text = f"{act.actor} merged the incident into {target.reference}"
    line = _line(EntryKind.MERGE, text, act, {"into": target.reference, "label": label}, "merged")
    _settled(conn, source, act, line, status=Status.MERGED, merged_into=target.id)
    text = f"{act.actor} merged {source.reference} into this incident, {_alerts(members)}"
    line = _line(EntryKind.MERGE, text, act, {"from": source.reference, "label": label}, "updated")
    severity = _unless_by_hand(target, worst(source.severity, target.severity))
    return _settled(conn, target, replace(act, version=None), line, severity=severity)


def split(conn: Rows, name: int | str, alert_ids: Sequence[int | str], act: Act) -> Incident:
    """Move alerts out of an incident into a new one, and return that one.

    Raises:
        Refused: The incident is closed or merged, or nothing would be left in it.
        WrongUse: An alert does not stand in it.
    """
    incident_memory.lock(conn)
    (source,) = incidents.locked(conn, [incidents.incident(conn, name).id])
    _refuse_ended(conn, source)
    moved, kept = _parted(source, regrouping.members(conn, source.id), alert_ids)
    before = {"source": _kept(conn, source)}
    number = regrouping.add_incident(conn, act.at, **_new_incident(source, moved))
    regrouping.move(conn, _ids(moved), number)
    _part_memories(conn, source.id, number, (moved, kept), act)
    new = incidents.incident(conn, number)
    label = _keep_label(conn, Said("split", source, new, act), moved, before)
    text = f"{act.actor} split {_alerts(moved)} off into {new.reference}"
    line = _line(EntryKind.SPLIT, text, act, {"into": new.reference, "label": label}, "updated")
    severity = _unless_by_hand(source, remembering.severity_of(kept))
    _settled(conn, source, act, line, severity=severity)
    text = f"{act.actor} split {_alerts(moved)} off from {source.reference}"
    line = _line(EntryKind.SPLIT, text, act, {"from": source.reference, "label": label}, "opened")
    return _settled(conn, new, replace(act, version=None), line)


def undo(conn: Rows, name: int | str, act: Act, kind: str | None = None) -> Incident:
    """Take the last merge or split of an incident back: its alerts stand where they stood.

    Later episodes of the same conditions go with them.

    Returns:
        The incident that has its alerts again.

    Raises:
        Refused: There is nothing to take back, or a later merge stands before it.
    """
    incident_memory.lock(conn)
    found = incidents.incident(conn, name)
    label = regrouping.last_label(conn, found.id, kind)
    if label is None:
        raise Refused(f"{found.reference} has no {kind or 'merge or split'} to take back")
    pair = {one.id: one for one in incidents.locked(conn, [label.incident_id, label.other_id])}
    source, other = pair[label.incident_id], pair[label.other_id]
    _refuse_later(conn, label, source, other)
    regrouping.undo_label(conn, label.id, act.actor, act.at)
    if label.kind == "merge":
        return _undo_merge(conn, label, source, other, act)
    return _undo_split(conn, label, source, other, act)


def _undo_merge(conn: Rows, label: Label, source: Incident, target: Incident, act: Act) -> Incident:
    back = regrouping.later_episodes(conn, target.id, label.alert_ids)
    regrouping.move(conn, back, source.id)
    then = label.before
    memory = remembering.read(then["source"]["memory"])
    if memory is not None:
        restored = remembering.alone(memory)
        regrouping.remember(conn, source.id, remembering.written(restored), act.at)
    now = remembering.read(regrouping.memory(conn, target.id))
    if now is not None:
        own = remembering.apart(now, then["source"]["memory"], then["target"]["memory"])
        regrouping.remember(conn, target.id, remembering.written(own), act.at)
    text = f"{act.actor} took the merge of {source.reference} back"
    data = {"undone": label.id, "alerts": back}
    line = _line(EntryKind.MERGE, text, act, data, "updated")
    members = regrouping.members(conn, target.id)
    severity = _unless_by_hand(target, remembering.severity_of(members))
    _settled(conn, target, replace(act, version=None), line, severity=severity)
    status = Status(then["source"]["status"])
    if status is Status.RESOLVED and regrouping.firing(conn, source.id):
        line = _line(EntryKind.MERGE, text, act, data, "reopened")
        values = {"status": Status.OPEN, "resolved_at": None, "merged_into": None}
        after = _settled(conn, source, act, line, **values)
        _tell_turn(conn, after, act, "The incident was reopened: alerts of it fire")
        return after
    line = _line(EntryKind.MERGE, text, act, data, "reopened" if status in LIVE else "updated")
    return _settled(conn, source, act, line, status=status, merged_into=None)


def _undo_split(conn: Rows, label: Label, source: Incident, new: Incident, act: Act) -> Incident:
    members = regrouping.members(conn, new.id)
    regrouping.move(conn, _ids(members), source.id)
    _join_memories(conn, new.id, source.id, act)
    _begin_as_before(conn, source.id, label.before["source"]["memory"], act)
    text = f"{act.actor} took the split into {new.reference} back"
    line = _line(EntryKind.SPLIT, text, act, {"undone": label.id}, "merged")
    _settled(
        conn, new, replace(act, version=None), line, status=Status.MERGED, merged_into=source.id
    )
    line = _line(EntryKind.SPLIT, text, act, {"undone": label.id}, "updated")
    severity = _unless_by_hand(source, worst(source.severity, new.severity))
    return _settled(conn, source, act, line, severity=severity)


def _pair(conn: Rows, name: int | str, into: int | str) -> tuple[Incident, Incident]:
    incident_memory.lock(conn)
    one, other = incidents.incident(conn, name).id, incidents.incident(conn, into).id
    if one == other:
        raise WrongUse("an incident cannot be merged into itself")
    held = {found.id: found for found in incidents.locked(conn, [one, other])}
    source, target = held[one], held[other]
    for found in (source, target):
        _refuse_ended(conn, found)
    if source.status in LIVE and target.status not in LIVE:
        raise Refused(
            f"{target.reference} is {target.status} and {source.reference} is not; merge the other"
            f" way round, or reopen {target.reference} first"
        )
    return source, target


def _refuse_ended(conn: Rows, found: Incident) -> None:
    if found.merged_into is not None:
        target = incidents.incident(conn, found.merged_into)
        raise Refused(f"{found.reference} was merged into {target.reference}; use that one")
    if found.status in _ENDED:
        raise Refused(f"{found.reference} is {found.status} and stays as it is")


def _refuse_later(conn: Rows, label: Label, source: Incident, other: Incident) -> None:
    """Refuse where alerts of this label have moved on since: the later act is taken back first."""
    gone = other if label.kind == "merge" else source
    for found in {gone.id: gone, other.id: other}.values():
        if found.merged_into is not None:
            target = incidents.incident(conn, found.merged_into)
            raise Refused(
                f"{found.reference} was merged into {target.reference} since; take that back first"
            )


def _parted(
    source: Incident, members: Sequence[Member], alert_ids: Sequence[int | str]
) -> tuple[list[Member], list[Member]]:
    if not 0 < len(alert_ids) <= _MOST_SPLIT:
        raise WrongUse(f"name 1 to {_MOST_SPLIT:,} alerts to move out")
    wanted = {str(number).strip() for number in alert_ids}
    strange = wanted - {str(member.id) for member in members}
    if strange:
        first = min(strange)[:40]
        raise WrongUse(f"alert {first!r} does not stand in {source.reference}")
    # All episodes of a condition go together: its further events follow them.
    keys = {member.dedup_key for member in members if str(member.id) in wanted}
    moved = [member for member in members if member.dedup_key in keys]
    kept = [member for member in members if member.dedup_key not in keys]
    if not kept:
        raise Refused(f"nothing would be left in {source.reference}; leave one alert in it")
    return moved, kept


def _new_incident(source: Incident, moved: Sequence[Member]) -> dict[str, Any]:
    first = min(moved, key=lambda member: (member.alert_timestamp, member.id))
    live = any(member.firing for member in moved)
    ends = [member.resolved_at for member in moved if member.resolved_at]
    return {
        "title": first.title,
        "status": Status.OPEN if live else Status.RESOLVED,
        "severity": remembering.severity_of(moved),
        "environment": first.environment or source.environment,
        "region": first.region or source.region,
        "owner_team": first.team or source.owner_team,
        "grouping": {"rule": "split", "policy": _policy_of(source), "from": source.reference},
        "root_alert_id": first.id,
        "started_at": first.alert_timestamp,
        "detected_at": min(member.created_at for member in moved),
        "last_event_at": max(member.last_seen_at for member in moved),
        "acknowledged_at": None,
        "resolved_at": None if live else max(ends, default=source.resolved_at),
        "split_from": source.id,
    }


def _join_memories(conn: Rows, gone_id: int, into_id: int, act: Act) -> None:
    gone = remembering.read(regrouping.memory(conn, gone_id))
    into = remembering.read(regrouping.memory(conn, into_id))
    if gone is None or into is None:
        return
    both = remembering.joined(into, gone, Context(policy=_rules()))
    regrouping.remember(conn, into_id, remembering.written(both), act.at)
    ended = {**remembering.written(gone), "merged_into": str(into_id), "live": False}
    regrouping.remember(conn, gone_id, ended, act.at)


def _begin_as_before(conn: Rows, incident_id: int, before: Mapping[str, Any], act: Act) -> None:
    now = remembering.read(regrouping.memory(conn, incident_id))
    if now is not None:
        again = remembering.began_as(now, before)
        regrouping.remember(conn, incident_id, remembering.written(again), act.at)


def _part_memories(
    conn: Rows, source_id: int, new_id: int, parts: tuple[list[Member], list[Member]], act: Act
) -> None:
    memory = remembering.read(regrouping.memory(conn, source_id))
    if memory is None:
        return
    new, old = remembering.taken_out(memory, *parts, str(new_id))
    regrouping.remember(conn, new_id, remembering.written(new), act.at)
    regrouping.remember(conn, source_id, remembering.written(old), act.at)


def _settled(conn: Rows, found: Incident, act: Act, line: Line, **values: Any) -> Incident:
    """Write a change to an incident with the counts, root, title and memory of its alerts now."""
    members = regrouping.members(conn, found.id)
    regrouping.recount(conn, found.id)
    wanted = Status(values.get("status", found.status))
    values["status"] = status = _status(wanted, members)
    if status is not wanted:
        line = replace(line, told=line.told - {"reopened"} | {"resolved"})
    if status is Status.RESOLVED and found.resolved_at is None:
        ends = [member.resolved_at for member in members if member.resolved_at]
        values["resolved_at"] = max(ends, default=act.at)
    memory = remembering.read(regrouping.memory(conn, found.id))
    values["root_alert_id"] = _root(found, members, memory)
    if memory is not None and status is not Status.MERGED:
        now = remembering.counted(memory, members, live=status in LIVE)
        values |= _as_remembered(found, now)
        regrouping.remember(conn, found.id, remembering.written(now), act.at)
    after = record(conn, found, act, line, **values)
    if status is not wanted:
        _tell_turn(conn, after, act, "The incident was resolved: all of its alerts have ended")
    return after


def _root(found: Incident, members: Sequence[Member], memory: IncidentMemory | None) -> int | None:
    """Return the alert that the title speaks of; of an incident unknown to grouping the first."""
    own = [one for one in members if memory is not None and one.dedup_key == memory.root_key]
    if found.root_alert_id in _ids(own or members):
        return found.root_alert_id
    first = min(own or members, key=lambda one: (one.alert_timestamp, one.id), default=None)
    return first.id if first else None


def _as_remembered(found: Incident, now: IncidentMemory) -> dict[str, Any]:
    """Return the fields of an incident that follow from what grouping remembers of it."""
    own = {name: value for name, value in found.labels.items() if name not in DURING_MAINTENANCE}
    return {
        "title": now.title,
        "affected_services": now.services,
        "affected_entities": remembering.affected(now),
        "maintenance_id": now.maintenance,
        "labels": {**own, **(DURING_MAINTENANCE if now.maintenance else {})},
    }


def _tell_turn(conn: Rows, after: Incident, act: Act, text: str) -> None:
    """Say in the timeline what its alerts made of an incident."""
    data = {"to": after.status}
    entry = (after.id, act.at, "ours", EntryKind.STATUS, act.actor, text, data, ())
    incidents.add_entries(conn, [entry])


def _status(status: IncidentStatus, members: Sequence[Member]) -> IncidentStatus:
    """Return the status; what is live and has only alerts that have ended is resolved."""
    if status in LIVE and members and not any(member.firing for member in members):
        return Status.RESOLVED
    return status


def _kept(conn: Rows, found: Incident) -> dict[str, Any]:
    return {
        "status": found.status,
        "severity": found.severity,
        "memory": regrouping.memory(conn, found.id),
    }


def _keep_label(
    conn: Rows, said: Said, members: Sequence[Member], before: Mapping[str, Any]
) -> int:
    return regrouping.add_label(
        conn,
        kind=said.kind,
        incident_id=said.source.id,
        other_id=said.other.id,
        alert_ids=_ids(members),
        actor=said.act.actor,
        reason=said.act.reason,
        policy=_policy_of(said.source),
        before=before,
    )


def _line(kind: EntryKind, text: str, act: Act, data: Mapping[str, Any], told: str) -> Line:
    reason = act.reason.strip()
    said = f"{text}: {reason}" if reason else text
    return Line(kind=kind, text=said, data=data, told=frozenset({told}))


def _unless_by_hand(found: Incident, severity: Severity | None) -> Severity | None:
    return found.severity if SET_BY_HAND in found.labels else severity


def _policy_of(found: Incident) -> str:
    return str(found.grouping.get("policy") or _rules().version)


def _rules() -> Policy:
    return load_policy(settings().triage_policy)


def _alerts(members: Sequence[Member]) -> str:
    return counted(len(members), "alert")


def _ids(members: Iterable[Member]) -> list[int]:
    return [member.id for member in members]

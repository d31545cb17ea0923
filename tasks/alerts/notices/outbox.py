"""What a channel is told next, decided and recorded in short transactions.

A message is written down before it is sent. Whoever finds one that was begun by a process that died
sends the very same once more, and each channel sees to it that the copy does no harm. One that may
have arrived is likewise sent as it is; one that surely has not is written anew, with what is newer.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import getpid
from typing import Any
from uuid import uuid4

from psycopg import Connection

from generators.incidents.messages.rollups import Item
from models.processes import is_running, start_time
from models.records.incident import Incident
from models.records.notice import Briefing, Channel, Notice, Thread, Told
from models.settings import settings
from models.store import incidents, notices
from models.store.briefings import briefings
from tasks.alerts.notices import rendering
from tasks.alerts.notices.folding import Step, fold
from tasks.alerts.notices.recording import Begun, give_up
from tasks.alerts.notices.senders import Outgoing

logger = logging.getLogger(__name__)
Rows = Connection[tuple[Any, ...]]
LEASE_SECONDS = 120.0  # more than any send takes
_MOST_DEATHS = 5
# What a bug raises where a message is written; that message fails, the others go on.
BUGS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """What waits for one incident, and what of it is told next."""

    incident: Incident
    step: Step
    thread: Thread | None


def holder() -> str:
    """Return a name by which others see whether we still live."""
    return f"{socket.gethostname()}|{getpid()}|{start_time(getpid())}|{uuid4().hex[:8]}"


def begin_next(conn: Rows, channel: Channel) -> tuple[Begun | None, int]:
    """Decide what a channel is told next and write it down.

    Returns:
        The message, None where nothing may be sent now; and how many notices were dropped because
        what they would have told is over.
    """
    notices.lock_channel(conn, channel)
    for late in notices.overdue(conn, channel):
        give_up(conn, channel, late.id, f"not taken within a day: {late.error}")
    if notices.rest(conn, channel)[1]:
        return None, 0
    room, edits_room = _room(conn, channel)
    if room > 0 and (found := _once_more(conn, channel)) is not None:
        return found, 0
    return _next(conn, channel, room, edits_room) if room > 0 or edits_room > 0 else (None, 0)


def _once_more(conn: Rows, channel: Channel) -> Begun | None:
    """Take over a message that was begun and whose end nobody knows."""
    for notice in notices.begun(conn, channel):
        if notice.state == "running" and _lives(notice):
            continue
        sending = dict(notice.payload["sending"])
        deaths = sending.get("deaths", 0) + (notice.state == "running")
        if deaths > _MOST_DEATHS:
            give_up(conn, channel, notice.id, f"its sender died {deaths} times")
            continue
        ours, sending["deaths"] = holder(), deaths
        notices.take_over(conn, notice.id, sending, (ours, LEASE_SECONDS))
        return _as_begun(notice, ours, sending, repeated=True)
    return None


def _room(conn: Rows, channel: Channel) -> tuple[int, int]:
    """Return how many messages, and how many edits of one, a channel may get now.

    There is one message more than the cap: it carries all that would be too much.
    """
    messages, updates = notices.told_lately(conn, channel)
    cap = settings().notify_per_minute
    if channel is Channel.SLACK:
        return cap + 1 - messages, cap - updates
    return cap + 1 - messages - updates, 0


def _next(conn: Rows, channel: Channel, room: int, edits_room: int) -> tuple[Begun | None, int]:
    groups, dropped = _waiting(conn, channel)
    loud = [group for group in groups if not _is_edit(channel, group)]
    if loud and room > 0:
        if room == 1 and len(loud) > 1 and channel in rendering.ROLLS:
            return _begin_rollup(conn, channel, loud), dropped
        return _first(conn, loud), dropped
    edits = [group for group in groups if _is_edit(channel, group)]
    return (_first(conn, edits) if edits_room > 0 else None), dropped


def _first(conn: Rows, groups: Sequence[_Group]) -> Begun | None:
    """Begin the first message that can be written; one that cannot is failed with its reason."""
    for group in groups:
        try:
            return _begin(conn, group)
        except BUGS as error:
            logger.exception("a message on %s cannot be written", group.incident.reference)
            for row in group.step.told:
                reason = f"it cannot be written: {type(error).__name__}"
                give_up(conn, row.channel, row.id, reason)
    return None


def _waiting(conn: Rows, channel: Channel) -> tuple[list[_Group], int]:
    """Return what is due for each incident, the worst first; what needs no telling is ended."""
    rows: dict[int, list[Notice]] = {}
    for row in notices.due(conn, channel):
        rows.setdefault(row.incident_id or 0, []).append(row)
    threads = notices.threads(conn, channel, rows)
    groups: list[_Group] = []
    needless: list[int] = []
    for incident in incidents.many(conn, rows):
        thread = threads.get(incident.id)
        step = fold(channel, rows[incident.id], incident, thread)
        needless += [row.id for row in step.dropped]
        if step.carrier is not None:
            groups.append(_Group(incident=incident, step=step, thread=thread))
    notices.drop(conn, needless)
    return sorted(groups, key=_urgency), len(needless)


def _urgency(group: _Group) -> tuple[int, int]:
    severity = group.incident.severity
    carrier = group.step.carrier
    return (severity.rank if severity else 1, carrier.id if carrier else 0)


def _is_edit(channel: Channel, group: _Group) -> bool:
    """Tell whether it is no message but the change of one."""
    return channel is Channel.SLACK and set(group.step.kinds) == {Told.UPDATED}


def _begin(conn: Rows, group: _Group) -> Begun:
    carrier, incident = group.step.carrier, group.incident
    if carrier is None:
        raise ValueError("a step without a carrier tells nothing")
    briefing = _briefings(conn, [incident])[incident.id]
    message = rendering.message(group.step, carrier, briefing, group.thread, _sender())
    sending = {
        "message": message,
        "notice": rendering.identity(carrier.key, carrier.created_at),
        "ref": group.thread.ref if group.thread else None,
        "begun_at": time.time(),
        "rolled": bool(group.thread and group.thread.rolled and "post" not in message),
        "severities": {str(incident.id): incident.severity},
    }
    ours = holder()
    told = [row.id for row in group.step.told if row.id != carrier.id]
    notices.begin(conn, carrier.id, told, sending, (ours, LEASE_SECONDS))
    return _as_begun(carrier, ours, sending, repeated=False)


def _begin_rollup(conn: Rows, channel: Channel, groups: Sequence[_Group]) -> Begun | None:
    known = _briefings(conn, [group.incident for group in groups])
    items = [Item(briefing=known[group.incident.id], kinds=group.step.kinds) for group in groups]
    key = f"{channel}:rollup:{uuid4()}"
    carrier = notices.add_rollup(conn, channel, key)
    try:
        message = rendering.rollup(channel, items, key, carrier.created_at, _sender())
    except BUGS:
        # On its own the one that cannot be written is found.
        logger.exception("a message on %d incidents cannot be written", len(items))
        give_up(conn, channel, carrier.id, "it cannot be written")
        return _first(conn, groups)
    sending = {
        "message": message,
        "notice": rendering.identity(key, carrier.created_at),
        "ref": None,
        "begun_at": time.time(),
        "rolled": True,
        "severities": {str(group.incident.id): group.incident.severity for group in groups},
    }
    ours = holder()
    told = [row.id for group in groups for row in group.step.told]
    notices.begin(conn, carrier.id, told, sending, (ours, LEASE_SECONDS))
    if channel is Channel.SLACK:
        # What is listed there is not edited by it.
        edited = [group.incident.id for group in groups if _edited(group)]
        notices.add_edits(conn, channel, carrier.id, edited)
    return _as_begun(carrier, ours, sending, repeated=False)


def _edited(group: _Group) -> bool:
    return group.thread is not None and not group.thread.rolled


def _as_begun(carrier: Notice, ours: str, sending: Mapping[str, Any], *, repeated: bool) -> Begun:
    return Begun(
        channel=carrier.channel,
        carrier=carrier.id,
        holder=ours,
        attempts=carrier.attempts,
        outgoing=_outgoing(sending, repeated=repeated),
        rolled=sending["rolled"],
        severities=sending["severities"],
    )


def _outgoing(sending: Mapping[str, Any], *, repeated: bool) -> Outgoing:
    return Outgoing(
        notice=sending["notice"],
        message=sending["message"],
        ref=sending["ref"],
        repeated=repeated,
        begun_at=sending["begun_at"],
    )


def _briefings(conn: Rows, found: Sequence[Incident]) -> dict[int, Briefing]:
    return briefings(conn, found, settings().gateway_url)


def _sender() -> str:
    return settings().notify_email_from or ""


def _lives(notice: Notice) -> bool:
    """Tell whether whoever began a message may still be sending it."""
    if notice.lease_over:
        return False
    host, pid, started, *_ = [*(notice.holder or "").split("|"), "", "", ""]
    if host != socket.gethostname() or not pid.isdigit():
        return True
    return is_running(int(pid), started)

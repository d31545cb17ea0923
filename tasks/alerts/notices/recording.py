"""What became of a message: taken, to be tried again, or given up; also on the timeline."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from psycopg import Connection

from models.errors import AccessDenied, NightshiftError, Unavailable
from models.records.incident import EntryKind
from models.records.notice import Channel, Thread, Told
from models.store import incidents, notices
from tasks.alerts.notices.senders import Delivered, Outgoing, Unanswered

Rows = Connection[tuple[Any, ...]]
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 5.0, 900.0
_FAILURES_UNTIL_REST, _REST_SECONDS, _LONGEST_REST_SECONDS = 5, 30.0, 300.0
_NAMES = {
    Channel.SLACK: "Slack",
    Channel.SLACK_WEBHOOK: "The Slack webhook",
    Channel.EMAIL: "E-mail",
    Channel.PAGERDUTY: "PagerDuty",
    Channel.CLOUDEVENTS: "The CloudEvents receiver",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A message that was written down and is ours to send."""

    channel: Channel
    carrier: int
    holder: str
    attempts: int
    outgoing: Outgoing
    rolled: bool = False
    severities: Mapping[str, str | None] = field(default_factory=dict)  # that it says, by incident


def record_sent(conn: Rows, begun: Begun, delivered: Delivered) -> int:
    """Record that a message was taken; returns how many notices it told."""
    told = notices.sent(conn, begun.carrier, begun.holder, delivered.ref)
    notices.succeeded(conn, begun.channel)
    if begun.channel is Channel.SLACK and delivered.ref:
        _keep_threads(conn, begun, delivered.ref, {incident for _, incident, _ in told if incident})
    words = f"{_NAMES[begun.channel]} was told"
    _write_timeline(conn, begun.channel, told, words, delivered.note)
    return _count(told)


def record_failure(conn: Rows, begun: Begun, error: NightshiftError) -> tuple[int, int]:
    """Record that a message was not taken; returns how many notices wait and how many failed."""
    channel, words = begun.channel, str(error)
    asked = (error.retry_after_seconds or 0.0) if isinstance(error, Unavailable) else 0.0
    # A message that it does not like says nothing of the channel; refused credentials do.
    if error.transient or isinstance(error, AccessDenied):
        failures, _ = notices.rest(conn, channel)
        notices.stumbled(conn, channel, words, max(_rest_seconds(failures + 1), asked))
    if not error.transient:
        return 0, _count(give_up(conn, channel, begun.carrier, words))
    waiting = notices.again(
        conn,
        begun.carrier,
        begun.holder,
        words,
        wait_seconds=max(_wait_seconds(begun.attempts), asked),
        keep=_may_have_arrived(begun, error),
    )
    return _count(waiting), 0


def _count(told: Iterable[notices.Ended]) -> int:
    # A roll-up is told of nobody but those that it lists.
    return sum(kind is not Told.ROLLUP for _, _, kind in told)


def _may_have_arrived(begun: Begun, error: NightshiftError) -> bool:
    # An edit repeated is the same edit, so it may as well show what is newer.
    edits = set(begun.outgoing.message) == {"edit"}
    return not edits and (isinstance(error, Unanswered) or begun.outgoing.repeated)


def give_up(conn: Rows, channel: Channel, carrier: int, reason: str) -> list[notices.Ended]:
    """Fail a message and say so on the timelines; returns what it would have told."""
    told = notices.fail(conn, carrier, reason)
    _write_timeline(conn, channel, told, f"{_NAMES[channel]} could not be told", reason)
    return told


def _write_timeline(
    conn: Rows,
    channel: Channel,
    told: Iterable[notices.Ended],
    words: str,
    reason: str | None,
) -> None:
    """Add a line to each incident's timeline; mere updates would fill it and say nothing."""
    kinds: dict[int, dict[Told, int]] = {}
    for number, incident, kind in told:
        if incident is not None and kind is not Told.UPDATED:
            kinds.setdefault(incident, {})[kind] = number
    now = datetime.now(UTC)
    ended = f": {reason}" if reason else ""
    incidents.add_entries(
        conn,
        [
            (
                incident,
                now,
                "ours",
                EntryKind.NOTIFICATION,
                "nightshift",
                f"{words} ({', '.join(found)}){ended}",
                {"channel": channel, "kinds": list(found), "notices": list(found.values())},
                (),
            )
            for incident, found in kinds.items()
        ],
    )


def _keep_threads(conn: Rows, begun: Begun, ref: str, ids: Iterable[int]) -> None:
    """Remember the message; a roll-up does not take the place of an incident's own one."""
    before = notices.threads(conn, begun.channel, ids)
    own = {number for number, thread in before.items() if not thread.rolled}
    found = [
        Thread(
            incident_id=number,
            ref=ref,
            severity=begun.severities.get(str(number)),
            rolled=begun.rolled,
        )
        for number in ids
        if not (begun.rolled and number in own)
    ]
    notices.keep_threads(conn, begun.channel, found)


def _rest_seconds(failures: int) -> float:
    if failures < _FAILURES_UNTIL_REST:
        return 0.0
    growing = _REST_SECONDS * 2.0 ** min(failures - _FAILURES_UNTIL_REST, 10)
    return min(growing, _LONGEST_REST_SECONDS)


def _wait_seconds(attempts: int) -> float:
    growing = _FIRST_WAIT_SECONDS * 2.0 ** min(attempts, 10)
    return min(growing, _LONGEST_WAIT_SECONDS) * random.uniform(0.5, 1.0)  # noqa: S311  jitter

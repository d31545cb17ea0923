"""Sending what the outbox holds: each channel on its own, so that one that hangs delays no other.

`send_due` is one round and returns. `wake` is for a process that stays: a thread a channel sends at
once and goes on for as long as something waits.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from models.errors import NightshiftError, Refused
from models.records.notice import Channel, NoticeReport
from models.store import notices, transaction
from tasks.alerts.notices.channels import configured
from tasks.alerts.notices.outbox import BUGS, begin_next
from tasks.alerts.notices.recording import Begun, record_failure, record_sent
from tasks.alerts.notices.senders import (
    Delivered,
    Outgoing,
    cloud_events,
    mail,
    pagerduty,
    slack_bot,
    slack_webhook,
)

logger = logging.getLogger(__name__)
ROUND_SECONDS = 30.0
_SHORTEST_WAIT, _LONGEST_WAIT = 1.0, 30.0
SENDERS: dict[Channel, Callable[[Outgoing], Delivered]] = {
    Channel.SLACK: slack_bot.deliver,
    Channel.SLACK_WEBHOOK: slack_webhook.deliver,
    Channel.EMAIL: mail.deliver,
    Channel.PAGERDUTY: pagerduty.deliver,
    Channel.CLOUDEVENTS: cloud_events.deliver,
}


def send_due(limit: int = 100) -> NoticeReport:
    """Send what is due now and return once every channel has had its turn.

    Args:
        limit: Messages a channel at most.

    Raises:
        StoreUnavailable: Postgres went away; what was sent and not recorded is sent again, and
            the receiver knows it by its id.
    """
    channels = configured()
    if not channels:
        return NoticeReport()
    with ThreadPoolExecutor(len(channels), thread_name_prefix="notices") as pool:
        rounds = list(pool.map(lambda channel: send_channel(channel, limit), channels))
    return sum(rounds, start=NoticeReport())


def send_channel(channel: Channel, limit: int = 100) -> NoticeReport:
    """Send what one channel is to be told now; a failure that may pass ends the round."""
    report, until = NoticeReport(), time.monotonic() + ROUND_SECONDS
    for _ in range(limit):
        if time.monotonic() > until:
            break
        with transaction() as conn:
            begun, dropped = begin_next(conn, channel)
        report += NoticeReport(dropped=dropped)
        if begun is None:
            break
        outcome = _send(begun)
        report += outcome
        if outcome.retried:
            break
    return report


def _send(begun: Begun) -> NoticeReport:
    try:
        delivered = SENDERS[begun.channel](begun.outgoing)
    except NightshiftError as error:
        return _failed(begun, error)
    except BUGS as error:  # the next message must not wait for this one for ever
        logger.exception("a message to %s cannot be sent", begun.channel)
        return _failed(begun, Refused(f"it cannot be sent: {type(error).__name__}"))
    with transaction() as conn:
        return NoticeReport(sent=record_sent(conn, begun, delivered))


def _failed(begun: Begun, error: NightshiftError) -> NoticeReport:
    logger.warning("a message to %s was not taken: %s", begun.channel, error)
    with transaction() as conn:
        waiting, failed = record_failure(conn, begun, error)
    return NoticeReport(retried=waiting, failed=failed)


@dataclass(slots=True)
class _Courier:
    """One thread that sends to one channel for as long as something waits."""

    channel: Channel
    condition: threading.Condition = field(default_factory=threading.Condition)
    thread: threading.Thread | None = None
    called: bool = False
    ending: bool = False

    def wake(self) -> None:
        """Send soon; a call while it sends makes it look again."""
        with self.condition:
            self.called = True
            self.condition.notify()
            if not self._is_running() and not self.ending:
                name = f"notices-{self.channel}"
                self.thread = threading.Thread(target=self._run, name=name, daemon=True)
                self.thread.start()

    def _is_running(self) -> bool:
        return self.thread is not None and self.thread.is_alive()

    def end(self, timeout_seconds: float) -> None:
        """Begin nothing more and wait for what is being sent."""
        with self.condition:
            self.ending = True
            self.condition.notify()
            thread = self.thread
        if thread is not None:
            thread.join(timeout_seconds)

    def _run(self) -> None:
        while self._goes_on():
            try:
                send_channel(self.channel)
                wait = self._wait_seconds()
            except NightshiftError as error:
                logger.warning("notices to %s wait: %s", self.channel, error)
                wait = _LONGEST_WAIT
            self._sleep(wait)

    def _goes_on(self) -> bool:
        with self.condition:
            if self.called and not self.ending:
                self.called = False
                return True
            self.thread = None
            return False

    def _sleep(self, seconds: float | None) -> None:
        """Wait for the next notice or a call; None where none waits."""
        with self.condition:
            if seconds is None or self.called or self.ending:
                return
            self.condition.wait(seconds)
            self.called = True

    def _wait_seconds(self) -> float | None:
        with transaction() as conn:
            seconds = notices.next_due_seconds(conn, self.channel)
        return None if seconds is None else min(max(seconds, _SHORTEST_WAIT), _LONGEST_WAIT)


_couriers: dict[Channel, _Courier] = {}


def wake() -> None:
    """Have what is due sent in the background, within a second; returns at once.

    For a process that stays, after each change of incidents. What the process leaves unsent when
    it ends stands in the outbox for the next one.
    """
    for channel in configured():
        _couriers.setdefault(channel, _Courier(channel)).wake()


def end(timeout_seconds: float = 10.0) -> None:
    """Stop sending in the background; what is being sent has this long to end."""
    for courier in _couriers.values():
        courier.end(timeout_seconds)
    _couriers.clear()

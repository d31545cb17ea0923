"""Stores deliveries in batches: one statement, one commit, for all that wait (group commit).

A delivery is answered after its commit. While Postgres is away deliveries wait, in a bounded queue
and for a bounded time; then their senders are told to try again. Whether a commit was done whose
answer was lost is asked before anything is written once more, so that nothing is counted twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import psycopg

from deployments.gateway.intake.figures import Figures
from deployments.gateway.intake.reading import Held, Rejection
from models.errors import ConfigurationError, NightshiftError, StoreError, StoreUnavailable
from models.records.delivery import DeliveryStatus, Incoming, Stored
from models.store import deliveries
from models.store.link import Link, open_link

logger = logging.getLogger(__name__)

_MOST_ROWS = 500
_ENOUGH_ROWS = 64
_MOST_BYTES = 4 << 20  # of one statement
_TEND_SECONDS = 0.25
_FLUSH_SECONDS = 1.0
_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 1.0
Acknowledgement = tuple[int, DeliveryStatus]
Tell = Callable[[Acknowledgement | None], None]
Key = deliveries.Key


@dataclass(slots=True, eq=False)
class _Waiting:
    """A delivery whose sender waits to be told, once, where it was stored; None if it was not."""

    key: Key
    incoming: Incoming
    label: str
    since: float
    tell: Tell
    told: bool = False


class BatchWriter:
    """The one writer of a gateway, on its event loop.

    Args:
        figures: Told of what was stored; its rejections go to the database with the next batch.
        held: How many bytes of bodies may wait, shared with those that are being read.
        capacity: How many deliveries may wait.
        ack_seconds: How long one may wait.
    """

    def __init__(
        self, figures: Figures, held: Held, capacity: int, ack_seconds: float = 5.0
    ) -> None:
        self._figures, self._held = figures, held
        self._capacity, self._ack_seconds = capacity, ack_seconds
        self._queue: deque[_Waiting] = deque()
        self._flying: list[_Waiting] = []
        self._doubtful: list[_Waiting] = []  # sent to a connection that broke before it answered
        self._rejected: dict[tuple[str, str], int] = {}  # on their way with the batch
        self._link: Link | None = None
        self._work = asyncio.Event()
        self._stopping = False
        self._flushed_at = 0.0
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def depth(self) -> int:
        """How many deliveries wait or are being written."""
        return len(self._queue) + len(self._flying) + len(self._doubtful)

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection to the database."""
        return self._link is not None

    def start(self) -> None:
        """Begin to write, on the running event loop."""
        self._time = asyncio.get_running_loop().time
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._tend())]

    async def stop(self, seconds: float) -> None:
        """Write what waits, for so long at most, and end."""
        self._stopping = True
        self._work.set()
        if not self._tasks:
            return
        run, tend = self._tasks
        await asyncio.wait([run], timeout=seconds)
        run.cancel()
        tend.cancel()
        await asyncio.gather(run, tend, return_exceptions=True)
        self._refuse([*self._flying, *self._doubtful, *self._queue], "stopping")
        if self._link is not None:
            self._link.close()

    def submit(self, incoming: Incoming, label: str, tell: Tell) -> None:
        """Queue a delivery; `tell` is called after its commit, or when it was given up.

        Raises:
            Rejection: So many wait that this one would wait too long, or the gateway ends.
        """
        if self.depth >= self._capacity or self._stopping or not self._tasks:
            raise Rejection(503, "busy", "too much is waiting; try again later", retry_after=2)
        self._held.add(len(incoming.body))
        key = incoming.vendor, incoming.fingerprint
        self._queue.append(_Waiting(key, incoming, label, self._time(), tell))
        self._work.set()

    async def _run(self) -> None:
        await self._connected()  # so that the first delivery does not wait for it
        while True:
            await self._work.wait()
            self._work.clear()
            while self._queue or self._doubtful or self._must_flush():
                link = await self._connected()
                await self._gather()
                await self._write(link)
            if self._stopping:
                return

    async def _gather(self) -> None:
        """Let come along what is being read at the moment: a commit costs the same for more."""
        seen = -1
        while seen < len(self._queue) < _ENOUGH_ROWS:
            seen = len(self._queue)
            await asyncio.sleep(0)

    def _must_flush(self) -> bool:
        now = self._time()
        due = self._stopping or now - self._flushed_at >= _FLUSH_SECONDS
        return due and self._figures.has_rejected

    async def _connected(self) -> Link:
        pause = _PAUSE_SECONDS
        while self._link is None:
            try:
                self._link = await open_link()
            except (StoreError, ConfigurationError) as error:
                logger.warning("deliveries cannot be stored: %s", error)
                await asyncio.sleep(pause)
                pause = min(_LONGEST_PAUSE_SECONDS, pause * 2)
        return self._link

    async def _write(self, link: Link) -> None:
        try:
            await self._settle(link)
            await self._write_batch(link)
        except StoreUnavailable as error:
            self._doubtful += self._flying
            await self._reconnect_later(link, error)
        except (NightshiftError, psycopg.Error) as error:  # such as a full disk
            self._refuse(self._flying, "store")
            self._give_back_rejected()
            await self._reconnect_later(link, error)

    async def _reconnect_later(self, link: Link, error: Exception) -> None:
        logger.warning("deliveries were not stored, the connection is opened anew: %s", error)
        self._flying = []
        self._link = None
        link.close()
        await asyncio.sleep(_PAUSE_SECONDS)

    async def _settle(self, link: Link) -> None:
        """Ask for what a broken connection did not answer, and queue again what was not stored."""
        stored = {}
        if self._doubtful:
            stored = await deliveries.find_batch(link, _fold(self._doubtful))
        doubtful, self._doubtful = self._doubtful, []
        if stored:
            self._rejected = {}
            self._acknowledge(doubtful, stored)
            return
        self._give_back_rejected()
        # Those whose sender has been sent away meanwhile were not counted yet.
        self._refuse([one for one in doubtful if one.told], "store")
        self._queue.extendleft(one for one in reversed(doubtful) if not one.told)

    async def _write_batch(self, link: Link) -> None:
        self._flying, self._rejected = self._take(), self._figures.take_rejected()
        self._flushed_at = self._time()
        if not self._flying:
            await deliveries.add_rejections(link, self._rejected)
        else:
            try:
                stored = await deliveries.add_batch(link, _fold(self._flying), self._rejected)
            except StoreError as error:
                if not _concerns_a_row(error):
                    raise
                self._give_back_rejected()
                await self._write_each(link)
            else:
                self._land(stored)
        self._rejected = {}

    async def _write_each(self, link: Link) -> None:
        """Store a refused batch row by row: one that cannot be stored must not fail the others."""
        batch, self._flying = deque(self._flying), []
        try:
            while batch:
                self._flying = [batch.popleft()]
                await self._write_one(link, self._flying[0])
        finally:
            self._queue.extendleft(reversed(batch))

    async def _write_one(self, link: Link, one: _Waiting) -> None:
        try:
            self._land(await deliveries.add_batch(link, [one.incoming], {}))
        except StoreError as error:
            if not _concerns_a_row(error):
                raise
            logger.error("a delivery of %s cannot be stored: %s", one.label, error)  # noqa: TRY400
            self._flying = []
            self._refuse([one], "store")

    def _give_back_rejected(self) -> None:
        self._figures.give_back(self._rejected)
        self._rejected = {}

    def _take(self) -> list[_Waiting]:
        taken: list[_Waiting] = []
        size = 0
        while self._queue and len(taken) < _MOST_ROWS and size < _MOST_BYTES:
            one = self._queue.popleft()
            size += len(one.incoming.body)
            taken.append(one)
        return taken

    def _land(self, stored: dict[Key, Stored]) -> None:
        batch, self._flying = self._flying, []
        self._acknowledge(batch, stored)

    def _acknowledge(self, batch: Sequence[_Waiting], stored: dict[Key, Stored]) -> None:
        seen: set[Key] = set()
        now, figures = self._time(), self._figures
        self._held.remove(sum([len(one.incoming.body) for one in batch]))
        for one in batch:
            key = one.key
            where = stored.get(key)
            if where is None:  # another gateway has counted a copy since; its sender asks again
                _resolve(one, None)
                continue
            status = _status(one.incoming, where) if key not in seen else DeliveryStatus.DUPLICATE
            seen.add(key)
            figures.end(one.label, status, now - one.since)
            _resolve(one, (where.id, status))

    def _refuse(self, batch: Iterable[_Waiting], reason: str) -> None:
        for one in batch:
            self._held.remove(len(one.incoming.body))
            self._figures.reject(one.label, reason)
            _resolve(one, None)

    async def _tend(self) -> None:
        """Send away who waits too long, and see to it that rejections are written in time."""
        while True:
            await asyncio.sleep(_TEND_SECONDS)
            oldest = self._time() - self._ack_seconds
            while self._queue and self._queue[0].since < oldest:
                self._refuse([self._queue.popleft()], "store")
            for one in (*self._flying, *self._doubtful):
                if one.since < oldest:
                    # Whether it will be stored is open; it is counted when that is known.
                    _resolve(one, None)
            if self._must_flush():
                self._work.set()


def _fold(batch: Iterable[_Waiting]) -> list[Incoming]:
    """Return each delivery once; a repetition is a copy of the first."""
    first: dict[Key, Incoming] = {}
    for one in batch:
        known = first.get(one.key)
        first[one.key] = known._replace(copies=known.copies + 1) if known else one.incoming
    return list(first.values())


def _status(incoming: Incoming, where: Stored) -> DeliveryStatus:
    if not where.fresh:
        return DeliveryStatus.DUPLICATE
    return DeliveryStatus.ACCEPTED if incoming.dead is None else DeliveryStatus.DEAD_LETTER


def _resolve(one: _Waiting, answer: Acknowledgement | None) -> None:
    if not one.told:
        one.told = True
        one.tell(answer)


def _concerns_a_row(error: StoreError) -> bool:
    return isinstance(error.__cause__, (psycopg.DataError, psycopg.IntegrityError))

"""A connection for an event loop that runs one prepared statement after the other.

It speaks to libpq directly: for many small statements a second, a cursor and its adaptation cost
more than all else that is done with a delivery. Parameters and results are in binary form.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence

import psycopg
from psycopg import pq
from psycopg.errors import error_from_result

from models.errors import StoreUnavailable
from models.store import open_connection, translated

_BINARY = 1
_LOOK_SECONDS = 0.2
_FINE = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


class Link:
    """One connection in autocommit mode; `open_link` opens one."""

    def __init__(self, conn: psycopg.Connection) -> None:
        self._conn = conn  # which would close, were it let go
        self._pgconn = conn.pgconn
        self._pgconn.nonblocking = 1
        # libpq closes its own when the connection breaks, and the number may be another's then.
        self._socket = os.dup(self._pgconn.socket)
        self._loop = asyncio.get_running_loop()
        self._names: dict[str, bytes] = {}
        self._result: pq.abc.PGresult | None = None
        self._answer: asyncio.Future[pq.abc.PGresult | None] | None = None
        self._loop.add_reader(self._socket, self._read)
        self._timer = self._loop.call_later(_LOOK_SECONDS, self._look)

    async def run(self, statement: str, parameters: Sequence[bytes]) -> pq.abc.PGresult:
        """Run a statement, a transaction of its own, and return its result.

        Cancelled, it leaves the connection of no use but to be closed.

        Raises:
            StoreError: What `models.store.translated` makes of the server's error.
        """
        with translated():
            name = self._names.get(statement) or await self._prepare(statement)
            self._pgconn.send_query_prepared(
                name, parameters, [_BINARY] * len(parameters), result_format=_BINARY
            )
            return await self._answered()

    def close(self) -> None:
        """End the connection at once, whatever it does."""
        self._timer.cancel()
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        os.close(self._socket)
        self._conn.close()

    async def _prepare(self, statement: str) -> bytes:
        name = b"statement_%d" % len(self._names)
        self._pgconn.send_prepare(name, statement.encode())
        await self._answered()
        self._names[statement] = name
        return name

    async def _answered(self) -> pq.abc.PGresult:
        self._answer = self._loop.create_future()
        self._flush()
        result = await self._answer
        if result is None:
            raise StoreUnavailable("Postgres closed the connection")
        if result.status not in _FINE:
            raise error_from_result(result)
        return result

    def _flush(self) -> None:
        """Send on; what the socket does not take now is sent when it can take it."""
        try:
            left = self._pgconn.flush()
        except psycopg.OperationalError as error:
            self._loop.remove_writer(self._socket)
            self._resolve(error)
            return
        if left:
            self._loop.add_writer(self._socket, self._flush)
        else:
            self._loop.remove_writer(self._socket)

    def _look(self) -> None:
        """Read without being told to: libuv tells nobody of a socket that was reset."""
        if self._answer is not None:
            self._read()
        self._timer = self._loop.call_later(_LOOK_SECONDS, self._look)

    def _read(self) -> None:
        try:
            self._pgconn.consume_input()
        except psycopg.OperationalError as error:
            self._loop.remove_reader(self._socket)  # at its end it is always readable
            self._resolve(error)
            return
        while self._answer is not None and not self._pgconn.is_busy():
            result = self._pgconn.get_result()
            if result is None:
                self._resolve(None)
                return
            self._result = result

    def _resolve(self, error: Exception | None) -> None:
        answer, self._answer = self._answer, None
        result, self._result = self._result, None
        if answer is None or answer.done():
            return
        if error is None:
            answer.set_result(result)
        else:
            answer.set_exception(error)


async def open_link() -> Link:
    """Open a connection; the embedded database is started and the schema brought up to date.

    Raises:
        StoreUnavailable: Postgres does not answer.
        ConfigurationError: The URL, its credentials or its server version cannot be used.
    """
    with translated():
        return Link(await asyncio.to_thread(_open))


def _open() -> psycopg.Connection:
    conn = open_connection()
    # The statements are the same whatever is in the arrays; to plan each anew costs a third of it.
    conn.execute("SET plan_cache_mode = force_generic_plan")
    return conn

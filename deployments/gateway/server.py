"""The gateway's HTTP server: uvicorn on uvloop, which also cuts off who sends too slowly."""

from __future__ import annotations

import asyncio
import gc
import resource
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

SLOWEST_SECONDS = 10.0
DRAIN_SECONDS = 7
_LOOK_SECONDS = 0.5
ACCEPT = "nightshift.accept"  # an ASGI extension: takes the JSON of a 202 and sends it
_ACCEPTED = (
    b"HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\n"
    b"x-content-type-options: nosniff\r\n"
)
_LENGTH = b"content-length: %d\r\n\r\n"
_CONTINUE = b"HTTP/1.1 100 "
_LARGEST_HEAD = 64 << 10
_BACKLOG = 2048
_MOST_FILES = 65_536
_SPARE_FILES = 100  # what the process opens beside its connections


class _Joining:
    """A transport that sends the head of an answer together with the start of its body.

    uvicorn writes them apart, which costs each answer a system call and a packet more.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head: bytes | None = None
        self._begun = False
        self.is_closing = transport.is_closing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Keep the first part of an answer for the second."""
        if self._head is not None:
            data, self._head = self._head + data, None
        elif not self._begun and not data.startswith(_CONTINUE):
            self._head, self._begun = data, True
            return
        self._transport.write(data)

    def write_whole(self, data: bytes) -> None:
        """Send a whole answer."""
        self._transport.write(data)

    def end_answer(self) -> None:
        """Send what is kept; what comes next is the head of another answer."""
        head, self._head, self._begun = self._head, None, False
        if head is not None:
            self._transport.write(head)

    def close(self) -> None:
        """Send what is kept, and close."""
        self.end_answer()
        self._transport.close()


class PatientProtocol(HttpToolsProtocol):
    """HTTP/1.1 that knows since when the request that it reads has been coming, and how much.

    uvicorn waits for ever for the rest of a request, and takes headers without end.
    """

    since: float | None = None
    _head: int | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin: the first request has to come."""
        self.since = self.loop.time()
        self._joining = _Joining(transport)
        super().connection_made(self._joining)  # type: ignore[arg-type]

    def data_received(self, data: bytes) -> None:
        """Read on; who sends headers without end is cut off."""
        super().data_received(data)
        if self._head is not None:
            self._head += len(data)
            if self._head > _LARGEST_HEAD:
                self._end(431, "the headers are too large")

    def on_message_begin(self) -> None:
        """Begin to read a request."""
        self.since, self._head = self.loop.time(), 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Have read the headers."""
        self._head = None
        super().on_headers_complete()
        # The application begins to run only after this, with the same scope.
        self.scope["extensions"] = {ACCEPT: partial(self._accept, self.cycle)}  # type: ignore[dict-item]

    def _accept(self, cycle: RequestResponseCycle, body: bytes) -> None:
        """Answer a request whose body was read with 202 and JSON, at once and whole.

        What `send` does, less its checks of each header, which cost more than the whole answer.
        """
        if cycle.disconnected:
            return
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        dated = b"".join(b"%s: %s\r\n" % one for one in self.server_state.default_headers)
        last = b"" if cycle.keep_alive else b"connection: close\r\n"
        self._joining.write_whole(b"".join((_ACCEPTED, dated, last, _LENGTH % len(body), body)))
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()

    def on_response_complete(self) -> None:
        """Have answered a request."""
        self._joining.end_answer()
        super().on_response_complete()

    def on_message_complete(self) -> None:
        """Have read a request."""
        self.since = None
        super().on_message_complete()

    def cut_off(self) -> None:
        """End a connection whose request takes too long; where nothing was answered, say why."""
        self.since = None
        if self.cycle is not None and (self.cycle.response_started or not self.cycle.more_body):
            self.transport.close()
        else:
            self._end(408, "the request did not come in time")

    def _end(self, status: int, reason: str) -> None:
        self._head = None
        if self.transport.is_closing():
            return
        body = b'{"error":"%s"}' % reason.encode()
        head = b"HTTP/1.1 %d Refused\r\nconnection: close\r\ncontent-type: application/json\r\n"
        self.transport.write(head % status + b"content-length: %d\r\n\r\n" % len(body) + body)
        self.transport.close()


class Server(uvicorn.Server):
    """uvicorn's server with a look at slow connections beside it."""

    async def main_loop(self) -> None:
        """Serve until told to end."""
        async with _beside(self._cut_off_slow_ones()):
            await super().main_loop()

    async def _cut_off_slow_ones(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            oldest = loop.time() - SLOWEST_SECONDS
            for protocol in self._patient():
                if protocol.since is not None and protocol.since < oldest:
                    protocol.cut_off()

    def _patient(self) -> Iterator[PatientProtocol]:
        connections = list(self.server_state.connections)
        return (one for one in connections if isinstance(one, PatientProtocol))


def serve(app: Any, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; what was begun is answered before, within seconds."""
    # What was loaded stays; the collector need not look through it again and again.
    gc.collect()
    gc.freeze()
    Server(configure(app, host, port)).run()


def configure(app: Any, host: str, port: int) -> uvicorn.Config:
    """Return how uvicorn is to serve the application."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http=PatientProtocol,
        ws="none",
        # Who is trusted to name the client's address is a setting of ours.
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        backlog=_BACKLOG,
        limit_concurrency=_raise_file_limit() - _SPARE_FILES,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _raise_file_limit() -> int:
    """Let as many connections be open as the system lets us; returns how many files that are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(_MOST_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(soft, wanted)

"""The gateway's HTTP server: uvicorn on uvloop, which also cuts off who sends too slowly."""

from __future__ import annotations

import asyncio
import gc
import resource
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from deployments.gateway.direct import Direct, Heads
from deployments.gateway.intake.door import send_full
from deployments.gateway.joining import Joining

SLOWEST_SECONDS = 10.0
DRAIN_SECONDS = 7
_LOOK_SECONDS = 0.5
_DOOR = b"/webhook/"
_SMALL_BODY = 64 << 10
_LARGEST_HEAD = 64 << 10
_BACKLOG = 2048
_MOST_FILES = 65_536
_SPARE_FILES = 100  # what the process opens beside its connections
# A delivery leaves no cycles behind; to look for some after every 700 objects costs it 4 %.
_OBJECTS_UNTIL_COLLECTED = 50_000


class PatientProtocol(HttpToolsProtocol):
    """HTTP/1.1 that knows since when the request that it reads has been coming, and how much.

    uvicorn waits for ever for the rest of a request, takes headers and trailers without end, counts
    trailers among the headers, and loses the body of who asks for another protocol.
    """

    heads = Heads()
    wire: asyncio.Transport
    since: float | None = None
    _head: int | None = None
    _elsewhere = False

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.door: Any = getattr(self.app, "door", None)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin: the first request has to come."""
        self.since = self.loop.time()
        self.wire, self._joining = transport, Joining(transport)
        super().connection_made(self._joining)  # type: ignore[arg-type]

    def data_received(self, data: bytes) -> None:
        """Read on; who sends headers or trailers without end is cut off."""
        if self._head is not None:
            # Not what they came with first: it may hold the request before them too.
            self._head += len(data)
        self._unset_keepalive_if_required()
        while data:
            data = self._feed(data)
        if self._head is not None and self._head > _LARGEST_HEAD:
            self._end(431, "the headers are too large")

    def _feed(self, data: bytes) -> bytes:
        """Let the parser read; returns what is to be read anew, mostly nothing."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._elsewhere:
                return self._without_wish() + data[upgrade.args[0] :]
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
        return b""

    def _without_wish(self) -> bytes:
        """Return the headers of a request that asks for another protocol as if it did not.

        Where one is asked for the parser takes what follows for that protocol's, and there is none
        but this one.
        """
        start = (self.parser.get_method(), self.url, self.parser.get_http_version().encode())
        kept = [b"%b: %b\r\n" % one for one in self.headers if one[0] != b"upgrade"]
        self._elsewhere = False
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        return b"%b %b HTTP/%b\r\n" % start + b"".join(kept) + b"\r\n"

    def on_message_begin(self) -> None:
        """Begin to read a request; what only an application needs is made where one gets it."""
        self.since, self._head = self.loop.time(), 0
        self.url, self.headers, self.expect_100_continue = b"", [], False

    def on_headers_complete(self) -> None:
        """Have read the headers."""
        self._head = None
        self._elsewhere = self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"
        if self._elsewhere:
            return
        headers = dict(self.headers)
        is_delivery = self.door is not None and self.url.startswith(_DOOR)
        sender = None
        if is_delivery and self._is_plain_post(headers):
            sender = self.door.sender(self.url[len(_DOOR) :])
        if sender is None:
            self._hand_to_application()
        else:
            self.cycle = Direct(self, sender, headers)  # type: ignore[assignment]

    def _hand_to_application(self) -> None:
        most = self.limit_concurrency
        if most is not None and max(len(self.connections), len(self.tasks)) >= most:
            # uvicorn would not say when to try again.
            self.limit_concurrency, self.app = None, send_full
            if self.door is not None and self.url.startswith(_DOOR):
                self.door.count_full(self.url[len(_DOOR) :])
        read = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()  # makes the scope, and empties what was read
        self.url, headers, self.expect_100_continue = read
        self.headers += headers
        super().on_headers_complete()
        self.headers = []  # what the trailers are added to

    def _is_plain_post(self, headers: dict[bytes, bytes]) -> bool:
        """Tell whether nothing of the request needs more than its headers and a small body."""
        cycle, length = self.cycle, headers.get(b"content-length", b"")
        return (
            self.parser.get_method() == b"POST"
            and not self.expect_100_continue
            and (cycle is None or cycle.response_complete)  # or it has to wait for its turn
            and length.isdigit()
            and int(length) <= _SMALL_BODY
            and len(self.connections) < (self.limit_concurrency or _MOST_FILES)
            # Only HTTP/1.0 wants to be told that its wish for another request is granted.
            and (b"connection" not in headers or self.parser.get_http_version() == "1.1")
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """End; a delivery that had not come to its end is counted as cut off."""
        if isinstance(self.cycle, Direct) and self.cycle.more_body:
            self.cycle.cut_off()
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep a connection of which one half was closed until its whole requests are answered."""
        cycle = self.cycle
        if cycle is None or cycle.more_body or cycle.response_complete:
            return False
        cycle.keep_alive = False
        return True

    def answered(self) -> None:
        """Have answered a delivery; `Server` ends the connection if no other comes in time."""
        if self.pipeline:
            self.on_response_complete()
            return
        self.server_state.total_requests += 1
        self.since = self.loop.time()

    def on_response_complete(self) -> None:
        """Have answered a request."""
        self._joining.end_answer()
        super().on_response_complete()

    def on_body(self, body: bytes) -> None:
        """Have read a part of the body."""
        if isinstance(self.cycle, Direct):
            self.cycle.read(body)
        else:
            self._head = None
            super().on_body(body)

    def on_chunk_header(self) -> None:
        """Begin a chunk; after the last one there may be trailers, which count as headers do."""
        self._head = 0

    def on_message_complete(self) -> None:
        """Have read a request."""
        if self._elsewhere:
            return
        self.since = self._head = None
        if isinstance(self.cycle, Direct):
            self.cycle.take()
        else:
            super().on_message_complete()

    def cut_off(self) -> None:
        """End a connection whose request takes too long; where nothing was answered, say why."""
        self.since = None
        if self.cycle is not None and (self.cycle.response_started or not self.cycle.more_body):
            self.transport.close()
        else:
            self._end(408, "the request did not come in time")

    def send_400_response(self, msg: str) -> None:
        """End a connection on which comes what is no HTTP."""
        if self._owes():
            self.transport.close()
        elif not self.transport.is_closing():
            super().send_400_response(msg)

    def _owes(self) -> bool:
        """Tell whether a request before waits for its answer, which any other would pass for."""
        cycle = self.cycle
        return bool(self.pipeline) or (
            cycle is not None
            and not cycle.response_complete
            and (cycle.response_started or not cycle.more_body)
        )

    def _end(self, status: int, reason: str) -> None:
        self._head = None
        if self._owes():
            self.transport.close()
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
    gc.set_threshold(_OBJECTS_UNTIL_COLLECTED)
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

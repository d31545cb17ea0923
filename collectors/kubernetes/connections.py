"""HTTP connections that can send nothing but GET, and that a deadline can break off.

Both are enforced at the lowest level that we own, below the official client: whatever asks for
another verb is refused before a byte of it is written.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from models.errors import Refused


class Watch:
    """Knows the sockets in use, so that a request that takes too long can be broken off.

    The library's own timeout starts anew with every byte that trickles in.
    """

    def __init__(self) -> None:
        self.sockets: set[socket.socket] = set()

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[threading.Event]:
        """Break off what happens within after that time; the event then is set."""
        expired = threading.Event()
        timer = threading.Timer(seconds, self._expire, (expired,))
        timer.daemon = True
        timer.start()
        try:
            yield expired
        finally:
            timer.cancel()

    def _expire(self, expired: threading.Event) -> None:
        expired.set()
        for wire in list(self.sockets):
            with suppress(OSError):
                # Not the TLS socket's own method, which takes its state from under the reader.
                socket.socket.shutdown(wire, socket.SHUT_RDWR)


class _ReadOnly(HTTPConnection):
    watch: ClassVar[Watch]

    def connect(self) -> None:
        super().connect()
        self.watch.sockets.add(self.sock)

    def close(self) -> None:
        self.watch.sockets.discard(self.sock)
        super().close()

    def putrequest(self, method: str, *arguments: Any, **options: Any) -> None:
        if method != "GET":
            raise Refused(f"collectors only read: {method} was not sent")
        super().putrequest(method, *arguments, **options)


def pool_classes() -> tuple[Watch, dict[str, type[HTTPConnectionPool]]]:
    """Return a watch, and the pools of connections that it watches, by scheme."""
    watch = Watch()

    class Plain(_ReadOnly):
        pass

    class Tls(_ReadOnly, HTTPSConnection):
        pass

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    Plain.watch = Tls.watch = watch
    return watch, {"http": PlainPool, "https": TlsPool}

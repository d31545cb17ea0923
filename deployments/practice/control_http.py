"""The controls of the practice datacenter over loopback HTTP: POST a call's name and arguments."""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from deployments.practice.controls import Controls
from deployments.practice.faults import FAULTS
from models.errors import WrongUse

LONGEST_BODY = 1 << 20


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    controls: Controls
    token: str


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Stay silent."""

    def do_GET(self) -> None:
        """Answer /counters, /faults or /planted."""
        if not self._trusted():
            return
        known: dict[str, Callable[[], Any]] = {
            "/counters": self.server.controls.counters,
            "/planted": self.server.controls.planted,
            "/faults": lambda: {name: fault.description for name, fault in FAULTS.items()},
        }
        answer = known.get(self.path)
        self._send(200, answer()) if answer else self._send(404, {"error": "no such page"})

    def do_POST(self) -> None:
        """Answer {call, args} with {result}, or with {error} and 400."""
        if not self._trusted():
            return
        length = min(int(self.headers.get("Content-Length", "0")), LONGEST_BODY)
        try:
            wanted = json.loads(self.rfile.read(length))
            result = self.server.controls.call(wanted["call"], wanted.get("args", {}))
        except (WrongUse, ValueError, TypeError, KeyError, AttributeError) as error:
            self._send(400, {"error": str(error)})
        else:
            self._send(200, {"result": result})

    def _trusted(self) -> bool:
        sent = self.headers.get("Authorization", "").removeprefix("Bearer ")
        trusted = hmac.compare_digest(sent.encode(), self.server.token.encode())
        if not trusted:
            self.close_connection = True
            self._send(401, {"error": "wrong token"})
        return trusted

    def _send(self, status: int, value: Any) -> None:
        body = json.dumps(value, default=_plain).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


class ControlServer:
    """Serves controls on a loopback port while it is entered."""

    def __init__(self, controls: Controls, token: str, port: int = 0) -> None:
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.controls, self._server.token = controls, token
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )

    @property
    def url(self) -> str:
        """The address to post to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> ControlServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

"""The HTTP side: one thread a connection, chunked watches, and the scripted trouble."""

from __future__ import annotations

import socket
import ssl
import sys
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson

from deployments.practice.kubernetes.api import Api
from deployments.practice.kubernetes.counting import Counters
from deployments.practice.kubernetes.disturb import Disturbance, Disturbances
from deployments.practice.kubernetes.request import Reply
from deployments.practice.kubernetes.status import REASONS, Refused, no_such_path

SEND_BYTES = 1 << 20


class Server(ThreadingHTTPServer):
    """Serves the APIs of all clusters; what is a bug of ours is kept and printed."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    allow_reuse_address = True
    apis: dict[str, Api]
    disturbances: Disturbances
    counters: Counters
    context: ssl.SSLContext | None
    bugs: list[str]
    closing: bool = False

    def get_request(self) -> tuple[Any, Any]:
        """Accept a connection."""
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.context:
            # The handshake happens in the connection's thread: a silent client blocks nobody.
            connection = self.context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Stay silent about clients that go away."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            self.bugs.append("".join(traceback.format_exception(error)))
            sys.stderr.write(self.bugs[-1])


class Handler(BaseHTTPRequestHandler):
    """Answers under /clusters/<name>."""

    protocol_version = "HTTP/1.1"
    server_version = "kubernetes-practice"
    server: Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Stay silent."""

    def do_GET(self) -> None:
        """Answer a list, get, watch or discovery."""
        self._serve()

    def do_POST(self) -> None:
        """Answer a creation."""
        self._serve()

    def do_PUT(self) -> None:
        """Answer an update."""
        self._serve()

    def do_PATCH(self) -> None:
        """Answer a patch."""
        self._serve()

    def do_DELETE(self) -> None:
        """Answer a deletion."""
        self._serve()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        address = urlsplit(self.path)
        query = dict(parse_qsl(address.query, keep_blank_values=True))
        parts = [unquote(part) for part in address.path.split("/") if part]
        try:
            self._answer(parts, query, body)
        except Refused as refused:
            headers = {}
            if refused.retry_after is not None:
                headers["Retry-After"] = str(refused.retry_after)
            self._send(Reply(status=refused.code, body=orjson.dumps(refused.body), headers=headers))

    def _answer(self, parts: list[str], query: dict[str, str], body: bytes) -> None:
        api = self.server.apis.get(parts[1]) if parts[:1] == ["clusters"] and parts[1:] else None
        if api is None:
            raise no_such_path()
        rest = parts[2:]
        headers = {name.title(): value for name, value in self.headers.items()}
        user = api.user(headers, rest)
        about = api.about(rest) if self.command == "GET" else None
        if about is not None or user is None:
            self._disturbed_or(parts[1], {"discovery", "/".join(rest)}, Reply(body=about or b""))
            return
        request = api.read(self.command, rest, query, headers, body)
        self.server.counters.request(request.verb, request.label)
        due = self._due(parts[1], request.names, continued="continue" in query)
        if due and due.kind == "expire":
            api.world.store.forget_snapshots(request.resource)
            due = None
        if due and due.kind in {"fail", "hang"}:
            self._disturb(due)
        elif due:
            self._broken(due, api.answer(request, user))
        else:
            self._send(api.answer(request, user))

    def _disturbed_or(self, cluster: str, names: set[str], reply: Reply) -> None:
        self.server.counters.request("get", "discovery")
        due = self._due(cluster, names, continued=False)
        if due is None:
            self._send(reply)
        elif due.kind in {"drop", "garble"}:
            self._broken(due, reply)
        else:
            self._disturb(due)

    def _due(self, cluster: str, names: set[str], *, continued: bool) -> Disturbance | None:
        time.sleep(self.server.disturbances.delay_seconds)
        return self.server.disturbances.next(cluster, names, continued=continued)

    def _disturb(self, due: Disturbance) -> None:
        if due.kind == "fail":
            reason = REASONS.get(due.status, "InternalError")
            text = f"practised trouble: {reason}"
            raise Refused(due.status, text, retry_after=due.retry_after)
        if due.kind == "hang":
            self.server.disturbances.hang(due.seconds)
            self.close_connection = True

    def _broken(self, due: Disturbance, reply: Reply) -> None:
        """Send half of an answer: as if it were whole (garble), or cut off in the middle."""
        half = reply.body[: len(reply.body) // 2]
        self._head(reply, len(half) if due.kind == "garble" else len(reply.body))
        self.wfile.write(half)
        self.wfile.flush()
        if due.kind == "drop":
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True

    def _head(self, reply: Reply, length: int | None) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        if length is None:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(length))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _send(self, reply: Reply) -> None:
        if reply.lines is not None:
            self._stream(reply)
            return
        self._head(reply, len(reply.body))
        body = memoryview(reply.body)
        for start in range(0, len(body), SEND_BYTES):
            self.wfile.write(body[start : start + SEND_BYTES])

    def _stream(self, reply: Reply) -> None:
        self._head(reply, None)
        for line in reply.lines() if reply.lines else ():
            self.wfile.write(b"%x\r\n%s\n\r\n" % (len(line) + 1, line))
            self.wfile.flush()
            if self.server.closing:
                break
        self.wfile.write(b"0\r\n\r\n")

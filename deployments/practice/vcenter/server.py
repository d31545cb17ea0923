"""The practice vCenter on a loopback port: HTTPS or HTTP, one thread a connection."""

from __future__ import annotations

import secrets
import socket
import ssl
import sys
import threading
import time
import traceback
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from deployments.practice.site import Site, build_site
from deployments.practice.vcenter.certificate import as_file, server_certificate
from deployments.practice.vcenter.control import Control
from deployments.practice.vcenter.disturb import Disturbance, Disturbances
from deployments.practice.vcenter.methods import METHODS
from deployments.practice.vcenter.sessions import READ_ONLY_DENIED, Account
from deployments.practice.vcenter.soap_read import BadRequest, Request, read_request
from deployments.practice.vcenter.types import API_VERSION
from deployments.practice.vcenter.vcenter import Reply, VCenter
from deployments.practice.vcenter.world import World

COOKIE = "vmware_soap_session"
PRIOR_VERSIONS = ("8.0.2.0", "8.0.1.0", "8.0.0.1", "7.0.3.0", "7.0.0.0", "6.7", "6.5", "6.0", "5.5")
VERSIONS = (
    '<?xml version="1.0" encoding="UTF-8"?><namespaces version="1.0"><namespace>'
    f"<name>urn:vim25</name><version>{API_VERSION}</version><priorVersions>"
    + "".join(f"<version>{version}</version>" for version in PRIOR_VERSIONS)
    + "</priorVersions></namespace></namespaces>"
).encode()
SEND_BYTES = 1 << 20


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    allow_reuse_address = True
    vcenter: VCenter
    disturbances: Disturbances
    context: ssl.SSLContext | None
    bugs: list[str]

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.context:
            # The handshake happens in the connection's thread: a silent client blocks nobody.
            connection = self.context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Stay silent about clients that go away; keep and print what is a bug of ours."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            self.bugs.append("".join(traceback.format_exception(error)))
            sys.stderr.write(self.bugs[-1])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    server_version = "VMware-practice"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Stay silent."""

    def do_GET(self) -> None:
        """Answer with the versions that we speak; nothing else is to be had."""
        if self.path.rstrip("/") in {"/sdk/vimServiceVersions.xml", "/sdk/vimServiceVersions"}:
            self._send(Reply(status=200, body=VERSIONS))
        else:
            self._send(Reply(status=404, body=b""))

    def do_POST(self) -> None:
        """Answer a SOAP call, disturbed if a script says so."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path.split("?")[0].rstrip("/") not in {"/sdk", "/sdk/vimService"}:
            self._send(Reply(status=404, body=b""))
            return
        try:
            request = read_request(body)
        except BadRequest as error:
            self._send(Reply(status=400, body=str(error).encode()))
            return
        disturbance = self.server.disturbances.next(request.method)
        time.sleep(self.server.disturbances.delay(request.method))
        if disturbance:
            self._disturbed(disturbance, request)
        else:
            self._send(self._answer(request))

    def _answer(self, request: Request) -> Reply:
        agent = self.headers.get("User-Agent", "")
        return self.server.vcenter.answer(request, self._cookie(), agent)

    def _cookie(self) -> str | None:
        try:
            found = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        except CookieError:
            return None
        return found.value.strip('"') if found else None

    def _disturbed(self, disturbance: Disturbance, request: Request) -> None:
        self.server.vcenter.count(request.method)
        reply = disturbance.reply()
        if reply is not None:
            self._send(reply)
        elif disturbance.kind == "hang":
            self.server.disturbances.hang(disturbance.seconds)
            self.close_connection = True
        else:
            self.server.vcenter.calls[request.method] -= 1  # answered after all, so counted there
            self._broken(disturbance, self._answer(request))

    def _broken(self, disturbance: Disturbance, reply: Reply) -> None:
        """Send half of an answer: as if it were whole (malformed), or cut off in the middle."""
        half = reply.body[: len(reply.body) // 2]
        length = len(half) if disturbance.kind == "malformed" else len(reply.body)
        self._head(reply, length)
        self.wfile.write(half)
        self.wfile.flush()
        if disturbance.kind == "cut":
            self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def _head(self, reply: Reply, length: int) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Length", str(length))
        if reply.cookie:
            secure = "; Secure" if self.server.context else ""
            cookie = f'{COOKIE}="{reply.cookie}"; Path=/; HttpOnly{secure}'
            self.send_header("Set-Cookie", cookie)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.end_headers()

    def _send(self, reply: Reply) -> None:
        self._head(reply, len(reply.body))
        body = memoryview(reply.body)
        for start in range(0, len(body), SEND_BYTES):
            self.wfile.write(body[start : start + SEND_BYTES])


class PracticeVCenter:
    """A vCenter to practise on; a context manager that serves while it is entered.

    Args:
        site: What it holds; the default site where none is given.
        port: The loopback port, 0 for a free one.
        tls: HTTPS with a self-signed certificate that ends when the site says so.
        session_limit: How many sessions may be open.
        denied: What the read-only account may not read, as Type.path to the missing privilege;
            the default denies the licences.
        password: Of the read-only account; drawn where none is given.
        write_password: Of the account that may write; drawn where none is given.
    """

    username = "nightshift@vsphere.local"
    write_username = "nightshift-write@vsphere.local"

    def __init__(  # noqa: PLR0913 - options of a test server, all by name
        self,
        site: Site | None = None,
        *,
        port: int = 0,
        tls: bool = True,
        session_limit: int = 100,
        denied: dict[str, str] | None = None,
        password: str | None = None,
        write_password: str | None = None,
    ) -> None:
        self.site = site or build_site()
        self.password = password or secrets.token_urlsafe(18)
        self.write_password = write_password or secrets.token_urlsafe(18)
        self.reader = Account(
            username=self.username,
            password=self.password,
            may_write=False,
            denied=dict(READ_ONLY_DENIED if denied is None else denied),
        )
        writer = Account(username=self.write_username, password=self.write_password, may_write=True)
        self.world = World(self.site)
        self.vcenter = VCenter(self.world, [self.reader, writer], METHODS, session_limit)
        self.disturbances = Disturbances()
        self.control = Control(self.vcenter, self.disturbances, self.reader)
        self.tls = tls
        self.bugs: list[str] = []
        self._server = self._bind(port)
        self.control.on_new_certificate = self._renew
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )

    def _bind(self, port: int) -> _Server:
        server = _Server(("127.0.0.1", port), _Handler)
        server.vcenter, server.disturbances = self.vcenter, self.disturbances
        server.bugs = self.bugs
        server.context = self._context(self.site.certificate_ends_at) if self.tls else None
        return server

    def _renew(self, ends_at: datetime) -> None:
        if self.tls:
            self._server.context = self._context(ends_at)

    def _context(self, ends_at: datetime) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        common = self.site.settings["VirtualCenter.FQDN"]
        pem = server_certificate(common, self.site.seed, ends_at)
        with as_file(pem) as path:
            context.load_cert_chain(path)
        return context

    @property
    def host(self) -> str:
        """The loopback address."""
        return "127.0.0.1"

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The address of the SOAP endpoint."""
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}/sdk"

    def __enter__(self) -> PracticeVCenter:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.disturbances.release()
        self._server.shutdown()
        self._server.server_close()

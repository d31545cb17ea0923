"""Receivers of notices for tests: one like Slack's Web API, one for any webhook, and real SMTP.

They keep what they took and what they were asked, and fail on order as real ones were seen to.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import threading
import time
from collections import deque
from contextlib import suppress
from email import message_from_bytes, policy
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest

from models.settings import settings

TOKEN = "xoxb-canary-4f1e"
KEY = "canary-routing-key"
SECRET = "whsec_Y2FuYXJ5LXNlY3JldC1vZi10aGUtdGVzdHM="
PATH = "/services/T0/B0/canary-path"


class Fault(StrEnum):
    DOWN = "500"
    BUSY = "429 with Retry-After"
    REFUSED = "400"
    FORBIDDEN = "403 that quotes the secret"
    MISSING = "404"
    REDIRECT = "302 to elsewhere"
    HANG = "no answer"
    DRIP = "one byte at a time"
    CUT = "taken, then cut before the answer"
    KILL = "taken, then the sender is killed before the answer"
    LOST = "cut before it is taken"


STATUSES = {
    Fault.DOWN: 500,
    Fault.BUSY: 429,
    Fault.REFUSED: 400,
    Fault.FORBIDDEN: 403,
    Fault.MISSING: 404,
    Fault.REDIRECT: 302,
}
TAKEN = (Fault.CUT, Fault.KILL)


class Receiver:
    """Takes any POST and answers 202, unless a fault is due."""

    def __init__(self) -> None:
        self.faults: deque[Fault] = deque()  # one request each, in order
        self.always: Fault | None = None
        self.kill: int | None = None  # the process that dies at a KILL
        self.asked: list[dict[str, Any]] = []  # every request
        self.taken: list[dict[str, Any]] = []  # every message that it kept
        self.released = threading.Event()
        self.lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"receiver": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def due(self) -> Fault | None:
        with self.lock:
            return self.faults.popleft() if self.faults else self.always

    def take(self, asked: dict[str, Any]) -> tuple[int, Any]:
        with self.lock:
            self.taken.append(asked)
        return 202, {"status": "success"}

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [item["body"] for item in self.taken]


class SlackServer(Receiver):
    """Speaks chat.postMessage, chat.update and the two readings, with a channel of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[str, dict[str, Any]] = {}  # by ts; a reply names its thread_ts
        self.edits = 0
        self.may_read = True

    @property
    def posts(self) -> list[dict[str, Any]]:
        return [m for m in self.messages.values() if "thread_ts" not in m]

    @property
    def replies(self) -> list[dict[str, Any]]:
        return [m for m in self.messages.values() if "thread_ts" in m]

    def take(self, asked: dict[str, Any]) -> tuple[int, Any]:
        method, body = asked["path"].rpartition("/")[2], asked["body"]
        if asked["headers"].get("authorization") != f"Bearer {TOKEN}":
            return 200, {"ok": False, "error": "invalid_auth"}
        with self.lock:
            self.taken.append(asked)
            methods = {
                "chat.postMessage": self._post,
                "chat.update": self._update,
                "conversations.history": self._read,
                "conversations.replies": self._read,
            }
            return 200, methods[method](body)

    def _post(self, body: dict[str, Any]) -> dict[str, Any]:
        ts = f"{time.time():.4f}{len(self.messages):02d}"
        self.messages[ts] = {**body, "ts": ts}
        return {"ok": True, "ts": ts, "channel": body["channel"]}

    def _update(self, body: dict[str, Any]) -> dict[str, Any]:
        if body["ts"] not in self.messages:
            return {"ok": False, "error": "message_not_found"}
        self.edits += 1
        self.messages[body["ts"]].update(body)
        return {"ok": True, "ts": body["ts"], "channel": body["channel"]}

    def _read(self, body: dict[str, Any]) -> dict[str, Any]:
        if not self.may_read:
            return {"ok": False, "error": "missing_scope"}
        thread = body.get("ts")
        found = [m for m in self.messages.values() if m.get("thread_ts") == thread]
        return {"ok": True, "messages": [m for m in found if m["ts"] >= body["oldest"]]}


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"] or 0))
        asked = {
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "raw": raw,
            "body": _parsed(self.headers.get_content_type(), raw),
        }
        fault = self.receiver.due()
        with self.receiver.lock:
            self.receiver.asked.append(asked)
        if fault is None or fault in TAKEN:
            status, answer = self.receiver.take(asked)
            if fault in TAKEN:
                self._die(fault)
                return
            self._answer(status, json.dumps(answer).encode())
            return
        self._fail(fault)

    def do_GET(self) -> None:
        with self.receiver.lock:
            self.receiver.asked.append({"path": self.path, "method": "GET", "headers": {}})
        self._answer(200, b"{}")

    def _die(self, fault: Fault) -> None:
        if fault is Fault.KILL and self.receiver.kill:
            os.kill(self.receiver.kill, signal.SIGKILL)
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _fail(self, fault: Fault) -> None:
        if fault is Fault.HANG:
            self.receiver.released.wait(60)
        elif fault is Fault.DRIP:
            self._drip()
        elif fault is Fault.LOST:
            self._die(fault)
        else:
            extra = {Fault.BUSY: ("Retry-After", "2"), Fault.REDIRECT: ("Location", "/elsewhere")}
            words = f"no, {TOKEN} {KEY} {SECRET} {PATH}: not today".encode()
            self._answer(STATUSES[fault], words, extra.get(fault))

    def _drip(self) -> None:
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n")
            while not self.receiver.released.wait(0.05):
                self.wfile.write(b" ")
                self.wfile.flush()

    def _answer(self, status: int, body: bytes, extra: tuple[str, str] | None = None) -> None:
        with suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if extra:
                self.send_header(*extra)
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


def _parsed(kind: str, raw: bytes) -> dict[str, Any]:
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(raw.decode()))
    return json.loads(raw)


class Mailbox:
    """What a real SMTP server took; `answers` are given instead, one DATA each."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.encrypted: list[bool] = []
        self.logins: list[tuple[str, str]] = []
        self.answers: deque[str] = deque()
        self.kill: int | None = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answers and self.answers[0] != "KILL":
            return self.answers.popleft()
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        self.encrypted.append(session.ssl is not None)
        if self.answers:
            self.answers.popleft()
            os.kill(self.kill, signal.SIGKILL)
        return "250 taken"

    def authenticate(self, server, session, envelope, mechanism, data) -> Any:
        from aiosmtpd.smtp import AuthResult

        given = (data.login.decode(), data.password.decode())
        self.logins.append(given)
        return AuthResult(success=given == ("ops", "canary password"), handled=False)


class MailServer:
    """A real SMTP server on loopback, with or without STARTTLS."""

    def __init__(self, context: ssl.SSLContext | None = None, **options: Any) -> None:
        from aiosmtpd.controller import Controller

        self.box = Mailbox()
        self.controller = Controller(
            self.box,
            hostname="127.0.0.1",
            port=0,
            tls_context=context,
            authenticator=self.box.authenticate,
            **options,
        )

    def __enter__(self) -> MailServer:
        self.controller.port = free_port()
        self.controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.controller.stop()

    @property
    def port(self) -> int:
        return int(self.controller.port)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def receiver():
    with Receiver() as found:
        yield found


@pytest.fixture
def slack_server():
    with SlackServer() as found:
        yield found


@pytest.fixture
def mail_server():
    with MailServer() as found:
        yield found


@pytest.fixture
def slack(slack_server, monkeypatch):
    """Slack's bot, configured."""
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_SLACK_TOKEN", TOKEN)
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_SLACK_CHANNEL", "C0OPS")
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_SLACK_API_URL", f"{slack_server.url}/api")
    settings.cache_clear()
    return slack_server


@pytest.fixture
def slack_webhook(receiver, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_SLACK_WEBHOOK_URL", receiver.url + PATH)
    settings.cache_clear()
    return receiver


@pytest.fixture
def pagerduty(receiver, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_PAGERDUTY_URL", f"{receiver.url}/v2/enqueue")
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_PAGERDUTY_KEY", KEY)
    settings.cache_clear()
    return receiver


@pytest.fixture
def cloud_events(receiver, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_CLOUDEVENTS_URL", receiver.url + PATH)
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_CLOUDEVENTS_SECRET", SECRET)
    settings.cache_clear()
    return receiver


@pytest.fixture
def email(mail_server, monkeypatch):
    """E-mail over a real SMTP server; the fixture is what it took."""
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_SMTP_URL", f"smtp://127.0.0.1:{mail_server.port}")
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_EMAIL_FROM", "Nightshift <night@example.org>")
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_EMAIL_TO", "ops@example.org, Dana <dana@example.org>")
    settings.cache_clear()
    return mail_server.box

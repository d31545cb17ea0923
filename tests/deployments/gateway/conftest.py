"""Gateways on real sockets, each with settings of its own, over the session's Postgres."""

from __future__ import annotations

import hmac
import json
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import uvloop
from fastapi.testclient import TestClient

from deployments.gateway.app import Gateway, create_app
from deployments.gateway.server import Server, configure
from models.settings import settings
from models.store import deliveries, transaction

SECRET = "the-secret"
ALERT = {
    "version": "4",
    "status": "firing",
    "receiver": "nightshift",
    "groupLabels": {"alertname": "DiskFull"},
    "commonLabels": {"alertname": "DiskFull", "severity": "critical"},
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "DiskFull", "instance": "db-1.example:9100"},
            "annotations": {"summary": "The disk of db-1 is full"},
            "startsAt": "2026-11-20T10:00:00Z",
            "fingerprint": "5ad1",
        }
    ],
}


def a_body(**changes: Any) -> bytes:
    """Return an Alertmanager message as JSON."""
    return json.dumps({**ALERT, **changes}).encode()


def signature(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, "sha256").hexdigest()


@dataclass
class Running:
    """A gateway that serves; `post` signs unless told otherwise."""

    app: Gateway
    server: Server
    port: int
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", trust_env=False, timeout=60
        )

    def post(self, body: bytes, vendor: str = "alertmanager", **headers: str) -> httpx.Response:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if not given:
            given = {"X-Nightshift-Signature": f"sha256={signature(body)}"}
        return self.client.post(f"/webhook/{vendor}", content=body, headers=given)

    def raw(self, data: bytes, wait: float = 5.0) -> bytes:
        """Send bytes as they are and return all that comes until the other side closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as plain:
            plain.sendall(data)
            parts = []
            try:
                while part := plain.recv(65536):
                    parts.append(part)
            except (TimeoutError, ConnectionResetError):
                pass
            return b"".join(parts)


class _Thread(threading.Thread):
    """The server's own thread and event loop."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self.server = server

    def run(self) -> None:
        uvloop.run(self.server.serve())


@contextmanager
def serving(app: Gateway):
    server = Server(configure(app, "127.0.0.1", 0))
    thread = _Thread(server)
    thread.start()
    while not (server.started and app.door.writer.is_connected):
        assert thread.is_alive()
        time.sleep(0.01)
    running = Running(app, server, server.servers[0].sockets[0].getsockname()[1])
    try:
        yield running
    finally:
        running.client.close()
        server.should_exit = True
        thread.join()


@pytest.fixture
def start(database, monkeypatch):
    """Start a gateway with settings (`webhook_queue=1`); it ends with the test."""
    running: list[Any] = []

    def start(**options: Any) -> Running:
        names = {"webhook_alertmanager_secret": SECRET, **options}
        for name, value in names.items():
            monkeypatch.setenv(f"NIGHTSHIFT_{name.upper()}", str(value))
        settings.cache_clear()
        held = serving(create_app())
        running.append(held)
        return held.__enter__()

    yield start
    for held in reversed(running):
        held.__exit__(None, None, None)


@pytest.fixture
def gateway(start):
    return start()


@pytest.fixture
def client(database):
    """A client on this machine, without a socket between."""
    with TestClient(
        create_app(), base_url="http://127.0.0.1:8420", client=("127.0.0.1", 50000)
    ) as client:
        yield client


def counts() -> dict[str, int]:
    with transaction() as conn:
        return deliveries.counts(conn)


def settled(**wanted: int) -> dict[str, int]:
    """Return the counts once the rejections of the last second are in them too."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = counts()
        if all(found[name] == value for name, value in wanted.items()):
            return found
        time.sleep(0.05)
    return counts()


def rows() -> list[tuple[Any, ...]]:
    with transaction() as conn:
        return conn.execute(
            "SELECT vendor, outcome, state, copies, kind, body FROM deliveries ORDER BY id"
        ).fetchall()

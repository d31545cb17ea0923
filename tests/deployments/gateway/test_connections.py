"""What comes over one connection: requests that follow on each other, that end late, or never."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from deployments.gateway import server
from deployments.gateway.intake import door
from models.store import deliveries
from tests.deployments.gateway.conftest import a_body, rows, settled, signature

UPGRADE = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
CLOSE = b"Connection: close\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


def head(extra: bytes = b"", body: bytes | None = None) -> bytes:
    """Return the head of a delivery, signed and with a length where the body is given."""
    proof = b""
    if body is not None:
        proof = b"X-Signature: %b\r\nContent-Length: %d\r\n" % (signature(body).encode(), len(body))
    return b"POST /webhook/alertmanager HTTP/1.1\r\nHost: x\r\n" + proof + extra + b"\r\n"


def request(body: bytes, extra: bytes = b"") -> bytes:
    return head(extra, body) + body


def numbered(count: int) -> list[bytes]:
    return [a_body(truncatedAlerts=number) for number in range(count)]


@pytest.fixture
def slow_store(monkeypatch):
    """A database that takes a second over each batch."""
    add_batch = deliveries.add_batch

    async def slowly(*given):
        await asyncio.sleep(1)
        return await add_batch(*given)

    monkeypatch.setattr(deliveries, "add_batch", slowly)


def test_trailers_without_end_are_cut_off(gateway):
    trailers = b"".join(b"x-%d: %s\r\n" % (number, b"y" * 100) for number in range(1000))
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as plain:
        plain.sendall(head(CHUNKED) + b"2\r\n{}\r\n0\r\n")

        with pytest.raises(ConnectionError):
            plain.sendall(trailers * 500)


def test_a_trailer_is_no_header(gateway):
    body = a_body()
    chunk = b"%x\r\n%b\r\n0\r\n" % (len(body), body)
    trailer = b"X-Signature: %b\r\n\r\n" % signature(body).encode()

    assert gateway.raw(head(CHUNKED + CLOSE) + chunk + trailer).startswith(b"HTTP/1.1 401")


def test_a_large_body_does_not_count_as_the_headers_of_the_next_request(gateway):
    large, small = a_body(pad="x" * 60_000), a_body(pad="x" * 8_000)
    last = request(a_body(), CLOSE)
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as plain:
        plain.sendall(request(large) + request(small) + last[:40])
        time.sleep(0.3)
        plain.sendall(last[40:])
        answers = b""
        while part := plain.recv(65536):
            answers += part

    assert answers.count(b"HTTP/1.1 202") == 3


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param(head(b"Content-Length: 9\r\n") + b"{", id="a body that does not end"),
        pytest.param(head()[:-2], id="headers that do not end"),
        pytest.param(b"\0 no HTTP\r\n\r\n", id="what is no HTTP"),
        pytest.param(head() + b"\0 no HTTP\r\n\r\n", id="what is none after another request"),
    ],
)
def test_what_is_wrong_with_a_request_is_not_the_answer_to_the_one_before(
    start, monkeypatch, slow_store, rest
):
    monkeypatch.setattr(server, "SLOWEST_SECONDS", 0.1)
    gateway = start()

    answer = gateway.raw(request(a_body()) + rest)

    # Not answered at all, it is sent again, and is a duplicate then.
    assert answer == b""
    assert settled(accepted=1)["accepted"] == 1


def test_a_delivery_that_asks_for_another_protocol_is_read_in_this_one(gateway):
    first, second, third = numbered(3)

    answers = gateway.raw(
        request(first, UPGRADE) + request(second, UPGRADE) + request(third, CLOSE)
    )

    assert answers.count(b"HTTP/1.1 202") == 3
    assert [row[-1] for row in rows()] == [first, second, third]


def test_a_body_is_no_request_whatever_protocol_was_asked_for(gateway):
    body = request(a_body())
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as plain:
        plain.sendall(head(UPGRADE + CLOSE, body))
        time.sleep(0.3)
        plain.sendall(body)
        answers = b""
        while part := plain.recv(65536):
            answers += part

    assert answers.count(b"HTTP/1.1 ") == 1
    assert answers.startswith(b"HTTP/1.1 400")
    assert rows() == []


def test_a_thousand_wishes_for_another_protocol_in_one_packet_are_answered(gateway):
    wish = b"GET /webhook/x HTTP/1.1\r\nHost: x\r\n" + UPGRADE + b"\r\n"

    answers = gateway.raw(wish * 999 + wish.replace(b"Upgrade, ", b"close, Upgrade, "), 20)

    assert answers.count(b"HTTP/1.1 405") == 1000


def test_bodies_that_do_not_end_take_only_so_much_memory_and_keep_nobody_out(gateway):
    gateway.app.door.reading.most = 100_000
    part = head(b"Content-Length: 60000\r\n") + b"x" * 50_000
    slow = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(4)]
    for plain in slow:
        plain.sendall(part)
    refused = settled(rejected=2)["rejected"]

    assert refused == 2
    assert gateway.app.door.reading.now <= 100_000
    assert gateway.post(a_body()).status_code == 202
    for plain in slow:
        plain.close()
    found = settled(rejected=4)
    assert (found["received"], found["accepted"], found["rejected"]) == (5, 1, 4)
    assert gateway.app.door.reading.now == 0


@pytest.mark.parametrize("size", [0, 100_000])
def test_a_bug_over_a_delivery_lets_its_sender_try_again(gateway, monkeypatch, size):
    def fails(*_given):
        raise KeyError

    body = a_body(pad="x" * size)
    with monkeypatch.context() as broken:
        broken.setattr(door, "_why_dead", fails)
        answer = gateway.post(body)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert settled(rejected=1)["rejected"] == 1
    assert gateway.post(body).status_code == 202


@pytest.mark.parametrize("size", [0, 100_000])
def test_who_closes_the_sending_half_is_told_that_the_delivery_is_stored(gateway, slow_store, size):
    body = a_body(pad="x" * size)
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as plain:
        plain.sendall(request(body))
        plain.shutdown(socket.SHUT_WR)

        answer = b""
        while part := plain.recv(65536):
            answer += part

    assert answer.startswith(b"HTTP/1.1 202")
    assert settled(accepted=1)["accepted"] == 1


def test_who_sends_several_and_closes_the_sending_half_gets_each_answer(gateway, slow_store):
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as plain:
        plain.sendall(b"".join(map(request, numbered(3))))
        plain.shutdown(socket.SHUT_WR)

        answers = b""
        while part := plain.recv(65536):
            answers += part

    assert answers.count(b"HTTP/1.1 202") == 3


def test_who_closes_the_sending_half_is_answered_by_every_route(gateway, slow_store):
    asked = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as plain:
        plain.sendall(request(a_body()) + asked)
        plain.shutdown(socket.SHUT_WR)

        answers = b""
        while part := plain.recv(65536):
            answers += part

    assert [answers.count(b"HTTP/1.1 %d" % status) for status in (202, 200)] == [1, 1]


def test_who_closes_the_sending_half_within_a_delivery_is_let_go(gateway):
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as plain:
        plain.sendall(request(a_body())[:-1])
        plain.shutdown(socket.SHUT_WR)

        assert plain.recv(65536) == b""

    assert settled(rejected=1)["rejected"] == 1


@pytest.mark.parametrize("path", [b"/webhook/alertmanager", b"/health"])
def test_a_connection_too_many_is_told_when_to_try_again(gateway, path):
    gateway.server.config.limit_concurrency = 1

    answer = gateway.raw(request(a_body()).replace(b"/webhook/alertmanager", path))

    assert answer.startswith(b"HTTP/1.1 503")
    assert b"retry-after: 2\r\n" in answer
    assert rows() == []
    if path != b"/health":
        assert settled(rejected=1)["rejected"] == 1

"""Hostile requests: a clear status each, never a 5xx, nothing stored that should not be."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies

from deployments.gateway.intake.reading import Rejection, parse
from models.store import transaction
from tests.deployments.gateway.conftest import a_body, rows, signature

FINE = {202, 400}
JSON = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.floats() | strategies.text()
    | strategies.integers(min_value=-(10**30), max_value=10**30),
    lambda inner: strategies.lists(inner) | strategies.dictionaries(strategies.text(), inner),
    max_leaves=20,
)  # fmt: skip


def refusal(body: bytes) -> int | None:
    """Return the status that a body is refused with, or None."""
    try:
        parse(body)
    except Rejection as refused:
        return refused.status
    return None


@given(strategies.binary(max_size=300))
def test_any_bytes_are_json_or_refused_in_words(body):
    assert refusal(body) in (None, 400)


@given(JSON)
def test_any_json_that_python_writes_is_read_or_refused(value):
    assert refusal(json.dumps(value).encode()) in (None, 400)


@pytest.mark.parametrize("vendor", ["alertmanager", "datadog", "sentry", "grafana", "unheard-of"])
def test_any_json_from_any_authentic_sender_is_kept(start, vendor):
    gateway = start(webhook_unsigned=f"{vendor}", webhook_alertmanager_secret="x")

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(JSON)
    def posts(value):
        body = json.dumps(value).encode()
        answer = gateway.post(body, vendor, Authorization="Bearer x")
        assert answer.status_code in FINE, (answer.text, body)

    posts()


def test_a_body_cut_anywhere_is_refused_and_the_whole_one_kept(gateway):
    body = a_body()

    for end in range(0, len(body) - 1, 50):
        assert gateway.post(body[:end]).status_code == 400
    assert gateway.post(body).status_code == 202


@pytest.mark.parametrize(
    "value",
    [
        "\x00",
        "'; DROP TABLE deliveries; --",
        "{{ 7 * 7 }}{% for x in ().__class__.__base__.__subclasses__() %}",
        "${jndi:ldap://127.0.0.1/a}",
        "$(touch /tmp/pwned) `id` | sh",
        "<script>alert(1)</script>",
        "../../../../etc/passwd",
        "=cmd|' /C calc'!A0",
        "!!python/object/apply:os.system ['id']",
        "\r\nSet-Cookie: a=b\r\n\x1b[2J",
        "\u202e\u2028\ufeff\U0001f4a5",
        "x" * 500_000,
    ],
)
def test_hostile_text_is_kept_as_it_came(gateway, value):
    body = json.dumps({"status": "firing", "alerts": [{"labels": {"alertname": value}}]}).encode()

    assert gateway.post(body).status_code == 202
    assert rows()[0][5] == body


def test_hostile_headers_are_no_matter(start):
    gateway = start(webhook_sentry_secret="s")
    body = b'{"a": 1}'
    lines = [
        b"POST /webhook/sentry HTTP/1.1\r\nHost: x\r\nConnection: close\r\n",
        f"Sentry-Hook-Signature: {signature(body, 's')}\r\n".encode(),
        b"Sentry-Hook-Resource: '; DROP TABLE x; --\xff\xfe{{7*7}}" + b"y" * 500 + b"\r\n",
        b"Content-Length: 8\r\n\r\n" + body,
    ]

    assert gateway.raw(b"".join(lines)).startswith(b"HTTP/1.1 202")
    kind = rows()[0][4]
    assert len(kind) == 100
    assert kind.isascii()
    assert kind.isprintable()


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: -1",
        b"Content-Length: 1e3",
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: gzip",
        b"Content-Length: 99999999999999999999999999",
        b"Bad Header: 1",
        b"\x00: 1",
    ],
)
def test_a_request_that_is_not_http_is_refused(gateway, head):
    request = b"POST /webhook/alertmanager HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n12345"

    answer = gateway.raw(request, wait=1)

    assert answer == b"" or answer.startswith(b"HTTP/1.1 4"), answer
    assert rows() == []
    assert gateway.post(a_body()).status_code == 202


def test_ten_thousand_labels_and_ten_thousand_alerts_are_one_delivery_each(gateway):
    labels = {f"label-{number}": "value" for number in range(10_000)}
    many = [{"status": "firing", "labels": {"alertname": f"a{n}"}} for n in range(10_000)]

    for alerts in ([{"status": "firing", "labels": labels}], many):
        assert gateway.post(orjson.dumps({"alerts": alerts})).status_code == 202
    assert len(rows()) == 2


def test_hostile_posts_do_not_grow_the_process(start):
    gateway = start(webhook_unsigned="loose")
    bodies = [
        b"[" * 100_000,
        b"[" + b"[]," * 100_000 + b"[]]",
        b'{"a": "' + b"\\u0041" * 50_000 + b'"}',
        b"{" + b",".join(b'"%d": %d' % (n, n) for n in range(20_000)) + b"}",
        b"x" * 900_000,
    ]

    def attack(rounds: int) -> None:
        with ThreadPoolExecutor(4) as pool:
            for answer in pool.map(
                lambda n: gateway.post(bodies[n % len(bodies)], "loose", X_Other="1"),
                range(rounds),
            ):
                # So much at once may have to wait, or come too slowly on a machine that is busy.
                assert answer.status_code in FINE | {408, 503}

    attack(20)
    before = resident_mib()
    attack(100)

    assert resident_mib() - before < 50
    assert gateway.app.door.held.now == 0


def test_many_slow_senders_do_not_keep_others_out(gateway):
    slow = b"POST /webhook/alertmanager HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"
    threads = [threading.Thread(target=gateway.raw, args=(slow, 2)) for _ in range(100)]
    for thread in threads:
        thread.start()
    answer = gateway.post(a_body())
    for thread in threads:
        thread.join()

    assert answer.status_code == 202


def test_every_route_of_the_description_answers_hostile_requests_without_a_5xx(start):
    gateway = start(webhook_unsigned="loose")
    url = f"http://127.0.0.1:{gateway.port}"
    schema = schemathesis.openapi.from_url(f"{url}/api/openapi.json")

    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
        @given(operation.as_strategy())
        def asks(case):
            answer = case.call(base_url=url, timeout=60)
            # Where no Prefect server runs, starting anything is 503.
            assert answer.status_code < 500 or answer.status_code == 503, answer.text

        asks()
    with transaction() as conn:
        stored = conn.execute("SELECT DISTINCT vendor FROM deliveries").fetchall()
    assert set(stored) <= {("loose",)}


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20

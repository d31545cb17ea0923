"""The door: every status, every ending of a delivery, and counts that balance."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest

from deployments.gateway import server
from deployments.gateway.app import create_app
from models.errors import ConfigurationError
from tests.deployments.gateway.conftest import (
    SECRET,
    a_body,
    rows,
    serving,
    settled,
    signature,
)


def test_a_signed_delivery_is_stored_as_it_came_before_it_is_acknowledged(gateway):
    body = b" " + a_body() + b"\n"

    answer = gateway.post(body)

    assert answer.status_code == 202
    assert answer.json() == {"delivery_id": "1", "status": "accepted"}
    assert rows() == [("alertmanager", "accepted", "waiting", 0, None, body)]


def test_the_same_delivery_again_is_a_duplicate_of_the_first(gateway):
    first = gateway.post(a_body()).json()
    again = gateway.post(a_body()).json()

    assert again == {"delivery_id": first["delivery_id"], "status": "duplicate"}
    assert len(rows()) == 1


@pytest.mark.parametrize("body", [b'{"hello": "world"}', b"[]", b'"text"', b"null", b"12"])
def test_authentic_json_of_an_unknown_shape_is_a_dead_letter(gateway, body):
    answer = gateway.post(body)

    assert (answer.status_code, answer.json()["status"]) == (202, "dead_letter")
    assert rows() == [("alertmanager", "dead_letter", "failed", 0, None, body)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"alert=1&status=firing",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b'{"a": 1} {"a": 2}',
        b"<alert/>",
        '{"a": 1}'.encode("utf-16"),
    ],
)
def test_what_is_not_json_is_refused_and_not_stored(gateway, body):
    answer = gateway.post(body)

    assert answer.status_code == 400
    assert "JSON" in answer.json()["error"]
    assert rows() == []


def test_a_byte_order_mark_before_the_json_is_no_matter(gateway):
    assert gateway.post(b"\xef\xbb\xbf" + a_body()).json()["status"] == "accepted"


def test_json_may_be_64_levels_deep_and_no_deeper(gateway):
    def nested(levels: int) -> bytes:
        return b'{"alerts":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"

    assert gateway.post(nested(64)).status_code == 202
    assert gateway.post(nested(65)).status_code == 400
    assert gateway.post(nested(100_000)).status_code == 400


def test_a_delivery_that_is_not_authentic_is_refused_without_a_hint(gateway):
    body = a_body()
    wrong = [
        gateway.post(body, X_Other="1"),
        gateway.post(body, X_Nightshift_Signature=signature(body, "another")),
        gateway.post(body, Authorization="Bearer another"),
        gateway.post(body, vendor="nobody-configured-me"),
        gateway.post(b"not even json", X_Nightshift_Signature="00"),
    ]

    assert {answer.status_code for answer in wrong} == {401}
    assert len({answer.text for answer in wrong}) == 1
    assert rows() == []


def test_a_vendor_may_post_unsigned_only_where_it_is_named(start):
    gateway = start(webhook_unsigned="opsgenie, alertmanager")

    assert gateway.post(a_body(), vendor="opsgenie", X_Other="1").status_code == 202
    # It has a secret, and that one decides.
    assert gateway.post(a_body(), vendor="alertmanager", X_Other="1").status_code == 401


def test_both_secrets_hold_while_one_is_rotated(start):
    gateway = start(webhook_alertmanager_secret="old, new")
    for number, secret in enumerate(("old", "new")):
        body = a_body(truncatedAlerts=number)
        assert gateway.post(body, X_Signature=signature(body, secret)).status_code == 202
    assert gateway.post(a_body(), X_Signature=signature(a_body(), "older")).status_code == 401


def test_an_empty_secret_keeps_the_gateway_from_starting(start):
    with pytest.raises(ConfigurationError, match="NIGHTSHIFT_WEBHOOK_SENTRY_SECRET"):
        start(webhook_sentry_secret="good,")


@pytest.mark.parametrize("name", ["Datadog", "a" * 65, "a/b", "a b", "", "%00"])
def test_a_name_that_no_sender_can_have_is_not_found(gateway, name):
    answer = gateway.client.post(f"/webhook/{name}", content=a_body())

    assert answer.status_code == 404


def test_only_posts_are_deliveries(gateway):
    answer = gateway.client.get("/webhook/alertmanager")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_what_a_header_says_of_the_kind_is_kept_beside_the_body(start):
    gateway = start(webhook_sentry_secret="s")
    body = b'{"action": "created", "data": {"issue": {"id": "1", "title": "Broken"}}}'

    gateway.post(body, "sentry", Sentry_Hook_Signature=signature(body, "s"),
                 Sentry_Hook_Resource="issue")  # fmt: skip

    assert rows()[0][4] == "issue"


def test_a_body_that_is_too_large_is_refused_before_it_is_read(start):
    gateway = start(webhook_max_body_bytes=2000)
    head = b"POST /webhook/alertmanager HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n{"

    assert gateway.raw(head, wait=1).startswith(b"HTTP/1.1 413")
    assert gateway.post(b'{"a": "' + b"x" * 2000 + b'"}').status_code == 413
    assert gateway.post(b'{"a": "' + b"x" * 1991 + b'"}').status_code == 202


def test_a_chunked_body_is_read_no_further_than_the_limit(start):
    gateway = start(webhook_max_body_bytes=2000)
    head = b"POST /webhook/alertmanager HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"3e8\r\n" + b"x" * 1000 + b"\r\n"

    assert gateway.raw(head + chunk * 3, wait=1).startswith(b"HTTP/1.1 413")
    assert gateway.app.door.held.now == 0


def test_a_body_in_several_chunks_is_one_body(gateway):
    body = a_body()
    chunks = (body[at : at + 50] for at in range(0, len(body), 50))

    answer = gateway.client.post(
        "/webhook/alertmanager",
        content=chunks,
        headers={"X-Nightshift-Signature": signature(body)},
    )

    assert answer.status_code == 202
    assert rows()[0][5] == body


def test_compressed_bodies_are_not_taken(gateway):
    assert gateway.post(a_body(), Content_Encoding="gzip").status_code == 415


def test_who_sends_too_slowly_is_cut_off(start, monkeypatch):
    monkeypatch.setattr(server, "SLOWEST_SECONDS", 0.3)
    gateway = start()
    head = b"POST /webhook/alertmanager HTTP/1.1\r\nHost: x\r\n"

    assert gateway.raw(head + b"Content-Length: 50\r\n\r\n{").startswith(b"HTTP/1.1 408")
    assert gateway.raw(head).startswith(b"HTTP/1.1 408")  # headers that do not end
    assert gateway.raw(b"").startswith(b"HTTP/1.1 408")  # nothing at all
    assert settled(rejected=1)["rejected"] == 1


def test_a_kept_connection_on_which_nothing_more_comes_is_ended_without_a_word(start, monkeypatch):
    monkeypatch.setattr(server, "SLOWEST_SECONDS", 0.3)
    gateway, body = start(), a_body()
    head = b"POST /webhook/alertmanager HTTP/1.1\r\nHost: x\r\nX-Signature: "

    # `raw` reads until the connection ends.
    answers = gateway.raw(
        head + signature(body).encode() + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    )

    assert answers.count(b"HTTP/1.1 ") == 1
    assert answers.startswith(b"HTTP/1.1 202")


def test_headers_without_end_are_cut_off(gateway):
    head = b"POST /webhook/alertmanager HTTP/1.1\r\n" + b"X-Filler: " + b"x" * 200_000

    assert b"HTTP/1.1 431" in gateway.raw(head)


def test_one_address_and_one_sender_may_post_only_so_often(start):
    by_vendor = start(webhook_rate_per_second=2)
    answers = [by_vendor.post(a_body(truncatedAlerts=n)) for n in range(4)]

    assert [answer.status_code for answer in answers] == [202, 202, 429, 429]
    assert answers[-1].headers["retry-after"] == "1"
    # Who is not authentic takes nothing from the one who is.
    time.sleep(0.6)
    for _ in range(5):
        assert by_vendor.post(a_body(), X_Other="1").status_code == 401
    assert by_vendor.post(a_body(truncatedAlerts=9)).status_code == 202


def test_an_address_behind_a_trusted_proxy_has_a_limit_of_its_own(start):
    gateway = start(gateway_rate_per_second=1, gateway_trusted_proxies="127.0.0.1")

    def post(number: int, client: str) -> int:
        body = a_body(truncatedAlerts=number)
        sent = gateway.post(body, X_Signature=signature(body), X_Forwarded_For=client)
        return sent.status_code

    assert [post(1, "192.0.2.1"), post(2, "192.0.2.1"), post(3, "192.0.2.2")] == [202, 429, 202]
    assert post(4, "192.0.2.1, 192.0.2.9") == 202


def test_the_same_body_a_thousand_times_at_once_is_one_row_and_a_thousand_deliveries(gateway):
    body = a_body()
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: gateway.post(body).json()["status"], range(1000)))

    assert (statuses.count("accepted"), statuses.count("duplicate")) == (1, 999)
    assert [(row[1], row[3]) for row in rows()] == [("accepted", 999)]
    assert settled(received=1000) == {
        "received": 1000,
        "accepted": 1,
        "duplicate": 999,
        "rejected": 0,
        "dead_letter": 0,
    }


def test_a_full_queue_sends_away_and_forgets_nothing_it_took(start):
    gateway = start(webhook_queue=4)
    bodies = [a_body(truncatedAlerts=number) for number in range(200)]
    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(gateway.post, bodies))

    taken = [one for one in answers if one.status_code == 202]
    away = [one for one in answers if one.status_code == 503]
    assert len(taken) + len(away) == 200
    assert all(one.headers["retry-after"] for one in away)
    assert len(rows()) == len(taken)
    assert settled(received=200)["rejected"] == len(away)


def test_more_bytes_than_may_be_held_are_sent_away(start):
    gateway = start()
    gateway.app.door.held.most = 100

    answer = gateway.post(a_body())

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert gateway.app.door.held.now == 0


def test_deliveries_in_flight_are_answered_when_the_gateway_is_told_to_end(database, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_WEBHOOK_ALERTMANAGER_SECRET", SECRET)
    answers: list[int] = []

    def post(gateway, number: int) -> None:
        with suppress(httpx.TransportError):  # it came too late and was not acknowledged
            answers.append(gateway.post(a_body(truncatedAlerts=number)).status_code)

    with serving(create_app()) as gateway:
        threads = [threading.Thread(target=post, args=(gateway, n)) for n in range(30)]
        for thread in threads:
            thread.start()
        gateway.server.should_exit = True
        for thread in threads:
            thread.join()

    assert answers.count(202) == len(rows())


def test_an_empty_secret_keeps_the_services_from_starting(home, entry, monkeypatch):
    (home / "sources.toml").write_text(
        '[[source]]\nname = "vc1"\ncollector = "vmware"\nurl = "https://127.0.0.1:1/sdk"\n'
    )
    monkeypatch.setenv("NIGHTSHIFT_SOURCES", str(home / "sources.toml"))
    monkeypatch.setenv("NIGHTSHIFT_WEBHOOK_SENTRY_SECRET", "")

    status, out, err = entry("up")

    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert "NIGHTSHIFT_WEBHOOK_SENTRY_SECRET" in err


def test_requests_that_do_not_wait_for_their_answers_get_them_in_their_order(gateway):
    bodies = [a_body(truncatedAlerts=number) for number in range(5)]
    requests = [
        b"POST /webhook/alertmanager HTTP/1.1\r\nHost: x\r\nX-Signature: "
        + signature(body).encode()
        + b"\r\nContent-Length: %d\r\n%s\r\n" % (len(body), b"Connection: close\r\n" * (n == 4))
        + body
        for n, body in enumerate(bodies)
    ]

    answers = gateway.raw(b"".join(requests))

    assert answers.count(b"HTTP/1.1 202 Accepted") == 5
    found = [answers.index(b'"delivery_id":"%d"' % number) for number in range(1, 6)]
    assert found == sorted(found)
    assert b"date: " in answers


def test_http_1_0_and_heads_are_answered(gateway):
    body = a_body()
    head = b"POST /webhook/alertmanager HTTP/1.0\r\nX-Signature: " + signature(body).encode()

    old = gateway.raw(head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    assert old.startswith(b"HTTP/1.1 202")
    assert b"connection: close" in old
    assert gateway.client.head("/health").status_code == 405


def test_who_runs_the_gateway_is_told_once_a_minute_why_deliveries_are_refused(start, caplog):
    gateway = start()

    assert {gateway.post(b"{}", "stranger").status_code for _ in range(5)} == {401}

    told = [one.getMessage() for one in caplog.records if "refused" in one.getMessage()]
    assert told == [
        "a delivery of stranger was refused: signature;"
        " it has no secret: set NIGHTSHIFT_WEBHOOK_STRANGER_SECRET"
    ]

"""Whatever the bytes are, the answer is a result: never an exception, never a secret."""

from __future__ import annotations

import copy
import json

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from collectors.alerts import delivery_id, normalize, recognizes, registry
from collectors.alerts.adapter import Adapter
from models.records.alert import Normalized, Outcome
from tests.collectors.alerts.cases import every

SLUGS = [*registry.vendors(), "homemade"]
PAYLOADS = [(vendor, case.payload) for vendor, case in every()]
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
    st.sampled_from(
        ["", "\x00", "0001-01-01T00:00:00Z", "http://[::1", "{{ x }}", "[Triggered]", "a" * 9000,
         [], {}, [[]], [{}], [None], {"name": {"name": 1}}, [["a", "b"], ["c"]], "9" * 60]
    ),
)  # fmt: skip
JSON = st.recursive(
    JUNK,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "title",
                    "name",
                    "status",
                    "state",
                    "severity",
                    "labels",
                    "alerts",
                    "event",
                    "data",
                    "alert",
                    "incident",
                    "messages",
                    "host",
                    "annotations",
                    "context",
                    "result",
                    "rule",
                    "tags",
                    "type",
                    "check",
                    "monitor",
                    "Message",
                    "TopicArn",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


def read(vendor, payload, kind=None):
    """Read without the net that catches an adapter's own faults."""
    registry.recognizes(vendor, payload, kind)
    registry.adapter_of(vendor).delivery_id(payload, {"webhook-id": "w"})
    own = registry.adapter_of(vendor).read(payload, kind)
    chosen = registry.reader(vendor, payload, kind).read(payload, kind)
    for found in (own, chosen):
        check(found)
    return chosen


def check(found):
    assert isinstance(found, Normalized)
    assert (found.outcome is Outcome.ALERT) <= bool(found.alerts)
    assert found.outcome is Outcome.ALERT or found.reason
    for alert in found.alerts:
        texts = [alert.title, alert.dedup_key, alert.description, *alert.labels.values()]
        assert "\x00" not in "".join(texts)
        "".join(texts).encode()  # no lone surrogate
        assert alert.title
        assert len(alert.dedup_key.encode()) <= 255
        assert len(alert.labels) <= 64
        assert all(len(value.encode()) <= 256 for value in alert.labels.values())
        assert all(link.startswith(("http://", "https://")) for link in alert.links.values())


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SLUGS), JSON, st.sampled_from([None, "issue", "installation", "test"]))
def test_any_json_has_a_result(vendor, payload, kind):
    read(vendor, payload, kind)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PAYLOADS), st.data())
def test_a_payload_with_a_field_of_another_shape_has_a_result(known, data):
    vendor, payload = known
    payload = copy.deepcopy(payload)
    place = _place(payload, data)
    if place is not None:
        holder, step = place
        holder[step] = data.draw(JSON)

    read(vendor, payload)


def _place(node, data):
    """Choose a place somewhere in a payload: what holds it and the step to it."""
    place = None
    while isinstance(node, dict | list) and node:
        step = data.draw(
            st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node)))
        )
        place = node, step
        if data.draw(st.booleans()):
            break
        node = node[step]
    return place


def test_a_payload_that_is_cut_off_is_malformed():
    for vendor, case in every():
        body = orjson.dumps(case.payload)
        for end in range(0, len(body), 50):
            assert normalize(vendor, body[:end]).outcome is Outcome.MALFORMED


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SLUGS), st.binary(max_size=200))
@example("sentry", b"")
@example("sentry", b"\xff\xfe{\x00}\x00")
@example("sentry", b'{"a":1} x')
@example("sentry", b"NaN")
@example("sentry", b'{"action":1e999,"data":{"issue":{"id":123456789012345678901234567890}}}')
@example("alertmanager", b"[" * 100_000)
@example("generic", b'{"a":' * 50_000)
@example("generic", b'{"title":"x"}' + b" " * 9_000_000)
def test_any_bytes_have_a_result(vendor, body):
    check(normalize(vendor, body))


def test_deep_nesting_that_still_parses_has_a_result():
    for depth in (200, 900):
        deep = "[" * depth + "]" * depth
        for vendor in SLUGS:
            for name in ("host", "labels", "tags", "data", "alerts", "title", "event"):
                body = f'{{"title":"x","status":"y","action":"z","{name}":{deep}}}'
                check(normalize(vendor, body.encode()))


def test_half_of_a_surrogate_pair_and_a_byte_order_mark_are_read():
    body = b'\xef\xbb\xbf{"title":"bad \\ud800 text\\u0000","host":"web-1"}'

    found = normalize("generic", body)

    assert found.alerts[0].title == "bad ? text"
    assert found.alerts[0].host == "web-1"


def test_a_fault_of_an_adapter_costs_one_dead_letter(monkeypatch):
    def fails(*_):
        raise KeyError("surprise")

    broken = Adapter(name="broken", version=1, recognizes=fails, read=fails, delivery_id=fails)
    monkeypatch.setattr(registry, "adapter_of", lambda _: broken)
    monkeypatch.setattr(registry, "reader", lambda *_: broken)

    found = normalize("broken", b'{"title":"x"}')

    assert (found.outcome, found.adapter) == (Outcome.MALFORMED, "broken")
    assert "KeyError" in found.reason
    assert recognizes("broken", {"title": "x"})
    assert delivery_id("broken", {"title": "x"}, {}) is None


def test_a_repeated_field_counts_once():
    found = normalize("generic", b'{"title":"one","title":"two"}')

    assert [alert.title for alert in found.alerts] == ["two"]


def test_a_body_with_ten_thousand_alerts_is_read_whole():
    labels = [{"alertname": "x", "instance": f"h-{number}"} for number in range(10_000)]
    body = orjson.dumps({"alerts": [{"labels": each} for each in labels], "status": "firing"})

    found = normalize("alertmanager", body)

    assert len(found.alerts) == 10_000
    assert len({alert.dedup_key for alert in found.alerts}) == 10_000


def test_what_is_beyond_ten_thousand_alerts_is_left_out_and_said():
    body = orjson.dumps({"alerts": [{"labels": {"alertname": "x"}}] * 10_050, "status": "firing"})

    found = normalize("alertmanager", body)

    assert len(found.alerts) == 10_000
    assert "50 more alerts" in found.alerts[-1].notes[-1]


CANARIES = {
    "password=Tr0ub4dor-and-3": "Tr0ub4dor",
    "https://admin:s3cr3tPass@db.example/x": "s3cr3tPass",
    "Authorization: Bearer abcdef0123456789abcdef": "abcdef0123456789",
    "AKIAIOSFODNN7EXAMPLE": "AKIAIOSFODNN7",
    "token is xoxb-123456789012-abcdefabcdef": "xoxb-1234",
    "-----BEGIN PRIVATE KEY-----\nMIIEv\n-----END PRIVATE KEY-----": "MIIEv",
}


@pytest.mark.parametrize("secret", CANARIES)
def test_a_secret_in_any_text_never_comes_out(secret):
    for vendor, case in every():
        tainted = _tainted(case.payload, secret)
        found = normalize(vendor, orjson.dumps(tainted), case.kind)
        assert CANARIES[secret] not in repr(found), vendor


def _tainted(value, secret):
    """Return the payload with a secret at the end of every long or free text."""
    if isinstance(value, dict):
        return {name: _tainted(item, secret) for name, item in value.items()}
    if isinstance(value, list):
        return [_tainted(item, secret) for item in value]
    free = isinstance(value, str) and (" " in value or "://" in value)
    return f"{value} {secret}" if free else value


def test_labels_that_are_called_secrets_lose_their_values():
    payload = {"title": "x", "labels": {"db_password": "hunter2hunter2", "env": "prod"}}

    found = normalize("generic", json.dumps(payload).encode()).alerts[0]

    assert found.labels == {"db_password": "[redacted]", "env": "prod"}


def test_a_secret_that_is_longer_than_what_is_kept_is_still_known():
    token = f"eyJ{'h' * 40}.{'p' * 3000}.{'s' * 40}"
    payload = {"title": f"{'x' * 900} {token}", "labels": {"note": f"{'y' * 200} {token}"}}

    found = normalize("generic", json.dumps(payload).encode())

    assert "eyJ" not in repr(found)


def test_only_web_links_are_kept():
    payload = {"title": "x", "url": "javascript:alert(1)", "runbook": "https://wiki.example/x"}

    found = normalize("generic", json.dumps(payload).encode()).alerts[0]

    assert found.links == {"runbook": "https://wiki.example/x"}


def test_long_texts_are_cut_and_too_many_labels_left_out():
    payload = {
        "title": "é" * 5000,
        "labels": {f"label {number}": "v" * 1000 for number in range(500)},
    }

    check(normalize("generic", json.dumps(payload).encode()))


@pytest.mark.timeout(30)  # a pattern that looks through the rest again for each name needs minutes
def test_a_body_full_of_names_of_fields_is_read_in_proportion_to_its_length():
    line = f"CEF:0|a|b|c|d|hot|5|{'a=' * 4000}\\\n"
    payload = {"items": [{"message": line} for _ in range(120)]}

    check(normalize("mytool", json.dumps(payload).encode()))
    assert recognizes("mytool", payload)


def test_the_value_of_a_field_ends_where_the_next_field_or_line_begins():
    line = "CEF:0|a|b|c|d|hot|5|src=10.0.0.1 msg=two words\\=one cs1=x y\nrest=of it"

    (alert,) = normalize("generic", json.dumps({"message": line}).encode()).alerts

    assert alert.description == "two words\\=one"
    assert alert.labels["cs1"] == "x y"

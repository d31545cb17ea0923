"""A key names the underlying alert: it stays while times, values and pods change."""

from __future__ import annotations

import copy
import json
import re

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.alerts import keys, normalize
from collectors.alerts.labels import normalised
from tests.collectors.alerts.cases import every
from tests.collectors.alerts.cases.prometheus import DISK, group, member

RANDOM = st.text("bcdfghjklmnpqrstvwxz2456789", min_size=5, max_size=5)
HASH = st.text("0123456789abcdef", min_size=8, max_size=10)
NAMES = st.from_regex(r"[a-z][a-z0-9]{1,8}(-[a-z]{2,6}[aeiou])?", fullmatch=True)
VALUES = st.floats(0, 1e6, allow_nan=False).map(lambda value: f"{value:.2f}")
TIMES = st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds") + "Z")


def key(vendor, payload):
    return normalize(vendor, orjson.dumps(payload)).alerts[0].dedup_key


def alert(**labels):
    found = member({"alertname": "PodCrash", "namespace": "shop", **labels})
    return group({name: value for name, value in found.items() if name != "fingerprint"})


@settings(max_examples=40, deadline=None)
@given(NAMES, HASH, RANDOM, HASH, RANDOM)
def test_a_replaced_pod_has_the_key_of_the_one_before(name, first, second, third, fourth):
    before = alert(pod=f"{name}-{first}-{second}")
    after = alert(pod=f"{name}-{third}-{fourth}")

    assert key("alertmanager", before) == key("alertmanager", after)


@settings(max_examples=40, deadline=None)
@given(NAMES, NAMES, HASH, RANDOM)
def test_pods_of_two_workloads_have_two_keys(one, other, hash_, random):
    keys_ = {key("alertmanager", alert(pod=f"{name}-{hash_}-{random}")) for name in (one, other)}

    assert len(keys_) == len({one, other})


@pytest.mark.parametrize(
    ("pod", "workload"),
    [
        ("web-7d9f8b6c5d-x2x9z", "web"),
        ("node-exporter-x2x9z", "node-exporter"),
        ("backup-29011440-x2x9z", "backup"),
        ("db-0", "db-0"),
        ("my-mysql", "my-mysql"),
        ("node-24567", "node-24567"),
        ("web", "web"),
    ],
)
def test_the_workload_of_a_pod_is_its_name_without_the_random_part(pod, workload):
    assert keys.workload(pod) == workload


@settings(max_examples=50, deadline=None)
@given(VALUES, VALUES, TIMES, TIMES)
def test_values_and_times_in_a_title_do_not_change_the_key(one, other, early, late):
    first = {"message": f"Load of web-1 is {one}% since {early}", "host": "web-1"}
    second = {"message": f"Load of web-1 is {other}% since {late}", "host": "web-1"}

    assert key("homemade", first) == key("homemade", second)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(["homemade", "alertmanager"]), NAMES, NAMES)
def test_another_host_has_another_key(vendor, one, other):
    def payload(host):
        if vendor == "alertmanager":
            return alert(instance=f"{host}:9100")
        return {"message": "Disk is full", "host": host}

    found = {key(vendor, payload(host)) for host in (one, other)}

    assert len(found) == len({one, other})


def test_the_order_of_labels_does_not_matter():
    turned = dict(reversed(DISK.items()))

    assert key("alertmanager", alert(**DISK)) == key("alertmanager", alert(**turned))


def test_what_goes_down_and_what_comes_up_is_the_same():
    down = {"message": "web-1 is down", "host": "web-1", "status": "down"}
    up = {"message": "web-1 is up again", "host": "web-1", "status": "up"}

    assert key("homemade", down) == key("homemade", up)


def test_the_id_of_an_event_is_not_that_of_its_alert():
    one, other = ({"events": [{"id": id_, "title": "Too hot"}]} for id_ in ("77", "78"))

    assert key("homemade", one) == key("homemade", other)


def test_numbers_that_name_something_stay():
    two, three = ({"message": f"Disk {number} failed", "host": "nas"} for number in (2, 3))

    assert key("homemade", two) != key("homemade", three)


def test_a_key_that_holds_a_secret_is_hashed():
    secret = "password=hunter2hunter2"

    assert secret not in keys.own("pagerduty", secret)
    assert keys.own("pagerduty", secret) == keys.own("pagerduty", secret)


def test_a_long_key_is_hashed_and_two_stay_apart():
    long = "x" * 5000

    assert len(keys.own("v", long)) < 64
    assert keys.own("v", long + "a") != keys.own("v", long + "b")


@settings(deadline=None)
@given(st.text(max_size=300))
def test_a_stable_text_is_stable(text):
    once = keys.stable_text(text)

    assert keys.stable_text(once) == once


def _retimed(value, turn):
    """Return the payload with each of its times moved on."""
    if isinstance(value, dict):
        return {name: _retimed(item, turn) for name, item in value.items()}
    if isinstance(value, list):
        return [_retimed(item, turn) for item in value]
    if isinstance(value, str) and re.fullmatch(r"2026-\d\d-\d\dT[\d:.]+(Z|\+0000)", value):
        return value.replace("2026-", f"20{30 + turn}-", 1)
    if isinstance(value, int) and 1_700_000_000 < value < 1_900_000_000:
        return value + turn * 3600
    return value


@pytest.mark.parametrize("turn", [1, 7])
def test_no_sender_has_a_time_in_its_key(turn):
    for vendor, case in every():
        before = normalize(vendor, orjson.dumps(case.payload), case.kind)
        moved = _retimed(copy.deepcopy(case.payload), turn)
        after = normalize(vendor, orjson.dumps(moved), case.kind)
        assert [a.dedup_key for a in after.alerts] == [a.dedup_key for a in before.alerts], vendor


def test_every_key_begins_with_the_name_of_its_adapter_or_of_a_sender_without_one():
    for vendor, case in every():
        found = normalize(vendor, json.dumps(case.payload).encode(), case.kind)
        if vendor not in {"cloudevents", "cloudwatch"}:  # what is wrapped there is another's
            name = vendor if found.adapter == "generic" else found.adapter
            assert all(a.dedup_key.startswith(f"{name}:") for a in found.alerts)


def test_what_two_senders_without_an_adapter_say_are_two_alerts():
    payload = {"message": "Disk is full", "host": "db-1"}

    assert key("homemade", payload) != key("handmade", payload)


def test_a_hostile_slug_stays_out_of_the_key():
    found = key("x" * 10_000 + "\n", {"message": "Disk is full"})

    assert len(found) < 80
    assert found.isprintable()


def test_labels_of_which_only_the_pod_differs_are_equal():
    one = normalised({"pod": "a-7d9f8b6c5d-x2x9z", "pod_ip": "10.0.0.1", "x": "1"})
    two = normalised({"pod": "a-6c5d7d9f8b-q9q2w", "pod_ip": "10.0.0.2", "x": "1"})

    assert keys.stable_labels(one) == keys.stable_labels(two)


def test_two_spellings_of_a_sender_have_the_same_keys():
    body = b'{"title": "Disk full", "host": "db-1"}'

    told = {normalize(name, body).alerts[0].dedup_key for name in ("my-app", "my_app", "My-App")}

    assert len(told) == 1

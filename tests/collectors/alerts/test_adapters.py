"""Every payload of `cases` is read as its sender means it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime

import orjson
import pytest

from collectors.alerts import normalize, recognizes, registry
from tests.collectors.alerts.cases import every

ALL = list(every())
FIRST_SIX = ("alertmanager", "datadog", "generic", "grafana", "pagerduty", "sentry")


def _read(vendor, case):
    return normalize(vendor, orjson.dumps(case.payload), case.kind)


@pytest.mark.parametrize(
    ("vendor", "case"), [pytest.param(v, c, id=f"{v}: {c.name}") for v, c in ALL]
)
def test_a_payload_is_read_as_its_sender_means_it(vendor, case):
    found = _read(vendor, case)

    assert found.outcome == case.outcome, found.reason
    assert (found.reason is None) == (case.outcome == "alert")
    assert len(found.alerts) == len(case.alerts)
    for alert, expected in zip(found.alerts, case.alerts, strict=True):
        told = {name: getattr(alert, name) for name in expected if name != "when"}
        assert told == {name: value for name, value in expected.items() if name != "when"}
        if "when" in expected:
            assert alert.event_time == datetime.fromisoformat(expected["when"])
    assert case.reads_as in (None, found.adapter)


@pytest.mark.parametrize(
    ("vendor", "case"), [pytest.param(v, c, id=f"{v}: {c.name}") for v, c in ALL]
)
def test_only_what_nobody_knows_is_a_dead_letter(vendor, case):
    known = recognizes(vendor, case.payload, case.kind)

    if case.outcome != "malformed":
        assert known
    elif not known:
        assert _read(vendor, case).outcome == "malformed"


def test_every_adapter_has_cases_and_the_main_ones_have_ten():
    counts = Counter(vendor for vendor, _ in ALL)
    names = {registry.adapter_of(slug).name for slug in registry.vendors()}

    assert names - counts.keys() == set()
    assert all(counts[vendor] >= 10 for vendor in FIRST_SIX), counts


def test_the_end_of_a_condition_has_the_key_of_its_beginning():
    from tests.collectors.alerts.cases import mapped

    for vendor, cases in mapped.CASES.items():
        if [case.name for case in cases] == ["begins", "ends"]:
            keys = {_read(vendor, case).alerts[0].dedup_key for case in cases}
            # These two leave out what the first one is told apart by.
            assert len(keys) == 1 or vendor == "appdynamics", vendor


def test_what_is_the_same_alert_has_the_same_key_and_nothing_else_has():
    told = {}
    for vendor, case in ALL:
        if case.same is not None:
            found = {alert.dedup_key for alert in _read(vendor, case).alerts}
            told.setdefault(vendor, {}).setdefault(case.same, set()).update(found)

    for vendor, alerts in told.items():
        assert all(len(found) == 1 for found in alerts.values()), vendor
        assert len(set().union(*alerts.values())) == len(alerts), vendor


def test_pretty_printed_json_says_the_same():
    for vendor, case in ALL:
        pretty = json.dumps(case.payload, indent=3).encode()
        assert normalize(vendor, pretty, case.kind) == _read(vendor, case)

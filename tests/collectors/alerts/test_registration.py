"""Contract: what stands in the room is registered, and what is registered stands there."""

from __future__ import annotations

from pathlib import Path

import pytest

from collectors.alerts import delivery_id, recognizes, registry
from collectors.alerts.adapter import Adapter

ROOM = Path(registry.__file__).parent / "vendors"
SLUGS = ("azuremonitor", "checkmk", "cloudwatch", "dash0", "gcpmonitoring", "newrelic", "opsgenie",
         "pingdom", "splunk", "statuspage", "uptimerobot", "zabbix")  # fmt: skip


def test_every_adapter_is_registered_and_every_registration_is_an_adapter():
    files = {path.stem for path in ROOM.glob("*.py") if path.stem != "__init__"}
    registered = {entry.module.rpartition(".")[2] for entry in registry.registered().values()}

    assert files == registered, "run `python3 deployments/run.py install` after editing pyproject"
    for entry in registry.registered().values():
        assert isinstance(entry.load(), Adapter)


def test_every_adapter_has_the_name_of_its_file():
    for entry in registry.registered().values():
        assert entry.load().name == entry.module.rpartition(".")[2]


def test_the_vendors_of_the_contract_have_adapters_of_their_own():
    assert set(SLUGS) <= set(registry.vendors())
    assert registry.adapter_of("nobody").name == "generic"


def test_a_slug_is_no_path():
    assert registry.adapter_of("../vendors/rollbar").name == "generic"


@pytest.mark.parametrize(
    ("vendor", "payload", "headers", "expected"),
    [
        ("pagerduty", {"event": {"id": "E1"}}, {}, "pagerduty:E1"),
        ("pagerduty", {"messages": [{"id": "a"}, {"id": "b"}]}, {}, "pagerduty:a:b"),
        ("cloudwatch", {"MessageId": "m", "TopicArn": "t"}, {}, "cloudwatch:m"),
        ("cloudevents", {"id": "1", "source": "/s"}, {}, "cloudevents:/s:1"),
        ("generic", {"title": "x"}, {"webhook-id": "w"}, "webhook-id:w"),
        ("generic", {"title": "x"}, {}, None),
        ("alertmanager", {"alerts": []}, {}, None),
        ("sentry", {"action": "created"}, {}, None),
        ("generic", ["x"], {}, None),
    ],
)
def test_the_id_of_a_delivery_is_the_senders_own(vendor, payload, headers, expected):
    assert delivery_id(vendor, payload, headers) == expected


def test_a_later_event_of_the_same_monitor_is_another_delivery():
    first = {"title": "[Triggered] x", "id": "1", "date": "1", "last_updated": "1"}
    second = {"title": "[Recovered] x", "id": "2", "date": "2", "last_updated": "2"}

    assert delivery_id("datadog", first, {}) == delivery_id("datadog", dict(first), {})
    assert delivery_id("datadog", first, {}) != delivery_id("datadog", second, {})


def test_what_nobody_knows_is_not_recognized():
    for vendor in ("sentry", "alertmanager", "pagerduty", "generic"):
        assert not recognizes(vendor, {"foo": 1}, None)
        assert not recognizes(vendor, None, None)
        assert not recognizes(vendor, [1, [2]], None)

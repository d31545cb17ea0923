"""Words, times and names, as senders write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.alerts import entities, times
from collectors.alerts.severities import severity_of
from collectors.alerts.statuses import marked, status_of

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("source", "raw", "expected"),
    [
        ("alertmanager", "critical", "critical"), ("alertmanager", "page", "critical"),
        ("alertmanager", "Warning", "medium"), ("alertmanager", "none", "info"),
        ("alertmanager", "error", "high"), ("alertmanager", "major", "high"),
        ("alertmanager", "minor", "medium"), ("alertmanager", "low", "low"),
        ("datadog", "P1", "critical"), ("datadog", "P2", "high"), ("datadog", "p3", "medium"),
        ("datadog", "P4", "low"), ("datadog", "P5", "info"), ("datadog", "normal", None),
        ("sentry", "fatal", "critical"), ("sentry", "debug", "info"),
        ("zabbix", "Disaster", "critical"), ("zabbix", "High", "high"),
        ("zabbix", "Average", "medium"), ("zabbix", "Information", "info"),
        ("zabbix", "Not classified", None), ("azuremonitor", "Sev0", "critical"),
        ("azuremonitor", "Sev2", "medium"), ("azuremonitor", "Sev3", "info"),
        ("syslog", "3", "high"), ("generic", "SEV-2", "high"), ("generic", "1 - Critical", "critical"),
        ("generic", "3", None), ("generic", "purple", None), ("generic", "", None),
        ("generic", "ok", None), ("generic", None, None), ("generic", "x" * 500, None),
    ],
)  # fmt: skip
def test_a_senders_word_for_how_bad_it_is(source, raw, expected):
    assert severity_of(source, raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Triggered", "firing"), ("in alarm", "firing"), ("reOpened", "firing"), ("OK", "resolved"),
        ("Recovered", "resolved"), ("acked", "acknowledged"), ("snoozed", "suppressed"),
        ("No Data", "no_data"), ("insufficient-data", "no_data"), ("purple", None), (None, None),
        ("x" * 100, None),
    ],
)  # fmt: skip
def test_a_senders_word_for_what_it_is_like_now(raw, expected):
    assert status_of(raw) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("[Resolved] Disk", ("resolved", "Disk")), ("[FIRING:2] Disk", ("firing", "Disk")),
        ("RECOVERED: Disk", ("resolved", "Disk")), ("\u2705 Resolved: Disk", ("resolved", "Disk")),
        ("*[RESOLVED]* Disk", ("resolved", "Disk")), ("**[x]** Disk", (None, "**[x]** Disk")),
        (":fire: [Firing] Disk", ("firing", "Disk")), ("Firing range", (None, "Firing range")),
        ("OK: Disk", ("resolved", "Disk")), ("ALARM - Disk", ("firing", "Disk")),
        ("[shop] Disk", (None, "[shop] Disk")), ("[Resolved]", (None, "[Resolved]")),
        ("Okay then", (None, "Okay then")),
    ],
)  # fmt: skip
def test_a_title_may_begin_with_the_state(title, expected):
    assert marked(title) == expected


@pytest.mark.parametrize(
    "value",
    [
        "2026-06-01T12:00:00Z", "2026-06-01T14:00:00.000000000+02:00", "2026-06-01T12:00:00+0000",
        "2026-06-01 12:00:00", "2026-06-01 12:00:00 UTC", 1780315200, "1780315200", 1780315200000,
        1780315200000000, 1780315200000000000, "2026.06.01 12:00:00", "Mon Jun 01 12:00:00 UTC 2026",
        "Mon, 01 Jun 2026 12:00:00 GMT",
    ],
)  # fmt: skip
def test_a_time_is_read_in_any_of_the_common_forms(value):
    assert times.moment(value) == NOON


@pytest.mark.parametrize(
    "value",
    ["0001-01-01T00:00:00Z", 0, "", None, True, "soon", float("nan"), float("inf"), 10**40, -5, [],
     "9999-12-31T23:59:59-23:59", "2026-13-45T99:00:00Z", "x" * 500],
)  # fmt: skip
def test_what_is_no_time_or_stands_for_never_is_none(value):
    assert times.moment(value) is None


@settings(deadline=None)
@given(st.one_of(st.text(max_size=70), st.floats(), st.integers()))
def test_any_value_has_a_time_or_none(value):
    found = times.moment(value)

    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("web-1:9100", "web-1"), ("[2001:db8::1]:443", "2001:db8::1"), ("10.0.0.1", "10.0.0.1"),
        ("https://u:p@shop.example:8443/x?y", "shop.example"), ("2001:db8::1", "2001:db8::1"),
        ("a b", None), ("{{host}}", None), ("$HOSTNAME", None), ("*UNKNOWN*", None), ("", None),
        ("x" * 300, None), (None, None), (5, "5"),
    ],
)  # fmt: skip
def test_a_host_has_neither_port_nor_scheme(value, expected):
    assert entities.host_name(value) == expected

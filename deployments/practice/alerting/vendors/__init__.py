"""The payloads of each vendor, written after the vendors' documentation: one file a vendor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from deployments.practice.alerting.reports import Report, Telling
from deployments.practice.alerting.vendors import (
    alertmanager,
    cloudwatch,
    datadog,
    generic,
    grafana,
    pagerduty,
    sentry,
    zabbix,
)

Payload: TypeAlias = Callable[[Sequence[Report], Telling], dict[str, Any]]
PAYLOADS: dict[str, Payload] = {
    "alertmanager": alertmanager.payload,
    "cloudwatch": cloudwatch.payload,
    "datadog": datadog.payload,
    "generic": generic.payload,
    "grafana": grafana.payload,
    "pagerduty": pagerduty.payload,
    "sentry": sentry.payload,
    "vcenter": generic.payload,  # a sender of one's own, which has no adapter
    "zabbix": zabbix.payload,
}
SEVERAL = frozenset({"alertmanager", "grafana"})  # who sends several alerts in one body

"""How each monitoring system of the practice datacenter puts what it sees.

Prometheus watches the clusters, Zabbix machines, hosts and devices, Datadog and Sentry the
applications, Grafana what dashboards show, a script forwards vCenter's alarms, and CloudWatch
looks at the site from outside. Which fields each of them fills stands in `voices.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any, Generic, TypeVar

from deployments.practice.alerting.reports import Report
from deployments.practice.alerting.scene import Node, Pod, environment_of, service_of
from deployments.practice.site.records import Datastore, Host, Switch, VirtualMachine
from models.records.severity import Severity

Thing = TypeVar("Thing", Host, Datastore, Switch, VirtualMachine, Node, Pod)
_TABLES = tomllib.loads((files(__package__) / "voices.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice(Generic[Thing]):
    """One system's way to speak of one kind of thing; the fields are filled in for each."""

    vendor: str
    subject: str
    service: str | None = None
    environment: str | None = None
    region: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, rule: str, it: Thing, text: str, severity: Severity, after: float) -> Report:
        """Return what it says, so many seconds after the story began."""
        words: dict[str, Any] = {"it": it}
        if isinstance(it, VirtualMachine):
            words |= {"service": service_of(it), "environment": environment_of(it)}

        def filled(template: str | None) -> str | None:
            return None if template is None else template.format(**words)

        return Report(
            vendor=self.vendor,
            rule=rule,
            subject=self.subject.format(**words),
            text=text,
            severity=severity,
            after_seconds=after,
            service=filled(self.service),
            environment=filled(self.environment),
            region=filled(self.region),
            labels={name: value.format(**words) for name, value in self.labels.items()},
        )


vcenter_on_host: Voice[Host] = Voice(**_TABLES["vcenter_on_host"])
vcenter_on_store: Voice[Datastore] = Voice(**_TABLES["vcenter_on_store"])
zabbix_on_host: Voice[Host] = Voice(**_TABLES["zabbix_on_host"])
zabbix_on_vm: Voice[VirtualMachine] = Voice(**_TABLES["zabbix_on_vm"])
zabbix_on_switch: Voice[Switch] = Voice(**_TABLES["zabbix_on_switch"])
prometheus_on_node: Voice[Node] = Voice(**_TABLES["prometheus_on_node"])
prometheus_on_pod: Voice[Pod] = Voice(**_TABLES["prometheus_on_pod"])
prometheus_on_app: Voice[Pod] = Voice(**_TABLES["prometheus_on_app"])
datadog_on_vm: Voice[VirtualMachine] = Voice(**_TABLES["datadog_on_vm"])
datadog_on_app: Voice[Pod] = Voice(**_TABLES["datadog_on_app"])
_sentry_on_app: Voice[Pod] = Voice(**_TABLES["sentry_on_app"])


def sentry_on_app(error: str, pod: Pod, severity: Severity, after: float) -> Report:
    """An error that Sentry saw in a service that runs in a cluster: each kind is its own issue."""
    report = _sentry_on_app("Errors in production", pod, error, severity, after)
    kind = error.partition(":")[0]
    return replace(report, labels={**report.labels, "exception": kind})


def grafana(  # noqa: PLR0913 - what a panel shows
    rule: str,
    subject: str,
    text: str,
    severity: Severity,
    after: float,
    *,
    reading: float,
    label: str = "instance",
) -> Report:
    """A rule of Grafana on what a dashboard shows of one instance, which a label names."""
    return Report(
        vendor="grafana",
        rule=rule,
        subject=subject,
        text=text,
        severity=severity,
        after_seconds=after,
        labels={label: subject, "grafana_folder": "datacenter"},
        reading=reading,
    )


def pagerduty(service: str, text: str, severity: Severity, after: float) -> Report:
    """An incident that a person or another system raised at PagerDuty for a service."""
    return Report(
        vendor="pagerduty",
        rule="Raised by hand",
        subject=service,
        text=text,
        severity=severity,
        after_seconds=after,
        service=service,
    )


def cloudwatch(alarm: str, subject: str, text: str, after: float) -> Report:
    """An alarm of CloudWatch, which says nothing of how bad it is."""
    return Report(
        vendor="cloudwatch",
        rule=alarm,
        subject=subject,
        text=text,
        severity=None,
        after_seconds=after,
        reading=0.0,
    )

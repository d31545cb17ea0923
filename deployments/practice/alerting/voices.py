"""How each monitoring system of the practice datacenter puts what it sees, one function a system.

Prometheus watches the clusters, Zabbix machines, hosts and devices, Datadog and Sentry the
applications, Grafana what dashboards show, a script forwards vCenter's alarms, and CloudWatch
looks at the site from outside.
"""

from __future__ import annotations

from deployments.practice.alerting.reports import Report
from deployments.practice.alerting.scene import Node, Pod, environment_of, service_of
from deployments.practice.site.records import Datastore, Host, Switch, VirtualMachine
from models.records.severity import Severity


def vcenter_on_host(rule: str, host: Host, text: str, severity: Severity, after: float) -> Report:
    """An alarm of vCenter on a host; a script of its own forwards it."""
    return Report(
        vendor="vcenter",
        rule=rule,
        subject=host.name,
        text=text,
        severity=severity,
        after_seconds=after,
        region=host.datacenter,
    )


def vcenter_on_store(
    rule: str, store: Datastore, text: str, severity: Severity, after: float
) -> Report:
    """An alarm of vCenter on a datastore."""
    return Report(
        vendor="vcenter",
        rule=rule,
        subject=store.name,
        text=text,
        severity=severity,
        after_seconds=after,
        region=store.datacenter,
        labels={"datastore": store.name},
    )


def zabbix_on_host(item: str, host: Host, text: str, severity: Severity, after: float) -> Report:
    """A trigger of Zabbix on a host."""
    return Report(
        vendor="zabbix",
        rule=item,
        subject=host.name,
        text=text,
        severity=severity,
        after_seconds=after,
        region=host.datacenter,
    )


def zabbix_on_vm(
    item: str, vm: VirtualMachine, text: str, severity: Severity, after: float
) -> Report:
    """A trigger of Zabbix on a machine, which knows the machine's service."""
    return Report(
        vendor="zabbix",
        rule=item,
        subject=vm.name,
        text=text,
        severity=severity,
        after_seconds=after,
        service=service_of(vm),
        environment=environment_of(vm),
    )


def zabbix_on_switch(
    item: str, switch: Switch, text: str, severity: Severity, after: float
) -> Report:
    """A trigger of Zabbix on a network device, which it reads over SNMP."""
    return Report(
        vendor="zabbix",
        rule=item,
        subject=switch.name,
        text=text,
        severity=severity,
        after_seconds=after,
        region=switch.datacenter,
    )


def prometheus_on_node(
    rule: str, node: Node, text: str, severity: Severity, after: float
) -> Report:
    """An alert of a cluster's Prometheus on a node."""
    return Report(
        vendor="alertmanager",
        rule=rule,
        subject=node.name,
        text=text,
        severity=severity,
        after_seconds=after,
        labels={"cluster": node.cluster, "node": node.name, "job": "kube-state-metrics"},
    )


def prometheus_on_pod(rule: str, pod: Pod, text: str, severity: Severity, after: float) -> Report:
    """An alert of a cluster's Prometheus on a pod."""
    labels = {"cluster": pod.cluster, "namespace": pod.namespace, "pod": pod.name}
    return Report(
        vendor="alertmanager",
        rule=rule,
        subject=pod.name,
        text=text,
        severity=severity,
        after_seconds=after,
        labels={**labels, "job": "kube-state-metrics"},
    )


def prometheus_on_app(rule: str, pod: Pod, text: str, severity: Severity, after: float) -> Report:
    """An alert of a cluster's Prometheus on the workload that a pod belongs to."""
    labels = {"cluster": pod.cluster, "namespace": pod.namespace, "deployment": pod.app}
    return Report(
        vendor="alertmanager",
        rule=rule,
        subject=pod.app,
        text=text,
        severity=severity,
        after_seconds=after,
        labels={**labels, "job": "kube-state-metrics"},
    )


def datadog_on_vm(
    monitor: str, vm: VirtualMachine, text: str, severity: Severity, after: float
) -> Report:
    """A monitor of Datadog on a service's machine."""
    return Report(
        vendor="datadog",
        rule=monitor,
        subject=vm.name,
        text=text,
        severity=severity,
        after_seconds=after,
        service=service_of(vm),
        environment=environment_of(vm),
        labels={"host": vm.name, "metric": "trace.http.request.errors"},
    )


def datadog_on_app(monitor: str, pod: Pod, text: str, severity: Severity, after: float) -> Report:
    """A monitor of Datadog on a service that runs in a cluster; it knows no host."""
    return Report(
        vendor="datadog",
        rule=monitor,
        subject=pod.app,
        text=text,
        severity=severity,
        after_seconds=after,
        service=pod.app,
        environment="prod",
        labels={"kube_namespace": pod.namespace, "metric": "trace.http.request.duration"},
    )


def sentry_on_app(error: str, pod: Pod, severity: Severity, after: float) -> Report:
    """An error that Sentry saw in a service that runs in a cluster."""
    return Report(
        vendor="sentry",
        rule="Errors in production",
        subject=pod.name,
        text=error,
        severity=severity,
        after_seconds=after,
        service=pod.app,
        environment="prod",
        labels={"server_name": pod.name, "culprit": f"{pod.app}.handlers in handle"},
    )


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
